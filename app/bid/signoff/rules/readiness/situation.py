"""What readiness is computed from, and what it answers: the values and words that its rules share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.bid.value import Proposal
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.words.codes import ExpectationState


@dataclass(frozen=True, slots=True)
class Blocker:
    """`code` is of the closed list, or `rule-<name>`. `organisation_id` is the one that has to act, where it is one alone."""

    code: str
    detail: str
    pointer: str | None = None
    organisation_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """`states` holds each expectation's state in this reader's reconciliation, with the sentence that explains it."""

    proposal: Proposal
    reader: Reader
    now: datetime
    states: Mapping[Id, tuple[ExpectationState, str]]


Rule = Callable[[Situation], Iterator[Blocker]]


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
