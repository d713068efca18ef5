"""Entity tags: `"<version>"`, or `"<version>.<variant>"` for an answer that holds more than its own fields."""

import re

from starlette.requests import Request

from app.platform.access.errors import IfMatchRequired, StaleVersion

_STRONG = re.compile(r'"(0|[1-9]\d{0,9})(?:\.[A-Za-z0-9_-]+)?"', re.ASCII)


def tag(version: int, variant: str | None = None) -> str:
    return f'"{version}.{variant}"' if variant else f'"{version}"'


def expected_version(request: Request) -> int:
    """The version that If-Match names. Missing or `*` is 428; weak, malformed or several is 412."""
    header = request.headers.get("if-match", "").strip()
    if not header or header == "*":
        raise IfMatchRequired
    match = _STRONG.fullmatch(header)
    if not match:
        raise StaleVersion('If-Match must hold the one strong ETag that you read, such as "3".')
    return int(match[1])


def not_modified(request: Request, etag: str) -> bool:
    """Whether If-None-Match already names this answer (weak comparison, RFC 9110 section 13.1.2)."""
    header = request.headers.get("if-none-match")
    if header is None:
        return False
    if header.strip() == "*":
        return True
    return any(part.strip().removeprefix("W/") == etag for part in header.split(","))
