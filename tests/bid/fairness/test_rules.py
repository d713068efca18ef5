"""The seven fairness checks: each at, under and over its threshold, and what each reader is shown."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.fairness.rules import Audience, CheckReader, Finding, Thresholds, run_checks, shown_to
from app.bid.fairness.rules.aims_and_voice import says_no
from app.bid.value import (
    Asset,
    BudgetLine,
    Comment,
    Contribution,
    Decision,
    ExitPlan,
    HonestyRound,
    KnowledgeTerm,
    Opportunity,
    Partner,
    Proposal,
    Section,
    Structure,
    Vote,
)
from app.platform.words.codes import (
    BudgetSource,
    Certainty,
    CheckState,
    ContributionKind,
    DecisionStatus,
    FairnessCode,
    LegalForm,
    Liability,
    Matter,
    PartnerRole,
    PartnerStatus,
    ProposalStatus,
    RoundStatus,
    SectionState,
    SizeBand,
    VatBasis,
)
from tests import ROOT
from tests.bid.values import all_shown
from tests.growth import beside

OK, ATTENTION, SERIOUS = CheckState.OK, CheckState.ATTENTION, CheckState.SERIOUS
POUND = 100

CALL = Opportunity(
    id="call", organisation_id="council", buyer_name="Council", title="Youth work", regime="pa2023",
    ceiling_vat=VatBasis.EXCLUDED, submission_deadline=datetime(2027, 1, 1, tzinfo=UTC), open_for_bids=True,
)  # fmt: skip

LEAD = Partner(
    "lead", "o-lead", "Big Lead", PartnerRole.LEAD, PartnerStatus.ACCEPTED, legal_form=LegalForm.CHARITY,
    size_band=SizeBand.LARGE, annual_income=5_000_000 * POUND, unrestricted_reserves=2_000_000 * POUND,
)  # fmt: skip
YOUTH = Partner(
    "youth", "o-youth", "Youth Club", PartnerRole.MEMBER, PartnerStatus.ACCEPTED, legal_form=LegalForm.CIO,
    size_band=SizeBand.SMALL, annual_income=80_000 * POUND, unrestricted_reserves=40_000 * POUND,
    aims_statement_markdown="It reaches the young people that we were founded for.",
)  # fmt: skip
BASE = Proposal(
    "p", "T", ProposalStatus.DRAFT, "en", "GBP", 1, 1, CALL, partners=(LEAD, YOUTH),
    honesty_round=HonestyRound(RoundStatus.REVEALED),
)  # fmt: skip


def line(partner: str, pounds: int, year: int = 1, full_cost: int | None = None, name: str = "") -> BudgetLine:
    return BudgetLine(
        f"{partner}-{year}-{pounds}-{name}", partner, "staff", year, BudgetSource.REQUESTED, pounds * POUND,
        full_cost=None if full_cost is None else full_cost * POUND,
    )  # fmt: skip


def found(
    proposal: Proposal, code: FairnessCode, partner: str | None = None, limits: Thresholds | None = None
) -> list[Finding]:
    return [
        finding
        for finding in run_checks(all_shown(proposal), limits or Thresholds())
        if finding.code is code and (partner is None or finding.partner_id == partner)
    ]


def worst(proposal: Proposal, code: FairnessCode, partner: str | None = None) -> CheckState:
    """As the partner itself is told: by its own figures."""
    return worst_of(found(proposal, code, partner))


def worst_of(findings: Iterable[Finding]) -> CheckState:
    order = [OK, ATTENTION, SERIOUS]
    return max((finding.state for finding in findings), key=order.index, default=OK)


def told_to_others(proposal: Proposal, code: FairnessCode, partner: str) -> CheckState:
    """As everybody but the partner is told."""
    return worst_of(f for f in found(proposal, code, partner) if f.audience is not Audience.OWNER_ALONE)


def with_youth(**changes: object) -> Proposal:
    return replace(BASE, partners=(LEAD, replace(YOUTH, **changes)))  # type: ignore[arg-type]


# founding aims


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, OK),
        ({"aims_statement_markdown": " \n"}, ATTENTION),
        ({"aims_statement_markdown": "This bid does not serve our founding aims."}, SERIOUS),
        ({"serves_aims": False}, SERIOUS),
        ({"aims_statement_markdown": "", "size_band": SizeBand.MICRO}, ATTENTION),
        ({"aims_statement_markdown": "", "size_band": SizeBand.MEDIUM}, OK),
        ({"aims_statement_markdown": "", "size_band": None, "annual_income": 99_999_99}, ATTENTION),
        ({"aims_statement_markdown": "", "size_band": None, "annual_income": 100_000_00}, OK),
        ({"aims_statement_markdown": "", "status": PartnerStatus.INVITED}, OK),
    ],
)
def test_a_small_partner_says_how_the_bid_serves_its_founding_aims(
    changes: dict[str, object], state: CheckState
) -> None:
    assert worst(with_youth(**changes), FairnessCode.FOUNDING_AIMS, "youth") is state


@pytest.mark.parametrize(
    ("words", "no"),
    [
        ("No.", True),
        ("This doesn't further our charitable objects.", True),
        ("It is contrary to our founding purposes.", True),
        ("It takes us away from our mission.", True),
        ("It is not in line with what we are here for.", True),
        ("Nid yw hyn yn rhan o'n nodau.", True),
        ("It does not only serve our aims, it deepens them.", False),
        ("No other bid would serve our aims so well.", False),
        ("It helps young people who do not go to school, as our objects ask.", False),
        ("We were founded against poverty, and this is that work.", False),
    ],
)
def test_a_no_is_read_from_a_partners_own_words(words: str, no: bool) -> None:
    assert says_no(words) is no


def test_a_partners_own_yes_goes_before_the_reading_of_its_words() -> None:
    assert worst(with_youth(aims_statement_markdown="No.", serves_aims=True), FairnessCode.FOUNDING_AIMS) is OK


# dependency


@pytest.mark.parametrize(
    ("pounds", "state"),
    [(19_999, OK), (20_000, ATTENTION), (39_999, ATTENTION), (40_000, SERIOUS), (100_000, SERIOUS)],
)
def test_dependency_is_the_best_years_income_against_a_years_income(pounds: int, state: CheckState) -> None:
    proposal = replace(BASE, budget_lines=(line("youth", pounds, 2), line("youth", 10, 1), line("lead", pounds)))
    assert worst(proposal, FairnessCode.DEPENDENCY, "youth") is state


@pytest.mark.parametrize(
    ("pounds", "state"), [(24_999, OK), (25_000, ATTENTION), (49_999, ATTENTION), (50_000, SERIOUS), (90_000, SERIOUS)]
)
def test_others_are_told_of_dependency_by_the_most_that_the_stated_size_band_allows(
    pounds: int, state: CheckState
) -> None:
    for income in (None, 0, 80_000 * POUND, 99_999 * POUND):
        proposal = replace(with_youth(annual_income=income), budget_lines=(line("youth", pounds), line("lead", 10)))
        assert told_to_others(proposal, FairnessCode.DEPENDENCY, "youth") is state
        nothing_said = replace(with_youth(annual_income=income, size_band=None), budget_lines=proposal.budget_lines)
        assert told_to_others(nothing_said, FairnessCode.DEPENDENCY, "youth") is OK


def test_without_an_income_the_size_band_gives_the_most_it_could_be() -> None:
    proposal = replace(with_youth(annual_income=None), budget_lines=(line("youth", 50_000), line("lead", 50_000)))
    (finding,) = found(proposal, FairnessCode.DEPENDENCY, "youth")
    assert (finding.state, finding.private_figures["estimated"]) == (SERIOUS, "yes")
    nothing_known = replace(with_youth(annual_income=None, size_band=None), budget_lines=proposal.budget_lines)
    assert found(nothing_known, FairnessCode.DEPENDENCY, "youth") == []


def test_a_partner_without_any_income_depends_wholly() -> None:
    proposal = replace(with_youth(annual_income=0), budget_lines=(line("youth", 1), line("lead", 1)))
    assert worst(proposal, FairnessCode.DEPENDENCY, "youth") is SERIOUS


@pytest.mark.parametrize(("pounds", "state"), [(599, OK), (600, ATTENTION), (799, ATTENTION), (800, SERIOUS)])
def test_the_leads_share_of_the_money_is_watched(pounds: int, state: CheckState) -> None:
    proposal = replace(BASE, budget_lines=(line("lead", pounds), line("youth", 1000 - pounds)))
    assert worst(proposal, FairnessCode.DEPENDENCY, "lead") is state


def test_match_money_and_what_is_in_kind_make_nobody_dependent() -> None:
    lines = tuple(replace(line("youth", 90_000), source=source) for source in BudgetSource if source != "requested")
    assert worst(replace(BASE, budget_lines=lines), FairnessCode.DEPENDENCY) is OK


# voice


def wrote(lead: int, youth: int) -> Section:
    return Section(
        "s", "summary", "Summary", SectionState.DRAFTING, True,
        characters_by_organisation={"o-lead": lead, "o-youth": youth},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("characters", "state"), [(500, OK), (250, OK), (249, ATTENTION), (125, ATTENTION), (124, SERIOUS), (0, SERIOUS)]
)
def test_voice_is_the_share_of_the_text_against_the_share_of_delivery(characters: int, state: CheckState) -> None:
    proposal = replace(
        BASE, budget_lines=(line("lead", 50), line("youth", 50)), sections=(wrote(1000 - characters, characters),)
    )
    assert worst(proposal, FairnessCode.VOICE, "youth") is state


def test_text_decisions_comments_and_declarations_weigh_the_same_and_silence_of_all_is_left_out() -> None:
    proposal = replace(BASE, budget_lines=(line("lead", 50), line("youth", 50)))
    assert found(proposal, FairnessCode.VOICE) == []
    proposal = replace(
        proposal,
        sections=(wrote(300, 100),),
        comments=(Comment("s", "o-lead"), Comment("s", "o-youth")),
        decisions=(
            Decision(
                "d",
                "T",
                Matter.OTHER,
                ("for", "against"),
                DecisionStatus.OPEN,
                "lead",
                None,
                None,
                (Vote("lead", "for"),),
            ),
        ),
        contributions=(
            Contribution("c", "youth", ContributionKind.STAFF_TIME, "Workers", 1, Certainty.CONFIRMED),
            Contribution("h", "lead", ContributionKind.STAFF_TIME, "Hidden", 1, Certainty.CONFIRMED, revealed=False),
        ),
    )
    (finding,) = found(proposal, FairnessCode.VOICE, "youth")
    assert {k: Decimal(v) for k, v in finding.figures.items()} == {
        "delivery_share": Decimal("0.5"),
        "voice_share": Decimal("0.4375"),
        "ratio": Decimal("0.875"),
        "text_share": Decimal("0.25"),
        "decisions_share": Decimal(0),
        "comments_share": Decimal("0.5"),
        "declarations_share": Decimal(1),
    }


@pytest.mark.parametrize(("written", "share", "state"), [(499, 10, OK), (500, 9, OK), (500, 10, ATTENTION)])
def test_a_partner_that_delivers_and_wrote_no_word_is_named(written: int, share: int, state: CheckState) -> None:
    proposal = replace(
        BASE,
        budget_lines=(line("lead", 100 - share), line("youth", share)),
        sections=(wrote(written, 0),),
        comments=(Comment("s", "o-youth"),),
    )
    assert worst(proposal, FairnessCode.VOICE, "youth") is state


def test_a_vote_cast_by_a_proxy_is_nobodys_own_voice() -> None:
    vote = Vote("youth", "for", cast_by_partner_id="lead")
    decision = Decision("d", "T", Matter.OTHER, ("for", "against"), DecisionStatus.OPEN, "lead", None, None, (vote,))
    (finding,) = found(replace(BASE, decisions=(decision,)), FairnessCode.VOICE, "youth")
    assert finding.figures["decisions_share"] == "0.0000"


# sustainability


@pytest.mark.parametrize(
    ("plan", "words", "state"),
    [
        (ExitPlan(), 0, SERIOUS),
        (ExitPlan(plan_markdown="We hand over."), 0, ATTENTION),
        (ExitPlan(what_remains_markdown="A trained team."), 0, ATTENTION),
        (ExitPlan(), 10, ATTENTION),
        (ExitPlan("We hand over.", "A trained team."), 0, OK),
        (ExitPlan(what_remains_markdown="A trained team."), 10, OK),
    ],
)
def test_there_is_a_plan_for_when_the_money_ends(plan: ExitPlan, words: int, state: CheckState) -> None:
    section = Section("s", "exit_and_sustainability", "Exit", SectionState.DRAFTING, True)
    section = replace(section, counts=replace(section.counts, words=words))
    assert worst(replace(BASE, exit_plan=plan, sections=(section,)), FairnessCode.SUSTAINABILITY) is state


@pytest.mark.parametrize(
    ("reserves", "state"), [(20_000_00, OK), (19_999_99, ATTENTION), (10_000_00, ATTENTION), (9_999_99, SERIOUS)]
)
def test_reserves_are_counted_in_months_of_income(reserves: int, state: CheckState) -> None:
    """Three months of £80,000 are £20,000; one month is £6,666.67, so £120,000 a year is used for round figures."""
    proposal = replace(
        with_youth(annual_income=80_000_00 if reserves > 15_000_00 else 120_000_00, unrestricted_reserves=reserves),
        budget_lines=(line("youth", 10),),
        exit_plan=ExitPlan("a", "b"),
    )
    assert worst(proposal, FairnessCode.SUSTAINABILITY, "youth") is state


@pytest.mark.parametrize(("cost", "state"), [(900, OK), (901, ATTENTION), (1000, ATTENTION), (1001, SERIOUS)])
def test_full_costs_are_recovered(cost: int, state: CheckState) -> None:
    proposal = replace(BASE, budget_lines=(line("youth", 900, full_cost=cost),), exit_plan=ExitPlan("a", "b"))
    assert worst(proposal, FairnessCode.SUSTAINABILITY, "youth") is state
    assert worst(proposal, FairnessCode.PAYMENT, "youth") is (OK if cost == 900 else ATTENTION)


# knowledge and assets


@pytest.mark.parametrize(
    ("owners", "in_return", "state"),
    [
        (("youth", "youth", "youth"), "", OK),
        (("youth", "youth", None), "", ATTENTION),
        ((None, "youth", "youth"), "", ATTENTION),
        (("youth", "lead", "lead"), "", SERIOUS),
        (("youth", "lead", "lead"), "A licence for ever", OK),
        (("youth", None, "lead"), "", SERIOUS),
        (("lead", "youth", "youth"), "", OK),
    ],
)
def test_assets_do_not_pass_up_for_nothing(owners: tuple[str | None, ...], in_return: str, state: CheckState) -> None:
    now, during, after = owners
    proposal = replace(BASE, assets=(Asset("a", "Toolkit", True, now, during, after, in_return),))
    assert worst(proposal, FairnessCode.KNOWLEDGE_AND_ASSETS) is state


def test_an_empty_register_is_unclear_and_a_lone_partner_needs_none() -> None:
    assert worst(BASE, FairnessCode.KNOWLEDGE_AND_ASSETS) is ATTENTION
    assert worst(replace(BASE, partners=(LEAD,)), FairnessCode.KNOWLEDGE_AND_ASSETS) is OK


@pytest.mark.parametrize(
    ("ways", "state"),
    [
        ((("youth", "lead"),), SERIOUS),
        ((("lead", "youth"),), ATTENTION),
        ((("lead", "youth"), ("youth", "lead")), OK),
        ((), OK),
    ],
)
def test_learning_goes_both_ways(ways: tuple[tuple[str, str], ...], state: CheckState) -> None:
    terms = tuple(KnowledgeTerm(f"k{n}", giver, taker, "Outreach") for n, (giver, taker) in enumerate(ways))
    assets = (Asset("a", "Van", False, "lead", "lead", "lead"),)
    assert worst(replace(BASE, assets=assets, knowledge_terms=terms), FairnessCode.KNOWLEDGE_AND_ASSETS) is state


# payment


@pytest.mark.parametrize(
    ("regime", "days", "state"),
    [
        ("pa2023", 30, OK),
        ("pa2023", 31, SERIOUS),
        ("pa2023_wales", 31, SERIOUS),
        ("grant", 30, OK),
        ("grant", 31, ATTENTION),
        ("psr", 90, ATTENTION),
    ],
)
def test_partners_paid_through_another_are_not_paid_late(regime: str, days: int, state: CheckState) -> None:
    structure = Structure(paid=("lead",), payment_days=days)
    proposal = replace(BASE, opportunity=replace(CALL, regime=regime), structure=structure)
    assert worst(proposal, FairnessCode.PAYMENT) is state


@pytest.mark.parametrize(
    ("structure", "state"),
    [
        (Structure(), OK),
        (Structure(paid=("lead",)), ATTENTION),
        (Structure(paid=("lead",), payment_days=14), OK),
        (Structure(paid=("lead",), payment_days=14, payment_in_arrears=True), SERIOUS),
        (Structure(paid=("lead",), payment_days=14, payment_in_arrears=False), OK),
        (Structure(paid=("lead", "youth"), payment_days=90, payment_in_arrears=True), OK),
    ],
)
def test_a_small_partner_is_not_paid_in_arrears_or_nobody_knows_when(structure: Structure, state: CheckState) -> None:
    assert worst(replace(BASE, structure=structure), FairnessCode.PAYMENT) is state
    larger = replace(with_youth(size_band=SizeBand.MEDIUM), structure=structure)
    assert worst(larger, FairnessCode.PAYMENT) is OK


# liability


@pytest.mark.parametrize(
    ("total", "state"), [(40_000, OK), (40_001, ATTENTION), (80_000, ATTENTION), (80_001, SERIOUS)]
)
def test_joint_liability_is_weighed_against_reserves_and_income(total: int, state: CheckState) -> None:
    structure = Structure(liability=Liability.JOINT_AND_SEVERAL, contracting=("lead", "youth"))
    proposal = replace(BASE, structure=structure, budget_lines=(line("lead", total - 100), line("youth", 100)))
    assert worst(proposal, FairnessCode.LIABILITY, "youth") is state
    several = replace(proposal, structure=replace(structure, liability=Liability.SEVERAL))
    assert worst(several, FairnessCode.LIABILITY, "youth") is OK


@pytest.mark.parametrize(("total", "state"), [(40_001, OK), (99_999, OK), (100_000, OK), (100_001, SERIOUS)])
def test_others_are_told_of_joint_liability_by_the_stated_size_band_alone(total: int, state: CheckState) -> None:
    structure = Structure(liability=Liability.JOINT_AND_SEVERAL, contracting=("lead", "youth"))
    lines = (line("lead", total - 100), line("youth", 100))
    for reserves, income in ((None, None), (0, 0), (40_000_00, 80_000_00), (10**12, 10**12)):
        there = with_youth(unrestricted_reserves=reserves, annual_income=income)
        proposal = replace(there, structure=structure, budget_lines=lines)
        assert told_to_others(proposal, FairnessCode.LIABILITY, "youth") is state
        unsaid = replace(proposal, partners=(LEAD, replace(there.partners[1], size_band=None)))
        assert told_to_others(unsaid, FairnessCode.LIABILITY, "youth") is OK


@pytest.mark.parametrize(
    ("structure", "state"),
    [
        (Structure(liability=Liability.CONTRACTOR, contracting=("lead",)), OK),
        (Structure(liability=Liability.SEVERAL, contracting=("lead", "youth")), SERIOUS),
        (Structure(liability=Liability.JOINT_AND_SEVERAL), SERIOUS),
        (Structure(liability=Liability.JOINT_AND_SEVERAL, contracting=("lead",)), OK),
    ],
)
def test_a_group_without_legal_personality_is_not_bound(structure: Structure, state: CheckState) -> None:
    proposal = replace(with_youth(legal_form=LegalForm.UNINCORPORATED), structure=structure)
    assert worst(proposal, FairnessCode.LIABILITY, "youth") is state


# readers

HARMED = all_shown(
    replace(
        with_youth(aims_statement_markdown="No.", unrestricted_reserves=100_00),
        structure=Structure(liability=Liability.JOINT_AND_SEVERAL, contracting=("lead", "youth"), paid=("lead",)),
        budget_lines=(line("youth", 70_000, full_cost=90_000), line("lead", 400_000)),
        sections=(wrote(5000, 0),),
    )
)
LEAD_READS, YOUTH_READS = CheckReader(frozenset({"lead"})), CheckReader(frozenset({"youth"}))
FACILITATOR = CheckReader(is_facilitator=True)


def text_of(findings: tuple[Finding, ...]) -> str:
    return "\n".join(
        f"{f.code} {f.state} {f.sentence} {f.explained} {f.mend} {f.partner_id} {dict(f.figures)} "
        f"{dict(f.private_figures)}"
        for f in findings
    )


def test_every_reader_gets_every_code_in_order() -> None:
    for reader in (LEAD_READS, YOUTH_READS, FACILITATOR, CheckReader(), CheckReader(sees_others=False)):
        for proposal in (BASE, HARMED):
            codes = list(dict.fromkeys(f.code for f in shown_to(run_checks(proposal), reader)))
            assert codes == list(FairnessCode)


def test_figures_about_a_partner_go_to_it_and_the_facilitator_and_others_get_state_and_sentence() -> None:
    findings = run_checks(HARMED)
    others = [f for f in shown_to(findings, LEAD_READS) if f.partner_id == "youth"]
    assert {f.code for f in others} >= {FairnessCode.DEPENDENCY, FairnessCode.VOICE, FairnessCode.LIABILITY}
    assert all(not f.figures and not f.private_figures and not f.explained for f in others)
    assert not any(character.isdigit() for f in others for character in f.sentence + f.mend)
    mine = [f for f in shown_to(findings, YOUTH_READS) if f.partner_id == "youth"]
    shares = [f.private_figures["income_share"] for f in mine if f.code is FairnessCode.DEPENDENCY]
    assert shares == ["0.7000", "0.8750"], "by its band, as everybody can, and by its own income"
    assert any("88 %" in f.sentence for f in mine)
    for facilitated in shown_to(findings, FACILITATOR):
        assert not facilitated.private_figures
        assert not facilitated.explained
        assert not {"income_share", "exposure_to_income", "reserves_months"} & facilitated.figures.keys()
    assert any(f.figures.get("ratio") for f in shown_to(findings, FACILITATOR))


def test_proposals_that_differ_only_in_private_lines_look_the_same_to_everybody_else() -> None:
    split = replace(
        HARMED,
        budget_lines=(line("youth", 30_000, name="a"), line("youth", 40_000, name="b"), line("lead", 400_000)),
    )
    for reader in (LEAD_READS, FACILITATOR):
        for there in (split, all_shown(split)):
            assert text_of(shown_to(run_checks(HARMED), reader)) == text_of(shown_to(run_checks(there), reader))
    assert text_of(shown_to(run_checks(HARMED), YOUTH_READS)) != text_of(shown_to(run_checks(split), YOUTH_READS))


def test_the_income_of_a_partner_that_named_no_size_tells_nobody_else_how_large_it_is() -> None:
    small, large = (
        with_youth(size_band=None, annual_income=income, aims_statement_markdown="", serves_aims=None)
        for income in (99_999_99, 100_000_00)
    )
    for reader in (LEAD_READS, FACILITATOR):
        assert text_of(shown_to(run_checks(small), reader)) == text_of(shown_to(run_checks(large), reader))
    assert text_of(shown_to(run_checks(small), YOUTH_READS)) != text_of(shown_to(run_checks(large), YOUTH_READS))


@given(
    st.integers(0, 200_000),
    st.integers(0, 200_000),
    st.integers(0, 200_000),
    st.integers(0, 200_000),
    st.none() | st.sampled_from(list(SizeBand)),
    st.lists(st.integers(0, 300_000), min_size=1, max_size=3),
    st.integers(0, 300_000),
)
def test_no_move_of_a_rivals_own_lines_feels_for_income_reserves_or_unshown_lines(
    income: int,
    other_income: int,
    reserves: int,
    other_reserves: int,
    band: SizeBand | None,
    own: list[int],
    unshown: int,
) -> None:
    """Whatever the lead puts into its own lines and shows, it and the facilitator are told the same in both worlds."""
    hidden = {"annual_income": income * POUND, "unrestricted_reserves": reserves * POUND}
    others = {"annual_income": other_income * POUND, "unrestricted_reserves": other_reserves * POUND}
    for pounds in own:
        texts = []
        for secrets, now in ((hidden, 70_000), (others, unshown)):
            there = replace(HARMED, partners=(LEAD, replace(YOUTH, size_band=band, **secrets)))
            moved = all_shown(replace(there, budget_lines=(line("youth", 70_000), line("lead", pounds))))
            moved = replace(moved, budget_lines=(line("youth", now), line("lead", pounds)))
            texts.append([text_of(shown_to(run_checks(moved), reader)) for reader in (LEAD_READS, FACILITATOR)])
        assert texts[0] == texts[1]


def test_before_the_reveal_nothing_that_others_declared_can_be_told() -> None:
    hidden = replace(
        HARMED,
        honesty_round=HonestyRound(),
        budget_lines=tuple(replace(one, revealed=False) for one in HARMED.budget_lines),
    )
    without = replace(hidden, budget_lines=(), shown_budgets=(), sections=())
    for reader in (replace(LEAD_READS, sees_others=False), replace(FACILITATOR, sees_others=False)):
        assert text_of(shown_to(run_checks(hidden), reader)) == text_of(shown_to(run_checks(without), reader))
    late_joiner = replace(LEAD_READS, sees_others=False)
    assert text_of(shown_to(run_checks(HARMED), late_joiner)) == text_of(shown_to(run_checks(without), late_joiner))


def test_every_finding_that_is_not_well_says_what_would_mend_it_and_where_to_look() -> None:
    for finding in run_checks(HARMED):
        if finding.state is not OK:
            assert finding.mend.endswith(".")
            assert finding.evidence
        assert finding.sentence.endswith(".")
        assert finding.audience in Audience


def test_an_operator_may_set_other_thresholds() -> None:
    proposal = replace(BASE, budget_lines=(line("youth", 8_000), line("lead", 8_000)))
    strict = Thresholds(income_share_attention=Thresholds().income_share_attention / 10)
    assert found(proposal, FairnessCode.DEPENDENCY, "youth", strict)[0].state is ATTENTION
    assert found(proposal, FairnessCode.DEPENDENCY, "youth")[0].state is OK


def test_thirty_partners_with_two_thousand_lines_are_checked_in_a_moment() -> None:
    partners = (LEAD, *(replace(YOUTH, id=f"y{n}", organisation_id=f"oy{n}", name=f"Club {n}") for n in range(29)))
    ids = [one.id for one in partners]
    written = {one.organisation_id or "": 100 for one in partners}
    large = all_shown(
        replace(
            BASE,
            partners=partners,
            budget_lines=tuple(line(ids[n % 30], 10 + n, 1 + n % 5, 20 + n, str(n)) for n in range(2000)),
            contributions=tuple(
                Contribution(f"c{n}", ids[n % 30], ContributionKind.STAFF_TIME, "Workers", 1, Certainty.CONFIRMED)
                for n in range(600)
            ),
            sections=tuple(replace(wrote(0, 0), id=f"s{n}", characters_by_organisation=written) for n in range(40)),
            comments=tuple(Comment("s", one.organisation_id or "") for one in partners for _ in range(50)),
            structure=Structure(liability=Liability.JOINT_AND_SEVERAL, paid=("lead",)),
        )
    )
    assert beside(lambda: shown_to(run_checks(large), FACILITATOR)) < 6


def test_what_a_partner_writes_of_its_aims_is_looked_at_in_no_time_whatever_it_is() -> None:
    for statement in ("a" + "\n" * 100_000 + "a", " " * 100_000, "no" + " " * 99_000 + "x", "This our " * 11_000):
        hostile = replace(BASE, partners=(LEAD, replace(YOUTH, aims_statement_markdown=statement)))
        assert beside(lambda hostile=hostile: run_checks(hostile)) < 6  # type: ignore[misc]


def test_the_page_for_trustees_states_the_thresholds_that_the_checks_use() -> None:
    page = (ROOT / "docs" / "fairness.md").read_text()
    limits = Thresholds()
    for low, high in (
        (limits.income_share_attention, limits.income_share_serious),
        (limits.lead_share_attention, limits.lead_share_serious),
    ):
        assert f"| {low * 100} % | {high * 100} % |" in page
    assert (limits.voice_attention, limits.voice_serious) == (Fraction(1, 2), Fraction(1, 4))
    assert "under a half" in page and "under a quarter" in page
    assert f"under {limits.reserves_months_attention} | under {limits.reserves_months_serious} |" in page
    assert f"| over {limits.full_cost_gap_serious * 100} % |" in page
    assert f"more than {limits.payment_days_attention} days" in page
    assert set(limits.statutory_payment_days.values()) == {30} and "that is 30 days (section 73" in page
