"""The budget as one reader may see it, on the wire."""

from typing import Any

from pydantic import Field

from app.bid.budget.rules.ceilings import CeilingCheck
from app.bid.budget.rules.figures import Amounts, Cover, Share
from app.bid.budget.rules.views import BudgetView
from app.bid.budget.schemas import MONEY, BudgetLineOut
from app.bid.value import Proposal
from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, Instant, MoneyOut, Out
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
    """Your own as your lines are now, another partner's as it last showed them."""

    partner_id: str
    by_year: list[YearOut]
    shown_at: Instant | None = Field(description="When the partner last showed its totals to the others.")
    final: bool = Field(description="Whether it has said that its prices are final.")


class BudgetByLotOut(AmountsOut):
    """One lot, or (null) what is for no single lot. It is a sum of the whole bid, so `disclosed` is always true."""

    lot_id: str | None
    disclosed: bool


class CategoryOut(AmountsOut):
    """`disclosed` false: what others did not open to you, of whichever category."""

    category: str | None
    disclosed: bool


class CeilingOut(Out):
    """`state`: within, over, not_disclosed (a partner left, and the sums of the whole bid were not taken again yet) or
    basis_unknown (the call does not say whether VAT is included, so nothing is compared)."""

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
    """Match or income lines of the whole bid against the confirmed contributions that should stand behind them: yours as
    they are now, the others' of `taken_at`."""

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
    """The budget as you may see it.

    Of another partner you see totals by year as it last showed them, and the lines that it opened to you. A facilitator
    sees `total` alone. Before the reveal you see your own alone. `by_partner`, `by_year` and `by_category` add up to `total`
    (`by_category` not where lines that were opened to you are newer than the totals); sums of the whole bid (`by_lot`,
    `by_source`, `vat`) are of `taken_at`.
    """

    currency: str = Field(examples=["GBP"])
    by_partner: list[BudgetByPartnerOut]
    by_year: list[YearOut]
    by_lot: list[BudgetByLotOut]
    by_category: list[CategoryOut]
    by_source: dict[str, MoneyOut] = Field(examples=[{"requested": MONEY}])
    total: MoneyOut | None
    in_kind: MoneyOut | None
    vat: MoneyOut | None = Field(description="On what the whole bid asks for.")
    vat_on_requested: MoneyOut | None = Field(
        description="The same, told only where a ceiling of the call includes VAT."
    )
    taken_at: Instant | None = Field(
        description="When the sums of the whole bid were last taken of all partners at once: at the reveal, whenever all "
        "prices are final, and once every partner has shown figures that differ. Null: a partner left since, or you are "
        "alone and they are live."
    )
    gives_away: str | None = Field(description="Who can work out what from the sums of the whole bid.")
    lines_changed: int | None = Field(
        description="How many of your own lines changed since you last showed your totals: 'this would show one line'. From "
        "`show` and `final`: how many it showed."
    )
    ceilings: list[CeilingOut]
    cover: list[CoverOut]
    lines: list[BudgetLineOut]
    version: int

    @classmethod
    def of(cls, view: BudgetView, proposal: Proposal, seats: frozenset[Id]) -> "BudgetOut":
        currency = proposal.currency

        def figures(amounts: Amounts) -> dict[str, Any]:
            return dict(AmountsOut.fields_of(amounts, currency))

        def row(share: Share) -> dict[str, Any]:
            return {"disclosed": share.disclosed, **figures(share.amounts)}

        return cls(
            currency=currency,
            by_partner=[
                BudgetByPartnerOut(
                    partner_id=each.partner_id,
                    by_year=[YearOut(year=year, **figures(amounts)) for year, amounts in each.years],
                    shown_at=each.shown_at,
                    final=each.final,
                    **figures(each.total),
                )
                for each in view.by_partner
            ],
            by_year=[YearOut(year=year, **figures(amounts)) for year, amounts in view.by_year],
            by_lot=[BudgetByLotOut(lot_id=share.key, **row(share)) for share in view.by_lot],
            by_category=[CategoryOut(category=share.key, **row(share)) for share in view.by_category],
            by_source={source.value: MoneyOut.of(amount, currency) for source, amount in view.by_source},
            total=MoneyOut.maybe(view.whole, currency),
            in_kind=MoneyOut.maybe(view.total.in_kind if view.total else None, currency),
            vat=MoneyOut.maybe(view.vat, currency),
            vat_on_requested=MoneyOut.maybe(view.vat_on_requested, currency),
            taken_at=view.taken_at,
            gives_away=_gives_away(len(proposal.accepted)) if view.by_lot and view.taken_at else None,
            lines_changed=view.lines_changed,
            ceilings=[CeilingOut.of(check, currency) for check in view.ceilings],
            cover=[CoverOut.of(each, currency) for each in view.cover],
            lines=[BudgetLineOut.of(line, currency, seats) for line in view.lines],
            version=proposal.version,
        )


def _gives_away(partners: int) -> str | None:
    """What the sums of the whole bid let others work out."""
    if partners < 2:
        return None
    if partners == 2:
        return (
            "You are two, so each of you can work out the other's part of the sums by lot, by source and of VAT by "
            "subtracting its own."
        )
    return (
        "All the other partners together can work out the remaining one's part of the sums by lot, by source and of VAT by "
        "subtracting their own."
    )


class ShowIn(In):
    partner_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")


class FinalIn(In):
    """Whether this partner's prices are final."""

    partner_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")
    final: Flag = Field(examples=[True])
