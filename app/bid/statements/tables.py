"""Statements and claims of confidentiality."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, IdType, Key, Versioned, ref


class Statement(Versioned, Base):
    """What a partner states of the things that councils ask of each member, by key."""

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
    """What a partner asks the authority to withhold under freedom-of-information law. The authority decides."""

    __tablename__ = "confidentiality_claims"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE")
    partner_id: Mapped[str] = ref("partners.id", ondelete="CASCADE", index=False)
    pointer: Mapped[str]
    reason: Mapped[str]
    basis: Mapped[str]
    until: Mapped[date | None]
