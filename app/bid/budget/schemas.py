"""Budget lines on the wire."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from app.bid.budget.rules.lines import CATEGORY_MAX, DESCRIPTION_MAX
from app.bid.value import BudgetLine
from app.platform.access.ids import Id
from app.platform.web.wire import LEFT_OUT, IdIn, In, Line, MoneyIn, MoneyOut, Out, Patch, Text, Whole
from app.platform.words.codes import BudgetSource, VatTreatment

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
