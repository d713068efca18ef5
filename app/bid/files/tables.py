"""Files that partners attach: what they are, who may read them, and what personal data they hold."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, Ids, IdType, Key, Versioned, ref


class Attachment(Versioned, Base):
    """The bytes stand in the file store under `files/<id>`; `media_type` is told from the content, never believed.

    `visible_to` empty: every accepted partner and the facilitator may read it; otherwise its owner and those named.
    `personal_data`: none, staff, or service_users (then always named readers only, until it is `anonymised`: its owner's
    word that the file identifies nobody, with who gave it and when).
    """

    __tablename__ = "attachments"
    id: Mapped[Key]
    proposal_id: Mapped[str] = ref("proposals.id", ondelete="CASCADE", index=False)
    partner_id: Mapped[str] = ref("partners.id", index=False)
    person_id: Mapped[str | None] = mapped_column(IdType)
    name: Mapped[str]
    media_type: Mapped[str]
    bytes: Mapped[int]
    sha256: Mapped[str]
    personal_data: Mapped[str] = mapped_column(default="none", server_default="none")
    anonymised: Mapped[bool] = mapped_column(default=False, server_default="false")
    anonymised_by: Mapped[str | None] = mapped_column(IdType)
    anonymised_at: Mapped[datetime | None]
    in_bid: Mapped[bool] = mapped_column(default=False, server_default="false")
    """Whether it goes to the commissioner with the bid: then its hash stands in `document.json`."""
    visible_to: Mapped[Ids]
    uploaded_at: Mapped[Created]
    deleted_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_attachments_of_one", "proposal_id", "id"),)
