"""The answers box by box, with their counts, for portals that make people paste: JSON, CSV and plain text."""

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from app.documents.anonymous import without_names
from app.documents.looks.template import DEFAULT, Template
from app.documents.pasted import count_line, count_of, is_over, pasted_text, plain_text
from app.documents.prose import from_markdown
from app.documents.words import Words
from app.platform.richtext.markdown_writer import dump, lettered

_LIVE = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet reads a cell that begins with one of these as a formula."""


_HEADINGS = (
    "lot", "key", "title", "question", "partner", "limit", "unit", "count", "over limit", "answer",
    "pasted words", "pasted characters", "pasted characters with CRLF", "over limit as pasted",
)  # fmt: skip


def boxes(document: Mapping[str, Any], template: Template = DEFAULT) -> list[dict[str, Any]]:
    """One entry for each answer, in the bid's order, then the standard parts; without names where the call forbids them.

    `{lot, key, title, prompt, partner, limit, counts, over_limit, pasted, text, markdown}`. `counts` and `over_limit` are the
    contract's; `pasted` counts `text` itself, as a portal does once it is in the box.
    """
    if template.anonymise_answers:
        document = without_names(document, answers_only=False)
    lots = {lot["id"]: lot for lot in document["lots"]}
    names = {partner["id"]: partner["name"] for partner in document["partners"]}
    found = []
    for section in sorted(document["sections"], key=lambda s: s["question"] is None):
        lot, question, limit = lots.get(section["lot_id"]), section["question"], section["limit"]
        text = pasted_text(section)
        pasted = count_of(text)
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
                "pasted": {**pasted, "over_limit": is_over(pasted, limit)},
                "text": text,
                "markdown": dump(lettered(section["content"])).strip(),
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
    writer.writerow(_HEADINGS)
    for box in boxes(document, template):
        limit = box["limit"] or {"unit": "words", "value": ""}
        lot = f"{box['lot']['key']}: {box['lot']['title']}" if box["lot"] else ""
        over, pasted = _yes(box["over_limit"]), box["pasted"]
        counted = [str(pasted[name]) for name in ("words", "characters", "characters_crlf")]
        row = [lot, box["key"], box["title"], box["prompt"], box["partner"] or "", str(limit["value"]), limit["unit"]]
        row += [str(box["counts"][limit["unit"]]), over, box["text"], *counted, _yes(pasted["over_limit"])]
        writer.writerow([inert(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_txt(document: Mapping[str, Any], language: str | None = None, template: Template = DEFAULT) -> bytes:
    """To copy from: a ruled head for each box, then nothing but its text."""
    w = Words.of(language or document["proposal"]["language"])
    parts = [document["proposal"]["title"]]
    for box in boxes(document, template):
        title = (
            box["title"] if not box["partner"] else w("answer.of_partner", title=box["title"], partner=box["partner"])
        )
        lot = [w("lot.named", key=box["lot"]["key"], title=box["lot"]["title"])] if box["lot"] else []
        prompt = [box["prompt"]] if box["prompt"] and box["prompt"] != title else []
        head = "\n".join([*lot, title, *prompt, count_line(w, box, box["pasted"])])
        parts.append(f"{'=' * 72}\n{head}\n{'=' * 72}\n\n{box['text']}")
    return ("\n\n\n".join(parts) + "\n").encode()


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def inert(cell: str) -> str:
    """The cell with an apostrophe before anything that a spreadsheet would run."""
    return f"'{cell}" if cell.startswith(_LIVE) else cell
