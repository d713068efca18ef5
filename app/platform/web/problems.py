"""Refusals as answers: RFC 9457 problems."""

import json
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.platform.access.errors import REFUSALS, Invalid, Refusal, TooMany
from app.platform.access.problem_members import STATUS as STATUS
from app.platform.access.problem_members import fault_of, members_of
from app.platform.words.catalogue import FIRST

log = structlog.get_logger("cobid.web")
MEDIA_TYPE = "application/problem+json"


class Unreadable(Refusal):
    kind = "unreadable"
    code = "malformed-json"
    title = "The body is not valid JSON"
    explanation = "Send a JSON document in UTF-8. 'detail' says where reading stopped."


class MediaTypeNotSupported(Refusal):
    kind = "media-type"
    code = "unsupported-media-type"
    title = "This kind of body is not understood here"
    explanation = "Send JSON with the header 'Content-Type: application/json' (or what the documentation names)."


class BodyTooLarge(Refusal):
    kind = "too-large"
    code = "body-too-large"
    title = "The body is too large"
    explanation = "Send less at once. The limits are in the documentation and in the service's settings."


class BodyTooSlow(Refusal):
    kind = "timeout"
    code = "body-too-slow"
    title = "The request took too long to arrive"
    explanation = (
        "The connection sent too little for too long, so it was closed, and nothing was changed. Send the request again; "
        "if your connection is slow, send less at once."
    )


class TooManyHalfSent(TooMany):
    code = "too-many-half-sent"
    title = "Too many requests at once are still on their way"
    explanation = (
        "So many requests of one person, or from one network address, may be on their way at once whose bodies have not "
        "arrived. Nothing was changed. Let some of them arrive, then send the request again."
    )


class ServiceUnavailable(Refusal):
    kind = "unavailable"
    code = "unavailable"
    title = "The service cannot answer just now"
    explanation = "Nothing was changed. Try again after the number of seconds in the header Retry-After."


class MethodNotAllowed(Refusal):
    kind = "method"
    code = "method-not-allowed"
    title = "This address does not take that method"
    explanation = "The header Allow lists the methods that it takes."


class ServerError(Refusal):
    kind = "fault"
    code = "server-error"
    title = "Something went wrong on our side"
    explanation = "Nothing was changed. Try again; if it happens again, tell the operator the request_id."


DOCUMENTED = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
"""What the OpenAPI document says of the content of every problem."""


class ErrorOut(BaseModel):
    model_config = ConfigDict(title="ProblemError")
    pointer: str = Field(description="JSON Pointer into the request, or to the object that the entry is about.")
    code: str
    detail: str
    organisation_id: str | None = Field(None, description="The organisation that has to act, where one has to.")


class ProblemOut(BaseModel):
    """RFC 9457. `type` resolves to a page that explains it; `detail` says who must do what next."""

    model_config = ConfigDict(
        title="Problem",
        json_schema_extra={
            "example": {
                "type": "/problems/stale-version",
                "title": "Somebody changed this since you read it",
                "status": 412,
                "detail": "Read it again, look at what changed, and send your change with the new ETag in If-Match.",
                "instance": "/v1/proposals/019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11",
                "request_id": "019ab0e2-8a44-7f0e-8a53-5b0c2b8f4f55",
                "errors": [],
            }
        },
    )
    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[ErrorOut] = []


def problem(request: Request, refusal: Refusal, status: int | None = None, **extra: Any) -> Response:
    """The answer for a refusal. `extra` members stand beside the standard ones."""
    status = status or STATUS[refusal.kind]
    body: dict[str, Any] = {
        **members_of(refusal),
        "status": status,
        "instance": request.url.path,
        "request_id": request.scope.get("request_id", ""),
        **extra,
    }
    headers = {"Cache-Control": "no-store", "Content-Language": FIRST}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="cobid"'
    if isinstance(refusal, BodyTooSlow | TooManyHalfSent):
        headers["Connection"] = "close"  # the rest of that body may still come, and is no next request
    if refusal.retry_after is not None or status in (429, 503):
        headers["Retry-After"] = str(refusal.retry_after or 1)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, headers, MEDIA_TYPE)


def server_error(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours: the log has the fault, the answer only the number to find it by."""
    log.error("server-error", request_id=request.scope.get("request_id"), exc_info=error)
    return problem(request, ServerError())


def from_validation(error: RequestValidationError) -> Invalid:
    """Pydantic's findings as faults: a pointer into the body, or `/query/<name>`, and plain words."""
    faults = []
    for found in error.errors():
        where, *path = found["loc"]
        faults.append(fault_of({**found, "loc": path if where == "body" else [where, *path]}))
    return Invalid(errors=faults)


def known_problems() -> dict[str, type[Refusal]]:
    return dict(sorted(REFUSALS.items()))
