"""What a budget adds up to, and which of these figures all accepted partners share.

Money means requested + match + income. What is in kind has a value, never a price, and is never added to money.
Nothing here decides who reads a figure: `views.py` does.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from app.bid.budget.rules.lines import MONEY_SOURCES, counted_lines, summed
from app.bid.value import BudgetLine, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, Certainty, ContributionKind, VatBasis

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


def amounts(lines: Iterable[BudgetLine]) -> Amounts:
    totals = by_source(lines)
    return Amounts(
        requested=totals[BudgetSource.REQUESTED],
        other=totals[BudgetSource.MATCH] + totals[BudgetSource.INCOME],
        in_kind=totals[BudgetSource.IN_KIND],
    )


def by_source(lines: Iterable[BudgetLine]) -> dict[BudgetSource, int]:
    """Every source in the order of print, also one without lines: that a line of zero is there must not show."""
    return {source: 0 for source in (*MONEY_SOURCES, BudgetSource.IN_KIND)} | summed(lines, lambda line: line.source)


@dataclass(frozen=True, slots=True)
class SharedFigures:
    """What every accepted partner may know of the whole bid, and what the commissioner gets."""

    by_partner_year: Mapping[tuple[Id, int], Amounts]
    by_source: Mapping[BudgetSource, int]
    vat_on_requested: int | None
    """None where no ceiling includes VAT, since the bid is then stated net and nobody needs the figure."""

    @property
    def total(self) -> Amounts:
        return sum(self.by_partner_year.values(), Amounts())


def shared_figures(proposal: Proposal) -> SharedFigures:
    lines = counted_lines(proposal)
    cells: dict[tuple[Id, int], list[BudgetLine]] = {}
    for line in lines:
        cells.setdefault((line.partner_id, line.year), []).append(line)
    figures = {cell: amounts(of_cell) for cell, of_cell in sorted(cells.items())}
    asked = (line for line in lines if line.source is BudgetSource.REQUESTED)
    return SharedFigures(
        by_partner_year={cell: amount for cell, amount in figures.items() if amount != Amounts()},
        by_source=by_source(lines),
        vat_on_requested=sum(line.vat_amount for line in asked) if _price_includes_vat(proposal) else None,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """One row of the sums by lot or category. `disclosed` is false for the rest that this reader sees as one amount."""

    key: str | None
    amounts: Amounts
    disclosed: bool = True


def shares(
    readable: Iterable[BudgetLine], total: Amounts, key: Callable[[BudgetLine], str | None]
) -> tuple[Share, ...]:
    """The sums of the readable lines by `key` (lot or category), and the rest of `total` as one undisclosed row."""
    by_key: dict[str | None, Amounts] = {}
    for line in readable:
        by_key[key(line)] = by_key.get(key(line), Amounts()) + amounts([line])
    rows = [Share(name, amount) for name, amount in sorted(by_key.items(), key=lambda row: row[0] or "")]
    shown = sum(by_key.values(), Amounts())
    if shown != total:
        rest = Amounts(total.requested - shown.requested, total.other - shown.other, total.in_kind - shown.in_kind)
        rows.append(Share(None, rest, disclosed=False))
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class Cover:
    """The lines of one source in the whole bid, and the confirmed contributions that should cover them."""

    source: BudgetSource
    lines: int
    confirmed: int

    @property
    def short(self) -> int:
        return max(0, self.lines - self.confirmed)


def cover(proposal: Proposal) -> tuple[Cover, ...]:
    """Match lines against confirmed match funding, and income lines against confirmed cash.

    Both are sums of the whole bid: one partner's money may pay for another's work, and every partner may read them.
    """
    accepted = {partner.id for partner in proposal.accepted}
    confirmed: dict[ContributionKind, int] = {}
    for given in proposal.contributions:
        if given.certainty is Certainty.CONFIRMED and given.revealed and given.partner_id in accepted:
            confirmed[given.kind] = confirmed.get(given.kind, 0) + given.value
    totals = by_source(counted_lines(proposal))
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


def _price_includes_vat(proposal: Proposal) -> bool:
    return any(vat is VatBasis.INCLUDED for _, _, vat in ceilings(proposal))
