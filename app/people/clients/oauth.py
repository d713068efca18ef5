"""What a client does with its secret: tokens for it (RFC 6749), and asking about them and ending them (RFC 7662, 7009)."""

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import unquote_plus

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.clients.service import MOST_SECRETS, secret_hash, secrets_of
from app.people.clients.tables import AccessToken, Client, ClientSecret
from app.platform.access.errors import Kind, Refusal
from app.platform.access.ids import is_id
from app.platform.access.standing import CLIENT_PREFIX, token_hash
from app.platform.db import event_log


class OAuthRefusal(Refusal):
    """An error of RFC 6749 section 5.2, which adds `error` and `error_description` to the problem's own members."""

    kind: ClassVar[Kind] = "unreadable"
    error: ClassVar[str] = "invalid_request"

    @property
    def members(self) -> dict[str, str]:
        # The standard allows a description these characters only, and it may repeat what a caller sent.
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


async def authenticate(session: AsyncSession, given: Credentials) -> tuple[Client, ClientSecret]:
    """The client that has this secret. Comparing takes the same time whether the client exists or not."""
    client = await _find(session, given.client_id)
    stored = await secrets_of(session, [client.id] if client else [])
    offered, found = secret_hash(given.secret), None
    for place in range(MOST_SECRETS):
        known = stored[place] if place < len(stored) else None
        if hmac.compare_digest(known.secret_hash if known else secret_hash(""), offered) and known is not None:
            found = known
    if client is None or found is None:
        raise InvalidClient
    return client, found


async def issue_token(
    session: AsyncSession, given: Credentials, grant_type: str | None, scope: str | None, minutes: int
) -> tuple[str, list[str]]:
    """A bearer token and its scopes."""
    if not grant_type:
        raise InvalidTokenRequest("grant_type is missing: send grant_type=client_credentials.")
    client, secret = await authenticate(session, given)
    if grant_type != "client_credentials":
        raise UnsupportedGrant
    asked = sorted(set((scope or "").split())) or list(client.scopes)
    if missing := [one for one in asked if one not in client.scopes]:
        raise InvalidScope(f"This client was not given: {', '.join(missing)}.")
    token = CLIENT_PREFIX + secrets.token_urlsafe(32)
    expires_at = await event_log.now(session) + timedelta(minutes=minutes)
    session.add(
        AccessToken(
            token_hash=token_hash(token), client_id=client.id, secret_id=secret.id, scopes=asked, expires_at=expires_at
        )
    )
    await session.flush()
    return token, asked


@dataclass(frozen=True, slots=True)
class ActiveToken:
    """A token that works, with the client that it was given to."""

    token: AccessToken
    client: Client


async def introspect(session: AsyncSession, asking: Client, token: str) -> ActiveToken | None:
    """The token, where it works and is of the organisation that asks (RFC 7662); None for any other."""
    now = await event_log.now(session)
    query = (
        select(AccessToken, Client)
        .join(Client, Client.id == AccessToken.client_id)
        .where(AccessToken.token_hash == token_hash(token), AccessToken.expires_at > now, Client.revoked_at.is_(None))
        .where(Client.organisation_id == asking.organisation_id)
    )
    row = (await session.execute(query)).one_or_none()
    return ActiveToken(row.AccessToken, row.Client) if row else None


async def revoke_token(session: AsyncSession, asking: Client, token: str) -> None:
    """End the client's own token (RFC 7009). Of another's, or of what is none, nothing happens, and nobody is told."""
    own = AccessToken.client_id == asking.id
    await session.execute(delete(AccessToken).where(AccessToken.token_hash == token_hash(token), own))


async def _find(session: AsyncSession, client_id: str) -> Client | None:
    client_id = client_id.strip().lower()
    if not is_id(client_id):
        return None
    query = select(Client).where(Client.id == client_id, Client.revoked_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()
