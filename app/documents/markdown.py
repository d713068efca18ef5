"""Markdown (CommonMark with tables): the same blocks, through the writer that section texts use as well."""

from collections.abc import Iterable, Sequence
from typing import Any

from app.documents.blocks import Block, Composed, Inline, heading, paragraph, text
from app.platform.richtext.markdown_writer import dump, lettered

Node = dict[str, Any]


def render(composed: Composed) -> bytes:
    cover = composed.cover
    front: list[Block] = []
    if composed.draft:
        front.append(paragraph([text(composed.draft, bold=True)]))
    front += [paragraph(cover["eyebrow"]), heading(1, cover["title"])]
    front += [paragraph(cover["subtitle"])] if cover["subtitle"] else []
    front.append({"type": "facts", "rows": cover["rows"]})
    front += [paragraph(cover["note"])] if cover["note"] else []
    body = [
        block | {"level": min(block["level"] + 1, 6)} if block["type"] == "heading" else block
        for block in composed.body
    ]
    end: list[Block] = [{"type": "rule"}, paragraph([text(composed.draft, bold=True)])] if composed.draft else []
    whole = lettered({"type": "doc", "content": _nodes([*front, *body, *end])})
    return (dump(whole).rstrip("\n") + "\n").encode()


def _nodes(blocks: Iterable[Block]) -> list[Node]:
    return [node for block in blocks for node in _node(block)]


def _node(b: Block) -> list[Node]:
    kind = b["type"]
    if kind == "paragraph":
        return [{"type": "paragraph", "content": _numbered(b)}]
    if kind == "heading":
        return [{"type": "heading", "attrs": {"level": b["level"]}, "content": _numbered(b)}]
    if kind in ("bulletList", "orderedList"):
        items = [{"type": "listItem", "content": _nodes(item["content"])} for item in b["content"]]
        attrs = {"attrs": {"start": b["start"], "type": b["form"]}} if kind == "orderedList" else {}
        return [{"type": kind, "content": items} | attrs]
    if kind in ("blockquote", "callout"):
        return [{"type": "blockquote", "content": _nodes(b["content"])}]
    if kind == "codeBlock":
        return [{"type": "codeBlock", "attrs": {"language": None}, "content": [{"type": "text", "text": b["text"]}]}]
    if kind == "rule":
        return [{"type": "horizontalRule"}]
    if kind == "facts":
        items = [{"type": "listItem", "content": [_fact(label, value)]} for label, value in b["rows"]]
        return [{"type": "bulletList", "content": items}]
    if kind == "figure":
        # Markdown cannot hold a drawing. It gets the description, and the table after the drawing has the data.
        return [{"type": "paragraph", "content": _inline([text(f"{b['caption']}. {b['alt']}", italic=True)])}]
    if kind == "dataTable":
        return _data_table(b)
    if kind == "table":
        return [{"type": "table", "content": [_own_row(row, i < b["headers"]) for i, row in enumerate(b["rows"])]}]
    return []


def _numbered(b: Block) -> list[Node]:
    number = [text(f"{b['number']} ")] if b.get("number") else []
    return _inline([*number, *b["content"]])


def _fact(label: str, value: str) -> Node:
    runs: list[Inline] = [text(f"{label}:", bold=True), text(" "), *_lines(value)]
    return {"type": "paragraph", "content": _inline(runs)}


def _lines(value: str) -> list[Inline]:
    found: list[Inline] = []
    for index, line in enumerate(value.split("\n")):
        found += [{"type": "break"}] if index else []
        found += [text(line)] if line else []
    return found


def _data_table(b: Block) -> list[Node]:
    def row(cells: Sequence[str], kind: str, bold: bool) -> Node:
        return {
            "type": "tableRow",
            "content": [
                {
                    "type": kind,
                    "attrs": {"colspan": 1, "rowspan": 1, "align": column["align"].replace("left", "") or None},
                    "content": [{"type": "paragraph", "content": _inline(_lines(cell), bold)}],
                }
                for cell, column in zip(cells, b["columns"], strict=True)
            ],
        }

    last = len(b["rows"]) - 1
    rows = [row([c["label"] for c in b["columns"]], "tableHeader", False)]
    rows += [row(cells, "tableCell", b["total"] and i == last) for i, cells in enumerate(b["rows"])]
    caption = [{"type": "paragraph", "content": _inline([text(b["caption"], bold=True)])}] if b["caption"] else []
    return [*caption, {"type": "table", "content": rows}]


def _own_row(row: Sequence[dict[str, Any]], head: bool) -> Node:
    return {
        "type": "tableRow",
        "content": [
            {
                "type": "tableHeader" if head else "tableCell",
                "attrs": {"colspan": cell["colspan"], "rowspan": cell["rowspan"], "align": cell["align"]},
                "content": _nodes(cell["content"]) or [{"type": "paragraph"}],
            }
            for cell in row
        ],
    }


def _inline(runs: Iterable[Inline], bold: bool = False) -> list[Node]:
    return [_run(run, bold) for run in runs if run["type"] == "break" or run["text"]]


def _run(run: Inline, bold: bool) -> Node:
    if run["type"] == "break":
        return {"type": "hardBreak"}
    marks: list[Node] = [{"type": kind} for kind in ("bold", "italic", "strike", "code", "underline") if run.get(kind)]
    if bold and not run.get("bold"):
        marks.append({"type": "bold"})
    if run.get("link"):
        marks.append({"type": "link", "attrs": {"href": run["link"]}})
    return {"type": "text", "text": run["text"]} | ({"marks": marks} if marks else {})
