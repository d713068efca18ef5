"""Idempotency-Key: the same key, actor, path and body gives the first answer again, for a day.

The answer is kept in the transaction of the effect, so there is never one without the other. A refusal is kept in
a transaction of its own; server errors never are. A key that is still at work is 409, by an advisory lock. Whoever has
lost since what the first answer rested on does not get it again.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.responses import Response

from app.platform.access.errors import Conflict, Forbidden, Invalid
from app.platform.access.rules import Actor, Standing
from app.platform.db.tables import KeptAnswer

KEPT_HEADERS = ("location", "etag", "content-type", "cache-control", "link", "vary")
KEPT_REFUSALS = ("conflict", "invalid", "stale", "precondition-required")
"""The kinds of refusal that stay true of a request, however often it is sent."""


class StillRunning(Conflict):
    code = "request-still-running"
    title = "The same request is still at work"
    explanation = "A request with this Idempotency-Key has not finished. Wait a moment, then send it again."


class KeyReused(Invalid):
    code = "idempotency-key-reused"
    title = "This Idempotency-Key was used for something else"
    explanation = "The key belongs to a request with another body. Use a new key for a new request."


class AnsweredBefore(Exception):
    """This request was answered before, and gets that answer again."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


@dataclass(slots=True)
class Retry:
    """A request with an Idempotency-Key. `content` is what tells a repetition from another request.

    It is the body. A route that reads its body as a stream sets it, once it knows what came and before it begins.
    """

    scope: bytes
    actor: Actor | None
    content: bytes | None = None

    async def first_answer(self, session: AsyncSession) -> Response | None:
        """The kept answer, or None once this request holds the key for its transaction."""
        number = int.from_bytes(self.scope[:8], "big", signed=True)
        if not (await session.execute(select(func.pg_try_advisory_xact_lock(number)))).scalar_one():
            raise StillRunning(retry_after=1)
        query = select(KeptAnswer).where(KeptAnswer.scope == self.scope)
        kept = (await session.execute(query)).scalar_one_or_none()
        if kept is None:
            return None
        if kept.body_hash != hashlib.sha256(self.content or b"").digest():
            raise KeyReused
        self._check_still_acting(kept.headers.get("acting", {}))
        headers = {name: kept.headers[name] for name in KEPT_HEADERS if name in kept.headers}
        return Response(kept.body, kept.status, {**headers, "Idempotency-Replayed": "true"})

    async def keep(
        self, session: AsyncSession, answer: Response, secrets: tuple[str, ...] = (), standing: Standing | None = None
    ) -> None:
        """Keep this answer; members named in `secrets` are left out of what is replayed.

        `standing` names the organisations that the answer may rest on; without any, all of the actor's count.
        """
        content = bytes(answer.body)
        sides = standing.sides if standing and standing.sides else self.actor.memberships if self.actor else ()
        acting = {side.organisation_id: sorted(side.roles) for side in sides if side.organisation_id}
        row = {
            "scope": self.scope,
            "body_hash": hashlib.sha256(self.content or b"").digest(),
            "status": answer.status_code,
            "headers": {name: value for name, value in answer.headers.items() if name in KEPT_HEADERS}
            | {"acting": acting},
            "body": _without(content, secrets) if secrets else content,
        }
        await session.execute(insert(KeptAnswer).values(**row))

    def _check_still_acting(self, acting: dict[str, list[str]]) -> None:
        """Roles are lost in the meantime: what somebody did for an organisation is then not theirs to read any more."""
        now = {m.organisation_id: m.roles for m in self.actor.memberships} if self.actor else {}
        if any(org not in now or set(roles) - now[org] for org, roles in acting.items()):
            raise Forbidden(
                "What you did stands, but you do not have the role any more that you did it in. A colleague can read it."
            )


def scope_of(request: Request, key: str, actor: Actor | None) -> bytes:
    if not 1 <= len(key) <= 255 or not key.isprintable():
        raise Invalid.at("/header/Idempotency-Key", "bad-idempotency-key", "A key has 1 to 255 printable characters.")
    who = (actor.person_id or actor.client_id) if actor else "nobody"
    return hashlib.sha256(json.dumps([who, request.method, request.url.path, request.url.query, key]).encode()).digest()


def _without(content: bytes, secrets: tuple[str, ...]) -> bytes:
    shown: dict[str, Any] = json.loads(content)
    return json.dumps(
        {name: value for name, value in shown.items() if name not in secrets}, ensure_ascii=False
    ).encode()
