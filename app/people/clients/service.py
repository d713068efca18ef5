"""OAuth2 clients of an organisation, as its admins keep them: who they are, what they may do, and their secrets."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.clients.tables import AccessToken, Client, ClientSecret
from app.platform.access.errors import Conflict, NotFound
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id

MOST_SECRETS = 2


class TwoSecrets(Conflict):
    code = "two-secrets"
    title = "The client has two secrets already"
    explanation = "Take the older one away, or wait until it ends; then make a new one."


async def register(act: Act, name: str, scopes: list[str]) -> tuple[Client, str]:
    """The organisation's new client, and its secret, of which only a hash is stored."""
    client = Client(id=new_id(), organisation_id=act.stream_id, name=name, scopes=scopes)
    act.session.add(client)
    await act.session.flush()
    _, secret = _new_secret(act.session, client)
    await act.record("client_created", client_id=client.id, name=client.name, scopes=client.scopes)
    return client, secret


def clients_of(organisation_id: Id) -> Select[Client]:
    """The query of an organisation's clients that were not revoked."""
    return select(Client).where(Client.organisation_id == organisation_id, Client.revoked_at.is_(None))


async def change(act: Act, client: Client, name: str | None, scopes: list[str] | None) -> None:
    """Another name or other scopes. Tokens that reach further than the new scopes end at once."""
    client.name = name or client.name
    if scopes is not None:
        client.scopes = scopes
        beyond = ~AccessToken.scopes.contained_by(scopes)
        await act.session.execute(delete(AccessToken).where(AccessToken.client_id == client.id, beyond))
    client.version += 1
    await act.record("client_changed", client_id=client.id, name=client.name, scopes=client.scopes)


async def add_secret(act: Act, client: Client, expires_old_after_hours: int) -> tuple[ClientSecret, str]:
    """A further secret; the one before works for some hours yet, so that the program changes over without a gap."""
    now = await event_log.now(act.session)
    before = await secrets_of(act.session, [client.id])
    if len(before) >= MOST_SECRETS:
        raise TwoSecrets
    end = now + timedelta(hours=expires_old_after_hours)
    for old in before:
        old.expires_at = min(old.expires_at or end, end)
    row, secret = _new_secret(act.session, client)
    client.version += 1
    await act.session.flush()
    await act.session.refresh(row)
    await act.record("client_secret_added", client_id=client.id, name=client.name)
    return row, secret


async def remove_secret(act: Act, client: Client, secret_id: Id) -> None:
    """Take a secret away; the tokens that it was traded for end with it."""
    own = ClientSecret.client_id == client.id
    gone = await act.session.execute(
        delete(ClientSecret).where(ClientSecret.id == secret_id, own).returning(ClientSecret.id)
    )
    if gone.first() is None:
        raise NotFound  # it is another client's
    client.version += 1
    await act.record("client_secret_removed", client_id=client.id, name=client.name)


async def secrets_of(session: AsyncSession, client_ids: list[Id]) -> list[ClientSecret]:
    """The secrets of these clients that work, oldest first."""
    now = await event_log.now(session)
    query = (
        select(ClientSecret)
        .where(ClientSecret.client_id.in_(client_ids))
        .where(or_(ClientSecret.expires_at.is_(None), ClientSecret.expires_at > now))
        .order_by(ClientSecret.created_at, ClientSecret.id)
    )
    return list((await session.execute(query)).scalars())


async def revoke(act: Act, client: Client) -> None:
    """Take the client's access away, and its tokens with it."""
    client.revoked_at = await event_log.now(act.session)
    client.version += 1
    await act.session.execute(delete(AccessToken).where(AccessToken.client_id == client.id))
    await act.record("client_revoked", client_id=client.id, name=client.name, scopes=client.scopes)


def secret_hash(secret: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _new_secret(session: AsyncSession, client: Client) -> tuple[ClientSecret, str]:
    secret = secrets.token_urlsafe(32)
    row = ClientSecret(id=new_id(), client_id=client.id, secret_hash=secret_hash(secret))
    session.add(row)
    return row, secret
