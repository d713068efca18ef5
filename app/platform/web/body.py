"""Reading a JSON body strictly: size, time, media type, UTF-8, syntax, nesting, and text that PostgreSQL can hold."""

import asyncio
import json
import math
import re
import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any, NoReturn

from starlette.requests import Request

from app.platform.access.errors import Fault, Invalid
from app.platform.web.half_sent import PATIENCE, Seat
from app.platform.web.problems import BodyTooLarge, BodyTooSlow, MediaTypeNotSupported, Unreadable

BYTES_PER_SECOND = 100_000
"""A body that comes at this speed or faster is never too slow."""
JSON_TYPES = ("application/json", "application/merge-patch+json")
_CHARSET = re.compile(r'(?:^|[;\s])charset="?([^";\s]{0,40})', re.IGNORECASE)
_AS_UTF_8 = ("utf-8", "utf8", "us-ascii")
"""Charsets whose bytes are UTF-8."""


def check_media_type(request: Request, accepted: tuple[str, ...] = JSON_TYPES) -> str:
    """The body's media type; 415 where it is none of these."""
    kind, _, rest = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    if kind not in accepted:
        raise MediaTypeNotSupported(f"Send the body as {' or '.join(accepted)}, named in the header Content-Type.")
    if kind in JSON_TYPES and (named := _CHARSET.search(rest)) and named[1].lower() not in _AS_UTF_8:
        raise MediaTypeNotSupported(
            "JSON is sent in UTF-8 here. Send it so, and without another charset in Content-Type."
        )
    return kind


def check_declared_size(request: Request, limit: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        _too_large(limit)


def is_announced(request: Request) -> bool:
    """Whether the headers say that there is a body."""
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


async def chunks(request: Request) -> AsyncGenerator[bytes, None]:
    """The body as it comes; 408 where that takes longer than BODY_SECONDS and a second for each 100 kB that came, 429 where
    too many others of the same sender are on their way (HALF_SENT).

    Whoever reads holds neither a lock nor a connection to the database meanwhile.
    """
    seconds: float = request.app.state.settings.body_seconds
    began, size, more = asyncio.get_running_loop().time(), 0, True
    with Seat(request) as seat:
        while more:
            until = began + seconds + size / BYTES_PER_SECOND
            try:
                async with asyncio.timeout_at(until if seat.taken else min(until, began + PATIENCE)):
                    message = await request.receive()
            except TimeoutError as error:
                if seat.taken or asyncio.get_running_loop().time() >= until:
                    raise BodyTooSlow from error
                seat.take()
                continue
            if message["type"] == "http.disconnect":
                raise Unreadable("The connection ended before the body did.")
            chunk: bytes = message.get("body", b"")
            size, more = size + len(chunk), message.get("more_body", False)
            yield chunk


def encoding(request: Request) -> str:
    """'gzip', or '' for a body as it is; 415 for any other Content-Encoding."""
    named = request.headers.get("content-encoding", "").strip().lower()
    if named not in ("", "identity", "gzip", "x-gzip"):
        raise MediaTypeNotSupported("Send the body as it is, or packed with gzip (Content-Encoding: gzip).")
    return "gzip" if named.endswith("gzip") else ""


def check_not_packed(request: Request) -> None:
    if encoding(request):
        raise MediaTypeNotSupported("Send the file as it is, without a Content-Encoding.")


async def read(request: Request, limit: int) -> bytes:
    """The whole body, unpacked where it is sent as gzip; never more than `limit` bytes of it in memory."""
    packed = encoding(request)
    content = await _received(request, limit)
    return await asyncio.to_thread(_unpacked, content, limit) if packed else content


def _unpacked(content: bytes, limit: int) -> bytes:
    """What was packed, as far as `limit` allows: nothing beyond it is ever unpacked."""
    made, rest = bytearray(), content
    while rest:
        member = zlib.decompressobj(wbits=31)
        try:
            made += member.decompress(rest, limit + 1 - len(made))
        except zlib.error:
            raise Unreadable("The body is not gzip, as its Content-Encoding says, or it is damaged.") from None
        if len(made) > limit:
            _too_large(limit)
        if not member.eof:
            raise Unreadable("The packed body ends in the middle. Send it again, whole.")
        rest = member.unused_data
    return bytes(made)


async def _received(request: Request, limit: int) -> bytes:
    check_declared_size(request, limit)
    content = bytearray()
    async with aclosing(chunks(request)) as arriving:
        async for chunk in arriving:
            if len(content) + len(chunk) > limit:
                _too_large(limit)
            content += chunk
    return bytes(content)


def _too_large(limit: int) -> NoReturn:
    raise BodyTooLarge(f"This takes at most {limit:,} bytes. Send less at once.")


def parse(content: bytes, depth: int) -> Any:
    """JSON by RFC 8259, without what it leaves open: no repeated names, no NaN, bounded nesting, clean text."""
    try:
        text = content.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
    except UnicodeDecodeError as error:
        raise Unreadable(f"The body is not UTF-8 at byte {error.start}.") from error
    except RecursionError as error:
        raise Unreadable("The body is nested too deeply to read.") from error
    except json.JSONDecodeError as error:
        raise Unreadable(f"Reading stopped at line {error.lineno}, column {error.colno}: {error.msg}.") from error
    except ValueError as error:
        raise Unreadable(f"Reading stopped: {error}.") from error
    faults = list(_faults(value, "", depth))
    if faults:
        raise Invalid(errors=faults)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("an object has the same name twice")
    return made


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _faults(value: Any, pointer: str, depth: int) -> Iterator[Fault]:
    if depth < 0:
        raise Unreadable("The body is nested too deeply.")
    if isinstance(value, str):
        if "\x00" in value or not _encodable(value):
            yield Fault(
                pointer, "text-not-storable", "This text holds a character that is not text (NUL or half a pair)."
            )
    elif isinstance(value, float) and not math.isfinite(value):
        yield Fault(pointer, "number-too-large", "This number is too large.")
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _faults(name, pointer, depth - 1)
            yield from _faults(inner, f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}", depth - 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _faults(inner, f"{pointer}/{index}", depth - 1)


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
