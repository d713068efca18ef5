"""The building blocks of a printed document: plain JSON values that every format renders in the same order.

A composer (`bid`, `annex`, `agreement`) turns facts into a flat list of blocks; `pdf`, `docx`, `odt`, `html` and
`markdown` turn the list into bytes. So every format has the same words in the same order.

Blocks: `heading {level, number, id, content}`, `paragraph {role, dir, align, lang, content}` (`align` only in a cell that
a person aligned), `bulletList` / `orderedList {start, form, widest, content: [listItem {label, content}]}` (an item begins with a
paragraph; `label` is what stands before it, `widest` the width of the widest one in letters' heights), `blockquote {content}`, `codeBlock {text}`, `rule`, `table {widths, sized,
rows: [[{header, colspan, rowspan, align, share, longest, content}]]}` (a person's own table; `sized` where a person drew
its columns), `dataTable {caption, columns: [{label, align, width,
whole, need, want}], rows: [[str]], total, together}` (ours: the first row is its header; `whole` is the length of the
longest figure of a column of figures; `width`, `need` and `want` are explained in `columns.py`; `total` marks the last row
as a sum, `together` a table that is not parted between pages), `facts {rows: [[label, value]]}`,
`figure {svg, alt, caption}`, `callout {kind, content}`.

Inline: `text {text, bold, italic, underline, strike, code, link}` and `break`.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from app.documents.columns import measured, shared

Block = dict[str, Any]
Inline = dict[str, Any]
Align = Literal["left", "right", "center"]

MAX_DEPTH = 12
"""Lists and quotes nested deeper continue at this depth: no reader follows further, and layout engines break."""

DEEPEST_HEADING = 6
LONG_FIGURE = 14
"""A longer figure among words ('1,000,000,000 hours') keeps its cell on one line, so that it is not broken."""
MOST_TOGETHER = 24
"""Rows of a table of money that stand on one page: sums are read against what they are sums of."""
SHORT = 5
"""Rows of any table that stand on one page: its header and one row alone at the foot of a page look forgotten."""
LONG = 3_000
"""Characters. A table of so many may need more than half a page."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A document ready for a renderer. `cover` is `{eyebrow, title, subtitle, rows, note}`, and for a bid's draft that
    has a page limit `page_limit {most, words}`; `made_at` is ISO 8601."""

    title: str
    language: str
    author: str
    subject: str
    cover: Mapping[str, Any]
    body: Sequence[Block]
    draft: str | None
    """The words that stand on every page while it is a draft; None once agreed."""
    footer: str
    made_at: str | None
    contents_title: str
    page_words: str
    """'Page {page} of {pages}' in the document's language."""
    attachment: bytes | None = None
    """The canonical JSON that travels inside the PDF."""
    keywords: Sequence[str] = field(default_factory=tuple)


def text(value: str, **marks: Any) -> Inline:
    return {"type": "text", "text": value} | {name: mark for name, mark in marks.items() if mark}


def inlines(content: str | Sequence[Inline]) -> list[Inline]:
    """A string becomes text with a break at each line end."""
    if not isinstance(content, str):
        return list(content)
    found: list[Inline] = []
    for index, line in enumerate(content.split("\n")):
        if index:
            found.append({"type": "break"})
        if line:
            found.append(text(line))
    return found


def heading(level: int, content: str | Sequence[Inline], *, number: str = "", id: str = "") -> Block:
    return {"type": "heading", "level": level, "number": number, "id": id, "content": inlines(content)}


def paragraph(content: str | Sequence[Inline], role: str = "body") -> Block:
    """`role`: body, note (small print), count (beneath an answer), question (the words that an answer answers)."""
    runs = inlines(content)
    return {"type": "paragraph", "role": role, "dir": direction(plain(runs)), "content": runs}


def bullets(items: Iterable[str | Sequence[Inline]]) -> Block:
    return {
        "type": "bulletList",
        "content": [{"type": "listItem", "content": [paragraph(item)]} for item in items],
    }


def column(label: str, align: Align = "left") -> dict[str, Any]:
    return {"label": label, "align": align}


def data_table(
    caption: str, columns: Sequence[Mapping[str, Any]], rows: Sequence[Sequence[str]], *, total: bool = False
) -> Block:
    found = []
    for index, c in enumerate(columns):
        cells = [row[index] for row in rows]
        whole = _whole(c, cells)
        found.append({**c, "whole": whole, **measured(c["label"], cells, whole)})
    size = sum(len(cell) for row in rows for cell in row)
    return {
        "type": "dataTable",
        "caption": caption,
        "columns": [c | {"width": width} for c, width in zip(found, shared(found), strict=True)],
        "rows": [list(row) for row in rows],
        "total": total and len(rows) > 1,
        "together": len(rows) <= (MOST_TOGETHER if total else SHORT) and size < LONG,
    }


def _whole(column: Mapping[str, Any], cells: Sequence[str]) -> int:
    """The length of the longest cell that must stay on one line; 0 where the column may be narrower.

    A column of figures alone keeps all its cells on one line. Where words are among them ('40 hours'), it does so only
    if a figure is long enough to be broken.
    """
    cells = [column["label"].replace(" ", "-"), *cells]
    longest = max(map(len, cells))
    words = [word for cell in cells for word in cell.split()]
    if column["align"] == "right" and len(words) == sum(map(bool, cells)):
        return longest
    figure = max((len(word) for word in words if not any(map(str.isalpha, word))), default=0)
    return longest if figure > LONG_FIGURE and longest <= 2 * LONG_FIGURE else 0


def facts(rows: Iterable[tuple[str, str]]) -> Block:
    return {"type": "facts", "rows": [[label, value] for label, value in rows if value]}


def figure(svg: str, alt: str, caption: str) -> Block:
    return {"type": "figure", "svg": svg, "alt": alt, "caption": caption}


def callout(content: Sequence[Block], kind: str = "note") -> Block:
    return {"type": "callout", "kind": kind, "content": list(content)}


def plain(content: Sequence[Inline]) -> str:
    return "".join("\n" if run["type"] == "break" else run["text"] for run in content)


def direction(value: str) -> str:
    """`rtl` or `ltr` by the first character that has a direction (Unicode's rule P2)."""
    for character in value:
        kind = unicodedata.bidirectional(character)
        if kind in ("R", "AL"):
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def strings_of(blocks: Iterable[Any]) -> Iterable[str]:
    """Every string that a reader sees in these blocks, in order (figures by their caption alone)."""
    for block in blocks:
        kind = block["type"]
        if kind == "text" or kind == "codeBlock":
            yield block["text"]
        elif kind == "dataTable":
            yield block["caption"]
            yield from (c["label"] for c in block["columns"])
            yield from (cell for row in block["rows"] for cell in row)
        elif kind == "facts":
            yield from (value for row in block["rows"] for value in row)
        elif kind == "figure":
            yield block["caption"]
        elif kind == "table":
            for row in block["rows"]:
                for cell in row:
                    yield from strings_of(cell["content"])
        else:
            if block.get("number"):
                yield block["number"]
            yield from strings_of(block.get("content", ()))
