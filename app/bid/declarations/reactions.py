"""What falls due by the clock: the agreed cut-off of an honesty round, also when nobody comes by to look."""

from app.bid.declarations import reveal
from app.platform.access.ids import Id
from app.platform.worker.due import Due
from app.platform.worker.work import Work

EVERY = 5.0
"""Seconds between two looks. Whoever comes by in between opens the round itself (`app/platform/web/running.py`)."""
DUE = Due("round-not-opened")


async def open_due_rounds(work: Work) -> None:
    """Each in a transaction of its own. One opened meanwhile, or without its second partner, is left as it is."""
    async with work.db.sessions() as session:
        due = await reveal.due(session, DUE.put_off())

    async def open_round(proposal_id: Id) -> None:
        async with work.db.sessions.begin() as session:
            await reveal.settle(session, proposal_id)

    await DUE.each(due, open_round)
