"""Every list of the API, asked with cursors that it never gave: an answer or a 422, never an error of ours."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg
import pytest

from app.main import api_routes, create_app
from app.platform.web.edge import Route
from app.platform.web.paging import encode
from app.settings import Settings
from tests.factories import Person, World, ok, problem
from tests.http import client
from tests.stages import ready_bid

PAGED = sorted(
    route.path
    for route in api_routes(create_app(Settings(), "postgresql://nobody@localhost/none"))
    if isinstance(route, Route) and "GET" in route.methods and "cursor" in route.operation.arguments.queries
)
CURSORS = [
    "x",
    encode("no id"),
    encode(5),
    encode("\x00"),
    encode("a", "b"),
    encode(1, 2),
    encode("", "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"),
    encode(2**70, "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"),
    encode(2**70),
]
OF_FACILITATORS = ("/facilitation/", "/notebook", "/facilitation-notes")
OF_COMMISSIONERS = ("/opportunities/", "/v1/submissions")


@dataclass
class Lists:
    """A value for each path parameter, and who may read the lists."""

    values: dict[str, str]
    lead: Person
    facilitator: Person
    council: Person

    def address(self, path: str) -> str:
        return re.sub(r"\{(\w+)(:\w+)?\}", lambda found: self.values[found[1]], path)

    def reader(self, path: str) -> Person:
        if any(part in path for part in OF_FACILITATORS):
            return self.facilitator
        return self.council if any(part in path for part in OF_COMMISSIONERS) else self.lead


@pytest.fixture(scope="module")
def lists(server: str, sql: psycopg.Connection) -> Iterator[Lists]:
    """A bid that was locked after it had a decision, a difficulty, an opening and a facilitator."""
    with client(server) as http:
        bid = ready_bid(World(http, sql, server))
        lead, helper = bid.lead.boss, bid.facilitated()
        decision = ok(bid.post(lead, "/decisions", {"title": "Who chairs"}), 201).json()["id"]
        bid.all_vote_for(decision)
        raised = {"title": "The rota", "detail_markdown": "It changes late."}
        difficulty = ok(bid.post(lead, "/difficulties", raised), 201).json()["id"]
        ok(bid.post(lead, f"/difficulties/{difficulty}/close", {"outcome": "withdrawn"}))
        opening = ok(
            bid.post(lead, "/openings", {"title": "Youth workers", "support_offered": ["mentoring"]}), 201
        ).json()
        section = ok(bid.get(lead, "/sections")).json()["items"][0]["id"]
        of_lead = {"organisation_id": bid.lead.organisation.id, "url": "https://systems.aber.example/"}
        webhook = ok(lead.post("/webhooks", {**of_lead, "event_types": ["ping"]}), 201).json()
        values = {
            "webhook_id": webhook["id"],
            "proposal_id": bid.id,
            "organisation_id": bid.lead.organisation.id,
            "opportunity_id": bid.opportunity_id,
            "section_id": section,
            "number": str(bid.freeze()["number"]),
            "partner_id": bid.lead.id,
            "decision_id": decision,
            "difficulty_id": difficulty,
            "opening_id": opening["id"],
            "code": ok(bid.get(lead, "/fairness-checks")).json()["items"][0]["code"],
        }
        yield Lists(values, lead, helper.boss, bid.council.boss)


@pytest.mark.parametrize("path", PAGED)
def test_no_made_up_cursor_is_an_error_of_ours(lists: Lists, path: str) -> None:
    person, address = lists.reader(path), lists.address(path)
    ok(person.get(address), 200)
    for cursor in CURSORS:
        answer = person.get(address, params={"cursor": cursor})
        if answer.status_code != 200:
            problem(answer, 422)
