"""Judges who opens a socket: by header, by the browser's cookie, or by a live token in a subprotocol. Never by URL."""

from dataclasses import dataclass
from typing import Literal

from starlette.requests import Request
from starlette.websockets import WebSocket

from app.bid.text.live import live_tokens
from app.bid.text.live.rights import Participant, Right, RightsReader
from app.platform.access.errors import NotFound, Refusal, Unauthenticated
from app.platform.access.ids import Id, is_id
from app.platform.access.standing import CLIENT_PREFIX, token_hash
from app.platform.web import guard
from app.settings import Settings

PROTOCOL = "cobid.v1"
_NOWHERE = "00000000-0000-0000-0000-000000000000"


class LiveTokenSpent(Refusal):
    kind = "unauthenticated"
    code = "live-token-spent"
    title = "This live token does not work any more"
    explanation = (
        "A live token opens one connection to one section, within a minute. Ask for a new one and connect again."
    )


@dataclass(frozen=True, slots=True)
class Admitted:
    """Who was let in, with which right, and the subprotocol that the answer names."""

    participant: Participant
    right: Right
    subprotocol: str | None


async def admit(websocket: WebSocket, rights: RightsReader, settings: Settings) -> Admitted:
    """Judges a handshake in the order of the contract: 401, then 404. Raises `Refusal`."""
    proposal_id = websocket.path_params["proposal_id"].lower()
    section_id = websocket.path_params["section_id"].lower()
    known = bool(is_id(proposal_id) and is_id(section_id))
    how, hashed = await _sign_in(websocket, rights, settings, section_id if known else None)
    found = await rights.find(how, hashed, proposal_id if known else _NOWHERE)
    if found.actor is None:
        raise Unauthenticated
    if not known:
        raise NotFound
    actor = found.actor
    participant = Participant(section_id, proposal_id, actor.person_id, actor.session_id, how, hashed, actor.name)
    right = await rights.right_of(participant)
    if not right.read:
        raise NotFound
    return Admitted(participant, right, PROTOCOL if PROTOCOL in websocket.scope.get("subprotocols", []) else None)


async def _sign_in(
    websocket: WebSocket, rights: RightsReader, settings: Settings, section_id: Id | None
) -> tuple[Literal["session", "client"], bytes]:
    """The kind and the hash of the token by which the handshake is signed in."""
    offered = [name for name in websocket.scope.get("subprotocols", []) if live_tokens.is_live_token(name)]
    if offered:
        hashed = await live_tokens.spend(rights.run, offered[0], section_id or _NOWHERE)
        if hashed is None:
            raise LiveTokenSpent
        return "session", hashed
    scheme = "https" if websocket.url.scheme == "wss" else "http"
    request = Request({**websocket.scope, "type": "http", "method": "GET", "scheme": scheme})
    token, by_cookie = guard.token_of(request, settings)
    if token is None:
        raise Unauthenticated
    if by_cookie:
        guard.check_origin(request, settings)
    return ("client" if token.startswith(CLIENT_PREFIX) else "session"), token_hash(token)
