"""OAuth2 clients of an organisation, and the short-lived tokens that they trade their secret for (RFC 6749)."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import ClassVar
from urllib.parse import unquote_plus

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.clients.tables import AccessToken, Client
from app.platform.access.errors import Kind, Refusal
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import CLIENT_PREFIX, token_hash
from app.platform.db import event_log
from app.platform.db.base import new_id


class OAuthRefusal(Refusal):
    """An error of RFC 6749 section 5.2: `error` and `error_description` stand beside the problem's own members."""

    kind: ClassVar[Kind] = "unreadable"
    error: ClassVar[str] = "invalid_request"

    @property
    def members(self) -> dict[str, str]:
        # The standard leaves these characters to the description, so what a caller sent may not all be repeated in it.
        description = re.sub(r"[^\x20\x21\x23-\x5b\x5d-\x7e]", "?", self.detail)
        return {"error": self.error, "error_description": description}


class InvalidTokenRequest(OAuthRefusal):
    code = "oauth-invalid-request"
    title = "This is not a request for a token"
    explanation = (
        "Send grant_type=client_credentials as application/x-www-form-urlencoded, each name once, with the client's "
        "id and secret either in the header Authorization (Basic) or as client_id and client_secret in the body."
    )


class UnsupportedGrant(OAuthRefusal):
    code = "oauth-unsupported-grant-type"
    title = "This kind of grant is not offered"
    explanation = "The one grant here is client_credentials: a program acts for its own organisation."
    error = "unsupported_grant_type"


class InvalidScope(OAuthRefusal):
    code = "oauth-invalid-scope"
    title = "The client does not have that scope"
    explanation = "Ask for scopes that the client was given, or leave scope out to get all of them."
    error = "invalid_scope"


class InvalidClient(OAuthRefusal):
    kind = "unauthenticated"
    code = "oauth-invalid-client"
    title = "The client's id or secret is wrong"
    explanation = "Check both. A secret is shown once only; if it is lost, an admin makes a new client."
    error = "invalid_client"


@dataclass(frozen=True, slots=True)
class Credentials:
    client_id: str
    secret: str


async def register(
    session: AsyncSession, actor: Actor, organisation_id: Id, name: str, scopes: list[str]
) -> tuple[Client, str]:
    """The new client, and its secret, which is kept as a hash only."""
    secret = secrets.token_urlsafe(32)
    client = Client(
        id=new_id(),
        organisation_id=organisation_id,
        name=name,
        secret_hash=_hash(secret),
        scopes=scopes,
        version=1,
        created_at=datetime.now(UTC),
    )
    session.add(client)
    await session.flush()
    await _record(session, actor, client, "client_created")
    return client, secret


async def clients_of(session: AsyncSession, organisation_id: Id, after: Id | None, limit: int) -> list[Client]:
    """One more than `limit`, in the order of their ids; revoked ones are gone."""
    query = select(Client).where(Client.organisation_id == organisation_id, Client.revoked_at.is_(None))
    if after is not None:
        query = query.where(Client.id > after)
    return list((await session.execute(query.order_by(Client.id).limit(limit + 1))).scalars())


async def load(session: AsyncSession, organisation_id: Id, client_id: Id) -> Client:
    """The client; its existence was judged with the path."""
    query = select(Client).where(Client.id == client_id, Client.organisation_id == organisation_id)
    return (await session.execute(query)).scalar_one()


async def revoke(session: AsyncSession, actor: Actor, client: Client) -> None:
    """At once: the client's tokens go with it."""
    client.revoked_at = datetime.now(UTC)
    client.version += 1
    await session.execute(delete(AccessToken).where(AccessToken.client_id == client.id))
    await _record(session, actor, client, "client_revoked")


async def _record(session: AsyncSession, actor: Actor, client: Client, type_: str) -> None:
    await event_log.record(
        session,
        "organisation",
        client.organisation_id,
        type_,
        actor=actor,
        organisation_id=client.organisation_id,
        payload={"client_id": client.id, "name": client.name, "scopes": client.scopes},
    )


def credentials(authorization: str | None, form: Mapping[str, str]) -> Credentials:
    """`client_secret_basic` or `client_secret_post`, never both (RFC 6749 section 2.3.1)."""
    in_body = "client_id" in form or "client_secret" in form
    scheme, _, value = (authorization or "").partition(" ")
    if scheme.lower() == "basic":
        if "client_secret" in form:
            raise InvalidTokenRequest("Send the client's secret in one place only: the header, or the body.")
        try:
            decoded = base64.b64decode(value.strip(), validate=True).decode("utf-8")
        except (binascii.Error, ValueError) as error:
            raise InvalidClient("The header Authorization is not valid Basic authentication.") from error
        client_id, _, secret = decoded.partition(":")
        return Credentials(unquote_plus(client_id), unquote_plus(secret))
    if in_body:
        return Credentials(form.get("client_id", ""), form.get("client_secret", ""))
    raise InvalidClient("No client id and secret were sent.")


async def issue_token(
    session: AsyncSession, given: Credentials, grant_type: str | None, scope: str | None, minutes: int
) -> tuple[str, list[str]]:
    """A bearer token and its scopes. The secret is compared in the same time whether the client exists or not."""
    if not grant_type:
        raise InvalidTokenRequest("grant_type is missing: send grant_type=client_credentials.")
    client = await _find(session, given.client_id)
    stored = client.secret_hash if client else _hash("")
    if not hmac.compare_digest(stored, _hash(given.secret)) or client is None:
        raise InvalidClient
    if grant_type != "client_credentials":
        raise UnsupportedGrant
    asked = sorted(set((scope or "").split())) or list(client.scopes)
    if missing := [one for one in asked if one not in client.scopes]:
        raise InvalidScope(f"This client was not given: {', '.join(missing)}.")
    token = CLIENT_PREFIX + secrets.token_urlsafe(32)
    await session.execute(
        insert(AccessToken).values(
            token_hash=token_hash(token),
            client_id=client.id,
            scopes=asked,
            expires_at=datetime.now(UTC) + timedelta(minutes=minutes),
        )
    )
    return token, asked


async def _find(session: AsyncSession, client_id: str) -> Client | None:
    try:
        parsed = Id(client_id.strip().lower())
        if len(parsed) != 36 or not parsed.replace("-", "").isalnum():
            return None
        query = select(Client).where(Client.id == parsed, Client.revoked_at.is_(None))
        int(parsed.replace("-", ""), 16)
    except ValueError:
        return None
    return (await session.execute(query)).scalar_one_or_none()


def _hash(secret: str) -> bytes:
    """256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
