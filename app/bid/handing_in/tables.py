"""Submissions, and lodgements made elsewhere."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Text, cast, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, IdType, JsonList, Key, Versioned, ref


class Submission(Versioned, Base):
    """An edition that was handed in. `changed_xact` is the transaction of its last change: it orders the feed."""

    __tablename__ = "submissions"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id")
    opportunity_id: Mapped[str] = ref("opportunities.id")
    edition_id: Mapped[str] = ref("editions.id", index=False)
    partner_id: Mapped[str] = ref("partners.id", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    status: Mapped[str] = mapped_column(default="submitted", server_default="submitted")
    submitted_at: Mapped[datetime]
    tenderers: Mapped[JsonList] = mapped_column(info=NOT_IN_PERSONAL_FILE)
    """Who bids, as the edition says: {partner_id, organisation_id, name, role} of each lead and member."""
    title: Mapped[str] = mapped_column(default="", server_default="", info=NOT_IN_PERSONAL_FILE)
    opportunity_title: Mapped[str] = mapped_column(default="", server_default="", info=NOT_IN_PERSONAL_FILE)
    """The titles of the bid and of its call, as they were signed."""
    notices: Mapped[JsonList] = mapped_column(info=NOT_IN_PERSONAL_FILE)
    acknowledged_at: Mapped[datetime | None]
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSONB, info=NOT_IN_PERSONAL_FILE)
    decided_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    changed_xact: Mapped[int] = mapped_column(server_default=text("(pg_current_xact_id()::text::bigint)"))
    __table_args__ = (Index("ix_submissions_feed", "opportunity_id", "changed_xact", "id"),)


class Lodgement(Versioned, Base):
    """A person's record that an edition was lodged on the council's own portal."""

    __tablename__ = "lodgements"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    edition_id: Mapped[str] = ref("editions.id", index=False)
    partner_id: Mapped[str] = ref("partners.id", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    portal_reference: Mapped[str]
    lodged_at: Mapped[datetime]
    document_id: Mapped[str | None] = mapped_column(IdType)


def mark_changed(submission: Submission) -> None:
    """Raise the version of a submission that is being changed, and give it its new place in the commissioners' feed."""
    submission.version += 1
    submission.changed_xact = cast(cast(func.pg_current_xact_id(), Text), BigInteger)
