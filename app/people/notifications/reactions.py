"""Jobs of notifications: people are notified of each event, and daily digests go out."""

from typing import Any

from sqlalchemy import text

from app.people.notifications import mails, telling
from app.people.notifications.tables import Notification
from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.worker.due import Due
from app.platform.worker.work import Work

DUE = Due("digest-not-sent")


async def tell(work: Work, payload: dict[str, Any]) -> None:
    """Notify the readers of an event, if it is a proposal's."""
    if payload.get("stream") != "proposal":
        return
    async with work.db.sessions.begin() as session:
        await telling.notify(session, payload["event_id"])


async def mail_now(work: Work, payload: dict[str, Any]) -> None:
    """Write to a person what cannot wait; to whoever chose mails at once, all that is new."""
    async with work.db.sessions.begin() as session:
        await mails.send(session, payload["person_id"], work.settings.base_url, "now")


_ADMINS = text("""
SELECT m.person_id::text FROM memberships m
WHERE m.organisation_id = :organisation_id AND m.roles && ARRAY['admin'] ORDER BY m.person_id""")


async def tell_of_yielded_identifier(work: Work, payload: dict[str, Any]) -> None:
    """Record in an organisation's log that a verified one has its register number now, and notify its admins."""
    organisation_id = payload["organisation_id"]
    async with work.db.sessions.begin() as session:
        row = await session.get_one(Organisation, organisation_id, with_for_update=True)
        if await event_log.was_recorded(session, organisation_id, "identifier_yielded", payload["cause"]):
            return
        row.version += 1
        act = Act(session, None, "organisation", organisation_id, for_organisation=organisation_id)
        told = {name: payload[name] for name in ("scheme", "number", "cause")}
        await act.record("identifier_yielded", **told)
        path = f"/v1/organisations/{organisation_id}"
        for person_id in (await session.execute(_ADMINS, {"organisation_id": organisation_id})).scalars():
            session.add(Notification(id=new_id(), person_id=person_id, kind="identifier_yielded", path=path))


async def send_digests(work: Work) -> None:
    """Send the daily digests that are due, each in a transaction of its own."""
    async with work.db.sessions() as session:
        people = await mails.due_digests(session, DUE.put_off())

    async def send(person_id: Id) -> None:
        async with work.db.sessions.begin() as session:
            await mails.digest(session, person_id, work.settings.base_url)

    await DUE.each(people, send)
