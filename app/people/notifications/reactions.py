"""Jobs of notifications: people are notified of each event, and daily digests go out."""

from typing import Any

from app.people.notifications import service
from app.platform.access.ids import Id
from app.platform.worker.due import Due
from app.platform.worker.work import Work

DUE = Due("digest-not-sent")


async def tell(work: Work, payload: dict[str, Any]) -> None:
    """Notify the readers of an event, if it is a proposal's."""
    if payload.get("stream") != "proposal":
        return
    async with work.db.sessions.begin() as session:
        await service.notify(session, payload["event_id"], work.settings.base_url)


async def send_digests(work: Work) -> None:
    """Send the daily digests that are due, each in a transaction of its own."""
    async with work.db.sessions() as session:
        people = await service.due_digests(session, DUE.put_off())

    async def send(person_id: Id) -> None:
        async with work.db.sessions.begin() as session:
            await service.digest(session, person_id, work.settings.base_url)

    await DUE.each(people, send)
