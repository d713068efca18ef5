"""Keeps a shared document to the schema while updates stream in from sockets, by checking only what an update touched.

    guard = Guard(doc)              # one for each open document
    guard.apply(update)             # raises ForeignUpdate; otherwise the update is in the document

An update that is refused has already changed the document, so the caller drops the document and loads it again from its
log before anything is passed on. What two honest people can cause together (an empty list, code that is bold) is let
through; `repair` reads it as editors do.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from pycrdt import XmlElement, XmlText, get_update

from app.platform.richtext import schema
from app.platform.richtext.schema import ForeignText
from app.platform.richtext.yjs import ROOT, Shared, attributes_of, fragment, is_panic


class ForeignUpdate(Exception):
    """An update may not be passed on; the message says what it brought. The document it was applied to is spoiled."""


_KNOWN_MARKS: Final = frozenset(schema.MARKS)


class Guard:
    """Watches one document. `apply` costs some 15 µs for a typed character; it is not re-entrant."""

    def __init__(self, doc: Shared) -> None:
        """What `doc` holds was checked already (`check_whole` checks a document from elsewhere)."""
        self._doc = doc
        self._fragment = fragment(doc)
        self._fault: str | None = None
        self._took_effect = False
        self._subscription = self._fragment.observe_deep(self._check_events)

    def close(self) -> None:
        self._fragment.unobserve(self._subscription)

    def apply(self, update: bytes) -> None:
        """Applies `update` and checks what it touched. Raises `ForeignUpdate`, also where the bytes can't be read."""
        self._fault, self._took_effect = None, False
        try:
            self._doc.apply_update(update)
        except Exception as unreadable:
            raise ForeignUpdate(f"the update cannot be read: {unreadable}"[:200]) from unreadable
        except BaseException as failure:
            if not is_panic(failure):
                raise
            raise ForeignUpdate("the update cannot be read: it broke the decoder") from None
        if self._fault is not None:
            raise ForeignUpdate(self._fault)
        if len(list(self._doc.keys())) != 1:
            strangers = sorted(set(self._doc.keys()) - {ROOT})
            raise ForeignUpdate(f"the document holds something beside the text: {', '.join(strangers)[:80]}")
        if not (self._took_effect and update[:2] == b"\x01\x01") and self._leaves_gap(update):
            raise ForeignUpdate("the update builds on changes that nobody has sent")

    def _leaves_gap(self, update: bytes) -> bool:
        """Whether parts of the update wait for others that are missing.

        They would take effect unseen when those others come, in somebody else's name, and a compacted log would lose
        them. Such parts are what the document still lacks of an update that was applied to it: the first byte of
        `get_update` counts the clients that they are from. A single item that took effect (`01 01`: a keystroke) has
        none, and is not looked at.
        """
        return get_update(update, self._doc.get_state())[0] != 0

    def check_whole(self) -> None:
        """Checks everything that the document holds. Raises `ForeignUpdate`."""
        if set(self._doc.keys()) != {ROOT}:
            raise ForeignUpdate("the document holds something beside the text")
        try:
            for child in self._fragment.children:
                _check_inserted(child, "doc", 1)
        except ForeignText as foreign:
            raise ForeignUpdate(str(foreign)) from None

    def _check_events(self, events: list[Any]) -> None:
        self._took_effect = True
        if self._fault is not None:
            return
        try:
            for event in events:
                self._check_event(event)
        except ForeignText as foreign:
            self._fault = str(foreign)

    def _check_event(self, event: Any) -> None:
        target = event.target
        if isinstance(target, XmlText):
            _check_text_delta(event.delta, target)
            if event.keys:
                raise ForeignText("a run of text has no attributes")
            return
        kind = str(target.tag) if isinstance(target, XmlElement) else "doc"
        if event.keys:
            if kind == "doc":
                raise ForeignText("the text as a whole has no attributes")
            _check_attributes(kind, {name: change.get("newValue") for name, change in event.keys.items()})
        for change in event.delta:
            for child in _inserted(change):
                _check_inserted(child, kind, len(event.path) + 1)


def _inserted(change: Mapping[str, Any]) -> Iterator[object]:
    values = change.get("insert", ())
    if not isinstance(values, list | tuple):
        raise ForeignText("something that is neither a node nor text was put between nodes")
    yield from values


def _check_text_delta(delta: list[Mapping[str, Any]], text: XmlText) -> None:
    for change in delta:
        inserted = change.get("insert", "")
        if not isinstance(inserted, str):
            raise ForeignText("something that is not text was put into a text")
        attributes = change.get("attributes")
        if attributes:
            _check_marks(attributes, text)


def _check_marks(attributes: Mapping[str, Any], text: XmlText) -> None:
    for key, value in attributes.items():
        if key == "ychange":
            continue
        name = key.split("--")[0]
        if name not in _KNOWN_MARKS:
            raise ForeignText(f"there is no mark {name[:40]!r}")
        if value is None:
            continue
        if not isinstance(value, dict):
            raise ForeignText(f"the mark {name!r} holds no attributes but {str(value)[:40]!r}")
        schema.check_attributes(schema.MARKS[name], value, name)
        parent = text.parent
        if isinstance(parent, XmlElement) and parent.tag == "codeBlock":
            raise ForeignText("the text of a code block has no marks")


def _check_attributes(kind: str, attrs: Mapping[str, Any]) -> None:
    schema.check_attributes(schema.NODES[kind], attrs, kind)


def _check_inserted(child: object, parent: str, depth: int) -> None:
    """Checks a child that was inserted, with everything in it."""
    waiting = [(child, parent, depth)]
    while waiting:
        node, above, level = waiting.pop()
        if isinstance(node, XmlText):
            if "text" not in schema.CHILDREN[above]:
                raise ForeignText(f"text cannot stand by itself in {above}")
            for piece, attributes in node.diff():
                if not isinstance(piece, str):
                    raise ForeignText("something that is not text was put into a text")
                if attributes:
                    _check_marks(attributes, node)
            if len(node.attributes):
                raise ForeignText("a run of text has no attributes")
            continue
        kind = node.tag if isinstance(node, XmlElement) else None
        if not isinstance(node, XmlElement) or kind is None or kind == "text" or kind not in schema.NODES:
            raise ForeignText(f"there is no node {str(kind)[:40]!r}")
        if kind not in schema.CHILDREN[above]:
            raise ForeignText(f"{kind} cannot stand in {above}")
        if level > schema.MAX_DEPTH and kind not in schema.INLINE:
            raise ForeignText(f"parts are nested more than {schema.MAX_DEPTH} deep")
        _check_attributes(kind, attributes_of(node))
        children = list(node.children)
        first = children[0] if children else None
        if (
            kind == "listItem"
            and first is not None
            and not (isinstance(first, XmlElement) and first.tag == "paragraph")
        ):
            raise ForeignText("a list item begins with a paragraph")
        waiting.extend((each, kind, level + 1) for each in children)
