"""Decisions with their votes, and the structured plans that they are about."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Created, Ids, IdType, Key, Texts, Versioned, ref


class Decision(Versioned, Base):
    """A motion. `carries` is {method, path, body}; `carried` what came of it: {status, problem}."""

    __tablename__ = "decisions"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    proposer_partner_id: Mapped[str | None] = mapped_column(IdType)
    proposer_person_id: Mapped[str | None] = mapped_column(IdType)
    title: Mapped[str]
    detail_markdown: Mapped[str] = mapped_column(default="", server_default="")
    matter: Mapped[str]
    options: Mapped[Texts]
    closes_at: Mapped[datetime | None]
    rule: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="open", server_default="open")
    chosen: Mapped[str | None]
    count: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    carries: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    carried: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    excluded_partner_ids: Mapped[Ids]
    closed_at: Mapped[datetime | None]


class Vote(Base):
    __tablename__ = "votes"
    id: Mapped[Key]
    decision_id: Mapped[str] = ref("decisions.id", ondelete="CASCADE", index=False)
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    option: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[Created]
    __table_args__ = (UniqueConstraint("decision_id", "partner_id"),)
