"""Proposals, their partners and structure: the aggregate that nearly everything else belongs to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Ids, IdType, Json, Key, Logged, Texts, Versioned, ref
from app.platform.words.codes import PartnerStatus


class Proposal(Logged, Base):
    """One joint bid. `revision` counts the events that all accepted partners can see; `event_seq` counts all.

    `status` is what was last written. Past the deadline a `submitted` proposal counts as `closed`, which
    `lifecycle.status_at` derives from the clock without any job.
    """

    __tablename__ = "proposals"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id")
    lot_ids: Mapped[Ids]
    title: Mapped[str]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    currency: Mapped[str] = mapped_column(default="GBP", server_default="GBP")
    status: Mapped[str] = mapped_column(default="draft", server_default="draft")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    round_status: Mapped[str] = mapped_column(default="open", server_default="open")
    round_cut_off: Mapped[datetime | None]
    revealed_at: Mapped[datetime | None]
    sums_taken_at: Mapped[datetime | None]
    """When the money of the whole bid was last summed up of all partners at once (`app/bid/budget/rules/shown.py`)."""
    contact: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Whom the commissioner writes to about the bid: {name, role, email, telephone}."""
    offer_valid_until: Mapped[date | None]
    declare_by: Mapped[datetime | None]
    text_by: Mapped[datetime | None]
    sign_by: Mapped[datetime | None]
    submit_by: Mapped[datetime | None]
    round_deadline: Mapped[datetime | None]
    """The deadline that was known when the second partner accepted: the round's last moment is counted from it."""
    round_told_at: Mapped[datetime | None]
    """When the partners were told of a deadline that came, or became earlier, after that."""
    answers_amendment: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    amendment_shift: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """What is added to the call's number of its last amendment, so that the bid's own changes of terms count too."""
    own_status: Mapped[str | None]
    """Set where the bid keeps terms of its own (`app/bid/records/terms.py`): the call's status by them."""
    own_deadline: Mapped[datetime | None]
    own_terms: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    own_claim_id: Mapped[str | None] = mapped_column(IdType)
    own_since: Mapped[datetime | None]
    portal_questions: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    """What the portal asks, as a partner typed it: {version, organisation_id, at, items} (`proposal/portal_questions.py`)."""
    created_by: Mapped[str | None] = ref("people.id", nullable=True)
    __table_args__ = (Index(None, "lot_ids", postgresql_using="gin"),)


OPEN_SEATS = (PartnerStatus.INVITED.value, PartnerStatus.TO_CONFIRM.value, PartnerStatus.ACCEPTED.value)
"""The statuses in which a partner has a seat in the bid, or can still take it."""


class Partner(Versioned, Base):
    """An organisation in a proposal. Invited by mail, it has no organisation until somebody accepts for one.

    `counter` is raised by one with each event that this partner alone can see; with the proposal's
    `revision` it makes the ETag's variant for this partner, so nothing hidden from it moves it.
    """

    __tablename__ = "partners"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    organisation_id: Mapped[str | None] = ref("organisations.id", nullable=True)
    email: Mapped[str | None]
    role: Mapped[str]
    status: Mapped[str] = mapped_column(default="invited", server_default="invited")
    main_contractor_id: Mapped[str | None] = mapped_column(IdType)
    relied_on_for: Mapped[str | None]
    message_markdown: Mapped[str] = mapped_column(default="", server_default="")
    proposed_work_markdown: Mapped[str] = mapped_column(default="", server_default="")
    """What it is to do: the inviter's words at first, and then its own."""
    lot_ids: Mapped[Ids]
    areas: Mapped[Texts]
    people_reached: Mapped[str] = mapped_column(default="", server_default="")
    indicative_amount: Mapped[int | None]
    reply_by: Mapped[datetime | None]
    token_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    invited_by: Mapped[str | None] = ref("people.id", nullable=True)
    invited_by_organisation_id: Mapped[str | None] = ref("organisations.id", nullable=True)
    undertaking: Mapped[str | None]
    """The words agreed to on accepting, as they were shown."""
    structure_seen: Mapped[int | None] = mapped_column(Integer)
    accepted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_revision: Mapped[int | None]
    ended_reason: Mapped[str | None]
    aims_statement_markdown: Mapped[str] = mapped_column(default="", server_default="")
    authority: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    filed_at: Mapped[datetime | None]
    must_file: Mapped[bool] = mapped_column(default=True, server_default="true")
    """False for a partner that had not filed when the honesty round ended; a partner that joins later has to file."""
    skip_agreed_at: Mapped[datetime | None]
    show_to_invited: Mapped[bool] = mapped_column(default=False, server_default="false")
    named_when_verified: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether the public check of a signed version may name this partner, which alone says so and takes it back."""
    serves_aims: Mapped[bool | None]
    """The partner's own answer to whether the bid serves its founding aims."""
    waiting: Mapped[bool] = mapped_column(default=False, server_default="false")
    """It accepted while in another bid for the same lot, and reads no declarations until the partners of both answered."""
    counter: Mapped[int] = mapped_column(default=0, server_default="0")
    __table_args__ = (
        Index(
            "uq_partners_one_seat",
            "proposal_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("status in ('invited', 'to_confirm', 'accepted')"),
        ),
        Index(
            "uq_partners_one_lead",
            "proposal_id",
            unique=True,
            postgresql_where=text("status = 'accepted' and role = 'lead'"),
        ),
    )


class OtherBid(Versioned, Base):
    """A partner's declaration, to the partners of this proposal, that it is in another bid for the same lot too.

    It names no bidder. `answers` holds by partner id what each other partner answered: {answer, at}.
    """

    __tablename__ = "other_bids"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE", index=False)
    organisation_id: Mapped[str] = ref("organisations.id")
    statement_markdown: Mapped[str]
    answers: Mapped[Json]
    __table_args__ = (UniqueConstraint("proposal_id", "organisation_id"),)


class Structure(Versioned, Base):
    """The structure in force, as facts (`app.bid.value.Structure`). Every proposal has a row from the start."""

    __tablename__ = "structures"
    proposal_id: Mapped[str] = mapped_column(IdType, ForeignKey("proposals.id", ondelete="CASCADE"), primary_key=True)
    facts: Mapped[Json]
