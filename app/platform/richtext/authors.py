"""Who wrote what: the author of each character of a shared document, followed through its updates one by one.

Each update in the log came from one person for one organisation, and what it inserts is theirs. Text that an update
removes and inserts again unchanged (a paragraph made a heading, a block moved) keeps its author. pycrdt counts offsets in
UTF-8 bytes, so an author is noted for each byte.
"""

from array import array
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Final, TypeAlias

from pycrdt import XmlText

from app.platform.richtext import yjs
from app.platform.richtext.yjs import Shared

AuthorNumber: TypeAlias = int
"""The caller numbers its authors; each is a person who writes for an organisation."""

Runs: TypeAlias = list[list[list[int]]]
"""For each run of text in the document, in order: `[[bytes, author], …]`."""

_MOVED: Final = 8
"""Bytes from which a text that was there before is taken for one that was moved."""


class _Text:
    """A run of text as UTF-8, and the author of each byte."""

    __slots__ = ("content", "who")

    def __init__(self, content: bytes, who: "array[int]") -> None:
        self.content = bytearray(content)
        self.who = who


class Authorship:
    """Follows one document, to which updates are applied through it (`apply`)."""

    def __init__(self, doc: Shared, runs: Runs) -> None:
        """`runs` is what `runs()` answered for this state of the document; an empty list for an empty document."""
        self._doc = doc
        self._root = yjs.fragment(doc)
        self._author: AuthorNumber = 0
        self._texts: dict[XmlText, _Text] = {}
        self._by_content: dict[bytes, list[_Text]] = {}
        """Texts by what they held when that was last needed; `_changed` holds those that were changed since."""
        self._changed: dict[_Text, None] = {}
        self.added: dict[AuthorNumber, int] = {}
        """Characters that each author has inserted since then."""
        self.removed: dict[AuthorNumber, int] = {}
        """Characters that each author has deleted since then; whole blocks are not counted."""
        for number, text in enumerate(yjs.texts(self._root)):
            who = array("i")
            for length, author in runs[number] if number < len(runs) else ():
                who.extend([author] * length)
            content = yjs.characters(text).encode()
            self._keep(text, _Text(content, _fitted(who, len(content), 0)))
        self._subscription = self._root.observe_deep(self._note)

    def apply(self, update: bytes, author: AuthorNumber) -> None:
        self._author = author
        self._doc.apply_update(update)

    def close(self) -> None:
        self._root.unobserve(self._subscription)

    def runs(self) -> Runs:
        """The authors of the document as it is now."""
        return [
            [[len(list(same)), author] for author, same in groupby(self._texts[text].who)]
            if text in self._texts
            else []
            for text in yjs.texts(self._root)
        ]

    def _note(self, events: list[Any]) -> None:
        for event in events:
            if isinstance(event.target, XmlText):
                self._edit(event.target, event.delta)
                continue
            for change in event.delta:
                for child in change.get("insert", ()):
                    for text in [child] if isinstance(child, XmlText) else yjs.texts(child):
                        self._appeared(text)

    def _edit(self, shared: XmlText, delta: Sequence[dict[str, Any]]) -> None:
        text = self._texts.get(shared)
        if text is None:
            self._appeared(shared)
            return
        self._changed[text] = None
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

    def _appeared(self, shared: XmlText) -> None:
        """A new run of text belongs to the author of the update, unless the same text was there before."""
        content = yjs.characters(shared).encode()
        before = self._authors_before(content) if len(content) >= _MOVED else None
        if before is None:
            before = array("i", [self._author] * len(content))
            self.added[self._author] = self.added.get(self._author, 0) + _characters(content)
        self._keep(shared, _Text(content, before))

    def _keep(self, shared: XmlText, text: _Text) -> None:
        self._texts[shared] = text
        self._changed[text] = None

    def _authors_before(self, content: bytes) -> "array[int] | None":
        for text in self._changed:
            self._by_content.setdefault(bytes(text.content), []).append(text)
        self._changed.clear()
        found = self._by_content.get(content, [])
        while found and found[-1].content != content:
            found.pop()
        return array("i", found[-1].who) if found else None


def share(doc: Shared, runs: Runs) -> dict[AuthorNumber, int]:
    """How many characters of the document each author wrote."""
    shares: dict[AuthorNumber, int] = {}
    for content, author in pieces(doc, runs):
        shares[author] = shares.get(author, 0) + len(content)
    return shares


def pieces(doc: Shared, runs: Runs) -> Iterator[tuple[str, AuthorNumber]]:
    """The document's text in order, cut where the author changes and where a run of text ends."""
    for _, piece, author in numbered_pieces(doc, runs):
        yield piece, author


def numbered_pieces(doc: Shared, runs: Runs) -> Iterator[tuple[int, str, AuthorNumber]]:
    """Like `pieces`, with the number of the run of text first (a paragraph has one, or one for each of its lines)."""
    for number, text in enumerate(yjs.texts(yjs.fragment(doc))):
        content = yjs.characters(text).encode()
        at = 0
        for length, author in runs[number] if number < len(runs) else ():
            yield number, content[at : at + length].decode("utf-8", "replace"), author
            at += length


def _fitted(who: "array[int]", length: int, author: AuthorNumber) -> "array[int]":
    """Exactly as many authors as there are bytes, however many were stored."""
    del who[length:]
    who.extend([author] * (length - len(who)))
    return who


def _characters(content: bytes | bytearray) -> int:
    return sum(byte & 0xC0 != 0x80 for byte in content)
