"""What a contribution or expectation must be like, what others see of it, and what a change tells them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.declarations.rules.differences import contribution_differences, contribution_for_others
from app.bid.declarations.rules.items import SHARES_OF_A_WHOLE, Bounds, contribution_faults, expectation_faults, product
from app.bid.declarations.rules.rate_privacy import AlreadySeen, shown_amounts, shown_as, turn
from app.bid.value import Contribution
from app.platform.access.money import AMOUNT_MAX
from app.platform.words import codes as c
from tests.bid.values import bid, expects, gives, target

BID = Bounds(
    frozenset(bid().lot_ids), frozenset(partner.id for partner in bid().partners), bid().opportunity.submission_deadline
)
TWELVE = {"quantity": Decimal("12"), "unit": c.Unit.HOUR, "unit_value": 2500, "value": 30000}


def codes_of(contribution: Contribution) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in contribution_faults(contribution, BID)]


def test_a_sound_contribution_has_no_faults() -> None:
    assert codes_of(gives("c", **TWELVE)) == []
    assert codes_of(gives("c", kind="cash", value=1, valuation_basis="")) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"title": "  "}, ("/title", "required")),
        ({"title": "x" * 301}, ("/title", "too-long")),
        ({"value": 30001}, ("/value", "not-the-product")),
        ({"quantity": Decimal("0.3333"), "value": 833}, ("/value", "not-the-product")),
        ({"quantity": Decimal(0)}, ("/value", "not-the-product")),
        ({"valuation_basis": " "}, ("/valuation_basis", "valuation-basis-missing")),
        ({"valuation_basis": "x" * 4001}, ("/valuation_basis", "too-long")),
        ({"condition": "if the grant comes"}, ("/condition", "condition-on-confirmed")),
        ({"starts": date(2027, 4, 2), "ends": date(2027, 4, 1)}, ("/period/end", "ends-before-it-starts")),
        ({"starts": date(1999, 1, 1)}, ("/period/start", "outside-the-bid")),
        ({"ends": date(2999, 1, 1)}, ("/period/end", "outside-the-bid")),
        ({"lot_id": "another"}, ("/lot_id", "not-found")),
    ],
)
def test_each_fault_of_a_contribution_is_pointed_at(change: dict[str, Any], fault: tuple[str, str]) -> None:
    assert codes_of(gives("c", **(TWELVE | change))) == [fault]


@given(st.decimals(min_value=0, max_value=10**6, places=4), st.integers(0, 10**7))
def test_a_value_is_exactly_the_product_or_refused(quantity: Decimal, rate: int) -> None:
    contribution = gives("c", quantity=quantity + 1, unit_value=rate, value=0)
    exact = (quantity + 1) * rate
    whole = product(contribution)
    assert (whole == exact) if exact == int(exact) else whole is None
    for value in (int(exact), int(exact) + 1):
        refused = "not-the-product" in [f.code for f in contribution_faults(replace(contribution, value=value), BID)]
        assert refused is (value != exact)


LONGEST = "9999999999999.9999"


def test_the_longest_quantity_and_rate_are_multiplied_without_rounding() -> None:
    made = gives("c", quantity=Decimal(LONGEST), unit_value=AMOUNT_MAX, value=AMOUNT_MAX)
    (fault,) = contribution_faults(made, BID)
    assert (fault.code, product(made)) == ("not-the-product", None)
    whole = replace(made, quantity=Decimal(LONGEST[:13]))
    assert product(whole) == 9_999_999_999_999 * AMOUNT_MAX
    assert codes_of(replace(made, quantity=Decimal(1))) == []
    assert codes_of(replace(made, quantity=Decimal("0.0001"), unit_value=10**15 - 10**4, value=10**11 - 1)) == []


@pytest.mark.parametrize("kind", list(c.ExpectationKind))
@pytest.mark.parametrize("type_", list(c.TargetType))
def test_every_kind_of_expectation_takes_every_form_of_target(kind: c.ExpectationKind, type_: c.TargetType) -> None:
    words = {c.TargetType.TEXT: "words", c.TargetType.RIGHT: "veto"}
    bounds = (0, AMOUNT_MAX) if type_ is c.TargetType.MONEY else ("0", "1.5", "100", LONGEST)
    if type_ is c.TargetType.PERCENT and kind in SHARES_OF_A_WHOLE:
        bounds = ("0", "1.5", "100")
    for value in (words[type_],) if type_ in words else bounds:
        assert expectation_faults(expects("e", kind=kind.value, target=target(type_.value, value)), BID) == ()


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        ("percent", "100.0001", "over-the-whole"),
        ("right", "   ", "required"),
        ("text", "", "required"),
        ("text", "x" * 4001, "too-long"),
    ],
)
def test_a_target_that_makes_no_sense_is_refused(type_: str, value: str, code: str) -> None:
    faults = expectation_faults(expects("e", kind="funding_share", target=target(type_, value)), BID)
    assert [(f.pointer, f.code) for f in faults] == [("/target/value", code)]


@pytest.mark.parametrize(("whom", "code"), [("nobody", "not-found"), ("family", "of-oneself")])
def test_an_expectation_is_of_another_partner_of_this_bid(whom: str, code: str) -> None:
    faults = expectation_faults(expects("e", of_partner_id=whom), BID)
    assert [(f.pointer, f.code) for f in faults] == [("/of_partner_id", code)]


# What others see


AMOUNTS = st.tuples(
    st.sampled_from(list(c.ContributionKind)),
    st.none() | st.decimals(min_value=1, max_value=1000, places=2),
    st.none() | st.integers(0, 10**6),
    st.integers(0, 10**9),
)


@given(AMOUNTS)
def test_others_never_see_a_rate_nor_both_figures_that_make_one(amounts: Any) -> None:
    kind, quantity, unit_value, value = amounts
    made = gives("c", kind=kind.value, quantity=quantity, unit_value=unit_value, value=value)
    made = replace(made, shown_as=shown_as(made))
    seen = contribution_for_others(made, "GBP")
    assert seen["unit_value"] is None and seen["shown_as"] is None
    assert seen["quantity"] is None or seen["value"] is None
    assert shown_amounts(made) != (None, None)


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 10**4))
def test_two_rates_that_make_the_same_value_look_the_same_to_others(few: int, many: int, rate: int) -> None:
    value = few * many * rate
    one = gives("c", quantity=Decimal(few), unit=c.Unit.HOUR, unit_value=many * rate, value=value)
    two = gives("c", quantity=Decimal(many), unit=c.Unit.HOUR, unit_value=few * rate, value=value)
    seen = [contribution_for_others(replace(x, shown_as=shown_as(x)), "GBP") for x in (one, two)]
    assert seen[0] == seen[1]


def test_hours_without_a_rate_are_seen_as_hours() -> None:
    made = gives("c", quantity=Decimal(40), unit=c.Unit.HOUR, value=100000)
    made = replace(made, shown_as=shown_as(made))
    assert shown_amounts(made) == (Decimal(40), None)
    assert shown_amounts(replace(made, unit_value=2500)) == (Decimal(40), None), (
        "a rate given later turns nothing round"
    )


def test_the_figure_shown_cannot_be_turned_round_once_others_saw_it() -> None:
    made = gives("c", quantity=Decimal(40), shown_as="quantity")
    assert turn(made, "value", seen=False) == "value"
    assert turn(made, "quantity", seen=True) == "quantity"
    with pytest.raises(AlreadySeen):
        turn(made, "value", seen=True)


def test_a_change_of_the_rate_alone_is_no_difference_to_others() -> None:
    before = gives("c", **TWELVE)
    after = replace(before, quantity=Decimal(24), unit_value=1250)
    assert {d.field for d in contribution_differences(before, after, "GBP")[0]} == {"quantity", "unit_value"}
    assert contribution_differences(before, after, "GBP")[1] == ()


def test_a_change_shows_field_by_field_before_and_after() -> None:
    before = gives("c", **TWELVE)
    after = replace(before, title="Fewer hours", quantity=Decimal(10), value=25000)
    shown = {d.field: (d.before, d.after) for d in contribution_differences(before, after, "GBP")[1]}
    assert shown == {
        "title": ("What c is", "Fewer hours"),
        "value": ({"amount": "300.00", "currency": "GBP"}, {"amount": "250.00", "currency": "GBP"}),
    }
    gone = {d.field for d in contribution_differences(after, None, "GBP")[1]}
    assert {"title", "value"} <= gone and not gone & {"quantity", "unit_value", "shown_as"}
