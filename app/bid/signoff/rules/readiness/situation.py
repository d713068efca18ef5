"""What readiness is computed from, and what it says: the values and words that its rules share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.bid.value import Proposal
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.words.codes import ExpectationState


@dataclass(frozen=True, slots=True)
class Blocker:
    """`code` is of the closed list, or `rule-<name>`; `organisation_id` is whose turn it is, where it is one's."""

    code: str
    detail: str
    pointer: str | None = None
    organisation_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the list is computed from.

    `states` are the expectations' states as this reader's reconciliation gives them, with the sentence that
    explains each.
    """

    proposal: Proposal
    reader: Reader
    now: datetime
    states: Mapping[Id, tuple[ExpectationState, str]]


Rule = Callable[[Situation], Iterator[Blocker]]


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
