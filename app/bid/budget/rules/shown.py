"""Totals as their owner last showed them, the sums of the whole bid that are taken of all at once, and final prices.

Others see of a partner's budget what it last showed: whatever it changes in between, no answer of theirs moves. So
nobody reads single lines off by subtracting one total from the next.

The sums of the whole bid by lot and by source, and its VAT, are finer than that. If one partner's showing moved them, the
step would be that partner's own split. So they are taken of all at once: at the reveal, whenever all prices are final,
and in between once every partner has shown figures that differ from those in the last.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.bid.value import BudgetLine, BudgetSum, Partner, Proposal, ShownBudget
from app.bid.value.honesty import has_filed
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, PartnerRole

_AIDES = (PartnerRole.ASSOCIATE, PartnerRole.SUBCONTRACTOR)
"""Partners whose prices are final from the reveal on where they have no lines. They can take that back like everybody."""


def sums(lines: Iterable[BudgetLine | BudgetSum]) -> tuple[BudgetSum, ...]:
    """What these come to by year, source and lot, in a fixed order. A sum of nothing is left out: that there is a line
    of zero must not show."""
    cells: dict[tuple[int, BudgetSource, Id | None], tuple[int, int]] = {}
    for line in lines:
        cell = (line.year, line.source, line.lot_id)
        amount, vat = cells.get(cell, (0, 0))
        cells[cell] = (amount + line.amount, vat + line.vat_amount)
    found = (BudgetSum(*cell, *both) for cell, both in cells.items() if both != (0, 0))
    return tuple(sorted(found, key=lambda each: (each.year, each.source, each.lot_id or "")))


def shown_of(proposal: Proposal, partner_id: Id) -> ShownBudget | None:
    """What the others know of this partner's budget; None before its declarations are open to them."""
    return next((each for each in proposal.shown_budgets if each.partner_id == partner_id), None)


def is_final(proposal: Proposal, partner_id: Id) -> bool:
    """Whether the partner said that its prices are final, and did not take it back."""
    shown = shown_of(proposal, partner_id)
    return shown is not None and shown.final


def not_final(proposal: Proposal) -> tuple[Partner, ...]:
    """The partners whose prices are still to be made final before the bid is locked. A lead alone need not say it; who has
    not filed yet does that first."""
    if len(proposal.accepted) == 1:
        return ()
    return tuple(p for p in proposal.accepted if has_filed(p) and not is_final(proposal, p.id))


def lines_changed(proposal: Proposal, partner_id: Id) -> int:
    """How many of the partner's lines are new, say something else or are gone since it last showed its totals."""
    shown = shown_of(proposal, partner_id)
    lines = [line for line in proposal.budget_lines if line.partner_id == partner_id]
    gone = (shown.lines if shown else 0) - sum(line.shown_version is not None for line in lines)
    return sum(line.shown_version != line.said for line in lines) + gone


def show(proposal: Proposal, partner_ids: Iterable[Id], at: datetime) -> Proposal:
    """The proposal after these partners showed their totals as they are now."""
    for partner_id in partner_ids:
        partner = proposal.partner(partner_id)
        lines = [line for line in proposal.budget_lines if line.partner_id == partner_id and line.revealed]
        was = shown_of(proposal, partner_id)
        found = sums(lines)
        now = ShownBudget(
            partner_id,
            at,
            found,
            taken=was.taken if was else (),
            lines=len(lines),
            final=was.final if was else partner is not None and partner.role in _AIDES and not found,
        )
        proposal = _with(proposal, now)
    return proposal


def say_final(proposal: Proposal, partner_id: Id, final: bool) -> Proposal:
    shown = shown_of(proposal, partner_id)
    return proposal if shown is None else _with(proposal, replace(shown, final=final))


def add_what_was_said(proposal: Proposal, line: BudgetLine, at: datetime) -> Proposal:
    """The proposal after a decision added this line. All know what the motion said, so it moves by just that what others
    see of its owner, and the last sums of the whole bid too: the next ones would give away the others' changes otherwise.

    What a decision changes or takes out moves nothing, since the motion does not say what the line was before.
    """
    shown = shown_of(proposal, line.partner_id)
    if shown is None:
        return proposal
    return _with(
        proposal,
        replace(
            shown,
            shown_at=at,
            sums=sums([*shown.sums, line]),
            taken=sums([*shown.taken, line]),
            lines=shown.lines + 1,
        ),
    )


def take(proposal: Proposal, at: datetime) -> Proposal:
    """The proposal with the sums of the whole bid taken of all partners at once."""
    taken = tuple(replace(shown, taken=shown.sums) for shown in proposal.shown_budgets)
    return replace(proposal, shown_budgets=taken, sums_taken_at=at)


def take_if_due(proposal: Proposal, at: datetime) -> Proposal:
    """The same, if all prices are final or every partner has shown figures that differ from those in the last sums."""
    shown = [shown_of(proposal, partner.id) for partner in proposal.accepted]
    if all(one and one.final for one in shown) or all(one and set(one.sums) != set(one.taken) for one in shown):
        return take(proposal, at)
    return proposal


def without_those_who_left(proposal: Proposal, at: datetime) -> Proposal:
    """The proposal after a partner left: its part was in the sums of the whole bid, so there are none until the next time,
    which has come where the prices of all that are left are final."""
    if proposal.sums_taken_at is None:
        return proposal
    return take_if_due(replace(proposal, sums_taken_at=None), at)


def _with(proposal: Proposal, now: ShownBudget) -> Proposal:
    others = (shown for shown in proposal.shown_budgets if shown.partner_id != now.partner_id)
    return replace(proposal, shown_budgets=tuple(sorted((*others, now), key=lambda shown: shown.partner_id)))
