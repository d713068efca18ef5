"""How a document looks, as data: colours, logo, cover words, order and names of parts. Users never write Typst."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.domain.errors import Fault, Invalid

PARTS = (
    "summary", "partners", "structure", "contributions", "answers", "delivery", "outcomes", "budget", "governance",
    "risks", "safeguarding", "social_value", "exit", "statements", "fairness", "confidentiality", "attachments",
    "signatures",
)  # fmt: skip
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
TEXT_CONTRAST = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of ordinary size."""
GRAPHIC_CONTRAST = 3.0
"""Success criterion 1.4.11, for lines and bars."""


@dataclass(frozen=True, slots=True)
class Template:
    """`accent` colours headings and bars, `tint` backs table headers and callouts. Sizes in points."""

    accent: str = "#1F3A5F"
    tint: str = "#EEF2F7"
    font: str = "FiraGO"
    size: float = 10.5
    paper: str = "a4"
    logo_svg: str | None = None
    logo_alt: str = ""
    cover_eyebrow: str = ""
    cover_note: str = ""
    parts: Sequence[str] = PARTS
    names: Mapping[str, str] = field(default_factory=dict)
    anonymise_answers: bool = False
    """Where a call forbids names in the answers: organisations' names there become 'Partner A', 'Partner B' …"""


DEFAULT = Template()
FONTS = ("FiraGO", "Noto Sans")
PAPERS = ("a4", "us-letter")


def template_from(data: Mapping[str, Any], *, minimum_size: float = 9.0) -> Template:
    """A template from stored data, or `Invalid` naming every field that cannot be used and why."""
    faults: list[Fault] = []

    def wrong(name: str, code: str, detail: str) -> None:
        faults.append(Fault(f"/{name}", code, detail))

    known = {name: data[name] for name in Template.__dataclass_fields__ if name in data}
    for name in data.keys() - known.keys():
        wrong(name, "unknown-field", "A template has no such field.")
    for name, minimum, behind in (("accent", TEXT_CONTRAST, "#FFFFFF"), ("tint", 1.0, "#FFFFFF")):
        colour = known.get(name, getattr(DEFAULT, name))
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            wrong(name, "not-a-colour", "A colour is # and six hexadecimal digits, such as #1F3A5F.")
        elif (found := contrast(colour, behind)) < minimum:
            wrong(name, "contrast", f"Against white this colour has a contrast of {found:.1f}; text needs {minimum}.")
    tint = known.get("tint", DEFAULT.tint)
    if isinstance(tint, str) and _COLOUR.fullmatch(tint) and contrast(tint, "#1A1A1A") < TEXT_CONTRAST:
        wrong("tint", "contrast", "Black text on this background would be hard to read; choose a lighter colour.")
    if known.get("font", "FiraGO") not in FONTS:
        wrong("font", "unknown-font", f"Choose one of {', '.join(FONTS)}.")
    if known.get("paper", "a4") not in PAPERS:
        wrong("paper", "unknown-paper", f"Choose one of {', '.join(PAPERS)}.")
    size = known.get("size", DEFAULT.size)
    if not isinstance(size, int | float) or not minimum_size <= size <= 16:
        wrong("size", "size", f"The size of the text is between {minimum_size:g} and 16 points.")
    parts = known.get("parts", PARTS)
    if not isinstance(parts, list | tuple) or set(parts) - set(PARTS) or len(set(parts)) != len(parts):
        wrong("parts", "unknown-part", f"The parts are {', '.join(PARTS)}, each once.")
    elif "signatures" not in parts:
        wrong("parts", "signatures-missing", "Every bid shows who signed it: keep the part 'signatures'.")
    names = known.get("names", {})
    if not isinstance(names, Mapping) or set(names) - set(PARTS):
        wrong("names", "unknown-part", "Names are given for parts by their code.")
    if known.get("logo_svg") and not known.get("logo_alt"):
        wrong("logo_alt", "missing", "Say in words what the logo is, for people who cannot see it.")
    if faults:
        raise Invalid("Some of the template cannot be used.", faults)
    return Template(**known)


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
