"""Outcomes, and the frameworks that they are taken from."""

from datetime import date
from typing import Any

from sqlalchemy import Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Ids, IdType, JsonList, Key, Versioned, ref


class Outcome(Versioned, Base):
    """What the bid promises to change. `partner_ids` deliver it; those in `confirmed_by` have said so themselves."""

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
    """A commissioner's own framework for one call, brought in as CSV; `outcomes` as in `app.bid.outcomes.rules.Framework`."""

    __tablename__ = "outcome_frameworks"
    id: Mapped[Key]
    opportunity_id: Mapped[str] = ref("opportunities.id", ondelete="CASCADE", index=False)
    key: Mapped[str]
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="", server_default="")
    outcomes: Mapped[JsonList]
    __table_args__ = (UniqueConstraint("opportunity_id", "key"),)
