"""Saved searches, and which calls each has told of."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, IdType, Json, Key, Versioned, ref


class SavedSearch(Versioned, Base):
    """`query` holds filters as they were given. Mails go to whoever saved it while they belong to the organisation.

    The tokens are stored in clear, since each answer or mail repeats them: one opens feeds of published calls, the other
    can do nothing but stop mails.
    """

    __tablename__ = "saved_searches"
    id: Mapped[Key]
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")
    person_id: Mapped[str | None] = ref("people.id", nullable=True)
    name: Mapped[str]
    query: Mapped[Json]
    alert: Mapped[str] = mapped_column(default="none", server_default="none")
    feed_token: Mapped[str] = mapped_column(unique=True)
    stop_token: Mapped[str] = mapped_column(unique=True)
    looked_at: Mapped[Created]
    """Up to when it was looked for what is new."""
    fault_told_at: Mapped[datetime | None]
    """When its people were mailed that it finds nothing any more."""


class SavedSearchHit(Base):
    """A call that the search has told of, and in which state: of one that was planned it tells again when it opens."""

    __tablename__ = "saved_search_hits"
    saved_search_id: Mapped[str] = mapped_column(
        IdType, ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    opportunity_id: Mapped[str] = mapped_column(
        IdType, ForeignKey("opportunities.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    planned: Mapped[bool]
    told_at: Mapped[Created]
