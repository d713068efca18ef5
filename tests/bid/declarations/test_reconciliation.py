"""The states of an expectation, each with its gap and its sentence; and the clashes between declarations."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.bid.declarations.rules.reconciliation import Elsewhere, Reconciled, reconcile
from app.bid.value import BudgetLine, Counts, Decision, Expectation, Outcome, Proposal, Section, Structure, Target
from app.bid.value.honesty import facilitator_of
from app.platform.words import codes as c
from app.platform.words.contradictions import CONTRADICTIONS
from tests import ROOT
from tests.bid.values import FAMILY, LEAD, YOUTH, all_shown, as_, bid, expects, gives, hours, line, partner, target

S = c.ExpectationState


def one(proposal: Proposal, reader: str = "family", of: str = "e") -> Reconciled:
    return next(e for e in reconcile(proposal, as_(proposal, reader)).expectations if e.id == of)


def wants_hours(number: str = "100", *links: tuple[str, str], **more: Any) -> Expectation:
    return expects("e", target=target("hours", number), met_by=links, **more)


def codes_for(proposal: Proposal, reader: str = "family") -> list[str]:
    return [clash.code for clash in reconcile(proposal, as_(proposal, reader)).contradictions]


# The states


def test_nothing_linked_is_unmet_by_the_whole_target() -> None:
    found = one(bid(expectations=(wants_hours(of_partner_id="youth"),)))
    assert (found.state, found.gap) == (S.UNMET, target("hours", 100))
    assert found.detail == "Nothing is linked to it yet. Youth says what can meet it, and Family links that."


@pytest.mark.parametrize(
    ("given", "state", "gap"), [("100", S.MET, None), ("120", S.MET, None), ("60", S.PARTLY_MET, "40")]
)
def test_hours_are_met_by_hours(given: str, state: S, gap: str | None) -> None:
    found = one(
        bid(contributions=(hours("c", "youth", given),), expectations=(wants_hours("100", ("contribution", "c")),))
    )
    assert (found.state, found.gap) == (state, target("hours", gap) if gap else None)


def test_what_several_give_adds_up() -> None:
    given = (hours("c", "youth", "60"), hours("d", "lead", "40"))
    assert (
        one(
            bid(contributions=given, expectations=(wants_hours("100", ("contribution", "c"), ("contribution", "d")),))
        ).state
        is S.MET
    )


def test_days_are_not_turned_into_hours() -> None:
    days = gives("c", "youth", quantity=Decimal(100), unit=c.Unit.DAY, shown_as="quantity")
    found = one(bid(contributions=(days,), expectations=(wants_hours("100", ("contribution", "c")),)))
    assert (found.state, found.gap) == (S.PARTLY_MET, target("hours", 100))


@pytest.mark.parametrize(("certainty", "state"), [("conditional", S.PARTLY_MET), ("aspirational", S.UNMET)])
def test_what_is_not_confirmed_meets_nothing(certainty: str, state: S) -> None:
    given = hours("c", "youth", "100", certainty=c.Certainty(certainty))
    found = one(bid(contributions=(given,), expectations=(wants_hours("100", ("contribution", "c")),)))
    assert (found.state, found.gap) == (state, target("hours", 100))


def test_waived_is_waived_whatever_denies_it() -> None:
    structure = Structure(decision_rule=c.DecisionRule.LEAD_DECIDES)
    waived = expects("e", kind="decision_voice", target=target("votes", 1), waived_reason="We trust the lead.")
    found = bid(structure=structure, expectations=(waived,))
    assert one(found).state is S.WAIVED and "We trust the lead." in one(found).detail
    assert codes_for(found) == []


@pytest.mark.parametrize(
    ("link", "state"),
    [
        (("contribution", "c"), S.MET),
        (("structure", "bid"), S.MET),
        (("outcome", "o"), S.MET),
        (("section", "written"), S.MET),
        (("section", "empty"), S.UNMET),
        (("decision", "passed"), S.MET),
        (("decision", "open"), S.UNMET),
        (("decision", "failed"), S.CONTRADICTED),
        (("contribution", "of another bid"), S.UNMET),
    ],
)
def test_a_right_is_met_by_anything_that_stands(link: tuple[str, str], state: S) -> None:
    def decided(id: str, status: str) -> Decision:
        return Decision(id, id, c.Matter.OTHER, ("for", "against"), c.DecisionStatus(status), None, None, None)

    def section(id: str, words: int) -> Section:
        return Section(id, id, id, c.SectionState.DRAFTING, True, counts=Counts(words, words, 1))

    full = bid(
        contributions=(gives("c"),),
        structure=Structure(terms_markdown="Each is named."),
        outcomes=(Outcome("o", "local", "Young people are safe"),),
        sections=(section("written", 9), section("empty", 0)),
        decisions=(decided("passed", "passed"), decided("open", "open"), decided("failed", "failed")),
        expectations=(expects("e", kind="credit", target=target("right", "named on every page"), met_by=(link,)),),
    )
    assert one(full).state is state


def test_money_in_kind_never_fills_up_cash() -> None:
    given = (gives("cash", "youth", "cash", 40000), gives("kind", "youth", "equipment", 60000))
    links = (("contribution", "cash"), ("contribution", "kind"))
    asked = expects("e", kind="capacity_building", target=target("money", 100000), met_by=links)
    found = one(bid(contributions=given, expectations=(asked,)))
    assert (found.state, found.gap) == (S.PARTLY_MET, Target(c.TargetType.MONEY, amount=40000))


def test_a_share_of_the_money_is_not_given_in_kind() -> None:
    given = (gives("kind", "youth", "equipment", 60000),)
    asked = expects("e", kind="funding_share", target=target("money", 60000), met_by=(("contribution", "kind"),))
    found = one(bid(contributions=given, expectations=(asked,)))
    assert (found.state, found.gap) == (S.PARTLY_MET, Target(c.TargetType.MONEY, amount=60000))


@pytest.mark.parametrize(("share", "state", "gap"), [("25", S.MET, None), ("40", S.PARTLY_MET, "15")])
def test_a_share_in_per_cent_is_measured_against_all_that_is_asked_for(share: str, state: S, gap: str | None) -> None:
    lines = (line("l1", "family", 250000), line("l2", "lead", 750000))
    asked = expects("e", kind="funding_share", target=target("percent", share), met_by=(("budget_line", "l1"),))
    found = one(bid(budget_lines=lines, expectations=(asked,)))
    assert (found.state, found.gap) == (state, target("percent", gap) if gap else None)


def test_a_third_is_a_third() -> None:
    lines = (line("l1", "family", 100), line("l2", "lead", 200))
    asked = expects("e", kind="funding_share", target=target("percent", "33.3333"), met_by=(("budget_line", "l1"),))
    assert one(bid(budget_lines=lines, expectations=(asked,))).state is S.MET
    over = replace(asked, target=target("percent", "33.3334"))
    found = one(bid(budget_lines=lines, expectations=(over,)))
    assert found.state is S.PARTLY_MET and found.gap == target("percent", "0.01")


# What denies an expectation


def terms(days: int, **facts: Any) -> Structure:
    return Structure(terms_markdown=f"Invoices are paid within {days} days. Notice is 90 days.", **facts)


def test_payment_terms_that_pay_later_are_denied_by_the_days_between() -> None:
    asked = expects("e", kind="payment_terms", target=target("days", 14), met_by=(("structure", "bid"),))
    found = bid(structure=terms(30), expectations=(asked,))
    assert (one(found).state, one(found).gap) == (S.CONTRADICTED, target("days", 16))
    assert codes_for(found) == ["payment-terms-denied"]
    assert one(bid(structure=terms(14), expectations=(asked,))).state is S.MET
    assert (
        one(bid(structure=Structure(payment_days=30, terms_markdown="-"), expectations=(asked,))).state
        is S.CONTRADICTED
    )


def test_who_gets_no_money_by_the_structure_has_no_payment_terms() -> None:
    asked = expects("e", kind="payment_terms", target=target("days", 60))
    facts: dict[str, Any] = {"contracting": ("lead",), "paid": ("lead",)}
    assert one(bid(structure=Structure(**facts), expectations=(asked,))).state is S.CONTRADICTED
    assert one(bid(structure=Structure(flow_down=True, **facts), expectations=(asked,))).state is S.UNMET


def test_payment_in_advance_is_denied_by_arrears() -> None:
    asked = expects("e", kind="payment_terms", target=target("text", "quarterly in advance"))
    assert one(bid(structure=Structure(payment_in_arrears=True), expectations=(asked,))).state is S.CONTRADICTED


@pytest.mark.parametrize(
    ("rule", "facts", "wish", "denied"),
    [
        ("majority", {}, target("votes", 1), False),
        ("majority", {}, target("votes", 2), True),
        ("majority", {}, target("percent", "33.33"), False),
        ("majority", {}, target("percent", "34"), True),
        ("majority", {}, target("right", "a veto"), True),
        ("majority", {"reserved_matters": (c.Matter.LEAD,)}, target("right", "a veto"), False),
        ("consensus", {}, target("right", "a veto"), False),
        ("lead_decides", {}, target("votes", 1), True),
        ("lead_decides", {}, None, True),
        ("lead_decides", {"reserved_matters": (c.Matter.LEAD,)}, None, False),
        ("weighted", {"weights": {"lead": Decimal(3), "family": Decimal(1)}}, target("votes", 2), True),
        ("weighted", {"weights": {"lead": Decimal(3), "family": Decimal(1)}}, target("percent", 25), False),
    ],
)
def test_the_decision_rule_can_deny_a_voice(rule: str, facts: dict[str, Any], wish: Any, denied: bool) -> None:
    structure = Structure(decision_rule=c.DecisionRule(rule), **facts)
    found = bid(structure=structure, expectations=(expects("e", kind="decision_voice", target=wish),))
    assert (one(found).state is S.CONTRADICTED) is denied
    assert codes_for(found) == (["voice-denied"] if denied else [])


def test_a_subcontractor_has_no_vote_to_expect() -> None:
    partners = (LEAD, YOUTH, partner("family", "subcontractor"))
    structure = Structure(decision_rule=c.DecisionRule.MAJORITY)
    assert codes_for(
        bid(partners=partners, structure=structure, expectations=(expects("e", kind="decision_voice"),))
    ) == ["voice-denied"]


def test_a_cap_on_risk_is_denied_by_liability_for_the_whole() -> None:
    structure = Structure(contracting=("lead", "family"), liability=c.Liability.JOINT_AND_SEVERAL)
    asked = expects("e", kind="risk_cap", target=target("money", 500000))
    assert codes_for(bid(structure=structure, expectations=(asked,))) == ["risk-cap-denied"]
    assert codes_for(bid(structure=replace(structure, contracting=("lead",)), expectations=(asked,))) == []


def test_data_held_by_another_denies_holding_it() -> None:
    asked = expects("e", kind="data_access", target=target("right", "hold"))
    assert codes_for(bid(structure=Structure(data_holder_ids=("lead",)), expectations=(asked,))) == [
        "data-holder-denied"
    ]
    assert codes_for(bid(structure=Structure(data_holder_ids=("family",)), expectations=(asked,))) == []


def test_full_cost_is_judged_on_own_lines_and_told_to_their_owner_alone() -> None:
    asked = expects("e", kind="full_cost_recovery", met_by=(("budget_line", "l"),))
    found = bid(budget_lines=(line("l", "family", 90000, full_cost=100000),), expectations=(asked,))
    assert (one(found).state, one(found).gap) == (S.CONTRADICTED, Target(c.TargetType.MONEY, amount=10000))
    assert codes_for(found) == ["cost-recovery-short"]
    assert one(found, "lead").state is S.MET and codes_for(found, "lead") == []


# Clashes


def share(id: str, who: str, value: Any, type_: str = "percent") -> Expectation:
    return expects(id, who, "funding_share", target=target(type_, value))


def test_shares_of_more_than_the_whole() -> None:
    shares = (share("e1", "lead", 60), share("e2", "family", 30), share("e3", "youth", 20))
    found = reconcile(bid(expectations=shares), as_(bid(), "youth")).contradictions
    assert [(clash.code, clash.expectation_ids) for clash in found] == [
        ("funding-shares-over-whole", ("e1", "e2", "e3"))
    ]
    assert (
        found[0].detail
        == "Family, Lead and Youth together expect 110 per cent of the money. Agree shares that make 100."
    )
    assert codes_for(bid(expectations=shares[:2])) == []


def test_two_wishes_of_one_partner_are_not_two_shares() -> None:
    assert codes_for(bid(expectations=(share("e1", "lead", 60), share("e2", "lead", 55)))) == []


def test_sums_beyond_the_ceiling_are_shares_beyond_the_whole() -> None:
    asked = (share("e1", "lead", 6000000, "money"), share("e2", "family", 50))
    assert codes_for(bid(expectations=asked)) == ["funding-shares-over-whole"]


def test_expecting_more_than_ones_own_lines_ask_for() -> None:
    lines = (line("l1", "family", 3000000), line("l2", "lead", 3000000))
    assert codes_for(bid(budget_lines=lines, expectations=(share("e", "family", 4000000, "money"),))) == [
        "expected-over-own-lines"
    ]
    assert codes_for(bid(budget_lines=lines, expectations=(share("e", "family", 60),))) == ["expected-over-own-lines"]
    assert codes_for(bid(budget_lines=lines, expectations=(share("e", "family", 50),))) == []


def test_more_than_the_call_allows() -> None:
    assert codes_for(bid(budget_lines=(line("l1", "lead", 10_000_001),))) == ["over-ceiling"]
    assert codes_for(bid(budget_lines=(line("l1", "lead", 10_000_000),))) == []


@pytest.mark.parametrize(
    ("kind", "right", "code"),
    [
        ("data_access", "hold", "two-data-holders"),
        ("data_access", "sole controller", "two-data-holders"),
        ("data_access", "holds all the case data", "two-data-holders"),
        ("intellectual_property", "own", "two-owners"),
        ("intellectual_property", "exclusive rights in all of it", "two-owners"),
        ("legacy_assets", "ownership", "two-owners"),
        ("delivery_role", "lead", "two-leads"),
        ("exclusivity", "only provider", "two-exclusives"),
    ],
)
def test_two_who_expect_to_be_the_one(kind: str, right: str, code: str) -> None:
    two = tuple(expects(i, who, kind, target=target("right", right)) for i, who in (("e1", "lead"), ("e2", "youth")))
    assert codes_for(bid(expectations=two)) == [code]
    for words in (f"shared {right}", f"{right} by all", f"{right}, like all partners"):
        shared = (two[0], replace(two[1], target=target("right", words)))
        assert codes_for(bid(expectations=shared)) == []
    waived = (two[0], replace(two[1], waived_reason="They may."))
    assert codes_for(bid(expectations=waived)) == []
    assert all(one(bid(expectations=two), of=i).state is S.UNMET for i in ("e1", "e2")), "a clash changes no state"


def test_one_binds_what_another_wants_free() -> None:
    two = (expects("e1", "lead", "exclusivity"), expects("e2", "youth", "independence"))
    assert codes_for(bid(expectations=two)) == ["exclusivity-against-independence"]
    aimed = (replace(two[0], of_partner_id="family"), two[1])
    assert codes_for(bid(expectations=aimed)) == []


def test_more_than_all_of_the_work_and_of_the_votes() -> None:
    work = [expects(f"w{i}", i, "delivery_role", target=target("percent", 60)) for i in ("lead", "youth")]
    say = [expects(f"v{i}", i, "decision_voice", target=target("percent", 60)) for i in ("lead", "youth")]
    assert codes_for(bid(expectations=(*work, *say))) == ["delivery-over-whole", "voice-over-whole"]


@pytest.mark.parametrize("status", ["declined", "withdrawn", "removed", "expired", "cancelled"])
def test_expecting_something_of_somebody_who_is_not_here(status: str) -> None:
    partners = (LEAD, FAMILY, partner("youth", status=status))
    given = hours("c", "youth", "100")
    asked = wants_hours("100", ("contribution", "c"), of_partner_id="youth")
    found = bid(partners=partners, contributions=(given,), expectations=(asked,))
    assert one(found).state is S.UNMET and "no longer there" in one(found).detail
    assert codes_for(found) == ["expected-of-absent-partner"]


def test_the_same_hours_promised_to_two() -> None:
    link = (("contribution", "c"),)
    two = [expects(i, who, target=target("hours", 60), met_by=link) for i, who in (("e1", "lead"), ("e2", "family"))]
    short = bid(contributions=(hours("c", "youth", "100"),), expectations=tuple(two))
    assert codes_for(short) == ["promised-twice"]
    assert codes_for(bid(contributions=(hours("c", "youth", "120"),), expectations=tuple(two))) == []


def test_the_same_room_promised_to_two() -> None:
    link = (("contribution", "c"),)
    two = [expects(i, who, "other", met_by=link) for i, who in (("e1", "lead"), ("e2", "family"))]
    assert codes_for(bid(contributions=(gives("c", kind="premises"),), expectations=tuple(two))) == ["promised-twice"]


def test_one_thing_written_down_twice_for_the_same_time() -> None:
    year = {"starts": date(2027, 4, 1), "ends": date(2028, 3, 31)}
    hall = gives("c1", kind="premises", title="Scout hall", **year)
    again = replace(hall, id="c2", title="scout-hall")
    later = replace(again, starts=date(2028, 4, 1), ends=date(2029, 3, 31))
    assert codes_for(bid(contributions=(hall, again))) == ["promised-twice"]
    assert codes_for(bid(contributions=(hall, later))) == []
    assert codes_for(bid(contributions=(hall, replace(again, partner_id="lead")))) == []


def test_what_is_promised_in_another_bid_is_told_to_its_organisation_alone() -> None:
    hall = gives("c", kind="premises", title="Scout hall")
    there = Elsewhere("youth", "Another bid", replace(hall, id="x"))
    here = bid(contributions=(hall,))
    own = reconcile(here, as_(here, "youth"), [there])
    assert [clash.code for clash in own.contradictions] == ["promised-twice"]
    assert "Another bid" in own.contradictions[0].detail
    for reader in ("lead", "family"):
        assert reconcile(here, as_(here, reader), [there]) == reconcile(here, as_(here, reader))


def test_every_code_found_has_its_page() -> None:
    import ast
    from pathlib import Path

    import app.bid.declarations.rules.reconciliation as package

    raised = {
        node.value
        for path in Path(package.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in CONTRADICTIONS
    }
    assert raised == set(CONTRADICTIONS)


# Unclaimed and totals


def test_what_nobody_claimed_is_listed() -> None:
    found = bid(
        contributions=(hours("c", "youth", "1"), gives("d")), expectations=(wants_hours("1", ("contribution", "c")),)
    )
    assert [u.id for u in reconcile(found, as_(found, "lead")).unclaimed_contributions] == ["d"]


def test_totals_keep_cash_and_kind_apart_by_certainty() -> None:
    given = (
        gives("c1", "youth", "cash", 100),
        gives("c2", "youth", "match_funding", 30, certainty=c.Certainty.CONDITIONAL),
        gives("c3", "lead", "premises", 7),
        gives("c4", "lead", quantity=Decimal(5), value=900, shown_as="quantity"),
    )
    found = bid(contributions=given)
    totals = reconcile(found, as_(found, "family")).totals
    assert (totals.cash.confirmed, totals.cash.conditional, totals.cash.total) == (100, 30, 130)
    assert (totals.in_kind.total, totals.by_quantity) == (7, 1)
    own = reconcile(found, as_(found, "lead")).totals
    assert (own.in_kind.total, own.by_quantity) == (907, 0)


def test_what_the_price_pays_for_is_in_no_total() -> None:
    given = (
        gives("c1", "youth", value=100, funded_by=c.FundedBy.PRICE),
        gives("c2", "youth", value=40, funded_by=c.FundedBy.PARTNER),
        gives("c3", "lead", value=7, funded_by=c.FundedBy.OTHER),
        gives("c4", "lead", value=1),
        hours("c5", "lead", "5", funded_by=c.FundedBy.PRICE),
    )
    found = bid(contributions=given, budget_lines=(in_kind("l", "youth", 40),))
    totals = reconcile(found, as_(found, "family")).totals
    assert (totals.in_kind.total, totals.by_quantity) == (48, 0)
    assert codes_for(found) == []


def in_kind(id: str, who: str, amount: int) -> BudgetLine:
    return line(id, who, amount, source=c.BudgetSource.IN_KIND)


@pytest.mark.parametrize(
    ("lines", "given", "clashes"),
    [
        (0, (), False),
        (500, (("partner", 500),), False),
        (500, (("partner", 300), ("partner", 200), ("price", 999), ("other", 5)), False),
        (500, (("partner", 499),), True),
        (500, (("partner", 501),), True),
        (0, (("partner", 1),), True),
        (500, ((None, 500),), True),
        (0, ((None, 500),), False),
        (500, (("other", 500),), True),
    ],
)
def test_lines_in_kind_come_to_what_their_owner_gives_itself(
    lines: int, given: tuple[tuple[str | None, int], ...], clashes: bool
) -> None:
    found = bid(
        contributions=tuple(
            gives(f"c{at}", "youth", value=value, funded_by=c.FundedBy(by) if by else None)
            for at, (by, value) in enumerate(given)
        ),
        budget_lines=(in_kind("l", "youth", lines),) if lines else (),
    )
    expected = ["in-kind-not-in-budget"] if clashes else []
    assert codes_for(found, "youth") == codes_for(found, "family") == expected
    assert [clash.code for clash in reconcile(found, facilitator_of(found)).contradictions] == []


def test_money_is_not_in_kind_and_what_is_shown_by_quantity_says_nothing_to_others() -> None:
    cash = gives("c", "youth", "cash", 500, funded_by=c.FundedBy.PARTNER)
    assert codes_for(bid(contributions=(cash,))) == []
    hidden = hours("c", "youth", "10", value=500, funded_by=c.FundedBy.PARTNER)
    found = bid(contributions=(hidden,), budget_lines=(in_kind("l", "youth", 400),))
    assert codes_for(found, "family") == []
    (own,) = reconcile(found, as_(found, "youth")).contradictions
    assert (own.code, own.contribution_ids) == ("in-kind-not-in-budget", ("c",))
    assert "£4.00" in own.detail and "£5.00" in own.detail


def test_for_others_lines_in_kind_count_as_they_were_last_shown() -> None:
    given = (gives("c", "youth", value=500, funded_by=c.FundedBy.PARTNER),)
    shown = bid(contributions=given, budget_lines=(in_kind("l", "youth", 500),))
    changed = replace(shown, budget_lines=(in_kind("l", "youth", 300),))
    assert codes_for(changed, "family") == [] and codes_for(changed, "youth") == ["in-kind-not-in-budget"]
    put_right = replace(
        bid(contributions=given, budget_lines=(in_kind("l", "youth", 300),)), budget_lines=(in_kind("l", "youth", 500),)
    )
    assert codes_for(put_right, "family") == ["in-kind-not-in-budget"] and codes_for(put_right, "youth") == []


def test_a_facilitator_learns_no_money_by_partner() -> None:
    lines = (line("l1", "family", 3000000), line("l2", "lead", 3000000))
    found = bid(budget_lines=lines, expectations=(share("e", "family", 60),))
    other = replace(found, budget_lines=(line("l1", "family", 1000000), line("l2", "lead", 5000000)))
    for there in (other, all_shown(other)):
        assert reconcile(found, facilitator_of(found)) == reconcile(there, facilitator_of(there))


def test_the_guide_for_managers_names_every_contradiction_with_its_words() -> None:

    guide = ROOT.joinpath("docs/declarations.md").read_text()
    for code, what in CONTRADICTIONS.items():
        assert f"| `{code}` | {what.title}. {what.explanation} |" in guide
