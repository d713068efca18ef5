"""PDF by typst: tagged (PDF/UA-1), for archives (PDF/A-2a, or A-3a with the signed JSON inside), same bytes each time.

`render` is pure computation and runs in the rendering process (`process.py`), which bounds its time and memory.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

from app.documents import fonts as open_fonts
from app.documents.blocks import Composed
from app.documents.fonts import Fonts, substitute
from app.documents.looks.template import DEFAULT, Logo, Template, box_of
from app.documents.pdf_streams import unambiguous
from app.documents.replacing import Substitution, settable
from app.documents.words import Words

TEMPLATE = Path(__file__).with_name("typst") / "document.typ"
PICTURE = TEMPLATE.with_name("picture.typ")
UNDATED = "2000-01-01T00:00:00Z"
"""The date inside a file that has no date of its own: a clock would make two files of the same text differ."""


@dataclass(frozen=True, slots=True)
class Pdf:
    data: bytes
    substitutions: tuple[Substitution, ...] = ()
    pages: int = 0


def render(composed: Composed, *, template: Template = DEFAULT, font_folder: str | None = None) -> Pdf:
    fonts = open_fonts.load(font_folder)
    data, replaced = settable(_data(composed, template, fonts), fonts)
    standards = ["ua-1", "a-3a" if composed.attachment is not None else "a-2a"]
    made = _compiler(fonts.folders).compile(
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        pdf_standards=standards,
        timestamp=int(datetime.fromisoformat(composed.made_at or UNDATED).astimezone(UTC).timestamp()),
    )
    if not isinstance(made, bytes):
        raise RuntimeError("typst gave no PDF")
    return Pdf(unambiguous(made), replaced, len(_PAGE.findall(made)))


_PAGE = re.compile(rb" obj\n<</Type/Page\b")
"""The beginning of each page's own dictionary. A test compares their number with what a PDF reader counts."""


@cache
def _compiler(font_folders: tuple[str, ...], template: Path = TEMPLATE) -> Any:
    """One compiler for all renderings of this process, which keeps fonts and earlier layouts in memory."""
    return typst.Compiler(
        input=str(template),
        root=str(template.parent),
        font_paths=list(font_folders),
        ignore_system_fonts=True,
    )


def _data(composed: Composed, template: Template, fonts: Fonts) -> dict[str, Any]:
    return {
        "title": composed.title,
        "author": composed.author,
        "subject": composed.subject,
        "keywords": list(composed.keywords),
        "language": composed.language,
        "running": _one_line(composed.title, template),
        "footer": _one_line(composed.footer, template) if composed.footer != composed.title else "",
        "page_words": composed.page_words,
        "draft": composed.draft,
        "cover": dict(composed.cover),
        "contents": composed.contents_title != "",
        "contents_title": composed.contents_title,
        "body": list(composed.body),
        "attachment": composed.attachment.decode() if composed.attachment is not None else None,
        "attachment_words": Words.of(composed.language)("check.attachment"),
        "look": {key: getattr(template, key) for key in _LOOK}
        | {
            "fonts": open_fonts.families(fonts, template.font),
            "mono": open_fonts.mono_families(fonts),
            "logo": template.logo and _logo(template.logo),
        },
    }


def _one_line(value: str, template: Template) -> str:
    """As much as fits at the head or foot of a page, where text is larger if the call asks for large print."""
    most = int(700 / min(max(8.5, template.minimum_size), 12))
    return value if len(value) <= most else value[: most - 1].rstrip() + "…"


_LOOK = ("accent", "tint", "size", "minimum_size", "paper")


def _logo(logo: Logo) -> dict[str, Any]:
    """The picture as text or as numbers, since JSON carries no bytes; its size on the cover in centimetres."""
    width, height = box_of(logo)
    data = logo.data.decode() if logo.kind == "svg" else list(logo.data)
    return {"data": data, "format": logo.kind, "alt": logo.alt, "width": width, "height": height}


def svg_to_png(svg: str, width: int, *, font_folder: str | None = None) -> bytes:
    """A drawing as pixels, for word processors that do not read SVG. `width` in pixels at 144 to the inch."""
    fonts = open_fonts.load(font_folder)
    safe, _ = substitute(svg, fonts)
    made = _compiler(fonts.folders, PICTURE).compile(
        sys_inputs={"svg": safe, "width": f"{width / 2:g}"}, format="png", ppi=144.0
    )
    if not isinstance(made, bytes):
        raise RuntimeError("typst gave no picture")
    return made


def warm(font_folder: str | None = None) -> None:
    """Load fonts and template once, before the first document is asked for."""
    empty: dict[str, Any] = {"eyebrow": "", "title": "-", "subtitle": "", "rows": [], "note": ""}
    render(
        Composed(
            title="-", language="en", author="-", subject="-", cover=empty, body=[], draft=None, footer="",
            made_at=None, contents_title="", page_words="{page}",
        ),
        font_folder=font_folder,
    )  # fmt: skip
