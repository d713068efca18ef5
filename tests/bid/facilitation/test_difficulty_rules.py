"""Difficulties neither give their raiser away nor hold the bid hostage."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.facilitation.rules import (
    BLOCKS_FOR,
    SAFEGUARDING_SENTENCE,
    STOPS_REMOVALS_FOR,
    DifficultyOpen,
    blockers,
    blocks,
    blocks_until,
    check_removal,
    stops_removals_until,
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


@pytest.mark.parametrize("hours", [0, 1, 9 * 24, 9 * 24 + 22])
def test_while_a_difficulty_is_open_no_partner_is_removed_with_one_answer_for_all(hours: int) -> None:
    with pytest.raises(DifficultyOpen) as refused:
        check_removal([NOW - timedelta(hours=hours)], NOW, NOW)
    assert (refused.value.detail, refused.value.errors) == (DifficultyOpen.explanation, ())


@given(st.timedeltas(timedelta(days=10), timedelta(days=900)))
def test_after_ten_days_it_stops_no_removal_however_it_is_renewed(age: timedelta) -> None:
    check_removal([NOW - age], NOW, NOW)


@given(st.timedeltas(timedelta(), timedelta(days=30)))
def test_when_it_ends_tells_no_more_than_the_hour_in_which_it_was_raised(age: timedelta) -> None:
    raised_at = NOW - age
    until = stops_removals_until(raised_at)
    assert timedelta(days=9, hours=23) < until - raised_at <= STOPS_REMOVALS_FOR
    assert until == stops_removals_until(raised_at.replace(minute=59, second=59, microsecond=999999))


def test_a_difficulty_that_answers_a_motion_does_not_stop_it() -> None:
    opened_at = NOW - timedelta(days=1)
    check_removal([opened_at + timedelta(microseconds=1), NOW], NOW, opened_at)
    with pytest.raises(DifficultyOpen):
        check_removal([opened_at, NOW], NOW, opened_at)


def test_the_facilitator_can_certify_a_removal() -> None:
    check_removal([NOW], NOW, NOW, certified_by_facilitator=True)
    check_removal([], NOW, NOW)


def test_the_words_on_children_and_adults_at_risk_are_the_agreed_ones() -> None:
    assert SAFEGUARDING_SENTENCE == (
        "This is about how the partnership works. If a child or adult may be at risk, do not write it here: call 999 "
        "in an emergency, otherwise tell your safeguarding lead or the local authority now."
    )
