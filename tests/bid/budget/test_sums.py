"""Lines, sums, ceilings and cover: what a trustee could check with a pencil."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.budget.rules.blockers import budget_blockers
from app.bid.budget.rules.figures import amounts, by_source, cover, figures, whole_bid
from app.bid.budget.rules.lines import line_faults, vat_of
from app.bid.budget.rules.shown import without_those_who_left
from app.bid.budget.rules.views import budget_view
from app.bid.value import (
    BudgetLine,
    ConsortiumRules,
    Contribution,
    HonestyRound,
    Lot,
    Opportunity,
    Partner,
    Proposal,
    Route,
)
from app.bid.value.reader import Reader, ReaderKind
from app.platform.words.codes import (
    BudgetSource,
    CeilingState,
    Certainty,
    ContributionKind,
    OpportunityMode,
    PartnerRole,
    PartnerStatus,
    PriceDetail,
    ProposalStatus,
    RoundStatus,
    VatBasis,
    VatTreatment,
)
from tests.bid.values import NOW, all_final, all_shown

LEAD, YOUTH, FAMILY = "lead", "youth", "family"


def opportunity(*lots: Lot, ceiling: int | None = None, vat: VatBasis = VatBasis.EXCLUDED) -> Opportunity:
    return Opportunity(
        id="call", organisation_id="council", buyer_name="Council", title="Early help", ocid=None,
        mode=OpportunityMode.SEALED, regime="pa2023", price_detail=PriceDetail.TOTALS,
        lots=lots or (Lot("lot", "1", "Early help", None, VatBasis.EXCLUDED),), questions=(), budget_ceiling=ceiling,
        ceiling_vat=vat, currency="GBP", required_sections=(), required_statements=(),
        consortium_rules=ConsortiumRules(), route=Route(),
        submission_deadline=datetime(2027, 3, 1, 12, tzinfo=UTC), time_zone="Europe/London", amendment=0,
        open_for_bids=True,
    )  # fmt: skip


def proposal(*lines: BudgetLine, call: Opportunity | None = None, gives: tuple[Contribution, ...] = ()) -> Proposal:
    call = call or opportunity()
    there = Proposal(
        id="bid", title="Early help together", status=ProposalStatus.DRAFT, language="en", currency="GBP", revision=1,
        version=1, opportunity=call, lot_ids=tuple(lot.id for lot in call.lots),
        partners=(
            Partner(LEAD, "o1", "Lead", PartnerRole.LEAD, PartnerStatus.ACCEPTED, must_file=False),
            Partner(YOUTH, "o2", "Youth", PartnerRole.MEMBER, PartnerStatus.ACCEPTED, must_file=False),
            Partner(FAMILY, "o3", "Family", PartnerRole.MEMBER, PartnerStatus.ACCEPTED, must_file=False),
        ),
        honesty_round=HonestyRound(RoundStatus.REVEALED), budget_lines=lines, contributions=gives,
    )  # fmt: skip
    return all_shown(there)


def line(id: str = "line", partner: str = YOUTH, amount: int = 100_00, **more: object) -> BudgetLine:
    fields = {"category": "staff", "year": 1, "source": BudgetSource.REQUESTED} | more
    return BudgetLine(id=id, partner_id=partner, amount=amount, **fields)  # type: ignore[arg-type]


def partner(*ids: str) -> Reader:
    return Reader(ReaderKind.PARTNER, frozenset(ids))


def codes(faulty: BudgetLine, call: Opportunity | None = None) -> set[tuple[str, str]]:
    return {(fault.pointer, fault.code) for fault in line_faults(faulty, proposal(call=call))}


def test_a_plain_line_is_right() -> None:
    assert line_faults(line(lot_id="lot", vat_treatment=VatTreatment.STANDARD, vat_amount=20_00), proposal()) == ()


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"amount": -1}, "/amount", "amount"),
        ({"amount": 10**30}, "/amount", "amount"),
        ({"category": "  "}, "/category", "missing"),
        ({"category": "x" * 101}, "/category", "too-long"),
        ({"description": "a\x00b"}, "/description", "control-characters"),
        ({"description": "a\ud800b"}, "/description", "control-characters"),
        ({"year": 0}, "/year", "year-outside-the-bid"),
        ({"year": 1999}, "/year", "year-outside-the-bid"),
        ({"year": 2058}, "/year", "year-outside-the-bid"),
        ({"lot_id": "another"}, "/lot_id", "lot-not-in-the-bid"),
        ({"vat_amount": 1}, "/vat_amount", "vat-does-not-follow"),
        ({"vat_amount": -1}, "/vat_amount", "amount"),
        ({"vat_treatment": VatTreatment.STANDARD}, "/vat_amount", "vat-does-not-follow"),
        ({"vat_treatment": VatTreatment.EXEMPT, "vat_amount": 20_00}, "/vat_amount", "vat-does-not-follow"),
        ({"visible_to": (YOUTH,)}, "/visible_to", "own-partner"),
        ({"visible_to": (LEAD, LEAD)}, "/visible_to", "named-twice"),
        ({"full_cost": 99_99}, "/full_cost", "full-cost"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_where_it_is(change: dict[str, object], pointer: str, code: str) -> None:
    assert (pointer, code) in codes(replace(line(), **change))  # type: ignore[arg-type]


def test_vat_may_be_rounded_to_either_neighbouring_penny_and_no_further() -> None:
    odd = line(amount=33, vat_treatment=VatTreatment.STANDARD)  # 6.6 pence
    assert [pennies for pennies in range(12) if not codes(replace(odd, vat_amount=pennies))] == [6, 7]
    assert vat_of(33, VatTreatment.STANDARD, "GBP") == 7
    assert vat_of(100, VatTreatment.REDUCED, "GBP") == 5
    assert vat_of(100, VatTreatment.STANDARD, "EUR") is None


def test_money_and_what_is_in_kind_are_never_added_together() -> None:
    in_kind = line("b", amount=50_00, source=BudgetSource.IN_KIND)
    found = amounts([line("a"), in_kind, line("c", source=BudgetSource.MATCH)])
    assert (found.total, found.in_kind) == (200_00, 50_00)
    assert (found.requested, found.other) == (100_00, 100_00)


lines_of_a_bid = st.lists(
    st.builds(
        BudgetLine,
        id=st.uuids().map(str),
        partner_id=st.sampled_from([LEAD, YOUTH, FAMILY]),
        category=st.sampled_from(["staff", "rent", "Travel", "overheads"]),
        year=st.integers(1, 3),
        source=st.sampled_from(list(BudgetSource)),
        amount=st.integers(0, 10**15 - 1),
        lot_id=st.sampled_from([None, "l1", "l2"]),
        description=st.text(max_size=5),
        vat_amount=st.integers(0, 100),
        visible_to=st.lists(st.sampled_from([LEAD, YOUTH, FAMILY]), unique=True, max_size=2).map(tuple),
    ),
    max_size=12,
)


@given(lines_of_a_bid)
def test_every_axis_adds_up_to_the_same_total(lines: list[BudgetLine]) -> None:
    total, whole = figures(proposal(*lines)).total, whole_bid(proposal(*lines))
    assert whole is not None
    assert total == amounts(lines)
    assert sum(whole.by_source.values()) == total.total + total.in_kind
    assert whole.by_source == by_source(lines)
    assert sum(share.amounts.total for share in whole.by_lot) == total.total == whole.money


@given(lines_of_a_bid, st.randoms())
def test_the_order_of_the_lines_changes_nothing(lines: list[BudgetLine], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert amounts(shuffled) == amounts(lines)
    assert budget_view(proposal(*shuffled), partner(LEAD)) == budget_view(proposal(*lines), partner(LEAD))


@given(lines_of_a_bid, st.sampled_from([LEAD, YOUTH, FAMILY]))
def test_what_a_reader_sees_adds_up_on_every_axis(lines: list[BudgetLine], reader: str) -> None:
    view = budget_view(proposal(*lines), partner(reader))
    assert view.total is not None
    for rows in (view.by_lot, view.by_category):
        assert sum(share.amounts.total for share in rows) == view.whole
        assert sum(share.amounts.in_kind for share in rows) == view.total.in_kind
        assert all(share.amounts.requested >= 0 for share in rows)
    assert sum(amount.total for _, amount in view.by_year) == view.whole
    assert sum(each.total.total for each in view.by_partner) == view.whole
    assert sum(amount for source, amount in view.by_source if source is not BudgetSource.IN_KIND) == view.whole


def test_lines_of_a_partner_that_left_or_has_not_filed_do_not_count() -> None:
    bid = proposal(line("a"), line("b", LEAD), line("c", FAMILY, revealed=False))
    left = tuple(replace(p, status=PartnerStatus.WITHDRAWN) if p.id == YOUTH else p for p in bid.partners)
    view = budget_view(replace(bid, partners=left), partner(LEAD))
    assert view.whole == 100_00
    assert [each.partner_id for each in view.by_partner if each.years] == [LEAD]


def ceilings(bid: Proposal, reader: Reader) -> list[tuple[str | None, CeilingState, int | None]]:
    return [(check.lot_id, check.state, check.asked) for check in budget_view(bid, reader).ceilings]


def test_the_ceiling_is_compared_with_what_is_asked_for_and_nothing_else() -> None:
    call = opportunity(ceiling=250_00)
    at_it = proposal(line("a", amount=250_00), line("b", LEAD, source=BudgetSource.MATCH, amount=900_00), call=call)
    assert ceilings(at_it, partner(LEAD)) == [(None, CeilingState.WITHIN, 250_00)]
    over = proposal(line("a", amount=250_01), call=call)
    assert ceilings(over, partner(LEAD)) == [(None, CeilingState.OVER, 250_01)]
    [blocker] = budget_blockers(all_final(over), partner(LEAD))
    assert (blocker.code, blocker.pointer) == ("over-ceiling", "/budget")
    assert "by GBP 0.01" in blocker.detail


def test_a_ceiling_that_includes_vat_is_compared_with_the_price_that_includes_it() -> None:
    call = opportunity(ceiling=110_00, vat=VatBasis.INCLUDED)
    bid = proposal(line(vat_treatment=VatTreatment.STANDARD, vat_amount=20_00), call=call)
    assert ceilings(bid, partner(LEAD)) == [(None, CeilingState.OVER, 120_00)]


def test_net_is_never_compared_with_a_ceiling_whose_basis_nobody_knows() -> None:
    bid = proposal(line(amount=999_00), call=opportunity(ceiling=1, vat=VatBasis.UNKNOWN))
    assert ceilings(bid, partner(YOUTH)) == [(None, CeilingState.BASIS_UNKNOWN, None)]
    assert budget_blockers(all_final(bid), partner(YOUTH)) == ()


TWO_LOTS = (Lot("l1", "1", "North", 300_00, VatBasis.EXCLUDED), Lot("l2", "2", "South", 300_00, VatBasis.EXCLUDED))


def test_the_only_lot_of_a_bid_takes_all_that_is_asked_for() -> None:
    call = opportunity(*TWO_LOTS)
    bid = replace(proposal(line("a", amount=200_00), line("b", LEAD, 101_00), call=call), lot_ids=("l1",))
    assert ceilings(bid, partner(FAMILY)) == [("l1", CeilingState.OVER, 301_00)]


def test_one_lot_of_several_is_judged_by_ones_own_lines_and_the_others_part_of_what_was_taken_of_all_at_once() -> None:
    call = opportunity(*TWO_LOTS)
    own = line("a", LEAD, 200_00, lot_id="l1")
    hidden = line("b", YOUTH, 150_00, lot_id="l1")
    bid = proposal(own, hidden, call=call)
    for reader in (LEAD, YOUTH, FAMILY):
        assert ceilings(bid, partner(reader)) == [("l1", CeilingState.OVER, 350_00), ("l2", CeilingState.WITHIN, 0)]
        assert [fault.pointer for fault in budget_blockers(all_final(bid), partner(reader))] == ["/lots/l1"]
    moved = replace(bid, budget_lines=(replace(own, amount=100_00), replace(hidden, lot_id="l2")))
    assert ceilings(moved, partner(LEAD)) == [("l1", CeilingState.WITHIN, 250_00), ("l2", CeilingState.WITHIN, 0)]
    assert ceilings(moved, partner(YOUTH)) == [("l1", CeilingState.WITHIN, 200_00), ("l2", CeilingState.WITHIN, 150_00)]


def test_after_a_partner_left_nobody_can_tell_until_the_sums_are_taken_again() -> None:
    call = opportunity(*TWO_LOTS, ceiling=900_00, vat=VatBasis.INCLUDED)
    bid = proposal(line("a", LEAD, 200_00, lot_id="l1"), line("b", YOUTH, 150_00, lot_id="l1"), call=call)
    gone = tuple(replace(p, status=PartnerStatus.WITHDRAWN) if p.id == YOUTH else p for p in bid.partners)
    left = without_those_who_left(replace(bid, partners=gone), NOW)
    assert {state for _, state, _ in ceilings(left, partner(LEAD))} == {CeilingState.NOT_DISCLOSED}
    view = budget_view(left, partner(LEAD))
    assert (view.by_lot, view.by_source, view.vat, view.cover, view.taken_at) == ((), (), None, (), None)
    assert budget_view(left, Reader(ReaderKind.FACILITATOR)).whole is None
    assert budget_view(without_those_who_left(all_final(left), NOW), partner(FAMILY)).by_lot != ()


def gift(kind: ContributionKind, value: int, certainty: Certainty = Certainty.CONFIRMED) -> Contribution:
    return Contribution(f"{kind}{value}", LEAD, kind, "Gift", value, certainty)


def test_match_and_income_need_confirmed_contributions_of_their_kind() -> None:
    lines = (line("a", source=BudgetSource.MATCH), line("b", LEAD, 40_00, source=BudgetSource.INCOME))
    gives = (
        gift(ContributionKind.MATCH_FUNDING, 60_00),
        gift(ContributionKind.MATCH_FUNDING, 90_00, Certainty.CONDITIONAL),
        gift(ContributionKind.CASH, 500_00),
        gift(ContributionKind.STAFF_TIME, 500_00),
    )
    found = {each.source: each.short for each in cover(proposal(*lines, gives=gives), frozenset({LEAD}))}
    assert found == {BudgetSource.MATCH: 40_00, BudgetSource.INCOME: 0}
    [blocker] = budget_blockers(all_final(proposal(*lines, gives=gives)), partner(FAMILY))
    assert blocker.code == "budget-not-adding-up"
    assert "40.00" in blocker.detail


def test_a_facilitator_is_told_what_is_wrong_but_no_figure() -> None:
    match = line(source=BudgetSource.MATCH, amount=617_31)
    bid = proposal(match, line("b", amount=617_31), call=opportunity(ceiling=1))
    faults = budget_blockers(bid, Reader(ReaderKind.FACILITATOR))
    assert {fault.code for fault in faults} == {"over-ceiling", "budget-not-adding-up", "prices-not-final"}
    assert not any("617" in fault.detail for fault in faults)
