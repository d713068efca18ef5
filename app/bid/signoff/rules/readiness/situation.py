"""What readiness is computed from, and what it answers: the values and words that its rules share."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.bid.value import Partner, Proposal
from app.bid.value.reader import Reader
from app.platform.access.ids import Id
from app.platform.words.codes import ExpectationState


@dataclass(frozen=True, slots=True)
class Blocker:
    """`code` is of the closed list, or `rule-<name>`. `organisation_id` is the one that has to act, where it is one alone.

    `may` holds the ids of the partners that can do something about it: none where only others can, or where naming
    anybody would tell what was confided.
    """

    code: str
    detail: str
    pointer: str | None = None
    organisation_id: Id | None = None
    may: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """`states` holds each expectation's state in this reader's reconciliation, with the sentence that explains it."""

    proposal: Proposal
    reader: Reader
    now: datetime
    states: Mapping[Id, tuple[ExpectationState, str]]


Rule = Callable[[Situation], Iterator[Blocker]]


def ids(*partners: Partner | None) -> tuple[Id, ...]:
    """The ids of those of these partners that there are, each once."""
    return tuple(dict.fromkeys(partner.id for partner in partners if partner is not None))


def listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
