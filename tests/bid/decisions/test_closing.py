"""What a decision may carry, who may vote and close, and when an open motion stops standing in the way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.bid.decisions.rules import (
    FOR,
    MOTION,
    CarriesBeyondMatter,
    CarriesElsewhere,
    CarriesNothingKnown,
    DecisionClosed,
    NotYoursToClose,
    Verb,
    VotesOutstanding,
    check_can_close,
    check_may_close,
    check_may_vote,
    check_open,
    default_closing,
    matters_touched_by_structure,
    outstanding,
    proxy_holds,
    read_carries,
    still_blocks,
)
from app.bid.value import Decision, Partner, Structure, Vote
from app.platform.access.errors import Forbidden, Invalid
from app.platform.words.codes import DecisionRule, DecisionStatus, Liability, Matter, PartnerRole, PartnerStatus

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
PROPOSAL = "01935d7a-0000-7000-8000-000000000001"
PARTNER = "01935d7a-0000-7000-8000-000000000002"
OTHER = "01935d7a-0000-7000-8000-000000000003"


def partner(
    number: int, role: PartnerRole = PartnerRole.MEMBER, status: PartnerStatus = PartnerStatus.ACCEPTED
) -> Partner:
    return Partner(f"p{number}", f"o{number}", f"Partner {number}", role, status)


PARTNERS = [partner(0, PartnerRole.LEAD), partner(1), partner(2)]


def motion(*said: str | None, matter: Matter = Matter.STRUCTURE, closes_at: datetime | None = None) -> Decision:
    cast = tuple(Vote(f"p{n}", option) for n, option in enumerate(said) if option)
    return Decision("d", "T", matter, MOTION, DecisionStatus.OPEN, "p0", closes_at, DecisionRule.MAJORITY, cast)


@pytest.mark.parametrize(
    ("method", "path", "body", "verb", "matter", "target"),
    [
        ("PUT", "/structure", {"quorum": 2}, Verb.AGREE_STRUCTURE, Matter.STRUCTURE, None),
        ("put", f"/v1/proposals/{PROPOSAL}/structure", {}, Verb.AGREE_STRUCTURE, Matter.STRUCTURE, None),
        ("PATCH", f"/partners/{PARTNER}", {"role": "member"}, Verb.CHANGE_ROLE, Matter.PARTNER_ROLE, PARTNER),
        ("POST", f"/partners/{PARTNER}/remove", {"reason": "r"}, Verb.REMOVE_PARTNER, Matter.PARTNER_REMOVAL, PARTNER),
        ("POST", "/lead", {"partner_id": PARTNER}, Verb.REPLACE_LEAD, Matter.LEAD, PARTNER),
        ("POST", "/dissolve", {}, Verb.DISSOLVE, Matter.DISSOLUTION, None),
        ("POST", "/budget-lines", {"amount": {}}, Verb.ADD_BUDGET_LINE, Matter.BUDGET_SHARES, None),
        ("PATCH", f"/budget-lines/{OTHER}", {}, Verb.CHANGE_BUDGET_LINE, Matter.BUDGET_SHARES, OTHER),
        ("DELETE", f"/budget-lines/{OTHER}", None, Verb.DELETE_BUDGET_LINE, Matter.BUDGET_SHARES, OTHER),
        ("PUT", "honesty-round", {"cut_off": "2026-12-01T12:00:00Z"}, Verb.SET_CUT_OFF, Matter.OTHER, None),
        ("POST", "/follow-notice", {"claim_id": OTHER}, Verb.FOLLOW_NOTICE, Matter.OTHER, None),
    ],
)
def test_each_request_that_can_be_carried_has_its_matter(
    method: str, path: str, body: dict[str, object] | None, verb: Verb, matter: Matter, target: str | None
) -> None:
    carried = read_carries(PROPOSAL, method, path, body)
    assert (carried.verb, carried.matter, carried.target_id) == (verb, matter, target)


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("PUT", f"/v1/proposals/{OTHER}/structure", {}, CarriesElsewhere),
        ("POST", "/contributions", {}, CarriesNothingKnown),
        ("DELETE", f"/contributions/{OTHER}", {}, CarriesNothingKnown),
        ("POST", "/editions/1/sign-offs", {}, CarriesNothingKnown),
        ("POST", "/structure", {}, CarriesNothingKnown),
        ("PUT", "/structure/../difficulties", {}, CarriesNothingKnown),
        ("PUT", "https://elsewhere.example/structure", {}, CarriesNothingKnown),
        ("PATCH", f"/budget-lines/{OTHER}", {"visible_to": [PARTNER]}, CarriesNothingKnown),
        (
            "PATCH",
            f"/partners/{PARTNER}",
            {"role": "member", "aims_statement_markdown": "ours now"},
            CarriesBeyondMatter,
        ),
        ("PATCH", f"/partners/{PARTNER}", {}, Invalid),
        ("PATCH", f"/partners/{PARTNER}", {"role": "chief"}, Invalid),
        ("PATCH", f"/partners/{PARTNER}", {"role": ["lead"]}, Invalid),
        ("POST", f"/partners/{PARTNER}/remove", {"reason": 7}, Invalid),
        ("PUT", "/structure", {"contracting_partner_ids": ["x"]}, Invalid),
        ("POST", "/lead", {}, CarriesNothingKnown),
        ("POST", "/lead", {"partner_id": 7}, Invalid),
        ("POST", "/follow-notice", {"claim_id": 7}, Invalid),
        ("POST", "/follow-notice", {"claim_id": OTHER, "submission_deadline": "2027-01-01"}, CarriesBeyondMatter),
    ],
)
def test_a_decision_carries_nothing_else(
    method: str, path: str, body: dict[str, object], refusal: type[Invalid]
) -> None:
    with pytest.raises(refusal):
        read_carries(PROPOSAL, method, path, body)


def test_a_request_is_refused_under_a_matter_that_it_does_not_belong_to() -> None:
    with pytest.raises(CarriesBeyondMatter):
        read_carries(PROPOSAL, "POST", f"/partners/{PARTNER}/remove", {}, Matter.PUBLICITY)
    assert read_carries(PROPOSAL, "PUT", "/structure", {}, Matter.DECISION_RULE).matter is Matter.DECISION_RULE


def test_a_new_structure_touches_the_rule_the_exit_and_who_submits_where_these_differ() -> None:
    now = Structure(decision_rule=DecisionRule.CONSENSUS, contracting=("a", "b"), quorum=2)
    assert matters_touched_by_structure(now, replace(now, contracting=("b", "a"), version=9)) == ()
    assert matters_touched_by_structure(now, replace(now, quorum=3)) == (Matter.DECISION_RULE,)
    assert matters_touched_by_structure(now, replace(now, exit_terms_markdown="x", submitting=("a",))) == (
        Matter.EXIT_PLAN,
        Matter.SUBMISSION,
    )


def test_a_veto_is_not_voted_away_over_that_veto() -> None:
    now = Structure(reserved_matters=(Matter.PUBLICITY, Matter.LEAD))
    touched = matters_touched_by_structure(now, replace(now, reserved_matters=(Matter.LEAD,)))
    assert touched == (Matter.DECISION_RULE, Matter.PUBLICITY)


def test_a_motion_on_the_rule_brings_in_no_new_liability() -> None:
    now = Structure(decision_rule=DecisionRule.CONSENSUS)
    wanted = replace(now, decision_rule=DecisionRule.MAJORITY, liability=Liability.JOINT_AND_SEVERAL)
    with pytest.raises(CarriesBeyondMatter):
        matters_touched_by_structure(now, wanted, Matter.DECISION_RULE)
    assert matters_touched_by_structure(now, replace(now, quorum=2), Matter.DECISION_RULE) == ()


def test_a_motion_closes_early_for_its_proposer_once_all_have_voted() -> None:
    check_may_close(motion("for", "against", "abstain"), NOW, True)
    check_can_close(motion("for", "against", "abstain"), PARTNERS, NOW)
    with pytest.raises(VotesOutstanding, match="Partner 2"):
        check_can_close(motion("for", "against"), PARTNERS, NOW)
    with pytest.raises(NotYoursToClose):
        check_may_close(motion("for", "against", "for"), NOW, False)


def test_at_its_closing_time_anybody_may_have_it_counted_and_no_vote_counts_any_more() -> None:
    late = motion(closes_at=NOW)
    check_may_close(late, NOW, False)
    check_can_close(late, PARTNERS, NOW)
    with pytest.raises(NotYoursToClose):
        check_may_close(late, NOW - timedelta(microseconds=1), False)
    with pytest.raises(DecisionClosed):
        check_open(late, NOW)
    check_open(late, NOW - timedelta(microseconds=1))


def test_a_closed_motion_takes_no_vote_and_closes_once() -> None:
    closed = replace(motion("for"), status=DecisionStatus.PASSED)
    with pytest.raises(DecisionClosed):
        check_open(closed, NOW)
    with pytest.raises(DecisionClosed):
        check_can_close(closed, PARTNERS, NOW)


@pytest.mark.parametrize(
    "who",
    [
        partner(5, PartnerRole.SUBCONTRACTOR),
        partner(5, PartnerRole.ASSOCIATE),
        partner(5, status=PartnerStatus.REMOVED),
        partner(5, status=PartnerStatus.INVITED),
    ],
)
def test_only_the_lead_and_accepted_members_vote(who: Partner) -> None:
    with pytest.raises(Forbidden):
        check_may_vote(motion(), who, FOR)


def test_a_subcontractor_offered_another_role_may_say_its_yes_and_is_waited_for() -> None:
    who = partner(5, PartnerRole.SUBCONTRACTOR)
    asked = replace(motion("for", "for", "for", matter=Matter.PARTNER_ROLE), concerned_partner_ids=("p5",))
    check_may_vote(asked, who, FOR)
    assert outstanding(asked, [*PARTNERS, who]) == (who,)


def test_who_declared_a_conflict_has_no_vote_and_is_not_waited_for() -> None:
    conflicted = replace(motion("for", "for"), excluded_partner_ids=("p2",))
    with pytest.raises(Forbidden):
        check_may_vote(conflicted, PARTNERS[2], FOR)
    check_can_close(conflicted, PARTNERS, NOW)


def test_an_option_that_is_not_offered_is_refused_and_abstaining_always_is() -> None:
    check_may_vote(motion(), PARTNERS[0], "abstain")
    with pytest.raises(Invalid):
        check_may_vote(motion(), PARTNERS[0], "yes please")


def test_a_motion_without_a_closing_time_gets_one_that_the_deadline_does_not_wait_for() -> None:
    assert default_closing(NOW, None) == NOW + timedelta(days=7)
    assert default_closing(NOW, NOW + timedelta(days=30)) == NOW + timedelta(days=7)
    assert default_closing(NOW, NOW + timedelta(hours=1)) == NOW + timedelta(hours=1)


def test_an_open_motion_blocks_only_on_a_matter_of_the_bid_and_while_it_could_still_pass() -> None:
    rule = Structure(decision_rule=DecisionRule.MAJORITY)
    assert still_blocks(motion("for"), rule, PARTNERS)
    assert still_blocks(motion("for", "against"), rule, PARTNERS)
    assert not still_blocks(motion("for", "against", "against"), rule, PARTNERS)
    assert not still_blocks(motion("for", matter=Matter.PUBLICITY), rule, PARTNERS)
    assert not still_blocks(replace(motion("for"), status=DecisionStatus.FAILED), rule, PARTNERS)


def test_a_proxy_is_not_used_against_the_partner_that_gave_it() -> None:
    removal = replace(motion(matter=Matter.PARTNER_REMOVAL), concerned_partner_ids=("p1",))
    assert not proxy_holds(removal, "p1")
    assert proxy_holds(removal, "p2")
