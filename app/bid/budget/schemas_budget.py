"""The budget as one reader may see it, on the wire."""

from typing import Any

from pydantic import Field

from app.bid.budget.rules.ceilings import CeilingCheck
from app.bid.budget.rules.figures import Amounts, Cover, Share
from app.bid.budget.rules.views import BudgetView
from app.bid.budget.schemas import MONEY, BudgetLineOut
from app.platform.access.ids import Id
from app.platform.web.wire import MoneyOut, Out
from app.platform.words.codes import BudgetSource, CeilingState, VatBasis


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

    @classmethod
    def of(cls, cover: Cover, currency: str) -> "CoverOut":
        return cls(
            source=cover.source,
            lines=MoneyOut.of(cover.lines, currency),
            confirmed=MoneyOut.of(cover.confirmed, currency),
            short=MoneyOut.of(cover.short, currency),
        )


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
            cover=[CoverOut.of(each, currency) for each in view.cover],
            lines=[BudgetLineOut.of(line, currency, seats) for line in view.lines],
            version=version,
        )
