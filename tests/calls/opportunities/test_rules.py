"""A published call keeps its word: what may change, when, and what that does to bids."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.calls.opportunities.rules import (
    AlreadyPublished,
    BidsOpened,
    ClosedForChanges,
    CommissionerUnverified,
    DeadlineNotLater,
    FixedWhenPublished,
    NotACommissioner,
    NotReadyToPublish,
    OpportunityOver,
    amendment,
    check_cancellable,
    check_commissioner,
    check_consistent,
    check_publishable,
    required_sections,
)
from app.calls.opportunities.value import ConsortiumRules, Limit, Lot, Opportunity, Question, Route
from app.platform.access.errors import Invalid
from app.platform.words.codes import (
    Collaboration,
    LimitUnit,
    OpportunityMode,
    OpportunityStatus,
    PriceDetail,
    RouteKind,
    StandardSection,
)

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
PUBLISHED = OpportunityStatus.PUBLISHED
CALL = Opportunity(
    title="Family hubs",
    lots=(Lot("", "north", "North"), Lot("", "south", "South")),
    questions=(Question("", "q1", "How?", limit=Limit(LimitUnit.WORDS, 500)), Question("", "q2", "Who?")),
    submission_deadline=NOW + HOUR,
)


def amended(*, status: OpportunityStatus = PUBLISHED, now: datetime = NOW, opened: bool = False, **changes: object):  # type: ignore[no-untyped-def]
    return amendment(CALL, replace(CALL, **changes), status, now, opened)


def test_nothing_changed_is_no_amendment() -> None:
    assert amended() is None


def test_a_later_deadline_alone_voids_nothing() -> None:
    change = amended(submission_deadline=NOW + 2 * HOUR)
    assert change.fields == ("submission_deadline",)
    assert not change.voids_editions
    assert not change.reopens


def test_changed_questions_and_limits_void_what_is_signed_and_not_submitted() -> None:
    questions = (replace(CALL.questions[0], limit=Limit(LimitUnit.WORDS, 300)), Question("", "q3", "When?"))
    change = amended(questions=questions, submission_deadline=NOW + 2 * HOUR)
    assert change.voids_editions
    assert change.fields == ("questions", "submission_deadline")


def test_a_lot_can_change_and_a_new_one_can_come() -> None:
    lots = (Lot("", "north", "North", 100), CALL.lots[1], Lot("", "west", "West"))
    change = amended(lots=lots)
    assert change.fields == ("lots",)
    assert change.voids_editions


def test_ids_and_what_the_service_knows_of_a_call_are_no_change_of_it() -> None:
    stored = [Lot("019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11", lot.key, lot.title) for lot in CALL.lots]
    assert amended(lots=tuple(stored), id="call", buyer_name="Aber Council", amendment=3, open_for_bids=True) is None


def test_words_that_help_to_find_the_call_void_nothing() -> None:
    assert not amended(areas=("Leeds",), cpv=("85000000",), vcse=True).voids_editions


@pytest.mark.parametrize("deadline", [None, NOW + HOUR - timedelta(microseconds=1), NOW - HOUR])
def test_a_published_deadline_never_moves_to_earlier(deadline: datetime | None) -> None:
    with pytest.raises(DeadlineNotLater):
        amended(submission_deadline=deadline)


def test_a_closed_call_opens_again_with_a_later_deadline_and_only_with_one_that_is_ahead() -> None:
    later = NOW + 3 * HOUR
    change = amended(now=NOW + 2 * HOUR, submission_deadline=later)
    assert change.reopens
    with pytest.raises(DeadlineNotLater):
        amended(now=NOW + 2 * HOUR, submission_deadline=NOW + HOUR + timedelta(minutes=5))
    with pytest.raises(ClosedForChanges):
        amended(now=NOW + 2 * HOUR, title="New")


def test_after_bids_were_opened_nothing_moves() -> None:
    for changes in ({"submission_deadline": NOW + 9 * HOUR}, {"title": "New"}):
        with pytest.raises(BidsOpened):
            amended(now=NOW + 2 * HOUR, opened=True, **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": OpportunityMode.OPEN},
        {"price_detail": PriceDetail.LINES},
        {"currency": "EUR"},
        {"lots": CALL.lots[:1]},
    ],
)
def test_what_bidders_relied_on_is_fixed_when_published(changes: dict[str, object]) -> None:
    with pytest.raises(FixedWhenPublished) as refused:
        amended(**changes)
    assert refused.value.errors[0].pointer in {"/mode", "/price_detail", "/currency", "/lots"}


@pytest.mark.parametrize("status", [s for s in OpportunityStatus if s is not PUBLISHED])
def test_only_a_published_call_is_amended(status: OpportunityStatus) -> None:
    with pytest.raises(OpportunityOver):
        amended(status=status, title="New")


def test_publishing_needs_a_deadline_ahead_and_no_known_route() -> None:
    draft = OpportunityStatus.DRAFT
    check_publishable(draft, CALL, NOW)
    check_publishable(draft, replace(CALL, route=Route(RouteKind.UNKNOWN)), NOW)
    for terms in (
        replace(CALL, submission_deadline=None),
        replace(CALL, submission_deadline=NOW - HOUR),
    ):
        with pytest.raises(NotReadyToPublish):
            check_publishable(draft, terms, NOW)
    with pytest.raises(AlreadyPublished):
        check_publishable(PUBLISHED, CALL, NOW)
    with pytest.raises(OpportunityOver):
        check_publishable(OpportunityStatus.CANCELLED, CALL, NOW)


def test_what_has_ended_cannot_be_cancelled() -> None:
    check_cancellable(PUBLISHED)
    for status in (OpportunityStatus.CANCELLED, OpportunityStatus.AWARDED, OpportunityStatus.WITHDRAWN):
        with pytest.raises(OpportunityOver):
            check_cancellable(status)


def test_the_exit_plan_is_always_required() -> None:
    assert required_sections(()) == (StandardSection.EXIT_AND_SUSTAINABILITY,)
    assert required_sections((StandardSection.RISKS,)) == (
        StandardSection.RISKS,
        StandardSection.EXIT_AND_SUSTAINABILITY,
    )


CONTRADICTIONS = [
    ({"lots": (Lot("", "a", "A"), Lot("", "a", "B"))}, "/lots/1/key"),
    ({"questions": (Question("", "a", "A"), Question("", "a", "B"))}, "/questions/1/key"),
    ({"questions": (Question("", "a", "A", lot_key="nowhere"),)}, "/questions/0/lot_key"),
    ({"consortium_rules": ConsortiumRules(min_partners=3, max_partners=2)}, "/consortium_rules/max_partners"),
    ({"consortium_rules": ConsortiumRules(Collaboration.FORBIDDEN, 2)}, "/consortium_rules/min_partners"),
    ({"consortium_rules": ConsortiumRules(Collaboration.REQUIRED, None, 1)}, "/consortium_rules/max_partners"),
    ({"time_zone": "Mars/Olympus"}, "/time_zone"),
    ({"time_zone": "../../etc/passwd"}, "/time_zone"),
    ({"clarification_deadline": NOW + 2 * HOUR}, "/clarification_deadline"),
    ({"route": Route(RouteKind.ELSEWHERE)}, "/submission_route"),
]


@pytest.mark.parametrize(("changes", "pointer"), CONTRADICTIONS)
def test_terms_that_contradict_themselves_are_refused_with_a_pointer(changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_consistent(replace(CALL, **changes))
    assert [fault.pointer for fault in refused.value.errors] == [pointer]


def test_sound_terms_pass() -> None:
    check_consistent(CALL)
    check_consistent(Opportunity(title="Short", route=Route(RouteKind.ELSEWHERE, "https://portal.example")))


def test_acting_as_commissioner_needs_the_kind_and_in_public_verification() -> None:
    check_commissioner(["commissioner"], verified=True, on_loopback=False)
    check_commissioner(["commissioner"], verified=False, on_loopback=True)
    with pytest.raises(CommissionerUnverified):
        check_commissioner(["commissioner"], verified=False, on_loopback=False)
    with pytest.raises(NotACommissioner):
        check_commissioner(["provider"], verified=True, on_loopback=True)
