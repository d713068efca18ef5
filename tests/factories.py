"""A world of people, organisations, calls and bids, made by real calls. Tests take all that they need from here."""

import itertools
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import psycopg

from app.platform.access.standing import PERSON_PREFIX, token_hash
from app.platform.db.base import new_id
from tests.bids import Bid, Partner
from tests.callers import Organisation, Person, ok, problem, soon

__all__ = ["Bid", "Organisation", "Partner", "Person", "World", "ok", "problem", "soon"]

_numbers = itertools.count(1)


@cache
def _openapi(url: str) -> dict[str, Any]:
    document: dict[str, Any] = ok(httpx.get(f"{url}/openapi.json", timeout=60)).json()
    return document


@dataclass
class World:
    http: httpx.Client
    sql: psycopg.Connection
    url: str

    @property
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, fetched once. Whoever changes it makes a copy."""
        return _openapi(self.url)

    def person(self, name: str = "") -> Person:
        """A confirmed person with a sign-in, written straight into the database (the real way has its own tests)."""
        number = next(_numbers)
        person_id, token = new_id(), PERSON_PREFIX + secrets.token_urlsafe(32)
        name = name or f"Person {number}"
        email = f"p{number}-{secrets.token_hex(4)}@test.example"
        self.sql.execute(
            "INSERT INTO people (id, email, name, verified_at) VALUES (%s, %s, %s, now())", [person_id, email, name]
        )
        self.sql.execute(
            "INSERT INTO sessions (id, person_id, token_hash, expires_at) VALUES (%s, %s, %s, now() + interval '1 day')",
            [new_id(), person_id, token_hash(token)],
        )
        return Person(self.http, person_id, email, token, name)

    def organisation(self, name: str = "", kinds: tuple[str, ...] = ("provider",), **fields: Any) -> Organisation:
        boss = self.person()
        name = name or f"Organisation {next(_numbers)}"
        body = {"name": name, "kinds": list(kinds), "legal_form": "charity", **fields}
        made = ok(boss.post("/organisations", body), 201).json()
        return Organisation(made["id"], name, boss, [boss])

    def colleague(self, organisation: Organisation, *roles: str) -> Person:
        """Another person of the organisation, with these roles."""
        person = self.person()
        self.sql.execute(
            "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
            [organisation.id, person.id, list(roles)],
        )
        organisation.people.append(person)
        return person

    def invited(self, organisation: Organisation, person: Person, *roles: str) -> dict[str, str]:
        """What the link in the mail brings by which this person joins the organisation."""
        token = secrets.token_urlsafe(32)
        self.sql.execute(
            "INSERT INTO member_invitations (id, organisation_id, email, roles, token_hash, expires_at) "
            "VALUES (%s, %s, %s, %s, %s, now() + interval '1 day')",
            [new_id(), organisation.id, person.email, list(roles), token_hash(token)],
        )
        return {"token": token}

    def program(self, organisation: Organisation, *scopes: str) -> Person:
        """A program of the organisation, which makes calls as a person does."""
        body = {"name": "CMS", "scopes": list(scopes)}
        client = ok(organisation.boss.post(f"/organisations/{organisation.id}/clients", body), 201).json()
        who = (client["client_id"], client["client_secret"])
        given = ok(self.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=who)).json()
        return Person(self.http, "", "", given["access_token"], "CMS")

    def stranger(self) -> Person:
        """Somebody with an organisation of their own and no tie to anything else."""
        return self.organisation().boss

    def opportunity(
        self, commissioner: Organisation | None = None, *, publish: bool = True, **fields: Any
    ) -> dict[str, Any]:
        """A published opportunity of one lot and two questions, with its deadline in a day."""
        commissioner = commissioner or self.organisation("Borough Council", kinds=("commissioner",))
        body = {
            "organisation_id": commissioner.id,
            "title": f"Family hubs {next(_numbers)}",
            "lots": [{"key": "1", "title": "North", "ceiling": {"amount": "500000.00", "currency": "GBP"}}],
            "questions": [
                {"key": "q1", "prompt_markdown": "How will you deliver?", "limit": {"unit": "words", "value": 500}},
                {"key": "q2", "prompt_markdown": "How do you keep people safe?"},
            ],
            "submission_deadline": soon(86_400),
            **fields,
        }
        made: dict[str, Any] = ok(commissioner.boss.post("/opportunities", body), 201).json()
        if publish:
            made = ok(commissioner.boss.post(f"/opportunities/{made['id']}/publish")).json()
        made["commissioner"] = commissioner
        return made

    def bid(self, *members: Organisation, lead: Organisation | None = None, **fields: Any) -> Bid:
        """A draft with a lead and these members, all accepted. `fields` go to the opportunity."""
        lead = lead or self.organisation("Larger Lead")
        opportunity = fields.pop("opportunity", None) or self.opportunity(**fields)
        made = Bid.started(self, opportunity, lead, f"Joint bid {next(_numbers)}")
        for member in members:
            made.join(member)
        return made
