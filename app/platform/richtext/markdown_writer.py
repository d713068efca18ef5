"""Writes Markdown: ProseMirror JSON -> CommonMark with tables, so that `markdown.parse` reads the same text again.

What Markdown can't say is left out: underline, letters before items, spans and widths of cells, alignment of single
cells, several blocks in a cell, empty paragraphs, spaces at the edges of a paragraph or of emphasis. Where the text is
to be read and not to be written again, `lettered` keeps the letters.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

from app.platform.richtext import markdown, markdown_inline
from app.platform.richtext.list_labels import form_of, label, start_of
from app.platform.richtext.markdown_inline import inline
from app.platform.richtext.schema import Json

_BACKTICKS: Final = re.compile(r"`+")
_LAST_NUMBER: Final = 999_999_999
_LISTS: Final = ("bulletList", "orderedList")
_ALIGN: Final = {"left": ":---", "center": ":---:", "right": "---:"}


def dump(document: Json) -> str:
    """The Markdown of a text that `schema.check` has passed. It ends with a newline unless it is empty."""
    text = _blocks(document.get("content") or ())
    return text + "\n" if text else ""


def lettered(node: Json) -> Json:
    """The text with each list by letters or Roman numbers as bullets whose items begin with theirs ('- b. Our vans')."""
    content = [lettered(child) for child in node.get("content") or ()]
    if not content:
        return node
    attrs = node.get("attrs") or {}
    if node["type"] != "orderedList" or (form := form_of(attrs)) == "1":
        return node | {"content": content}
    items = [_labelled(item, label(form, number)) for number, item in enumerate(content, start_of(attrs))]
    return {"type": "bulletList", "content": items}


def _labelled(item: Json, words: str) -> Json:
    first, *rest = item["content"]
    begun = {"type": "text", "text": f"{words} " if first.get("content") else words}
    return item | {"content": [first | {"content": [begun, *(first.get("content") or ())]}, *rest]}


def _blocks(nodes: Sequence[Json], alternate: bool = False) -> str:
    """Blocks with a blank line between them. Neighbouring lists of one kind get different markers, or they would be one.

    With `alternate` the first list takes the other marker.
    """
    pieces: list[str] = []
    previous: Json | None = None
    for node in nodes:
        if previous is not None:
            alternate = node["type"] in _LISTS and node["type"] == previous["type"] and not alternate
        text = _block(node, alternate)
        if text is None:
            continue
        pieces.append(text)
        previous = node
    return "\n\n".join(pieces)


def _block(node: Json, alternate: bool) -> str | None:
    """One block; None for what Markdown can't write (an empty paragraph, a table without cells)."""
    kind, content = node["type"], node.get("content") or []
    if kind == "paragraph":
        return "\n".join(markdown_inline.guard_line(line) for line in inline(content).split("\n")) or None
    if kind == "heading":
        return _heading(node["attrs"]["level"], content)
    if kind == "codeBlock":
        return _code_block(node)
    if kind == "horizontalRule":
        return "***"
    if kind == "blockquote":
        return "\n".join(f"> {line}" if line else ">" for line in _blocks(content).split("\n"))
    if kind == "table":
        return _table(content)
    return _list(node, alternate)


def _heading(level: int, content: Sequence[Json]) -> str:
    text = inline(content, breaks=False)
    if text.endswith("#"):
        text = text[:-1] + "\\#"
    return f"{'#' * level} {text}".rstrip()


def _code_block(node: Json) -> str:
    text = "".join(child["text"] for child in node.get("content") or ()).replace("\r\n", "\n").replace("\r", "\n")
    fence = "`" * max([3, *(len(run) + 1 for run in _BACKTICKS.findall(text))])
    language = node["attrs"].get("language") or ""
    if not markdown.LANGUAGE.fullmatch(language):
        language = ""
    return f"{fence}{language}\n{text}\n{fence}" if text else f"{fence}{language}\n{fence}"


def _list(node: Json, alternate: bool) -> str:
    items = node["content"]
    start = min(int(node.get("attrs", {}).get("start", 1)), _LAST_NUMBER - len(items))
    lines: list[str] = []
    compact = all(_is_compact(item) for item in items)
    for number, item in enumerate(items, start):
        bullet, dot = ("+", ")") if alternate else ("-", ".")
        marker = bullet if node["type"] == "bulletList" else f"{number}{dot}"
        lines.append(_item(marker, item, compact))
    return ("\n" if compact else "\n\n").join(lines)


def _item(marker: str, item: Json, compact: bool) -> str:
    content = item["content"]
    if compact:
        body = "\n".join(filter(None, (_block(node, False) for node in content)))
    else:
        body = _blocks(content, alternate=marker == "-")  # '- - -' would be a rule
    if not body:
        return marker
    indent = " " * (len(marker) + 1)
    first, *rest = body.split("\n")
    return "\n".join([f"{marker} {first}", *(indent + line if line else "" for line in rest)])


def _is_compact(item: Json) -> bool:
    """Whether an item can be written without blank lines: one block, and perhaps a list that may follow directly."""
    content = item["content"]
    if len(content) == 1:
        return True
    if len(content) != 2 or content[1]["type"] not in _LISTS or not _block(content[0], False):
        return False
    inner = content[1]
    begins = inner["content"][0]["content"][0]
    may_interrupt = inner["type"] == "bulletList" or inner["attrs"]["start"] == 1
    return may_interrupt and bool(_block(begins, False)) and all(_is_compact(each) for each in inner["content"])


def _table(rows: Sequence[Json]) -> str | None:
    grid = table_grid(rows)
    columns = max((len(row) for row in grid), default=0)
    if not columns:
        return None
    lines = []
    for number, row in enumerate(grid):
        cells = [_cell(cell) for cell in row] + [""] * (columns - len(row))
        lines.append("| " + " | ".join(cells) + " |")
        if number == 0:
            aligns = [_ALIGN.get(cell["attrs"].get("align") or "", "---") if cell else "---" for cell in row]
            lines.append("| " + " | ".join(aligns + ["---"] * (columns - len(row))) + " |")
    return "\n".join(lines)


def table_grid(rows: Sequence[Json]) -> list[list[Json | None]]:
    """The cells of a table by row and column; None where a cell's span reaches."""
    grid: list[list[Json | None]] = []
    reaching: dict[int, int] = {}
    """By column, the number of rows that a cell above still covers."""
    for row in rows:
        line: list[Json | None] = []
        for cell in row.get("content") or ():
            _fill(line, reaching)
            for offset in range(cell["attrs"]["colspan"]):
                if cell["attrs"]["rowspan"] > 1:
                    reaching[len(line)] = cell["attrs"]["rowspan"]
                line.append(cell if offset == 0 else None)
        _fill(line, reaching)
        reaching = {column: left - 1 for column, left in reaching.items() if left > 1}
        grid.append(line)
    return grid


def _fill(line: list[Json | None], reaching: dict[int, int]) -> None:
    while len(line) in reaching:
        line.append(None)


def _cell(cell: Json | None) -> str:
    if cell is None:
        return ""
    return inline(flat(cell["content"]), breaks=False).replace("|", "\\|")


def flat(blocks: Sequence[Any]) -> list[Json]:
    """The text of a cell's blocks as the content of one paragraph, with a space between blocks."""
    nodes: list[Json] = []
    for block in blocks:
        content = block.get("content") or []
        inner = content if all(child["type"] in ("text", "hardBreak") for child in content) else flat(content)
        if not inner:
            continue
        if nodes:
            nodes.append({"type": "text", "text": " "})
        nodes.extend(inner)
    return nodes
