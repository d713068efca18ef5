"""People's own rich text (ProseMirror JSON with TipTap's names, or Markdown) as blocks that every format can render.

Nothing a person wrote is lost: of an unknown node, its text is kept. Headings continue the levels of the heading above
the text without a gap, since a document for screen readers may skip no level.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from app.documents.blocks import (
    DEEPEST_HEADING,
    MAX_DEPTH,
    Block,
    Inline,
    direction,
    paragraph,
    plain,
    strings_of,
    text,
)
from app.platform.richtext.markdown import parse as markdown_parse

LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_MARKS = {"bold": "bold", "italic": "italic", "underline": "underline", "strike": "strike", "code": "code"}
MAX_COLUMNS = 40
"""More than any page shows. The content of further cells goes into the last column, so that nothing is lost."""
Node = Mapping[str, Any]


def from_markdown(markdown: str, under: int, language: str | None = None) -> list[Block]:
    """Blocks of a Markdown text beneath a heading of level `under`."""
    if not markdown.strip():
        return []
    return from_prosemirror(markdown_parse(markdown), under, language)


def from_prosemirror(document: Node, under: int, language: str | None = None) -> list[Block]:
    """Blocks of a ProseMirror document beneath a heading of level `under`. `language`: theirs, if it differs from the
    language around them."""
    blocks = _Prose(under).blocks(_children(document), 0)
    return [block | {"lang": language} for block in blocks] if language else blocks


def safe_link(href: object) -> str | None:
    """The address if a reader may follow it: web, mail or telephone, nothing that runs or reads a disk."""
    if not isinstance(href, str) or any(ord(c) < 33 for c in href):
        return None
    try:
        parts = urlsplit(href)
    except ValueError:
        return None
    return href if parts.scheme.lower() in LINK_SCHEMES and len(href) <= 2000 else None


class _Prose:
    """One walk through one text. `levels` are the writer's own heading levels that are open, outermost first."""

    def __init__(self, under: int) -> None:
        self.under = under
        self.levels: list[int] = []

    def blocks(self, nodes: Sequence[Node], depth: int) -> list[Block]:
        found: list[Block] = []
        for node in nodes:
            found.extend(self.block(node, depth))
        return found

    def block(self, node: Node, depth: int) -> list[Block]:
        kind, attrs = node.get("type"), node.get("attrs") or {}
        if kind == "paragraph":
            runs = self.inline(_children(node))
            return [paragraph(runs)] if plain(runs).strip() else []
        if kind == "heading":
            title = list(filter(_is_text, self.inline(_children(node))))
            return [self._heading(title, attrs)] if plain(title).strip() else []
        if kind in ("bulletList", "orderedList"):
            return self._list(str(kind), node, attrs, depth)
        if kind == "blockquote":
            inside = self.blocks(_children(node), depth + 1)
            return [{"type": "blockquote", "content": inside}] if inside and depth < MAX_DEPTH else inside
        if kind == "codeBlock":
            return [{"type": "codeBlock", "text": "".join(_all_text(node))}]
        if kind == "horizontalRule":
            return [{"type": "rule"}]
        if kind == "table":
            return self._table(node, depth)
        if kind in ("text", "hardBreak"):
            return [paragraph(self.inline([node]))]
        return self.blocks(_children(node), depth + 1) if depth < MAX_DEPTH * 2 else [paragraph(_flat(node))]

    def inline(self, nodes: Sequence[Node]) -> list[Inline]:
        runs: list[Inline] = []
        for node in nodes:
            if node.get("type") == "text":
                runs.append(_run(node))
            elif node.get("type") == "hardBreak":
                runs.append({"type": "break"})
            elif node.get("type") == "image":
                alt = (node.get("attrs") or {}).get("alt")
                runs.extend([text(str(alt))] if alt else [])
            else:
                runs.extend(text(part) for part in _all_text(node))
        return runs

    def _heading(self, runs: list[Inline], attrs: Mapping[str, Any]) -> Block:
        level = int(attrs.get("level") or 1)
        while self.levels and self.levels[-1] >= level:
            self.levels.pop()
        self.levels.append(level)
        fitted = min(self.under + len(self.levels), DEEPEST_HEADING)
        return {
            "type": "heading", "level": fitted, "number": "", "id": "", "own": True,
            "dir": direction(plain(runs)), "content": runs,
        }  # fmt: skip

    def _list(self, kind: str, node: Node, attrs: Mapping[str, Any], depth: int) -> list[Block]:
        items: list[Block] = [
            {"type": "listItem", "content": inside}
            for item in _children(node)
            if (inside := self._plain_headings(self.blocks(_children(item), depth + 1)))
        ]
        if not items:
            return []
        if depth >= MAX_DEPTH:
            return [block for item in items for block in item["content"]]
        found: Block = {"type": kind, "content": items}
        if kind == "orderedList":
            found["start"] = max(0, int(attrs.get("start") or 1))
        return [found]

    def _table(self, node: Node, depth: int) -> list[Block]:
        rows: list[list[dict[str, Any]]] = []
        for row in _children(node):
            cells: list[dict[str, Any]] = []
            for cell in _children(row):
                attrs = cell.get("attrs") or {}
                cells.append(
                    {
                        "header": cell.get("type") == "tableHeader",
                        "colspan": max(1, int(attrs.get("colspan") or 1)),
                        "rowspan": max(1, int(attrs.get("rowspan") or 1)),
                        "content": self._plain_headings(self.blocks(_children(cell), depth + 1)),
                    }
                )
            rows.append(cells)
        rows = _fitted([row for row in rows if row])
        if not rows:
            return []
        widths = _widths(rows)
        return [
            {"type": "table", "rows": rows, "headers": _header_rows(rows), "columns": len(widths), "widths": widths}
        ]

    @staticmethod
    def _plain_headings(blocks: list[Block]) -> list[Block]:
        """A heading inside a list item or a cell has no place in the outline: it is set as a bold paragraph."""
        return [
            paragraph([run | {"bold": True} for run in block["content"]]) if block["type"] == "heading" else block
            for block in blocks
        ]


def _fitted(rows: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    """Cuts spans that reach beyond the table, and columns that no renderer could show."""
    for index, row in enumerate(rows):
        for beyond in row[MAX_COLUMNS:]:
            row[MAX_COLUMNS - 1]["content"] = [*row[MAX_COLUMNS - 1]["content"], *beyond["content"]]
        del row[MAX_COLUMNS:]
        for cell in row:
            cell["colspan"] = min(cell["colspan"], MAX_COLUMNS)
            cell["rowspan"] = min(cell["rowspan"], len(rows) - index)
    return rows


def _header_rows(rows: list[list[dict[str, Any]]]) -> int:
    """The first row is always a header, since a screen reader cannot present a table without one."""
    return max(int(cell["rowspan"]) for cell in rows[0])


def _widths(rows: list[list[dict[str, Any]]]) -> list[float]:
    """Each column's relative width, by its longest word and its longest text. Sets the `share` of each cell.

    A word stays whole up to some length, and a long text gets more of the line, but never all of it.
    """
    taken: set[tuple[int, int]] = set()
    wanted: dict[int, float] = {0: NARROWEST}
    placed = []
    for r, row in enumerate(rows):
        column = 0
        for cell in row:
            while (r, column) in taken:
                column += 1
            own = range(column, min(column + cell["colspan"], MAX_COLUMNS))
            placed.append((cell, own))
            taken.update((below, c) for below in range(r + 1, r + cell["rowspan"]) for c in own)
            cell["longest"], whole = _lengths(cell)
            asked = max(NARROWEST, min(cell["longest"], 20) + 1, min(whole, 90) / 2.5) / cell["colspan"]
            wanted.update({c: max(wanted.get(c, NARROWEST), asked) for c in own})
            column += cell["colspan"]
    widths = [wanted.get(c, NARROWEST) for c in range(max(wanted) + 1)]
    most = max(widths)
    while most > NARROWEST and sum(min(width, most) for width in widths) > LINE:
        most -= 1
    widths = [min(width, most) for width in widths]
    for cell, own in placed:
        cell["share"] = sum(widths[c] for c in own) / sum(widths)
    return widths


NARROWEST = 4.0
LINE = 90
"""The letters that fit on a line of a table: where columns ask for more, the widest give way first."""


def _lengths(cell: dict[str, Any]) -> tuple[int, int]:
    """Letters of the longest word of a cell, and of all its text."""
    values = list(strings_of(cell["content"]))
    return max((len(word) for value in values for word in value.split()), default=0), sum(map(len, values))


def _is_text(run: Inline) -> bool:
    return bool(run["type"] == "text")


def _run(node: Node) -> Inline:
    marks: dict[str, Any] = {}
    for mark in node.get("marks") or ():
        kind = mark.get("type")
        if kind in _MARKS:
            marks[_MARKS[kind]] = True
        elif kind == "link":
            marks["link"] = safe_link((mark.get("attrs") or {}).get("href"))
    return text(str(node.get("text") or ""), **marks)


def _children(node: Node) -> Sequence[Node]:
    content = node.get("content")
    return content if isinstance(content, list | tuple) else ()


def _all_text(node: Node) -> list[str]:
    """All text within the node. Without recursion, since a hostile document may be deep."""
    found: list[str] = []
    waiting: list[Node] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current.get("text"), str):
            found.append(current["text"])
        waiting.extend(reversed(_children(current)))
    return found


def _flat(node: Node) -> str:
    return " ".join(_all_text(node))
