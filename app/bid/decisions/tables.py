"""Decisions with their votes, proxies and declared conflicts of interest."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, Created, Ids, IdType, Key, Texts, Versioned, ref


class Decision(Versioned, Base):
    """A motion. `carries` is the request that it carries, {method, path, body}; `carried` its result, {status, problem}.

    `touches` are the matters that it reaches besides its own, `concerned_partner_ids` the partners that it is about. Both
    are read from the carried request when the motion is opened. `count` is the outcome with its arithmetic, set at the
    close.
    """

    __tablename__ = "decisions"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    proposer_partner_id: Mapped[str | None] = mapped_column(IdType)
    proposer_person_id: Mapped[str | None] = mapped_column(IdType)
    title: Mapped[str]
    detail_markdown: Mapped[str] = mapped_column(default="", server_default="")
    matter: Mapped[str]
    touches: Mapped[Texts]
    options: Mapped[Texts]
    closes_at: Mapped[datetime | None]
    rule: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    chosen: Mapped[str | None]
    count: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_IN_PERSONAL_FILE)
    carries: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    carried: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    concerned_partner_ids: Mapped[Ids]
    excluded_partner_ids: Mapped[Ids]
    closed_at: Mapped[datetime | None]
    closed_by_partner_id: Mapped[str | None] = mapped_column(IdType)
    __table_args__ = (
        Index("ix_decisions_due", "closes_at", postgresql_where=text("status = 'open' and closes_at is not null")),
    )


class Vote(Base):
    """`cast_by_partner_id` is set where another partner cast it as a proxy."""

    __tablename__ = "votes"
    id: Mapped[Key]
    decision_id: Mapped[str] = ref("decisions.id", ondelete="CASCADE", index=False)
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    cast_by_partner_id: Mapped[str | None] = mapped_column(IdType)
    option: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Created]
    __table_args__ = (UniqueConstraint("decision_id", "partner_id"),)


class ConflictDeclaration(Base):
    """A partner's own statement that it has a conflict of interest in a decision. From then on it has no vote in it."""

    __tablename__ = "conflict_declarations"
    id: Mapped[Key]
    decision_id: Mapped[str] = ref("decisions.id", ondelete="CASCADE", index=False)
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    detail: Mapped[str]
    at: Mapped[Created]
    __table_args__ = (UniqueConstraint("decision_id", "partner_id"),)


class Proxy(Versioned, Base):
    """Written authority of one partner for another to vote for it: in one decision, or in all until `until`."""

    __tablename__ = "proxies"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    holder_partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    decision_id: Mapped[str | None] = mapped_column(IdType, ForeignKey("decisions.id", ondelete="CASCADE"))
    full_name: Mapped[str]
    role_title: Mapped[str]
    document_id: Mapped[str | None] = mapped_column(IdType)
    until: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
