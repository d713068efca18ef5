"""People, their sign-ins, the one-time tokens that reach them by mail, and the tries that are limited."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import NOT_IN_PERSONAL_FILE, Base, Created, IdType, Instant, Json, Key, Versioned, ref


class Person(Versioned, Base):
    """`email` is stored in lower case and is unique while the person is not erased."""

    __tablename__ = "people"
    id: Mapped[Key]
    email: Mapped[str | None] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str | None]
    language: Mapped[str] = mapped_column(default="en", server_default="en")
    preferences: Mapped[Json]
    verified_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class Session(Base):
    """A sign-in. Only the SHA-256 of its token is stored."""

    __tablename__ = "sessions"
    id: Mapped[Key]
    person_id: Mapped[str] = ref("people.id", ondelete="CASCADE")
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    user_agent: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]


class SignInPlace(Base):
    """A network or a browser from which somebody has signed in: `place` is a hash of it with their address."""

    __tablename__ = "sign_in_places"
    person_id: Mapped[str] = mapped_column(IdType, ForeignKey("people.id", ondelete="CASCADE"), primary_key=True)
    place: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    seen_at: Mapped[Created]


class MailToken(Base):
    """A secret sent by mail, spent once by a POST. `purpose`: verify or reset."""

    __tablename__ = "mail_tokens"
    id: Mapped[Key]
    purpose: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    person_id: Mapped[str | None] = ref("people.id", nullable=True, ondelete="CASCADE", info=NOT_IN_PERSONAL_FILE)
    payload: Mapped[Json]
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Attempt(Base):
    """A try that is limited: `key` is a hash of what is counted (an account, a network address)."""

    __tablename__ = "attempts"
    id: Mapped[Key]
    key: Mapped[bytes]
    at: Mapped[datetime] = mapped_column(Instant)
    __table_args__ = (Index(None, "key", "at"),)
