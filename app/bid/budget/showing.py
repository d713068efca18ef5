"""Shows the others what one partner's budget comes to, and holds final prices still (`rules/shown.py` has the rules).

The caller holds the proposal's lock. A `proposal` here has at least the lines of the partner that it is about.
"""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.budget import events, queries
from app.bid.budget.rules import shown as rules
from app.bid.budget.rules.lines import is_open
from app.bid.budget.tables import BudgetLine as LineRow
from app.bid.budget.tables import ShownBudget as Row
from app.bid.records import whole_proposal
from app.bid.records.tables import Proposal as ProposalRow
from app.bid.value import BudgetLine, BudgetSum, Partner, Proposal, ShownBudget
from app.bid.value.honesty import RoundStillOpen
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act


class PricesAreFinal(Conflict):
    code = "prices-are-final"
    title = "This partner's prices are final"
    explanation = (
        "It has said so, and its budget lines stand still until it takes that back: a signatory or admin of that partner "
        "does so (POST …/budget/final with 'final': false). Everybody is told."
    )


def check_not_final(proposal: Proposal, partner: Partner) -> None:
    if rules.is_final(proposal, partner.id):
        raise PricesAreFinal


async def show(act: Act, proposal: Proposal, partner: Partner) -> int:
    """Show the others the partner's totals as they are now; answers how many lines changed since the last time."""
    _check_open(proposal, partner)
    now = await event_log.now(act.session)
    after = rules.take_if_due(rules.show(proposal, [partner.id], now), now)
    await _store(act.session, proposal, after, showing=[partner.id])
    await events.record_shown(act, proposal, after, partner.id)
    return rules.lines_changed(proposal, partner.id)


async def say_final(act: Act, proposal: Proposal, partner: Partner, final: bool) -> int:
    """Say that the partner's prices are final, which shows its totals, or take that back. It is idempotent.

    Answers how many lines changed since the totals were last shown.
    """
    _check_open(proposal, partner)
    if rules.is_final(proposal, partner.id) is final:
        return rules.lines_changed(proposal, partner.id)
    after = rules.say_final(proposal, partner.id, final)
    if final:
        now = await event_log.now(act.session)
        after = rules.take_if_due(rules.show(after, [partner.id], now), now)
    await _store(act.session, proposal, after, showing=[partner.id] if final else [])
    if final:
        await events.record_shown(act, proposal, after, partner.id)
    await events.record_final(act, partner.id, final)
    return rules.lines_changed(proposal, partner.id)


async def add_what_was_said(act: Act, before: Proposal, line: BudgetLine) -> None:
    """A decision added this line to those in `before`: its motion told everybody what it says."""
    after = rules.add_what_was_said(before, line, await event_log.now(act.session))
    if after == before:
        return
    await _store(act.session, before, after)
    await act.session.execute(update(LineRow).where(LineRow.id == line.id).values(shown_version=line.said))
    await events.record_shown(act, before, after, line.partner_id)


async def reveal(session: AsyncSession, proposal_id: Id, at: datetime) -> None:
    """The round is over: what all partners' budgets come to is shown at once."""
    proposal = await whole_proposal.load(session, proposal_id)
    everybody = [partner.id for partner in proposal.accepted]
    after = rules.take(rules.show(proposal, everybody, at), at)
    await _store(session, proposal, after, showing=everybody)


async def reveal_one(session: AsyncSession, proposal_id: Id, partner_id: Id, at: datetime) -> None:
    """Who joined after the reveal has filed: what its budget comes to joins what the others show."""
    proposal = await queries.load(session, proposal_id, partner_id=partner_id)
    after = rules.take_if_due(rules.show(proposal, [partner_id], at), at)
    await _store(session, proposal, after, showing=[partner_id])


async def partner_left(session: AsyncSession, proposal_id: Id, at: datetime) -> None:
    """The sums of the whole bid held its part, so they are left out until they are taken of the others."""
    proposal = await queries.load(session, proposal_id)
    await _store(session, proposal, rules.without_those_who_left(proposal, at))


def _check_open(proposal: Proposal, partner: Partner) -> None:
    if not is_open(proposal, partner):
        raise RoundStillOpen(
            "Your totals are shown for the first time when everything opens: when all have filed, or at the agreed "
            "cut-off. File yours if you have not."
        )


async def _store(session: AsyncSession, before: Proposal, after: Proposal, showing: Iterable[Id] = ()) -> None:
    """Write what differs. `showing` are the partners whose lines are shown as they are now."""
    changed = [shown for shown in after.shown_budgets if shown not in before.shown_budgets]
    if changed:
        rows = insert(Row).values([_row(after.id, shown) for shown in changed])
        fresh = {name: rows.excluded[name] for name in ("shown_at", "sums", "taken", "lines", "final")}
        await session.execute(rows.on_conflict_do_update(index_elements=["partner_id"], set_=fresh))
    if after.sums_taken_at != before.sums_taken_at:
        taken = update(ProposalRow).where(ProposalRow.id == after.id).values(sums_taken_at=after.sums_taken_at)
        await session.execute(taken.execution_options(synchronize_session=False))
    if showing:
        lines = update(LineRow).where(LineRow.partner_id.in_(showing))
        said = lines.values(shown_version=LineRow.version - LineRow.hidden_changes)
        await session.execute(said.execution_options(synchronize_session=False))


def _row(proposal_id: Id, shown: ShownBudget) -> dict[str, object]:
    return {
        **asdict(shown),
        "proposal_id": proposal_id,
        "sums": [_json(each) for each in shown.sums],
        "taken": [_json(each) for each in shown.taken],
    }


def _json(each: BudgetSum) -> dict[str, object]:
    return {**asdict(each), "source": each.source.value}
