"""Which message goes out next, and what became of the last one: the short transactions between two posts.

A worker takes a lane for a while (a lease, in the row). Nobody else sends its messages meanwhile; a worker that dies holds no
lock, and its lanes are taken over when their leases end. Whoever lost its lease writes nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.commissioning.webhooks import service
from app.commissioning.webhooks.judging import READABLE, TRUSTED
from app.commissioning.webhooks.rules import next_wait
from app.platform.access.ids import Id
from app.platform.db.base import new_id

LEASE = timedelta(seconds=10)
"""Renewed while the worker lives: so long after its death its lanes are another's."""
SKIPPED_AT_ONCE = 100

_CLAIM = text("""
WITH due AS (
  SELECT l.webhook_id, l.lane_id FROM webhooks w CROSS JOIN LATERAL (
    SELECT l.webhook_id, l.lane_id FROM webhook_lanes l
    WHERE l.webhook_id = w.id AND l.next_at <= clock_timestamp() AND coalesce(l.leased_until < clock_timestamp(), true)
    ORDER BY l.next_at LIMIT :each FOR UPDATE SKIP LOCKED) l
  WHERE w.status = 'enabled' AND NOT w.id = ANY(CAST(:busy AS uuid[])) LIMIT :room)
UPDATE webhook_lanes l SET lease = CAST(:lease AS uuid), leased_until = clock_timestamp() + :lasts
FROM due WHERE l.webhook_id = due.webhook_id AND l.lane_id = due.lane_id
RETURNING l.webhook_id::text, l.lane_id::text""")
_RENEW = text("""
UPDATE webhook_lanes l SET leased_until = clock_timestamp() + :lasts
FROM unnest(CAST(:webhooks AS uuid[]), CAST(:lanes AS uuid[]), CAST(:leases AS uuid[])) AS held(webhook_id, lane_id, lease)
WHERE l.webhook_id = held.webhook_id AND l.lane_id = held.lane_id AND l.lease = held.lease""")
_HOLD = text("""
UPDATE webhook_lanes SET leased_until = clock_timestamp() + :lasts
WHERE webhook_id = :webhook_id AND lane_id = :lane_id AND lease = CAST(:lease AS uuid) RETURNING true""")
_LET_GO = text("""
UPDATE webhook_lanes SET lease = NULL, leased_until = NULL, next_at = :next_at
WHERE webhook_id = :webhook_id AND lane_id = :lane_id""")
_LET_GO_ON = text("""
UPDATE webhook_lanes SET lease = NULL, leased_until = NULL, next_at = clock_timestamp()
WHERE webhook_id = :webhook_id AND lane_id = :lane_id""")
_NEXT = text(f"""
SELECT d.id::text, d.type, d.happened_at, d.data, d.next_attempt_at,
  coalesce(d.next_attempt_at > clock_timestamp(), false) AS later, w.url, w.secrets, w.status,
  {TRUSTED} AS trusted, {READABLE} AS readable, clock_timestamp() AS now,
  (SELECT key FROM mail_keys WHERE name = 'tokens') AS key
FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
WHERE d.webhook_id = :webhook_id AND d.lane_id = :lane_id AND d.status IN ('pending', 'failed')
ORDER BY d.position LIMIT 1""")
_RECORD = text("""
UPDATE webhook_deliveries SET status = :status, tries = tries + 1,
  next_attempt_at = clock_timestamp() + CAST(:wait AS interval),
  attempts = CASE WHEN jsonb_array_length(attempts) < 50 THEN attempts ELSE attempts - 0 END || CAST(:attempt AS jsonb)
WHERE id = :id RETURNING tries, next_attempt_at""")
_TRIES = text("SELECT tries FROM webhook_deliveries WHERE id = :id")


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that this worker holds under `lease`."""

    webhook_id: Id
    lane_id: Id
    lease: Id

    @property
    def keys(self) -> dict[str, Id]:
        return {"webhook_id": self.webhook_id, "lane_id": self.lane_id}


@dataclass(frozen=True, slots=True)
class Message:
    """One that may be sent now."""

    id: Id
    type: str
    happened_at: datetime
    data: dict[str, Any]
    url: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a post. `error` None: it was received."""

    message_id: Id
    at: datetime
    status: int | None
    error: str | None
    duration_ms: int
    retry_after: timedelta | None = None

    @property
    def as_json(self) -> str:
        said = {"at": self.at, "status": self.status, "error": self.error, "duration_ms": self.duration_ms}
        return to_json(said).decode()


async def claim(session: AsyncSession, each: int, room: int, busy: Sequence[Id]) -> list[Lane]:
    """Take lanes whose first message is due: up to `each` of a subscription, none of those that are `busy`."""
    lease = new_id()
    given = {"each": each, "room": room, "busy": list(busy), "lease": lease, "lasts": LEASE}
    return [Lane(webhook_id, lane_id, lease) for webhook_id, lane_id in await session.execute(_CLAIM, given)]


async def renew(session: AsyncSession, held: Sequence[Lane]) -> None:
    """Say that this worker still has them in hand."""
    ordered = sorted(held, key=lambda lane: (lane.webhook_id, lane.lane_id))
    given = {
        "webhooks": [lane.webhook_id for lane in ordered],
        "lanes": [lane.lane_id for lane in ordered],
        "leases": [lane.lease for lane in ordered],
    }
    await session.execute(_RENEW, {**given, "lasts": LEASE})


async def go_on(session: AsyncSession, lane: Lane, outcome: Outcome | None, schedule: Sequence[int]) -> Message | None:
    """Record what became of the last message, and answer the next one. None: the lane was let go of, or is another's."""
    held = await session.execute(_HOLD, {**lane.keys, "lease": lane.lease, "lasts": LEASE})
    if held.scalar_one_or_none() is None:
        return None
    if outcome is not None and (stop := await _record(session, lane, outcome, schedule)):
        await session.execute(_LET_GO, {**lane.keys, "next_at": stop})
        return None
    for _ in range(SKIPPED_AT_ONCE):
        row = (await session.execute(_NEXT, lane.keys)).one_or_none()
        if row is None:
            await session.execute(_LET_GO, {**lane.keys, "next_at": None})
            return None
        if row.status == "enabled" and not row.trusted:
            await service.disable(session, lane.webhook_id, service.DisabledBecause.CLIENT_REVOKED)
        if row.status != "enabled" or not row.trusted or row.later:
            await session.execute(_LET_GO, {**lane.keys, "next_at": row.next_attempt_at if row.later else row.now})
            return None
        if row.readable:
            secrets = service.in_force(row.secrets, row.key, row.now)
            return Message(row.id, row.type, row.happened_at, row.data, row.url, secrets)
        withheld = Outcome(row.id, row.now, None, "It was not sent: your organisation cannot read this any more.", 0)
        await _write(session, withheld, "given_up", None)
    return None  # the lease ends by itself


async def pause(session: AsyncSession, lane: Lane, outcome: Outcome | None, schedule: Sequence[int]) -> None:
    """Record what became of the last message, and let others have their turn."""
    if await go_on(session, lane, outcome, schedule) is not None:
        await session.execute(_LET_GO_ON, lane.keys)


async def _record(session: AsyncSession, lane: Lane, outcome: Outcome, schedule: Sequence[int]) -> datetime | None:
    """Answers when the lane goes on; None for at once."""
    if outcome.error is None:
        await _write(session, outcome, "delivered", None)
        return None
    tries = (await session.execute(_TRIES, {"id": outcome.message_id})).scalar_one()
    wait = next_wait(schedule, tries + 1, outcome.retry_after)
    if outcome.status == 410:
        stop = await _write(session, outcome, "failed", timedelta())
        await service.disable(session, lane.webhook_id, service.DisabledBecause.GONE)
    elif wait is None:
        await _write(session, outcome, "given_up", None)
        stop = outcome.at  # what comes after it waits for the subscription alone
        await service.disable(session, lane.webhook_id, service.DisabledBecause.FAILING)
    else:
        stop = await _write(session, outcome, "failed", wait)
    return stop


async def _write(session: AsyncSession, outcome: Outcome, status: str, wait: timedelta | None) -> datetime | None:
    given = {"id": outcome.message_id, "status": status, "wait": wait, "attempt": outcome.as_json}
    row = (await session.execute(_RECORD, given)).one()
    at: datetime | None = row.next_attempt_at
    return at
