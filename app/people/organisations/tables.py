"""Organisations, their register identifiers, members and invitations."""

from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, IdType, Json, Key, Logged, Texts, Versioned, ref


class Organisation(Logged, Base):
    """A legal person or an unincorporated group. Income and reserves (minor units) are for its own people only."""

    __tablename__ = "organisations"
    id: Mapped[Key]
    name: Mapped[str]
    short_name: Mapped[str | None]
    registered_address: Mapped[str | None]
    kinds: Mapped[Texts]
    legal_form: Mapped[str]
    size_band: Mapped[str | None]
    areas: Mapped[Texts]
    services: Mapped[Texts]
    offers: Mapped[Texts]
    seeks: Mapped[Texts]
    founding_aims: Mapped[str] = mapped_column(default="", server_default="")
    annual_income: Mapped[int | None]
    unrestricted_reserves: Mapped[int | None]
    currency: Mapped[str] = mapped_column(default="GBP", server_default="GBP")
    signatures_required: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    listed: Mapped[bool] = mapped_column(default=False, server_default="false")
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    granted_kinds: Mapped[Texts]
    """Of its kinds those that an operator granted. Not all are: anybody may call itself a facilitator of one bid."""
    verification_level: Mapped[str] = mapped_column(default="none", server_default="none")
    verification_by: Mapped[str | None]
    verification_at: Mapped[datetime | None]
    settings: Mapped[Json]
    search: Mapped[str] = mapped_column(
        TSVECTOR, Computed("to_tsvector('simple', name || ' ' || founding_aims)", persisted=True)
    )
    __table_args__ = (Index(None, "search", postgresql_using="gin"),)


class OrganisationIdentifier(Base):
    """One identifier belongs to one organisation."""

    __tablename__ = "organisation_identifiers"
    scheme: Mapped[str] = mapped_column(primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")


class Membership(Versioned, Base):
    __tablename__ = "memberships"
    organisation_id: Mapped[str] = mapped_column(IdType, ForeignKey("organisations.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(IdType, ForeignKey("people.id"), primary_key=True, index=True)
    roles: Mapped[Texts]


class MemberInvitation(Versioned, Base):
    """An invitation by mail to join an organisation."""

    __tablename__ = "member_invitations"
    id: Mapped[Key]
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")
    email: Mapped[str]
    roles: Mapped[Texts]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("organisation_id", "email"),)
