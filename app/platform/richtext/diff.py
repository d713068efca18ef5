"""What changed between two versions of a text: block by block and word by word, as spans and as Markdown."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.schema import Json
from app.platform.richtext.sequences import edits, pairing

_WORD: Final = re.compile(r"\s*\S+|\s+")
_MARKER: Final = re.compile(r"(?:\s*(?:[-+>]|\d{1,9}[.)]|#{1,6})(?=\s))*\s*")
"""The marks at the beginning of a line that make it a heading, an item or a quotation."""
_ALIKE: Final = 0.3
"""Share of words in common from which two lines are taken for the same one, edited."""

Kind = Literal["same", "added", "removed"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of Markdown that both versions have (`same`), or only the later (`added`) or earlier one (`removed`)."""

    kind: Kind
    markdown: str


def spans(before: Json, after: Json) -> list[Span]:
    """The Markdown of both versions as one sequence of spans. Those `added` and `same` together are the later version."""
    old, new = _lines(before), _lines(after)
    found: list[Span] = []
    done = 0
    for edit in edits(old, new):
        found.append(Span("same", "".join(old[done : edit.a])))
        found.extend(_replaced(old[edit.a : edit.b], new[edit.c : edit.d]))
        done = edit.b
    found.append(Span("same", "".join(old[done:])))
    return list(_joined(found))


def as_markdown(found: Iterable[Span]) -> str:
    """The spans as one Markdown text for reading, line by line: what was removed ~~struck through~~, what was added
    **bold**."""
    signs = {"same": "", "removed": "~~", "added": "**"}
    out: list[str] = []
    for span in found:
        sign = signs[span.kind]
        for line in span.markdown.splitlines(keepends=True):
            marker = _MARKER.match(line)
            start = marker.end() if marker else 0
            words = line[start:].strip()
            if not sign or not words or words.startswith(("|", "`")):
                out.append(line)
                continue
            end = start + len(words)
            out.append(f"{line[:start]}{sign}{words}{sign}{line[end:]}")
    return "".join(out)


def _lines(document: Json) -> list[str]:
    return dump(document).splitlines(keepends=True)


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Span]:
    sets = [set(line.split()) for line in old], [set(line.split()) for line in new]

    def likeness(i: int, j: int) -> float:
        one, other = sets[0][i], sets[1][j]
        if not one or not other:
            return 0.0
        alike = 2 * len(one & other) / (len(one) + len(other))
        return alike if alike > _ALIKE else 0.0

    for i, j in pairing(len(old), len(new), likeness):
        if i is not None and j is not None:
            yield from _words(old[i], new[j])
        elif i is not None:
            yield Span("removed", old[i])
        elif j is not None:
            yield Span("added", new[j])


def _words(old: str, new: str) -> Iterator[Span]:
    a, b = _WORD.findall(old), _WORD.findall(new)
    done = 0
    for edit in edits(a, b):
        yield Span("same", "".join(a[done : edit.a]))
        yield Span("removed", "".join(a[edit.a : edit.b]))
        yield Span("added", "".join(b[edit.c : edit.d]))
        done = edit.b
    yield Span("same", "".join(a[done:]))


def _joined(found: Iterable[Span]) -> Iterator[Span]:
    """Drops empty spans and joins neighbours of one kind."""
    last: Span | None = None
    for span in found:
        if not span.markdown:
            continue
        if last is not None and last.kind == span.kind:
            last = Span(last.kind, last.markdown + span.markdown)
            continue
        if last is not None:
            yield last
        last = span
    if last is not None:
        yield last
