"""Live editing over HTTP and WebSocket."""

import json
from typing import Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.routing import WebSocketRoute
from starlette.types import Message
from starlette.websockets import WebSocket

from app.bid.text.live import handshake, live_tokens, metrics
from app.bid.text.live.lifespan import Live
from app.bid.text.live.socket import Socket
from app.platform.access.errors import Refusal
from app.platform.web.context import Here
from app.platform.web.edge import Options, Router
from app.platform.web.problems import STATUS
from app.platform.web.replies import reply

router = Router(tags=["sections"])
PATH = "/v1/proposals/{proposal_id}/sections/{section_id}/live"


class LiveTokenOut(BaseModel):
    """Offer the subprotocols `cobid.v1` and the token, in that order, when you open the socket."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "token": "cobid_l_5Xk0...",
                "expires_at": "2026-11-23T18:00:00+00:00",
                "protocols": ["cobid.v1", "cobid_l_5Xk0..."],
            }
        }
    )
    token: str = Field(description="Opens one connection to this section. Shown once.")
    expires_at: str
    protocols: list[str] = Field(description="What y-websocket's option `protocols` takes.")


@router.post(
    "/proposals/{proposal_id}/sections/{section_id}/live-token",
    status_code=201,
    response_model=LiveTokenOut,
    summary="A token for one live connection",
    edge=Options(retries=False, secrets=("token", "protocols")),
)
async def create_live_token(here: Here, proposal_id: str, section_id: str) -> Response:
    """For the section's live socket, from where no header can be sent. Single use, and it ends after a minute."""
    person_id = here.person_id
    session_id = here.person.session_id or ""
    token, expires_at = await live_tokens.mint(
        here.session, here.path["section_id"], person_id, session_id, here.settings.live_token_seconds
    )
    out = LiveTokenOut(token=token, expires_at=expires_at.isoformat(), protocols=[handshake.PROTOCOL, token])
    return reply(here.request, out, status=201, secret=True)


class LiveSocket:
    """The WebSocket of a section, as a plain ASGI application, because Starlette's wrappers would slow each frame."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        websocket = WebSocket(scope, receive, send)
        live: Live = websocket.app.state.live
        try:
            admitted = await handshake.admit(websocket, live.rights, websocket.app.state.settings)
        except Refusal as refusal:
            metrics.refused.labels("handshake").inc()
            await _deny(websocket, refusal)
            return
        if (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept", "subprotocol": admitted.subprotocol, "headers": []})
        socket = Socket(receive, send, admitted.participant, admitted.right, live.limits)
        await live.hub.serve(socket)
        await socket.finish()


async def _deny(websocket: WebSocket, refusal: Refusal) -> None:
    """Answers the handshake with a problem, as every refusal is answered."""
    status = STATUS[refusal.kind]
    body = {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": status,
        "detail": refusal.detail,
        "instance": websocket.url.path,
        "errors": [],
    }
    message: Message = {
        "type": "websocket.http.response.start",
        "status": status,
        "headers": [(b"content-type", b"application/problem+json"), (b"cache-control", b"no-store")],
    }
    await websocket.receive()
    if "websocket.http.response" not in websocket.scope.get("extensions", {}):
        await websocket.close(4000 + status, refusal.title)
        return
    await websocket._send(message)
    await websocket._send({"type": "websocket.http.response.body", "body": json.dumps(body).encode()})


router.routes.append(WebSocketRoute(PATH, LiveSocket(), name="live_section"))
