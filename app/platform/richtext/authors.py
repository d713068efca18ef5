"""Who wrote what: an author for each character of a shared document, followed through its updates one by one.

Each update in the log came from one person for one organisation; what it inserts is theirs. Text that an update takes
out and puts in again as it was (a paragraph made a heading, a block moved) stays its author's. Offsets are UTF-8
bytes, as pycrdt counts; so an author is kept for each byte.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, TypeAlias

from pycrdt import XmlElement, XmlText

from app.platform.richtext import yjs
from app.platform.richtext.yjs import Shared

Author: TypeAlias = int
"""A number that the caller gives to a person writing for an organisation."""

Runs: TypeAlias = list[list[list[int]]]
"""For each text of the document in order: `[[bytes, author], …]`."""

_MOVED: Final = 8
"""Bytes from which a text that comes back as it was is taken for the same one."""


class _Text:
    __slots__ = ("content", "who")

    def __init__(self, content: bytes, who: "array[int]") -> None:
        self.content = bytearray(content)
        self.who = who


class Authorship:
    """Follows one document. Make it before the updates are applied, and `apply` them through it."""

    def __init__(self, doc: Shared, runs: Runs) -> None:
        """`runs` is what `runs()` gave for the document as it stands; an empty list for an empty document."""
        self._doc = doc
        self._root = yjs.fragment(doc)
        self._author: Author = 0
        self._texts: dict[XmlText, _Text] = {}
        self.added: dict[Author, int] = {}
        """Characters that each author inserted since."""
        self.removed: dict[Author, int] = {}
        """Characters that each author deleted since, whole blocks not counted."""
        for number, text in enumerate(_texts(self._root)):
            who = array("i")
            for length, author in runs[number] if number < len(runs) else ():
                who.extend([author] * length)
            content = _content(text)
            who = _fitted(who, len(content), 0)
            self._texts[text] = _Text(content, who)
        self._subscription = self._root.observe_deep(self._note)

    def apply(self, update: bytes, author: Author) -> None:
        self._author = author
        self._doc.apply_update(update)

    def close(self) -> None:
        self._root.unobserve(self._subscription)

    def runs(self) -> Runs:
        """The authors as they stand now, text by text."""
        return [
            [[len(list(same)), author] for author, same in groupby(self._texts[text].who)]
            if text in self._texts
            else []
            for text in _texts(self._root)
        ]

    def _note(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event.target, XmlText):
                self._edit(event.target, event.delta)
                continue
            for change in event.delta:
                for child in change.get("insert", ()):
                    for text in [child] if isinstance(child, XmlText) else _texts(child):
                        self._came(text)

    def _edit(self, shared: XmlText, delta: Sequence[dict[str, Any]]) -> None:
        text = self._texts.get(shared)
        if text is None:
            self._came(shared)
            return
        at = 0
        for change in delta:
            if "retain" in change:
                at += change["retain"]
            elif "delete" in change:
                gone = text.content[at : at + change["delete"]]
                self.removed[self._author] = self.removed.get(self._author, 0) + _characters(gone)
                del text.content[at : at + change["delete"]]
                del text.who[at : at + change["delete"]]
            elif isinstance(change.get("insert"), str):
                content = change["insert"].encode()
                text.content[at:at] = content
                text.who[at:at] = array("i", [self._author] * len(content))
                self.added[self._author] = self.added.get(self._author, 0) + _characters(content)
                at += len(content)

    def _came(self, shared: XmlText) -> None:
        """A text is new: its author's, unless it is one that was here before."""
        content = _content(shared)
        before = self._before(content) if len(content) >= _MOVED else None
        if before is None:
            before = array("i", [self._author] * len(content))
            self.added[self._author] = self.added.get(self._author, 0) + _characters(content)
        self._texts[shared] = _Text(content, before)

    def _before(self, content: bytes) -> "array[int] | None":
        for text in self._texts.values():
            if text.content == content:
                return array("i", text.who)
        return None


def share(doc: Shared, runs: Runs) -> dict[Author, int]:
    """How many characters of the document are whose."""
    shares: dict[Author, int] = {}
    for content, author in pieces(doc, runs):
        shares[author] = shares.get(author, 0) + len(content)
    return shares


def pieces(doc: Shared, runs: Runs) -> Iterator[tuple[str, Author]]:
    """The document's text in order, cut where the author changes and where a run of text ends."""
    for _, piece, author in numbered_pieces(doc, runs):
        yield piece, author


def numbered_pieces(doc: Shared, runs: Runs) -> Iterator[tuple[int, str, Author]]:
    """As `pieces`, each with the number of its run of text (a paragraph has one, or one for each of its lines)."""
    for number, text in enumerate(_texts(yjs.fragment(doc))):
        content = _content(text)
        at = 0
        for length, author in runs[number] if number < len(runs) else ():
            yield number, content[at : at + length].decode("utf-8", "replace"), author
            at += length


def _fitted(who: "array[int]", length: int, author: Author) -> "array[int]":
    """As many authors as there are bytes, whatever was kept."""
    del who[length:]
    who.extend([author] * (length - len(who)))
    return who


def _content(text: XmlText) -> bytes:
    return "".join(piece for piece, _ in text.diff() if isinstance(piece, str)).encode()


def _characters(content: bytes | bytearray) -> int:
    return sum(byte & 0xC0 != 0x80 for byte in content)


def _texts(parent: Any) -> list[XmlText]:
    found: list[XmlText] = []
    for child in parent.children:
        if isinstance(child, XmlText):
            found.append(child)
        elif isinstance(child, XmlElement):
            found.extend(_texts(child))
    return found
