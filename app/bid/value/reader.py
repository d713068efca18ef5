"""Who reads a bid: what the rules about who sees what need to know of a reader."""

from dataclasses import dataclass
from enum import StrEnum

from app.platform.access.ids import Id


class ReaderKind(StrEnum):
    PARTNER = "partner"
    """A person of one or several accepted partners."""
    FACILITATOR = "facilitator"
    FORMER = "former"
    """A person of partners that left, who reads their own lines, and no sums of the others."""


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader. `sees_others` is false while the honesty round hides the others from this reader (rule 5)."""

    kind: ReaderKind
    partner_ids: frozenset[Id] = frozenset()
    sees_others: bool = True
