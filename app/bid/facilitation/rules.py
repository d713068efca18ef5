"""Difficulties: what a partner raises when things get tricky, and what they do to the rest of the bid.

A confidential one (addressed to the facilitator alone) must not give its raiser away: everybody else sees one
fixed blocker, the same for one or for many, and a removal is refused for every partner alike. Nobody can hold
the bid hostage with one: a blocking difficulty stops blocking after five days unless a step renews it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bid.value import Difficulty
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.words.codes import AddressedTo, BlockerCode

BLOCKS_FOR = timedelta(days=5)
"""How long a blocking difficulty blocks after it was raised or a step last renewed it."""

SAFEGUARDING_SENTENCE = (
    "This is about how the partnership works. If a child or adult may be at risk, do not write it here: call 999 in "
    "an emergency, otherwise tell your safeguarding lead or the local authority now."
)
"""Stands beside every form for a difficulty and in every answer about one."""

CONFIDENTIAL_BLOCKER_SENTENCE = (
    "A difficulty was raised with the facilitator alone. The facilitator is handling it; the bid can be locked for "
    "signing when it is settled. You need not do anything unless the facilitator asks you."
)


class DifficultyOpen(Conflict):
    """One answer for every removal while any difficulty is open, whoever raised it and whoever is to be removed."""

    code = "difficulty-open"
    title = "No partner can be removed while a difficulty is open"
    explanation = (
        "Settle the open difficulties first, or ask the facilitator to certify that this removal has nothing to do "
        "with them."
    )


class DifficultyClosed(Conflict):
    code = "difficulty-closed"
    title = "This difficulty is closed"
    explanation = "Its steps and outcome stay on record. Raise a new difficulty if things are not settled."


@dataclass(frozen=True, slots=True)
class DifficultyBlocker:
    """What readiness lists. The confidential one has neither pointer nor id, and is the same for everybody."""

    detail: str
    difficulty_id: Id | None = None
    code: BlockerCode = BlockerCode.DIFFICULTY_OPEN


def blocks_until(difficulty: Difficulty) -> datetime | None:
    """When it stops blocking unless a step renews it; None where it does not block at all."""
    if not difficulty.blocking or not difficulty.open or difficulty.blocking_since is None:
        return None
    return difficulty.blocking_since + BLOCKS_FOR


def blocks(difficulty: Difficulty, now: datetime) -> bool:
    """Blocks up to, and not at, five days after it was raised or renewed."""
    until = blocks_until(difficulty)
    return until is not None and now < until


def blockers(difficulties: Iterable[Difficulty], now: datetime) -> tuple[DifficultyBlocker, ...]:
    """The same answer for every reader: each open one addressed to all, and at most one for all confidential ones."""
    blocking = [difficulty for difficulty in difficulties if blocks(difficulty, now)]
    shared = [
        DifficultyBlocker(
            "A difficulty that blocks signing is open. Agree the next step in it; whoever raised it, or the "
            "facilitator, closes it when it is settled.",
            difficulty.id,
        )
        for difficulty in blocking
        if difficulty.addressed_to is AddressedTo.ALL
    ]
    confidential = any(difficulty.addressed_to is AddressedTo.FACILITATOR for difficulty in blocking)
    return (*shared, *((DifficultyBlocker(CONFIDENTIAL_BLOCKER_SENTENCE),) if confidential else ()))


def removal_frozen(difficulties: Iterable[Difficulty], certified_by_facilitator: bool = False) -> bool:
    """Whether no partner may be removed now. Any open difficulty counts: confidential or not, blocking or lapsed."""
    return not certified_by_facilitator and any(difficulty.open for difficulty in difficulties)


def check_removal(difficulties: Iterable[Difficulty], certified_by_facilitator: bool = False) -> None:
    """Raises `DifficultyOpen`, which names nobody and points at nothing."""
    if removal_frozen(difficulties, certified_by_facilitator):
        raise DifficultyOpen
