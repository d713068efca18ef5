"""Work that a change calls for, written in the change's own transaction; the worker's relay takes it from there."""

import base64
import hashlib
import secrets
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.capability import joined
from app.platform.db.tables import MailKey, OutboxRow

_NONCE = 24


async def put(session: AsyncSession, topic: str, payload: dict[str, Any]) -> None:
    """`topic` is one that a room declares handlers for; `payload` is what they need, as JSON."""
    if topic not in joined().topics:
        raise RuntimeError(f"no room declares the outbox topic {topic!r}")
    await session.execute(insert(OutboxRow).values(topic=topic, payload=payload))


async def mail(
    session: AsyncSession, to: str, template: str, language: str = "en", *, token: str | None = None, **values: Any
) -> None:
    """A mail to `to`, written from `template` (app/platform/worker/mails) when it is sent; it delays no request.

    Its `token` waits hidden: whoever reads the queue, a log of it or one table of a backup cannot use it.
    """
    payload = {"to": to, "template": template, "language": language, "values": values}
    if token is not None:
        payload["hidden_token"] = hide(await token_key(session), token)
    await put(session, "mail", payload)


async def values_of(session: AsyncSession, payload: dict[str, Any]) -> dict[str, Any]:
    """What the mail of this payload is written from. Versions before put the token in clear among the values."""
    values: dict[str, Any] = payload["values"]
    hidden = payload.get("hidden_token")
    return values if hidden is None else {**values, "token": show(await token_key(session), hidden)}


async def token_key(session: AsyncSession) -> bytes:
    """What tokens and secrets are hidden with that have to be shown again."""
    return (await session.execute(select(MailKey.key).where(MailKey.name == "tokens"))).scalar_one()


def hide(key: bytes, token: str) -> str:
    """SHAKE256 over the key and a fresh nonce is the stream. A token that was changed is no token, so nothing proves it."""
    nonce = secrets.token_bytes(_NONCE)
    return base64.urlsafe_b64encode(nonce + _mixed(key, nonce, token.encode())).decode()


def show(key: bytes, hidden: str) -> str:
    content = base64.urlsafe_b64decode(hidden)
    return _mixed(key, content[:_NONCE], content[_NONCE:]).decode()


def _mixed(key: bytes, nonce: bytes, content: bytes) -> bytes:
    stream = hashlib.shake_256(key + nonce).digest(len(content))
    return bytes(a ^ b for a, b in zip(content, stream, strict=True))
