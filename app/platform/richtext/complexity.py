"""How many blocks and runs a text has. With too many, each change of it and each document made from it takes too long.

A block is a paragraph, heading, list, item, quotation, table, row or cell; a run is a stretch of text with the same marks, or a
line break.
"""

from typing import NamedTuple

from app.platform.richtext import schema, yjs
from app.platform.richtext.schema import Json


class Complexity(NamedTuple):
    blocks: int
    runs: int

    def and_more(self, other: "Complexity") -> "Complexity":
        return Complexity(self.blocks + other.blocks, self.runs + other.runs)

    def within(self, most: "Complexity") -> bool:
        return self.blocks <= most.blocks and self.runs <= most.runs


def measure(document: Json) -> Complexity:
    """What a text in its canonical form has."""
    blocks = runs = 0
    for node, _ in schema.walk(document):
        if node["type"] in schema.INLINE:
            runs += 1
        else:
            blocks += 1
    return Complexity(blocks - 1, runs)


def measure_update(update: bytes) -> Complexity:
    """What the document has that this update holds whole."""
    return measure(yjs.read(yjs.load(update)))
