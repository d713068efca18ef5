"""Amendments of a published call: they are numbered and stored, and every bid for the call follows them."""

import json
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities import queries
from app.calls.opportunities.hooks import call_amended, call_taken_over
from app.calls.opportunities.rules import Change
from app.calls.opportunities.tables import Amendment, Opportunity
from app.calls.opportunities.value import WIRE_NAMES
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import BroughtBy

Seen = dict[str, Any]


async def as_seen(session: AsyncSession, opportunity_id: Id) -> Seen:
    """The call as its readers see it now."""
    content, _, _ = await queries.one(session, opportunity_id)
    seen: Seen = json.loads(content)
    return seen


async def amend(act: Act, row: Opportunity, change: Change, before: Seen) -> tuple[int, dict[str, Any]]:
    """Record the amendment that the rows hold already; answers its number, and each changed field before and after."""
    after = await as_seen(act.session, row.id)
    names = [WIRE_NAMES.get(name, name) for name in change.fields]
    changes = {name: {"before": before[name], "after": after[name]} for name in names}
    return await record_amendment(act, row, change, changes), changes


async def speaks(session: AsyncSession, row: Opportunity, source: BroughtBy) -> None:
    """A trusted source has spoken, and the row holds its word: bids that kept terms of their own follow the call now."""
    before, row.brought_by = row.brought_by, source.value
    row.brought_at, row.claim_id = await event_log.now(session), None
    if before == BroughtBy.ORGANISATION:
        await session.flush()
        await call_taken_over(session, row)


async def record_amendment(act: Act, row: Opportunity, change: Change, changes: dict[str, Any]) -> int:
    """Number the amendment and have every bid follow it. The opportunity's row is locked and holds the new terms.

    `changes` are the fields as readers see them, each with `before` and `after`. Answers the amendment's number.
    """
    last = select(func.max(Amendment.number)).where(Amendment.opportunity_id == row.id)
    number = ((await act.session.execute(last)).scalar_one() or 0) + 1
    act.session.add(
        Amendment(opportunity_id=row.id, number=number, changes=changes, voids_editions=change.voids_editions)
    )
    if change.voids_editions:
        # The last amendment that a bid has to answer; a later deadline alone leaves it where it was.
        row.amendment = number
    await act.session.flush()
    await call_amended(act.session, act.actor, row, number, change)
    return number
