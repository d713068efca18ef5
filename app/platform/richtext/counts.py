"""How long a text is."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    words: int = 0
    characters: int = 0
    pages: int = 0
