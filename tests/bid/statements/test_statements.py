"""Statements and claims of confidentiality over HTTP."""

import uuid
from typing import Any

import pytest

from tests.factories import Bid, Partner, World, ok, problem
from tests.stages import bid


@pytest.fixture
def shared(world: World) -> Bid:
    made = bid(world, "Lead", "Youth")
    world.sql.execute(
        "UPDATE opportunities SET required_statements = '{insurance,non_collusion}' WHERE id = %s",
        [made.opportunity_id],
    )
    return made


def path(of: Bid, partner: Partner, key: str = "insurance") -> str:
    return f"{of.path}/partners/{partner.id}/statements/{key}"


def test_the_whole_set_is_there_before_anybody_answers(shared: Bid) -> None:
    items = ok(shared.lead.boss.get(f"{shared.path}/partners/{shared.lead.id}/statements")).json()["items"]
    assert len(items) == 7
    assert [each["key"] for each in items if each["required"]] == ["non_collusion", "insurance"]
    assert {(each["answer"], each["version"]) for each in items} == {(None, 0)}


def test_a_statement_is_given_changed_and_kept_by_version(shared: Bid) -> None:
    youth = shared.partners[1]
    found = ok(youth.boss.get(path(shared, youth)))
    assert (found.json()["answer"], found.headers["etag"]) == (None, '"0"')
    problem(youth.boss.put(path(shared, youth), {"answer": "yes"}), 428)
    given = ok(youth.boss.put(path(shared, youth), {"answer": True}, if_match=found.headers["etag"])).json()
    assert (given["answer"], given["version"], given["required"]) == ("yes", 1, True)
    problem(youth.boss.put(path(shared, youth), {"answer": "no"}, if_match=0), 412)
    changed = ok(youth.boss.put(path(shared, youth), {"answer": "no"}, if_match=1)).json()
    assert (changed["answer"], changed["wants_detail"], changed["version"]) == ("no", True, 2)
    assert ok(shared.lead.boss.get(path(shared, youth))).json() == changed


def test_a_statement_is_its_partners_own(world: World, shared: Bid) -> None:
    lead, youth = shared.partners
    problem(lead.boss.put(path(shared, youth), {"answer": "yes"}, if_match=0), 403)
    problem(world.colleague(youth.organisation, "viewer").put(path(shared, youth), {"answer": "yes"}, if_match=0), 403)
    problem(world.stranger().get(path(shared, youth)), 404)
    problem(lead.boss.get(path(shared, youth, "favourite_colour")), 404)
    problem(lead.boss.get(f"{shared.path}/partners/{uuid.uuid4()}/statements/insurance"), 404)


@pytest.mark.parametrize("body", [{"answer": ""}, {"answer": "x" * 301}, {"answer": 5}, {}, {"answer": "yes", "x": 1}])
def test_an_answer_that_is_none_is_refused(shared: Bid, body: dict[str, Any]) -> None:
    problem(shared.lead.boss.put(path(shared, shared.lead), body, if_match=0), 422)


def test_a_document_of_another_bid_is_not_found(shared: Bid) -> None:
    body = {"answer": "yes", "document_id": str(uuid.uuid4())}
    refused = problem(shared.lead.boss.put(path(shared, shared.lead), body, if_match=0), 422)
    assert refused["errors"][0]["pointer"] == "/document_id"


def test_in_sign_off_statements_stand_still(shared: Bid) -> None:
    shared.ready().freeze()
    where = path(shared, shared.lead)
    etag = shared.lead.boss.etag(where)
    problem(shared.lead.boss.put(where, {"answer": "yes"}, if_match=etag), 409, "in-sign-off")


CLAIM = {"pointer": "/budget", "reason": "Rivals would know our rates.", "until": "2030-03-31", "basis": "foia_s43"}


def test_a_claim_is_made_read_by_all_and_taken_back_by_its_owner(shared: Bid) -> None:
    lead, youth = shared.partners
    made = ok(shared.post(youth.boss, "/confidentiality-claims", CLAIM), 201)
    claim = made.json()
    assert {name: claim[name] for name in CLAIM} == CLAIM
    assert (claim["partner_id"], claim["note"]) == (youth.id, "The authority decides whether this is withheld.")
    assert ok(lead.boss.get(made.headers["Location"])).json() == claim
    assert ok(shared.get(lead.boss, "/confidentiality-claims")).json()["items"] == [claim]
    item = f"{shared.path}/confidentiality-claims/{claim['id']}"
    problem(lead.boss.delete(item, if_match=1), 403)
    problem(youth.boss.delete(item), 428)
    assert youth.boss.delete(item, if_match=1).status_code == 204
    problem(youth.boss.get(item), 404)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"pointer": ""}, "/pointer"),
        ({"pointer": "budget"}, "/pointer"),
        ({"reason": " "}, "/reason"),
        ({"until": "soon"}, "/until"),
        ({"basis": ""}, "/basis"),
    ],
)
def test_a_claim_without_place_harm_or_ground_is_refused(shared: Bid, fields: dict[str, Any], pointer: str) -> None:
    found = problem(shared.post(shared.lead.boss, "/confidentiality-claims", CLAIM | fields), 422)
    assert pointer in {fault["pointer"] for fault in found["errors"]}


def test_a_claim_whose_ground_is_left_out_is_on_another_ground(shared: Bid) -> None:
    made = ok(shared.post(shared.lead.boss, "/confidentiality-claims", {"pointer": "/budget", "reason": "Rates."}), 201)
    assert (made.json()["basis"], made.json()["until"]) == ("other", None)


def test_claims_of_another_bid_are_not_found(world: World, shared: Bid) -> None:
    made = ok(shared.post(shared.lead.boss, "/confidentiality-claims", CLAIM), 201).json()
    other = bid(world)
    problem(other.lead.boss.get(f"{other.path}/confidentiality-claims/{made['id']}"), 404)
    problem(world.stranger().get(f"{shared.path}/confidentiality-claims"), 404)


def test_statements_and_claims_are_in_what_the_commissioner_would_get(shared: Bid) -> None:
    youth = shared.partners[1]
    ok(youth.boss.put(path(shared, youth), {"answer": "yes", "detail_markdown": "Until 2028"}, if_match=0))
    ok(shared.post(youth.boss, "/confidentiality-claims", CLAIM), 201)
    document = ok(shared.get(shared.lead.boss, "/document.json")).json()
    assert [(each["partner_id"], each["answer"]) for each in document["statements"]] == [(youth.id, "yes")]
    assert [{name: each[name] for name in CLAIM} for each in document["confidentiality_claims"]] == [CLAIM]
