"""An answer as plain text for a box that takes no formatting, and how long that text is once it is pasted.

The contract counts what people wrote. The text that is pasted has more: bullets, numbers, bars between cells and line
breaks, of which a browser sends each as two characters (carriage return and line feed).
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from app.documents.blocks import Block, plain
from app.documents.prose import from_prosemirror
from app.documents.words import Words
from app.platform.richtext.counting import WORDS_ON_A_PAGE

Json = Mapping[str, Any]


def pasted_text(section: Json) -> str:
    return plain_text(from_prosemirror(section["content"], 1)) if section["content"] else ""


def count_of(text: str) -> dict[str, int]:
    """The length of a text as a portal counts it: `characters_crlf` with each line break as two characters."""
    characters = len(unicodedata.normalize("NFC", text))
    return {"words": len(text.split()), "characters": characters, "characters_crlf": characters + text.count("\n")}


def is_over(pasted: Mapping[str, int], limit: Json | None) -> bool:
    return limit is not None and _in_unit(pasted, limit["unit"]) > limit["value"]


def _in_unit(pasted: Mapping[str, int], unit: str) -> int:
    """In the limit's unit: characters as most portals count them, which is the larger number."""
    if unit == "pages":
        return -(-pasted["words"] // WORDS_ON_A_PAGE)
    return pasted["characters_crlf"] if unit == "characters" else pasted["words"]


def count_line(w: Words, counted: Json, pasted: Mapping[str, int]) -> str:
    """'Words: 312 of 500', in the unit of the limit, or in words if there is no limit. Where the pasted text is longer, its
    length stands beside it."""
    limit = counted["limit"]
    unit = limit["unit"] if limit else "words"
    count = counted["counts"][unit]
    if not limit:
        return w(f"count.{unit}", count=w.number(count))
    line = w(f"count.{unit}_of", count=w.number(count), limit=w.number(limit["value"]))
    longer = _in_unit(pasted, unit)
    return line if longer <= count else w("count.and_pasted", line=line, count=w.number(longer))


def plain_text(blocks: Sequence[Block], indent: str = "") -> str:
    """Text for a box that takes no formatting: lists with their signs, tables row by row."""
    return "\n\n".join(found for block in blocks if (found := _plain(block, indent))).strip("\n")


def _plain(b: Block, indent: str) -> str:
    kind = b["type"]
    if kind in ("paragraph", "heading"):
        return "\n".join(indent + line for line in plain(b["content"]).split("\n")) if b["content"] else ""
    if kind in ("bulletList", "orderedList"):
        lines = []
        for item in b["content"]:
            sign = f"{item['label']} " if kind == "orderedList" else "• "
            text = plain_text(item["content"], indent + " " * len(sign)).replace("\n\n", "\n")
            lines.append((indent + sign + text[len(indent) + len(sign) :]).rstrip())
        return "\n".join(lines)
    if kind in ("blockquote", "callout"):
        return plain_text(b["content"], indent)
    if kind == "codeBlock":
        return "\n".join(indent + line for line in b["text"].split("\n"))
    if kind == "table":
        rows = (" | ".join(plain_text(cell["content"]).replace("\n", " ") for cell in row) for row in b["rows"])
        return "\n".join(indent + row for row in rows)
    return ""
