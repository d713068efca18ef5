"""How wide the columns of a table are, by what stands in them: as wide as the longest word asks for, then by the text.

Widths are counted in letters of the usual size. Names are never hyphenated, so a column has room for its longest word.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

LINE = 92.0
"""Letters on a line at the size of tables, in the usual template."""
BESIDE = 2.4
"""Letters that both sides of a cell take."""
WORD = 24
"""A word of more letters is no name: an address or a fingerprint, which may be parted anywhere."""
LONGEST = 26.0
"""The room for such a word."""
WIDER = 1.3
"""How much wider the letters may be of the font that a reader has, where it has not the document's own."""
BY_HAND = 22.0
ENOUGH = 400.0
_NARROW, _SLIM, _WIDE = frozenset("ijlI.,:;'’|!()[]"), frozenset("frtJ-– "), frozenset("mwMWŵŴ@%&")


def letters(text: str) -> float:
    """Roughly how wide a text is, in usual letters."""
    found = 0.0
    for character in text:
        found += (
            0.5 if character in _NARROW else 0.7 if character in _SLIM else 1.5 if character in _WIDE
            else 1.2 if character.isupper() else 1.0
        )  # fmt: skip
    return found


def measured(label: str, cells: Sequence[str], whole: int) -> dict[str, float]:
    """`need`: what the column cannot do without; `want`: what it would take to keep each cell on one line."""
    head = letters(max(label.split() or [""], key=letters)) * 1.1
    if whole:
        most = max([head, *(letters(cell) for cell in cells)])
        return {"need": most, "want": most}
    words = {word for cell in cells for word in cell.split()}
    need = max([head, *(letters(word) if len(word) <= WORD else LONGEST for word in words)])
    lines = [letters(line) for cell in cells for line in cell.split("\n")]
    if cells and not any(cells):  # to be filled in by hand
        lines.append(BY_HAND)
    return {"need": need, "want": min(max([need, letters(label) * 1.1, *lines]), ENOUGH)}


def shared(columns: Sequence[Mapping[str, Any]]) -> list[float]:
    """The line shared out between the columns. Short ones get what they want, and the long ones what is left, by the roots
    of their lengths. The PDF does the same with its own size of text."""
    room = LINE - BESIDE * len(columns)
    needs = [c["need"] * WIDER for c in columns]
    wants = [max(c["want"], need) for c, need in zip(columns, needs, strict=True)]
    if sum(wants) <= room or sum(needs) >= room:
        part = sum(wants) if sum(wants) <= room else sum(needs)
        return [each * room / part + BESIDE for each in (wants if sum(wants) <= room else needs)]
    low, high = 0.0, ENOUGH
    for _ in range(24):
        level = (low + high) / 2
        low, high = (level, high) if sum(map(_at(level), needs, wants)) < room else (low, level)
    return [width + BESIDE for width in map(_at(low), needs, wants)]


def _at(level: float) -> Callable[[float, float], float]:
    return lambda need, want: max(need, min(want, level * math.sqrt(want)))
