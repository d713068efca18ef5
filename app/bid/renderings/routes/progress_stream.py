"""The progress of a long rendering as server-sent events: `progress`, then `done` or `failed`, and the stream ends.

The framework encodes the events (`fastapi.sse`). Its routes either always stream or never do, and ours answer with the
file too, so the response is made here. A stream holds no database connection.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from typing import Any

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.bid.renderings.making import Renderings
from app.bid.renderings.progress import DONE, OpenStreams, Progress, follow
from app.platform.access.errors import Refusal
from app.platform.access.ids import Id
from app.platform.web.context import Context
from app.platform.web.faults import unavailable
from app.platform.web.problems import problem, server_error
from app.platform.web.replies import NO_STORE

ENDS = ("done", "failed")
SLACK = 30
"""Seconds after a stream's time until it is cut off, where its reader no longer takes anything."""
DOCUMENTED: dict[str, dict[str, Any]] = {
    "text/event-stream": {
        "schema": {
            "type": "string",
            "description": "With `Accept: text/event-stream`: events `progress` (the fields of 202 without `status`), "
            "then `done` with the `location` of the file, or `failed` with the problem.",
        },
        "example": 'event: progress\ndata: {"stage":"laying_out","pages_estimated":120,"seconds":2,"waiting_before":0}'
        '\n\nevent: done\ndata: {"location":"/v1/proposals/…/document.pdf?rendering=…"}\nid: done\n\n',
    }
}


def wanted(request: Request) -> bool:
    return any(
        part.split(";")[0].strip().lower() == "text/event-stream"
        for part in request.headers.get("accept", "").split(",")
    )


def location(request: Request, key: str) -> str:
    url = request.url.include_query_params(rendering=key)
    return f"{url.path}?{url.query}"


async def stream_if_begun(here: Context, renderings: Renderings, proposal_id: Id, key: str) -> Response | None:
    """The stream; None where the rendering is not there and no process works on it."""
    try:
        begun = await renderings.look(proposal_id, key) is not None
    except Refusal:
        begun = True  # it failed, and the stream says why
    return stream(here, renderings, proposal_id, key) if begun else None


def stream(here: Context, renderings: Renderings, proposal_id: Id, key: str) -> Response:
    """The stream; 204 for a browser that opens it again after its end, since otherwise it would ask for ever."""
    request = here.request
    if request.headers.get("last-event-id") in ENDS:
        return Response(status_code=204, headers=NO_STORE)
    who = here.person.person_id or here.person.client_id or ""
    renderings.streams.check(who)
    longest = here.settings.progress_seconds
    stopping = getattr(request.app.state, "stopping", lambda: False)

    async def events() -> AsyncIterator[bytes]:
        try:
            async for found in follow(lambda: renderings.look(proposal_id, key), longest=longest, stopping=stopping):
                yield _event(found, location(request, key))
        except Exception as error:
            yield _failed(request, error)

    return _Stream(events(), renderings.streams, who, longest + SLACK)


class _Stream(EventSourceResponse):
    """It is counted while it is open, ends when its reader goes away, and is cut off after `longest` seconds."""

    def __init__(self, events: AsyncIterator[bytes], streams: OpenStreams, who: Id, longest: float) -> None:
        # Nginx and its like would hold events back until a buffer is full.
        super().__init__(events, headers={**NO_STORE, "X-Accel-Buffering": "no"})
        self._streams = streams
        self._who = who
        self._longest = longest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._streams.begin(self._who)
        try:
            async with asyncio.timeout(self._longest):
                await super().__call__(scope, receive, send)
        finally:
            self._streams.end(self._who)


def _event(found: Progress | str | None, where: str) -> bytes:
    if found is None:
        return KEEPALIVE_COMMENT
    if found == DONE:
        return format_sse_event(event="done", data_str=_json({"location": where}), id="done")
    assert isinstance(found, Progress)
    return format_sse_event(event="progress", data_str=_json(asdict(found)))


def _failed(request: Request, error: Exception) -> bytes:
    refusal = error if isinstance(error, Refusal) else unavailable(error, "progress")
    answer = problem(request, refusal) if refusal is not None else server_error(request, error)
    return format_sse_event(event="failed", data_str=bytes(answer.body).decode(), id="failed")


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))
