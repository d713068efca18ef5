"""How votes are counted: a table for each rule at, under and over what it needs, and properties of all rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.decisions.rules import (
    ABSTAIN,
    AGAINST,
    FOR,
    MOTION,
    NEVER_BY_THE_LEAD_ALONE,
    SILENCE_NOTICE,
    Outcome,
    Why,
    count,
)
from app.bid.value import Decision, Partner, Structure, Vote
from app.platform.words.codes import DecisionRule, DecisionStatus, LegalForm, Matter, PartnerRole, PartnerStatus
from tests.rounds import examples

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def partner(number: int, role: PartnerRole | None = None, status: PartnerStatus = PartnerStatus.ACCEPTED) -> Partner:
    role = role or (PartnerRole.LEAD if number == 0 else PartnerRole.MEMBER)
    return Partner(f"p{number}", f"o{number}", f"Partner {number}", role, status, legal_form=LegalForm.CHARITY)


def votes(text: str) -> tuple[Vote, ...]:
    """'fax-r': partner 0 for, 1 against, 2 abstains, 3 silent, 4 against with a reason."""
    said = {"f": FOR, "a": AGAINST, "x": ABSTAIN, "r": AGAINST}
    return tuple(
        Vote(f"p{n}", said[c], "because it harms us" if c == "r" else "") for n, c in enumerate(text) if c != "-"
    )


def motion(text: str, matter: Matter = Matter.OTHER, **more: object) -> Decision:
    base = Decision("d", "A motion", matter, MOTION, DecisionStatus.OPEN, "p0", None, None, votes(text))
    return replace(base, **more)  # type: ignore[arg-type]


def outcome(
    text: str,
    rule: DecisionRule | None,
    matter: Matter = Matter.OTHER,
    structure: Structure | None = None,
    **more: object,
) -> Outcome:
    structure = replace(structure or Structure(), decision_rule=rule)
    decision = motion(text, matter, rule=rule, **more)
    return count(decision, structure, [partner(n) for n in range(len(text))], NOW)


@pytest.mark.parametrize(
    ("text", "passed"),
    [
        ("ff", True),
        ("f-", False),
        ("fa", False),
        ("fff-", True),
        ("ff--", False),
        ("ff-", True),
        ("fx-", False),
        ("ffx", True),
        ("ffaa", False),
        ("fffaa", True),
        ("ffxxx", False),
        ("aaf", False),
    ],
)
def test_a_majority_is_more_than_half_of_those_who_may_vote(text: str, passed: bool) -> None:
    assert outcome(text, DecisionRule.MAJORITY).passed is passed


@pytest.mark.parametrize(
    ("text", "passed", "why"),
    [
        ("fff", True, Why.CARRIED),
        ("ffx", True, Why.CARRIED),
        ("fxx", True, Why.CARRIED),
        ("xxx", False, Why.NOT_ENOUGH),
        ("ff-", False, Why.SILENCE),
        ("ffa", False, Why.NOT_ENOUGH),
        ("ffr", False, Why.NOT_ENOUGH),
    ],
)
def test_consensus_needs_everybody_and_allows_standing_aside(text: str, passed: bool, why: Why) -> None:
    found = outcome(text, DecisionRule.CONSENSUS)
    assert (found.passed, found.why) == (passed, why)


@pytest.mark.parametrize(
    ("text", "passed"), [("fff", True), ("ffx", False), ("ff-", False), ("ffa", False), ("f", True), ("x", False)]
)
def test_before_a_rule_is_agreed_every_partners_yes_is_needed(text: str, passed: bool) -> None:
    assert outcome(text, None).passed is passed


@pytest.mark.parametrize(
    ("text", "passed", "why"),
    [
        ("fff", True, Why.CARRIED),
        ("ffa", True, Why.CARRIED),
        ("faa", True, Why.CARRIED),
        ("ffr", False, Why.OBJECTION),
        ("xxx", False, Why.NOT_ENOUGH),
        ("fx-", False, Why.SILENCE),
    ],
)
def test_consent_passes_unless_somebody_objects_with_a_reason(text: str, passed: bool, why: Why) -> None:
    found = outcome(text, DecisionRule.CONSENT)
    assert (found.passed, found.why) == (passed, why)


def test_silence_is_consent_only_after_the_notice() -> None:
    for age, passed in ((SILENCE_NOTICE - timedelta(seconds=1), False), (SILENCE_NOTICE, True)):
        assert outcome("f--", DecisionRule.CONSENT, opened_at=NOW - age).passed is passed


@pytest.mark.parametrize(
    ("text", "weights", "passed"),
    [
        ("faa", (50, 25, 25), False),
        ("faa", ("50.0001", 25, "24.9999"), True),
        ("faa", (51, 25, 24), True),
        ("afx", (10, 20, 10), False),
        ("aff", (40, 20, 21), True),
        ("f--", (49, 25, 26), False),
    ],
)
def test_weights_decide_by_more_than_half_of_the_whole_weight(
    text: str, weights: tuple[object, ...], passed: bool
) -> None:
    structure = Structure(weights={f"p{n}": Decimal(str(w)) for n, w in enumerate(weights)})
    assert outcome(text, DecisionRule.WEIGHTED, structure=structure).passed is passed


def test_weights_that_nobody_agreed_are_no_rule_so_everybody_must_say_yes() -> None:
    assert not outcome("ffx", DecisionRule.WEIGHTED).passed
    assert outcome("fff", DecisionRule.WEIGHTED).passed


@pytest.mark.parametrize(
    ("text", "passed"), [("faa", True), ("f--", True), ("aff", False), ("xff", False), ("-ff", False)]
)
def test_where_the_lead_decides_the_others_votes_are_advice(text: str, passed: bool) -> None:
    assert outcome(text, DecisionRule.LEAD_DECIDES).passed is passed


@pytest.mark.parametrize("matter", sorted(NEVER_BY_THE_LEAD_ALONE))
def test_removal_roles_the_lead_and_dissolution_are_never_the_leads_alone(matter: Matter) -> None:
    alone = outcome("f--", DecisionRule.LEAD_DECIDES, matter)
    assert not alone.passed
    assert alone.counts[0].rule is DecisionRule.MAJORITY
    assert outcome("aff", DecisionRule.LEAD_DECIDES, matter).passed


def test_a_structure_that_touches_the_lead_is_not_the_leads_alone_either() -> None:
    assert not outcome("f--", DecisionRule.LEAD_DECIDES, Matter.STRUCTURE, touches=(Matter.LEAD,)).passed


@pytest.mark.parametrize("rule", [*DecisionRule, None])
def test_one_vote_against_with_a_reason_stops_a_reserved_matter_whatever_the_rule(rule: DecisionRule | None) -> None:
    structure = Structure(reserved_matters=(Matter.STRUCTURE,), weights={"p0": Decimal(98), "p1": Decimal(1)})
    found = outcome("ffr", rule, Matter.STRUCTURE, structure)
    assert (found.passed, found.why, found.vetoes) == (False, Why.VETO, ("p2",))


def test_a_vote_against_without_a_reason_is_no_veto() -> None:
    structure = Structure(reserved_matters=(Matter.STRUCTURE,))
    assert outcome("ffa", DecisionRule.MAJORITY, Matter.STRUCTURE, structure).passed
    blank = motion("ff", Matter.STRUCTURE, votes=(*votes("ff"), Vote("p2", AGAINST, "  \n ")))
    structure = replace(structure, decision_rule=DecisionRule.MAJORITY)
    assert count(replace(blank, rule=DecisionRule.MAJORITY), structure, [partner(n) for n in range(3)]).passed


def test_what_a_motion_reaches_besides_its_matter_is_reserved_too() -> None:
    structure = Structure(reserved_matters=(Matter.DECISION_RULE,))
    assert outcome("ffr", DecisionRule.MAJORITY, Matter.STRUCTURE, structure).passed
    reaching = outcome("ffr", DecisionRule.MAJORITY, Matter.STRUCTURE, structure, touches=(Matter.DECISION_RULE,))
    assert (reaching.passed, reaching.reserved) == (False, (Matter.DECISION_RULE,))


@pytest.mark.parametrize(
    ("rule", "text", "passed"),
    [
        (None, "rff", True),
        (None, "-ff", True),
        (None, "rf", False),
        (DecisionRule.CONSENSUS, "rff", True),
        (DecisionRule.CONSENSUS, "rfx", False),
        (DecisionRule.CONSENSUS, "rffx", True),
        (DecisionRule.CONSENT, "rff", True),
        (DecisionRule.CONSENT, "rf", False),
        (DecisionRule.MAJORITY, "rff", True),
        (DecisionRule.MAJORITY, "rf", False),
        (DecisionRule.LEAD_DECIDES, "rff", True),
    ],
)
def test_the_present_lead_votes_on_its_replacement_without_a_veto(
    rule: DecisionRule | None, text: str, passed: bool
) -> None:
    structure = Structure(reserved_matters=(Matter.LEAD,))
    assert outcome(text, rule, Matter.LEAD, structure, concerned_partner_ids=("p1",)).passed is passed


def test_a_member_keeps_its_veto_when_the_lead_is_replaced() -> None:
    structure = Structure(reserved_matters=(Matter.LEAD,))
    assert outcome("ffr", DecisionRule.MAJORITY, Matter.LEAD, structure).why is Why.VETO


@pytest.mark.parametrize("rule", [None, DecisionRule.CONSENSUS, DecisionRule.CONSENT, DecisionRule.MAJORITY])
def test_a_silent_lead_cannot_hold_out_but_has_five_days_to_speak(rule: DecisionRule | None) -> None:
    for age, passed in ((SILENCE_NOTICE - timedelta(seconds=1), False), (SILENCE_NOTICE, True)):
        found = outcome("-f", rule, Matter.LEAD, opened_at=NOW - age, concerned_partner_ids=("p1",))
        assert found.passed is passed


@pytest.mark.parametrize("rule", [None, DecisionRule.CONSENSUS, DecisionRule.CONSENT, DecisionRule.MAJORITY])
def test_a_partner_cannot_be_removed_in_a_minute_by_not_seeing_the_motion(rule: DecisionRule | None) -> None:
    for age, passed in ((timedelta(minutes=1), False), (SILENCE_NOTICE, True)):
        found = outcome("f-", rule, Matter.PARTNER_REMOVAL, opened_at=NOW - age, concerned_partner_ids=("p1",))
        assert found.passed is passed


def test_a_role_needs_the_yes_of_the_partner_concerned_even_where_it_has_no_vote() -> None:
    subcontractor = partner(2, PartnerRole.SUBCONTRACTOR)
    partners = [partner(0), partner(1), subcontractor]
    structure = Structure(decision_rule=DecisionRule.MAJORITY)
    asked = motion("ff", Matter.PARTNER_ROLE, rule=DecisionRule.MAJORITY, concerned_partner_ids=("p2",))
    assert count(asked, structure, partners).why is Why.YES_MISSING
    agreed = replace(asked, votes=(*asked.votes, Vote("p2", FOR)))
    found = count(agreed, structure, partners)
    assert found.passed
    assert found.voters == ("p0", "p1")


def test_a_partners_own_budget_lines_do_not_change_over_its_head() -> None:
    found = outcome("ffa", DecisionRule.MAJORITY, Matter.BUDGET_SHARES, concerned_partner_ids=("p2",))
    assert (found.why, found.yes_missing) == (Why.YES_MISSING, ("p2",))


@pytest.mark.parametrize(("quorum", "passed"), [(2, True), (3, True), (4, False), (9, False)])
def test_a_quorum_counts_those_who_took_part_abstentions_included(quorum: int, passed: bool) -> None:
    partly = outcome("ffx--", DecisionRule.CONSENT, structure=Structure(quorum=quorum), opened_at=NOW - SILENCE_NOTICE)
    assert partly.passed is passed
    assert partly.passed or partly.why is Why.QUORUM


def test_a_quorum_never_asks_for_more_than_may_vote() -> None:
    assert outcome("ff", DecisionRule.MAJORITY, structure=Structure(quorum=5)).passed


def test_a_declared_conflict_takes_a_partner_out_of_the_count() -> None:
    found = outcome("ffaa", DecisionRule.MAJORITY, excluded_partner_ids=("p3",))
    assert found.passed
    assert (found.voters, found.excluded) == (("p0", "p1", "p2"), ("p3",))


def test_a_lead_with_a_conflict_does_not_decide_alone() -> None:
    found = outcome("fa-", DecisionRule.LEAD_DECIDES, excluded_partner_ids=("p0",))
    assert (found.passed, found.counts[0].rule) == (False, DecisionRule.MAJORITY)


def test_where_everybody_has_a_conflict_nothing_passes() -> None:
    assert outcome("ff", DecisionRule.MAJORITY, excluded_partner_ids=("p0", "p1")).why is Why.NOBODY_MAY_VOTE


def test_the_vote_of_a_removed_partner_stays_on_record_and_counts_no_more() -> None:
    partners = [partner(0), partner(1), partner(2), partner(3, status=PartnerStatus.REMOVED)]
    structure = Structure(decision_rule=DecisionRule.MAJORITY)
    found = count(motion("fa-f", rule=DecisionRule.MAJORITY), structure, partners)
    assert (found.passed, found.uncounted) == (False, ("p3",))


def test_a_rule_changed_while_a_motion_is_open_counts_beside_the_one_its_voters_were_told() -> None:
    partners = [partner(n) for n in range(3)]
    told = motion("faa", rule=DecisionRule.CONSENSUS)
    assert not count(told, Structure(decision_rule=DecisionRule.LEAD_DECIDES), partners).passed
    hoarded = motion("faa", rule=DecisionRule.LEAD_DECIDES)
    assert not count(hoarded, Structure(decision_rule=DecisionRule.CONSENSUS), partners).passed
    both = motion("fff", rule=DecisionRule.LEAD_DECIDES)
    assert len(count(both, Structure(decision_rule=DecisionRule.CONSENSUS), partners).counts) == 2


def test_among_several_options_one_must_win_by_the_rule_and_a_tie_decides_nothing() -> None:
    def choice(text: str, rule: DecisionRule) -> Outcome:
        said = {"r": "red", "g": "green", "b": "blue", "x": ABSTAIN}
        cast = tuple(Vote(f"p{n}", said[c]) for n, c in enumerate(text) if c != "-")
        decision = Decision(
            "d", "Colour", Matter.PUBLICITY, ("red", "green", "blue"), DecisionStatus.OPEN, "p0", None, rule
        )
        partners = [partner(n) for n in range(len(text))]
        return count(replace(decision, votes=cast), Structure(decision_rule=rule), partners)

    assert choice("rrg", DecisionRule.MAJORITY).chosen == "red"
    assert choice("rrgb", DecisionRule.MAJORITY).chosen is None
    assert choice("rrgg", DecisionRule.MAJORITY).why is Why.TIE
    assert choice("gggx", DecisionRule.CONSENSUS).chosen == "green"
    assert choice("gggr", DecisionRule.CONSENSUS).chosen is None
    assert choice("rgg", DecisionRule.CONSENT).chosen == "green"
    assert choice("brr", DecisionRule.LEAD_DECIDES).chosen == "blue"


def test_the_arithmetic_is_told_so_that_anybody_can_count_again() -> None:
    found = outcome("ffax-", DecisionRule.MAJORITY)
    assert found.by_option == {FOR: ("p0", "p1"), AGAINST: ("p2",), ABSTAIN: ("p3",)}
    assert found.silent == ("p4",)
    assert "More than half of 5 is needed, so at least 3." in found.sentence
    assert "5 may vote: 2 for, 1 against, 1 abstain, 1 not voted." in found.counts[0].sentence


TEXTS = st.text(alphabet="faxr-", min_size=1, max_size=6)
RULES = st.sampled_from([*DecisionRule, None])
MATTERS = st.sampled_from(list(Matter))
WEIGHTS = st.lists(st.integers(0, 9), min_size=6, max_size=6)


def structure_of(rule: DecisionRule | None, weights: list[int], reserved: list[Matter]) -> Structure:
    return Structure(
        decision_rule=rule,
        weights={f"p{n}": Decimal(w) for n, w in enumerate(weights)},
        reserved_matters=tuple(reserved),
    )


@examples(100)
@given(TEXTS, RULES, MATTERS, WEIGHTS, st.lists(MATTERS, max_size=3))
def test_turning_a_vote_to_yes_never_loses_a_motion(
    text: str, rule: DecisionRule | None, matter: Matter, weights: list[int], reserved: list[Matter]
) -> None:
    structure = structure_of(rule, weights, reserved)
    if not outcome(text, rule, matter, structure).passed:
        return
    for n in range(len(text)):
        assert outcome(text[:n] + "f" + text[n + 1 :], rule, matter, structure).passed


@examples(70)
@given(TEXTS, RULES, MATTERS, WEIGHTS)
def test_nothing_passes_without_a_yes_or_against_everybody(
    text: str, rule: DecisionRule | None, matter: Matter, weights: list[int]
) -> None:
    found = outcome(text, rule, matter, structure_of(rule, weights, []))
    if found.passed:
        assert "f" in text
        assert found.chosen == FOR


@examples(100)
@given(st.text(alphabet="faxr-", min_size=2, max_size=4), RULES, WEIGHTS)
def test_the_order_in_which_votes_and_partners_come_changes_nothing(
    text: str, rule: DecisionRule | None, weights: list[int]
) -> None:
    structure = structure_of(rule, weights, [])
    partners = [partner(n) for n in range(len(text))]
    decision = motion(text, rule=rule)
    results = {
        (found.passed, found.chosen, found.why, found.took_part)
        for order in permutations(partners)
        for found in [count(replace(decision, votes=tuple(reversed(decision.votes))), structure, order)]
    }
    assert len(results) == 1


@examples(70)
@given(TEXTS, RULES, MATTERS, WEIGHTS, st.lists(MATTERS, max_size=3))
def test_the_published_figures_are_enough_to_count_again(
    text: str, rule: DecisionRule | None, matter: Matter, weights: list[int], reserved: list[Matter]
) -> None:
    """An independent count of the plain rules from the outcome's own figures, on ordinary matters."""
    if matter in NEVER_BY_THE_LEAD_ALONE:
        return
    found = outcome(text, rule, matter, structure_of(rule, weights, reserved))
    yes, no, aside = (set(found.by_option[option]) for option in (FOR, AGAINST, ABSTAIN))
    voters, applied = set(found.voters), found.counts[-1].rule
    again = {
        DecisionRule.MAJORITY: len(yes) * 2 > len(voters),
        DecisionRule.WEIGHTED: sum(found.weights.get(p, 0) for p in yes) * 2 > sum(found.weights.values()),
        DecisionRule.CONSENSUS: bool(yes) and yes | aside == voters,
        DecisionRule.CONSENT: bool(yes) and "r" not in text and yes | no | aside == voters,
        DecisionRule.LEAD_DECIDES: "p0" in yes,
        None: yes == voters,
    }[applied]
    assert found.passed is (again and not found.vetoes)
    assert voters == yes | no | aside | set(found.silent)


@pytest.mark.parametrize(
    ("path", "body"), [("/honesty-round", {"cut_off": None}), ("/follow-notice", {"claim_id": "c"})]
)
def test_a_cut_off_and_another_notice_are_never_the_leads_alone(path: str, body: dict[str, object]) -> None:
    carries = {"method": "PUT", "path": path, "body": body}
    alone = outcome("f--", DecisionRule.LEAD_DECIDES, carries=carries)
    assert (alone.passed, alone.counts[0].rule) == (False, DecisionRule.MAJORITY)
    assert outcome("aff", DecisionRule.LEAD_DECIDES, carries=carries).passed


@pytest.mark.parametrize("rule", [*DecisionRule, None])
def test_a_cut_off_within_three_days_needs_every_accepted_partner(rule: DecisionRule | None) -> None:
    def decided(text: str, ahead: timedelta | str) -> bool:
        at = ahead if isinstance(ahead, str) else (NOW + ahead).isoformat()
        carries = {"method": "PUT", "path": "/honesty-round", "body": {"cut_off": at}}
        weights = Structure(weights={f"p{n}": Decimal(1) for n in range(3)})
        return outcome(text, rule, structure=weights, carries=carries).passed

    hours = timedelta(hours=71)
    assert not decided("ff-", hours) and not decided("ffx", hours) and decided("fff", hours)
    assert not decided("ff-", "at once")
    if rule in (DecisionRule.MAJORITY, DecisionRule.WEIGHTED, DecisionRule.LEAD_DECIDES):
        assert decided("ff-", timedelta(hours=73))
