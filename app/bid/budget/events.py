"""Records changes of one partner's budget, telling each partner no more than it may know.

The others learn that a budget changed only when a figure that all share changed, and then only by year. Whoever a line
is open to learns what it may read of it. Everything else is for the owner alone. All these changes have one type, since
even 'added' or 'taken out' would say too much.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from app.bid.budget.rules.changes import Change
from app.bid.budget.rules.figures import Amounts, shared_figures
from app.bid.budget.rules.lines import is_open
from app.bid.value import BudgetLine, Partner, Proposal
from app.bid.value.honesty import has_filed
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.db.act import Act
from app.platform.db.event_log import only, owned_by
from app.platform.words.codes import BudgetSource


async def record(act: Act, proposal: Proposal, partner: Partner, changes: Sequence[Change]) -> None:
    """Record the changes. `proposal` holds the partner's lines as they were before."""
    own = [line for line in proposal.budget_lines if line.partner_id == partner.id]
    changed = {change.line.id for change in changes}
    now = [line for line in own if line.id not in changed] + [change.after for change in changes if change.after]
    open_now = is_open(proposal, partner)
    shared = _shared_difference(proposal, partner, own, now) if open_now else None
    await act.record(
        "budget_changed",
        to=only(partner.id) if shared is None else owned_by(partner.id),
        others_read=shared,
        partner_id=partner.id,
        lines=[_difference(change) for change in changes],
    )
    for other in proposal.accepted if open_now else ():
        seen = [change for change in (_as_opened_to(other.id, change) for change in changes) if change]
        if other.id != partner.id and seen and has_filed(other):
            lines = [_difference(change) for change in seen]
            await act.record("budget_line_opened", to=only(other.id), partner_id=partner.id, lines=lines)


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


def _shared_difference(
    proposal: Proposal, partner: Partner, before: Iterable[BudgetLine], after: Iterable[BudgetLine]
) -> dict[str, Any] | None:
    """What the others learn: the years whose totals changed. None where no shared figure changed."""
    was, now = _own_figures(proposal, partner, before), _own_figures(proposal, partner, after)
    if was == now:
        return None
    years = sorted(year for year in was[0].keys() | now[0].keys() if was[0].get(year) != now[0].get(year))
    by_year = [
        {"year": year, "before": _amounts(was[0].get(year)), "after": _amounts(now[0].get(year))} for year in years
    ]
    return {"partner_id": partner.id, "partners_only": {"by_year": by_year}}


def _own_figures(
    proposal: Proposal, partner: Partner, lines: Iterable[BudgetLine]
) -> tuple[dict[int, Amounts], dict[BudgetSource, int], int | None]:
    """This partner's part of every figure of the budget that the partners share."""
    shared = shared_figures(replace(proposal, budget_lines=tuple(lines), partners=(partner,)))
    by_year = {year: cell for (_, year), cell in shared.by_partner_year.items()}
    return by_year, dict(shared.by_source), shared.vat_on_requested


def _amounts(cell: Amounts | None) -> dict[str, str]:
    cell = cell or Amounts()
    return {
        "total": format_amount(cell.total),
        "requested": format_amount(cell.requested),
        "other_funding": format_amount(cell.other),
        "in_kind": format_amount(cell.in_kind),
    }
