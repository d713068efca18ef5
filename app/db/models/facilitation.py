"""Facilitators and difficulties."""

from datetime import date, datetime

from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Created, Ids, IdType, Key, Versioned, ref


class Facilitator(Versioned, Base):
    """`status`: invited, active, objected, ended. `counter` as a partner's: events for it alone."""

    __tablename__ = "facilitators"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    organisation_id: Mapped[str] = ref("organisations.id")
    status: Mapped[str] = mapped_column(default="invited", server_default="invited")
    asked_by_partner_id: Mapped[str | None] = mapped_column(IdType)
    objected_by: Mapped[Ids]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counter: Mapped[int] = mapped_column(default=0, server_default="0")


class Difficulty(Versioned, Base):
    """Raised to all or to the facilitator alone; who raised the latter is shown to nobody else."""

    __tablename__ = "difficulties"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    title: Mapped[str]
    detail_markdown: Mapped[str] = mapped_column(default="", server_default="")
    addressed_to: Mapped[str]
    blocking: Mapped[bool] = mapped_column(default=False, server_default="false")
    blocking_since: Mapped[datetime | None]
    outcome: Mapped[str | None]
    outcome_note_markdown: Mapped[str] = mapped_column(default="", server_default="")
    closed_at: Mapped[datetime | None]


class DifficultyStep(Base):
    __tablename__ = "difficulty_steps"
    id: Mapped[Key]
    difficulty_id: Mapped[str] = ref("difficulties.id", ondelete="CASCADE")
    organisation_id: Mapped[str] = mapped_column(IdType)
    person_id: Mapped[str | None] = mapped_column(IdType)
    note_markdown: Mapped[str]
    owner_organisation_id: Mapped[str | None] = mapped_column(IdType)
    due_on: Mapped[date | None]
    at: Mapped[Created]
