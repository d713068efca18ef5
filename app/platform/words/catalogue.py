"""The words that people read, as data: one folder of TOML files for each language, by dotted key.

English is the language that the service is written in: it has every key. A key that another language lacks is read in
English. Whatever a file must not hold (see `BadCatalogue`) stops the service from starting. docs/words.md is the page
for translators.
"""

import string
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent / "catalogue"
FIRST = "en"


class BadCatalogue(Exception):
    """A key that English lacks, one in two files, a value that is no text, or placeholders other than in English."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The words of one language. `texts` has every key of English, `own` the keys that this language says itself."""

    language: str
    texts: Mapping[str, str]
    own: frozenset[str]

    def __call__(self, key: str, /, **values: object) -> str:
        """The words for `key`, with its placeholders filled. A key that does not exist is a KeyError."""
        return self.texts[key].format(**values) if values else self.texts[key]

    def spoken(self, keys: Iterable[str]) -> str:
        """The languages that these keys are read in, as the header Content-Language has them: `cy, en` where some lack."""
        read = dict.fromkeys(self.language if key in self.own else FIRST for key in keys)
        return ", ".join(sorted(read, key=lambda language: language == FIRST)) or FIRST

    def below(self, group: str) -> tuple[str, ...]:
        """The names directly below `group`, such as the codes of a vocabulary, in the order of the English files."""
        start = f"{group}."
        return tuple(dict.fromkeys(key[len(start) :].split(".")[0] for key in self.texts if key.startswith(start)))


def load(folder: Path) -> Mapping[str, Catalogue]:
    """Every language of a folder, English first. Raises `BadCatalogue`."""
    english = _read(folder / FIRST)
    _compare(FIRST, english, english)
    found = {FIRST: Catalogue(FIRST, MappingProxyType(english), frozenset(english))}
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != FIRST:
            own = _read(path)
            _compare(path.name, own, english)
            found[path.name] = Catalogue(path.name, MappingProxyType(english | own), frozenset(own))
    return MappingProxyType(found)


def _read(folder: Path) -> dict[str, str]:
    texts: dict[str, str] = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            tables = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise BadCatalogue(f"{path}: {error}") from error
        for key, text in _flat(tables):
            if not isinstance(text, str):
                raise BadCatalogue(f"{path}: {key} is no text.")
            if key in texts:
                raise BadCatalogue(f"{path}: {key} is in another file of this language too.")
            texts[key] = text
    return texts


def _flat(table: Mapping[str, Any], start: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{start}{name}.")
        else:
            yield f"{start}{name}", value


def _compare(language: str, own: Mapping[str, str], english: Mapping[str, str]) -> None:
    for key, text in own.items():
        if key not in english:
            raise BadCatalogue(f"{language}: {key} is no key of English.")
        if (found := placeholders(text)) != (wanted := placeholders(english[key])):
            raise BadCatalogue(f"{language}: {key} has the placeholders {sorted(found)}, English has {sorted(wanted)}.")


def placeholders(text: str) -> frozenset[str]:
    """The names in braces. Raises `BadCatalogue` for a brace without its other half."""
    try:
        return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)
    except ValueError as error:
        raise BadCatalogue(f"A brace is missing or too many in: {text}") from error


CATALOGUES = load(FOLDER)
ENGLISH = CATALOGUES[FIRST]


def require(keys: Iterable[str]) -> None:
    """Called by a module that looks keys up at run time, so that a missing one shows when the service starts."""
    if missing := [key for key in keys if key not in ENGLISH.texts]:
        raise BadCatalogue(f"English lacks {', '.join(missing)}.")


def catalogue(language: str | None) -> Catalogue:
    """The words in the language of a tag such as `cy-GB`; in English where there is no folder for it."""
    primary = (language or FIRST).replace("_", "-").split("-")[0].lower()
    return CATALOGUES.get(primary, ENGLISH)
