"""Idempotency-Key: one effect, and the first answer again only to whoever may still have it."""

import uuid
from typing import Any

import httpx
import pytest

from tests.factories import Bid, Person, World, ok, problem


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


def let_go(world: World, organisation_id: str, person: Person) -> None:
    world.sql.execute(
        "DELETE FROM memberships WHERE organisation_id = %s AND person_id = %s", [organisation_id, person.id]
    )


def test_a_first_answer_comes_again_with_its_headers(world: World) -> None:
    boss, headers = world.organisation("Council", ("commissioner",)).boss, key()
    first = ok(boss.post("/opportunities", {"title": "Hubs"}, headers=headers), 201)
    again = ok(boss.post("/opportunities", {"title": "Hubs"}, headers=headers), 201)
    assert again.content == first.content and again.headers["Idempotency-Replayed"] == "true"
    for name in ("Location", "ETag", "Vary", "Cache-Control"):
        assert again.headers[name] == first.headers[name]


@pytest.mark.parametrize("what", ["opportunities", "proposals", "organisations"])
def test_who_was_let_go_does_not_read_a_first_answer_again(world: World, what: str) -> None:
    organisation = world.organisation("Both", ("commissioner", "provider"))
    person, headers = world.colleague(organisation, "admin", "editor"), key()
    bodies: dict[str, dict[str, Any]] = {
        "opportunities": {"title": "Not yet published"},
        "proposals": {"opportunity_id": world.opportunity()["id"], "title": "Ours"},
        "organisations": {"name": "New", "kinds": ["provider"], "legal_form": "charity"},
    }
    made = ok(person.post(f"/{what}", bodies[what], headers=headers), 201).json()
    ok(person.post(f"/{what}", bodies[what], headers=headers), 201)
    let_go(world, made["id"] if what == "organisations" else organisation.id, person)
    problem(person.post(f"/{what}", bodies[what], headers=headers), 403, "not-allowed")


def test_who_joined_an_organisation_and_was_let_go_does_not_read_of_it_again(world: World) -> None:
    organisation, person, headers = world.organisation(), world.person(), key()
    body = world.invited(organisation, person, "viewer")
    ok(person.post("/member-invitations/accept", body, headers=headers))
    ok(person.post("/member-invitations/accept", body, headers=headers))
    let_go(world, organisation.id, person)
    problem(person.post("/member-invitations/accept", body, headers=headers), 403, "not-allowed")


def test_what_was_done_for_one_partner_is_not_read_again_as_another(world: World) -> None:
    """Its day rate is the owner's own."""
    other = world.organisation()
    bid = world.bid(other)
    person, headers = world.colleague(bid.lead.organisation, "editor"), key()
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{editor}')", [other.id, person.id]
    )
    rate, value = {"amount": "321.00", "currency": "GBP"}, {"amount": "642.00", "currency": "GBP"}
    body = {
        "partner_id": bid.seat(bid.lead.organisation),
        "kind": "staff_time",
        "title": "Two days",
        "certainty": "confirmed",
        "quantity": "2",
        "unit": "day",
        "unit_value": rate,
        "value": value,
        "valuation_basis": "Our scale",
    }
    ok(person.post(f"{bid.path}/contributions", body, headers=headers), 201)
    let_go(world, bid.lead.organisation.id, person)
    refused = person.post(f"{bid.path}/contributions", body, headers=headers)
    problem(refused, 403, "not-allowed")
    assert "321" not in refused.text


def attach(bid: Bid, headers: dict[str, str], content: bytes, name: str = "policy.txt") -> httpx.Response:
    return bid.lead.boss.request(
        "POST", f"{bid.path}/documents", files={"file": (name, content, "text/plain")}, headers=headers
    )


def test_an_upload_that_is_sent_again_is_one_and_another_file_is_named_as_such(world: World) -> None:
    bid, headers = world.bid(), key()
    first = ok(attach(bid, headers, b"Ours since 2011."), 201)
    again = ok(attach(bid, headers, b"Ours since 2011."), 201)
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    problem(attach(bid, headers, b"Quite another text"), 422, "idempotency-key-reused")
    problem(attach(bid, headers, b"Ours since 2011.", "other.txt"), 422, "idempotency-key-reused")
    assert len(ok(bid.lead.boss.get(f"{bid.path}/documents")).json()["items"]) == 1
