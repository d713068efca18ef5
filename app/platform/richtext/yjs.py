"""ProseMirror JSON <-> the shared Yjs document, in exactly the form that y-prosemirror (and so TipTap) reads and writes.

The text is the XML fragment `default`. An element is a node, and has those of the node's attributes that are not null. A
run of neighbouring text nodes is one `XmlText`, whose formatting holds the marks: name -> attributes (`{}` for none).

Traps of pycrdt, each found by running it: offsets and lengths of `XmlText` are UTF-8 *bytes*; a child must be
integrated before it is filled; `diff()` does not join neighbours with equal marks; whole numbers come back as floats; a
Rust panic is a BaseException that `except Exception` lets through.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any, Final, TypeAlias, cast

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.platform.richtext import schema
from app.platform.richtext.repair import repaired
from app.platform.richtext.schema import Json

ROOT: Final = "default"
"""The fragment's name: the default of TipTap's Collaboration extension."""

Run: TypeAlias = list[Json]
"""Neighbouring text nodes, stored as one `XmlText`."""

Parent: TypeAlias = XmlFragment | XmlElement
Shared: TypeAlias = Doc[Any]


def fragment(doc: Shared) -> XmlFragment:
    root: XmlFragment = doc.get(ROOT, type=XmlFragment)
    return root


def new(document: Json, client_id: int | None = None) -> Shared:
    """A shared document that holds `document`, which `schema.check` has passed."""
    doc: Shared = Doc(client_id=client_id) if client_id is not None else Doc()
    with doc.transaction():
        write_children(fragment(doc), document.get("content") or [])
    return doc


def load(*updates: bytes, client_id: int | None = None) -> Shared:
    """A shared document made from a snapshot and the updates after it."""
    doc: Shared = Doc(client_id=client_id) if client_id is not None else Doc()
    fragment(doc)
    for update in updates:
        doc.apply_update(update)
    return doc


def is_panic(failure: BaseException) -> bool:
    """Whether this is a Rust panic, which pycrdt raises as a type that it does not export."""
    return type(failure).__name__ == "PanicException"


def utf8_length(text: str) -> int:
    """The length of `text` as pycrdt counts it."""
    return len(text.encode())


def texts(parent: Any) -> list[XmlText]:
    """The runs of text in a node or fragment, at any depth, in their order."""
    found: list[XmlText] = []
    for child in parent.children:
        if isinstance(child, XmlText):
            found.append(child)
        elif isinstance(child, XmlElement):
            found.extend(texts(child))
    return found


def characters(text: XmlText) -> str:
    """The characters of a run of text, without its marks."""
    return "".join(piece for piece, _ in text.diff() if isinstance(piece, str))


def group_runs(content: Iterable[Json]) -> list[Run | Json]:
    """The children as Yjs holds them: neighbouring text nodes together in one list, every other node alone."""
    groups: list[Run | Json] = []
    for node in content:
        if node["type"] != "text":
            groups.append(node)
        elif groups and isinstance(groups[-1], list):
            groups[-1].append(node)
        else:
            groups.append([node])
    return groups


def formatting(marks: Iterable[Json] | None) -> dict[str, Any]:
    """The marks as Yjs keeps them: name -> attributes."""
    return {mark["type"]: dict(mark.get("attrs") or {}) for mark in marks or ()}


def write_children(parent: Parent, content: Iterable[Json]) -> None:
    for group in group_runs(content):
        write(parent, len(parent.children), group)


def write(parent: Parent, index: int, group: Run | Json) -> XmlText | XmlElement:
    """Inserts a node (or a run of text), with everything in it, as the child number `index` of `parent`."""
    if isinstance(group, list):
        text = XmlText("")
        parent.children.insert(index, text)
        for node in reversed(group):  # the library looks for a place from the beginning
            text.insert(0, node["text"], formatting(node.get("marks")) or None)
        return text
    element = XmlElement(group["type"])
    parent.children.insert(index, element)
    for name, value in (group.get("attrs") or {}).items():
        if value is not None:
            element.attributes[name] = value
    write_children(element, group.get("content") or [])
    return element


def read(doc: Shared) -> Json:
    """The text that the document holds, canonical, without anything that editors would drop (see `repair`)."""
    return repaired(read_children(fragment(doc)))


def read_children(parent: Parent) -> list[Json]:
    return [node for child in parent.children for node in read_node(child)]


def read_node(child: XmlText | XmlElement | XmlFragment) -> list[Json]:
    """A shared child as ProseMirror nodes: one for an element, one for each run of equal marks in a text."""
    if isinstance(child, XmlText):
        return read_run(child)
    if not isinstance(child, XmlElement):
        return []
    node: Json = {"type": child.tag}
    attrs = plain_attributes(child)
    if attrs:
        node["attrs"] = attrs
    content = read_children(child)
    if content:
        node["content"] = content
    return [node]


def attributes_of(element: XmlElement) -> dict[str, Any]:
    """The attributes of a shared element as pycrdt gives them (numbers as floats)."""
    return dict(cast(Iterable[tuple[str, Any]], element.attributes))


def plain_attributes(element: XmlElement) -> dict[str, Any]:
    """The attributes of a shared element with whole numbers as such."""
    return {name: _plain(value) for name, value in attributes_of(element).items()}


def read_run(text: XmlText) -> Run:
    pieces = ((_marks(marks), piece) for piece, marks in text.diff() if isinstance(piece, str) and piece)
    run: Run = []
    for marks, same in groupby(pieces, lambda each: each[0]):
        joined = "".join(piece for _, piece in same)
        run.append({"type": "text", "marks": marks, "text": joined} if marks else {"type": "text", "text": joined})
    return run


def _marks(attributes: Mapping[str, Any] | None) -> list[Json]:
    marks: list[Json] = []
    for key, value in (attributes or {}).items():
        if value is None:
            continue
        mark: Json = {"type": key.split("--")[0]}
        if isinstance(value, dict) and value:
            mark["attrs"] = {name: _plain(attr) for name, attr in value.items()}
        marks.append(mark)
    return sorted(marks, key=lambda mark: schema.MARK_RANK.get(mark["type"], len(schema.MARK_RANK)))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value
