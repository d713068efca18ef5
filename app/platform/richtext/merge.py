"""Brings a text that somebody wrote elsewhere (as Markdown) into a document in which others have typed since.

The smallest change is made on a fork at the version that its author read: blocks by longest common subsequence, replaced
ranges paired by likeness, then words, then characters, marks by formatting. Its update is then applied to the live
document, where Yjs merges it with everybody else's, so nothing that others typed is undone. A difference from the live
text would undo what they typed meanwhile, and clearing and rewriting would lose it.

What Markdown can't carry (underline, spans and widths of cells, several blocks in a cell, spaces at edges) stays where
the author left the text around it unchanged. A block that the author deleted while somebody typed in it stays, with what
was typed.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from pycrdt import XmlElement, XmlText

from app.platform.richtext import markdown, yjs
from app.platform.richtext.markdown_writer import table_grid
from app.platform.richtext.merge_base import (
    BasePart,
    Group,
    InsertedByOthers,
    base_parts,
    key,
    kind_of,
    shown_as,
    type_of,
    visible_parts,
)
from app.platform.richtext.merge_text import sync_line
from app.platform.richtext.repair import repaired_node
from app.platform.richtext.schema import TEXTBLOCKS, Json
from app.platform.richtext.sequences import edits, pairing
from app.platform.richtext.yjs import Parent, Run

_ALIKE: Final = 0.3
"""Share of words in common from which two blocks are taken for the same one, edited."""

_LAST_CLIENT: Final = 2**53 - 1
"""Where two write at one place, the text of the lower Yjs client comes first. A fork's client is close to the highest,
so that a word that somebody was typing when the author read it stays whole, and what the author added comes after it."""

_WRITTEN: Final = {
    "heading": ("level",),
    "orderedList": ("start",),
    "codeBlock": ("language",),
    "tableCell": ("align",),
    "tableHeader": ("align",),
}
"""The attributes that Markdown can write. The others stay as they are."""


def change(base: Sequence[bytes], live: Sequence[bytes], new: Json, *, exact: bool = False) -> bytes | None:
    """The Yjs update that changes `live` as the author changed `base`; None where nothing changed.

    `base` and `live` are updates of one document: the text that the author read, and the text as it is now. `new` is
    the author's text from `markdown.parse`. `exact`: the author also saw what Markdown can't carry, and `new` says it
    (when an earlier version is restored).
    """
    fork = yjs.load(*base, client_id=_LAST_CLIENT - secrets.randbelow(2**44))
    before = fork.get_state()
    root = yjs.fragment(fork)
    parts = base_parts(root, ())
    wanted: list[Group] = [] if new["content"] == [{"type": "paragraph"}] else list(new["content"])
    changed = False

    def note(_: object) -> None:
        nonlocal changed
        changed = True

    subscription = root.observe_deep(note)
    with fork.transaction():
        _Merge(InsertedByOthers(base, live), exact).document(root, parts, wanted)
    root.unobserve(subscription)
    return fork.get_update(before) if changed else None


def _words(group: Group) -> Counter[str]:
    nodes = group if isinstance(group, list) else [group]
    return Counter(word for node in nodes for word in markdown.plain_text(node).split())


class _Merge:
    """Changes the fork, from the document down to the lines of its blocks."""

    def __init__(self, inserted_by_others: InsertedByOthers, exact: bool) -> None:
        self._inserted_by_others = inserted_by_others
        self._exact = exact

    def document(self, root: Parent, parts: list[BasePart], wanted: list[Group]) -> None:
        if self._exact:
            self.blocks(root, parts, [_as_editors_see(part.raw) for part in parts], wanted)
            return
        seen = visible_parts(parts)
        if seen or not parts or not wanted or kind_of(wanted[0]) != "paragraph":
            known = {key(group) for group in wanted}
            shown = [shown_as(part, known) for part in seen]
            self.blocks(root, seen, shown, wanted, at=len(parts) - _extent(seen))
            return
        first = parts[0]  # there are only empty paragraphs, so the first takes the author's first block
        assert isinstance(first.shared, XmlElement) and isinstance(wanted[0], dict)
        yjs.write_children(first.shared, wanted[0].get("content") or [])
        self.blocks(root, [], [], wanted[1:], at=1)

    def blocks(
        self,
        parent: Parent,
        parts: Sequence[BasePart | None],
        shown: Sequence[Group],
        wanted: Sequence[Group],
        at: int = 0,
    ) -> None:
        """Makes the children of `parent` what the author wrote. The author was shown `parts[i]` as `shown[i]`.

        None in `parts` is a place that only the Markdown had: a cell under another one's span. The first of `parts` is the
        child number `at`.
        """
        done = 0
        for edit in edits([key(group) for group in shown], [key(group) for group in wanted]):
            at += _extent(parts[done : edit.a])
            old, new = parts[edit.a : edit.b], wanted[edit.c : edit.d]
            for i, j in pairing(len(old), len(new), _likeness(shown[edit.a : edit.b], new, self._exact)):
                part = old[i] if i is not None else None
                if part is None:
                    if j is not None and (i is None or _words(new[j])):
                        yjs.write(parent, at, new[j])
                        at += 1
                elif j is None:
                    at += self._remove(parent, at, part) + part.unseen
                else:
                    self._update(part, shown[edit.a + i] if i is not None else part.raw, new[j])
                    at += 1 + part.unseen
            done = edit.b

    def _remove(self, parent: Parent, at: int, part: BasePart) -> int:
        """Deletes a part, except what others inserted into it since; answers how many children stay (0 or 1)."""
        if not self._has_others_text(part):
            del parent.children[at]
            return 0
        if isinstance(part.shared, XmlText):
            part.shared.clear()
        else:
            inner = 0
            for child in part.children:
                inner += self._remove(part.shared, inner, child)
        return 1

    def _has_others_text(self, part: BasePart) -> bool:
        return part.path in self._inserted_by_others or any(self._has_others_text(child) for child in part.children)

    def _update(self, part: BasePart, shown: Group, wanted: Group) -> None:
        if isinstance(part.shared, XmlText) or isinstance(shown, list) or isinstance(wanted, list):
            if isinstance(part.shared, XmlText) and isinstance(shown, list) and isinstance(wanted, list):
                sync_line([part.shared], shown, wanted, exact=self._exact)
            return
        _set_attributes(part.shared, shown, wanted, self._exact)
        kind = shown["type"]
        if kind in TEXTBLOCKS:
            self._textblock(part, part.shared, shown.get("content") or [], wanted.get("content") or [])
        elif self._exact:
            self._children(part, part.shared, shown, wanted)
        elif kind == "table":
            self._table(part, part.shared, shown, wanted)
        elif kind in ("tableCell", "tableHeader"):
            self._cell(part, part.shared, shown, wanted)
        else:
            self._children(part, part.shared, shown, wanted)

    def _children(self, part: BasePart, shared: XmlElement, shown: Json, wanted: Json) -> None:
        given: Sequence[Group] = shown.get("content") or []
        seen = part.children if self._exact else visible_parts(part.children, shown["type"])
        if len(given) != len(seen):
            seen = part.children
            given = [_as_editors_see(child.raw) for child in seen]
        at = len(part.children) - _extent(seen)
        self.blocks(shared, seen, given, wanted.get("content") or [], at=at)

    def _textblock(self, part: BasePart, shared: XmlElement, shown: list[Json], wanted: list[Json]) -> None:
        """Updates line by line where the number of line breaks is the same, else child by child like any other node."""
        old_lines, new_lines, shown_lines = _part_lines(part.children), _lines(wanted), _lines(shown)
        if len(old_lines) != len(new_lines) or len(shown_lines) != len(new_lines):
            groups: list[Group] = [child.raw for child in part.children]
            self.blocks(shared, part.children, groups, yjs.group_runs(wanted))
            return
        for number in range(len(old_lines) - 1, -1, -1):
            end, texts = old_lines[number]
            if shown_lines[number] == new_lines[number]:
                continue
            if texts:
                sync_line(texts, shown_lines[number], new_lines[number], exact=self._exact)
            elif new_lines[number]:
                yjs.write(shared, end, new_lines[number])

    def _table(self, part: BasePart, shared: XmlElement, shown: Json, wanted: Json) -> None:
        """Updates row by row. Places that a span covers have no cell of their own."""
        repaired = repaired_node(part.raw) if isinstance(part.raw, dict) else None
        rows: list[Json] = shown["content"]
        if repaired is None or len(repaired["content"]) != len(rows) or len(part.children) != len(rows):
            self._children(part, shared, shown, wanted)
            return
        grid = table_grid(repaired["content"])
        at = done = 0
        new_rows: list[Json] = wanted["content"]
        for edit in edits([key(row) for row in rows], [key(row) for row in new_rows]):
            at += edit.a - done
            new = new_rows[edit.c : edit.d]
            for i, j in pairing(edit.b - edit.a, len(new), _likeness(rows[edit.a : edit.b], new, self._exact)):
                if i is None:
                    if j is not None:
                        yjs.write(shared, at, new[j])
                        at += 1
                elif j is None:
                    at += self._remove(shared, at, part.children[edit.a + i])
                else:
                    self._row(part.children[edit.a + i], grid[edit.a + i], rows[edit.a + i], new[j])
                    at += 1
            done = edit.b

    def _row(self, part: BasePart, cells: Sequence[Any], shown: Json, wanted: Json) -> None:
        assert isinstance(part.shared, XmlElement)
        own = iter(part.children)
        places: list[BasePart | None] = [next(own, None) if cell is not None else None for cell in cells]
        given = shown.get("content") or []
        places += [None] * (len(given) - len(places))
        self.blocks(part.shared, places[: len(given)], given, wanted.get("content") or [])

    def _cell(self, part: BasePart, shared: XmlElement, shown: Json, wanted: Json) -> None:
        """A cell was shown as one paragraph, so its author sees the texts of its blocks as one line."""
        texts = [text for text in _texts(part) if len(text)]
        line = _lines(shown["content"][0].get("content") or [])[0]
        new_line = _lines(wanted["content"][0].get("content") or [])[0]
        if texts:
            sync_line(texts, line, new_line, joint=" ")
        else:
            self._children(part, shared, shown, wanted)


def _extent(parts: Sequence[BasePart | None]) -> int:
    """How many children these parts are, together with the unseen parts after them."""
    return sum(1 + part.unseen for part in parts if part is not None)


def _as_editors_see(group: Group) -> Group:
    return group if isinstance(group, list) else repaired_node(group) or group


def _likeness(shown: Sequence[Group], wanted: Sequence[Group], exact: bool) -> Callable[[int, int], float]:
    """A function that says how alike two blocks are: 0 for different kinds or few common words.

    Where one block was replaced by one, they are alike if they are of one kind. Markdown makes a table's first row its
    head, so both kinds of cells are one kind unless the text is `exact`.
    """
    kind = type_of if exact else kind_of
    alone = len(shown) == len(wanted) == 1
    old, new = [_words(group) for group in shown], [_words(group) for group in wanted]
    old_sizes, new_sizes = [words.total() for words in old], [words.total() for words in new]

    def likeness(i: int, j: int) -> float:
        if kind(shown[i]) != kind(wanted[j]):
            return 0.0
        if not old_sizes[i] and not new_sizes[j]:
            return 0.5
        small, large = (old[i], new[j]) if len(old[i]) < len(new[j]) else (new[j], old[i])
        common = sum(min(count, large[word]) for word, count in small.items())
        alike = 2 * common / (old_sizes[i] + new_sizes[j])
        # A short block that kept its words and got many more is the same block, so what others type there stays.
        kept = 2 * common > old_sizes[i]
        return 0.01 + alike if alike > _ALIKE or kept or alone else 0.0

    return likeness


def _set_attributes(element: XmlElement, shown: Json, wanted: Json, exact: bool) -> None:
    had, has = shown.get("attrs") or {}, wanted.get("attrs") or {}
    for name in has if exact else _WRITTEN.get(shown["type"], ()):
        if had.get(name) == has.get(name):
            continue
        if has.get(name) is None:
            del element.attributes[name]
        else:
            element.attributes[name] = has[name]


def _lines(content: Sequence[Json]) -> list[Run]:
    lines: list[Run] = [[]]
    for node in content:
        if node["type"] == "hardBreak":
            lines.append([])
        else:
            lines[-1].append(node)
    return lines


def _part_lines(children: Sequence[BasePart]) -> list[tuple[int, list[XmlText]]]:
    """For each line of a textblock, the index of the child at its end, and its runs of text."""
    lines: list[tuple[int, list[XmlText]]] = []
    texts: list[XmlText] = []
    for index, child in enumerate(children):
        if isinstance(child.shared, XmlText):
            texts.append(child.shared)
        else:
            lines.append((index, texts))
            texts = []
    return [*lines, (len(children), texts)]


def _texts(part: BasePart) -> list[XmlText]:
    if isinstance(part.shared, XmlText):
        return [part.shared]
    return [text for child in part.children for text in _texts(child)]
