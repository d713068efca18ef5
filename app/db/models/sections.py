"""Sections of the bid text: settings and counts. The text itself is a Yjs document (`models/live.py`)."""

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, IdType, Json, Key, Versioned, ref


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
