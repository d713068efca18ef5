"""Keeps remarks with their words: makes Yjs relative positions from a quotation, and finds them again in the text.

pycrdt does not give the ids of characters. They are found by deleting the characters in a scratch copy, because the
update that comes of it names them. A position is that of a character (`item`), in the form of `Y.relativePositionToJSON`.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, Final, TypeAlias

from pycrdt import StickyIndex, XmlElement, XmlText

from app.platform.richtext import yjs
from app.platform.richtext.lib0 import ByteReader
from app.platform.richtext.yjs import Shared, utf8_length

Anchor: TypeAlias = dict[str, Any]
"""`{"start": position, "end": position}`: the first character, and the place behind the last."""

_Ranges: TypeAlias = list[tuple[int, int, int]]
"""Client, first clock, number of clocks."""
_STRETCH: Final = 200
"""Characters that are looked for together."""


@dataclass(frozen=True, slots=True)
class Place:
    """The characters from `start` up to `end` in the run of text with the number `text`."""

    text: int
    start: int
    end: int


class BadAnchor(ValueError):
    """These are not two Yjs relative positions of characters in one run of text."""


def find(doc: Shared, quotation: str, occurrence: int = 1) -> Place | None:
    """The `occurrence`-th place of `quotation`, compared in NFC, within one run of text."""
    for number, text in enumerate(yjs.texts(yjs.fragment(doc))):
        letters = _letters(yjs.characters(text))
        composed = [unicodedata.normalize("NFC", letter) for letter in letters]
        typed_at = list(accumulate(map(len, letters), initial=0))
        read_at = list(accumulate(map(len, composed), initial=0))
        whole, at = "".join(composed), -1
        while (at := whole.find(quotation, at + 1)) >= 0:
            occurrence -= 1
            if not occurrence:
                start = typed_at[bisect_right(read_at, at) - 1]
                return Place(number, start, typed_at[bisect_left(read_at, at + len(quotation))])
    return None


def _letters(text: str) -> list[str]:
    """Each character with those that combine with it."""
    letters: list[str] = []
    for char in text:
        if letters and unicodedata.combining(char):
            letters[-1] += char
        else:
            letters.append(char)
    return letters


def anchor(doc: Shared, place: Place) -> Anchor:
    """The relative positions that stay with the characters of `place`, which must not be empty."""
    scratch = yjs.load(doc.get_update())
    text = yjs.texts(yjs.fragment(scratch))[place.text]
    whole = yjs.characters(text)
    with _DeletedIds(scratch) as deleted:
        last = _delete(text, whole, place.end - 1, place.end, deleted)
        first = last if place.end - place.start == 1 else _delete(text, whole, place.start, place.start + 1, deleted)
    end_client, end_clock, end_length = last[-1]
    return {
        "start": {"item": {"client": first[0][0], "clock": first[0][1]}, "assoc": 0},
        "end": {"item": {"client": end_client, "clock": end_clock + end_length - 1}, "assoc": -1},
    }


def checked(given: Mapping[str, Any]) -> Anchor:
    """The anchor as it is stored. Raises `BadAnchor` unless each position names a character, or a text: its start where
    `assoc` is below 0, otherwise its end, as Yjs has it."""
    stored: Anchor = {}
    for side in ("start", "end"):
        position = given.get(side)
        if not isinstance(position, Mapping):
            raise BadAnchor(f"'{side}' must be a Yjs relative position")
        of_character = position.get("item") is not None
        sent = position.get("assoc", -1 if side == "end" and of_character else 0)
        stored[side] = {"assoc": -1 if isinstance(sent, int) and sent < 0 else 0}
        for name in ("item", "type"):
            if (place := position.get(name)) is not None:
                stored[side][name] = _id(place, side)
                break
        else:
            raise BadAnchor(f"'{side}' must be a Yjs relative position with the 'item' or 'type' that it stands at")
    if "item" not in stored["end"] and stored["end"]["assoc"] < 0:
        raise BadAnchor("'end' stands before the first character of its text")
    return stored


def _id(given: object, side: str) -> dict[str, int]:
    if isinstance(given, Mapping):
        client, clock = given.get("client"), given.get("clock")
        if isinstance(client, int) and isinstance(clock, int) and 0 <= client < 2**53 and 0 <= clock < 2**53:
            return {"client": client, "clock": clock}
    raise BadAnchor(f"'{side}' names no place")


class Finder:
    """Finds many anchors in one document. What it needs to know of the document's ids is read once, when it is needed."""

    def __init__(self, doc: Shared) -> None:
        self._doc = doc
        self._texts = yjs.texts(yjs.fragment(doc))
        self._ranges: list[_Ranges] | None = None
        self._ends: dict[tuple[int, int], int] = {}
        self._characters: dict[int, _Characters] = {}

    def place(self, anchor: Anchor) -> Place | None:
        """Where the anchored words are now; None where they were deleted."""
        named = (self._text_of(anchor["start"]), self._text_of(anchor["end"]))
        number = next((number for number in named if number is not None), None)
        if number is None:
            return None
        start = self._index(number, anchor["start"])
        end = self._index(number, _as_end(anchor["end"]))
        return Place(number, start, end) if end > start else None

    def words(self, place: Place) -> str:
        return unicodedata.normalize("NFC", yjs.characters(self._texts[place.text])[place.start : place.end])

    def _text_of(self, position: Mapping[str, Any]) -> int | None:
        """The number of the run of text that the position is in."""
        if self._ranges is None:
            self._ranges, self._ends = _ids_of_texts(self._doc)
        if "item" not in position:
            return self._ends.get((position["type"]["client"], position["type"]["clock"]))
        client, clock = position["item"]["client"], position["item"]["clock"]
        for number, ranges in enumerate(self._ranges):
            if any(who == client and first <= clock < first + length for who, first, length in ranges):
                return number
        return None

    def _index(self, number: int, position: Mapping[str, Any]) -> int:
        """Where the position is in a text, in characters. For a character that was deleted: about where it was."""
        if "item" not in position:
            return 0 if position["assoc"] < 0 else len(yjs.characters(self._texts[number]))
        if number not in self._characters:
            self._characters[number] = _Characters(self._doc, number)
        index = self._characters[number].index(position["item"]["client"], position["item"]["clock"])
        if index is not None:
            return index + (1 if position["assoc"] < 0 else 0)
        whole = yjs.characters(self._texts[number]).encode()
        with self._doc.transaction() as transaction:
            try:
                offset = int(StickyIndex.from_json(dict(position)).get_index(transaction))
            except (RuntimeError, ValueError, TypeError):
                offset = len(whole) if position["assoc"] < 0 else 0
        return len(whole[:offset].decode("utf-8", "ignore"))


def _as_end(position: Mapping[str, Any]) -> Mapping[str, Any]:
    """What was stored without a character has always been the end of its text, whatever its `assoc` says: `checked`
    takes no other."""
    return position if "item" in position else {**position, "assoc": 0}


def replace(doc: Shared, place: Place, words: str) -> bytes:
    """The update that replaces what is at `place` by `words`, with the marks of the first character there."""
    before = doc.get_state()
    text = yjs.texts(yjs.fragment(doc))[place.text]
    whole = yjs.characters(text)
    start, end = place.start, place.end
    while start < end and words and whole[start] == words[0]:
        start, words = start + 1, words[1:]
    while end > start and words and whole[end - 1] == words[-1]:
        end, words = end - 1, words[:-1]
    at, until = utf8_length(whole[:start]), utf8_length(whole[:end])
    with doc.transaction():
        if words:
            text.insert(until, words, _marks_at(text, min(place.start, len(whole) - 1)))
        if until > at:
            del text[at:until]
    return doc.get_update(before)


def _marks_at(text: XmlText, index: int) -> dict[str, Any]:
    at = 0
    for piece, attributes in text.diff():
        if isinstance(piece, str):
            at += len(piece)
            if index < at:
                return dict(attributes or {})
    return {}


class _DeletedIds:
    """Notes the ids of what is deleted in a scratch document; `take` answers those since the last time."""

    def __init__(self, scratch: Shared) -> None:
        self._scratch = scratch
        self._updates: list[bytes] = []

    def __enter__(self) -> "_DeletedIds":
        self._subscription = self._scratch.observe(lambda event: self._updates.append(event.update))
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.unobserve(self._subscription)

    def take(self) -> _Ranges:
        updates, self._updates = self._updates, []
        return [each for update in updates for each in _delete_set(update)]


def _delete(text: XmlText, whole: str, start: int, end: int, deleted: _DeletedIds) -> _Ranges:
    at, until = utf8_length(whole[:start]), utf8_length(whole[:end])
    del text[at:until]
    return deleted.take()


def _ids_of_texts(doc: Shared) -> tuple[list[_Ranges], dict[tuple[int, int], int]]:
    """The ids of the characters of each run of text, and for the id of each run itself its number."""
    scratch = yjs.load(doc.get_update())
    found = yjs.texts(yjs.fragment(scratch))
    ranges: list[_Ranges] = []
    own: dict[tuple[int, int], int] = {}
    with _DeletedIds(scratch) as deleted:
        for text in found:
            text.clear()
            ranges.append(deleted.take())
        for number, text in enumerate(found):
            parent = text.parent
            if not isinstance(parent, XmlElement):
                continue
            place = next((at for at, child in enumerate(parent.children) if child == text), None)
            if place is not None:
                del parent.children[place]
                own.update({(client, clock): number for client, clock, _ in deleted.take()})
    return ranges, own


class _Characters:
    """Finds the characters of one run of text by their ids (one has two where UTF-16 needs two units).

    A stretch of many characters is deleted at once to learn which ids are in it; only those of a stretch that an anchor
    stands in are deleted one by one, which takes some 15 µs each.
    """

    def __init__(self, doc: Shared, number: int) -> None:
        self._doc, self._number = doc, number
        whole = yjs.characters(yjs.texts(yjs.fragment(doc))[number])
        self._stretches = [whole[at : at + _STRETCH] for at in range(0, len(whole), _STRETCH)]
        self._ranges = self._ids_of_stretches()
        self._known: dict[int, dict[tuple[int, int], int]] = {}
        self._scratch: tuple[Shared, XmlText] | None = None

    def index(self, client: int, clock: int) -> int | None:
        for stretch, ranges in enumerate(self._ranges):
            if any(who == client and first <= clock < first + length for who, first, length in ranges):
                if stretch not in self._known:
                    self._known[stretch] = self._ids_in(stretch)
                return self._known[stretch].get((client, clock))
        return None

    def _copy(self) -> tuple[Shared, XmlText]:
        scratch = yjs.load(self._doc.get_update())
        return scratch, yjs.texts(yjs.fragment(scratch))[self._number]

    def _ids_of_stretches(self) -> list[_Ranges]:
        scratch, text = self._copy()
        found: list[_Ranges] = []
        until = sum(map(utf8_length, self._stretches))
        with _DeletedIds(scratch) as deleted:
            for stretch in reversed(self._stretches):
                at = until - utf8_length(stretch)
                del text[at:until]
                until = at
                found.append(deleted.take())
        return found[::-1]

    def _ids_in(self, number: int) -> dict[tuple[int, int], int]:
        """The index in the whole text of each character of one stretch."""
        if self._scratch is None:
            self._scratch = self._copy()
        scratch, text = self._scratch
        until = sum(utf8_length(each) for at, each in enumerate(self._stretches[: number + 1]) if at not in self._known)
        ids: dict[tuple[int, int], int] = {}
        with _DeletedIds(scratch) as deleted:
            for offset, char in reversed(list(enumerate(self._stretches[number]))):
                at = until - utf8_length(char)
                del text[at:until]
                until = at
                for client, clock, length in deleted.take():
                    ids.update({(client, clock + unit): number * _STRETCH + offset for unit in range(length)})
        return ids


def _delete_set(update: bytes) -> _Ranges:
    """The delete set of an update without structs: `0`, then clients with their ranges."""
    r = ByteReader(update)
    if r.uint() != 0:
        return []
    ranges: _Ranges = []
    for _ in range(r.uint()):
        client = r.uint()
        for _ in range(r.uint()):
            ranges.append((client, r.uint(), r.uint()))
    return ranges
