"""Makes one line of text into another by the fewest edits: words, then characters, then marks by formatting."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any, Final

from pycrdt import XmlText

from app.platform.richtext import yjs
from app.platform.richtext.schema import Json
from app.platform.richtext.sequences import Edit, edits
from app.platform.richtext.yjs import utf8_length

_TOKEN: Final = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_STEPS: Final = 1_000_000
"""Pieces of text (or 64 characters) that the library may walk over for the changes of one run, which takes it some 0.3 s.
Beyond it the run is written anew."""
Marks = dict[str, Any]


@dataclass(slots=True)
class _Place:
    """One visible character of the line: where it is, and the marks that its author saw on it."""

    char: str
    text: int
    """The number of its run of text; -1 for the space between two blocks of a cell, which is in none."""
    at: int
    """The character's number in its text."""
    marks: Marks


class _Text:
    """One run of text, the edits to make in it (from its end to its beginning), and the marks to change on what stays.

    An edit is (first character, the one after the last, what is written instead); `wishes` holds marks by character.
    """

    def __init__(self, shared: XmlText) -> None:
        self.shared = shared
        self.pieces = [(piece, attributes or {}) for piece, attributes in shared.diff() if isinstance(piece, str)]
        self.chars = "".join(piece for piece, _ in self.pieces)
        self.edits: list[tuple[int, int, Sequence[tuple[str, Marks]]]] = []
        self.wishes: dict[int, Marks] = {}

    def apply(self) -> None:
        """Writes after what is replaced and only then deletes it, so that positions before it stay right."""
        if len(self.edits) * (len(self.pieces) + len(self.chars) // 64) > _STEPS:
            self._write_anew()
            return
        if self.edits:
            offsets = list(accumulate((utf8_length(char) for char in self.chars), initial=0))
            for at, end, written in self.edits:
                if written:
                    self.shared.insert(offsets[end], "".join(char for char, _ in written))
                if end > at:
                    del self.shared[offsets[at] : offsets[end]]
        if self.edits or self.wishes:
            self._format()

    def _plan(self) -> Iterator[tuple[str, Marks, Marks | None]]:
        """Each character that there will be: the marks that it had, and those wished for. A new one had None."""
        marks = [marks for piece, marks in self.pieces for _ in piece]
        done = 0
        for at, end, written in [*reversed(self.edits), (len(self.chars), 0, ())]:
            for i in range(done, at):
                yield self.chars[i], self.wishes.get(i) or {}, marks[i]
            for char, wish in written:
                yield char, wish, None
            done = end

    def _format(self) -> None:
        """Applies the wished marks, stretch by stretch. A new character gets exactly its own marks."""
        pieces = [(piece, marks or {}) for piece, marks in self.shared.diff() if isinstance(piece, str)]
        have = [marks for piece, marks in pieces for _ in piece]
        stretches: list[tuple[int, int, Marks]] = []
        offset = 0
        for wish, run in _runs(have, self._plan()):
            if wish:
                stretches.append((offset, offset + run, wish))
            offset += run
        if len(stretches) * (len(pieces) + len(self.edits) + len(stretches)) > _STEPS:
            self._write_anew()
            return
        for start, end, wish in stretches:
            self.shared.format(start, end, wish)

    def _write_anew(self) -> None:
        """Writes the whole run of text again. What others type into it meanwhile stays, but stands at its end.

        The library walks to each change from the beginning, so very many changes in very many pieces would take minutes.
        """
        runs = groupby(self._plan(), lambda each: _after(each[2] or {}, each[1]))
        written = [("".join(char for char, _, _ in run), marks) for marks, run in runs]
        self.shared.clear()
        for text, marks in reversed(written):
            self.shared.insert(0, text, marks or None)


def _runs(have: Sequence[Marks], plan: Iterable[tuple[str, Marks, Marks | None]]) -> Iterator[tuple[Marks, int]]:
    """What to format, and over how many bytes. Neighbours with equal wishes are formatted together."""
    wish: Marks = {}
    length = 0
    for had, (char, marks, before) in zip(have, plan, strict=True):
        wished = _exactly(had, marks) if before is None else marks
        if wished != wish and length:
            yield wish, length
            length = 0
        wish = wished
        length += utf8_length(char)
    if length:
        yield wish, length


def _after(had: Marks, wish: Marks) -> Marks:
    return {name: value for name, value in {**had, **wish}.items() if value is not None}


def _exactly(have: Marks, marks: Marks) -> Marks:
    """What to format so that a character with the marks `have` gets `marks` and no others."""
    gone: Marks = {name: None for name in have if name not in marks}
    return gone | {name: value for name, value in marks.items() if not _covers(have.get(name), value)}


def sync_line(
    texts: Sequence[XmlText], shown: Sequence[Json], wanted: Sequence[Json], joint: str = "", *, exact: bool = False
) -> None:
    """Makes the line in `texts` (at least one) say `wanted`; its author saw `shown`.

    What the author did not see (spaces at the edges, underline) stays. `joint` is the space that the author saw between
    two blocks, if the texts are those of several. `exact`: the author saw everything.
    """
    line = [_Text(text) for text in texts]
    places = _visible(line, joint, shown, exact)
    new = _characters(wanted)
    old_tokens = _TOKEN.findall("".join(place.char for place in places))
    new_tokens = _TOKEN.findall("".join(char for char, _ in new))
    old_ends, new_ends = _ends(old_tokens), _ends(new_tokens)
    kept_until, new_until = len(places), len(new)
    for edit in reversed(_edits([_normal(token) for token in old_tokens], [_normal(token) for token in new_tokens])):
        a, b, c, d = old_ends[edit.a], old_ends[edit.b], new_ends[edit.c], new_ends[edit.d]
        _keep(line, places[b:kept_until], new[d:new_until])
        kept_until, new_until = a, c
        while a < b and c < d and places[a].char == new[c][0]:
            a, c = a + 1, c + 1
        while a < b and c < d and places[b - 1].char == new[d - 1][0]:
            b, d = b - 1, d - 1
        # A word comes and goes with the space before it, so that it and what others type behind it stay two words.
        while _goes_left(places, a, b, new, c, d):
            a, b, c, d = a - 1, b - 1, c - 1, d - 1
        _keep(line, places[b : old_ends[edit.b]], new[d : new_ends[edit.d]])
        _keep(line, places[kept_until:a], new[new_until:c])
        kept_until, new_until = min(a, kept_until), min(c, new_until)
        _replace(line, places, a, b, new[c:d])
    _keep(line, places[:kept_until], new[:new_until])
    for text in line:
        text.apply()


def _characters(nodes: Sequence[Json]) -> list[tuple[str, Marks]]:
    found: list[tuple[str, Marks]] = []
    for node in nodes:
        marks = yjs.formatting(node.get("marks"))
        found.extend((char, marks) for char in node["text"])
    return found


def _goes_left(places: Sequence[_Place], a: int, b: int, new: Sequence[tuple[str, Marks]], c: int, d: int) -> bool:
    """Whether what is only inserted, or only deleted, ends with the same space that stands before it."""
    if (a == b) == (c == d) or not a or not c or places[a - 1].text < 0:
        return False
    last = places[b - 1].char if a < b else new[d - 1][0]
    return last.isspace() and places[a - 1].char == new[c - 1][0] == last


def _edits(old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """The edits word by word. Where only the space after a word changed, the edit is of that word (and of what was
    written behind it) alone."""
    found: list[Edit] = []
    i = k = 0
    for edit in [*edits([_word(token) for token in old], [_word(token) for token in new]), None]:
        until = edit.a if edit is not None else len(old)
        for j in range(i, until):
            if old[j] != new[k + j - i]:
                found.append(Edit(j, j + 1, k + j - i, k + j - i + 1))
        if edit is not None:
            before = found[-1] if found else None
            if before is not None and before.b == edit.a and before.d == edit.c:
                found[-1] = Edit(before.a, edit.b, before.c, edit.d)
            else:
                found.append(edit)
            i, k = edit.b, edit.d
    return found


def _word(token: str) -> str:
    return token.rstrip() or token


def _normal(token: str) -> str:
    return unicodedata.normalize("NFC", token)


def _ends(tokens: Sequence[str]) -> list[int]:
    ends = [0]
    for token in tokens:
        ends.append(ends[-1] + len(token))
    return ends


def _visible(line: Sequence[_Text], joint: str, shown: Sequence[Json], exact: bool) -> list[_Place]:
    """The characters that the author saw, so without spaces at the edges of the line, with the marks that they showed."""
    places: list[_Place] = []
    for number, text in enumerate(line):
        if number and joint:
            places.append(_Place(joint, -1, 0, {}))
        at = 0
        for piece, attributes in text.pieces:
            marks = {
                name: value
                for name, value in attributes.items()
                if value is not None and (exact or name != "underline")
            }
            places.extend(_Place(char, number, at + index, marks) for index, char in enumerate(piece))
            at += len(piece)
    seen = _characters(shown)
    if len(seen) != len(places):
        start, end = 0, len(places)
        while start < end and places[start].char.isspace():
            start += 1
        while end > start and places[end - 1].char.isspace():
            end -= 1
        places = places[start:end]
    if [place.char for place in places] == [char for char, _ in seen]:
        for place, (_, marks) in zip(places, seen, strict=True):
            place.marks = marks
    return places


def _keep(line: Sequence[_Text], places: Sequence[_Place], new: Sequence[tuple[str, Marks]]) -> None:
    """Notes for characters that stay which marks the author put on or took off."""
    if len(places) != len(new):
        return  # the same letters, composed differently, are left alone
    for place, (_, marks) in zip(places, new, strict=True):
        if place.text < 0 or place.marks == marks:
            continue
        wish: Marks = {name: None for name in place.marks if name not in marks}
        wish |= {name: value for name, value in marks.items() if not _covers(place.marks.get(name), value)}
        if wish:
            line[place.text].wishes[place.at] = wish


def _covers(had: Any, value: Any) -> bool:
    """Whether a mark that is there says everything that `value` says (null is the same as not given)."""
    return isinstance(had, dict) and all(had.get(name) == each for name, each in value.items())


def _replace(
    line: Sequence[_Text], places: Sequence[_Place], a: int, b: int, written: Sequence[tuple[str, Marks]]
) -> None:
    """Notes that `written` replaces `places[a:b]`. The edits of one text are noted from its end."""
    spans: list[tuple[int, int, int]] = []
    for place in places[a:b]:
        if place.text < 0:
            continue
        if spans and spans[-1][0] == place.text and spans[-1][2] == place.at:
            spans[-1] = (place.text, spans[-1][1], place.at + 1)
        else:
            spans.append((place.text, place.at, place.at + 1))
    if written and not spans:
        text, at = _where(places, a, b)
        spans.append((text, at, at))
    for number, (text, at, end) in enumerate(reversed(spans)):
        line[text].edits.append((at, end, written if number == 0 else ()))


def _where(places: Sequence[_Place], a: int, b: int) -> tuple[int, int]:
    """The text and the place in it after `places[:a]`, or, where nothing comes before, before what follows."""
    if a and places[a - 1].text < 0 and b < len(places) and places[b].text >= 0:
        return places[b].text, places[b].at
    for index in range(a - 1, -1, -1):
        if places[index].text >= 0:
            return places[index].text, places[index].at + 1
    for index in range(b, len(places)):
        if places[index].text >= 0:
            return places[index].text, places[index].at
    return 0, 0
