"""Subscriptions, the messages for each, and in which order they go out."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, IdType, Json, JsonList, Key, Texts, Versioned, ref


class Webhook(Versioned, Base):
    """A subscription. Each of `secrets` is {hidden, until}: the newest first, which holds without end."""

    __tablename__ = "webhooks"
    id: Mapped[Key]
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")
    client_id: Mapped[str | None] = ref("clients.id", nullable=True, index=False, ondelete="CASCADE")
    """The program that made it: once that is revoked, nothing is sent."""
    url: Mapped[str]
    event_types: Mapped[Texts]
    description: Mapped[str] = mapped_column(server_default="", default="")
    status: Mapped[str] = mapped_column(server_default="enabled", default="enabled")
    disabled_because: Mapped[str | None]
    secrets: Mapped[JsonList]


class WebhookDelivery(Base):
    """A message for one subscription. Within a lane (a bid, or a call) messages go out by `position`, one after another.

    `cause`: what it is about, so that it is made once: an event, or a submission or call that was opened by the clock.
    """

    __tablename__ = "webhook_deliveries"
    id: Mapped[Key]
    webhook_id: Mapped[str] = ref("webhooks.id", index=False, ondelete="CASCADE")
    cause: Mapped[str] = mapped_column(IdType)
    event_id: Mapped[str | None] = mapped_column(IdType)
    type: Mapped[str]
    side: Mapped[str]
    lane_id: Mapped[str] = mapped_column(IdType)
    position: Mapped[int] = mapped_column(Identity(always=True))
    happened_at: Mapped[datetime]
    data: Mapped[Json]
    status: Mapped[str] = mapped_column(server_default="pending", default="pending")
    next_attempt_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(Integer, server_default="0", default=0)
    """Since it was made, or sent again by hand."""
    attempts: Mapped[JsonList]
    """Each {at, status, error, duration_ms}, the newest last; at most fifty."""
    created_at: Mapped[Created] = mapped_column(index=True)
    __table_args__ = (
        UniqueConstraint("webhook_id", "cause", "type"),
        Index("ix_webhook_deliveries_list", "webhook_id", "id"),
        Index(
            "ix_webhook_deliveries_waiting",
            "webhook_id",
            "lane_id",
            "position",
            postgresql_where=text("status IN ('pending', 'failed')"),
        ),
    )


class WebhookLane(Base):
    """The messages of one subscription about one bid or call. Whoever holds the lease sends them, and nobody else."""

    __tablename__ = "webhook_lanes"
    webhook_id: Mapped[str] = mapped_column(IdType, ForeignKey("webhooks.id", ondelete="CASCADE"), primary_key=True)
    lane_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    next_at: Mapped[datetime | None]
    """When its first message is due; null while none waits."""
    lease: Mapped[str | None] = mapped_column(IdType)
    leased_until: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_webhook_lanes_due", "webhook_id", "next_at", postgresql_where=text("next_at IS NOT NULL")),
    )


class WebhookCursor(Base):
    """Up to which event of a log messages were made."""

    __tablename__ = "webhook_cursors"
    stream_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    seq: Mapped[int]
