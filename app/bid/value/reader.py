"""Who reads a bid: what the rules of sight need to know of a reader."""

from dataclasses import dataclass
from enum import StrEnum

from app.platform.access.ids import Id


class ReaderKind(StrEnum):
    PARTNER = "partner"
    """Somebody of one or several accepted partners."""
    FACILITATOR = "facilitator"
    COMMISSIONER = "commissioner"
    """Who gets the bid: also what the partners preview."""
    FORMER = "former"
    """Of partners that left: their own lines, as they stand, and no sums of the others."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. `sees_others` is false while the honesty round hides the others from this reader (rule 5)."""

    kind: ReaderKind
    partner_ids: frozenset[Id] = frozenset()
    sees_others: bool = True
