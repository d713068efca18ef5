"""Budget lines, outcomes, statements and confidentiality claims."""

from datetime import date
from typing import Any

from sqlalchemy import Integer, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.base import Base, Ids, IdType, JsonList, Key, Versioned, ref


class BudgetLine(Versioned, Base):
    """Net `amount` in minor units. Private to its owner but for those whom the owner names in `visible_to`."""

    __tablename__ = "budget_lines"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE")
    category: Mapped[str]
    year: Mapped[int] = mapped_column(Integer)
    lot_id: Mapped[str | None] = ref("lots.id", nullable=True, index=False)
    source: Mapped[str]
    amount: Mapped[int]
    description: Mapped[str] = mapped_column(default="", server_default="")
    vat_treatment: Mapped[str] = mapped_column(default="outside_scope", server_default="outside_scope")
    vat_amount: Mapped[int] = mapped_column(default=0, server_default="0")
    visible_to: Mapped[Ids]
    full_cost: Mapped[int | None]
    revealed: Mapped[bool] = mapped_column(default=False, server_default="false")
    hidden_changes: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Versions that only the owner can tell; others read `version` without them."""


class Outcome(Versioned, Base):
    __tablename__ = "outcomes"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    framework: Mapped[str]
    outcome: Mapped[str]
    indicator: Mapped[str] = mapped_column(default="", server_default="")
    unit: Mapped[str] = mapped_column(default="", server_default="")
    baseline: Mapped[Any | None] = mapped_column(Numeric)
    target: Mapped[Any | None] = mapped_column(Numeric)
    target_date: Mapped[date | None]
    method: Mapped[str] = mapped_column(default="", server_default="")
    partner_ids: Mapped[Ids]
    confirmed_by: Mapped[Ids]
    audience: Mapped[str] = mapped_column(default="commissioner", server_default="commissioner")
    question_id: Mapped[str | None] = mapped_column(IdType)
    lot_id: Mapped[str | None] = mapped_column(IdType)
    created_by_partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)


class OutcomeFramework(Versioned, Base):
    """A commissioner's own outcomes for one call, imported from CSV; `outcomes` as in `domain.outcomes.Framework`."""

    __tablename__ = "outcome_frameworks"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE", index=False)
    key: Mapped[str]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    outcomes: Mapped[JsonList]
    __table_args__ = (UniqueConstraint("opportunity_id", "key"),)


class Statement(Versioned, Base):
    """What a council asks each member to state, by key."""

    __tablename__ = "statements"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    key: Mapped[str]
    answer: Mapped[str]
    detail_markdown: Mapped[str] = mapped_column(default="", server_default="")
    document_id: Mapped[str | None] = mapped_column(IdType)
    __table_args__ = (UniqueConstraint("partner_id", "key"),)


class ConfidentialityClaim(Versioned, Base):
    """What a partner asks the authority to withhold under freedom-of-information law; the authority decides."""

    __tablename__ = "confidentiality_claims"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    pointer: Mapped[str]
    reason: Mapped[str]
    basis: Mapped[str]
    until: Mapped[date | None]
