"""Mails about what is new: what cannot wait goes at once, the rest as each person chose.

A mail names the bid, what is to do and what happened, as far as its reader may still read the bid when it is written. No
money, no text of the bid, and nobody's reasons are in it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.notifications import service
from app.people.notifications.seen import NEWS, ZONE, to_outsiders
from app.people.notifications.tables import Notification
from app.people.notifications.wording import Happened, Letter, ToDo, write
from app.platform.access.ids import Id
from app.platform.access.terms import TIME_ZONE
from app.platform.capability import Hook, joined
from app.platform.db import event_log, outbox


@dataclass(slots=True)
class Waiting:
    """What waits for a person. The rooms that know fill in `to_do`."""

    person_id: Id
    language: str
    to_do: list[ToDo] = field(default_factory=list)


what_waits: Hook[[AsyncSession, Waiting]] = Hook("what_waits")
"""A mail is being written: whoever knows what waits for its reader says so."""

_PERSON = text("""
SELECT p.id::text, p.name, p.email, p.language, coalesce(c.mail, 'daily') AS mail FROM people p
LEFT JOIN notification_choices c ON c.person_id = p.id
WHERE p.id = :person_id AND p.erased_at IS NULL AND p.verified_at IS NOT NULL AND p.email IS NOT NULL""")

_NEWS = text(f"{NEWS} AND n.mailed_at IS NULL AND n.read_at IS NULL ORDER BY n.id")


async def send(session: AsyncSession, person_id: Id, base_url: str, when: Literal["now", "daily"]) -> None:
    """One mail about what is due: all that waits for whoever chose mails then, otherwise what cannot wait.

    What is mailed is marked so in the same transaction as the mail is put into the queue: none is lost, and of two that
    write at the same moment, the later finds nothing.
    """
    person = (await session.execute(_PERSON, {"person_id": person_id})).one_or_none()
    if person is None:
        return
    news = (await session.execute(_NEWS, {"person_id": person_id, "outside": to_outsiders()})).all()
    everything = person.mail == ("at_once" if when == "now" else "daily")
    due = [row for row in news if everything or (when == "now" and row.acts and joined().events[row.kind].urgent)]
    claimed = await _claim(session, [row.id for row in due])
    told = [row for row in due if row.id in claimed and row.readable]
    if not told:
        return
    waiting = Waiting(person_id, person.language)
    await what_waits(session, waiting)
    bids = {row.proposal_id for row in told}
    to_do = [one for one in waiting.to_do if when == "daily" or one.proposal_id in bids]
    stop = None
    if everything:
        choice = await service.choice_of(session, person_id)
        stop = f"{base_url}/unsubscribe?token={choice.unsubscribe_token}"
    letter = Letter(person.name, [_happened(row) for row in told], to_do, f"{base_url}/news", stop)
    values: dict[str, Any] = write(person.language, letter)
    await outbox.mail(session, person.email, "digest", person.language, **values)


async def _claim(session: AsyncSession, ids: Sequence[Id]) -> set[Id]:
    """Those of them that no other mail has taken meanwhile."""
    if not ids:
        return set()
    taken = await session.execute(
        update(Notification)
        .where(Notification.id.in_(ids), Notification.mailed_at.is_(None))
        .values(mailed_at=await event_log.now(session))
        .returning(Notification.id)
    )
    return {str(row[0]) for row in taken}


def _happened(row: Any) -> Happened:
    payload = row.payload or {}
    receipt = payload.get("receipt")
    return Happened(
        row.kind,
        row.at,
        row.zone,
        row.proposal_id,
        row.title,
        row.call,
        row.buyer,
        row.deadline,
        row.organisation,
        receipt and {**receipt, "submitted_at": datetime.fromisoformat(receipt["submitted_at"])},
        payload.get("because") if joined().events[row.kind].outside else None,
    )


_DUE = text(f"""
SELECT DISTINCT n.person_id::text FROM notifications n LEFT JOIN notification_choices c ON c.person_id = n.person_id
LEFT JOIN proposals p ON p.id = n.proposal_id LEFT JOIN opportunities o ON o.id = p.opportunity_id
CROSS JOIN LATERAL (SELECT clock_timestamp() AT TIME ZONE coalesce({TIME_ZONE}, '{ZONE}') AS local,
  coalesce({TIME_ZONE}, '{ZONE}') AS zone) here
WHERE n.mailed_at IS NULL AND n.read_at IS NULL AND coalesce(c.mail, 'daily') = 'daily'
  AND NOT n.person_id = ANY(CAST(:put_off AS uuid[]))
  AND extract(hour FROM here.local) >= coalesce(c.digest_hour, 7)
  AND coalesce(c.last_digest_at AT TIME ZONE here.zone < date_trunc('day', here.local), true)
LIMIT 500""")


async def due_digests(session: AsyncSession, put_off: Sequence[Id] = ()) -> list[Id]:
    """People whose daily digest is due: at most one a day, from their hour on in the time zone of a call that it is about;
    nobody who is put off."""
    return [str(row[0]) for row in await session.execute(_DUE, {"put_off": list(put_off)})]


async def digest(session: AsyncSession, person_id: Id, base_url: str) -> None:
    """Send a person's daily mail, if there is anything to send, and remember that it was."""
    choice = await service.choice_of(session, person_id, lock=True)
    await send(session, person_id, base_url, "daily")
    choice.last_digest_at = await event_log.now(session)
    await session.flush()
