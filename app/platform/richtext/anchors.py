"""Keeps remarks with their words: Yjs relative positions made from a quotation, and found again in the text.

pycrdt tells no ids of characters. But deleting characters in a scratch copy does: the update that comes of it names
them. A position is that of a character (`item`), in the form of `Y.relativePositionToJSON`.
"""

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, TypeAlias

from pycrdt import StickyIndex, XmlElement, XmlText

from app.platform.richtext import yjs
from app.platform.richtext.yjs import Shared, utf8_length

Anchor: TypeAlias = dict[str, Any]
"""`{"start": position, "end": position}`: the first character, and the place behind the last."""

_Ranges: TypeAlias = list[tuple[int, int, int]]
"""Client, first clock, number of clocks."""


@dataclass(frozen=True, slots=True)
class Place:
    """Characters `start` up to `end` of one of the document's texts, counted in their order."""

    text: int
    start: int
    end: int


class BadAnchor(ValueError):
    """The positions are not two Yjs relative positions of characters that are in one run of text."""


def texts(parent: Any) -> list[XmlText]:
    """The document's texts in order."""
    found: list[XmlText] = []
    for child in parent.children:
        if isinstance(child, XmlText):
            found.append(child)
        elif isinstance(child, XmlElement):
            found.extend(texts(child))
    return found


def content(text: XmlText) -> str:
    return "".join(piece for piece, _ in text.diff() if isinstance(piece, str))


def find(doc: Shared, quotation: str, occurrence: int = 1) -> Place | None:
    """Where the `occurrence`-th time `quotation` stands in the text, as it reads in NFC; it stands within one paragraph."""
    for number, text in enumerate(texts(yjs.fragment(doc))):
        letters = _letters(content(text))
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
    """The relative positions that stay with the characters of `place`, which is not empty."""
    scratch = yjs.load(doc.get_update())
    text = texts(yjs.fragment(scratch))[place.text]
    whole = content(text)
    with _Deleted(scratch) as deleted:
        last = _delete(text, whole, place.end - 1, place.end, deleted)
        first = last if place.end - place.start == 1 else _delete(text, whole, place.start, place.start + 1, deleted)
    end_client, end_clock, end_length = last[-1]
    return {
        "start": {"item": {"client": first[0][0], "clock": first[0][1]}, "assoc": 0},
        "end": {"item": {"client": end_client, "clock": end_clock + end_length - 1}, "assoc": -1},
    }


def checked(given: Mapping[str, Any]) -> Anchor:
    """The anchor as we keep it. Raises `BadAnchor` unless both positions name a character, or the end of a text."""
    kept: Anchor = {}
    for side, assoc in (("start", 0), ("end", -1)):
        position = given.get(side)
        if not isinstance(position, Mapping):
            raise BadAnchor(f"'{side}' must be a Yjs relative position")
        told = position.get("assoc", assoc)
        kept[side] = {"assoc": -1 if isinstance(told, int) and told < 0 else 0}
        for name in ("item", "type"):
            if (place := position.get(name)) is not None:
                kept[side][name] = _id(place, side)
                break
        else:
            raise BadAnchor(f"'{side}' must be a Yjs relative position with the 'item' or 'type' that it stands at")
    return kept


def _id(given: object, side: str) -> dict[str, int]:
    if isinstance(given, Mapping):
        client, clock = given.get("client"), given.get("clock")
        if isinstance(client, int) and isinstance(clock, int) and 0 <= client < 2**53 and 0 <= clock < 2**53:
            return {"client": client, "clock": clock}
    raise BadAnchor(f"'{side}' names no place")


class Finder:
    """Finds many anchors in one document."""

    def __init__(self, doc: Shared) -> None:
        self._doc = doc
        self._texts = texts(yjs.fragment(doc))
        self._ranges: list[_Ranges] | None = None
        self._ends: dict[tuple[int, int], int] = {}
        self._characters: dict[int, dict[tuple[int, int], int]] = {}

    def place(self, kept: Anchor) -> Place | None:
        """Where the anchored words are now; None where they were deleted."""
        number = next((n for n in (self._text_of(kept["start"]), self._text_of(kept["end"])) if n is not None), None)
        if number is None:
            return None
        start = self._index(number, kept["start"])
        end = self._index(number, kept["end"])
        return Place(number, start, end) if end > start else None

    def words(self, place: Place) -> str:
        return unicodedata.normalize("NFC", content(self._texts[place.text])[place.start : place.end])

    def _text_of(self, position: Mapping[str, Any]) -> int | None:
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
        """Where the position lies in a text, in characters: exactly for one that is there, else near where it was."""
        if "item" not in position:
            return len(content(self._texts[number]))  # a position without a character is the end of its text
        if number not in self._characters:
            self._characters[number] = _ids_of_characters(self._doc, number)
        item = position["item"]["client"], position["item"]["clock"]
        index = self._characters[number].get(item)
        if index is not None:
            return index + (1 if position["assoc"] < 0 else 0)
        whole = content(self._texts[number]).encode()
        with self._doc.transaction() as transaction:
            try:
                offset = int(StickyIndex.from_json(dict(position)).get_index(transaction))
            except (RuntimeError, ValueError, TypeError):
                offset = len(whole) if position["assoc"] < 0 else 0
        return len(whole[:offset].decode("utf-8", "ignore"))


def replace(doc: Shared, place: Place, words: str) -> bytes:
    """The update that puts `words` in the place of those at `place`, in the look of the first of them."""
    before = doc.get_state()
    text = texts(yjs.fragment(doc))[place.text]
    whole = content(text)
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


class _Deleted:
    """The ids of what was deleted in a scratch document since the last time it was asked."""

    def __init__(self, scratch: Shared) -> None:
        self._scratch = scratch
        self._updates: list[bytes] = []

    def __enter__(self) -> "_Deleted":
        self._subscription = self._scratch.observe(lambda event: self._updates.append(event.update))
        return self

    def __exit__(self, *_: object) -> None:
        self._scratch.unobserve(self._subscription)

    def take(self) -> _Ranges:
        updates, self._updates = self._updates, []
        return [each for update in updates for each in _delete_set(update)]


def _delete(text: XmlText, whole: str, start: int, end: int, deleted: _Deleted) -> _Ranges:
    at, until = utf8_length(whole[:start]), utf8_length(whole[:end])
    del text[at:until]
    return deleted.take()


def _ids_of_texts(doc: Shared) -> tuple[list[_Ranges], dict[tuple[int, int], int]]:
    """The ids of each text's characters, and the number of the text that has an id itself."""
    scratch = yjs.load(doc.get_update())
    found = texts(yjs.fragment(scratch))
    ranges: list[_Ranges] = []
    own: dict[tuple[int, int], int] = {}
    with _Deleted(scratch) as deleted:
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


def _ids_of_characters(doc: Shared, number: int) -> dict[tuple[int, int], int]:
    """The index of each character of a text by its ids (two, where UTF-16 needs two units): some 15 µs each."""
    scratch = yjs.load(doc.get_update())
    text = texts(yjs.fragment(scratch))[number]
    whole = content(text)
    ids: dict[tuple[int, int], int] = {}
    with _Deleted(scratch) as deleted:
        until = utf8_length(whole)
        for index in range(len(whole) - 1, -1, -1):
            at = until - utf8_length(whole[index])
            del text[at:until]
            until = at
            for client, clock, length in deleted.take():
                for unit in range(length):
                    ids[client, clock + unit] = index
    return ids


def _delete_set(update: bytes) -> _Ranges:
    """The delete set of an update without structs: `0`, then clients with their ranges."""
    numbers = _varints(update)
    if next(numbers) != 0:
        return []
    ranges: _Ranges = []
    for _ in range(next(numbers)):
        client = next(numbers)
        for _ in range(next(numbers)):
            ranges.append((client, next(numbers), next(numbers)))
    return ranges


def _varints(data: Sequence[int]) -> Iterator[int]:
    value = shift = 0
    for byte in data:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
