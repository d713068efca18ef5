"""Openings: roles that a bid offers to organisations outside it, and their applications."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, IdType, Key, Versioned, ref


class Opening(Versioned, Base):
    """A role in a bid. Public only by choice, and then without the bid's other partners."""

    __tablename__ = "openings"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    opportunity_id: Mapped[str] = ref("opportunities.id")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    title: Mapped[str]
    detail_markdown: Mapped[str] = mapped_column(default="", server_default="")
    role: Mapped[str] = mapped_column(default="member", server_default="member")
    lot_id: Mapped[str | None] = mapped_column(IdType)
    area: Mapped[str] = mapped_column(default="", server_default="")
    offered_markdown: Mapped[str] = mapped_column(default="", server_default="")
    """The share of the budget, or the hours, that go with the role, in words."""
    support_offered: Mapped[Any] = mapped_column(JSONB, server_default=text("'[]'::jsonb"))
    """As the partner gave it: a list of kinds of contribution and other words, or one text."""
    public: Mapped[bool] = mapped_column(Boolean, default=False, server_default="false")
    apply_by: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    __table_args__ = (Index("ix_openings_public", "id", postgresql_where=text("public and status = 'open'")),)


class Application(Versioned, Base):
    """An organisation's application for an opening. Accepting it invites the partner of `invited_partner_id`."""

    __tablename__ = "applications"
    id: Mapped[Key]
    opening_id: Mapped[str] = ref("openings.id", ondelete="CASCADE", index=False)
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")
    person_id: Mapped[str | None] = mapped_column(IdType)
    message_markdown: Mapped[str]
    status: Mapped[str] = mapped_column(default="received", server_default="received")
    answer_markdown: Mapped[str] = mapped_column(default="", server_default="", info=NOT_IN_PERSONAL_FILE)
    invited_partner_id: Mapped[str | None] = mapped_column(IdType)
    __table_args__ = (UniqueConstraint("opening_id", "organisation_id"),)
