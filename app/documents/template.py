"""How a document looks, as data: colours, logo, cover words, order and names of parts. Users never write Typst."""

import re
from collections.abc import Iterator, Mapping, Sequence
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
    known = {name: data[name] for name in Template.__dataclass_fields__ if name in data}
    faults = [
        Fault(f"/{name}", "unknown-field", "A template has no such field.") for name in data.keys() - known.keys()
    ]
    faults += [*_colour_faults(known), *_print_faults(known, minimum_size), *_part_faults(known)]
    if known.get("logo_svg") and not known.get("logo_alt"):
        faults.append(Fault("/logo_alt", "missing", "Say in words what the logo is, for people who cannot see it."))
    if faults:
        raise Invalid("Some of the template cannot be used.", faults)
    return Template(**known)


def _colour_faults(known: Mapping[str, Any]) -> Iterator[Fault]:
    for name, behind in (("accent", "#FFFFFF"), ("tint", "#1A1A1A")):
        colour = known.get(name, getattr(DEFAULT, name))
        if not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
            yield Fault(f"/{name}", "not-a-colour", "A colour is # and six hexadecimal digits, such as #1F3A5F.")
        elif (found := contrast(colour, behind)) < TEXT_CONTRAST:
            against = "white paper" if name == "accent" else "black text"
            detail = f"Against {against} this colour has a contrast of {found:.1f}; text needs {TEXT_CONTRAST}."
            yield Fault(f"/{name}", "contrast", detail)


def _print_faults(known: Mapping[str, Any], minimum_size: float) -> Iterator[Fault]:
    if known.get("font", FONTS[0]) not in FONTS:
        yield Fault("/font", "unknown-font", f"Choose one of {', '.join(FONTS)}.")
    if known.get("paper", PAPERS[0]) not in PAPERS:
        yield Fault("/paper", "unknown-paper", f"Choose one of {', '.join(PAPERS)}.")
    size = known.get("size", DEFAULT.size)
    if not isinstance(size, int | float) or not minimum_size <= size <= 16:
        yield Fault("/size", "size", f"The size of the text is between {minimum_size:g} and 16 points.")


def _part_faults(known: Mapping[str, Any]) -> Iterator[Fault]:
    parts = known.get("parts", PARTS)
    if not isinstance(parts, list | tuple) or set(parts) - set(PARTS) or len(set(parts)) != len(parts):
        yield Fault("/parts", "unknown-part", f"The parts are {', '.join(PARTS)}, each once.")
    elif "signatures" not in parts:
        yield Fault("/parts", "signatures-missing", "Every bid shows who signed it: keep the part 'signatures'.")
    names = known.get("names", {})
    if not isinstance(names, Mapping) or set(names) - set(PARTS):
        yield Fault("/names", "unknown-part", "Names are given for parts by their code.")


def contrast(one: str, other: str) -> float:
    """WCAG's contrast ratio of two colours, 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
