"""How documents look, as data: an organisation's own look, a call's rules, and the one template that follows from both.

Users never write Typst. `Look` is what an organisation keeps, `CallRules` what a call asks of every bid for it, and
`applied` makes the template of both. Documents are printed with it, and locking a bid for signing stores it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

from app.documents.looks.colours import INK, TEXT_CONTRAST, WHITE, contrast, tint_of
from app.platform.access.errors import Fault, Invalid

PARTS = (
    "summary", "partners", "structure", "contributions", "answers", "delivery", "outcomes", "budget", "governance",
    "risks", "safeguarding", "social_value", "exit", "statements", "fairness", "confidentiality", "attachments",
    "signatures",
)  # fmt: skip
SIGNATURES = "signatures"
FONTS = ("FiraGO", "Noto Sans")
PAPERS = ("a4", "us-letter")
SMALLEST, LARGEST = 9.0, 16.0
"""Points: the size of text that an organisation may choose. A call's own minimum may be as large as large print."""
LARGE_PRINT = 24.0
MOST_PAGES = 5_000
LONGEST_NAME = 120
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


MOST_PIXELS = 4_000
"""The longest side of a logo: at six centimetres on paper, far more than a printer shows."""


class LogoRefused(Invalid):
    code = "logo-not-accepted"
    title = "This picture cannot be used as a logo"
    explanation = (
        "A logo is an SVG without scripts and without anything from elsewhere, or a PNG or JPEG of at most "
        f"{MOST_PIXELS:,} pixels a side. What it is, is told from its content; 'detail' says what is wrong."
    )

    @classmethod
    def because(cls, detail: str) -> "LogoRefused":
        return cls(detail, [Fault("", "logo-not-accepted", detail)])


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture that was judged safe. `data` is stored elsewhere by its SHA-256, and filled in only for printing."""

    sha256: str
    kind: str
    """svg, png or jpg."""
    alt: str
    width: float
    height: float
    """In pixels, or in the drawing's own units: only the proportion matters."""
    data: bytes = field(default=b"", repr=False, compare=False)

    def as_data(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("sha256", "kind", "alt", "width", "height")}


@dataclass(frozen=True, slots=True)
class Template:
    """What a document is printed with. `accent` colours headings and bars, `tint` backs table headers and callouts.

    Sizes are in points. No text of the bid is smaller than `minimum_size`; 0 where the call asks for none. `page_limit`
    stops nothing: it is only shown to whoever has the document made.
    """

    accent: str = "#1F3A5F"
    tint: str = "#EEF2F7"
    font: str = "FiraGO"
    size: float = 10.5
    minimum_size: float = 0.0
    paper: str = "a4"
    logo: Logo | None = None
    cover_eyebrow: str = ""
    cover_note: str = ""
    parts: Sequence[str] = PARTS
    names: Mapping[str, str] = field(default_factory=dict)
    page_limit: int | None = None
    anonymise_answers: bool = False
    """Where a call forbids names in the answers: organisations' names there become 'Partner A', 'Partner B' …"""

    def at_least(self, points: float) -> float:
        """A size that the layout would choose, or the call's minimum where that is larger."""
        return max(points, self.minimum_size)

    def as_data(self) -> dict[str, Any]:
        """As it is stored with an edition: every field, so that a later default changes no signed bid."""
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        return {**data, "logo": self.logo and self.logo.as_data(), "parts": list(self.parts), "names": dict(self.names)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        known = {f.name: data[f.name] for f in fields(cls) if f.name in data}
        return cls(**{**known, "logo": logo_from(data.get("logo")), "parts": tuple(data.get("parts", PARTS))})


DEFAULT = Template()


def logo_from(data: Mapping[str, Any] | None) -> Logo | None:
    return Logo(**data) if data else None


@dataclass(frozen=True, slots=True)
class Look:
    """An organisation's own look. Without `tint`, one is made from the accent."""

    accent: str = DEFAULT.accent
    tint: str | None = None
    font: str = DEFAULT.font
    size: float = DEFAULT.size
    paper: str = DEFAULT.paper
    cover_eyebrow: str = ""
    cover_note: str = ""
    parts: Sequence[str] = PARTS
    names: Mapping[str, str] = field(default_factory=dict)
    logo: Logo | None = None


@dataclass(frozen=True, slots=True)
class CallRules:
    """A call's rules for how its bids look. What is None or empty is left to the bidders."""

    minimum_size: float | None = None
    page_limit: int | None = None
    paper: str | None = None
    anonymise_answers: bool = False
    parts: Sequence[str] | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    accent: str | None = None
    tint: str | None = None
    font: str | None = None
    cover_eyebrow: str | None = None
    cover_note: str | None = None
    logo: Logo | None = None


BINDING = ("minimum_size", "page_limit", "paper", "anonymise_answers", "parts", "names")
"""Fields of a call's rules that a bid has to keep; the others are its looks."""


def bind_otherwise(before: CallRules, after: CallRules) -> bool:
    """Whether a bid that keeps the rules before could break those after."""
    return any(getattr(before, name) != getattr(after, name) for name in BINDING)


def applied(look: Look | None, rules: CallRules | None) -> Template:
    """What a bid is printed with: the call's rules bind, and where the call is silent the lead partner's look holds.

    A colour of the call brings its own tint: two houses' colours are never mixed. An organisation orders and names the
    parts but cannot leave one out: only the call may ask for less than what the partners signed.
    """
    own, call = look or Look(), rules or CallRules()
    accent, tint = (call.accent, call.tint) if call.accent else (own.accent, own.tint)
    minimum = call.minimum_size or 0.0
    return Template(
        accent=accent,
        tint=tint or (DEFAULT.tint if accent == DEFAULT.accent else tint_of(accent)),
        font=call.font or own.font,
        size=max(own.size, minimum),
        minimum_size=minimum,
        paper=call.paper or own.paper,
        logo=call.logo or own.logo,
        cover_eyebrow=_first(call.cover_eyebrow, own.cover_eyebrow),
        cover_note=_first(call.cover_note, own.cover_note),
        parts=tuple(call.parts) if call.parts is not None else _all_parts(own.parts),
        names={**own.names, **call.names},
        page_limit=call.page_limit,
        anonymise_answers=call.anonymise_answers,
    )


def _first(ruled: str | None, own: str) -> str:
    return own if ruled is None else ruled


def _all_parts(ordered: Sequence[str]) -> tuple[str, ...]:
    """The parts in this order, with those that it does not name put before the signatures."""
    rest = [part for part in PARTS if part not in ordered]
    at = ordered.index(SIGNATURES) if SIGNATURES in ordered else len(ordered)
    return (*ordered[:at], *rest, *ordered[at:])


def look_from(data: Mapping[str, Any]) -> Look:
    """An organisation's look from what was sent. `Invalid` says which fields cannot be used, and why."""
    known, faults = _known(Look, data)
    faults += _size_faults(known.get("size", DEFAULT.size), "/size", SMALLEST, LARGEST)
    _refuse(faults)
    return Look(**known)


def rules_from(data: Mapping[str, Any]) -> CallRules:
    """Like `look_from`, for a call's rules."""
    known, faults = _known(CallRules, data)
    least, pages = known.get("minimum_size"), known.get("page_limit")
    if least is not None:
        faults += _size_faults(least, "/minimum_size", 1.0, LARGE_PRINT)
    if pages is not None and (isinstance(pages, bool) or not isinstance(pages, int) or not 1 <= pages <= MOST_PAGES):
        faults.append(Fault("/page_limit", "page-limit", f"A page limit is a whole number from 1 to {MOST_PAGES:,}."))
    if known.get("tint") is not None and known.get("accent") is None:
        faults.append(Fault("/tint", "accent-missing", "Give the colour of headings ('accent') with it."))
    _refuse(faults)
    return CallRules(**known)


def stored_look(data: Mapping[str, Any]) -> Look:
    """A look that was accepted before. It is not checked again, so stricter checks of new ones leave it as it is."""
    return Look(**_stored(Look, data))


def stored_rules(data: Mapping[str, Any]) -> CallRules:
    return CallRules(**_stored(CallRules, data))


def _stored(kind: type[Look] | type[CallRules], data: Mapping[str, Any]) -> dict[str, Any]:
    known = {f.name: data[f.name] for f in fields(kind) if f.name in data}
    return {**known, "logo": logo_from(data.get("logo"))}


def as_data(value: Look | CallRules) -> dict[str, Any]:
    """The value as it is stored: JSON, with the logo's hash in place of its bytes."""
    data = {f.name: getattr(value, f.name) for f in fields(value)}
    parts = None if value.parts is None else list(value.parts)
    return {**data, "logo": value.logo and value.logo.as_data(), "parts": parts, "names": dict(value.names)}


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid("Some of the template cannot be used.", faults)


def _known(kind: type[Look] | type[CallRules], data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Fault]]:
    """The fields that this kind has, and what is wrong with those that looks and rules share."""
    names = {f.name for f in fields(kind)}
    known = {name: value for name, value in data.items() if name in names}
    faults = [Fault(f"/{name}", "unknown-field", "A template has no such field.") for name in data.keys() - names]
    faults += [*_colour_faults(known), *_choice_faults(known), *_part_faults(known), *_name_faults(known)]
    return known, faults


def _colour_faults(known: Mapping[str, Any]) -> Iterator[Fault]:
    accent, tint = known.get("accent"), known.get("tint")
    for name, colour in (("accent", accent), ("tint", tint)):
        if colour is not None and (not isinstance(colour, str) or not _COLOUR.fullmatch(colour)):
            yield Fault(f"/{name}", "not-a-colour", "A colour is # and six hexadecimal digits, such as #1F3A5F.")
            return
    if accent is not None and (found := contrast(accent, WHITE)) < TEXT_CONTRAST:
        yield Fault("/accent", "contrast", _too_weak("white paper", found))
    if tint is None:
        return
    if (found := contrast(tint, INK)) < TEXT_CONTRAST:
        yield Fault("/tint", "contrast", _too_weak("black text", found))
    elif (found := contrast(tint, accent or DEFAULT.accent)) < TEXT_CONTRAST:
        yield Fault("/tint", "contrast", _too_weak("text in the colour of headings", found))


def _too_weak(against: str, found: float) -> str:
    # Rounded down: 4.49 must not be shown as the 4.5 that is asked for.
    return f"Against {against} this colour has a contrast of {int(found * 100) / 100:.2f}; text needs {TEXT_CONTRAST}."


def _choice_faults(known: Mapping[str, Any]) -> Iterator[Fault]:
    if known.get("font", FONTS[0]) not in (*FONTS, None):
        yield Fault("/font", "unknown-font", f"Choose one of {', '.join(FONTS)}.")
    if known.get("paper", PAPERS[0]) not in (*PAPERS, None):
        yield Fault("/paper", "unknown-paper", f"Choose one of {', '.join(PAPERS)}.")


def _size_faults(size: object, pointer: str, least: float, most: float) -> Iterator[Fault]:
    if isinstance(size, bool) or not isinstance(size, int | float) or not least <= size <= most:
        yield Fault(pointer, "size", f"The size of text is between {least:g} and {most:g} points.")


def _part_faults(known: Mapping[str, Any]) -> Iterator[Fault]:
    parts = known.get("parts")
    if parts is None:
        return
    if not isinstance(parts, list | tuple) or set(parts) - set(PARTS) or len(set(parts)) != len(parts):
        yield Fault("/parts", "unknown-part", f"The parts are {', '.join(PARTS)}, each at most once.")
    elif SIGNATURES not in parts:
        yield Fault("/parts", "signatures-missing", "Every bid shows who signed it: keep the part 'signatures'.")


def _name_faults(known: Mapping[str, Any]) -> Iterator[Fault]:
    for part, name in known.get("names", {}).items():
        if part not in PARTS:
            yield Fault(f"/names/{part}", "unknown-part", f"The parts are {', '.join(PARTS)}.")
        elif not isinstance(name, str) or not 1 <= len(name.strip()) <= LONGEST_NAME:
            yield Fault(f"/names/{part}", "name", f"A part's name has up to {LONGEST_NAME} characters.")
