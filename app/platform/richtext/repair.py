"""Makes a text of whatever two people left together: valid, canonical, and with as little lost as possible.

Two people who each do something allowed can together leave something that is not (each deletes one of a list's two
items: an empty list; one makes bold what the other makes code). Editors delete such remains; so does this, except that a
list item keeps its text by getting the paragraph that it must begin with.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from app.platform.richtext import schema
from app.platform.richtext.schema import Json


def repaired(content: Iterable[Json]) -> Json:
    """A text of what is valid in `content`, canonical and in NFC. Refuses nothing."""
    blocks = _children("doc", content, 0)
    return schema.check({"type": "doc", "content": blocks or [{"type": "paragraph"}]}, longest=None)


def _children(parent: str, content: Iterable[Json], depth: int) -> list[Json]:
    kept: list[Json] = []
    for node in content:
        if node["type"] not in schema.CHILDREN[parent] or depth >= schema.MAX_DEPTH + 1:
            continue
        whole = _text(node, parent) if node["type"] == "text" else repaired_node(node, depth + 1)
        if whole is None:
            continue
        kept.append(whole)
    return [node for same in _alike(kept) for node in same]


def _alike(nodes: Iterable[Json]) -> Iterator[list[Json]]:
    """The nodes in order; neighbouring texts with the same marks as one."""
    for marks, same in groupby(nodes, lambda node: node["type"] == "text" and [node.get("marks")]):
        some = list(same)
        if marks and len(some) > 1:
            joined = "".join(node["text"] for node in some)
            some = [{**some[0], "text": unicodedata.normalize("NFC", joined)}]
        yield some


def repaired_node(node: Json, depth: int = 1) -> Json | None:
    """One block as editors would keep it; None where they would not."""
    kind = node["type"]
    children = _children(kind, node.get("content") or [], depth)
    if kind in ("blockquote", "bulletList", "orderedList", "table", "tableRow") and not children:
        return None
    if kind in ("tableCell", "tableHeader") and not children:
        children = [{"type": "paragraph"}]
    if kind == "listItem" and (not children or children[0]["type"] != "paragraph"):
        children.insert(0, {"type": "paragraph"})
    whole: Json = {"type": kind}
    attrs = _attributes(schema.NODES[kind], node.get("attrs") or {})
    if attrs:
        whole["attrs"] = attrs
    if children:
        whole["content"] = children
    return whole


def _text(node: Json, parent: str) -> Json | None:
    text = unicodedata.normalize("NFC", schema.storable(node["text"]))
    if not text:
        return None
    marks = [] if parent == "codeBlock" else _marks(node.get("marks") or [])
    return {"type": "text", "marks": marks, "text": text} if marks else {"type": "text", "text": text}


def _marks(marks: Iterable[Json]) -> list[Json]:
    kept: list[Json] = []
    for mark in marks:
        if mark["type"] not in schema.MARKS:
            continue
        attrs = _attributes(schema.MARKS[mark["type"]], mark.get("attrs") or {})
        if mark["type"] == "link" and attrs["href"] is None:
            continue
        kept.append({"type": mark["type"], "attrs": attrs} if attrs else {"type": mark["type"]})
    return compatible(kept)


def compatible(marks: list[Json]) -> list[Json]:
    """The marks that editors allow together. Code excludes all others; but where it meets a link, the link stays, since
    it says more."""
    names = {mark["type"] for mark in marks}
    if "code" not in names or len(names) == 1:
        return marks
    if "link" in names:
        return [mark for mark in marks if mark["type"] != "code"]
    return [mark for mark in marks if mark["type"] == "code"]


def _attributes(spec: Mapping[str, Any], attrs: Mapping[str, Any]) -> Json:
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
