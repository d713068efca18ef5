"""Sections of the bid text: settings, counts, who wrote what, versions, comments. The text itself is a Yjs document
(`models/live.py`)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, Created, Ids, IdType, Json, JsonList, Key, Versioned, ref


class Section(Versioned, Base):
    """`version` is that of the settings. The counts and `characters_by_organisation` follow the text."""

    __tablename__ = "sections"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    key: Mapped[str]
    title: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    question_id: Mapped[str | None] = ref("questions.id", nullable=True, index=False)
    lot_id: Mapped[str | None] = mapped_column(IdType)
    partner_id: Mapped[str | None] = ref("partners.id", nullable=True, index=False, ondelete="CASCADE")
    assignee_organisation_id: Mapped[str | None] = mapped_column(IdType)
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
    """The number of the last update that the counts, the authors and the event log know of."""


class SectionAuthors(Base):
    """Who wrote which character of a section's text, as of update `seq`, and the text itself then.

    `authors` lists `[organisation_id, person_id]`; `runs` says for each text of the document in order which of them
    wrote how many bytes (`app/platform/richtext/authors.py`).
    """

    __tablename__ = "section_authors"
    section_id: Mapped[str] = mapped_column(IdType, ForeignKey("sections.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int]
    state: Mapped[bytes] = mapped_column(LargeBinary)
    authors: Mapped[JsonList]
    runs: Mapped[JsonList]


class SectionVersion(Base):
    """A text as it stood after update `seq`, kept by somebody under a name or by itself from time to time."""

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
    """Of a text that was put: which one its author had read, and the SHA-256 of what came. So a retry is known."""
    organisation_ids: Mapped[Ids]
    """Whose people changed the text since the version before."""
    words: Mapped[int] = mapped_column(Integer)
    characters: Mapped[int] = mapped_column(Integer)
    pages: Mapped[int] = mapped_column(Integer)
    state: Mapped[bytes] = mapped_column(LargeBinary)
    authors: Mapped[JsonList] = mapped_column(info=NOT_IN_PERSONAL_FILE)
    runs: Mapped[JsonList] = mapped_column(info=NOT_IN_PERSONAL_FILE)
    at: Mapped[Created]
    __table_args__ = (Index("uq_section_versions_number", "section_id", "number", unique=True),)


class Comment(Versioned, Base):
    """A remark on a section, or a suggestion for its words; an answer has the first one's id as `thread_id`.

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
    """A suggestion's new words for what it quotes; empty to delete them. None: a comment."""
    mentions: Mapped[Ids]
    """Persons."""
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(IdType)
    outcome: Mapped[str | None]
    """Of a suggestion: `accepted` or `declined`."""
