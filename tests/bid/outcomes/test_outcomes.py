"""Outcomes over HTTP: promised by any partner, confirmed by those who deliver."""

import uuid
from typing import Any

import httpx
import pytest

from tests.factories import Bid, Organisation, Person, World, ok, problem
from tests.stages import bid

ECM = {"framework": "every_child_matters", "outcome": "Stay safe"}


@pytest.fixture
def shared(world: World) -> Bid:
    return bid(world, "Lead", "Youth")


def promise(of: Bid, who: Person, **fields: Any) -> dict[str, Any]:
    made: dict[str, Any] = ok(of.post(who, "/outcomes", ECM | fields), 201).json()
    return made


def csv(who: Person, path: str, content: str, media: str = "text/csv") -> httpx.Response:
    return who.request("POST", path, content=content.encode(), headers={"Content-Type": media})


def test_an_outcome_is_promised_changed_and_taken_out(shared: Bid) -> None:
    lead, youth = shared.partners
    fields = {
        "indicator": "Young people with a plan", "unit": "young people", "baseline": "20", "target": "120.5",
        "target_date": "2028-03-31", "method": "Case records", "partner_ids": [lead.id, youth.id],
    }  # fmt: skip
    made = promise(shared, lead.boss, **fields)
    assert {name: made[name] for name in fields} == fields
    assert (made["confirmed_by"], made["audience"], made["version"]) == ([lead.id], "commissioner", 1)
    path = f"{shared.path}/outcomes/{made['id']}"
    problem(youth.boss.patch(path, {"target": "100"}), 428)
    changed = ok(youth.boss.patch(path, {"target": "100", "lot_id": None}, if_match=1)).json()
    assert (changed["target"], changed["version"], changed["confirmed_by"]) == ("100", 2, [youth.id])
    problem(youth.boss.patch(path, {"target": "100"}, if_match=1), 412)
    assert ok(lead.boss.get(path)).json() == changed
    assert youth.boss.delete(path, if_match=2).status_code == 204
    problem(lead.boss.get(path), 404)


def test_an_outcome_in_their_own_words_needs_no_framework_and_no_indicator(shared: Bid) -> None:
    lead, _ = shared.partners
    body = {"outcome": "Nobody eats alone", "target": "5", "partner_ids": [lead.id]}
    made = ok(shared.post(lead.boss, "/outcomes", body), 201).json()
    assert (made["framework"], made["indicator"], made["target"]) == ("", "", "5")
    named = {"framework": "Ageing Well"}
    path = f"{shared.path}/outcomes/{made['id']}"
    assert ok(lead.boss.patch(path, named, if_match=1)).json()["framework"] == "Ageing Well"
    assert ok(lead.boss.patch(path, {"framework": ""}, if_match=2)).json()["framework"] == ""
    coverage = ok(shared.get(lead.boss, "/outcome-coverage")).json()
    assert coverage["by_framework"] == {} and coverage["without_measure"] == [made["id"]]
    text = ok(shared.get(lead.boss, "/document.md")).text
    assert "Nobody eats alone" in text and "Outcomes under" not in text


def test_a_partner_named_by_another_confirms_for_itself(world: World, shared: Bid) -> None:
    lead, youth = shared.partners
    made = promise(shared, lead.boss, partner_ids=[youth.id])
    assert made["confirmed_by"] == []
    path = f"/outcomes/{made['id']}/confirm"
    problem(shared.post(lead.boss, path), 403)
    problem(shared.post(world.colleague(youth.organisation, "viewer"), path), 403)
    confirmed = ok(shared.post(youth.boss, path)).json()
    assert (confirmed["confirmed_by"], confirmed["version"]) == ([youth.id], 2)
    assert ok(shared.post(youth.boss, path)).json() == confirmed
    [types] = [
        [row[0] for row in world.sql.execute("SELECT type FROM events WHERE stream_id = %s ORDER BY seq", [shared.id])]
    ]
    assert [type_ for type_ in types if "outcome" in type_] == ["outcome_added", "outcome_confirmed"]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"target": "NaN", "indicator": "x"}, "/target"),
        ({"target": 5, "indicator": "x"}, "/target"),
        ({"target": "1e9", "indicator": "x"}, "/target"),
        ({"target_date": "31/03/2028"}, "/target_date"),
        ({"lot_id": str(uuid.uuid4())}, "/lot_id"),
        ({"question_id": str(uuid.uuid4())}, "/question_id"),
        ({"framework": "Two\nlines"}, "/framework"),
        ({"outcome": " "}, "/outcome"),
        ({"audience": "everybody"}, "/audience"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_bad_input_is_refused_where_it_stands(shared: Bid, fields: dict[str, Any], pointer: str) -> None:
    found = problem(shared.post(shared.lead.boss, "/outcomes", ECM | fields), 422)
    assert pointer in {fault["pointer"] for fault in found["errors"]}


def test_somebody_outside_cannot_be_named(world: World, shared: Bid) -> None:
    other = bid(world)
    for stranger in (other.lead.id, str(uuid.uuid4())):
        named = ECM | {"partner_ids": [shared.lead.id, stranger]}
        refused = problem(shared.post(shared.lead.boss, "/outcomes", named), 422)
        assert refused["errors"] == [
            {"pointer": "/partner_ids/1", "code": "not-found", "detail": "There is no such partner in this bid."}
        ]
    made = promise(shared, shared.lead.boss)
    path = f"{other.path}/outcomes/{made['id']}"
    problem(other.lead.boss.get(path), 404)


def test_what_the_commissioner_sees_can_be_looked_at(shared: Bid) -> None:
    shown = promise(shared, shared.lead.boss)
    promise(shared, shared.lead.boss, audience="partners")
    assert len(ok(shared.get(shared.lead.boss, "/outcomes")).json()["items"]) == 2
    listed = ok(shared.get(shared.lead.boss, "/outcomes?audience=commissioner&limit=1")).json()
    assert ([each["id"] for each in listed["items"]], listed["next_cursor"]) == ([shown["id"]], None)


def test_in_sign_off_nothing_changes(shared: Bid) -> None:
    made = promise(shared, shared.lead.boss)
    shared.ready().freeze()
    path = f"{shared.path}/outcomes/{made['id']}"
    problem(shared.lead.boss.patch(path, {"unit": "x"}, if_match=1), 409, "in-sign-off")
    problem(shared.lead.boss.delete(path, if_match=1), 409)
    problem(shared.post(shared.lead.boss, "/outcomes", ECM), 409)


def council(world: World, of: Bid) -> Organisation:
    """The commissioner of a bid's call, with a person to act for it."""
    [(organisation_id,)] = world.sql.execute(
        "SELECT organisation_id::text FROM opportunities WHERE id = %s", [of.opportunity_id]
    ).fetchall()
    organisation = Organisation(organisation_id, "Council", world.person())
    world.colleague(organisation, "admin", "editor")
    return organisation


def test_a_commissioner_brings_in_its_own_framework_and_bids_are_placed_in_it(world: World, shared: Bid) -> None:
    editor = council(world, shared).people[0]
    path = f"/opportunities/{shared.opportunity_id}/outcome-frameworks"
    table = "outcome,indicator,unit\nBelong,Friends,people\nBe well,,\n"
    made = ok(csv(editor, f"{path}?title=Early%20Help", table), 201)
    assert made.json()["key"] == "early_help"
    assert ok(editor.get(made.headers["Location"])).json() == made.json()
    ok(csv(editor, f"{path}?title=Early%20Help", "outcome\nBelong\n"), 201)
    items = ok(shared.lead.boss.get(path)).json()["items"]
    assert [(each["key"], len(each["outcomes"])) for each in items] == [("early_help", 1), ("every_child_matters", 5)]
    problem(csv(shared.lead.boss, f"{path}?title=x", table), 403)
    problem(csv(editor, f"{path}?title=Every%20Child%20Matters", table), 422)
    assert problem(csv(editor, f"{path}?title=x", "name\nx\n"), 422)["errors"][0]["code"] == "no-outcome-column"
    problem(csv(editor, f"{path}?title=x", table, "application/json"), 415)
    problem(editor.get(f"{path}/nothing"), 404)
    belongs = promise(shared, shared.lead.boss, framework="Early Help", outcome="belong", partner_ids=[shared.lead.id])
    found = ok(shared.get(shared.lead.boss, "/outcome-coverage")).json()
    assert found["by_framework"] == {"early_help": {"belong": [belongs["id"]]}}
    assert found["without_measure"] == [belongs["id"]]


def test_a_table_becomes_outcomes_all_or_none(shared: Bid) -> None:
    path = f"{shared.path}/outcomes:import?title=Early%20Help"
    table = "outcome,indicator,unit\nBelong,Friends,people\nBelong,Clubs,clubs\nBe well,,\n"
    made = ok(csv(shared.lead.boss, path, table), 201).json()["items"]
    assert [(each["outcome"], each["indicator"]) for each in made] == [
        ("Belong", "Friends"), ("Belong", "Clubs"), ("Be well", ""),
    ]  # fmt: skip
    problem(csv(shared.lead.boss, path, "outcome\nx\n" + "y" * 501 + "\n"), 422)
    assert len(ok(shared.get(shared.lead.boss, "/outcomes")).json()["items"]) == 3


def test_a_table_sent_twice_with_one_key_is_taken_once_and_another_table_is_refused(shared: Bid) -> None:
    path = f"{shared.path}/outcomes:import?title=x"
    headers = {"Content-Type": "text/csv", "Idempotency-Key": "table"}

    def send(content: bytes) -> httpx.Response:
        return shared.lead.boss.request("POST", path, content=content, headers=headers)

    first, again = ok(send(b"outcome\nBelong\n"), 201), ok(send(b"outcome\nBelong\n"), 201)
    assert (first.json(), again.headers["Idempotency-Replayed"]) == (again.json(), "true")
    problem(send(b"outcome\nOther\n"), 422)
    assert len(ok(shared.get(shared.lead.boss, "/outcomes")).json()["items"]) == 1


def test_frameworks_are_data_for_everybody_signed_in(world: World) -> None:
    [framework] = ok(world.stranger().get("/outcome-frameworks")).json()["items"]
    assert [each["title"] for each in framework["outcomes"]][:2] == ["Be healthy", "Stay safe"]
    assert world.http.get("/v1/outcome-frameworks").status_code == 401


def test_outsiders_find_nothing(world: World, shared: Bid) -> None:
    made = promise(shared, shared.lead.boss)
    stranger = world.stranger()
    for path in ("/outcomes", f"/outcomes/{made['id']}", "/outcome-coverage"):
        problem(shared.get(stranger, path), 404)
    problem(stranger.request("POST", f"{shared.path}/outcomes", content=b"{"), 404)
