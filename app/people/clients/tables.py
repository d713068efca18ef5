"""OAuth2 clients and their access tokens."""

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.platform.db.base import Base, Created, Key, Texts, Versioned, ref


class Client(Versioned, Base):
    """An OAuth2 client of an organisation. Its id is the `client_id`."""

    __tablename__ = "clients"
    id: Mapped[Key]
    organisation_id: Mapped[str] = ref("organisations.id", ondelete="CASCADE")
    name: Mapped[str]
    scopes: Mapped[Texts]
    revoked_at: Mapped[datetime | None]


class ClientSecret(Base):
    """A secret of a client, of which only the SHA-256 is stored. A client has two while it changes from one to the other."""

    __tablename__ = "client_secrets"
    id: Mapped[Key]
    client_id: Mapped[str] = ref("clients.id", ondelete="CASCADE")
    secret_hash: Mapped[bytes]
    created_at: Mapped[Created]
    expires_at: Mapped[datetime | None]


class AccessToken(Base):
    """A short-lived bearer token of a client."""

    __tablename__ = "access_tokens"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    client_id: Mapped[str] = ref("clients.id", ondelete="CASCADE")
    secret_id: Mapped[str | None] = ref("client_secrets.id", nullable=True, ondelete="CASCADE")
    """The secret that it was traded for: it ends with that."""
    scopes: Mapped[Texts]
    created_at: Mapped[Created]
    expires_at: Mapped[datetime]
