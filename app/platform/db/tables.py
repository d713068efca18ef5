"""The append-only event log, the outbox, the keys of its mails and of cursors, and the kept answers to Idempotency-Keys."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, Ids, IdType, Json, Key


class Event(Base):
    """One change. Rows are only added; a payload may be redacted, the chain still verifies.

    `revision` is set for what all accepted partners can see. Otherwise `only_for` names the readers (partner or
    facilitator ids). `payload` is for `owner_partner_id` (or for every reader where that is null);
    `shared` is what the other readers get instead.
    """

    __tablename__ = "events"
    id: Mapped[Key]
    stream: Mapped[str] = mapped_column()
    stream_id: Mapped[str] = mapped_column(IdType)
    seq: Mapped[int]
    revision: Mapped[int | None]
    type: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[str | None] = mapped_column(IdType)
    client_id: Mapped[str | None] = mapped_column(IdType)
    organisation_id: Mapped[str | None] = mapped_column(IdType)
    only_for: Mapped[Ids]
    owner_partner_id: Mapped[str | None] = mapped_column(IdType)
    payload: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    shared: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    payload_digest: Mapped[bytes] = mapped_column(LargeBinary)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    redacted_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("stream_id", "seq"), Index("ix_events_revision", "stream_id", "revision"))


class OutboxRow(Base):
    """Work that a change calls for, written with it; the worker's relay moves it to the job queue."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    topic: Mapped[str]
    payload: Mapped[Json]
    created_at: Mapped[Created]


class MailKey(Base):
    """The key that hides the tokens of mails while these wait to be sent. The migration made its one row."""

    __tablename__ = "mail_keys"
    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)


class Tally(Base):
    """What the workers did, counted over all of them and for good: mails sent and failed, and that they live.

    Counted here because a worker may run anywhere, and whoever asks (`/metrics`, `/readyz`) asks another process.
    """

    __tablename__ = "tallies"
    name: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[datetime]


class KeptAnswer(Base):
    """The first answer to an Idempotency-Key, for `idempotency_hours`."""

    __tablename__ = "kept_answers"
    scope: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """SHA-256 of actor, method, path and key."""
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(Integer)
    headers: Mapped[Json]
    """The answer's own; and under `acting` the organisations that it may rest on, each with the actor's roles."""
    body: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[Created] = mapped_column(index=True)


class CursorKey(Base):
    """The key that seals cursors. The migration made its one row; whoever reads it can read the cursors of all."""

    __tablename__ = "cursor_keys"
    name: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary)
    plain_until: Mapped[int]
