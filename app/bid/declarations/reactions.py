"""What falls due by the clock: the agreed cut-off of an honesty round, also when nobody comes by to look."""

from typing import Any

from app.bid.declarations import reveal

EVERY = 5.0
"""Seconds between two looks. Whoever comes by in between opens the round itself (`app/platform/web/running.py`)."""


async def open_due_rounds(work: Any) -> None:
    """Each in a transaction of its own. One opened meanwhile, or without its second partner, is left as it is."""
    async with work.db.sessions() as session:
        due = await reveal.due(session)
    for proposal_id in due:
        async with work.db.sessions.begin() as session:
            await reveal.settle(session, proposal_id)
