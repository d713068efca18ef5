"""The append-only event log: one row for each change, in the change's own transaction, hash-chained per stream.

Each row's hash covers the row before, a salted digest of the payload and opaque ids of persons; so a payload can
be redacted (a person's erasure) and the chain still verifies. The caller holds the stream's row (the proposal,
organisation or opportunity) locked, which orders the chain.
"""

import hashlib
import json
import secrets
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from pydantic_core import to_json
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.capability import joined
from app.platform.db.base import new_id
from app.platform.db.engine import within
from app.platform.db.tables import Event

STREAMS = {"proposal": "proposals", "organisation": "organisations", "opportunity": "opportunities"}
"""Each stream, and the table whose rows are its heads (`base.Logged`)."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Who may read an event.

    `EVERYONE`: all accepted partners and the facilitator; it raises the proposal's `revision`.
    `only(...)`: the partners or facilitators with these ids; it raises their own counters and has no number.
    `owner_partner_id` gets `payload`, all others `shared` instead (None: everybody gets `payload`).
    """

    only_for: tuple[Id, ...] | None = None
    owner_partner_id: Id | None = None


EVERYONE = Readers()


def only(*seat_ids: Id) -> Readers:
    return Readers(only_for=seat_ids)


def owned_by(partner_id: Id) -> Readers:
    """All may know of it; the payload is the owner's, the others read `shared`."""
    return Readers(owner_partner_id=partner_id)


async def record(
    session: AsyncSession,
    stream: str,
    stream_id: Id,
    type_: str,
    *,
    actor: Actor | None,
    organisation_id: Id | None = None,
    payload: dict[str, Any],
    shared: dict[str, Any] | None = None,
    readers: Readers = EVERYONE,
) -> int | None:
    """Append one event with its outbox row; answers the new revision, or None for a hidden event.

    One statement moves the stream's head, computes the hash from the head before, and writes both rows.
    """
    if type_ not in joined().events:
        raise RuntimeError(f"no room declares the event {type_!r}")
    if session.new or session.dirty or session.deleted:
        await session.flush()
    salt, event_id = secrets.token_bytes(16), new_id()
    visible = readers.only_for is None
    numbered = visible and stream == "proposal"
    facts = {
        "type": type_,
        "at": datetime.now(UTC),
        "person_id": actor.person_id if actor else None,
        "client_id": actor.client_id if actor else None,
        "organisation_id": organisation_id,
        "only_for": list(readers.only_for or ()),
        "owner_partner_id": readers.owner_partner_id,
        "payload_digest": payload_digest(salt, payload, shared),
    }
    start, end = _covered({"id": event_id, "stream_id": stream_id, **facts})
    written = await within(session)(
        _append(stream, numbered, hidden=not visible),
        event_id,
        stream_id,
        *facts.values(),
        stream,
        _text(payload),
        None if shared is None else _text(shared),
        salt,
        start,
        end,
        _text({"event_id": event_id, "stream": stream, "stream_id": stream_id, "type": type_}),
    )
    revision: int | None = written[0]
    return revision


def _text(value: dict[str, Any]) -> str:
    return to_json(value).decode()


_COUNTED = """
), counted AS (UPDATE partners t SET counter = counter + 1 FROM moved WHERE t.id = ANY($8::text[]::uuid[])
), noted AS (UPDATE facilitators t SET counter = counter + 1 FROM moved WHERE t.id = ANY($8::text[]::uuid[])"""


@cache
def _append(stream: str, numbered: bool, hidden: bool) -> str:
    """`numbered`: the event has a revision; `hidden`: it raises the counters of those who may read it."""
    revision = "revision + 1" if numbered else "NULL::bigint"
    return f"""
WITH moved AS (
  UPDATE {STREAMS[stream]} SET event_seq = event_seq + 1{f", revision = {revision}" if numbered else ""},
    chain_hash = sha256(chain_hash || $15::bytea || convert_to(
      (event_seq + 1) || ',' || coalesce(({revision})::text, 'null'), 'UTF8') || $16::bytea)
  WHERE id = $2::text::uuid
  RETURNING id, event_seq, chain_hash, {"revision" if numbered else revision} AS revision
), appended AS (
  INSERT INTO events (id, stream_id, seq, revision, type, at, person_id, client_id, organisation_id, only_for,
                      owner_partner_id, payload_digest, stream, payload, shared, salt, hash)
  SELECT $1::text::uuid, id, event_seq, revision, $3::text, $4::timestamptz, $5::text::uuid, $6::text::uuid,
         $7::text::uuid, $8::text[]::uuid[], $9::text::uuid, $10::bytea, $11::text, $12::text::jsonb,
         $13::text::jsonb, $14::bytea, chain_hash FROM moved{_COUNTED if hidden else ""}
), queued AS (
  INSERT INTO outbox (topic, payload) SELECT 'event', $17::text::jsonb FROM moved
)
SELECT revision FROM moved"""


def payload_digest(salt: bytes, payload: dict[str, Any], shared: dict[str, Any] | None) -> bytes:
    return hashlib.sha256(salt + _bytes([payload, shared])).digest()


def chain_hash(before: bytes, row: dict[str, Any]) -> bytes:
    """SHA-256 over the hash before and everything of the row that is never redacted."""
    start, end = _covered(row)
    numbers = f"{row['seq']},{'null' if row['revision'] is None else row['revision']}"
    return hashlib.sha256(before + start + numbers.encode() + end).digest()


def _covered(row: dict[str, Any]) -> tuple[bytes, bytes]:
    """What the hash covers, as one JSON list: what comes before `seq` and `revision`, which the database counts, and what
    comes after them."""
    start = [row["id"], row["stream_id"]]
    end = [
        row["type"],
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["person_id"],
        row["client_id"],
        row["organisation_id"],
        sorted(row["only_for"]),
        row["owner_partner_id"],
        row["payload_digest"].hex(),
    ]
    return _bytes(start)[:-1] + b",", b"," + _bytes(end)[1:]


_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
"""What the digests are made of: never to be changed, or old rows would verify no longer."""


def _bytes(value: Any) -> bytes:
    return _ENCODER.encode(value).encode()


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that does not verify: what is wrong with it."""

    stream: str
    stream_id: Id
    seq: int
    why: str


async def verify(session: AsyncSession) -> AsyncIterator[Broken]:
    """Recompute every chain; each finding names the row. Reads as a stream, in constant memory, and as at one instant:
    it must begin the session's transaction, and writers meanwhile are no finding.
    """
    await session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
    rows = await session.stream(select(Event).order_by(Event.stream_id, Event.seq).execution_options(yield_per=500))
    stream, stream_id, before, seq = "", None, b"", 0
    heads: dict[tuple[str, Id], tuple[int, bytes]] = {}
    async for event in rows.scalars():
        if event.stream_id != stream_id:
            stream, stream_id, before, seq = event.stream, event.stream_id, b"", 0
        if event.stream != stream:
            yield Broken(stream, event.stream_id, event.seq, f"it was made a row of another kind, '{event.stream}'")
        for why in _faults(event, before, seq):
            yield Broken(event.stream, event.stream_id, event.seq, why)
        before, seq = event.hash, event.seq
        heads[stream, event.stream_id] = (seq, before)
    for stream, table in STREAMS.items():
        newest = text(f"SELECT id::text, event_seq, chain_hash FROM {table} WHERE event_seq > 0")
        expected = await session.execute(newest)
        for owner_id, event_seq, chain in expected:
            if heads.get((stream, owner_id)) != (event_seq, chain):
                yield Broken(
                    stream, owner_id, event_seq, "the newest row is missing or is not the one that was written"
                )


def _faults(event: Event, before: bytes, seq: int) -> Sequence[str]:
    row = {column.key: getattr(event, column.key) for column in Event.__table__.columns}
    faults = []
    if event.seq != seq + 1:
        faults.append(f"row {seq + 1} is missing before it")
    if event.redacted_at is not None:
        as_written = event.payload is None and event.shared is None
    else:
        as_written = payload_digest(event.salt, event.payload or {}, event.shared) == event.payload_digest
    if not as_written:
        faults.append("its content was changed after it was written")
    if chain_hash(before, row) != event.hash:
        faults.append("the row, or the one before it, was changed after it was written")
    return faults


async def was_recorded(session: AsyncSession, stream_id: Id, type_: str, cause: Id) -> bool:
    """Whether a job that may run again has done its work: its event names the `cause` that the job was given."""
    query = select(Event.id).where(Event.stream_id == stream_id, Event.type == type_)
    return (await session.execute(query.where(Event.payload["cause"].astext == cause).limit(1))).first() is not None


async def now(session: AsyncSession) -> datetime:
    """The database's clock: the only one that deadlines are judged by."""
    instant: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return instant
