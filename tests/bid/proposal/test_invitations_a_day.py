"""Invitations are bounded by who sends them, by who gets them and by day; what must be acted on is never held back."""

import uuid
from collections.abc import Iterator

import psycopg
import pytest

from app.settings import Settings
from tests.conftest import free_port, serving
from tests.factories import Bid, Person, World, ok, problem
from tests.http import client


@pytest.fixture(scope="module")
def few(settings: Settings, database: str) -> Iterator[str]:
    mine = {
        "port": free_port(),
        "invitations_a_day": 4,
        "invitations_a_day_of_organisation": 6,
        "mails_a_day_to_address": 5,
    }
    with serving(settings.model_copy(update=mine), database) as url:
        yield url


@pytest.fixture
def world(few: str, sql: psycopg.Connection) -> Iterator[World]:
    with client(few) as http:
        yield World(http, sql, few)


def address() -> str:
    return f"{uuid.uuid4().hex}@small.example"


def mails(world: World, to: str) -> int:
    row = world.sql.execute("SELECT count(*) FROM outbox WHERE topic = 'mail' AND payload->>'to' = %s", [to]).fetchone()
    assert row
    return int(row[0])


def invite(bid: Bid, by: Person, to: str) -> int:
    return by.post(f"{bid.path}/partners", {"email": to, "role": "member"}).status_code


def test_a_bid_sends_so_many_invitations_a_day(world: World) -> None:
    bid = world.bid()
    assert [invite(bid, bid.lead.boss, address()) for _ in range(5)] == [201] * 4 + [429]
    refused = bid.lead.boss.post(f"{bid.path}/partners", {"email": address(), "role": "member"})
    assert "day" in problem(refused, 429, "too-many-invitations")["detail"]
    assert 80_000 < int(refused.headers["Retry-After"]) <= 86_401
    assert len(ok(bid.lead.boss.get(f"{bid.path}/partners")).json()["items"]) == 5


def test_an_organisation_sends_so_many_a_day_over_all_its_bids_and_to_its_colleagues(world: World) -> None:
    lead = world.organisation()
    bids = [world.bid(lead=lead) for _ in range(2)]
    assert [invite(bid, lead.boss, address()) for bid in bids for _ in range(2)] == [201] * 4
    path = f"/organisations/{lead.id}/members"
    answers = [lead.boss.post(path, {"email": address(), "roles": ["viewer"]}).status_code for _ in range(3)]
    assert answers == [201] * 2 + [429]
    assert invite(bids[0], lead.boss, address()) == 429
    assert invite(world.bid(), lead.boss, address()) == 404, "who may not see it hears nothing of bounds"


def test_an_address_gets_three_a_day_from_one_organisation_and_so_many_from_all(world: World) -> None:
    to, lead = address(), world.organisation()
    path = f"/organisations/{lead.id}/members"
    answers = [lead.boss.post(path, {"email": to, "roles": ["viewer"]}).status_code for _ in range(4)]
    assert answers == [201] * 3 + [429]
    assert invite(world.bid(lead=lead), lead.boss, to) == 429
    others = [world.bid() for _ in range(3)]
    assert [invite(bid, bid.lead.boss, to) for bid in others] == [201, 201, 429]
    assert mails(world, to) == 5
    refused = others[2].lead.boss.post(f"{others[2].path}/partners", {"email": to, "role": "member"})
    assert "another way" in problem(refused, 429, "too-many-mails")["detail"]
    problem(others[2].lead.boss.post(f"{others[2].path}/partners", {"email": to, "role": "lead"}), 422)


def test_an_organisation_is_invited_whoever_filled_its_mailbox(world: World) -> None:
    """The invitation waits among its tasks; only the mail beyond the bound is left out."""
    asked = world.organisation()
    for _ in range(7):
        bid = world.bid()
        assert invite(bid, bid.lead.boss, asked.boss.email) in (201, 429)
    late = world.bid()
    late.invite(asked)
    assert mails(world, asked.boss.email) == 5
    assert late.id in [item["proposal_id"] for item in ok(asked.boss.get("/me/invitations")).json()["items"]]
    codes = [(task["code"], task["proposal_id"]) for task in ok(asked.boss.get("/me/tasks")).json()["items"]]
    assert ("invitation-to-answer", late.id) in codes
