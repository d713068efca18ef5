"""Budget lines changed by decision: nothing can be felt out about a line that the mover may not read."""

from typing import Any

import pytest

from tests.bid.budget.test_lines import add, money
from tests.factories import Bid, World, ok
from tests.stages import bid


def moved(of: Bid, line_id: str, body: dict[str, Any]) -> int:
    carries = {"method": "PATCH", "path": f"/budget-lines/{line_id}", "body": body}
    return of.post(of.lead.boss, "/decisions", {"title": "Shares", "carries": carries}).status_code


@pytest.mark.parametrize(
    "body",
    [
        {"amount": money("500.00")},
        {"amount": money("500.00"), "vat_treatment": "standard", "vat_amount": money("100.00")},
        {"vat_treatment": "standard", "vat_amount": money("123.46")},
        {"vat_amount": money("123.46")},
        {"vat_treatment": "reduced"},
        {"category": "rent", "year": 2},
    ],
)
def test_whether_a_motion_is_possible_does_not_turn_on_what_the_line_says(world: World, body: dict[str, Any]) -> None:
    of = bid(world, "Lead", "Youth", rule="consensus")
    youth = of.partners[1]
    one = add(of, youth, "617.31", vat_treatment="standard", full_cost=money("700.00"))
    other = add(of, youth, "3.00", full_cost=money("3.00"))
    assert moved(of, one["id"], body) == moved(of, other["id"], body)


def test_a_decision_with_the_owners_yes_writes_the_line_and_its_full_cost_follows(world: World) -> None:
    of = bid(world, "Lead", "Youth", rule="consensus")
    youth = of.partners[1]
    line = add(of, youth, "100.00", full_cost=money("110.00"))
    carries = {"method": "PATCH", "path": f"/budget-lines/{line['id']}", "body": {"amount": money("200.00")}}
    decision = ok(of.post(of.lead.boss, "/decisions", {"title": "Shares", "carries": carries}), 201).json()
    for partner in of.partners:
        body = {"organisation_id": partner.organisation.id, "option": "for"}
        ok(of.post(partner.boss, f"/decisions/{decision['id']}/votes", body))
    closed = ok(of.post(of.lead.boss, f"/decisions/{decision['id']}/close", {})).json()
    assert closed["carried"] == {"status": "done", "problem": None}
    after = ok(youth.boss.get(f"{of.path}/budget-lines/{line['id']}")).json()
    assert (after["amount"], after["full_cost"], after["version"]) == (money("200.00"), money("200.00"), 2)


def test_a_decision_adds_a_line_and_takes_one_out_with_the_yes_of_whose_it_is(world: World) -> None:
    of = bid(world, "Lead", "Youth", rule="consensus")
    youth = of.partners[1]
    line = add(of, youth, "100.00")
    new = {"partner_id": youth.id, "category": "kit", "year": 1, "source": "requested", "amount": money("7.00")}
    for carries in (
        {"method": "POST", "path": "/budget-lines", "body": new},
        {"method": "DELETE", "path": f"/budget-lines/{line['id']}", "body": {}},
    ):
        decision = ok(of.post(of.lead.boss, "/decisions", {"title": "Shares", "carries": carries}), 201).json()
        for partner in of.partners:
            body = {"organisation_id": partner.organisation.id, "option": "for"}
            ok(of.post(partner.boss, f"/decisions/{decision['id']}/votes", body))
        closed = ok(of.post(of.lead.boss, f"/decisions/{decision['id']}/close", {})).json()
        assert closed["carried"]["status"] == "done"
    lines = ok(of.get(youth.boss, "/budget-lines")).json()["items"]
    assert [(each["category"], each["amount"], each["visible_to"]) for each in lines] == [("kit", money("7.00"), [])]


@pytest.mark.parametrize("name", ["visible_to", "full_cost"])
def test_no_decision_opens_a_line_or_notes_its_full_cost(world: World, name: str) -> None:
    of = bid(world, "Lead", "Youth", rule="consensus")
    line = add(of, of.partners[1], "100.00")
    value = [of.lead.id] if name == "visible_to" else money("200.00")
    assert moved(of, line["id"], {name: value}) == 422
