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
from app.platform.richtext.list_labels import form_of, label, start_of
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
        """An empty item of an ordered list stays, or every number after it would be another than in the editor."""
        ordered, form, start = kind == "orderedList", form_of(attrs), start_of(attrs)
        items: list[Block] = []
        for number, item in enumerate(_children(node), start):
            inside = self._plain_headings(self.blocks(_children(item), depth + 1))
            if not ordered and not inside:
                continue
            if not inside or inside[0]["type"] != "paragraph":  # the sign of an item stands before a paragraph
                inside = [paragraph([]), *inside]
            items.append({"type": "listItem", "content": inside})
            if ordered:
                items[-1]["label"] = label(form, number)
        while items and not any(strings_of(items[-1]["content"])):
            items.pop()
        if not items:
            return []
        if depth >= MAX_DEPTH:
            return [block for item in items for block in _without_list(item)]
        if not ordered:
            return [{"type": kind, "content": items}]
        widest = max(_width(item["label"]) for item in items)
        return [{"type": kind, "content": items, "start": start, "form": form, "widest": widest}]

    def _table(self, node: Node, depth: int) -> list[Block]:
        rows: list[list[dict[str, Any]]] = []
        for row in _children(node):
            cells: list[dict[str, Any]] = []
            for cell in _children(row):
                attrs = cell.get("attrs") or {}
                content = self._plain_headings(self.blocks(_children(cell), depth + 1))
                align = attrs.get("align")
                cells.append(
                    {
                        "header": cell.get("type") == "tableHeader",
                        "colspan": max(1, int(attrs.get("colspan") or 1)),
                        "rowspan": max(1, int(attrs.get("rowspan") or 1)),
                        "colwidth": attrs.get("colwidth") or (),
                        "align": align,
                        "content": _aligned(content, align) if align else content,
                    }
                )
            rows.append(cells)
        rows = _fitted([row for row in rows if row])
        if not rows:
            return []
        widths, sized = _widths(rows)
        return [
            {
                "type": "table", "rows": rows, "headers": _header_rows(rows), "columns": len(widths), "widths": widths,
                "sized": sized,
            }
        ]  # fmt: skip

    @staticmethod
    def _plain_headings(blocks: list[Block]) -> list[Block]:
        """A heading inside a list item or a cell has no place in the outline: it is set as a bold paragraph."""
        return [
            paragraph([run | {"bold": True} for run in block["content"]]) if block["type"] == "heading" else block
            for block in blocks
        ]


def _width(words: str) -> float:
    """About how wide these words are, in letters' heights."""
    return sum(0.3 if c in "iIl." else 0.9 if c in "mM" else 0.56 if c.isdigit() else 0.62 for c in words)


def _without_list(item: Block) -> list[Block]:
    """The content of an item with its number or letter in the text, where lists are too deep to be shown as lists."""
    if "label" not in item:
        return list(item["content"])
    first, *rest = item["content"]
    return [paragraph([text(f"{item['label']} "), *first["content"]]), *rest]


def _aligned(blocks: Sequence[Block], align: str) -> list[Block]:
    """The blocks of a cell with each paragraph aligned as the cell is."""
    found: list[Block] = []
    for block in blocks:
        if block["type"] == "paragraph":
            block = block | {"align": align}
        elif block["type"] in ("bulletList", "orderedList", "listItem", "blockquote"):
            block = block | {"content": _aligned(block["content"], align)}
        found.append(block)
    return found


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


def _widths(rows: list[list[dict[str, Any]]]) -> tuple[list[float], bool]:
    """Each column's relative width, and whether a person chose any. Sets the `share` of each cell.

    A column is as wide as a person drew it, otherwise by its longest word and its longest text: a word stays whole up to
    some length, and a long text gets more of the line, but never all of it.
    """
    taken: set[tuple[int, int]] = set()
    wanted: dict[int, float] = {0: NARROWEST}
    drawn: dict[int, float] = {}
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
            for c, pixels in zip(own, cell.pop("colwidth"), strict=False):
                if pixels:
                    drawn.setdefault(c, int(pixels) / PIXELS)
            column += cell["colspan"]
    widths = [wanted.get(c, NARROWEST) for c in range(max(wanted) + 1)]
    most = max(widths)
    while most > NARROWEST and sum(min(width, most) for width in widths) > LINE:
        most -= 1
    widths = [drawn.get(c, min(width, most)) for c, width in enumerate(widths)]
    if drawn:
        line = sum(widths) / LINE
        widths = [max(width / line, NARROWEST) for width in widths]
    for cell, own in placed:
        cell["share"] = sum(widths[c] for c in own) / sum(widths)
    return widths, bool(drawn)


NARROWEST = 4.0
LINE = 90
"""The letters that fit on a line of a table: where columns ask for more, the widest give way first."""
PIXELS = 8.0
"""A letter's width in an editor, whose columns are drawn in pixels."""


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
