"""Everyone says first, then everyone sees: when it opens, who sees what, and what nobody can tell before."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.value import HonestyRound, Partner, Proposal, honesty
from app.bid.value.reader import Reader, ReaderKind
from app.platform.words import codes as c
from tests.bid.values import FAMILY, LEAD, NOW, YOUTH, as_, bid, expects, gives, partner

SECOND = timedelta(seconds=1)
OPEN = HonestyRound()


def unfiled(one: Partner, **more: Any) -> Partner:
    return replace(one, filed_at=None, **more)


def open_bid(*partners: Partner, cut_off: Any = None, **more: Any) -> Proposal:
    """A bid whose deadline is the one that was known when the round began."""
    began_with = {"deadline": bid().opportunity.submission_deadline, **more}
    return bid(partners=partners, honesty_round=HonestyRound(cut_off=cut_off, **began_with))


def test_it_opens_when_all_who_accepted_have_filed() -> None:
    assert not honesty.reveals(open_bid(LEAD, unfiled(YOUTH)), NOW)
    assert honesty.reveals(open_bid(LEAD, YOUTH), NOW)
    assert honesty.reveals(open_bid(LEAD, YOUTH, unfiled(partner("c", status="invited"))), NOW)
    assert honesty.reveals(open_bid(LEAD, YOUTH, unfiled(partner("c", status="withdrawn"))), NOW)


def test_one_partner_alone_has_nobody_to_be_honest_with() -> None:
    alone = open_bid(LEAD, cut_off=NOW - SECOND)
    assert not honesty.reveals(alone, NOW)
    with pytest.raises(honesty.RoundNeedsTwo):
        honesty.refuse_unless_open(alone)


def test_one_partner_alone_cannot_hold_the_round_past_the_cut_off() -> None:
    waiting = open_bid(LEAD, unfiled(YOUTH), cut_off=NOW)
    assert not honesty.reveals(waiting, NOW - SECOND)
    assert honesty.reveals(waiting, NOW)


def test_it_opens_once() -> None:
    assert not honesty.reveals(bid(), NOW)
    with pytest.raises(honesty.RoundIsOver):
        honesty.refuse_unless_open(bid())


def test_skipping_needs_every_accepted_partner() -> None:
    waiting = open_bid(unfiled(LEAD), unfiled(YOUTH), unfiled(FAMILY))
    assert not honesty.skips(waiting, frozenset({"lead", "youth"}))
    assert honesty.skips(waiting, frozenset({"lead", "youth", "family"}))
    assert not honesty.skips(open_bid(unfiled(LEAD)), frozenset({"lead"}))


def test_who_joins_later_files_before_it_sees_and_is_not_seen_before() -> None:
    late = unfiled(partner("late"))
    joined = bid(
        partners=(LEAD, YOUTH, late), contributions=(gives("old", "lead"), gives("new", "late", revealed=False))
    )
    old, new = joined.contributions
    assert not honesty.may_see(joined, as_(joined, "late"), old)
    assert honesty.may_see(joined, as_(joined, "late"), new)
    assert not honesty.may_see(joined, as_(joined, "lead"), new)
    filed = replace(
        joined, partners=(LEAD, YOUTH, replace(late, filed_at=NOW)), contributions=(old, replace(new, revealed=True))
    )
    assert honesty.may_see(filed, as_(filed, "late"), old)
    assert honesty.may_see(filed, as_(filed, "lead"), filed.contributions[1])


def test_skipping_does_not_bind_who_joins_later() -> None:
    skipped = HonestyRound(c.RoundStatus.SKIPPED, revealed_at=NOW)
    agreed = [replace(unfiled(p), must_file=False) for p in (LEAD, YOUTH)]
    joined = bid(
        partners=(*agreed, unfiled(partner("late"))), honesty_round=skipped, expectations=(expects("e", "lead"),)
    )
    assert honesty.may_see(joined, as_(joined, "youth"), joined.expectations[0])
    assert not honesty.may_see(joined, as_(joined, "late"), joined.expectations[0])


def test_a_person_of_two_partners_sees_others_once_both_have_filed() -> None:
    late = unfiled(partner("late"))
    joined = bid(partners=(LEAD, YOUTH, late))
    assert not as_(joined, "youth", "late").sees_others
    assert as_(joined, "youth", "lead").sees_others


@pytest.mark.parametrize("status", ["withdrawn", "removed", "declined", "invited"])
def test_who_is_no_partner_now_sees_its_own_alone(status: str) -> None:
    there = bid(partners=(LEAD, partner("x", status=status)), contributions=(gives("a", "lead"), gives("b", "x")))
    a, b = there.contributions
    assert not honesty.may_see(there, as_(there, "x"), a)
    assert honesty.may_see(there, as_(there, "x"), b)


def test_a_facilitator_sees_after_the_reveal_and_who_has_left_never() -> None:
    there = bid(contributions=(gives("a", "lead"),))
    hidden = replace(there, honesty_round=OPEN)
    assert honesty.may_see(there, honesty.facilitator_of(there), there.contributions[0])
    assert not honesty.may_see(hidden, honesty.facilitator_of(hidden), there.contributions[0])
    assert not honesty.may_see(there, Reader(ReaderKind.FORMER), there.contributions[0])


@given(st.lists(st.booleans(), min_size=2, max_size=2), st.integers(0, 3), st.booleans())
def test_before_the_reveal_nothing_of_the_others_shows_in_the_round(
    filed: list[bool], declared: int, alone: bool
) -> None:
    others = [p if done else unfiled(p) for p, done in zip((YOUTH, FAMILY), filed, strict=True)]
    mine = LEAD if alone else unfiled(LEAD)
    theirs = tuple(gives(f"c{i}", "youth", revealed=False) for i in range(declared))
    one = replace(open_bid(mine, *others), contributions=theirs)
    two = open_bid(mine, unfiled(YOUTH), unfiled(FAMILY))
    assert honesty.round_seen(one, as_(one, "lead")) == honesty.round_seen(two, as_(two, "lead"))
    assert not any(honesty.may_see(one, as_(one, "lead"), x) for x in theirs)


def test_a_cut_off_lies_ahead_and_before_the_deadline() -> None:
    there = open_bid(LEAD, YOUTH)
    deadline = there.opportunity.submission_deadline
    assert deadline is not None
    honesty.refuse_cut_off(there, NOW + SECOND, NOW)
    for wrong in (NOW, NOW - SECOND, deadline + SECOND):
        with pytest.raises(honesty.CutOffIsOver):
            honesty.refuse_cut_off(there, wrong, NOW)


def test_without_a_cut_off_a_last_call_opens_it_before_the_deadline() -> None:
    """Whoever neither files nor agrees to a cut-off cannot hold the round."""
    waiting = open_bid(LEAD, unfiled(YOUTH))
    deadline = waiting.opportunity.submission_deadline
    assert deadline is not None
    last_call = deadline - honesty.LAST_CALL
    assert honesty.opens_at_latest(waiting) == last_call
    assert not honesty.reveals(waiting, last_call - SECOND) and honesty.reveals(waiting, last_call)
    agreed = open_bid(LEAD, unfiled(YOUTH), cut_off=last_call + SECOND)
    assert honesty.opens_at_latest(agreed) == last_call + SECOND


def test_a_last_call_leaves_time_for_who_came_last_and_none_is_made_where_there_is_no_time() -> None:
    deadline = bid().opportunity.submission_deadline
    assert deadline is not None
    late = unfiled(YOUTH, accepted_at=deadline - timedelta(hours=100))
    assert honesty.opens_at_latest(open_bid(LEAD, late)) == deadline - timedelta(hours=28)
    too_late = unfiled(YOUTH, accepted_at=deadline - timedelta(hours=50))
    assert honesty.opens_at_latest(open_bid(LEAD, too_late)) is None
    assert honesty.opens_at_latest(open_bid(LEAD)) is None


def test_no_later_notice_moves_the_last_moment() -> None:
    """The deadline that all knew counts; one that comes earlier by itself opens nothing."""
    began = open_bid(LEAD, unfiled(YOUTH))
    latest = honesty.opens_at_latest(began)
    forged = replace(began, opportunity=replace(began.opportunity, submission_deadline=NOW + timedelta(days=2)))
    assert honesty.opens_at_latest(forged) is None and not honesty.reveals(forged, NOW + timedelta(hours=1))
    extended = replace(began, opportunity=replace(began.opportunity, submission_deadline=NOW + timedelta(days=90)))
    assert honesty.opens_at_latest(extended) == latest
    assert honesty.opens_at_latest(open_bid(LEAD, unfiled(YOUTH), deadline=None)) is None


def test_an_earlier_deadline_that_all_trust_leaves_a_day_after_it_was_told() -> None:
    sooner = NOW + timedelta(days=3)
    told = open_bid(LEAD, unfiled(YOUTH), deadline=sooner, told_at=NOW)
    told = replace(told, opportunity=replace(told.opportunity, submission_deadline=sooner))
    assert honesty.opens_at_latest(told) == NOW + honesty.TOLD_BEFORE
    assert not honesty.reveals(told, NOW + timedelta(hours=23)) and honesty.reveals(told, NOW + timedelta(hours=24))
