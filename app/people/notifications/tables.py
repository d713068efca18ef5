"""Notifications, and which mails a person chose to get about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, IdType, Key, Versioned, ref


class Notification(Base):
    """One thing that happened, for one person. It holds no content: a kind, and where to look."""

    __tablename__ = "notifications"
    id: Mapped[Key]
    person_id: Mapped[str] = ref("people.id", ondelete="CASCADE", index=False)
    proposal_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("proposals.id", ondelete="CASCADE"))
    event_id: Mapped[str | None] = mapped_column(IdType)
    kind: Mapped[str]
    path: Mapped[str]
    at: Mapped[Created]
    read_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_notifications_person", "person_id", "id"),
        Index("uq_notifications_event", "person_id", "event_id", unique=True),
        Index("ix_notifications_unmailed", "person_id", postgresql_where=text("mailed_at is null")),
    )


class NotificationChoice(Versioned, Base):
    """`mail`: at_once, daily or none. Each mail's List-Unsubscribe header (RFC 8058) has the `unsubscribe_token`.

    The token is stored in clear, since each mail repeats it; it can do nothing but stop mails.
    """

    __tablename__ = "notification_choices"
    person_id: Mapped[str] = mapped_column(IdType, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    mail: Mapped[str] = mapped_column(default="daily", server_default="daily")
    digest_hour: Mapped[int] = mapped_column(default=7, server_default="7")
    last_digest_at: Mapped[datetime | None]
    unsubscribe_token: Mapped[str] = mapped_column(unique=True)
