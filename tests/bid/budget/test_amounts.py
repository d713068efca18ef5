"""The amounts of a budget line: what the VAT alone says of it, and the largest that the grammar allows."""

import pytest

from tests.factories import Bid, World, ok, problem
from tests.stages import bid


def money(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "GBP"}


@pytest.fixture
def shared(world: World) -> Bid:
    return bid(world, "Lead", "Youth", "Family")


@pytest.mark.parametrize(
    ("vat", "treatment"),
    [(None, "outside_scope"), ("0.00", "outside_scope"), ("20.00", "standard"), ("5.00", "reduced")],
)
def test_the_treatment_of_a_line_follows_from_its_vat_where_it_is_left_out(
    shared: Bid, vat: str | None, treatment: str
) -> None:
    body = {"category": "rent", "amount": money("100.00")} | ({"vat_amount": money(vat)} if vat else {})
    line = ok(shared.post(shared.lead.boss, "/budget-lines", body), 201).json()
    assert (line["vat_treatment"], line["vat_amount"]["amount"]) == (treatment, vat or "0.00")
    wrong = body | {"vat_amount": money("17.50")}
    found = problem(shared.post(shared.lead.boss, "/budget-lines", wrong), 422)
    assert [fault["code"] for fault in found["errors"]] == ["vat-does-not-follow"]


def test_the_largest_amounts_add_up_to_the_penny(shared: Bid) -> None:
    lead, youth, _ = shared.partners
    largest = money("9999999999999.99")
    items = [{"category": "staff", "amount": largest, "full_cost": largest} for _ in range(40)]
    ok(shared.post(lead.boss, "/budget-lines:batch", {"items": items}))
    budget = ok(shared.get(lead.boss, "/budget")).json()
    assert budget["total"] == money("399999999999999.60")
    assert {row["total"]["amount"] for row in budget["by_year"]} == {"399999999999999.60"}
    assert ok(shared.get(youth.boss, "/budget")).status_code == 200
    sheet = ok(shared.get(lead.boss, "/budget.xlsx"))
    back = lead.boss.put(
        f"{shared.path}/budget.xlsx?dry_run=true",
        content=sheet.content,
        headers={"Content-Type": sheet.headers["Content-Type"]},
        if_match=sheet.headers["ETag"],
    )
    assert ok(back).json()["unchanged"] == 40
