"""The tokens that open a live socket. The text itself is in `app/bid/text/tables.py`."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, IdType, Instant


class LiveToken(Base):
    """A single-use, short-lived token for one person's socket to one section. Only its SHA-256 is stored."""

    __tablename__ = "live_tokens"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    section_id: Mapped[str] = mapped_column(IdType)
    person_id: Mapped[str] = mapped_column(IdType, info=NOT_IN_PERSONAL_FILE)
    session_id: Mapped[str] = mapped_column(IdType)
    """The sign-in that asked for it: when that ends, the socket is closed."""
    expires_at: Mapped[datetime] = mapped_column(Instant, index=True)
