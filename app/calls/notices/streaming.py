"""The operator's import of a file of any size: read, taken in and committed in parts, so that the memory stays flat.

Nothing is lost where it stops: what came before is kept, and the same file brought again changes nothing of it.
"""

import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from app.calls.notices import importing
from app.calls.notices.following import Source
from app.calls.notices.importing import Imported
from app.calls.notices.json_spans import after_space, read_value
from app.platform.words.codes import BroughtBy

PART_ITEMS, PART_CHARACTERS = 500, 8_000_000
LONGEST = 64_000_000
"""Characters of one release or record."""
LINES = (".jsonl", ".ndjson")
Say = Callable[[int, Imported], None]
"""Told after each part: how many releases, records or lines were read, and what became of them so far."""


@dataclass
class Part:
    """Some of the file's items, in the characters they came in. `first` is the number of the first among its kind."""

    kind: str
    first: int
    items: list[str] = field(default_factory=list)

    def content(self) -> bytes:
        if self.kind == "lines":
            return "\n".join(self.items).encode("utf-8", "surrogatepass")
        if self.kind == "whole":
            return self.items[0].encode("utf-8", "surrogatepass")
        return f'{{"{self.kind}":[{",".join(self.items)}]}}'.encode("utf-8", "surrogatepass")

    def placed(self, at: str) -> str:
        """Where in the file a place in this part is."""
        if self.kind == "lines":
            return re.sub(r"\d+", lambda number: str(int(number[0]) + self.first), at, count=1)
        return re.sub(r"(?<=/)\d+", lambda number: str(int(number[0]) + self.first), at, count=1)


async def bring_in(sessions: async_sessionmaker[AsyncSession], parts: Iterator[Part], say: Say) -> Imported:
    """Every part in a transaction of its own, as the operator's: trusted. Each process counts once, as the most that became of it."""
    whole, read = Imported(), 0
    for part in parts:
        async with sessions.begin() as session:
            found = await importing.import_package(
                session, Source(BroughtBy.OPERATOR), part.content(), part.kind == "lines"
            )
        whole.add(replace(found, skipped=[replace(one, at=part.placed(one.at)) for one in found.skipped]))
        read += len(part.items)
        say(read, whole)
    return whole


def parts_of(file: IO[bytes], lines: bool) -> Iterator[Part]:
    """The file in parts; unpacked where it is gzip. JSONDecodeError, with a sentence, where it is no JSON."""
    head = file.read(2)
    whole = io.BufferedReader(_Joined(head, file))
    text = io.TextIOWrapper(gzip.GzipFile(fileobj=whole) if head == b"\x1f\x8b" else whole, "utf-8-sig", newline="\n")
    yield from _gathered(_lines(text) if lines else _items(text))


class _Joined(io.RawIOBase):
    """The bytes that were looked at, and those that come after them."""

    def __init__(self, head: bytes, rest: IO[bytes]) -> None:
        self._head, self._rest = head, rest

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        found = self._head[: len(into)] or self._rest.read(len(into))
        self._head = self._head[len(into) :]
        into[: len(found)] = found
        return len(found)


def is_lines(name: str) -> bool:
    return Path(name.removesuffix(".gz")).suffix in LINES


def _gathered(items: Iterator[tuple[str, str]]) -> Iterator[Part]:
    """The items in parts; also those that come before the place where the file breaks off."""
    part, size, numbers = None, 0, dict[str, int]()
    try:
        for kind, item in items:
            if part is None or kind != part.kind or len(part.items) == PART_ITEMS or size > PART_CHARACTERS:
                if part is not None:
                    yield part
                part, size = Part(kind, numbers.get(kind, 0)), 0
            part.items.append(item)
            numbers[kind] = numbers.get(kind, 0) + 1
            size += len(item)
    except (ValueError, EOFError, OSError):
        if part is not None:
            yield part
        raise
    if part is not None:
        yield part


def _lines(text: IO[str]) -> Iterator[tuple[str, str]]:
    """Each line, an empty one too, so that the numbers are the file's."""
    for line in text:
        yield "lines", line.rstrip("\r\n")


def _items(text: IO[str]) -> Iterator[tuple[str, str]]:
    """Each item of `releases` and `records`; the whole of an object that has neither, which is one release or record."""
    stream = _Stream(text)
    stream.sign("{")
    others: dict[str, Any] = {}
    found = stream.peek() == "}"
    while stream.peek() != "}":
        name = stream.value()[0]
        stream.sign(":")
        if name in ("releases", "records") and stream.peek() == "[" and "ocid" not in others:
            found = True
            stream.sign("[")
            while stream.peek() != "]":
                yield name, stream.value()[1]
                if stream.peek() == ",":
                    stream.sign(",")
            stream.sign("]")
        else:
            others[name] = stream.value()[1]
        if stream.peek() == ",":
            stream.sign(",")
    stream.sign("}")
    if stream.peek():
        raise json.JSONDecodeError("something stands after the end", "", 0)
    if not found:
        yield "whole", "{" + ",".join(f"{json.dumps(name)}:{raw}" for name, raw in others.items()) + "}"


class _Stream:
    """JSON read value by value from a text of any length, of which no more than one value is in memory."""

    def __init__(self, text: IO[str]) -> None:
        self._text, self._held, self._at, self._ended = text, "", 0, False

    def peek(self) -> str:
        """The next character that is no space; empty at the end."""
        while (at := after_space(self._held, self._at)) == len(self._held) and not self._ended:
            self._more()
        self._at = at
        return self._held[at : at + 1]

    def sign(self, sign: str) -> None:
        if self.peek() != sign:
            raise json.JSONDecodeError(f"“{sign}” is expected", self._held, self._at)
        self._at += 1

    def value(self) -> tuple[Any, str]:
        """The next value, and the characters that it was read from."""
        self.peek()
        while True:
            try:
                found, end = read_value(self._held, self._at)
                if end < len(self._held) or self._ended:
                    raw, self._at = self._held[self._at : end], end
                    return found, raw
            except json.JSONDecodeError:
                if self._ended or len(self._held) - self._at > LONGEST:
                    raise
            self._more()

    def _more(self) -> None:
        """As much again as is held, so that a long value is not begun too often."""
        read = self._text.read(max(1_000_000, len(self._held) - self._at))
        self._held, self._at, self._ended = self._held[self._at :] + read, 0, not read
