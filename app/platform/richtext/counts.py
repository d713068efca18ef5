"""How long a text is. It is apart from `counting` because rules use it, and they import no library."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Counts:
    words: int = 0
    characters: int = 0
    pages: int = 0
