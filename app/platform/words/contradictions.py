"""The contradictions that a reconciliation can find: each code with its title and the text of the page behind it.

Codes are public and never renamed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from app.platform.words.vocabularies import vocabulary


@dataclass(frozen=True, slots=True)
class Contradiction:
    title: str
    explanation: str


CONTRADICTIONS: Mapping[str, Contradiction] = {
    entry.code: Contradiction(entry.label, entry.explanation) for entry in vocabulary("contradiction")
}
