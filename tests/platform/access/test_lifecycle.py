"""The tables of statuses: total, reachable, and documented as they are."""

from datetime import UTC, datetime, timedelta

import pytest

from app import reference
from app.platform.access import lifecycle
from app.platform.access.errors import Conflict
from app.platform.access.lifecycle import (
    APPLICATION,
    EDITION,
    FACILITATOR,
    OPENING,
    PARTNER,
    PROPOSAL,
    SUBMISSION,
    TRANSITIONS,
    Step,
    after,
)
from app.platform.words.codes import (
    ApplicationStatus,
    DecisionStatus,
    EditionStatus,
    FacilitatorStatus,
    OpeningStatus,
    PartnerStatus,
    ProposalStatus,
    SubmissionStatus,
)
from tests import ROOT

STATUSES = {
    "proposal": ProposalStatus,
    "edition": EditionStatus,
    "partner": PartnerStatus,
    "submission": SubmissionStatus,
    "decision": DecisionStatus,
    "facilitator": FacilitatorStatus,
    "opening": OpeningStatus,
    "application": ApplicationStatus,
}
P, E = ProposalStatus, EditionStatus


def test_every_table_is_tested() -> None:
    assert set(TRANSITIONS) == set(STATUSES)


@pytest.mark.parametrize("name", STATUSES)
def test_every_status_has_its_row_and_every_row_leads_to_a_status(name: str) -> None:
    assert set(TRANSITIONS[name]) == set(STATUSES[name])
    assert {target for steps in TRANSITIONS[name].values() for target in steps.values()} <= set(STATUSES[name])


@pytest.mark.parametrize("name", STATUSES)
def test_every_status_can_be_reached_from_the_first(name: str) -> None:
    reached, waiting = set(), [next(iter(TRANSITIONS[name]))]
    while waiting:
        status = waiting.pop()
        if status not in reached:
            reached.add(status)
            waiting.extend(TRANSITIONS[name][status].values())
    assert reached == set(STATUSES[name])


def test_every_step_is_used_and_has_words() -> None:
    used = {step for table in TRANSITIONS.values() for steps in table.values() for step in steps}
    assert used == set(Step) == set(lifecycle.LABELS)


@pytest.mark.parametrize(
    ("start", "steps", "end"),
    [
        (P.DRAFT, [Step.FREEZE, Step.LAST_SIGNATURE, Step.SUBMIT, Step.DEADLINE, Step.OUTCOME], P.DECIDED),
        (P.IN_SIGN_OFF, [Step.REFUSE], P.DRAFT),
        (P.IN_SIGN_OFF, [Step.LOSE_RIGHT], P.DRAFT),
        (P.IN_SIGN_OFF, [Step.PARTNER_LEAVES], P.DRAFT),
        (P.AGREED, [Step.WITHDRAW_EDITION], P.DRAFT),
        (P.AGREED, [Step.PARTNER_LEAVES], P.DRAFT),
        (P.SUBMITTED, [Step.WITHDRAW_EDITION, Step.FREEZE, Step.LAST_SIGNATURE, Step.SUBMIT], P.SUBMITTED),
        (P.SUBMITTED, [Step.PARTNER_LEAVES], P.SUBMITTED),
        (P.SUBMITTED, [Step.WITHDRAW_SUBMISSION], P.AGREED),
        (P.AGREED, [Step.DISSOLVE], P.DISSOLVED),
        (P.DECIDED, [Step.OUTCOME], P.DECIDED),
    ],
)
def test_the_life_of_a_proposal_goes_as_the_diagram_says(start: P, steps: list[Step], end: P) -> None:
    for step in steps:
        start = after(PROPOSAL, start, step)
    assert start is end


@pytest.mark.parametrize(
    ("status", "step"),
    [
        (P.DRAFT, Step.SUBMIT),
        (P.DRAFT, Step.LAST_SIGNATURE),
        (P.AGREED, Step.LOSE_RIGHT),
        (P.SUBMITTED, Step.DISSOLVE),
        (P.CLOSED, Step.WITHDRAW_EDITION),
        (P.CLOSED, Step.WITHDRAW_SUBMISSION),
        (P.DISSOLVED, Step.FREEZE),
    ],
)
def test_a_step_that_the_table_does_not_have_is_refused_by_name(status: P, step: Step) -> None:
    with pytest.raises(lifecycle.StepNotPossible, match=lifecycle.LABELS[step]):
        after(PROPOSAL, status, step)


def test_a_verb_can_say_in_its_own_words_why_a_step_is_refused() -> None:
    class Closed(Conflict):
        pass

    assert after(OPENING, OpeningStatus.OPEN, Step.CLOSE, Closed) is OpeningStatus.CLOSED
    with pytest.raises(Closed):
        after(OPENING, OpeningStatus.CLOSED, Step.CLOSE, Closed)


def test_what_was_answered_withdrawn_ended_or_objected_to_stays_so() -> None:
    for answered in (ApplicationStatus.ACCEPTED, ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN):
        assert APPLICATION[answered] == {}
    for over in (FacilitatorStatus.OBJECTED, FacilitatorStatus.ENDED):
        assert FACILITATOR[over] == {}


def test_whatever_brings_a_proposal_back_to_draft_withdraws_its_edition() -> None:
    for status, edition in ((P.IN_SIGN_OFF, E.OPEN), (P.AGREED, E.AGREED), (P.SUBMITTED, E.AGREED)):
        for step, target in PROPOSAL[status].items():
            if target is P.DRAFT:
                assert EDITION[edition][step] is E.WITHDRAWN
            elif step in EDITION[edition] and target is P.AGREED:
                assert EDITION[edition][step] is E.AGREED


def test_who_has_left_or_declined_never_comes_back_into_the_same_seat() -> None:
    for status in set(PartnerStatus) - {PartnerStatus.INVITED, PartnerStatus.TO_CONFIRM, PartnerStatus.ACCEPTED}:
        assert PARTNER[status] == {}
    assert PartnerStatus.INVITED not in PARTNER[PartnerStatus.ACCEPTED].values()


def test_a_submission_that_was_replaced_or_withdrawn_can_never_be_decided() -> None:
    for status in SubmissionStatus:
        assert (Step.OUTCOME in SUBMISSION[status]) == (status in lifecycle.STANDING)


DEADLINE = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "passed"),
    [
        (DEADLINE - timedelta(microseconds=1), False),
        (DEADLINE, False),
        (DEADLINE + timedelta(microseconds=1), True),
    ],
)
def test_the_deadline_is_inclusive_to_the_microsecond(moment: datetime, passed: bool) -> None:
    assert lifecycle.deadline_has_passed(DEADLINE, moment) is passed
    assert lifecycle.deadline_has_passed(None, moment) is False


@pytest.mark.parametrize("stored", [P.DRAFT, P.IN_SIGN_OFF, P.AGREED, P.SUBMITTED])
def test_the_deadline_closes_what_was_submitted_and_only_that(stored: P) -> None:
    assert lifecycle.status_at(stored, True, True) is P.CLOSED
    assert lifecycle.status_at(stored, True, False) is stored
    assert lifecycle.status_at(stored, False, True) is stored


@pytest.mark.parametrize("stored", [P.CLOSED, P.DECIDED, P.DISSOLVED])
def test_the_deadline_does_nothing_to_what_is_over(stored: P) -> None:
    assert lifecycle.status_at(stored, True, True) is stored


@pytest.mark.parametrize("status", [P.IN_SIGN_OFF, P.AGREED, P.SUBMITTED])
def test_a_locked_bid_refuses_writes_and_names_the_way_out(status: P) -> None:
    with pytest.raises(lifecycle.InSignOff) as refusal:
        lifecycle.check_writable(status, deadline_passed=False, edition_number=3)
    assert "editions/3/withdraw" in refusal.value.detail
    assert refusal.value.code == "in-sign-off"


@pytest.mark.parametrize("status", list(P))
def test_after_the_deadline_no_status_lets_a_write_through(status: P) -> None:
    with pytest.raises((lifecycle.DeadlinePassed, lifecycle.ProposalDissolved)):
        lifecycle.check_writable(status, deadline_passed=True)


def test_a_draft_before_its_deadline_can_be_written() -> None:
    lifecycle.check_writable(P.DRAFT, deadline_passed=False)


def test_the_state_diagram_in_the_docs_is_the_tables() -> None:
    stored = ROOT / "docs" / "states.md"
    assert stored.read_text() == reference.states(), "docs/states.md is out of date: generate it again"
