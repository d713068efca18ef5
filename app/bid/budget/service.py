"""Writes changes of one partner's budget: checked as a whole, and written with their events or not at all.

A line belongs to the partner that wrote it. The caller holds the proposal's lock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget import events
from app.bid.budget.rules.changes import FIELDS, Change, differing
from app.bid.budget.rules.lines import line_faults
from app.bid.budget.showing import check_not_final
from app.bid.budget.tables import BudgetLine as Row
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.errors import Conflict, Fault, Invalid
from app.platform.access.ids import Id
from app.platform.db.act import Act

MAX_LINES = 2000


class TooManyLines(Conflict):
    code = "too-many-budget-lines"
    title = "The budget has too many lines"
    explanation = f"A partner keeps to {MAX_LINES} lines. Put small costs of one kind together."


def check(proposal: Proposal, changes: Iterable[Change]) -> None:
    """Raises Invalid with everything that is wrong with the lines as they would be."""
    accepted = {each.id for each in proposal.accepted}
    faults: list[Fault] = []
    for change in changes:
        if change.after is None or change.before == change.after:
            continue
        known = accepted.union(change.before.visible_to if change.before else ())
        faults += [
            Fault(f"{change.at}/visible_to/{index}", "not-found", "There is no such partner in this bid.")
            for index, named in enumerate(change.after.visible_to)
            if named not in known
        ]
        faults += line_faults(change.after, proposal, change.at)
    if faults:
        raise Invalid(errors=faults)


async def save(act: Act, proposal: Proposal, partner: Partner, changes: Iterable[Change]) -> list[BudgetLine]:
    """Write changes that were checked, and record them for the partner whose lines they are.

    Answers the lines as they are afterwards, in the order given. While the partner's prices are final nothing that a line
    says changes; to whom it is open and what it costs in full still can.
    """
    changes = [change for change in changes if change.before != change.after]
    if any(set(change.fields) & set(FIELDS) for change in changes):
        check_not_final(proposal, partner)
    count = sum(line.partner_id == partner.id for line in proposal.budget_lines)
    if count + sum((change.before is None) - (change.after is None) for change in changes) > MAX_LINES:
        raise TooManyLines
    if not changes:
        return []
    written = [replace(change, after=_next(change)) for change in changes]
    await _write(act.session, proposal.id, written)
    own = replace(act, side=None, for_organisation=partner.organisation_id)
    await events.record(own, proposal, partner, written)
    return [change.after for change in written if change.after is not None]


def _next(change: Change) -> BudgetLine | None:
    """The line with its new version. `hidden_changes` counts versions in which nothing changed that others can read."""
    before, after = change.before, change.after
    if after is None:
        return None
    if before is None:
        return replace(after, version=1)
    hidden = 0 if differing(before, after) else 1
    return replace(after, version=before.version + 1, hidden_changes=before.hidden_changes + hidden)


async def _write(session: AsyncSession, proposal_id: Id, changes: Sequence[Change]) -> None:
    query = select(Row).where(Row.id.in_([change.before.id for change in changes if change.before]))
    rows = {row.id: row for row in await session.scalars(query)}
    for change in changes:
        if change.after is None:
            await session.delete(rows[change.line.id])
        elif change.before is None:
            session.add(Row(id=change.line.id, proposal_id=proposal_id, **_columns(change.after)))
        else:
            for name, value in _columns(change.after).items():
                setattr(rows[change.line.id], name, value)


def _columns(line: BudgetLine) -> dict[str, Any]:
    return {
        **{name: getattr(line, name) for name in FIELDS},
        "source": line.source.value,
        "vat_treatment": line.vat_treatment.value,
        "partner_id": line.partner_id,
        "visible_to": list(line.visible_to),
        "full_cost": line.full_cost,
        "revealed": line.revealed,
        "version": line.version,
        "hidden_changes": line.hidden_changes,
    }
