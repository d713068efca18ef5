"""A refusal, or what pydantic found wrong, as the members of an RFC 9457 problem.

Nothing here answers a request, so a service may use it: a decision keeps the problem of a request that it could not
carry out. `STATUS` is the only place that turns a kind of refusal into an HTTP status.
"""

from collections.abc import Mapping
from typing import Any

from app.platform.access.errors import Fault, Kind, Refusal

STATUS: Mapping[Kind, int] = {
    "unreadable": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "hidden": 404,
    "timeout": 408,
    "conflict": 409,
    "stale": 412,
    "too-large": 413,
    "media-type": 415,
    "misdirected": 421,
    "invalid": 422,
    "precondition-required": 428,
    "too-many": 429,
    "unavailable": 503,
    "method": 405,
    "fault": 500,
}


def members_of(refusal: Refusal) -> dict[str, Any]:
    """The refusal's own members of a problem, which are the same whatever request was refused."""
    return {
        "type": f"/problems/{refusal.code}",
        "title": refusal.title,
        "status": STATUS[refusal.kind],
        "detail": refusal.detail,
        "errors": [_entry(fault) for fault in refusal.errors],
        **getattr(refusal, "members", {}),
    }


def _entry(fault: Fault) -> dict[str, str]:
    out = {"pointer": fault.pointer, "code": fault.code, "detail": fault.detail}
    if fault.organisation_id:
        out["organisation_id"] = fault.organisation_id
    return out


def fault_of(found: Mapping[str, Any], below: str = "") -> Fault:
    """One of pydantic's findings (`ValidationError.errors()`) in plain words, with its pointer below `below`."""
    steps = (str(step).replace("~", "~0").replace("/", "~1") for step in found["loc"])
    return Fault(below + "".join(f"/{step}" for step in steps), found["type"].replace("_", "-"), _words(found))


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
"""By pydantic's type of error: its words for programmers, in plain words for people who fill in a form."""
