"""Answers: a schema as JSON bytes with its headers; a list; stored bytes; 304 where the reader has it already."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from app.platform.web import etag, paging

Shown = TypeVar("Shown", bound=BaseModel)
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}
NO_STORE = {"Cache-Control": "no-store"}


def reply(
    request: Request,
    out: BaseModel,
    *,
    status: int = 200,
    version: int | None = None,
    variant: str | None = None,
    location: str | None = None,
    secret: bool = False,
) -> Response:
    """`out` as JSON. Its `version` (or the one given) makes the ETag; a read that names it gets 304."""
    headers = dict(NO_STORE if secret else PRIVATE)
    version = version if version is not None else getattr(out, "version", None)
    if version is not None:
        headers["ETag"] = etag.tag(version, variant)
        if request.method == "GET" and etag.not_modified(request, headers["ETag"]):
            return Response(status_code=304, headers=headers)
    if location is not None:
        headers["Location"] = location
    return Response(out.model_dump_json().encode(), status, headers, "application/json")


def digest(out: BaseModel) -> str:
    """The variant of an ETag that changes when, and only when, the answer does."""
    return hashlib.sha256(out.model_dump_json().encode()).hexdigest()[:16]


def digest_of(could: Sequence[str]) -> str:
    """The variant for what a reader can do with a thing, which its version does not count."""
    return hashlib.sha256(" ".join(could).encode()).hexdigest()[:8]


def reply_list(request: Request, items: Sequence[BaseModel], next_cursor: str | None = None) -> Response:
    """`{"items": […], "next_cursor": …}` with the Link header."""
    body = b'{"items":[' + b",".join(item.model_dump_json().encode() for item in items) + b'],"next_cursor":'
    return Response(
        body + json.dumps(next_cursor).encode() + b"}",
        headers={**PRIVATE, **paging.link(request, next_cursor)},
        media_type="application/json",
    )


def reply_part(
    request: Request, items: Iterable[Shown], limit: int, cursor: str | None, key: Callable[[Shown], str]
) -> Response:
    """A page of a short list that is in memory whole, in the order of `key`."""
    page, next_cursor = paging.part(items, limit, cursor, key)
    return reply_list(request, page, next_cursor)


def reply_list_bytes(request: Request, rows: Sequence[tuple[Any, str]], limit: int) -> Response:
    """A page from up to `limit` + 1 rows of (key, JSON text) that PostgreSQL has built. A key of several parts is a tuple."""
    shown, next_cursor = paging.cut(rows, limit, lambda row: row[0] if isinstance(row[0], tuple) else (row[0],))
    body = '{"items":[' + ",".join(item for _, item in shown) + '],"next_cursor":' + json.dumps(next_cursor) + "}"
    return Response(
        body.encode(), headers={**PRIVATE, **paging.link(request, next_cursor)}, media_type="application/json"
    )


def reply_bytes(
    request: Request, content: bytes, *, tag: str | None = None, media: str = "application/json", **headers: str
) -> Response:
    """Bytes that are JSON (or a file) already."""
    made = {**PRIVATE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    if tag is not None:
        made["ETag"] = tag
        if request.method == "GET" and etag.not_modified(request, tag):
            return Response(status_code=304, headers=made)
    return Response(content, headers=made, media_type=media)


def gone() -> Response:
    """204: deleted."""
    return Response(status_code=204, headers=PRIVATE)
