"""What a budget adds up to, as one reader may know it: its own part live, the others' as they last showed it.

Money means requested + match + income. What is in kind has a value, never a price, and is never added to money.
Every figure here is a function of the lines of `own` and of what the others showed. So a reader that moves its own lines
learns nothing from the answers: the others' part in them stands still, and the reader knows it already.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from app.bid.budget.rules.lines import MONEY_SOURCES, counted_lines
from app.bid.budget.rules.shown import shown_of, sums
from app.bid.value import BudgetLine, BudgetSum, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, Certainty, ContributionKind, VatBasis

Part = TypeVar("Part", BudgetLine, BudgetSum)

COVERED_BY: Mapping[BudgetSource, ContributionKind] = {
    BudgetSource.MATCH: ContributionKind.MATCH_FUNDING,
    BudgetSource.INCOME: ContributionKind.CASH,
}
"""The kind of confirmed contribution that must cover the lines which the commissioner does not pay."""


@dataclass(frozen=True, slots=True)
class Amounts:
    """Net. `requested` is asked of the commissioner, `other` is match and income. `in_kind` is in no total."""

    requested: int = 0
    other: int = 0
    in_kind: int = 0

    @property
    def total(self) -> int:
        return self.requested + self.other

    def __add__(self, more: "Amounts") -> "Amounts":
        return Amounts(self.requested + more.requested, self.other + more.other, self.in_kind + more.in_kind)


def amounts(lines: Iterable[BudgetLine | BudgetSum]) -> Amounts:
    totals = by_source(lines)
    return Amounts(
        requested=totals[BudgetSource.REQUESTED],
        other=totals[BudgetSource.MATCH] + totals[BudgetSource.INCOME],
        in_kind=totals[BudgetSource.IN_KIND],
    )


def by_source(lines: Iterable[BudgetLine | BudgetSum]) -> dict[BudgetSource, int]:
    """Every source in the order of print, also one without lines: that a line of zero is there must not show."""
    totals = dict.fromkeys((*MONEY_SOURCES, BudgetSource.IN_KIND), 0)
    for line in lines:
        totals[line.source] += line.amount
    return totals


def live(proposal: Proposal, own: frozenset[Id]) -> tuple[BudgetSum, ...]:
    """What the lines of these partners come to now."""
    return sums(line for line in counted_lines(proposal) if line.partner_id in own)


def alone(proposal: Proposal) -> frozenset[Id]:
    """The only partner, empty where there are several: with nobody to show them to, its totals are those of its lines."""
    accepted = proposal.accepted
    return frozenset({accepted[0].id} if len(accepted) == 1 else ())


def _others(proposal: Proposal, own: frozenset[Id]) -> list[Id]:
    return [partner.id for partner in proposal.accepted if partner.id not in own]


def shown_by_others(proposal: Proposal, own: frozenset[Id]) -> tuple[BudgetSum, ...]:
    """What the partners that are not `own` come to, each as it last showed."""
    shown = (shown_of(proposal, partner_id) for partner_id in _others(proposal, own))
    return sums(each for one in shown if one for each in one.sums)


def taken_of_others(proposal: Proposal, own: frozenset[Id]) -> tuple[BudgetSum, ...] | None:
    """The part that the partners that are not `own` have in the sums of the whole bid; None while there are none."""
    others = _others(proposal, own)
    if others and proposal.sums_taken_at is None:
        return None
    shown = (shown_of(proposal, partner_id) for partner_id in others)
    return sums(each for one in shown if one for each in one.taken)


@dataclass(frozen=True, slots=True)
class Figures:
    """What each partner has by year. A year without money is not in it."""

    by_partner_year: Mapping[tuple[Id, int], Amounts]

    @property
    def total(self) -> Amounts:
        return sum(self.by_partner_year.values(), Amounts())

    @property
    def requested_by(self) -> dict[Id, int]:
        """What each partner asks of the commissioner."""
        asked: dict[Id, int] = {}
        for (partner_id, _), cell in self.by_partner_year.items():
            asked[partner_id] = asked.get(partner_id, 0) + cell.requested
        return asked


def figures(proposal: Proposal, own: frozenset[Id] = frozenset()) -> Figures:
    """The totals by partner and year: of `own` as their lines are now, of the others as they last showed them."""
    parts: dict[tuple[Id, int], list[BudgetSum]] = {}
    for partner in sorted(proposal.accepted, key=lambda each: each.id):
        shown = shown_of(proposal, partner.id)
        of_partner = live(proposal, own & {partner.id}) if partner.id in own else shown.sums if shown else ()
        for each in of_partner:
            parts.setdefault((partner.id, each.year), []).append(each)
    cells = {cell: amounts(of_cell) for cell, of_cell in parts.items()}
    return Figures({cell: amount for cell, amount in cells.items() if amount != Amounts()})


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the sums by lot or category. `disclosed` is false for the rest that this reader sees as one amount."""

    key: str | None
    amounts: Amounts
    disclosed: bool = True


def shares(parts: Iterable[Part], total: Amounts, key: Callable[[Part], str | None]) -> tuple[Share, ...]:
    """The sums of what is readable by `key` (lot or category), and the rest of `total` as one undisclosed row.

    There is no such row where the rest would be negative: lines that were opened may be newer than the totals.
    """
    by_key: dict[str | None, Amounts] = {}
    for part in parts:
        by_key[key(part)] = by_key.get(key(part), Amounts()) + amounts([part])
    rows = [Share(name, amount) for name, amount in sorted(by_key.items(), key=lambda row: row[0] or "")]
    shown = sum(by_key.values(), Amounts())
    rest = Amounts(total.requested - shown.requested, total.other - shown.other, total.in_kind - shown.in_kind)
    if rest != Amounts() and min(rest.requested, rest.other, rest.in_kind) >= 0:
        rows.append(Share(None, rest, disclosed=False))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class WholeBid:
    """The sums of the whole bid that were taken of all partners at once."""

    by_source: Mapping[BudgetSource, int]
    by_lot: tuple[Share, ...]
    vat: int
    """On what is asked of the commissioner."""
    money: int
    taken_at: datetime | None

    @classmethod
    def of(cls, parts: Iterable[BudgetSum], taken_at: datetime | None = None) -> "WholeBid":
        parts = tuple(parts)
        return cls(
            by_source=by_source(parts),
            by_lot=shares(parts, amounts(parts), lambda each: each.lot_id),
            vat=sum(each.vat_amount for each in parts if each.source is BudgetSource.REQUESTED),
            money=amounts(parts).total,
            taken_at=taken_at,
        )


def whole_bid(proposal: Proposal, own: frozenset[Id] = frozenset()) -> WholeBid | None:
    """The last sums of the whole bid; None while there are none. They are live where `own` are all that there are."""
    if own and not _others(proposal, own):
        return WholeBid.of(live(proposal, own))
    parts = taken_of_others(proposal, frozenset())
    return None if parts is None else WholeBid.of(parts, proposal.sums_taken_at)


@dataclass(frozen=True, slots=True)
class Cover:
    """The lines of one source in the whole bid, and the confirmed contributions that should cover them."""

    source: BudgetSource
    lines: int
    confirmed: int

    @property
    def short(self) -> int:
        return max(0, self.lines - self.confirmed)


def cover(proposal: Proposal, own: frozenset[Id]) -> tuple[Cover, ...]:
    """Match lines against confirmed match funding, and income lines against confirmed cash; none while nobody can know.

    Both are sums of the whole bid, since one partner's money may pay for another's work: of `own` as they are now, and
    the others' part of the sums that were taken of all at once.
    """
    others = taken_of_others(proposal, own)
    if others is None:
        return ()
    accepted = {partner.id for partner in proposal.accepted}
    confirmed: dict[ContributionKind, int] = {}
    for given in proposal.contributions:
        if given.certainty is Certainty.CONFIRMED and given.revealed and given.partner_id in accepted:
            confirmed[given.kind] = confirmed.get(given.kind, 0) + given.value
    totals = by_source([*live(proposal, own), *others])
    return tuple(Cover(source, totals[source], confirmed.get(kind, 0)) for source, kind in COVERED_BY.items())


def ceilings(proposal: Proposal) -> list[tuple[Id | None, int, VatBasis]]:
    """The ceilings that bind this bid, as lot (None for the whole call), amount and VAT basis."""
    call = proposal.opportunity
    found: list[tuple[Id | None, int, VatBasis]] = []
    if call.budget_ceiling is not None:
        found.append((None, call.budget_ceiling, call.ceiling_vat))
    found += [
        (lot.id, lot.ceiling, lot.vat) for lot in call.lots if lot.id in proposal.lot_ids and lot.ceiling is not None
    ]
    return found


def price_includes_vat(proposal: Proposal) -> bool:
    """Whether a ceiling includes VAT. Otherwise the bid is stated net."""
    return any(vat is VatBasis.INCLUDED for _, _, vat in ceilings(proposal))
