"""Outermost: a request id, the standing headers, and one structured line for each request. Plain ASGI, to be quick."""

import re
import time
from functools import cache

import structlog
import uuid_utils
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.platform.access.permissions import PERMISSIONS

log = structlog.get_logger("cobid.request")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,100}", re.ASCII)
_STANDING = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
]
REQUESTS = Counter("cobid_requests_total", "Requests answered", ["method", "operation", "status"])
SECONDS = Histogram("cobid_request_seconds", "Time to answer", ["operation"])
TOGETHER = "within_bids"
"""One bucket for what is read in bids and for what is written there unseen: whatever its name and its status was. A page's
route says `within_bids` of itself."""


@cache
def _requests(method: str, operation: str, status: str) -> Counter:
    return REQUESTS.labels(method, operation, status)


@cache
def _seconds(operation: str) -> Histogram:
    return SECONDS.labels(operation)


class Envelope:
    """Gives each request its id (the caller's, when it is a plain one) and logs it: never a body, never a token."""

    def __init__(self, app: ASGIApp, debug: bool = False) -> None:
        self.app = app
        self.debug = debug

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}  # the server, whose scope stays as it was, leaves the body out
        scope["request_id"] = request_id
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                own = {name for name, _ in message["headers"]}
                standing = [header for header in _STANDING if header[0] not in own]
                message["headers"] = [*message["headers"], *standing, (b"x-request-id", request_id.encode())]
            await send(message)

        try:
            await self.app(scope, receive, sending)
        finally:
            _note(scope, request_id, status, time.perf_counter() - started)


def _request_id(scope: Scope) -> str:
    given = next((value for name, value in scope["headers"] if name == b"x-request-id"), b"").decode("latin-1")
    return given if _GIVEN.fullmatch(given) else str(uuid_utils.uuid7())


def _note(scope: Scope, request_id: str, status: int, seconds: float) -> None:
    route = scope.get("route")
    operation, path = getattr(route, "name", None) or "none", getattr(route, "path", None) or "unknown"
    context = scope.get("cobid.context")
    actor = getattr(context, "actor", None)
    rule = PERMISSIONS.get(operation)
    if rule is not None and rule.confided:
        operation, path, actor = "confided", "", None
    if not getattr(route, "within_bids", False) and (rule is None or rule.counted_apart):
        _requests(scope["method"], operation, str(status)).inc()
        _seconds(operation).observe(seconds)
    else:
        _requests("any", TOGETHER, "any").inc()
        _seconds(TOGETHER).observe(seconds)
    log.info(
        "request",
        request_id=request_id,
        method=scope["method"],
        operation=operation,
        path=path,
        status=status,
        milliseconds=round(seconds * 1000, 1),
        actor=(actor.person_id or actor.client_id) if actor else None,
    )
