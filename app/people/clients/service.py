"""OAuth2 clients of an organisation, and the short-lived tokens that they trade their secret for (RFC 6749)."""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar
from urllib.parse import unquote_plus

from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.people.clients.tables import AccessToken, Client
from app.platform.access.errors import Kind, Refusal
from app.platform.access.ids import Id, is_id
from app.platform.access.standing import CLIENT_PREFIX, token_hash
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id


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


async def register(act: Act, name: str, scopes: list[str]) -> tuple[Client, str]:
    """The organisation's new client, and its secret, of which only a hash is stored."""
    secret = secrets.token_urlsafe(32)
    client = Client(id=new_id(), organisation_id=act.stream_id, name=name, secret_hash=_hash(secret), scopes=scopes)
    act.session.add(client)
    await act.record("client_created", client_id=client.id, name=client.name, scopes=client.scopes)
    return client, secret


def clients_of(organisation_id: Id) -> Select[Client]:
    """The query of an organisation's clients that were not revoked."""
    return select(Client).where(Client.organisation_id == organisation_id, Client.revoked_at.is_(None))


async def revoke(act: Act, client: Client) -> None:
    """Take the client's access away, and its tokens with it."""
    client.revoked_at = await event_log.now(act.session)
    client.version += 1
    await act.session.execute(delete(AccessToken).where(AccessToken.client_id == client.id))
    await act.record("client_revoked", client_id=client.id, name=client.name, scopes=client.scopes)


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
    """A bearer token and its scopes. Comparing the secret takes the same time whether the client exists or not."""
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
    expires_at = await event_log.now(session) + timedelta(minutes=minutes)
    session.add(AccessToken(token_hash=token_hash(token), client_id=client.id, scopes=asked, expires_at=expires_at))
    await session.flush()
    return token, asked


async def _find(session: AsyncSession, client_id: str) -> Client | None:
    client_id = client_id.strip().lower()
    if not is_id(client_id):
        return None
    query = select(Client).where(Client.id == client_id, Client.revoked_at.is_(None))
    return (await session.execute(query)).scalar_one_or_none()


def _hash(secret: str) -> bytes:
    # 256 random bits need no slow hash.
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
