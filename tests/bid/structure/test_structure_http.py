"""The structure over HTTP: empty from the start, agreed at once while alone, by decision afterwards."""

from typing import Any

import pytest

from app.bid.structure.rules import TEMPLATES
from tests.factories import Bid, World, ok, problem

TERMS = {"exit_terms_markdown": "Three months' notice.", "terms_markdown": "Heads of terms."}


def agree(bid: Bid, body: dict[str, Any], status: int = 200) -> dict[str, Any]:
    etag = bid.lead.boss.etag(f"{bid.path}/structure")
    found: dict[str, Any] = ok(bid.lead.boss.put(f"{bid.path}/structure", body, if_match=etag), status).json()
    return found


def test_it_is_there_from_the_start_with_everything_empty(world: World) -> None:
    bid = world.bid()
    lead = bid.seat(bid.lead.organisation)
    found = ok(bid.lead.boss.get(f"{bid.path}/structure")).json()
    facts = {k: v for k, v in found.items() if k not in ("derived", "problems", "version", "id", "flow_down")}
    assert all(value in (None, "", [], {}) for value in facts.values())
    assert found["derived"]["must_sign"] == found["derived"]["may_submit"] == [lead]
    assert "/structure/contracting_partner_ids" in [p["pointer"] for p in found["problems"]]


@pytest.mark.parametrize("template", [str(t) for t in TEMPLATES])
def test_each_template_fills_in_its_facts(world: World, template: str) -> None:
    bid = world.bid()
    found = agree(bid, {"template": template, **TERMS})
    assert found["template"] == template and found["decision_rule"]
    assert found == ok(bid.lead.boss.get(f"{bid.path}/structure")).json() == bid.read()["structure"]


def test_a_fact_that_leaves_the_template_makes_it_custom(world: World) -> None:
    bid = world.bid()
    assert agree(bid, {"template": "lead_provider", "liability": "shared"})["template"] == "custom"


def test_weighted_votes_are_read_as_they_were_agreed(world: World) -> None:
    bid, member = world.bid(), world.organisation()
    weights = {bid.seat(bid.lead.organisation): "62.5"}
    assert (
        agree(bid, {"template": "joint_contracting", "decision_rule": "weighted", "weights": weights})["weights"]
        == weights
    )
    weights[bid.join(member)] = "37.5"
    motion = agree(bid, {"template": "joint_contracting", "decision_rule": "weighted", "weights": weights}, 202)
    assert motion["decision"]["carries"]["body"]["weights"] == weights
    for who in (bid.lead.organisation, member):
        ok(who.boss.post(f"{bid.path}/decisions/{motion['id']}/votes", {"option": "for"}))
    closed = ok(bid.lead.boss.post(f"{bid.path}/decisions/{motion['id']}/close")).json()
    assert (closed["status"], closed["carried"]["status"]) == ("passed", "done")
    assert ok(member.boss.get(f"{bid.path}/structure")).json()["weights"] == weights
    assert bid.read(member.boss)["structure"]["weights"] == weights


def test_from_the_second_partner_on_it_is_a_decision_and_the_smallest_can_contract(world: World) -> None:
    small = world.organisation("Smallest", size_band="micro")
    bid = world.bid(small)
    smallest = bid.seat(small)
    body = {
        "template": "custom",
        "contracting_partner_ids": [smallest],
        "paid_partner_ids": [smallest],
        "liability": "contractor",
        "decision_rule": "consent",
        "flow_down": True,
        **TERMS,
    }
    motion = agree(bid, body, 202)
    assert ok(small.boss.get(f"{bid.path}/structure")).json()["template"] is None, "not before it is decided"
    for who in (bid.lead.organisation, small):
        ok(who.boss.post(f"{bid.path}/decisions/{motion['id']}/votes", {"option": "for"}))
    closed = ok(bid.lead.boss.post(f"{bid.path}/decisions/{motion['id']}/close")).json()
    assert closed["status"] == "passed", closed
    found = ok(small.boss.get(f"{bid.path}/structure")).json()
    assert found["contracting_partner_ids"] == [smallest] and found["problems"] == []
    assert found["derived"]["assessed"] == [smallest]
    assert {(d["partner_id"], d["to"]) for d in found["derived"]["liable_to"]} == {
        (smallest, "commissioner"),
        (bid.seat(bid.lead.organisation), "partner"),
    }


def test_it_names_partners_of_this_bid_alone(world: World) -> None:
    bid, other = world.bid(), world.bid()
    etag = bid.lead.boss.etag(f"{bid.path}/structure")
    stranger = other.seat(other.lead.organisation)
    body = {
        "template": "custom",
        "contracting_partner_ids": [stranger],
        "vehicle": {"name": "New", "owners": [stranger]},
    }
    found = problem(bid.lead.boss.put(f"{bid.path}/structure", body, if_match=etag), 422)
    assert [e["pointer"] for e in found["errors"]] == ["/contracting_partner_ids/0", "/vehicle/owners/0"]


def test_it_needs_its_own_etag(world: World) -> None:
    bid = world.bid()
    problem(bid.lead.boss.put(f"{bid.path}/structure", {"template": "alliance"}), 428)
    problem(bid.lead.boss.put(f"{bid.path}/structure", {"template": "alliance"}, if_match=99), 412)
    agree(bid, {"template": "alliance"})


def test_a_stranger_and_a_commissioner_find_no_structure(world: World) -> None:
    bid = world.bid()
    problem(world.stranger().get(f"{bid.path}/structure"), 404)
    problem(bid.opportunity["commissioner"].boss.get(f"{bid.path}/structure"), 404)


def test_a_structure_is_tried_without_a_trace(world: World) -> None:
    member = world.organisation("Member")
    bid = world.bid(member)
    path, boss = f"{bid.path}/structure", bid.lead.boss
    before, events = ok(boss.get(path)).json(), ok(boss.get(f"{bid.path}/events")).json()
    body = {"template": "joint_contracting", "contracting_partner_ids": bid.partner_ids}
    tried = ok(boss.post(f"{path}/preview", body)).json()
    assert set(tried["derived"]["must_sign"]) == set(bid.partner_ids)
    assert tried["problems"] and tried["contracting_partner_ids"] == bid.partner_ids
    assert ok(boss.get(path)).json() == before and ok(boss.get(f"{bid.path}/events")).json() == events
    assert ok(bid.get(boss, "/decisions")).json()["items"] == []
    problem(boss.post(f"{path}/preview", {"contracting_partner_ids": [bid.id]}), 422)
    problem(world.colleague(member, "viewer").post(f"{path}/preview", body), 403)
    problem(world.stranger().post(f"{path}/preview", body), 404)
    bid.forced("agreed")
    ok(boss.post(f"{path}/preview", body))
