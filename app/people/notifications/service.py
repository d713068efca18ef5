"""Notifications: people read in the service what happened, and get a mail about it as they chose.

A mail holds a number and a link and nothing else: no name, no title, no kind of event.
"""

import secrets
from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import Select, func, select, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.notifications.tables import Notification, NotificationChoice
from app.platform.access.ids import Id, is_id
from app.platform.access.standing import INSIDER, TWO_SIDES_OF_A_BID
from app.platform.capability import joined
from app.platform.db import event_log, outbox
from app.platform.db.base import new_id
from app.platform.words.catalogue import catalogue

_EVENT = text("""
SELECT e.id::text, e.type, e.stream_id::text AS proposal_id, e.person_id::text, e.payload,
  e.only_for::text[] AS only_for, e.owner_partner_id IS NOT NULL AS of_declarations
FROM events e WHERE e.id = :event_id AND e.stream = 'proposal' AND e.redacted_at IS NULL""")

_READERS = text(f"""
SELECT DISTINCT m.person_id::text FROM memberships m
JOIN proposals p ON p.id = :proposal_id JOIN opportunities o ON o.id = p.opportunity_id
JOIN (
  SELECT pa.id, pa.organisation_id FROM partners pa
  WHERE pa.proposal_id = :proposal_id AND pa.status = 'accepted' AND NOT pa.waiting
    AND (NOT :of_declarations OR pa.filed_at IS NOT NULL OR NOT pa.must_file)
  UNION ALL
  SELECT f.id, f.organisation_id FROM facilitators f WHERE f.proposal_id = :proposal_id AND f.status = 'active'
) seat ON seat.organisation_id = m.organisation_id
CROSS JOIN LATERAL (
  WITH actor AS (SELECT m.person_id), member AS (
    SELECT every.organisation_id FROM memberships every WHERE every.person_id = m.person_id
  ) SELECT {TWO_SIDES_OF_A_BID} AS two, EXISTS (SELECT FROM facilitators f WHERE f.id = seat.id AND {INSIDER}) AS insider
) sides
WHERE NOT sides.two AND NOT sides.insider AND (:everybody OR seat.id = ANY(CAST(:only_for AS uuid[])))
  AND (CAST(:actor AS uuid) IS NULL OR m.person_id <> CAST(:actor AS uuid))""")


async def notify(session: AsyncSession, event_id: Id, base_url: str) -> int:
    """Notify everybody who may read this event, but whoever did it; answers how many. It is idempotent."""
    event = (await session.execute(_EVENT, {"event_id": event_id})).one_or_none()
    declared = joined().events.get(event.type) if event else None
    if event is None or declared is None or declared.leads_to is None:
        return 0
    people = await _readers(session, event)
    if declared.mentions:
        mentioned = set((event.payload or {}).get("mentions") or ())
        people = [person_id for person_id in people if person_id in mentioned]
    if not people:
        return 0
    path = _path(declared.leads_to, event.proposal_id, event.payload or {})
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "proposal_id": event.proposal_id,
            "event_id": event_id,
            "kind": event.type,
            "path": path,
        }
        for person_id in people
    ]
    # The job may run again: whoever was notified of this event before is left out.
    made = await session.execute(
        upsert(Notification)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["person_id", "event_id"])
        .returning(Notification.person_id)
    )
    notified = [str(row[0]) for row in made]
    for person_id in notified:
        await _mail(session, person_id, base_url, "at_once")
    return len(notified)


async def _readers(session: AsyncSession, event: Any) -> list[Id]:
    """Who joined later and has not filed hears nothing of what the others declared, nor of their money."""
    given = {
        "proposal_id": event.proposal_id,
        "everybody": not event.only_for,
        "only_for": list(event.only_for),
        "of_declarations": event.of_declarations,
        "actor": event.person_id,
    }
    return sorted(row[0] for row in await session.execute(_READERS, given))


def _path(leads_to: str, proposal_id: Id, payload: dict[str, Any]) -> str:
    ids = {name: value for name, value in payload.items() if isinstance(value, str)}
    try:
        return f"/v1/proposals/{proposal_id}{leads_to.format(**ids)}"
    except KeyError:
        return f"/v1/proposals/{proposal_id}"


_PERSON = text("""
SELECT p.id::text, p.email, p.language, coalesce(c.mail, 'daily') AS mail FROM people p
LEFT JOIN notification_choices c ON c.person_id = p.id
WHERE p.id = :person_id AND p.erased_at IS NULL AND p.verified_at IS NOT NULL AND p.email IS NOT NULL""")


async def _mail(session: AsyncSession, person_id: Id, base_url: str, when: Literal["at_once", "daily"]) -> None:
    """Send one mail about everything that was not mailed yet, if this person wants mails then."""
    person = (await session.execute(_PERSON, {"person_id": person_id})).one_or_none()
    if person is None or person.mail != when:
        return
    now = await event_log.now(session)
    waiting = await session.execute(
        update(Notification)
        .where(Notification.person_id == person_id, Notification.mailed_at.is_(None), Notification.read_at.is_(None))
        .values(mailed_at=now)
        .returning(Notification.id)
    )
    number = len(waiting.all())
    if number:
        choice = await choice_of(session, person_id)
        await outbox.mail(
            session, person.email, "digest", person.language, **_words(number, person.language, base_url, choice)
        )


def _words(number: int, language: str, base_url: str, choice: NotificationChoice) -> dict[str, str]:
    """Nothing confidential: how many things wait, and where. Links stand alone on their lines."""
    stop = f"{base_url}/unsubscribe?token={choice.unsubscribe_token}"
    words = catalogue(language)
    body = words("mail.digest.text", number=number, where=f"{base_url}/news", stop=stop)
    return {"subject": words("mail.digest.subject"), "text": body, "unsubscribe": stop}


_DUE = text("""
SELECT DISTINCT n.person_id::text FROM notifications n LEFT JOIN notification_choices c ON c.person_id = n.person_id
WHERE n.mailed_at IS NULL AND n.read_at IS NULL AND coalesce(c.mail, 'daily') = 'daily'
  AND NOT n.person_id = ANY(CAST(:put_off AS uuid[]))
  AND extract(hour FROM clock_timestamp() AT TIME ZONE 'UTC') >= coalesce(c.digest_hour, 7)
  AND coalesce(c.last_digest_at < date_trunc('day', clock_timestamp() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', true)
LIMIT 500""")


async def due_digests(session: AsyncSession, put_off: Sequence[Id] = ()) -> list[Id]:
    """People whose daily digest is due: at most one a day, from their hour on; nobody who is put off."""
    return [str(row[0]) for row in await session.execute(_DUE, {"put_off": list(put_off)})]


async def digest(session: AsyncSession, person_id: Id, base_url: str) -> None:
    """Send a person's daily mail, if there is anything to send, and remember that it was."""
    choice = await choice_of(session, person_id, lock=True)
    await _mail(session, person_id, base_url, "daily")
    choice.last_digest_at = await event_log.now(session)
    await session.flush()


async def choice_of(session: AsyncSession, person_id: Id, lock: bool = False) -> NotificationChoice:
    """The person's choice: a daily digest until they choose otherwise."""
    # Two may ask for it at the same moment: the conflict clause makes one row.
    made = upsert(NotificationChoice).values(person_id=person_id, unsubscribe_token=secrets.token_urlsafe(24))
    await session.execute(made.on_conflict_do_nothing(index_elements=["person_id"]))
    query = select(NotificationChoice).where(NotificationChoice.person_id == person_id)
    return (await session.execute(query.with_for_update() if lock else query)).scalar_one()


async def unsubscribe(session: AsyncSession, token: str) -> bool:
    """Stop this person's mails; they still read in the service what happens. It is idempotent.

    False for a token that is nobody's.
    """
    done = await session.execute(
        update(NotificationChoice)
        .where(NotificationChoice.unsubscribe_token == token)
        .values(mail="none", version=NotificationChoice.version + 1)
        .returning(NotificationChoice.person_id)
    )
    return done.first() is not None


async def one_of_person(session: AsyncSession, person_id: Id, notification_id: str) -> Notification | None:
    """None for what is not this person's, or no id at all."""
    row = await session.get(Notification, notification_id.lower()) if is_id(notification_id) else None
    return row if row is not None and row.person_id == person_id else None


async def unread(session: AsyncSession, person_id: Id, limit: int) -> Sequence[Notification]:
    """The person's newest notifications that were not read yet."""
    query = of_person(person_id, unread=True).order_by(Notification.id.desc()).limit(limit)
    return (await session.execute(query)).scalars().all()


def of_person(person_id: Id, unread: bool | None) -> Select[Notification]:
    """The query of a person's notifications: those not read, those read, or all."""
    query = select(Notification).where(Notification.person_id == person_id)
    if unread is None:
        return query
    return query.where(Notification.read_at.is_(None) if unread else Notification.read_at.is_not(None))


async def mark_read(session: AsyncSession, person_id: Id, ids: Sequence[Id] | None) -> int:
    """Mark those with these ids as read, or all; answers how many were not read before."""
    statement = update(Notification).where(Notification.person_id == person_id, Notification.read_at.is_(None))
    if ids is not None:
        statement = statement.where(Notification.id.in_(ids))
    read = statement.values(read_at=func.clock_timestamp())
    marked = await session.execute(read.returning(Notification.id))
    return len(marked.all())
