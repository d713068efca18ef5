"""Words of the sector that find each other: groups in `synonyms.toml`, and in the operator's own file beside it."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

BUILT_IN = Path(__file__).parent / "synonyms.toml"
UNDERSTOOD_ONLY = "~"
_OPERATORS = re.compile(r'"|(^|\s)-|\bor\b', re.IGNORECASE)
Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Synonyms:
    """By the words that somebody may search for: what finds the same. `understood` are not searched for themselves."""

    others: Mapping[Phrase, tuple[Phrase, ...]]
    understood: frozenset[Phrase]
    longest: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search as PostgreSQL's text search takes it: each part is to be found. `literal`: what was typed counts, too."""

    parts: tuple[str, ...]
    literal: bool

    @property
    def all(self) -> str:
        return " & ".join(self.parts)

    @property
    def some(self) -> str:
        return " | ".join(self.parts)


def plain(words: str) -> Phrase:
    return tuple(re.findall(r"\w+", words.casefold()))


def joined(groups: Iterable[Iterable[str]]) -> Synonyms:
    """Groups that have a member in common add to it; they do not become one group."""
    others: dict[Phrase, dict[Phrase, None]] = defaultdict(dict)
    understood: set[Phrase] = set()
    for group in groups:
        members = [(plain(member), member.strip().startswith(UNDERSTOOD_ONLY)) for member in group]
        understood |= {phrase for phrase, only in members if only}
        for phrase, _ in members:
            others[phrase] |= dict.fromkeys(other for other, only in members if other and other != phrase and not only)
    others.pop((), None)
    longest = max((len(phrase) for phrase in others), default=0)
    return Synonyms({phrase: tuple(found) for phrase, found in others.items()}, frozenset(understood), longest)


@lru_cache(maxsize=4)
def load(further: str = "") -> Synonyms:
    """What is built in, with the groups of the operator's file, which the settings have judged."""
    files = [BUILT_IN, *([Path(further)] if further else [])]
    return joined(group for path in files for group in tomllib.loads(path.read_text("utf-8"))["groups"])


def wanted(words: str, synonyms: Synonyms) -> Wanted:
    """The search for these words, their beginnings from three letters on, and what means the same.

    With search operators, only what was typed counts.
    """
    if _OPERATORS.search(words):
        return Wanted((), True)
    tokens, parts, literal, at = plain(words), [], True, 0
    while at < len(tokens):
        phrase = _known(tokens, at, synonyms)
        own = phrase or tokens[at : at + 1]
        choices = [] if own in synonyms.understood else [" & ".join(_beginning(word) for word in own)]
        literal = literal and bool(choices)
        choices += [" <-> ".join(other) for other in synonyms.others.get(own, ())]
        parts.append("(" + " | ".join(f"({choice})" for choice in choices) + ")")
        at += len(own)
    return Wanted(tuple(parts), literal)


def _known(tokens: Phrase, at: int, synonyms: Synonyms) -> Phrase | None:
    """The longest phrase with others that stands there."""
    for length in range(min(synonyms.longest, len(tokens) - at), 0, -1):
        if tokens[at : at + length] in synonyms.others:
            return tokens[at : at + length]
    return None


def _beginning(word: str) -> str:
    return f"{word}:*" if len(word) > 2 else word
