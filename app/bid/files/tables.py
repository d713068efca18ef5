"""Files that partners attach: what they are, who may read them, and what personal data they hold."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, Ids, IdType, Key, Versioned, ref


class File(Versioned, Base):
    """A file whose bytes are in the file store under `files/<id>`. `media_type` comes from the content, not from the client.

    Where `visible_to` is empty, every accepted partner and the facilitator may read it, otherwise its owner and the
    partners named. `personal_data` is none, staff, or service_users; the last has named readers only, until the owner
    confirms that the file identifies nobody (`anonymised`, with who confirmed it and when).
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
    """Whether it goes to the commissioner with the bid; its hash is then in `document.json`."""
    visible_to: Mapped[Ids]
    uploaded_at: Mapped[Created]
    deleted_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_attachments_of_one", "proposal_id", "id"),)
