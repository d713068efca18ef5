"""Amendments of a published call: numbered, kept, and followed by every bid for it."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.calls.opportunities.hooks import call_amended
from app.calls.opportunities.rules import Change
from app.calls.opportunities.tables import Amendment, Opportunity
from app.platform.access.rules import Actor
from app.platform.db.base import new_id


async def record_amendment(
    session: AsyncSession, actor: Actor | None, row: Opportunity, change: Change, changes: dict[str, Any]
) -> int:
    """Number the amendment and have every bid follow it. The opportunity's row is locked and holds the new terms.

    `changes` are the fields as readers see them, each with `before` and `after`. Answers the amendment's number.
    """
    numbers = select(Amendment.number).where(Amendment.opportunity_id == row.id).order_by(Amendment.number.desc())
    number = ((await session.execute(numbers.limit(1))).scalar_one_or_none() or 0) + 1
    session.add(
        Amendment(
            id=new_id(), opportunity_id=row.id, number=number, changes=changes, voids_editions=change.voids_editions
        )
    )
    if change.voids_editions:
        # The last amendment that a bid has to answer; a later deadline alone leaves it where it was.
        row.amendment = number
    await session.flush()
    await call_amended(session, actor, row, number, change)
    return number
