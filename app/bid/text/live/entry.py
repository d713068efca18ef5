"""Who comes in by the socket: by header, by the browser's cookie, or by a live token in a subprotocol. Never by URL.

A live token is for browsers that talk to another origin, and for y-websocket's `protocols` option: made over HTTP by
somebody signed in, kept as its hash, used up by the first connection, gone after a minute.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request
from starlette.websockets import WebSocket

from app.bid.text.live.authority import Right, Seat
from app.bid.text.live.judging import Judging
from app.platform.access import standing as q
from app.platform.access.errors import NotFound, Refusal, Unauthenticated
from app.platform.access.ids import Id, is_id
from app.platform.web import guard
from app.settings import Settings

PROTOCOL = "cobid.v1"
TOKEN_PREFIX = "cobid_l_"  # noqa: S105 - the public mark of such tokens, no secret
_TOKEN = re.compile(TOKEN_PREFIX + r"[A-Za-z0-9_-]{20,100}")

_MINT = text(
    "INSERT INTO live_tokens (token_hash, section_id, person_id, session_id, expires_at) "
    "VALUES (:hash, CAST(:section AS uuid), CAST(:person AS uuid), CAST(:session AS uuid), "
    "clock_timestamp() + make_interval(secs => :seconds)) RETURNING expires_at"
)
_SWEEP = text("DELETE FROM live_tokens WHERE expires_at < clock_timestamp()")
_SPEND = """
WITH spent AS (DELETE FROM live_tokens WHERE token_hash = $1 RETURNING section_id, session_id, expires_at)
SELECT s.token_hash FROM spent JOIN sessions s ON s.id = spent.session_id
WHERE spent.section_id = $2 AND spent.expires_at > clock_timestamp()
"""


@dataclass(frozen=True, slots=True)
class Entered:
    seat: Seat
    right: Right
    subprotocol: str | None


async def mint(session: AsyncSession, section_id: Id, person_id: Id, session_id: Id, seconds: int) -> tuple[str, str]:
    """A new live token and when it ends (RFC 3339)."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    await session.execute(_SWEEP)
    ends = await session.execute(
        _MINT,
        {
            "hash": q.token_hash(token),
            "section": section_id,
            "person": person_id,
            "session": session_id,
            "seconds": seconds,
        },
    )
    return token, ends.scalar_one().isoformat()


async def enter(websocket: WebSocket, judging: Judging, settings: Settings) -> Entered:
    """Judges a handshake in the order of the contract: 401, then 404. Raises `Refusal`."""
    proposal_id = websocket.path_params["proposal_id"].lower()
    section_id = websocket.path_params["section_id"].lower()
    known = bool(is_id(proposal_id) and is_id(section_id))
    how, hashed = await _sign_in(websocket, judging, settings, section_id if known else None)
    found = await judging.find(how, hashed, proposal_id if known else _NOWHERE)
    if found.actor is None:
        raise Unauthenticated
    if not known:
        raise NotFound
    seat = Seat(section_id, proposal_id, found.actor.person_id, found.actor.session_id, how, hashed)
    right = await judging.right_of(seat)
    if not right.read:
        raise NotFound
    return Entered(seat, right, PROTOCOL if PROTOCOL in websocket.scope.get("subprotocols", []) else None)


_NOWHERE = "00000000-0000-0000-0000-000000000000"


async def _sign_in(
    websocket: WebSocket, judging: Judging, settings: Settings, section_id: Id | None
) -> tuple[Literal["session", "client"], bytes]:
    """The kind and hash of the token that stands behind the handshake."""
    offered = [name for name in websocket.scope.get("subprotocols", []) if _TOKEN.fullmatch(name)]
    if offered:
        row = await judging.row(_SPEND, q.token_hash(offered[0]), section_id or _NOWHERE)
        if row is None:
            raise LiveTokenSpent
        return "session", row[0]
    scheme = "https" if websocket.url.scheme == "wss" else "http"
    request = Request({**websocket.scope, "type": "http", "method": "GET", "scheme": scheme})
    token, by_cookie = guard.token_of(request, settings)
    if token is None:
        raise Unauthenticated
    if by_cookie:
        guard.check_origin(request, settings)
    return ("client" if token.startswith(q.CLIENT_PREFIX) else "session"), q.token_hash(token)


class LiveTokenSpent(Refusal):
    kind = "unauthenticated"
    code = "live-token-spent"
    title = "This live token does not work any more"
    explanation = (
        "A live token opens one connection to one section, within a minute. Ask for a new one and connect again."
    )
