"""What the worker does for webhooks: makes messages of events and of openings, sends them, and forgets the old ones."""

from typing import Any

from sqlalchemy import text

from app.commissioning.webhooks import making
from app.platform.worker.work import Work

_FORGET = text("""
DELETE FROM webhook_deliveries WHERE id IN (
  SELECT id FROM webhook_deliveries WHERE created_at < clock_timestamp() - interval '90 days' LIMIT 10000)""")


async def make_messages(work: Work, payload: dict[str, Any]) -> None:
    """Of an event that some message can be made of, and of those before it in its log."""
    async with work.db.sessions.begin() as session:
        await making.follow(session, payload["stream_id"])


async def open_calls(work: Work) -> None:
    """Of sealed calls that the clock has opened."""
    made = 1
    while made:
        async with work.db.sessions.begin() as session:
            made = await making.open_calls(session)


async def forget_old_messages(work: Work) -> None:
    async with work.db.sessions.begin() as session:
        await session.execute(_FORGET)
