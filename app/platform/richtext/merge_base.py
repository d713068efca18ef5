"""What a merge starts from: the parts of the base, what its author was shown of each, and where others inserted since."""

import json
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pycrdt import XmlElement, XmlText

from app.platform.richtext import markdown, yjs
from app.platform.richtext.markdown_inline import inline
from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.repair import repaired_node
from app.platform.richtext.schema import Json
from app.platform.richtext.yjs import Parent, Run

Group: TypeAlias = Run | Json
"""A node, or the text nodes of one run."""


@dataclass(slots=True)
class BasePart:
    """A part of the fork: the shared object, and what it holds (`raw`)."""

    shared: XmlText | XmlElement
    path: tuple[int, ...]
    """Its place in the base: child numbers from the root."""
    raw: Group
    children: list["BasePart"] = field(default_factory=list)
    unseen: int = 0
    """How many parts follow that the author could not see, because Markdown shows no empty paragraphs."""


def base_parts(parent: Parent, path: tuple[int, ...]) -> list[BasePart]:
    """The children of `parent`, whose place in the base is `path`."""
    return [
        _base_part(child, (*path, number))
        for number, child in enumerate(parent.children)
        if isinstance(child, XmlText | XmlElement)
    ]


def _base_part(shared: XmlText | XmlElement, path: tuple[int, ...]) -> BasePart:
    if isinstance(shared, XmlText):
        return BasePart(shared, path, yjs.read_run(shared))
    children = base_parts(shared, path)
    raw: Json = {"type": shared.tag}
    attrs = yjs.plain_attributes(shared)
    if attrs:
        raw["attrs"] = attrs
    content: list[Json] = []
    for child in children:
        content.extend(child.raw if isinstance(child.raw, list) else [child.raw])
    if content:
        raw["content"] = content
    return BasePart(shared, path, raw, children)


def shown_as(part: BasePart, known: Set[str]) -> Group:
    """What the author was shown of a block, which is the block itself where Markdown carries all of it.

    `known` holds the keys of the author's blocks; a block that is among them came through Markdown whole.
    """
    repaired = repaired_node(part.raw) if isinstance(part.raw, dict) else None
    if repaired is None:
        return part.raw
    if key(repaired) in known:
        return repaired
    carried = markdown.parse(dump({"type": "doc", "content": [repaired]}))["content"]
    return carried[0] if len(carried) == 1 and carried[0]["type"] == repaired["type"] else repaired


def visible_parts(parts: Sequence[BasePart], parent: str = "doc") -> list[BasePart]:
    """The parts that Markdown shows. Sets in each how many unseen parts follow it.

    Markdown shows no empty paragraph, except the one that a list item or a quote must have.
    """
    seen = [part for part in parts if not _is_blank(part)]
    must_begin = not seen or (parent == "listItem" and kind_of(seen[0].raw) != "paragraph")
    if parent in ("listItem", "blockquote") and parts and _is_blank(parts[0]) and must_begin:
        seen.insert(0, parts[0])
    visible = set(map(id, seen))
    places = [index for index, part in enumerate(parts) if id(part) in visible]
    for place, following in zip(places, [*places[1:], len(parts)], strict=False):
        parts[place].unseen = following - place - 1
    return seen


def _is_blank(part: BasePart) -> bool:
    if not isinstance(part.raw, dict) or part.raw["type"] != "paragraph":
        return False
    content = part.raw.get("content") or []
    return not any(node.get("text", "").strip() for node in content) and not inline(content)


def key(group: Group) -> str:
    """Equal for equal groups."""
    return json.dumps(group, sort_keys=True, ensure_ascii=False)


def type_of(group: Group) -> str:
    return "text" if isinstance(group, list) else str(group["type"])


def kind_of(group: Group) -> str:
    """The type, but one for both kinds of cells, which are the same in Markdown."""
    kind = type_of(group)
    return "cell" if kind in ("tableCell", "tableHeader") else kind


class InsertedByOthers:
    """The parts of the base into which others have inserted something since. Found by a second fork that follows the live
    document, when it is first asked."""

    def __init__(self, base: Sequence[bytes], live: Sequence[bytes]) -> None:
        self._base = base
        self._live = live
        self._changed: set[tuple[int, ...]] | None = None

    def __contains__(self, path: tuple[int, ...]) -> bool:
        if self._changed is None:
            self._changed = self._find()
        return path in self._changed

    def _find(self) -> set[tuple[int, ...]]:
        fork = yjs.load(*self._base)
        news = yjs.load(*self._live).get_update(fork.get_state())
        root = yjs.fragment(fork)
        paths: dict[object, tuple[int, ...]] = {}
        waiting: list[tuple[tuple[int, ...], Parent]] = [((), root)]
        while waiting:
            path, parent = waiting.pop()
            for index, child in enumerate(parent.children):
                paths[child] = (*path, index)
                if isinstance(child, XmlElement):
                    waiting.append(((*path, index), child))
        changed: set[tuple[int, ...]] = set()

        def note(events: list[Any]) -> None:
            for event in events:
                if event.target in paths and any("insert" in part for part in event.delta):
                    changed.add(paths[event.target])

        subscription = root.observe_deep(note)
        fork.apply_update(news)
        root.unobserve(subscription)
        return changed
