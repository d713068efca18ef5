"""Facilitators and what they write, difficulties, and records of people who stand on two sides."""

from datetime import date, datetime

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, Created, Ids, IdType, Key, Versioned, ref


class Facilitator(Versioned, Base):
    """An organisation that facilitates a bid, or is asked to. `counter` counts the events that are for it alone."""

    __tablename__ = "facilitators"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    organisation_id: Mapped[str] = ref("organisations.id")
    status: Mapped[str] = mapped_column(default="invited", server_default="invited")
    asked_by_partner_id: Mapped[str | None] = mapped_column(IdType)
    by_decision: Mapped[bool] = mapped_column(default=False, server_default="false")
    """The partners decided to ask it, so they decide whether it comes or goes; otherwise one of them asked."""
    objected_by: Mapped[Ids]
    agreed_by: Mapped[Ids]
    """Partners that agreed to it although it serves a rival bid for the same lot."""
    message_markdown: Mapped[str] = mapped_column(default="", server_default="")
    handover_markdown: Mapped[str] = mapped_column(default="", server_default="")
    ended_reason: Mapped[str] = mapped_column(default="", server_default="")
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    counter: Mapped[int] = mapped_column(default=0, server_default="0")
    __table_args__ = (
        Index("ix_facilitators_in_office", "organisation_id", "started_at", postgresql_where=text("status = 'active'")),
    )


class NotebookEntry(Versioned, Base):
    """A note of a facilitator to itself about a bid. Only its own people can read it; it is in no event."""

    __tablename__ = "notebook_entries"
    id: Mapped[Key]
    facilitator_id: Mapped[str] = ref("facilitators.id", ondelete="CASCADE")
    person_id: Mapped[str | None] = mapped_column(IdType)
    text_markdown: Mapped[str]


class FacilitationNote(Versioned, Base):
    """A meeting that the facilitator calls or a wording that it proposes (`kind`), for all partners to read."""

    __tablename__ = "facilitation_notes"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    facilitator_id: Mapped[str] = ref("facilitators.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    kind: Mapped[str]
    title: Mapped[str]
    body_markdown: Mapped[str] = mapped_column(default="", server_default="")
    starts_at: Mapped[datetime | None]
    place: Mapped[str] = mapped_column(default="", server_default="")
    about: Mapped[str] = mapped_column(default="", server_default="")


class PartnershipSuggestion(Versioned, Base):
    """A facilitator's suggestion that organisations bid together. The one that is to lead starts the bid itself."""

    __tablename__ = "partnership_suggestions"
    id: Mapped[Key]
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")
    person_id: Mapped[str | None] = mapped_column(IdType)
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE", index=False)
    lead_organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE", index=False)
    organisation_ids: Mapped[Ids]
    message_markdown: Mapped[str] = mapped_column(default="", server_default="")


class RemovalCertificate(Base):
    """A facilitator's certificate that the removal of a partner has nothing to do with any open difficulty."""

    __tablename__ = "removal_certificates"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    facilitator_id: Mapped[str] = ref("facilitators.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    at: Mapped[Created]
    __table_args__ = (UniqueConstraint("proposal_id", "partner_id"),)


class TwoSides(Versioned, Base):
    """An organisation's record that one of its people stands on two sides over an opportunity, and how it handles that."""

    __tablename__ = "two_sides"
    id: Mapped[Key]
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str] = ref("people.id", ondelete="CASCADE")
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE", index=False)
    how: Mapped[str]
    recorded_by: Mapped[str | None] = mapped_column(IdType)
    __table_args__ = (UniqueConstraint("organisation_id", "person_id", "opportunity_id"),)


class Difficulty(Versioned, Base):
    """A difficulty raised to all partners, or to the facilitator alone, who then alone knows who raised it."""

    __tablename__ = "difficulties"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    title: Mapped[str]
    detail_markdown: Mapped[str] = mapped_column(default="", server_default="")
    addressed_to: Mapped[str]
    facilitator_ids: Mapped[Ids]
    """Who may read a confidential one: the facilitators in office when it was raised, or when its raiser wrote again."""
    blocking: Mapped[bool] = mapped_column(default=False, server_default="false")
    blocking_since: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    outcome_note_markdown: Mapped[str] = mapped_column(default="", server_default="", info=NOT_IN_PERSONAL_FILE)
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
