"""Replaces characters that no font has by a visible sign before anything is set, and reports them with their places."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.documents.fonts import Fonts, substitute

MOST_PLACES = 20
"""The places reported for one character: enough to find the others by searching from there on."""
_NOT_SHOWN = frozenset({"attachment", "look", "type", "id", "link", "role"})
_REPEATED = frozenset({"title", "running", "footer", "author", "subject", "keywords"})
"""Words of the bid that are printed elsewhere too: replaced, but not counted a second time."""


@dataclass(frozen=True, slots=True)
class Place:
    """`part` and `section` are the headings above it (empty: on the cover); `context` a few words around it."""

    part: str
    section: str
    context: str


@dataclass(frozen=True, slots=True)
class Substitution:
    """A character that no font has: how often it occurs, where, and the words around its first place."""

    character: str
    code_point: str
    count: int
    context: str
    places: tuple[Place, ...] = ()


@dataclass(slots=True)
class _Found:
    count: int = 0
    places: dict[Place, None] = field(default_factory=dict)


def settable(value: Mapping[str, Any], fonts: Fonts) -> tuple[dict[str, Any], tuple[Substitution, ...]]:
    """The value with every character replaced that no font has, and a report of them; unchanged if none is missing."""
    whole = json.dumps({k: v for k, v in value.items() if k not in ("attachment", "look")}, ensure_ascii=False)
    if not fonts.missing(whole):
        return dict(value), ()
    cleaner = _Cleaner(fonts)
    cleaned = {name: cleaner.of_part(name, inside) for name, inside in value.items()}
    return cleaned, tuple(
        Substitution(c, f"U+{ord(c):04X}", found.count, next(iter(found.places)).context, tuple(found.places))
        for c, found in cleaner.found.items()
        if found.places
    )


class _Cleaner:
    def __init__(self, fonts: Fonts) -> None:
        self._fonts = fonts
        self._part = self._section = ""
        self._counts = True
        self.found: dict[str, _Found] = {}

    def of_part(self, name: str, value: Any) -> Any:
        if name in _NOT_SHOWN:
            return value
        self._counts = name not in _REPEATED
        if name != "body":
            return self._clean(value)
        return [self._block(block) for block in value]

    def _block(self, block: Mapping[str, Any]) -> Any:
        if block.get("type") == "heading":
            words = "".join(str(run.get("text", "")) for run in block["content"])
            if block["level"] == 1:
                self._part, self._section = words, ""
            elif block["level"] == 2:
                self._section = words
        return self._clean(block)

    def _clean(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Mapping):
            return {k: v if k in _NOT_SHOWN else self._clean(v) for k, v in value.items()}
        return [self._clean(child) for child in value] if isinstance(value, list | tuple) else value

    def _text(self, value: str) -> str:
        words, replaced = substitute(value, self._fonts)
        for character in replaced if self._counts else ():
            found = self.found.setdefault(character, _Found())
            found.count += 1
            if len(found.places) < MOST_PLACES:
                found.places[Place(self._part, self._section, _around(value, character))] = None
        return words


def _around(text: str, character: str) -> str:
    at = text.find(character)
    return text[max(0, at - 30) : at + 30].strip()
