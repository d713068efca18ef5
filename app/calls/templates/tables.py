"""How documents look: an organisation's own look, and a call's rules for the documents of every bid."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, IdType, Key, Versioned


def _owner(target: str) -> Any:
    return mapped_column(IdType, ForeignKey(target, ondelete="CASCADE"), nullable=True, unique=True)


class DocumentTemplate(Versioned, Base):
    """`data` is a `Look` or `CallRules` as JSON. It is null once it was taken back, while the version goes on counting.

    The file store has a logo's bytes under its SHA-256, where editions find them for ever.
    """

    __tablename__ = "document_templates"
    id: Mapped[Key]
    organisation_id: Mapped[str | None] = _owner("organisations.id")
    opportunity_id: Mapped[str | None] = _owner("opportunities.id")
    data: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    __table_args__ = (CheckConstraint("num_nonnulls(organisation_id, opportunity_id) = 1", name="one_owner"),)
