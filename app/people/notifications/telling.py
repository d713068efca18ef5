"""Telling people: whoever may read an event is notified of it, and mailed at once where it cannot wait."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.notifications.tables import Notification
from app.platform.access.ids import Id
from app.platform.access.standing import INSIDER, OF_A_MEMBER, TWO_SIDES_OF_A_BID
from app.platform.capability import joined
from app.platform.db import outbox
from app.platform.db.base import new_id

NEWS = "news"
"""The outbox topic of a mail that does not wait for the digest; its payload names the person."""

_EVENT = text("""
SELECT e.id::text, e.type, e.stream_id::text AS proposal_id, e.person_id::text, e.payload,
  e.only_for::text[] AS only_for, e.owner_partner_id IS NOT NULL AS of_declarations
FROM events e WHERE e.id = :event_id AND e.stream = 'proposal' AND e.redacted_at IS NULL""")


def reading(proposal: str, filed: str = "true") -> str:
    """SQL from FROM on: the memberships `m` by whose `seat` in this bid a person reads its events. `filed` is what a partner
    `pa` must have done besides."""
    return f"""FROM memberships m
JOIN proposals p ON p.id = {proposal} JOIN opportunities o ON o.id = p.opportunity_id
JOIN (
  SELECT pa.id, pa.organisation_id FROM partners pa
  WHERE pa.proposal_id = {proposal} AND pa.status = 'accepted' AND NOT pa.waiting AND ({filed})
  UNION ALL
  SELECT f.id, f.organisation_id FROM facilitators f WHERE f.proposal_id = {proposal} AND f.status = 'active'
) seat ON seat.organisation_id = m.organisation_id
CROSS JOIN LATERAL (
  {OF_A_MEMBER} SELECT {TWO_SIDES_OF_A_BID} AS two, EXISTS (SELECT FROM facilitators f WHERE f.id = seat.id AND {INSIDER}) AS insider
) sides
WHERE NOT sides.two AND NOT sides.insider"""


_READERS = text(f"""
SELECT DISTINCT m.person_id::text
{reading(":proposal_id", "NOT :of_declarations OR pa.filed_at IS NOT NULL OR NOT pa.must_file")}
  AND (:everybody OR seat.id = ANY(CAST(:only_for AS uuid[])))
  AND (CAST(:actor AS uuid) IS NULL OR m.person_id <> CAST(:actor AS uuid))""")


_OUTSIDE = text("""
SELECT DISTINCT m.person_id::text FROM memberships m WHERE m.organisation_id = CAST(:organisation_id AS uuid)
  AND (CAST(:actor AS uuid) IS NULL OR m.person_id <> CAST(:actor AS uuid))""")


async def notify(session: AsyncSession, event_id: Id) -> int:
    """Notify everybody who may read this event, but whoever did it; answers how many. It is idempotent."""
    event = (await session.execute(_EVENT, {"event_id": event_id})).one_or_none()
    declared = joined().events.get(event.type) if event else None
    if event is None or declared is None or declared.leads_to is None:
        return 0
    if declared.outside:
        found = await session.execute(_OUTSIDE, {**event.payload, "actor": event.person_id})
        people = sorted(row[0] for row in found)
    else:
        people = await _readers(session, event, declared.doer_too)
    if declared.mentions:
        mentioned = set((event.payload or {}).get("mentions") or ())
        people = [person_id for person_id in people if person_id in mentioned]
    path = _path(declared.leads_to, event.proposal_id, event.payload or {})
    return await tell(session, people, event.type, event.proposal_id, path, event_id)


async def tell(session: AsyncSession, people: Iterable[Id], kind: str, proposal_id: Id, path: str, cause: Id) -> int:
    """Notify these people of one thing, and have a mail written for each in a moment; answers how many were not told
    before of the same `cause`: an event's id, or for what the clock brings another that stays the same."""
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "proposal_id": proposal_id,
            "event_id": cause,
            "kind": kind,
            "path": path,
        }
        for person_id in people
    ]
    if not rows:
        return 0
    made = await session.execute(
        upsert(Notification)
        .values(rows)
        .on_conflict_do_nothing(index_elements=["person_id", "event_id"])
        .returning(Notification.person_id)
    )
    told = [str(row[0]) for row in made]
    # A job of its own, so that what one act set off (a refusal, and the signatures that fell) comes in one mail.
    for person_id in told:
        await outbox.put(session, NEWS, {"person_id": person_id})
    return len(told)


async def _readers(session: AsyncSession, event: Any, doer_too: bool) -> list[Id]:
    """Who joined later and has not filed hears nothing of what the others declared, nor of their money."""
    given = {
        "proposal_id": event.proposal_id,
        "everybody": not event.only_for,
        "only_for": list(event.only_for),
        "of_declarations": event.of_declarations,
        "actor": None if doer_too else event.person_id,
    }
    return sorted(row[0] for row in await session.execute(_READERS, given))


def _path(leads_to: str, proposal_id: Id, payload: dict[str, Any]) -> str:
    ids = {name: value for name, value in payload.items() if isinstance(value, str)}
    try:
        return f"/v1/proposals/{proposal_id}{leads_to.format(**ids)}"
    except KeyError:
        return f"/v1/proposals/{proposal_id}"
