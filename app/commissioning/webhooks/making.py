"""Messages from events: for each subscription that may read one, in the order of the log.

Events come as jobs, several of them at a time and in any order. So a job does not make the message of its own event alone,
but of all that the log holds beyond the last one made, under the lock of that log's cursor.
"""

from collections.abc import Sequence
from typing import Any

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.commissioning.webhooks.judging import READABLE, TRUSTED
from app.commissioning.webhooks.rules import SAID, MessageType, Said, Side, type_of
from app.platform.access.ids import Id
from app.platform.access.standing import OPENED
from app.platform.db.base import new_id

OPENINGS_SEEN = "interval '7 days'"
"""For so long after its opening a call is looked at, in case no worker was there in time. Messages are kept for longer."""

_ANY = text("SELECT EXISTS (SELECT FROM webhooks)")
_BEGIN = text("INSERT INTO webhook_cursors (stream_id, seq) VALUES (:stream_id, 0) ON CONFLICT DO NOTHING")
_REACHED = text("SELECT seq FROM webhook_cursors WHERE stream_id = :stream_id FOR UPDATE")
_REACH = text("UPDATE webhook_cursors SET seq = :seq WHERE stream_id = :stream_id")
_EVENTS = text("""
SELECT e.id::text, e.seq, e.type, e.at, e.revision, coalesce(e.payload, '{}') AS payload, p.id::text AS proposal_id,
  o.id::text AS opportunity_id, o.version, o.mode = 'sealed' AS sealed
FROM events e LEFT JOIN proposals p ON e.stream = 'proposal' AND p.id = e.stream_id
JOIN opportunities o ON o.id = coalesce(p.opportunity_id, e.stream_id)
WHERE e.stream_id = :stream_id AND e.stream IN ('proposal', 'opportunity') AND e.seq > :reached
  AND e.at >= (SELECT min(w.created_at) FROM webhooks w) AND e.type = ANY(:types) AND e.only_for = '{}' AND e.owner_partner_id IS NULL
ORDER BY e.seq""")

_GIVEN = """
(SELECT CAST(:type AS text) AS type, CAST(:side AS text) AS side, CAST(:lane_id AS uuid) AS lane_id,
        CAST(:data AS jsonb) AS data, CAST(:happened_at AS timestamptz) AS happened_at) AS d"""
_UNCOUNTED = """(
  SELECT count(*) FROM events h WHERE h.stream_id = d.lane_id AND h.revision <= CAST(:revision AS bigint)
    AND EXISTS (SELECT FROM partners late WHERE late.proposal_id = d.lane_id AND late.organisation_id = w.organisation_id
      AND late.status = 'accepted' AND late.must_file AND late.filed_at IS NULL)
    AND NOT h.owner_partner_id IN (SELECT own.id FROM partners own WHERE own.proposal_id = d.lane_id
      AND own.organisation_id = w.organisation_id AND own.status = 'accepted'))"""
"""SQL: how many events up to the revision the organisation of `w` does not count, as in `bid/records/revision.py`."""
_RECEIVERS = text(f"""
SELECT w.id::text, w.organisation_id::text, CAST(:revision AS bigint) - {_UNCOUNTED} AS revision
FROM webhooks w CROSS JOIN {_GIVEN}
WHERE d.type = ANY(w.event_types) AND w.created_at <= d.happened_at AND {TRUSTED} AND {READABLE}
ORDER BY w.id""")
_OPENED = text(f"""
SELECT w.id::text AS webhook_id, w.organisation_id::text, o.id::text AS opportunity_id, o.version,
  least(o.opened_at, o.submission_deadline) AS at
FROM webhooks w JOIN opportunities o ON o.organisation_id = w.organisation_id
WHERE 'opportunity.opened' = ANY(w.event_types) AND {TRUSTED} AND o.mode = 'sealed' AND o.status = 'published' AND {OPENED}
  AND least(o.opened_at, o.submission_deadline) BETWEEN
    greatest(w.created_at, clock_timestamp() - {OPENINGS_SEEN}) AND clock_timestamp()
  AND NOT EXISTS (SELECT FROM webhook_deliveries d
                  WHERE d.webhook_id = w.id AND d.cause = o.id AND d.type = 'opportunity.opened')
ORDER BY w.id, o.id LIMIT 100""")
_RECEIVED = text(f"""
SELECT w.id::text AS webhook_id, w.organisation_id::text, o.id::text AS opportunity_id, s.proposal_id::text,
  s.id::text AS submission_id, s.version, least(o.opened_at, o.submission_deadline) AS at
FROM webhooks w JOIN opportunities o ON o.organisation_id = w.organisation_id JOIN submissions s ON s.opportunity_id = o.id
CROSS JOIN LATERAL (SELECT 'buyer' AS side, s.proposal_id AS lane_id,
                           jsonb_build_object('submission_id', s.id) AS data) d
WHERE 'submission.received' = ANY(w.event_types) AND {TRUSTED} AND o.mode = 'sealed'
  AND least(o.opened_at, o.submission_deadline) BETWEEN
    greatest(w.created_at, clock_timestamp() - {OPENINGS_SEEN}) AND clock_timestamp()
  AND NOT EXISTS (SELECT FROM webhook_deliveries made
                  WHERE made.webhook_id = w.id AND made.cause = s.id AND made.type = 'submission.received')
  AND {READABLE}
ORDER BY w.id, s.proposal_id, s.id LIMIT 100""")
_LANE = text("""
INSERT INTO webhook_lanes (webhook_id, lane_id, next_at) VALUES (:webhook_id, :lane_id, clock_timestamp())
ON CONFLICT (webhook_id, lane_id) DO UPDATE SET next_at = coalesce(webhook_lanes.next_at, excluded.next_at)""")
"""Locks the lane before its message is made, so that positions within it grow as they are committed. A lane that waits for
a try that failed goes on waiting."""
_MAKE = text("""
INSERT INTO webhook_deliveries (id, webhook_id, cause, event_id, type, side, lane_id, happened_at, data)
VALUES (:id, :webhook_id, :cause, :event_id, :type, :side, :lane_id, :happened_at, CAST(:data AS jsonb))
ON CONFLICT (webhook_id, cause, type) DO NOTHING""")
_VERSION = text("SELECT version FROM submissions WHERE id = CAST(:id AS uuid)")


async def follow(session: AsyncSession, stream_id: Id) -> None:
    """Make the messages of a log's events that none were made of yet. It is idempotent."""
    if not (await session.execute(_ANY)).scalar_one():
        return  # a subscription hears of what happens from then on
    of_log = {"stream_id": stream_id}
    await session.execute(_BEGIN, of_log)
    reached = (await session.execute(_REACHED, of_log)).scalar_one()
    events = (await session.execute(_EVENTS, {**of_log, "reached": reached, "types": list(SAID)})).all()
    for event in events:
        for said in SAID[event.type]:
            await _say(session, event, said)
    if events:
        await session.execute(_REACH, {**of_log, "seq": events[-1].seq})


async def _say(session: AsyncSession, event: Any, said: Said) -> None:
    type_ = type_of(said, event.payload, event.sealed)
    ids = {name: event.payload[name] for name in (*said.ids, "replaces") if event.payload.get(name) is not None}
    if type_ is not MessageType.SUBMISSION_REPLACED:
        ids.pop("replaces", None)
    told: dict[str, Any] = {"opportunity_id": event.opportunity_id, "proposal_id": event.proposal_id, **ids}
    cause = event.id
    if said.side is Side.BUYER:
        told["version"] = (await session.execute(_VERSION, {"id": ids["submission_id"]})).scalar_one_or_none()
        if type_ is MessageType.SUBMISSION_RECEIVED:
            cause = ids["submission_id"]  # as where a sealed call is opened: it is said once, whichever comes first
    elif said.side is Side.CALL:
        told["version"] = event.version
    message = {
        "type": type_.value,
        "side": said.side.value,
        "lane_id": event.proposal_id or event.opportunity_id,
        "happened_at": event.at,
    }
    counted = event.revision if said.side is Side.SEAT else None
    receivers = await session.execute(_RECEIVERS, {**message, "data": _json(told), "revision": counted})
    for webhook_id, organisation_id, revision in receivers.all():
        own = {**told, "revision": revision}
        await make(session, webhook_id, organisation_id, own, cause=cause, event_id=event.id, **message)


async def open_calls(session: AsyncSession) -> int:
    """Make the messages of sealed calls that the clock has opened, and of the bids in them; answers how many."""
    opened: Sequence[Any] = (await session.execute(_OPENED)).all()
    for row in opened:
        told = {"opportunity_id": row.opportunity_id, "version": row.version}
        await make(
            session, row.webhook_id, row.organisation_id, told,
            cause=row.opportunity_id, type=MessageType.OPPORTUNITY_OPENED.value, side=Side.CALL.value,
            lane_id=row.opportunity_id, happened_at=row.at,
        )  # fmt: skip
    received: Sequence[Any] = (await session.execute(_RECEIVED)).all()
    for row in received:
        told = {name: getattr(row, name) for name in ("opportunity_id", "proposal_id", "submission_id", "version")}
        await make(
            session, row.webhook_id, row.organisation_id, told,
            cause=row.submission_id, type=MessageType.SUBMISSION_RECEIVED.value, side=Side.BUYER.value,
            lane_id=row.proposal_id, happened_at=row.at,
        )  # fmt: skip
    return len(opened) + len(received)


async def make(
    session: AsyncSession,
    webhook_id: Id,
    organisation_id: Id,
    told: dict[str, Any],
    *,
    cause: Id,
    lane_id: Id,
    event_id: Id | None = None,
    **message: Any,
) -> Id:
    """A message for one subscription, unless there is one of the same cause; answers its id."""
    id_ = new_id()
    data = {"organisation_id": organisation_id, **{name: value for name, value in told.items() if value is not None}}
    await session.execute(_LANE, {"webhook_id": webhook_id, "lane_id": lane_id})
    made = {"id": id_, "webhook_id": webhook_id, "cause": cause, "event_id": event_id, "lane_id": lane_id}
    await session.execute(_MAKE, {**made, **message, "data": _json(data)})
    return id_


def _json(value: dict[str, Any]) -> str:
    return to_json(value).decode()
