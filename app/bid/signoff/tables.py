"""Editions as the bytes that are signed, with their private schedules, signatures and refusals."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Integer, LargeBinary, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, Created, Ids, IdType, Json, JsonList, Key, Versioned, ref


class Edition(Versioned, Base):
    """A signed version. `document` is the canonical JSON whose SHA-256 is signed.

    The bytes may be large, so they are not loaded with the row: select the columns that you need.
    """

    __tablename__ = "editions"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE", index=False)
    number: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(index=True)
    document: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    annex: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    partners: Mapped[JsonList]
    """The partners as the document has them, in its order: {partner_id, organisation_id, name, role} of each, and the `words`
    of a signature for it. What is told of an edition is read here, and never from what organisations are called now."""
    must_sign: Mapped[Ids]
    may_submit: Mapped[Ids]
    signatures_required: Mapped[Json]
    """How many signatories each partner (by id) needs, as its signing rule said at the freeze."""
    created_by_partner_id: Mapped[str | None] = mapped_column(IdType)
    amendment: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    agreed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    withdrawn_by_partner_id: Mapped[str | None] = mapped_column(IdType)
    fallen_partner_ids: Mapped[Ids]
    template: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    """The template that it is printed with, stored at the freeze; no part of the hashed bytes. Null: the default."""
    __table_args__ = (
        UniqueConstraint("proposal_id", "number"),
        Index(
            "uq_editions_one_in_force",
            "proposal_id",
            unique=True,
            postgresql_where=text("status in ('open', 'agreed')"),
        ),
    )


class EditionSchedule(Base):
    """A partner's private lines in an edition. The salt in `document` is hashed with them."""

    __tablename__ = "edition_schedules"
    id: Mapped[Key]
    edition_id: Mapped[str] = ref("editions.id", ondelete="CASCADE", index=False)
    partner_id: Mapped[str] = ref("partners.id", index=False)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str]
    __table_args__ = (UniqueConstraint("edition_id", "partner_id"),)


class SignOff(Base):
    """One signatory's signature. `fell_at` says when it stopped counting, as its edition was withdrawn."""

    __tablename__ = "sign_offs"
    id: Mapped[Key]
    edition_id: Mapped[str] = ref("editions.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", index=False)
    organisation_id: Mapped[str] = ref("organisations.id", index=False)
    person_id: Mapped[str] = ref("people.id", index=False, info=NOT_IN_PERSONAL_FILE)
    full_name: Mapped[str]
    role_title: Mapped[str]
    authority_basis: Mapped[Json]
    words: Mapped[str]
    sha256: Mapped[str]
    verification: Mapped[Json]
    at: Mapped[Created]
    fell_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_sign_offs_standing",
            "edition_id",
            "partner_id",
            "person_id",
            unique=True,
            postgresql_where=text("fell_at is null"),
        ),
    )


class SignOffRefusal(Base):
    __tablename__ = "sign_off_refusals"
    id: Mapped[Key]
    edition_id: Mapped[str] = ref("editions.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", index=False)
    organisation_id: Mapped[str] = ref("organisations.id", index=False)
    person_id: Mapped[str] = ref("people.id", index=False)
    reason: Mapped[str]
    at: Mapped[Created]
