"""Difficulties neither give their raiser away nor hold the bid hostage."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.facilitation.rules import (
    BLOCKS_FOR,
    SAFEGUARDING_SENTENCE,
    DifficultyOpen,
    blockers,
    blocks,
    blocks_until,
    check_removal,
)
from app.bid.value import Difficulty
from app.platform.words.codes import AddressedTo, BlockerCode

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ALL, ALONE = AddressedTo.ALL, AddressedTo.FACILITATOR


def difficulty(
    to: AddressedTo = ALONE, blocking: bool = True, is_open: bool = True, age: timedelta = timedelta()
) -> Difficulty:
    return Difficulty(f"{to}-{age}", to, blocking, is_open, NOW - age)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(), True),
        (BLOCKS_FOR - timedelta(microseconds=1), True),
        (BLOCKS_FOR, False),
        (BLOCKS_FOR + timedelta(days=1), False),
    ],
)
def test_a_blocking_difficulty_lapses_after_five_days(age: timedelta, expected: bool) -> None:
    assert blocks(difficulty(age=age), NOW) is expected
    assert blocks_until(difficulty(age=age)) == NOW - age + timedelta(days=5)


def test_what_is_closed_or_does_not_block_blocks_nothing() -> None:
    assert not blocks(difficulty(is_open=False), NOW)
    assert not blocks(difficulty(blocking=False), NOW)


@given(st.integers(1, 6), st.lists(st.timedeltas(timedelta(), timedelta(days=4)), min_size=6, max_size=6))
def test_confidential_difficulties_are_one_and_the_same_blocker_however_many_and_whenever(
    number: int, ages: list[timedelta]
) -> None:
    found = blockers([difficulty(age=age) for age in ages[:number]], NOW)
    assert found == blockers([difficulty()], NOW)
    assert found[0].difficulty_id is None
    assert found[0].code is BlockerCode.DIFFICULTY_OPEN


def test_a_difficulty_for_all_points_at_itself_beside_the_fixed_one() -> None:
    shared, fixed = blockers([difficulty(ALONE), difficulty(ALL)], NOW)
    assert shared.difficulty_id == difficulty(ALL).id
    assert fixed == blockers([difficulty()], NOW)[0]


@pytest.mark.parametrize("to", [ALL, ALONE])
@pytest.mark.parametrize("blocking", [True, False])
def test_while_any_difficulty_is_open_no_partner_is_removed_with_one_answer_for_all(
    to: AddressedTo, blocking: bool
) -> None:
    with pytest.raises(DifficultyOpen) as refused:
        check_removal([difficulty(to, blocking, age=timedelta(days=90))])
    assert (refused.value.detail, refused.value.errors) == (DifficultyOpen.explanation, ())


def test_the_facilitator_can_certify_a_removal_and_a_closed_difficulty_stops_none() -> None:
    check_removal([difficulty()], certified_by_facilitator=True)
    check_removal([difficulty(is_open=False)])
    check_removal([])


def test_the_words_on_children_and_adults_at_risk_are_the_agreed_ones() -> None:
    assert SAFEGUARDING_SENTENCE == (
        "This is about how the partnership works. If a child or adult may be at risk, do not write it here: call 999 "
        "in an emergency, otherwise tell your safeguarding lead or the local authority now."
    )
