"""Budget lines, the budget and its workbook on the wire."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from app.bid.budget.rules.lines import CATEGORY_MAX, DESCRIPTION_MAX
from app.bid.budget.rules.views import Amounts, BudgetView, CeilingCheck, Share
from app.bid.value import BudgetLine
from app.platform.access.ids import Id
from app.platform.web.wire import LEFT_OUT, Flag, IdIn, In, Line, MoneyIn, MoneyOut, Out, Patch, Quantity, Text, Whole
from app.platform.words.codes import BudgetSource, CeilingState, VatBasis, VatTreatment

Category = Annotated[Line, StringConstraints(max_length=CATEGORY_MAX)]
Description = Annotated[Text, StringConstraints(max_length=DESCRIPTION_MAX)]
Named = Annotated[list[IdIn], Field(max_length=100)]
MONEY = {"amount": "1200.00", "currency": "GBP"}


class BudgetLineIn(In):
    """One line of your own budget. `amount` is net; left out, `vat_amount` is worked out from the VAT treatment."""

    partner_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")
    category: Category = Field("other", examples=["staff"])
    year: Whole = Field(1, description="Year of the contract (1, 2, …) or calendar year.", examples=[1])
    lot_id: IdIn | None = None
    source: BudgetSource = Field(BudgetSource.REQUESTED, description="Who pays for it.")
    description: Description = Field("", examples=["Two youth workers, 18.5 hours a week"])
    amount: MoneyIn = Field(description="Without VAT.", examples=[MONEY])
    vat_treatment: VatTreatment | None = Field(
        None, description="Left out, it is what the VAT amount says: outside the scope of VAT where there is none."
    )
    vat_amount: MoneyIn | None = None
    visible_to: Named = Field([], description="Partners to whom you open this line. Nobody else sees it.")
    full_cost: MoneyIn | None = Field(None, description="What it truly costs you with overheads. For you alone.")


class BudgetLinePatch(Patch):
    """A merge patch. When the amount or the treatment changes and the VAT is not sent, it is worked out anew."""

    category: Category = Field(LEFT_OUT, examples=["staff"])
    year: Whole = Field(LEFT_OUT, examples=[2])
    lot_id: IdIn | None = None
    source: BudgetSource = LEFT_OUT
    description: Description = LEFT_OUT
    amount: MoneyIn = Field(LEFT_OUT, examples=[MONEY])
    vat_treatment: VatTreatment = LEFT_OUT
    vat_amount: MoneyIn | None = None
    visible_to: Named = LEFT_OUT
    full_cost: MoneyIn | None = None


class BudgetLineOut(Out):
    """`visible_to` and `full_cost` are told to the line's owner; another reader finds only itself named."""

    id: str
    partner_id: str
    category: str = Field(examples=["staff"])
    year: int
    lot_id: str | None
    source: BudgetSource
    description: str
    amount: MoneyOut
    vat_treatment: VatTreatment
    vat_amount: MoneyOut
    visible_to: list[str]
    full_cost: MoneyOut | None
    version: int

    @classmethod
    def of(cls, line: BudgetLine, currency: str, seats: frozenset[Id]) -> "BudgetLineOut":
        own = line.partner_id in seats
        return cls(
            id=line.id,
            partner_id=line.partner_id,
            category=line.category,
            year=line.year,
            lot_id=line.lot_id,
            source=line.source,
            description=line.description,
            amount=MoneyOut.of(line.amount, currency),
            vat_treatment=line.vat_treatment,
            vat_amount=MoneyOut.of(line.vat_amount, currency),
            visible_to=[named for named in line.visible_to if own or named in seats],
            full_cost=MoneyOut.maybe(line.full_cost, currency) if own else None,
            version=line.version if own else line.version - line.hidden_changes,
        )


class BudgetLineRow(BudgetLinePatch):
    """A row of a batch: with `id` and `version` a change, without them a new line (`amount` needed)."""

    id: IdIn | None = None
    version: Whole | None = None

    def fields(self) -> dict[str, Any]:
        """The line's own fields that were sent."""
        return {name: value for name, value in self.sent().items() if name not in ("id", "version")}


class BatchIn(In):
    """Each fault points at its row, such as `/items/3/amount`."""

    partner_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")
    items: list[BudgetLineRow] = Field(min_length=1, max_length=500)


class BatchOut(Out):
    items: list[BudgetLineOut]


class AmountsOut(Out):
    """Net. `total` is `requested` and `other_funding` (match and income); `in_kind` is never added to money."""

    total: MoneyOut
    requested: MoneyOut
    other_funding: MoneyOut
    in_kind: MoneyOut

    @classmethod
    def fields_of(cls, amounts: Amounts, currency: str) -> dict[str, MoneyOut]:
        return {
            "total": MoneyOut.of(amounts.total, currency),
            "requested": MoneyOut.of(amounts.requested, currency),
            "other_funding": MoneyOut.of(amounts.other, currency),
            "in_kind": MoneyOut.of(amounts.in_kind, currency),
        }


class YearOut(AmountsOut):
    year: int = Field(examples=[1])


class BudgetByPartnerOut(AmountsOut):
    partner_id: str
    by_year: list[YearOut]


class BudgetByLotOut(AmountsOut):
    """`disclosed` false: what others did not open to you, in whichever lot it stands."""

    lot_id: str | None
    disclosed: bool


class CategoryOut(AmountsOut):
    """`disclosed` false: what others did not open to you, of whichever category."""

    category: str | None
    disclosed: bool


class CeilingOut(Out):
    """`state`: within, over, not_disclosed (the lines that you may read do not settle it) or basis_unknown (the call
    does not say whether VAT is included, so nothing is compared)."""

    lot_id: str | None = Field(description="Null for the ceiling of the whole call.")
    ceiling: MoneyOut
    vat: VatBasis
    state: CeilingState
    asked: MoneyOut | None = Field(description="What the bid asks for on the ceiling's own basis, where you can know.")

    @classmethod
    def of(cls, check: CeilingCheck, currency: str) -> "CeilingOut":
        return cls(
            lot_id=check.lot_id,
            ceiling=MoneyOut.of(check.ceiling, currency),
            vat=check.vat,
            state=check.state,
            asked=MoneyOut.maybe(check.asked, currency),
        )


class CoverOut(Out):
    """Match or income lines of the whole bid against the confirmed contributions that should stand behind them."""

    source: BudgetSource
    lines: MoneyOut
    confirmed: MoneyOut
    short: MoneyOut


class BudgetOut(Out):
    """The budget as you may see it. Every list adds up to `total`, the undisclosed rows included.

    Of another partner you see totals by year, and the lines that it opened to you. A facilitator sees `total` alone.
    Before the reveal you see your own alone.
    """

    currency: str = Field(examples=["GBP"])
    by_partner: list[BudgetByPartnerOut]
    by_year: list[YearOut]
    by_lot: list[BudgetByLotOut]
    by_category: list[CategoryOut]
    by_source: dict[str, MoneyOut] = Field(examples=[{"requested": MONEY}])
    total: MoneyOut | None
    in_kind: MoneyOut | None
    vat_on_requested: MoneyOut | None = Field(description="Told only where a ceiling of the call includes VAT.")
    ceilings: list[CeilingOut]
    cover: list[CoverOut]
    lines: list[BudgetLineOut]
    version: int

    @classmethod
    def of(cls, view: BudgetView, currency: str, version: int, seats: frozenset[Id]) -> "BudgetOut":
        def figures(amounts: Amounts) -> dict[str, Any]:
            return dict(AmountsOut.fields_of(amounts, currency))

        def row(share: Share) -> dict[str, Any]:
            return {"disclosed": share.disclosed, **figures(share.amounts)}

        return cls(
            currency=currency,
            by_partner=[
                BudgetByPartnerOut(
                    partner_id=partner_id,
                    by_year=[YearOut(year=year, **figures(amounts)) for year, amounts in years],
                    **figures(sum((amounts for _, amounts in years), Amounts())),
                )
                for partner_id, years in view.by_partner
            ],
            by_year=[YearOut(year=year, **figures(amounts)) for year, amounts in view.by_year],
            by_lot=[BudgetByLotOut(lot_id=share.key, **row(share)) for share in view.by_lot],
            by_category=[CategoryOut(category=share.key, **row(share)) for share in view.by_category],
            by_source={source.value: MoneyOut.of(amount, currency) for source, amount in view.by_source},
            total=MoneyOut.maybe(view.whole, currency),
            in_kind=MoneyOut.maybe(view.total.in_kind if view.total else None, currency),
            vat_on_requested=MoneyOut.maybe(view.vat_on_requested, currency),
            ceilings=[CeilingOut.of(check, currency) for check in view.ceilings],
            cover=[
                CoverOut(
                    source=each.source,
                    lines=MoneyOut.of(each.lines, currency),
                    confirmed=MoneyOut.of(each.confirmed, currency),
                    short=MoneyOut.of(each.short, currency),
                )
                for each in view.cover
            ],
            lines=[BudgetLineOut.of(line, currency, seats) for line in view.lines],
            version=version,
        )


class PercentageIn(In):
    method: Literal["percentage"]
    rate: Quantity = Field(description="Per cent of direct costs.", examples=["12.5"])


class PerHeadIn(In):
    method: Literal["per_head"]
    amount: MoneyIn = Field(description="For each full-time post and year.", examples=[MONEY])
    heads: dict[str, Quantity] = Field(max_length=30, description="Posts by year.", examples=[{"1": "1.5"}])


class FullCostRecoveryIn(In):
    method: Literal["full_cost_recovery"]
    central: dict[str, MoneyIn] = Field(
        max_length=30, description="Central costs of your organisation by year.", examples=[{"1": MONEY}]
    )
    direct: dict[str, MoneyIn] = Field(
        max_length=30,
        description="All direct costs of your organisation by year, this project included.",
        examples=[{"1": MONEY}],
    )


class OverheadsIn(In):
    """How overheads are worked out, and what becomes of them.

    `lines` writes a line of the category 'overheads' for each year, lot and source, in place of those there were;
    `full_cost` leaves the lines as they are and notes for you alone what each truly costs.
    """

    partner_id: IdIn | None = None
    how: PercentageIn | PerHeadIn | FullCostRecoveryIn = Field(
        discriminator="method", examples=[{"method": "percentage", "rate": "12.5"}]
    )
    into: Literal["lines", "full_cost"] = "lines"
    dry_run: Flag = Field(False, description="True: answer what would change, and change nothing.")


class LineChangeOut(Out):
    """`fields` differ. `cells` names where each stands in the workbook."""

    before: BudgetLineOut | None
    after: BudgetLineOut | None
    fields: list[str]
    cells: dict[str, str]


class WorkbookConflictOut(Out):
    pointer: str
    code: str
    detail: str


class WorkbookDifferencesOut(Out):
    """What would change, or (with `applied` true) what changed. Nothing is applied while there are `conflicts`."""

    applied: bool
    added: list[LineChangeOut]
    changed: list[LineChangeOut]
    removed: list[LineChangeOut]
    unchanged: int
    conflicts: list[WorkbookConflictOut]
    version: int
