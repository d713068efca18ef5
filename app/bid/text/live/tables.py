"""The text of the sections: a log of Yjs updates each, numbered without gaps, and a snapshot that shortens loading.

What is in the log is what was acknowledged. Loading a section is its snapshot and the rows after `seq` of it.
The verbs are in `app/bid/text/section_log.py` (within a request's transaction) and `app/bid/text/live/log.py` (group commits).
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, Created, IdType, Instant


class SectionHead(Base):
    """The number of a section's last update. Its row lock puts the writers of one section in order.

    Numbers are given under that lock, so they are in commit order: whoever has seen 7 has everything up to 7.
    (A sequence would not do: 8 can be committed before 7.)
    """

    __tablename__ = "section_heads"
    section_id: Mapped[str] = mapped_column(IdType, ForeignKey("sections.id", ondelete="CASCADE"), primary_key=True)
    proposal_id: Mapped[str] = mapped_column(IdType)
    last_seq: Mapped[int] = mapped_column(server_default="0", default=0)
    bytes_since_snapshot: Mapped[int] = mapped_column(server_default="0", default=0)
    __table_args__ = {"postgresql_with": {"fillfactor": 50}}


class SectionUpdate(Base):
    """One update, by one person for one organisation, as Yjs bytes (version 1). Rows are only added.

    No foreign key: it would be checked for each keystroke. The head has one, and its rows go with it (trigger).
    """

    __tablename__ = "section_updates"
    section_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    update: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[str | None] = mapped_column(IdType)
    person_id: Mapped[str | None] = mapped_column(IdType, info=NOT_IN_PERSONAL_FILE)
    at: Mapped[datetime] = mapped_column(Instant, server_default=func.clock_timestamp())


class SectionSnapshot(Base):
    """The whole document as one update, holding everything up to and including `seq`."""

    __tablename__ = "section_snapshots"
    section_id: Mapped[str] = mapped_column(
        IdType, ForeignKey("section_heads.section_id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int]
    state: Mapped[bytes] = mapped_column(LargeBinary)
    shape: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Which place of the document lies in which list (`app/bid/text/live/shape.py`): reading that from `state` takes longer."""
    at: Mapped[Created]


class LiveToken(Base):
    """A single-use, short-lived token for one person's socket to one section; only its SHA-256 is kept."""

    __tablename__ = "live_tokens"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    section_id: Mapped[str] = mapped_column(IdType)
    person_id: Mapped[str] = mapped_column(IdType, info=NOT_IN_PERSONAL_FILE)
    session_id: Mapped[str] = mapped_column(IdType)
    """The sign-in that minted it: when that ends, so does the socket."""
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
