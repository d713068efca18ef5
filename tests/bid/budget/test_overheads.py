"""Overheads by three methods: the parts always add up to the whole, to the penny."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.budget.rules.lines import is_money
from app.bid.budget.rules.overheads import (
    Cell,
    FullCostRecovery,
    Percentage,
    PerHead,
    direct_lines,
    is_overhead,
    overheads,
    with_full_cost,
)
from app.bid.value import BudgetLine
from app.platform.access.errors import Invalid
from app.platform.words.codes import BudgetSource

ASKED = BudgetSource.REQUESTED


def line(id: str, amount: int, year: int = 1, category: str = "staff", **more: object) -> BudgetLine:
    fields = {"source": ASKED} | more
    return BudgetLine(id=id, partner_id="p", category=category, year=year, amount=amount, **fields)  # type: ignore[arg-type]


def test_twelve_and_a_half_per_cent_of_two_years() -> None:
    found = overheads([line("a", 1000_00), line("b", 500_00, 2)], Percentage(Decimal("12.5")))
    assert found == {Cell(1, "", ASKED): 125_00, Cell(2, "", ASKED): 62_50}


def test_a_penny_that_cannot_be_split_goes_to_one_part_and_none_is_lost() -> None:
    three = [line("a", 33_33), line("b", 33_33, 2), line("c", 33_34, 3)]
    found = overheads(three, Percentage(Decimal("0.1")))  # 10 pence of £100.00 over three years
    assert sum(found.values()) == 10
    assert sorted(found.values()) == [3, 3, 4]


def test_an_amount_a_head_follows_the_posts_of_each_year() -> None:
    found = overheads(
        [line("a", 100), line("b", 100, lot_id="l1")], PerHead(2000_00, {1: Decimal("1.5"), 2: Decimal("0.25")})
    )
    assert sum(amount for cell, amount in found.items() if cell.year == 1) == 3000_00
    assert found[Cell(2, "", ASKED)] == 500_00


def test_full_cost_recovery_takes_the_projects_share_of_the_central_costs() -> None:
    method = FullCostRecovery(central={1: 40_000_00}, direct={1: 200_000_00})
    assert overheads([line("a", 50_000_00)], method) == {Cell(1, "", ASKED): 10_000_00}


def test_direct_costs_below_the_projects_own_are_refused_with_the_year() -> None:
    with pytest.raises(Invalid) as refused:
        overheads([line("a", 50_000_00)], FullCostRecovery({1: 1}, {1: 49_999_99}))
    assert refused.value.errors[0].pointer == "/direct/1"


@pytest.mark.parametrize("rate", ["NaN", "Infinity", "-1", "1000.1"])
def test_a_rate_that_is_no_rate_is_refused(rate: str) -> None:
    with pytest.raises(Invalid):
        overheads([line("a", 1)], Percentage(Decimal(rate)))


def test_overheads_are_not_laid_on_overheads_or_on_what_is_in_kind() -> None:
    lines = [line("a", 100_00), line("b", 50_00, category=" Overheads "), line("c", 70_00, source=BudgetSource.IN_KIND)]
    assert sum(overheads(lines, Percentage(Decimal(10))).values()) == 10_00


some_lines = st.lists(
    st.builds(
        BudgetLine,
        id=st.uuids().map(str),
        partner_id=st.just("p"),
        category=st.sampled_from(["staff", "rent", "overheads"]),
        year=st.integers(1, 3),
        source=st.sampled_from(list(BudgetSource)),
        amount=st.integers(0, 10**9),
        lot_id=st.sampled_from([None, "l1", "l2"]),
    ),
    max_size=10,
    unique_by=lambda each: each.id,
)
rates = st.decimals(0, 100, places=4)


@given(some_lines, rates)
def test_the_parts_add_up_to_the_rounded_whole_and_each_is_within_a_penny(
    lines: list[BudgetLine], rate: Decimal
) -> None:
    base = sum(each.amount for each in direct_lines(lines))
    found = overheads(lines, Percentage(rate))
    assert sum(found.values()) == int((base * rate / 100).quantize(Decimal(1), rounding="ROUND_HALF_UP"))
    for cell, part in found.items():
        of_cell = sum(
            each.amount
            for each in direct_lines(lines)
            if (each.year, each.lot_id, each.source) == (cell.year, cell.lot_id, cell.source)
        )
        assert abs(part - of_cell * rate / 100) < Decimal("1.5")


@given(some_lines, rates, st.randoms())
def test_the_order_of_the_lines_does_not_move_a_penny(lines: list[BudgetLine], rate: Decimal, dice: object) -> None:
    shuffled = list(lines)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    assert overheads(shuffled, Percentage(rate)) == overheads(lines, Percentage(rate))


@given(some_lines, rates)
def test_full_costs_hold_exactly_the_amounts_and_their_overheads(lines: list[BudgetLine], rate: Decimal) -> None:
    full = with_full_cost(lines, Percentage(rate))
    spread = sum(overheads(lines, Percentage(rate)).values())
    assert sum(each.full_cost or 0 for each in full) == sum(each.amount for each in lines) + spread
    for each in full:
        if is_overhead(each) or not is_money(each):
            assert each.full_cost == each.amount
