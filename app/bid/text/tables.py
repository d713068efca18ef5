"""Sections of the bid text: settings and counts, the log of their text, who wrote what, versions, comments.

A text is a log of Yjs updates, numbered without gaps, and a snapshot that shortens loading: a section is loaded from its
snapshot and the updates after the snapshot's `seq`. What is in the log is what was acknowledged. The verbs are in
`section_log` (within a request's transaction) and in `live/update_log` (commits of many sections together).
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import (
    NOT_IN_PERSONAL_FILE,
    Base,
    Created,
    Ids,
    IdType,
    Instant,
    Json,
    JsonList,
    Key,
    Versioned,
    ref,
)


class Section(Versioned, Base):
    """`version` is that of the settings. The counts and `characters_by_organisation` follow the text after a moment."""

    __tablename__ = "sections"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    key: Mapped[str]
    title: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    question_id: Mapped[str | None] = mapped_column(IdType)
    """A question of the call, or one that the partners typed for themselves."""
    lot_id: Mapped[str | None] = mapped_column(IdType)
    partner_id: Mapped[str | None] = ref("partners.id", nullable=True, index=False, ondelete="CASCADE")
    assignee_organisation_id: Mapped[str | None] = mapped_column(IdType)
    assignee_person_id: Mapped[str | None] = ref("people.id", nullable=True, index=False)
    due_on: Mapped[date | None]
    open_to_all: Mapped[bool] = mapped_column(default=False, server_default="false")
    state: Mapped[str] = mapped_column(default="not_started", server_default="not_started")
    required: Mapped[bool] = mapped_column(default=False, server_default="false")
    limit_unit: Mapped[str | None]
    limit_value: Mapped[int | None] = mapped_column(Integer)
    words: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    characters: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    pages: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    characters_by_organisation: Mapped[Json]
    counted_seq: Mapped[int] = mapped_column(default=0, server_default="0")
    """The number of the last update that the counts, the authors and the event log include."""


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

    There is no foreign key, which would be checked for each keystroke. The head has one, and a trigger deletes the
    updates with it.
    """

    __tablename__ = "section_updates"
    section_id: Mapped[str] = mapped_column(IdType, primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    update: Mapped[bytes] = mapped_column(LargeBinary)
    organisation_id: Mapped[str | None] = mapped_column(IdType)
    person_id: Mapped[str | None] = mapped_column(IdType, info=NOT_IN_PERSONAL_FILE)
    at: Mapped[datetime] = mapped_column(Instant, server_default=func.clock_timestamp())


class SectionSnapshot(Base):
    """The whole document as one update, which holds everything up to and including `seq`."""

    __tablename__ = "section_snapshots"
    section_id: Mapped[str] = mapped_column(
        IdType, ForeignKey("section_heads.section_id", ondelete="CASCADE"), primary_key=True
    )
    seq: Mapped[int]
    state: Mapped[bytes] = mapped_column(LargeBinary)
    shape: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The document's shape (`live/shape.py`), stored because reading it from `state` takes longer than loading that."""
    at: Mapped[Created]


class SectionAuthors(Base):
    """A section's text as of update `seq` (`state`), and who wrote which character of it.

    `authors` lists `[organisation_id, person_id]`; `runs` says for each run of text in the document which of them wrote
    how many bytes (`app/platform/richtext/authors.py`).
    """

    __tablename__ = "section_authors"
    section_id: Mapped[str] = mapped_column(IdType, ForeignKey("sections.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int]
    state: Mapped[bytes] = mapped_column(LargeBinary)
    authors: Mapped[JsonList]
    runs: Mapped[JsonList]


class SectionVersion(Base):
    """A section's text after update `seq`, kept under a name, automatically, or when a text was put or restored."""

    __tablename__ = "section_versions"
    id: Mapped[Key]
    section_id: Mapped[str] = mapped_column(IdType, ForeignKey("sections.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int]
    kind: Mapped[str]
    """`automatic`, `named`, `put` (Markdown came in) or `restored`."""
    name: Mapped[str | None]
    person_id: Mapped[str | None] = mapped_column(IdType)
    organisation_id: Mapped[str | None] = mapped_column(IdType)
    restored_from: Mapped[int | None] = mapped_column(Integer)
    base_seq: Mapped[int | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of a text that was put: up to which update its author had read, and the SHA-256 of what came. They show a retry."""
    organisation_ids: Mapped[Ids]
    """The organisations whose people changed the text since the version before."""
    words: Mapped[int] = mapped_column(Integer)
    characters: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(Integer)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    authors: Mapped[JsonList] = mapped_column(info=NOT_IN_PERSONAL_FILE)
    runs: Mapped[JsonList] = mapped_column(info=NOT_IN_PERSONAL_FILE)
    at: Mapped[Created]
    __table_args__ = (Index("uq_section_versions_number", "section_id", "number", unique=True),)


class Comment(Versioned, Base):
    """A remark on a section, or a suggestion for its words. An answer has its thread's first comment as `thread_id`.

    `anchor` holds the Yjs relative positions `{start, end}` that keep it with its words; `quotation` is what they were.
    """

    __tablename__ = "comments"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    section_id: Mapped[str] = ref("sections.id", ondelete="CASCADE")
    thread_id: Mapped[str | None] = ref("comments.id", nullable=True, ondelete="CASCADE")
    person_id: Mapped[str | None] = ref("people.id", nullable=True, index=False)
    organisation_id: Mapped[str] = ref("organisations.id", index=False)
    body_markdown: Mapped[str] = mapped_column(default="", server_default="")
    quotation: Mapped[str | None]
    anchor: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    replacement: Mapped[str | None]
    """A suggestion's new words for what it quotes; empty to delete them. None: this is a comment."""
    mentions: Mapped[Ids]
    """Ids of persons."""
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(IdType)
    outcome: Mapped[str | None]
    """Of a suggestion: `accepted` or `declined`."""
