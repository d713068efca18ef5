"""What difficulties do to the rest of the bid: what they block, and for how long.

A confidential one (addressed to the facilitator alone) must not give its raiser away: everybody else sees one fixed
blocker, the same for one or for many, and every removal is refused alike. Nobody can hold the bid hostage with a
difficulty: it stops blocking after five days unless a step renews it, and stops no removal after ten.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.bid.value import Difficulty
from app.platform.access.errors import Conflict, Forbidden
from app.platform.access.ids import Id
from app.platform.words.codes import AddressedTo, BlockerCode, DifficultyOutcome

BLOCKS_FOR = timedelta(days=5)
"""How long a blocking difficulty blocks after it was raised or a step last renewed it."""

STOPS_REMOVALS_FOR = timedelta(days=10)
"""How long an open difficulty stops removals at most, counted from when it was raised: no step renews that."""

SAFEGUARDING_SENTENCE = (
    "This is about how the partnership works. If a child or adult may be at risk, do not write it here: call 999 in "
    "an emergency, otherwise tell your safeguarding lead or the local authority now."
)
"""It is shown next to every form for a difficulty and in every answer about one."""

CONFIDENTIAL_BLOCKER_SENTENCE = (
    "A difficulty was raised with the facilitator alone. The facilitator is handling it; the bid can be locked for "
    "signing when it is settled. You need not do anything unless the facilitator asks you."
)


class DifficultyOpen(Conflict):
    """Every removal is refused alike, whoever raised a difficulty and whoever is to be removed."""

    code = "difficulty-open"
    title = "No partner can be removed while a difficulty is open"
    explanation = (
        "Settle the open difficulties first, or ask the facilitator to certify that this removal has nothing to do "
        "with them. A difficulty stops removals for ten days at most after it was raised."
    )


class DifficultyClosed(Conflict):
    code = "difficulty-closed"
    title = "This difficulty is closed"
    explanation = "Its steps and outcome stay on record. Raise a new difficulty if things are not settled."


@dataclass(frozen=True, slots=True)
class DifficultyBlocker:
    """What readiness lists. For a confidential difficulty it has no id, and is the same for everybody."""

    detail: str
    difficulty_id: Id | None = None
    code: BlockerCode = BlockerCode.DIFFICULTY_OPEN


def blocks_until(difficulty: Difficulty) -> datetime | None:
    """The instant at which it stops blocking unless a step renews it. None where it does not block at all."""
    if not difficulty.blocking or not difficulty.open or difficulty.blocking_since is None:
        return None
    return difficulty.blocking_since + BLOCKS_FOR


def blocks(difficulty: Difficulty, now: datetime) -> bool:
    """Whether it blocks now. At the very end of its five days it blocks no more."""
    until = blocks_until(difficulty)
    return until is not None and now < until


def blockers(difficulties: Iterable[Difficulty], now: datetime) -> tuple[DifficultyBlocker, ...]:
    """One blocker for each blocking difficulty addressed to all, and one for all confidential ones together.

    Every reader gets the same answer.
    """
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


def stops_removals_until(raised_at: datetime) -> datetime:
    """The instant from which an open difficulty stops removals no more.

    It is the full hour before ten days are over: the very moment would tell when a confidential one was raised.
    """
    return (raised_at + STOPS_REMOVALS_FOR).replace(minute=0, second=0, microsecond=0)


def check_removal(
    raised_at: Iterable[datetime], now: datetime, opened_at: datetime, certified_by_facilitator: bool = False
) -> None:
    """Raises `DifficultyOpen`, which names nobody and points at nothing.

    `raised_at` are the open difficulties, confidential or not, blocking or lapsed. One that was raised after the motion
    was opened does not stop it, so that nobody answers a motion with a difficulty.
    """
    stopping = any(raised <= opened_at and now < stops_removals_until(raised) for raised in raised_at)
    if stopping and not certified_by_facilitator:
        raise DifficultyOpen


def check_may_close(outcome: DifficultyOutcome, *, raiser: bool, facilitator: bool) -> None:
    """Raises Forbidden unless the raiser or the facilitator closes it; only its raiser withdraws it."""
    if not raiser and not facilitator:
        raise Forbidden("Whoever raised it, or the facilitator, closes it. You can add a step.")
    if outcome is DifficultyOutcome.WITHDRAWN and not raiser:
        raise Forbidden("Only its raiser can withdraw a difficulty. Name another outcome.")
