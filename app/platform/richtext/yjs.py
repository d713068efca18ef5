"""ProseMirror JSON <-> the shared Yjs document, in the very form that y-prosemirror (and so TipTap) reads and writes.

The text is the XML fragment `default`. An element is a node, its attributes are the node's that are not null; a run of
neighbouring text nodes is one `XmlText` whose formatting holds the marks: name -> attributes (`{}` where it has none).

Traps of pycrdt, each found by running it: offsets and lengths of `XmlText` are UTF-8 *bytes*; a child must be
integrated before it is filled; `diff()` does not join neighbours with equal marks; whole numbers come back as floats.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias, cast

from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.platform.richtext import schema
from app.platform.richtext.schema import Json

ROOT: Final = "default"
"""The fragment's name: TipTap's Collaboration extension uses it unless told otherwise."""

Run: TypeAlias = list[Json]
"""Neighbouring text nodes, stored as one `XmlText`."""

Parent: TypeAlias = XmlFragment | XmlElement
Shared: TypeAlias = Doc[Any]


def fragment(doc: Shared) -> XmlFragment:
    root: XmlFragment = doc.get(ROOT, type=XmlFragment)
    return root


def new(document: Json, client_id: int | None = None) -> Shared:
    """A shared document that holds `document` (which has been through `schema.check`)."""
    doc: Shared = Doc(client_id=client_id) if client_id is not None else Doc()
    with doc.transaction():
        write_children(fragment(doc), document.get("content") or [])
    return doc


def load(*updates: bytes, client_id: int | None = None) -> Shared:
    """A shared document out of a snapshot and the updates after it."""
    doc: Shared = Doc(client_id=client_id) if client_id is not None else Doc()
    fragment(doc)
    for update in updates:
        doc.apply_update(update)
    return doc


def utf8_length(text: str) -> int:
    """The length of `text` as pycrdt counts it."""
    return len(text.encode())


def group_runs(content: Iterable[Json]) -> list[Run | Json]:
    """The children as Yjs holds them: neighbouring text nodes as one list, every other node by itself."""
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
    return {mark["type"]: dict(mark.get("attrs") or {}) for mark in marks or ()}


def write_children(parent: Parent, content: Iterable[Json]) -> None:
    for group in group_runs(content):
        write(parent, len(parent.children), group)


def write(parent: Parent, index: int, group: Run | Json) -> XmlText | XmlElement:
    """Inserts a node (or a run of text) with all that is in it as the child `index` of `parent`."""
    if isinstance(group, list):
        text = XmlText("")
        parent.children.insert(index, text)
        at = 0
        for node in group:
            text.insert(at, node["text"], formatting(node.get("marks")) or None)
            at += utf8_length(node["text"])
        return text
    element = XmlElement(group["type"])
    parent.children.insert(index, element)
    for name, value in (group.get("attrs") or {}).items():
        if value is not None:
            element.attributes[name] = value
    write_children(element, group.get("content") or [])
    return element


def read(doc: Shared) -> Json:
    """The text as it stands, canonical, with everything that editors would drop left out (see `settled`)."""
    return settled(read_children(fragment(doc)))


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
    run: Run = []
    for piece, attributes in text.diff():
        if not isinstance(piece, str) or not piece:
            continue
        marks = _marks(attributes)
        if run and run[-1].get("marks", []) == marks:
            run[-1]["text"] += piece
            continue
        run.append({"type": "text", "marks": marks, "text": piece} if marks else {"type": "text", "text": piece})
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


def settled(content: Iterable[Json]) -> Json:
    """A text of what is valid in `content`, canonical and in NFC: never refuses, loses as little as it can.

    Two people who each do something allowed can together leave something that is not (each deletes one of a list's two
    items: an empty list; one makes bold what the other makes code). Editors delete such remains; so does this, except
    that a list item keeps its text by getting the paragraph that it must begin with.
    """
    blocks = _settled_children("doc", content, 0)
    return schema.check({"type": "doc", "content": blocks or [{"type": "paragraph"}]}, longest=None)


def _settled_children(parent: str, content: Iterable[Json], depth: int) -> list[Json]:
    kept: list[Json] = []
    for node in content:
        if node["type"] not in schema.CHILDREN[parent] or depth >= schema.MAX_DEPTH + 1:
            continue
        whole = _settled_text(node, parent) if node["type"] == "text" else settled_node(node, depth + 1)
        if whole is None:
            continue
        last = kept[-1] if kept else None
        if whole["type"] == "text" and last and last["type"] == "text" and last.get("marks") == whole.get("marks"):
            last["text"] = unicodedata.normalize("NFC", last["text"] + whole["text"])
        else:
            kept.append(whole)
    return kept


def settled_node(node: Json, depth: int = 1) -> Json | None:
    """One block as editors would keep it; None where they would not."""
    kind = node["type"]
    children = _settled_children(kind, node.get("content") or [], depth)
    if kind in ("blockquote", "bulletList", "orderedList", "table", "tableRow") and not children:
        return None
    if kind in ("tableCell", "tableHeader") and not children:
        children = [{"type": "paragraph"}]
    if kind == "listItem" and (not children or children[0]["type"] != "paragraph"):
        children.insert(0, {"type": "paragraph"})
    settled_node: Json = {"type": kind}
    attrs = _settled_attributes(schema.NODES[kind], node.get("attrs") or {})
    if attrs:
        settled_node["attrs"] = attrs
    if children:
        settled_node["content"] = children
    return settled_node


def _settled_text(node: Json, parent: str) -> Json | None:
    text = unicodedata.normalize("NFC", schema.storable(node["text"]))
    if not text:
        return None
    marks = [] if parent == "codeBlock" else _settled_marks(node.get("marks") or [])
    return {"type": "text", "marks": marks, "text": text} if marks else {"type": "text", "text": text}


def _settled_marks(marks: Iterable[Json]) -> list[Json]:
    kept: list[Json] = []
    for mark in marks:
        if mark["type"] not in schema.MARKS:
            continue
        attrs = _settled_attributes(schema.MARKS[mark["type"]], mark.get("attrs") or {})
        if mark["type"] == "link" and attrs["href"] is None:
            continue
        kept.append({"type": mark["type"], "attrs": attrs} if attrs else {"type": mark["type"]})
    return exclusive(kept)


def exclusive(marks: list[Json]) -> list[Json]:
    """Code excludes every other mark in the editors. Where both came together a link stays, since it says more."""
    names = {mark["type"] for mark in marks}
    if "code" not in names or len(names) == 1:
        return marks
    if "link" in names:
        return [mark for mark in marks if mark["type"] != "code"]
    return [mark for mark in marks if mark["type"] == "code"]


def _settled_attributes(spec: Mapping[str, Any], attrs: Mapping[str, Any]) -> Json:
    complete: Json = {}
    for name, known in schema.attributes_of(spec).items():
        value = attrs.get(name)
        try:
            if value is not None:
                known["validate"](value)
        except schema.ForeignText:
            value = None
        complete[name] = known["default"] if value is None else value
    return complete
