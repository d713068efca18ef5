"""Which message goes out next, and what became of the last one: the short transactions between two posts.

A worker takes a lane for a while (a lease, in the row). Nobody else sends its messages meanwhile; a worker that dies holds no
lock, and its lanes are taken over when their leases end. Whoever lost its lease writes nothing more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import from_json, to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.commissioning.webhooks import service
from app.commissioning.webhooks.judging import TRUSTED
from app.commissioning.webhooks.rules import next_wait
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.db.engine import within

LEASE = timedelta(seconds=10)
"""Renewed while the worker lives: so long after its death its lanes are another's."""

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
_HOLD = """
UPDATE webhook_lanes SET leased_until = clock_timestamp() + $4::interval
WHERE webhook_id = $1::text::uuid AND lane_id = $2::text::uuid AND lease = $3::text::uuid RETURNING true"""
_LET_GO = """
UPDATE webhook_lanes SET lease = NULL, leased_until = NULL, next_at = $3::timestamptz
WHERE webhook_id = $1::text::uuid AND lane_id = $2::text::uuid RETURNING true"""
_NEXT = f"""
SELECT d.id::text, d.type, d.side, d.happened_at, d.data::text, d.tries, d.next_attempt_at,
  coalesce(d.next_attempt_at > clock_timestamp(), false) AS later, w.url, w.secrets::text, w.status,
  {TRUSTED} AS trusted, clock_timestamp() AS now, (SELECT key FROM mail_keys WHERE name = 'tokens') AS key
FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook_id
WHERE d.webhook_id = $1::text::uuid AND d.lane_id = $2::text::uuid AND d.status IN ('pending', 'failed')
ORDER BY d.position LIMIT 1"""
_RECORD = """
UPDATE webhook_deliveries SET status = $2::text, tries = tries + 1, next_attempt_at = clock_timestamp() + $3::interval,
  attempts = CASE WHEN jsonb_array_length(attempts) < 50 THEN attempts ELSE attempts - 0 END || $4::text::jsonb
WHERE id = $1::text::uuid RETURNING next_attempt_at"""


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that this worker holds under `lease`."""

    webhook_id: Id
    lane_id: Id
    lease: Id

    @property
    def keys(self) -> tuple[Id, Id]:
        return self.webhook_id, self.lane_id


@dataclass(frozen=True, slots=True)
class Message:
    """The next one of a lane. Whether it may be sent is judged last (`judging.readable`)."""

    id: Id
    type: str
    side: str
    happened_at: datetime
    data: dict[str, Any]
    tries: int
    url: str
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a try. `error` None: it was received. `withheld`: it was not sent, and will not be."""

    message_id: Id
    tries: int
    """Before this one."""
    at: datetime
    status: int | None
    error: str | None
    duration_ms: int
    retry_after: timedelta | None = None
    withheld: bool = False

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
    run = within(session)
    if await run(_HOLD, *lane.keys, lane.lease, LEASE) is None:
        return None
    if outcome is not None and (stop := await _record(session, lane, outcome, schedule)):
        await run(_LET_GO, *lane.keys, stop)
        return None
    row = await run(_NEXT, *lane.keys)
    if row is None:
        await run(_LET_GO, *lane.keys, None)
        return None
    if row["status"] == "enabled" and not row["trusted"]:
        await service.disable(session, lane.webhook_id, service.DisabledBecause.CLIENT_REVOKED)
    if row["status"] != "enabled" or not row["trusted"] or row["later"]:
        await run(_LET_GO, *lane.keys, row["next_attempt_at"] if row["later"] else row["now"])
        return None
    secrets = service.in_force(from_json(row["secrets"]), row["key"], row["now"])
    same = {name: row[name] for name in ("id", "type", "side", "happened_at", "tries", "url")}
    return Message(**same, data=from_json(row["data"]), secrets=secrets)


async def pause(session: AsyncSession, lane: Lane, outcome: Outcome | None, schedule: Sequence[int]) -> None:
    """Record what became of the last message, and let others have their turn."""
    if await go_on(session, lane, outcome, schedule) is not None:
        await within(session)(_LET_GO, *lane.keys, await event_log.now(session))


async def _record(session: AsyncSession, lane: Lane, outcome: Outcome, schedule: Sequence[int]) -> datetime | None:
    """Answers when the lane goes on; None for at once."""
    if outcome.error is None or outcome.withheld:
        await _write(session, outcome, "given_up" if outcome.withheld else "delivered", None)
        return None
    wait = next_wait(schedule, outcome.tries + 1, outcome.retry_after)
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
    """Answers when it is tried again, if it is. A message that was removed meanwhile is tried no more."""
    row = await within(session)(_RECORD, outcome.message_id, status, wait, outcome.as_json)
    at: datetime | None = row[0] if row else None
    return at
