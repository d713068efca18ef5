"""Refusals as RFC 9457 problems: the only place that turns a kind of refusal into an HTTP status."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import Response

from app.platform.access.errors import REFUSALS, Fault, Invalid, Kind, Refusal

log = structlog.get_logger("cobid.web")
STATUS: Mapping[Kind, int] = {
    "unreadable": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "hidden": 404,
    "conflict": 409,
    "stale": 412,
    "too-large": 413,
    "media-type": 415,
    "invalid": 422,
    "precondition-required": 428,
    "too-many": 429,
    "unavailable": 503,
    "method": 405,
    "fault": 500,
}
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
        **facts_of(refusal),
        "status": status,
        "instance": request.url.path,
        "request_id": request.scope.get("request_id", ""),
        **extra,
    }
    headers = {"Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="cobid"'
    if refusal.retry_after is not None or status in (429, 503):
        headers["Retry-After"] = str(refusal.retry_after or 1)
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Response(content, status, headers, MEDIA_TYPE)


def server_error(request: Request, error: Exception) -> Response:
    """The answer to a fault of ours: the log has the fault, the answer only the number to find it by."""
    log.error("server-error", request_id=request.scope.get("request_id"), exc_info=error)
    return problem(request, ServerError())


def facts_of(refusal: Refusal) -> dict[str, Any]:
    """A refusal's own members of a problem: what stands in an answer, and beside a decision that could not be done."""
    return {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": STATUS[refusal.kind],
        "detail": refusal.detail,
        "errors": [_fault(fault) for fault in refusal.errors],
        **getattr(refusal, "members", {}),
    }


def _fault(fault: Fault) -> dict[str, str]:
    out = {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
    if fault.organisation_id:
        out["organisation_id"] = fault.organisation_id
    return out


def from_validation(error: RequestValidationError) -> Invalid:
    """Pydantic's findings as faults: a pointer into the body, or `/query/<name>`, and plain words."""
    faults = []
    for found in error.errors():
        where, *path = found["loc"]
        steps = path if where == "body" else [where, *path]
        pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
        faults.append(Fault(pointer, found["type"].replace("_", "-"), _words(found)))
    return Invalid(errors=faults)


def _words(found: Mapping[str, Any]) -> str:
    kind, context = found["type"], found.get("ctx") or {}
    if kind == "missing":
        return "This is needed. Add it and send the request again."
    if kind == "extra_forbidden":
        return "This field is not known here. Check its name, or leave it out."
    if kind == "value_error":
        return str(context.get("error", found["msg"]))
    if kind in ("enum", "literal_error"):
        return f"This must be one of: {str(context.get('expected', '')).replace(chr(39), '')}."
    if kind == "string_too_short" and context["min_length"] == 1:
        return "This must not be empty."
    if words := _PLAIN.get(kind):
        return words.format(**context)
    return str(found["msg"]).rstrip(".") + "."


_WHEN = "This must be a date and time with its time zone, such as 2027-03-31T12:00:00Z."
_DAY = "This must be a date, such as 2027-03-31."
_PLAIN = {
    "string_too_short": "This must have at least {min_length} characters.",
    "string_too_long": "This is too long: it may have at most {max_length} characters.",
    "too_short": "Too few are given: at least {min_length}.",
    "too_long": "Too many are given: at most {max_length}.",
    "string_type": "This must be a text.",
    "int_type": "This must be a whole number.",
    "int_parsing": "This must be a whole number.",
    "int_from_float": "This must be a whole number.",
    "bool_type": "This must be true or false.",
    "bool_parsing": "This must be true or false.",
    "list_type": "This must be a list.",
    "dict_type": "This must be an object with named fields.",
    "model_type": "This must be an object with named fields.",
    "model_attributes_type": "This must be an object with named fields.",
    "greater_than": "This must be more than {gt}.",
    "greater_than_equal": "This must be at least {ge}.",
    "less_than": "This must be less than {lt}.",
    "less_than_equal": "This must be at most {le}.",
    "datetime_type": _WHEN,
    "datetime_parsing": _WHEN,
    "datetime_from_date_parsing": _WHEN,
    "timezone_aware": _WHEN,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
}
"""What pydantic says for programmers, for the people who fill in a form."""


def known_problems() -> dict[str, type[Refusal]]:
    return dict(sorted(REFUSALS.items()))
