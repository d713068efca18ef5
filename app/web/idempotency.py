"""Idempotency-Key: the same key, actor, path and body gives the first answer again, for a day.

The answer is kept in the transaction of the effect, so there is never one without the other. A refusal is kept in
a transaction of its own; server errors never are. A key that is still at work is 409, by an advisory lock.
"""

import hashlib
import json
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from app.db.models.log import KeptAnswer
from app.domain.access import Actor
from app.domain.errors import Conflict, Invalid

KEPT_HEADERS = ("location", "etag", "content-type", "cache-control", "link")


class StillRunning(Conflict):
    code = "request-still-running"
    title = "The same request is still at work"
    explanation = "A request with this Idempotency-Key has not finished. Wait a moment, then send it again."


class KeyReused(Invalid):
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for something else"
    explanation = "The key belongs to a request with another body. Use a new key for a new request."


def scope_of(request: Request, key: str, actor: Actor | None) -> bytes:
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise Invalid.at("/header/Idempotency-Key", "bad-idempotency-key", "A key has 1 to 255 printable characters.")
    who = (actor.person_id or actor.client_id) if actor else "nobody"
    return hashlib.sha256(json.dumps([who, request.method, request.url.path, request.url.query, key]).encode()).digest()


async def claim(session: AsyncSession, scope: bytes, body: bytes) -> Response | None:
    """The kept answer, or None once this request holds the key for its transaction."""
    number = int.from_bytes(scope[:8], "big", signed=True)
    if not (await session.execute(select(func.pg_try_advisory_xact_lock(number)))).scalar_one():
        raise StillRunning(retry_after=1)
    kept = (await session.execute(select(KeptAnswer).where(KeptAnswer.scope == scope))).scalar_one_or_none()
    if kept is None:
        return None
    if kept.body_hash != hashlib.sha256(body).digest():
        raise KeyReused
    return Response(kept.body, kept.status, {**kept.headers, "Idempotency-Replayed": "true"})


async def keep(session: AsyncSession, scope: bytes, body: bytes, answer: Response, secrets: tuple[str, ...]) -> None:
    """Keep this answer; members named in `secrets` are left out of what is replayed."""
    content = bytes(answer.body)
    if secrets:
        content = _without(content, secrets)
    headers = {name: value for name, value in answer.headers.items() if name in KEPT_HEADERS}
    row = {
        "scope": scope,
        "body_hash": hashlib.sha256(body).digest(),
        "status": answer.status_code,
        "headers": headers,
        "body": content,
    }
    await session.execute(insert(KeptAnswer).values(**row))


def _without(content: bytes, secrets: tuple[str, ...]) -> bytes:
    shown: dict[str, Any] = json.loads(content)
    return json.dumps(
        {name: value for name, value in shown.items() if name not in secrets}, ensure_ascii=False
    ).encode()
