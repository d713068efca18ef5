"""Where each part of a JSON text begins and ends, so that a part can be stored in the very characters it came in.

Python's own scanner reads the values. Numbers with a fraction or an exponent become `Decimal`: a float would lose
pence, and turn `1e9999` into an infinity that no database takes.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

_SPACE = re.compile(r"[ \t\n\r]*")


class Span(NamedTuple):
    """A value and the characters `text[start:end]` that it was read from; `items` are those of a member's list."""

    value: Any
    start: int
    end: int
    items: tuple["Span", ...] = ()


class TooMany(ValueError):
    """A list has more items than the caller takes."""


def decode(text: str) -> Any:
    """The value of a whole JSON text. Raises JSONDecodeError, and RecursionError for some hundreds of levels."""
    start = after_space(text, 0)
    value, end = read_value(text, start)
    _nothing_after(text, end)
    return value


def outer(text: str, most: int) -> dict[str, Span] | None:
    """The members of a text that is one object; None where it is another value.

    A list among them is read item by item, so that each item has its span and other threads run in between.
    Raises JSONDecodeError, RecursionError, and TooMany at the first item of a list beyond `most`.
    """
    if not text.startswith("{", after_space(text, 0)):
        decode(text)
        return None
    found, end = _members(text, 0, most)
    _nothing_after(text, end)
    return found


def members(text: str, at: int, most: int) -> dict[str, Span]:
    """The members of the object that begins at `at`. Of a name that comes twice the last counts, as is usual."""
    return _members(text, at, most)[0]


def _members(text: str, at: int, most: int) -> tuple[dict[str, Span], int]:
    found: dict[str, Span] = {}
    position = after_space(text, _sign(text, at, "{"))
    if text[position : position + 1] == "}":
        return found, position + 1
    while True:
        if text[position : position + 1] != '"':
            raise json.JSONDecodeError("a name in quotes is expected", text, position)
        name, position = read_value(text, position)
        start = after_space(text, _sign(text, position, ":"))
        found[name] = span = _list(text, start, most) if text.startswith("[", start) else _value(text, start)
        position = after_space(text, span.end)
        if text[position : position + 1] == "}":
            return found, position + 1
        position = after_space(text, _sign(text, position, ","))


def _list(text: str, at: int, most: int) -> Span:
    found: list[Span] = []
    position = after_space(text, _sign(text, at, "["))
    if text[position : position + 1] == "]":
        return Span([], at, position + 1)
    while True:
        if len(found) == most:
            raise TooMany
        found.append(_value(text, position))
        position = after_space(text, found[-1].end)
        if text[position : position + 1] == "]":
            return Span([one.value for one in found], at, position + 1, tuple(found))
        position = after_space(text, _sign(text, position, ","))


def _value(text: str, at: int) -> Span:
    value, end = read_value(text, at)
    return Span(value, at, end)


def compact(value: Any) -> str:
    """One spelling for one content. It is for comparing, not for storing: a `Decimal` becomes a text."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)


def read_value(text: str, at: int) -> tuple[Any, int]:
    """The value that begins at `at`, and where it ends."""
    try:
        return _DECODER.raw_decode(text, at)
    except StopIteration:
        raise json.JSONDecodeError("a value is expected", text, at) from None


def after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _sign(text: str, at: int, sign: str) -> int:
    at = after_space(text, at)
    if text[at : at + 1] != sign:
        raise json.JSONDecodeError(f"“{sign}” is expected", text, at)
    return at + 1


def _nothing_after(text: str, at: int) -> None:
    if after_space(text, at) != len(text):
        raise json.JSONDecodeError("something stands after the end", text, at)


def _fraction(number: str) -> Decimal | str:
    try:
        return Decimal(number)
    except InvalidOperation:
        return number


def _integer(number: str) -> int | Decimal | str:
    return int(number) if len(number) < 40 else _fraction(number)


def _no_number(name: str) -> Any:
    raise json.JSONDecodeError(f"{name} is not a JSON number", name, 0)


_DECODER = json.JSONDecoder(parse_float=_fraction, parse_int=_integer, parse_constant=_no_number)
