"""The answers box by box, with their counts, for portals that make people paste: JSON, CSV and plain text."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

from app.documents.anonymous import without_names
from app.documents.blocks import Block, plain
from app.documents.looks.template import DEFAULT, Template
from app.documents.prose import from_markdown, from_prosemirror
from app.documents.words import Words
from app.platform.richtext.markdown_writer import dump

_LIVE = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet reads a cell that begins with one of these as a formula."""


def boxes(document: Mapping[str, Any], template: Template = DEFAULT) -> list[dict[str, Any]]:
    """One entry for each answer, in the bid's order, then the standard parts; without names where the call forbids them.

    `{lot, key, title, prompt, partner, limit, counts, over_limit, text, markdown}`
    """
    if template.anonymise_answers:
        document = without_names(document, answers_only=False)
    lots = {lot["id"]: lot for lot in document["lots"]}
    names = {partner["id"]: partner["name"] for partner in document["partners"]}
    found = []
    for section in sorted(document["sections"], key=lambda s: s["question"] is None):
        lot, question, limit = lots.get(section["lot_id"]), section["question"], section["limit"]
        found.append(
            {
                "lot": lot and {"key": lot["key"], "title": lot["title"]},
                "key": question["key"] if question else section["key"],
                "title": section["title"],
                "prompt": plain_text(from_markdown(question["prompt_markdown"], 1)) if question else "",
                "partner": section.get("partner") or names.get(section["partner_id"]),
                "limit": limit,
                "counts": section["counts"],
                "over_limit": bool(limit and section["counts"][limit["unit"]] > limit["value"]),
                "text": plain_text(from_prosemirror(section["content"], 1)),
                "markdown": dump(section["content"]).strip(),
            }
        )
    return found


def as_json(document: Mapping[str, Any], template: Template = DEFAULT) -> bytes:
    value = {
        "proposal": document["proposal"],
        "edition": document["edition"],
        "opportunity": {"title": document["opportunity"]["title"], "ocid": document["opportunity"]["ocid"]},
        "answers": boxes(document, template),
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def as_csv(document: Mapping[str, Any], template: Template = DEFAULT) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets read it as such; no cell can be a live formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["lot", "key", "title", "question", "partner", "limit", "unit", "count", "over limit", "answer"])
    for box in boxes(document, template):
        limit = box["limit"] or {"unit": "words", "value": ""}
        lot = f"{box['lot']['key']}: {box['lot']['title']}" if box["lot"] else ""
        over = "yes" if box["over_limit"] else "no"
        row = [lot, box["key"], box["title"], box["prompt"], box["partner"] or "", str(limit["value"]), limit["unit"]]
        writer.writerow([inert(cell) for cell in (*row, str(box["counts"][limit["unit"]]), over, box["text"])])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_txt(document: Mapping[str, Any], language: str | None = None, template: Template = DEFAULT) -> bytes:
    """To copy from: a ruled head for each box, then nothing but its text."""
    w = Words.of(language or document["proposal"]["language"])
    parts = [document["proposal"]["title"]]
    for box in boxes(document, template):
        unit = box["limit"]["unit"] if box["limit"] else "words"
        count = w.number(box["counts"][unit])
        counted = (
            w(f"count.{unit}_of", count=count, limit=w.number(box["limit"]["value"]))
            if box["limit"]
            else w(f"count.{unit}", count=count)
        )
        title = (
            box["title"] if not box["partner"] else w("answer.of_partner", title=box["title"], partner=box["partner"])
        )
        lot = [w("lot.named", key=box["lot"]["key"], title=box["lot"]["title"])] if box["lot"] else []
        prompt = [box["prompt"]] if box["prompt"] and box["prompt"] != title else []
        head = "\n".join([*lot, title, *prompt, counted])
        parts.append(f"{'=' * 72}\n{head}\n{'=' * 72}\n\n{box['text']}")
    return ("\n\n\n".join(parts) + "\n").encode()


def inert(cell: str) -> str:
    """The cell with an apostrophe before anything that a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(_LIVE) else cell


def plain_text(blocks: Sequence[Block], indent: str = "") -> str:
    """Text for a box that takes no formatting: lists with their signs, tables row by row."""
    return "\n\n".join(found for block in blocks if (found := _plain(block, indent))).strip("\n")


def _plain(b: Block, indent: str) -> str:
    kind = b["type"]
    if kind in ("paragraph", "heading"):
        return "\n".join(indent + line for line in plain(b["content"]).split("\n"))
    if kind in ("bulletList", "orderedList"):
        lines = []
        for index, item in enumerate(b["content"]):
            sign = f"{b['start'] + index}. " if kind == "orderedList" else "• "
            text = plain_text(item["content"], indent + " " * len(sign)).replace("\n\n", "\n")
            lines.append(indent + sign + text[len(indent) + len(sign) :])
        return "\n".join(lines)
    if kind in ("blockquote", "callout"):
        return plain_text(b["content"], indent)
    if kind == "codeBlock":
        return str(b["text"])
    if kind == "table":
        rows = (" | ".join(plain_text(cell["content"]).replace("\n", " ") for cell in row) for row in b["rows"])
        return "\n".join(indent + row for row in rows)
    return ""
