"""Opportunities with their lots, questions, amendments and the raw OCDS releases they came from."""

from datetime import datetime
from typing import Any

from sqlalchemy import Computed, Index, Integer, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, INT8MULTIRANGE, JSONB, TSVECTOR
from sqlalchemy.dialects.postgresql.ranges import MultiRange
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, IdType, Json, JsonList, Key, Logged, Texts, ref

_LINKS = ("submission_route ->> 'url'", "source #>> '{notice_urls,0}'", "source #>> '{notice_urls,-1}'")
_KEY = r"substring(lower(rtrim(regexp_replace({}, '^https?://(www\.)?([^?#]*).*$', '\2', 'i'), '/')) from '^[^/]+/.*')"
LINK_KEYS = f"array_remove(ARRAY[{', '.join(_KEY.format(link) for link in _LINKS)}], NULL)"
"""SQL: a host without a path is no key, since it is that of a whole portal."""


class Opportunity(Logged, Base):
    """What a commissioner asks for. `organisation_id` is its owner here; an imported notice may have none."""

    __tablename__ = "opportunities"
    id: Mapped[Key]
    organisation_id: Mapped[str | None] = ref("organisations.id", nullable=True)
    brought_by: Mapped[str] = mapped_column(default="owner", server_default="owner")
    """Whom the call follows (`codes.BroughtBy`)."""
    brought_at: Mapped[datetime | None]
    """When that source last spoke. Empty: what the row holds was merged from several, and is made anew at its next word."""
    imported_by_organisation_id: Mapped[str | None] = ref("organisations.id", nullable=True)
    """The organisation that brought it first: the one that the call follows while only organisations have brought it."""
    claim_id: Mapped[str | None] = mapped_column(IdType)
    """The claim that the call shows while only organisations have brought it."""
    ocid: Mapped[str | None] = mapped_column(unique=True)
    typed: Mapped[bool] = mapped_column(default=False, server_default="false")
    """An organisation typed it from a web page: nobody outside its bids may know of it (`access/terms.py`)."""
    link_keys: Mapped[list[str]] = mapped_column(ARRAY(Text), Computed(LINK_KEYS, persisted=True))
    """Host and path of where it stands, by which rules know a typed call and its notice for the same."""
    buyer_name: Mapped[str] = mapped_column(default="", server_default="")
    title: Mapped[str]
    description_markdown: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[str] = mapped_column(default="draft", server_default="draft", index=True)
    mode: Mapped[str] = mapped_column(default="sealed", server_default="sealed")
    regime: Mapped[str] = mapped_column(default="other", server_default="other")
    price_detail: Mapped[str] = mapped_column(default="totals", server_default="totals")
    currency: Mapped[str] = mapped_column(default="GBP", server_default="GBP")
    budget_ceiling: Mapped[int | None]
    ceiling_vat: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    required_sections: Mapped[Texts]
    required_statements: Mapped[Texts]
    consortium_rules: Mapped[Json]
    submission_route: Mapped[Json]
    languages: Mapped[Texts]
    areas: Mapped[Texts]
    area_keys: Mapped[Texts]
    """The keys that find `areas` (`app/calls/areas/rules.py`)."""
    cpv: Mapped[Texts]
    cpv_keys: Mapped[Texts]
    """Each code and all its beginnings, so that the code of a division finds the codes in it."""
    vcse: Mapped[bool | None]
    procurement_reference: Mapped[str | None]
    facilitator_ids: Mapped[JsonList]
    clarification_deadline: Mapped[datetime | None]
    submission_deadline: Mapped[datetime | None] = mapped_column(index=True)
    time_zone: Mapped[str] = mapped_column(default="Europe/London", server_default="Europe/London")
    published_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    amendment: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    source: Mapped[Json]
    amounts: Mapped[Any] = mapped_column(INT8MULTIRANGE, server_default=text("'{}'"), default=MultiRange)
    """The ceilings of the call and its lots, for searches by value."""
    search: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "setweight(to_tsvector('english', left(title, 20000)), 'A') || "
            "setweight(to_tsvector('english', left(buyer_name, 20000)), 'C') || "
            "setweight(to_tsvector('english', left(description_markdown, 200000)), 'D')",
            persisted=True,
        ),
    )
    __table_args__ = (
        Index(None, "search", postgresql_using="gin"),
        Index(None, "area_keys", postgresql_using="gin"),
        Index(None, "cpv_keys", postgresql_using="gin"),
        Index(None, "link_keys", postgresql_using="gin"),
        Index(None, "amounts", postgresql_using="gist"),
        Index("ix_opportunities_closes", text("coalesce(submission_deadline, 'infinity'::timestamptz)"), "id"),
        Index("ix_opportunities_news", text("greatest(created_at, published_at, brought_at)")),
        Index("ix_opportunities_newest", text("coalesce(published_at, 'infinity'::timestamptz)"), "id"),
    )


class Lot(Base):
    __tablename__ = "lots"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE")
    key: Mapped[str]
    title: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    ceiling: Mapped[int | None]
    vat: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    removed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("opportunity_id", "key"),)


class Question(Base):
    __tablename__ = "questions"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE")
    key: Mapped[str]
    position: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    prompt_markdown: Mapped[str]
    guidance_markdown: Mapped[str] = mapped_column(default="", server_default="")
    limit_unit: Mapped[str | None]
    limit_value: Mapped[int | None] = mapped_column(Integer)
    weight: Mapped[Any | None] = mapped_column(Numeric)
    lot_id: Mapped[str | None] = ref("lots.id", nullable=True)
    required: Mapped[bool] = mapped_column(default=True, server_default="true")
    per_member: Mapped[bool] = mapped_column(default=False, server_default="false")
    removed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("opportunity_id", "key"),)


class Amendment(Base):
    """A numbered change of a published opportunity: what it was and what it became, field by field."""

    __tablename__ = "amendments"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE")
    number: Mapped[int] = mapped_column(Integer)
    changes: Mapped[Json]
    voids_editions: Mapped[bool] = mapped_column(default=True, server_default="true")
    at: Mapped[Created]
    __table_args__ = (UniqueConstraint("opportunity_id", "number"),)


class OcdsRelease(Base):
    """A raw release as it came, and who brought it: an organisation, a publisher, or (neither) the operator.

    It is text, since PostgreSQL's JSON holds no number such as 1e9999.
    """

    __tablename__ = "ocds_releases"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE")
    release_id: Mapped[str]
    sha256: Mapped[bytes]
    organisation_id: Mapped[str | None] = ref("organisations.id", nullable=True)
    publisher: Mapped[str | None]
    released_at: Mapped[datetime | None]
    raw: Mapped[str]
    received_at: Mapped[Created]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    __table_args__ = (
        UniqueConstraint(
            "opportunity_id", "sha256", "organisation_id", "publisher", postgresql_nulls_not_distinct=True
        ),
    )


class NoticeClaim(Base):
    """What the releases that one organisation brought say of a call: `terms` as `stored.as_stored` writes them.

    A row never changes: whatever the organisation brings later is another one, so that a decision names what it adopts.
    """

    __tablename__ = "notice_claims"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE", index=False)
    organisation_id: Mapped[str] = ref("organisations.id")
    status: Mapped[str]
    terms: Mapped[Json]
    received_at: Mapped[Created]
    __table_args__ = (Index(None, "opportunity_id", "organisation_id", "id"),)
