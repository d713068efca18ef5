"""What each reader may see of a budget, and nothing from which it could work out more (rule 1 of the domain).

Partners in one bid are rivals in the next. So each partner sees its own lines as they are, the lines that their owners
opened to it by name, and of everything else only what the others showed:

* for each other partner, totals by year as it last showed them: what it asks for, what comes from elsewhere (match and
  income), and what is in kind;
* for the whole bid, the sums by lot, by source and of VAT that were last taken of all partners at once.

Every other figure that a reader is shown is a function of these and of the lines that it may read. Sums by category hold
readable lines only, with the rest as one undisclosed amount. A true yes or no from hidden lines, asked repeatedly while
one's own lines move, would give a rival's price away.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from app.bid.budget.rules.ceilings import CeilingCheck, ceiling_checks
from app.bid.budget.rules.figures import (
    Amounts,
    Cover,
    Figures,
    Share,
    WholeBid,
    alone,
    amounts,
    cover,
    figures,
    price_includes_vat,
    shares,
    whole_bid,
)
from app.bid.budget.rules.lines import counted_lines
from app.bid.budget.rules.shown import lines_changed, shown_of, sums
from app.bid.value import BudgetLine, Proposal
from app.bid.value.reader import Reader, ReaderKind
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, PriceDetail


@dataclass(frozen=True, slots=True)
class OfPartner:
    """One partner's totals by year. `shown_at`: when it last showed them; None for a budget that is shown to nobody."""

    partner_id: Id
    years: tuple[tuple[int, Amounts], ...]
    shown_at: datetime | None = None
    final: bool = False

    @property
    def total(self) -> Amounts:
        return sum((amounts for _, amounts in self.years), Amounts())


@dataclass(frozen=True, slots=True)
class BudgetView:
    """A budget as one reader may see it."""

    lines: tuple[BudgetLine, ...] = ()
    by_partner: tuple[OfPartner, ...] = ()
    by_year: tuple[tuple[int, Amounts], ...] = ()
    by_lot: tuple[Share, ...] = ()
    by_category: tuple[Share, ...] = ()
    by_source: tuple[tuple[BudgetSource, int], ...] = ()
    total: Amounts | None = None
    whole: int | None = None
    """All money of the proposal. It is the one figure that a facilitator sees: of all at once. None before the reveal."""
    vat: int | None = None
    vat_on_requested: int | None = None
    taken_at: datetime | None = None
    """When the sums by lot, by source and of VAT were taken."""
    ceilings: tuple[CeilingCheck, ...] = ()
    cover: tuple[Cover, ...] = ()
    lines_changed: int | None = None
    """How many of the reader's own lines changed since it last showed its totals."""


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
        taken = whole_bid(proposal) if reader.sees_others else None
        return BudgetView(whole=taken.money, taken_at=taken.taken_at) if taken else BudgetView()
    if reader.kind is ReaderKind.FORMER or not reader.sees_others:
        return _own_view(proposal, reader)
    own = reader.partner_ids
    known = figures(proposal, own)
    counted = (line for line in counted_lines(proposal) if may_read_line(line, reader))
    return replace(
        _totals(proposal, known, whole_bid(proposal, own)),
        by_category=shares(counted, known.total, lambda line: line.category),
        lines=_in_order(line for line in proposal.budget_lines if may_read_line(line, reader)),
        ceilings=ceiling_checks(proposal, own),
        cover=cover(proposal, own),
        lines_changed=sum(lines_changed(proposal, partner_id) for partner_id in own if shown_of(proposal, partner_id)),
    )


def _own_view(proposal: Proposal, reader: Reader) -> BudgetView:
    """For a reader before the reveal, or one that has left: its own lines and their sums, as if there were no others."""
    own = tuple(line for line in proposal.budget_lines if line.partner_id in reader.partner_ids)
    cells: dict[tuple[Id, int], Amounts] = {}
    for line in own:
        cell = (line.partner_id, line.year)
        cells[cell] = cells.get(cell, Amounts()) + amounts([line])
    known = Figures(dict(sorted(cells.items())))
    return replace(
        _totals(None, known, WholeBid.of(sums(own))),
        by_category=shares(own, known.total, lambda line: line.category),
        vat_on_requested=None,
        lines=_in_order(own),
    )


def commissioner_preview(proposal: Proposal, reader: Reader) -> BudgetView:
    """What the commissioner would get if the bid were locked with what all have shown, as far as this reader may read it.

    Where the call asks for lines, it holds only those that the reader may read: the others' are not for rivals.
    """
    if reader.kind is not ReaderKind.PARTNER or not reader.sees_others:
        return budget_view(proposal, reader)
    only = alone(proposal)
    asked = proposal.opportunity.price_detail is PriceDetail.LINES
    lines = (line for line in counted_lines(proposal) if asked and may_read_line(line, reader))
    return replace(_totals(proposal, figures(proposal, only), whole_bid(proposal, only)), lines=_in_order(lines))


def _totals(proposal: Proposal | None, known: Figures, taken: WholeBid | None) -> BudgetView:
    """What is known by partner and by year, and the sums of the whole bid."""
    of_partner: dict[Id, list[tuple[int, Amounts]]] = {}
    of_year: dict[int, Amounts] = {}
    for (partner_id, year), amount in known.by_partner_year.items():
        of_partner.setdefault(partner_id, []).append((year, amount))
        of_year[year] = of_year.get(year, Amounts()) + amount
    standing = {shown.partner_id: shown for shown in proposal.shown_budgets} if proposal else {}
    accepted = sorted(partner.id for partner in proposal.accepted) if proposal else list(of_partner)
    return BudgetView(
        by_partner=tuple(
            OfPartner(
                partner_id,
                tuple(of_partner.get(partner_id, ())),
                shown_at=standing[partner_id].shown_at if partner_id in standing else None,
                final=partner_id in standing and standing[partner_id].final,
            )
            for partner_id in accepted
            if partner_id in standing or partner_id in of_partner
        ),
        by_year=tuple(sorted(of_year.items())),
        by_lot=taken.by_lot if taken else (),
        by_source=tuple(taken.by_source.items()) if taken else (),
        total=known.total,
        whole=known.total.total,
        vat=taken.vat if taken else None,
        vat_on_requested=taken.vat if taken and proposal and price_includes_vat(proposal) else None,
        taken_at=taken.taken_at if taken else None,
    )


def _in_order(lines: Iterable[BudgetLine]) -> tuple[BudgetLine, ...]:
    return tuple(sorted(lines, key=lambda line: line.id))
