"""Handing a bid in: route, deadline, agreement, and what a sealed call shows when."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.bid.handing_in import rules as submission
from app.bid.handing_in.rules import Call
from app.bid.signoff.rules.signing import CallAmended, Edition
from app.platform.access.lifecycle import DeadlinePassed, ProposalDissolved
from app.platform.words import instants
from app.platform.words.codes import EditionStatus, ProposalStatus, RouteKind
from app.platform.words.codes import SubmissionStatus as S

DEADLINE = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
BEFORE, AFTER = DEADLINE - timedelta(seconds=1), DEADLINE + timedelta(microseconds=1)
CALL = Call(RouteKind.HERE, True, DEADLINE)
EDITION = Edition(2, "a" * 64, EditionStatus.AGREED, ())
P = ProposalStatus


@pytest.mark.parametrize("moment", [BEFORE, DEADLINE])
def test_an_agreed_version_goes_in_up_to_and_including_the_deadline(moment: datetime) -> None:
    assert submission.check_submission(P.AGREED, EDITION, CALL, moment, None) is EDITION


def test_a_microsecond_late_is_late_and_the_refusal_names_the_deadline_in_the_commissioners_time() -> None:
    with pytest.raises(DeadlinePassed) as refusal:
        submission.check_submission(P.AGREED, EDITION, CALL, AFTER, None)
    assert "Monday 30 November 2026, 12:00 GMT" in refusal.value.detail


def test_a_summer_deadline_is_worded_in_summer_time() -> None:
    assert instants.in_words(datetime(2026, 7, 1, 11, tzinfo=UTC), "Europe/London") == (
        "Wednesday 1 July 2026, 12:00 BST"
    )


@pytest.mark.parametrize(
    ("status", "call", "refusal"),
    [
        (P.DRAFT, CALL, submission.NotAgreed),
        (P.IN_SIGN_OFF, CALL, submission.NotAgreed),
        (P.SUBMITTED, CALL, submission.AlreadySubmitted),
        (P.CLOSED, CALL, DeadlinePassed),
        (P.DECIDED, CALL, DeadlinePassed),
        (P.DISSOLVED, CALL, ProposalDissolved),
        (P.AGREED, replace(CALL, route=RouteKind.ELSEWHERE), submission.SubmitElsewhere),
        (P.AGREED, replace(CALL, route=RouteKind.UNKNOWN), submission.SubmitElsewhere),
        (P.AGREED, replace(CALL, open_for_bids=False), submission.CallClosed),
        (P.AGREED, replace(CALL, amendment=1), CallAmended),
    ],
)
def test_each_thing_in_the_way_has_its_own_refusal(status: P, call: Call, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        submission.check_submission(status, EDITION, call, BEFORE, 2)


def test_a_newer_version_can_be_submitted_over_an_older_one() -> None:
    assert submission.check_submission(P.AGREED, EDITION, CALL, BEFORE, submitted_edition=1) is EDITION


def test_a_bid_for_a_portal_elsewhere_is_recorded_as_lodged_also_after_the_deadline() -> None:
    elsewhere = replace(CALL, route=RouteKind.ELSEWHERE)
    assert submission.check_lodgement(P.AGREED, EDITION, elsewhere) is EDITION
    with pytest.raises(submission.NotAgreed):
        submission.check_lodgement(P.IN_SIGN_OFF, EDITION, elsewhere)
    with pytest.raises(submission.SubmitHere):
        submission.check_lodgement(P.AGREED, EDITION, CALL)


def test_only_what_stands_can_be_withdrawn_and_only_in_time() -> None:
    submission.check_withdrawal(S.SUBMITTED, CALL, DEADLINE)
    with pytest.raises(submission.NotStanding):
        submission.check_withdrawal(S.REPLACED, CALL, BEFORE)
    with pytest.raises(DeadlinePassed):
        submission.check_withdrawal(S.SUBMITTED, CALL, AFTER)


def test_an_outcome_comes_after_the_deadline_and_names_lots_of_the_bid_once() -> None:
    with pytest.raises(submission.DeadlineNotPassed):
        submission.check_decidable(DEADLINE, "Europe/London", DEADLINE)
    submission.check_decidable(DEADLINE, "Europe/London", AFTER)
    submission.check_decidable(None, "Europe/London", BEFORE)
    submission.check_lots(("l1", "l2"), ("l1", "l2"))
    for wrong in (("l1", "l1"), ("l3",)):
        with pytest.raises(submission.OutcomeDoesNotFit):
            submission.check_lots(("l1", "l2"), wrong)
