"""Every blocker of the closed list, who is named by it, and what no reader may learn from the list."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.bid.budget.rules.shown import say_final
from app.bid.signoff.rules import readiness
from app.bid.signoff.rules.readiness import Blocker, Situation
from app.bid.value import (
    Acknowledgement,
    Authority,
    BudgetLine,
    ConsortiumRules,
    Contribution,
    Counts,
    Decision,
    Difficulty,
    Expectation,
    HonestyRound,
    Limit,
    Lot,
    MetBy,
    Opportunity,
    Partner,
    Proposal,
    Route,
    Section,
    Statement,
    Structure,
)
from app.bid.value.reader import Reader, ReaderKind
from app.platform.words import codes as c
from app.platform.words.codes import BlockerCode, ExpectationState, PartnerRole, PartnerStatus
from tests.bid.values import all_final
from tests.growth import beside

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def call(**changes: Any) -> Opportunity:
    base = Opportunity(
        id="call",
        organisation_id="o-council",
        buyer_name="Riverside Council",
        title="Youth work",
        ocid=None,
        mode=c.OpportunityMode.SEALED,
        regime="pa2023",
        price_detail=c.PriceDetail.TOTALS,
        lots=(Lot("lot-1", "1", "North", 5_000_000, c.VatBasis.EXCLUDED),),
        questions=(),
        budget_ceiling=10_000_000,
        ceiling_vat=c.VatBasis.EXCLUDED,
        currency="GBP",
        required_sections=(),
        required_statements=(c.StatementKey.NON_COLLUSION,),
        consortium_rules=ConsortiumRules(),
        route=Route(),
        submission_deadline=NOW + 7 * DAY,
        time_zone="Europe/London",
        amendment=0,
        open_for_bids=True,
    )
    return replace(base, **changes)


def partner(name: str, role: PartnerRole = PartnerRole.MEMBER, **changes: Any) -> Partner:
    base = Partner(
        id=name,
        organisation_id=f"o-{name}",
        name=name.title(),
        role=role,
        status=PartnerStatus.ACCEPTED,
        authority=None if role is PartnerRole.LEAD else Authority("acorn", "Ann", "Chair", None, NOW),
        filed_at=NOW - 3 * DAY,
    )
    return replace(base, **changes)


def ready(**changes: Any) -> Proposal:
    """A bid of three partners with nothing in its way."""
    base = Proposal(
        id="bid",
        title="Together",
        status=c.ProposalStatus.DRAFT,
        language="en",
        currency="GBP",
        revision=20,
        version=1,
        opportunity=call(),
        lot_ids=("lot-1",),
        partners=(partner("acorn", PartnerRole.LEAD), partner("birch"), partner("cedar", PartnerRole.ASSOCIATE)),
        structure=Structure(
            contracting=("acorn",),
            paid=("acorn",),
            liability=c.Liability.CONTRACTOR,
            decision_rule=c.DecisionRule.CONSENSUS,
            exit_terms_markdown="Three months' notice.",
            terms_markdown="Paid within 30 days.",
        ),
        honesty_round=HonestyRound(c.RoundStatus.REVEALED, revealed_at=NOW - 2 * DAY),
        contributions=(
            Contribution("given", "birch", c.ContributionKind.MATCH_FUNDING, "Match", 200_000, c.Certainty.CONFIRMED),
        ),
        expectations=(Expectation("wish", "birch", c.ExpectationKind.CREDIT, "Our name on it", c.Strength.MUST),),
        budget_lines=(
            BudgetLine("line", "acorn", "staff", 1, c.BudgetSource.REQUESTED, 4_000_000, lot_id="lot-1"),
            BudgetLine("match", "birch", "staff", 1, c.BudgetSource.MATCH, 200_000, lot_id="lot-1"),
        ),
        sections=(
            Section("summary", "summary", "Summary", c.SectionState.DONE, True, counts=Counts(100, 600, 1)),
            Section(
                "exit",
                "exit_and_sustainability",
                "Exit and sustainability",
                c.SectionState.DONE,
                True,
                assignee_organisation_id="o-birch",
                counts=Counts(50, 300, 1),
            ),
        ),
        statements=tuple(Statement(p, c.StatementKey.NON_COLLUSION, "none") for p in ("acorn", "birch")),
        acknowledgements=tuple(Acknowledgement(f"o-{p}", p, 20) for p in ("acorn", "birch")),
    )
    return all_final(replace(base, **changes))


def listed(
    proposal: Proposal,
    reader: str | None = "acorn",
    state: ExpectationState = ExpectationState.MET,
    now: datetime = NOW,
) -> tuple[Blocker, ...]:
    who = Reader(ReaderKind.PARTNER, frozenset({reader})) if reader else Reader(ReaderKind.FACILITATOR)
    return readiness.blockers(Situation(proposal, who, now, {e.id: (state, "") for e in proposal.expectations}))


def test_a_bid_with_nothing_in_its_way_is_ready_for_everybody() -> None:
    for reader in ("acorn", "birch", "cedar", None):
        assert listed(ready(), reader) == ()


def with_partner(name: str, **changes: Any) -> Proposal:
    bid = ready()
    return replace(bid, partners=tuple(replace(p, **changes) if p.id == name else p for p in bid.partners))


def with_section(name: str, **changes: Any) -> Proposal:
    bid = ready()
    return replace(bid, sections=tuple(replace(s, **changes) if s.id == name else s for s in bid.sections))


OPEN_DECISION = Decision(
    "d1",
    "Who leads",
    c.Matter.LEAD,
    ("for", "against"),
    c.DecisionStatus.OPEN,
    "birch",
    None,
    None,
)
BLOCKING = Difficulty("x1", c.AddressedTo.ALL, True, True, NOW - DAY)

CASES: list[tuple[str, Proposal, str, str | None, str | None]] = [
    # code, proposal, where it points, whose turn it is, what the sentence must name
    ("prices-not-final", say_final(ready(), "birch", False), "/budget", "o-birch", "holds its lines still"),
    (
        "no-lead",
        with_partner("acorn", role=PartnerRole.MEMBER, status=PartnerStatus.WITHDRAWN),
        "/partners",
        None,
        None,
    ),
    ("authority-missing", with_partner("birch", authority=None), "/partners/birch/authority", "o-birch", "Acorn"),
    (
        "authority-missing",
        with_partner("birch", authority=Authority("former", "Ann", "Chair", None, NOW)),
        "/partners/birch/authority",
        "o-birch",
        "earlier lead",
    ),
    (
        "invitation-unanswered",
        with_partner("cedar", status=PartnerStatus.INVITED),
        "/partners/cedar",
        "o-cedar",
        "Cedar",
    ),
    ("honesty-round-open", with_partner("cedar", filed_at=None), "/partners/cedar", "o-cedar", "Cedar"),
    (
        "acknowledgement-missing",
        ready(acknowledgements=(Acknowledgement("o-acorn", "acorn", 20),)),
        "/acknowledgements",
        "o-birch",
        "Birch",
    ),
    (
        "acknowledgement-outdated",
        ready(
            acknowledgements=(
                Acknowledgement("o-acorn", "acorn", 20),
                Acknowledgement("o-birch", "birch", 12, outdated_by=("acorn",)),
            )
        ),
        "/acknowledgements",
        "o-birch",
        "Acorn",
    ),
    ("section-empty", with_section("summary", counts=Counts()), "/sections/summary", "o-acorn", "Summary"),
    (
        "section-over-limit",
        with_section("exit", limit=Limit(c.LimitUnit.WORDS, 48)),
        "/sections/exit",
        "o-birch",
        "takes out 2",
    ),
    ("over-ceiling", ready(opportunity=call(budget_ceiling=3_999_999)), "/budget", None, "0.01"),
    ("budget-not-adding-up", ready(contributions=()), "/budget", None, "2000.00"),
    (
        "structure-incomplete",
        ready(structure=replace(ready().structure, liability=None)),
        "/structure/liability",
        None,
        None,
    ),
    (
        "exit-plan-missing",
        with_section("exit", counts=Counts(), required=False),
        "/sections/exit",
        "o-birch",
        "remains",
    ),
    (
        "statement-missing",
        ready(statements=(Statement("acorn", c.StatementKey.NON_COLLUSION, "none"),)),
        "/partners/birch/statements/non_collusion",
        "o-birch",
        "Birch",
    ),
    ("difficulty-open", ready(difficulties=(BLOCKING,)), "/difficulties/x1", None, None),
    ("decision-open", ready(decisions=(OPEN_DECISION,)), "/decisions/d1", "o-birch", "Who leads"),
    ("call-amended", ready(opportunity=call(amendment=1)), "/edition", None, "amendment 1"),
    ("call-closed", ready(opportunity=call(open_for_bids=False)), "/opportunity/status", None, "Riverside Council"),
    (
        "call-closed",
        ready(opportunity=call(submission_deadline=NOW - DAY)),
        "/opportunity/submission_deadline",
        None,
        "deadline",
    ),
    ("call-closed", ready(opportunity=call(lots=()), lot_ids=("lot-1",)), "/lot_ids", None, "every lot"),
    (
        "rule-min_partners",
        ready(opportunity=call(consortium_rules=ConsortiumRules(min_partners=3))),
        "/opportunity/consortium_rules/min_partners",
        None,
        "invites 1 more",
    ),
    (
        "rule-max_partners",
        ready(opportunity=call(consortium_rules=ConsortiumRules(max_partners=1))),
        "/opportunity/consortium_rules/max_partners",
        None,
        "at most 1",
    ),
    (
        "rule-collaboration",
        ready(opportunity=call(consortium_rules=ConsortiumRules(collaboration=c.Collaboration.FORBIDDEN))),
        "/opportunity/consortium_rules/collaboration",
        None,
        "no joint bids",
    ),
    (
        "rule-min_small_partners",
        ready(opportunity=call(consortium_rules=ConsortiumRules(extra={"min_small_partners": 1}))),
        "/opportunity/consortium_rules/min_small_partners",
        None,
        "small",
    ),
]


@pytest.mark.parametrize(("code", "proposal", "pointer", "organisation", "words"), CASES)
def test_each_blocker_points_at_its_cause_and_names_whose_turn_it_is(
    code: str, proposal: Proposal, pointer: str, organisation: str | None, words: str | None
) -> None:
    [blocker] = [b for b in listed(proposal) if b.code == code]
    assert (blocker.pointer, blocker.organisation_id) == (pointer, organisation)
    assert (words or "") in blocker.detail
    assert blocker.detail.endswith(".")


def test_a_bid_for_several_lots_goes_on_while_one_of_them_is_open() -> None:
    assert "call-closed" not in {blocker.code for blocker in listed(ready(lot_ids=("lot-1", "lot-that-ended")))}


def test_every_code_of_the_closed_list_can_be_produced() -> None:
    assert {code for code, *_ in CASES if not code.startswith("rule-")} | {"must-unmet"} == set(BlockerCode)


@pytest.mark.parametrize("state", [ExpectationState.PARTLY_MET, ExpectationState.UNMET, ExpectationState.CONTRADICTED])
def test_a_must_that_is_not_met_blocks_and_names_its_owner(state: ExpectationState) -> None:
    [blocker] = listed(ready(), state=state)
    assert (blocker.code, blocker.organisation_id, blocker.pointer) == ("must-unmet", "o-birch", "/expectations/wish")


@pytest.mark.parametrize(
    "changes",
    [
        {"strength": c.Strength.SHOULD},
        {"waived_reason": "Settled by letter."},
        {"must_after_reveal": True},
        {"must_after_reveal": True, "accepted_by": ("acorn",)},
        {"revealed": False},
    ],
)
def test_what_is_no_must_or_waived_or_raised_late_without_all_the_others_blocks_nothing(
    changes: dict[str, Any],
) -> None:
    wish = replace(ready().expectations[0], **changes)
    assert listed(ready(expectations=(wish,)), state=ExpectationState.UNMET) == ()


def test_a_late_must_blocks_once_all_the_others_have_accepted_it() -> None:
    wish = replace(ready().expectations[0], must_after_reveal=True, accepted_by=("acorn", "cedar"))
    assert [b.code for b in listed(ready(expectations=(wish,)), state=ExpectationState.UNMET)] == ["must-unmet"]


def test_the_must_of_a_partner_who_left_blocks_nothing() -> None:
    bid = with_partner("birch", status=PartnerStatus.WITHDRAWN)
    assert "must-unmet" not in {b.code for b in listed(bid, state=ExpectationState.UNMET)}


# --- what nobody may learn from the list ------------------------------------------------------------------


def before_the_reveal(**changes: Any) -> Proposal:
    return ready(honesty_round=HonestyRound(), **changes)


@pytest.mark.parametrize("reader", ["acorn", "birch", "cedar", None])
def test_before_the_reveal_nothing_moves_the_list_that_the_others_declared_or_filed(reader: str | None) -> None:
    rich = before_the_reveal(
        opportunity=call(budget_ceiling=1, consortium_rules=ConsortiumRules(extra={"max_lead_share": 1})),
        difficulties=(BLOCKING,),
        decisions=(OPEN_DECISION,),
        acknowledgements=(),
    )
    others = tuple(p if p.id == reader else replace(p, filed_at=None) for p in rich.partners)
    bare = replace(rich, contributions=(), expectations=(), budget_lines=(), partners=others)
    assert listed(rich, reader) == listed(bare, reader)
    assert [b.code for b in listed(rich, reader)] == ["honesty-round-open"]


def test_who_joined_later_and_has_not_filed_learns_nothing_but_that_it_has_to_file() -> None:
    bid = replace(with_partner("cedar", filed_at=None), budget_lines=(), contributions=())
    [only] = listed(bid, "cedar", ExpectationState.UNMET)
    assert (only.code, only.organisation_id) == ("honesty-round-open", "o-cedar")


DECLARED = {
    "honesty-round-open",
    "must-unmet",
    "acknowledgement-missing",
    "acknowledgement-outdated",
    "over-ceiling",
    "budget-not-adding-up",
    "prices-not-final",
    "difficulty-open",
    "decision-open",
}
"""Silent for whoever does not see the declarations: rule 5."""


@pytest.mark.parametrize("reader", ["acorn", "birch", "cedar", None])
@pytest.mark.parametrize(("code", "proposal"), [(code, made) for code, made, *_ in CASES])
def test_before_the_reveal_all_shows_that_no_declaration_and_no_money_can_move(
    code: str, proposal: Proposal, reader: str | None
) -> None:
    shown = listed(replace(proposal, honesty_round=HonestyRound()), reader)
    assert shown[0].code == "honesty-round-open"
    rest = [blocker for blocker in listed(proposal, reader) if blocker.code not in DECLARED]
    assert list(shown[1:]) == rest
    assert (code in {blocker.code for blocker in shown[1:]}) is (code not in DECLARED)


def confidential(number: int) -> Proposal:
    secret = (
        Difficulty(f"s{i}", c.AddressedTo.FACILITATOR, True, True, NOW - i * DAY / 3) for i in range(1, number + 1)
    )
    return ready(difficulties=tuple(secret))


def test_confidential_difficulties_are_one_fixed_line_for_one_or_many_without_a_trace() -> None:
    [one] = listed(confidential(1))
    assert (one.code, one.pointer, one.organisation_id) == ("difficulty-open", None, None)
    for number in (1, 2, 5):
        for reader in ("acorn", "birch", "cedar"):
            assert listed(confidential(number), reader) == (one,)


@pytest.mark.parametrize(
    "difficulty",
    [
        replace(BLOCKING, open=False),
        replace(BLOCKING, blocking=False),
        replace(BLOCKING, blocking_since=NOW - timedelta(days=5, seconds=1)),
    ],
)
def test_a_difficulty_that_is_closed_lapsed_or_not_blocking_holds_nothing_up(difficulty: Difficulty) -> None:
    assert listed(ready(difficulties=(difficulty,))) == ()


def private_lines(*amounts: int) -> Proposal:
    """Birch asks for the same each year, split into other lines: what a rival may not tell apart."""
    lines = tuple(
        BudgetLine(f"b{i}", "birch", f"category {i}", 1, c.BudgetSource.REQUESTED, a, lot_id="lot-1" if i else None)
        for i, a in enumerate(amounts)
    )
    return ready(budget_lines=(ready().budget_lines[0], *lines), lot_ids=("lot-1",))


def test_two_bids_that_differ_only_in_anothers_private_lines_give_the_same_list() -> None:
    first, second = private_lines(900_000, 200_000), private_lines(100_000, 1_000_000)
    assert listed(first, "acorn") == listed(second, "acorn")


@pytest.mark.parametrize("matter", list(c.Matter))
def test_only_a_motion_on_what_the_version_contains_holds_it_up(matter: c.Matter) -> None:
    found = [b.code for b in listed(ready(decisions=(replace(OPEN_DECISION, matter=matter),)))]
    outside = (c.Matter.PUBLICITY, c.Matter.SUBMISSION, c.Matter.DISSOLUTION, c.Matter.OTHER)
    assert found == ([] if matter in outside else ["decision-open"])


@pytest.mark.parametrize(
    "changes",
    [{"partner_id": "gone"}, {"lot_id": "another-lot"}, {"required": False}],
)
def test_a_section_of_a_partner_who_left_of_another_lot_or_not_asked_for_may_stay_empty(
    changes: dict[str, Any],
) -> None:
    assert listed(replace(with_section("summary", counts=Counts(), **changes), lot_ids=("lot-1",))) == ()


def test_a_partner_relied_on_makes_its_statements_too() -> None:
    bid = with_partner("cedar", relied_on_for="financial standing")
    assert [(b.code, b.organisation_id) for b in listed(bid)] == [("statement-missing", "o-cedar")]


def test_all_that_is_wrong_is_told_at_once() -> None:
    bid = replace(
        with_section("summary", counts=Counts()),
        statements=(),
        acknowledgements=(),
        decisions=(OPEN_DECISION,),
        opportunity=call(amendment=2),
    )
    assert [b.code for b in listed(bid)] == [
        "acknowledgement-missing",
        "acknowledgement-missing",
        "section-empty",
        "statement-missing",
        "statement-missing",
        "decision-open",
        "call-amended",
    ]


def test_every_rule_is_a_function_of_the_situation_alone() -> None:
    situation = Situation(ready(), Reader(ReaderKind.PARTNER, frozenset({"acorn"})), NOW, {})
    rule: Callable[[Situation], Any]
    for rule in readiness.RULES:
        assert list(rule(situation)) == list(rule(situation))


def large() -> Proposal:
    """30 partners, 600 declarations and 2,000 lines: the size of the speed goal."""
    names = [f"p{i:02}" for i in range(30)]
    base = ready()
    partners = tuple(partner(n, PartnerRole.MEMBER if i else PartnerRole.LEAD) for i, n in enumerate(names))
    contributions = tuple(
        Contribution(f"c{i}", names[i % 30], c.ContributionKind.CASH, f"Given {i}", 1000 + i, c.Certainty.CONFIRMED)
        for i in range(300)
    )
    expectations = tuple(
        Expectation(
            f"e{i}",
            names[i % 30],
            c.ExpectationKind.FUNDING_SHARE,
            f"Wish {i}",
            c.Strength.MUST,
            met_by=(MetBy(c.MetByType.CONTRIBUTION, f"c{i}"),),
        )
        for i in range(300)
    )
    lines = tuple(
        BudgetLine(f"l{i}", names[i % 30], f"k{i % 9}", 1 + i % 3, c.BudgetSource.REQUESTED, 100 + i, lot_id="lot-1")
        for i in range(2000)
    )
    statements = tuple(Statement(n, c.StatementKey.NON_COLLUSION, "none") for n in names[:-1])
    return all_final(
        replace(
            base,
            partners=partners,
            contributions=contributions,
            expectations=expectations,
            budget_lines=lines,
            statements=statements,
        )
    )


def test_a_large_bid_is_judged_in_a_moment() -> None:
    bid, reader = large(), Reader(ReaderKind.PARTNER, frozenset({"p03"}))
    assert {"must-unmet", "statement-missing"} & {b.code for b in readiness.judge(bid, reader, NOW)}
    assert beside(lambda: readiness.judge(bid, reader, NOW)) < 6
