"""Records what happens to one partner's budget, telling each partner no more than it may know.

A change of lines is for their owner alone: the others learn of it when the owner shows its totals, and only by year. Whoever
a line is open to learns what it may read of it. Changes have one type, since even 'added' or 'taken out' would say too
much.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from app.bid.budget.rules.changes import Change
from app.bid.budget.rules.figures import Amounts, figures
from app.bid.budget.rules.lines import is_open
from app.bid.value import BudgetLine, Partner, Proposal
from app.bid.value.honesty import has_filed
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.db.act import Act
from app.platform.db.event_log import only, owned_by


async def record(act: Act, proposal: Proposal, partner: Partner, changes: Sequence[Change]) -> None:
    lines = [_difference(change) for change in changes]
    await act.record("budget_changed", to=only(partner.id), partner_id=partner.id, lines=lines)
    for other in proposal.accepted if is_open(proposal, partner) else ():
        seen = [change for change in (_as_opened_to(other.id, change) for change in changes) if change]
        if other.id != partner.id and seen and has_filed(other):
            lines = [_difference(change) for change in seen]
            await act.record("budget_line_opened", to=only(other.id), partner_id=partner.id, lines=lines)


async def record_shown(act: Act, before: Proposal, after: Proposal, partner_id: Id) -> None:
    """Record that the partner's totals were shown: the years in which they are others than before, for the partners alone."""
    was, now = (
        {year: cell for (owner, year), cell in figures(proposal).by_partner_year.items() if owner == partner_id}
        for proposal in (before, after)
    )
    by_year = [
        {"year": year, "before": _amounts(was.get(year)), "after": _amounts(now.get(year))}
        for year in sorted(was.keys() | now.keys())
        if was.get(year) != now.get(year)
    ]
    shared = {"partner_id": partner_id, "for_partners": {"by_year": by_year}}
    await act.record(
        "totals_shown", to=owned_by(partner_id), others_read=shared, partner_id=partner_id, by_year=by_year
    )


async def record_final(act: Act, partner_id: Id, final: bool) -> None:
    type_ = "prices_final" if final else "prices_taken_back"
    await act.record(type_, to=owned_by(partner_id), others_read={"partner_id": partner_id}, partner_id=partner_id)


def _as_opened_to(reader: Id, change: Change) -> Change | None:
    """What this reader may know of a change: nothing of what the line said while it was closed to it."""
    before = change.before if change.before and reader in change.before.visible_to else None
    after = change.after if change.after and reader in change.after.visible_to else None
    seen = Change(_for_reader(before, reader), _for_reader(after, reader))
    return None if seen.before == seen.after else seen


def _for_reader(line: BudgetLine | None, reader: Id) -> BudgetLine | None:
    return replace(line, visible_to=(reader,), full_cost=None, version=0, hidden_changes=0) if line else None


def _difference(change: Change) -> dict[str, Any]:
    return {"line_id": change.line.id, "before": _line(change.before), "after": _line(change.after)}


def _line(line: BudgetLine | None) -> dict[str, Any] | None:
    if line is None:
        return None
    return {
        "category": line.category,
        "year": line.year,
        "lot_id": line.lot_id,
        "source": line.source.value,
        "description": line.description,
        "amount": format_amount(line.amount),
        "vat_treatment": line.vat_treatment.value,
        "vat_amount": format_amount(line.vat_amount),
        "visible_to": list(line.visible_to),
        "full_cost": None if line.full_cost is None else format_amount(line.full_cost),
    }


def _amounts(cell: Amounts | None) -> dict[str, str]:
    cell = cell or Amounts()
    return {
        "total": format_amount(cell.total),
        "requested": format_amount(cell.requested),
        "other_funding": format_amount(cell.other),
        "in_kind": format_amount(cell.in_kind),
    }
