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
from app.platform.access.statements import Run
from app.platform.capability import joined
from app.platform.db.base import new_id
from app.platform.db.engine import first_row
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


@dataclass(frozen=True, slots=True)
class Head:
    """Where a stream ends: number and hash of its newest event, and the revision (of a proposal)."""

    seq: int
    hash: bytes
    revision: int = 0


FIRST_OF_CHANGE = 19
"""The number of the first parameter that is a change's own; those before are the event's."""


@dataclass(frozen=True, slots=True)
class Change:
    """One more statement of an append, which happens with it or not at all: it reads `FROM moved`."""

    sql: str
    parameters: tuple[Any, ...]


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
    """Append one event with its outbox row; answers the new revision, or None for a hidden event."""
    return await write(session, stream, stream_id, Entry(type_, actor, organisation_id, payload, shared, readers))


async def write(session: AsyncSession, stream: str, stream_id: Id, entry: "Entry") -> int | None:
    """Like `record`, for an `Entry` already built."""
    if entry.type not in joined().events:
        raise RuntimeError(f"no room declares the event {entry.type!r}")
    await session.flush()
    connection = await session.connection()
    found = (await connection.exec_driver_sql(_HEADS[stream], (stream_id,))).one()
    head = Head(found.event_seq, found.chain_hash, found.revision)
    if not await append(await first_row(session), head, stream, stream_id, entry):
        raise RuntimeError(f"the {stream} {stream_id} was locked, and yet its log moved")
    return head.revision + 1 if stream == "proposal" and entry.visible else None


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be told: its type, whose doing it is, what everybody or its owner reads (`payload`), and what the
    others read instead (`shared`)."""

    type: str
    actor: Actor | None
    organisation_id: Id | None
    payload: dict[str, Any]
    shared: dict[str, Any] | None = None
    readers: Readers = EVERYONE

    @property
    def visible(self) -> bool:
        return self.readers.only_for is None


async def append(run: Run, head: Head, stream: str, stream_id: Id, entry: Entry, change: Change | None = None) -> bool:
    """One statement: the event after `head`, the stream's new head, the outbox row, and `change`.

    False, and nothing was written, where the stream has moved on since `head` was read.
    """
    readers, actor = entry.readers, entry.actor
    salt = secrets.token_bytes(16)
    row = {
        "id": new_id(),
        "stream_id": stream_id,
        "seq": head.seq + 1,
        "revision": head.revision + 1 if stream == "proposal" and entry.visible else None,
        "type": entry.type,
        "at": datetime.now(UTC),
        "person_id": actor.person_id if actor else None,
        "client_id": actor.client_id if actor else None,
        "organisation_id": entry.organisation_id,
        "only_for": list(readers.only_for or ()),
        "owner_partner_id": readers.owner_partner_id,
        "payload_digest": payload_digest(salt, entry.payload, entry.shared),
    }
    chained = chain_hash(head.hash, row)
    queued = {"event_id": row["id"], "stream": stream, "stream_id": stream_id, "type": entry.type}
    written = await run(
        _append(stream, bool(row["only_for"]), change.sql if change else ""),
        *row.values(),
        stream,
        _text(entry.payload),
        None if entry.shared is None else _text(entry.shared),
        salt,
        chained,
        _text(queued),
        *(change.parameters if change else ()),
    )
    return written is not None


def _text(value: dict[str, Any]) -> str:
    return to_json(value).decode()


_HEADS = {
    stream: f"SELECT event_seq, chain_hash, {'revision' if stream == 'proposal' else '0 AS revision'} "
    f"FROM {table} WHERE id = $1::text::uuid FOR NO KEY UPDATE"
    for stream, table in STREAMS.items()
}
_COUNTED = "UPDATE {0} SET counter = counter + 1 FROM moved WHERE {0}.id = ANY($10::text[]::uuid[])"


@cache
def _append(stream: str, hidden: bool, change: str) -> str:
    revision = ", revision = coalesce($4::bigint, revision)" if stream == "proposal" else ""
    more = {"counted": _COUNTED.format("partners"), "noted": _COUNTED.format("facilitators")} if hidden else {}
    more |= {"changed": change} if change else {}
    return f"""
WITH moved AS (
  UPDATE {STREAMS[stream]} SET event_seq = $3::bigint, chain_hash = $17::bytea{revision}
  WHERE id = $2::text::uuid AND event_seq = $3::bigint - 1 RETURNING id
), appended AS (
  INSERT INTO events (id, stream_id, seq, revision, type, at, person_id, client_id, organisation_id, only_for,
                      owner_partner_id, payload_digest, stream, payload, shared, salt, hash)
  SELECT $1::text::uuid, id, $3::bigint, $4::bigint, $5::text, $6::timestamptz, $7::text::uuid, $8::text::uuid,
         $9::text::uuid, $10::text[]::uuid[], $11::text::uuid, $12::bytea, $13::text, $14::text::jsonb,
         $15::text::jsonb, $16::bytea, $17::bytea FROM moved
){"".join(f", {name} AS ({sql})" for name, sql in more.items())}
INSERT INTO outbox (topic, payload) SELECT 'event', $18::text::jsonb FROM moved RETURNING 1"""


def payload_digest(salt: bytes, payload: dict[str, Any], shared: dict[str, Any] | None) -> bytes:
    return hashlib.sha256(salt + _bytes([payload, shared])).digest()


def chain_hash(before: bytes, row: dict[str, Any]) -> bytes:
    """SHA-256 over the hash before and everything of the row that is never redacted."""
    covered = [
        row["id"],
        row["stream_id"],
        row["seq"],
        row["revision"],
        row["type"],
        row["at"].astimezone(UTC).isoformat(timespec="microseconds"),
        row["person_id"],
        row["client_id"],
        row["organisation_id"],
        sorted(row["only_for"]),
        row["owner_partner_id"],
        row["payload_digest"].hex(),
    ]
    return hashlib.sha256(before + _bytes(covered)).digest()


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


async def now(session: AsyncSession) -> datetime:
    """The database's clock: the only one that deadlines are judged by."""
    instant: datetime = (await session.execute(select(func.clock_timestamp()))).scalar_one()
    return instant
