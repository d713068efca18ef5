"""Clauses being written: numbers, cross-references that are always right, and blanks that are counted."""

from collections.abc import Sequence
from typing import Any

from app.documents.blocks import Block, heading, inlines, paragraph

OPEN, CLOSE = "\ue000", "\ue001"
"""These mark the key of a clause that is referred to. No text that people write may hold these characters."""


class Draft:
    def __init__(self) -> None:
        self.blanks: list[tuple[int, str, str]] = []
        self._blocks: list[Block] = []
        self._numbers: dict[str, str] = {}
        self._part = 0
        self._clause = 0
        self._place = ""

    def part(self, title: str, key: str) -> None:
        self._part += 1
        self._clause = 0
        self._numbers[key] = str(self._part)
        self._blocks.append(heading(2, title, number=str(self._part), id=f"clause-{self._part}"))

    def clause(self, text: str, key: str = "") -> None:
        """One complete sentence or more, with a number of its own; blanks in it are noted with that number."""
        self._clause += 1
        number = f"{self._part}.{self._clause}"
        if key:
            self._numbers[key] = number
        self._settle_blanks(number)
        self._blocks.append(
            {"type": "paragraph", "role": "clause", "number": number, "dir": "ltr", "content": inlines(text)}
        )

    def own_words(self, introduction: str, blocks: Sequence[Block], missing: str = "") -> None:
        """The partners' own text beneath a clause; a blank where there is none and there should be."""
        if blocks:
            self.clause(introduction)
            self._blocks.append({"type": "blockquote", "content": list(blocks)})
        elif missing:
            self.clause(self.blank(missing))

    def add(self, *blocks: Block) -> None:
        self._blocks += blocks

    def schedule(self, title: str, key: str, number: int, place: str) -> None:
        """`place` is what the list of blanks calls it."""
        self._numbers[key] = str(number)
        self._place = place
        self._blocks.append(heading(1, title, id=f"schedule-{number}"))

    def unnumbered(self, text: str) -> None:
        """A paragraph of a schedule; blanks in it are noted with the schedule."""
        self._settle_blanks(self._place)
        self._blocks.append(paragraph(text))

    def _settle_blanks(self, place: str) -> None:
        self.blanks = [(number, what, at or place) for number, what, at in self.blanks]

    def blank(self, what: str) -> str:
        self.blanks.append((len(self.blanks) + 1, what, ""))
        return f"[{len(self.blanks)}: {what}]"

    @staticmethod
    def ref(key: str) -> str:
        return f"{OPEN}{key}{CLOSE}"

    def finished(self) -> list[Block]:
        """All blocks, with every reference turned into its number; a reference to nothing is a fault of the program."""
        return [self._resolved(block) for block in self._blocks]

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, str):
            while OPEN in value:
                before, _, rest = value.partition(OPEN)
                key, closed, after = rest.partition(CLOSE)
                value = f"{before}{self._numbers[key]}{after}" if closed else before + rest
            return value
        if isinstance(value, dict):
            return {name: self._resolved(item) for name, item in value.items()}
        return [self._resolved(item) for item in value] if isinstance(value, list) else value
