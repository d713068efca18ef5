"""What each reader may see of a budget, and nothing from which it could work out more (rule 1 of the domain).

Partners in one bid are rivals in the next. So each partner sees its own lines, the lines that their owners opened to
it by name, and of everything else only **the shared figures**, which the bid itself states:

* for each partner, totals by year: what it asks for, what comes from elsewhere (match and income), and what is in kind;
* for the whole bid, what each source pays, and the VAT on what is asked for where the call's ceiling includes VAT.

Every other figure that a reader is shown is a function of these and of the lines that it may read. That is why sums by
lot and by category hold readable lines only, with the rest as one undisclosed amount; and why a ceiling of one lot
among several is judged by what the reader can know (`within`, `over` or `not_disclosed`) and never by the hidden lines:
a true yes or no, asked repeatedly while one's own lines move, would give a rival's price away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from app.bid.budget.rules.ceilings import CeilingCheck, ceiling_checks
from app.bid.budget.rules.figures import (
    Amounts,
    Cover,
    Share,
    SharedFigures,
    amounts,
    by_source,
    cover,
    shared_figures,
    shares,
)
from app.bid.budget.rules.lines import counted_lines
from app.bid.value import BudgetLine, Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, PriceDetail


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget as one reader may see it. Every axis adds up to `total`, undisclosed rows included."""

    lines: tuple[BudgetLine, ...] = ()
    by_partner: tuple[tuple[Id, tuple[tuple[int, Amounts], ...]], ...] = ()
    by_year: tuple[tuple[int, Amounts], ...] = ()
    by_lot: tuple[Share, ...] = ()
    by_category: tuple[Share, ...] = ()
    by_source: tuple[tuple[BudgetSource, int], ...] = ()
    total: Amounts | None = None
    whole: int | None = None
    """All money of the proposal, which is the one figure that a facilitator sees. None before the reveal."""
    vat_on_requested: int | None = None
    ceilings: tuple[CeilingCheck, ...] = ()
    cover: tuple[Cover, ...] = ()


def may_read_line(line: BudgetLine, reader: Reader) -> bool:
    """Whether this reader may read the line: its owner always, others after the reveal if its owner named them."""
    if reader.kind not in (ReaderKind.PARTNER, ReaderKind.FORMER):
        return False
    if line.partner_id in reader.partner_ids:
        return True
    return (
        reader.kind is ReaderKind.PARTNER
        and reader.sees_others
        and line.revealed
        and not reader.partner_ids.isdisjoint(line.visible_to)
    )


def budget_view(proposal: Proposal, reader: Reader) -> BudgetView:
    """What this reader is shown of the proposal's budget. There is no other way from the one to the other."""
    if reader.kind is ReaderKind.FACILITATOR:
        return BudgetView(whole=shared_figures(proposal).total.total if reader.sees_others else None)
    if reader.kind is ReaderKind.FORMER or (reader.kind is ReaderKind.PARTNER and not reader.sees_others):
        return _own_view(proposal, reader)
    shared = shared_figures(proposal)
    if reader.kind is ReaderKind.COMMISSIONER:
        return _commissioner_view(proposal, shared)
    readable = tuple(line for line in proposal.budget_lines if may_read_line(line, reader))
    counted = tuple(line for line in counted_lines(proposal) if may_read_line(line, reader))
    return replace(
        _detailed(shared, counted),
        lines=_in_order(readable),
        ceilings=ceiling_checks(proposal, counted, shared),
        cover=cover(proposal),
    )


def _own_view(proposal: Proposal, reader: Reader) -> BudgetView:
    """For a reader before the reveal, or one that has left: its own lines and their sums, as if there were no others."""
    own = tuple(line for line in proposal.budget_lines if line.partner_id in reader.partner_ids)
    cells: dict[tuple[Id, int], Amounts] = {}
    for line in own:
        cell = (line.partner_id, line.year)
        cells[cell] = cells.get(cell, Amounts()) + amounts([line])
    shared = SharedFigures(dict(sorted(cells.items())), by_source(own), None)
    return replace(_detailed(shared, own), lines=_in_order(own))


def _commissioner_view(proposal: Proposal, shared: SharedFigures) -> BudgetView:
    """The totals, and also the lines where the call asks for lines."""
    if proposal.opportunity.price_detail is not PriceDetail.LINES:
        return replace(_totals(shared), ceilings=ceiling_checks(proposal, (), shared))
    lines = counted_lines(proposal)
    checks = ceiling_checks(proposal, lines, shared)
    return replace(_detailed(shared, lines), lines=_in_order(lines), ceilings=checks)


def commissioner_preview(proposal: Proposal, reader: Reader) -> BudgetView:
    """What the commissioner will get, as far as this reader may read it.

    Where the call asks for lines, it holds only those that the reader may read: the others' are not for rivals.
    """
    if reader.kind is not ReaderKind.PARTNER or not reader.sees_others:
        return budget_view(proposal, reader)
    stated = _commissioner_view(proposal, shared_figures(proposal))
    readable = tuple(line for line in stated.lines if may_read_line(line, reader))
    return replace(stated, lines=readable, by_lot=(), by_category=(), ceilings=())


def _totals(shared: SharedFigures) -> BudgetView:
    """The shared figures themselves, by partner, by year and by source."""
    of_partner: dict[Id, list[tuple[int, Amounts]]] = {}
    of_year: dict[int, Amounts] = {}
    for (partner_id, year), amount in shared.by_partner_year.items():
        of_partner.setdefault(partner_id, []).append((year, amount))
        of_year[year] = of_year.get(year, Amounts()) + amount
    return BudgetView(
        by_partner=tuple((partner_id, tuple(years)) for partner_id, years in of_partner.items()),
        by_year=tuple(sorted(of_year.items())),
        by_source=tuple(shared.by_source.items()),
        total=shared.total,
        whole=shared.total.total,
        vat_on_requested=shared.vat_on_requested,
    )


def _detailed(shared: SharedFigures, readable: tuple[BudgetLine, ...]) -> BudgetView:
    """The shared figures, and the readable lines by lot and by category."""
    return replace(
        _totals(shared),
        by_lot=shares(readable, shared.total, lambda line: line.lot_id),
        by_category=shares(readable, shared.total, lambda line: line.category),
    )


def _in_order(lines: Iterable[BudgetLine]) -> tuple[BudgetLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.id))
