"""A factory that walks real calls: people, organisations, opportunities and proposals at any stage."""

import itertools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg

from app.platform.access.standing import PERSON_PREFIX, token_hash
from app.platform.db.base import new_id

_numbers = itertools.count(1)


@dataclass
class Person:
    """A signed-in person: HTTP calls in their name. Methods answer the httpx response."""

    http: httpx.Client
    id: str
    email: str
    token: str
    name: str = ""

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        if (etag := options.pop("if_match", None)) is not None:
            headers["If-Match"] = etag if isinstance(etag, str) else f'"{etag}"'
        path = path if path.startswith(("/v1", "/oauth", "/problems")) else f"/v1{path}"
        return self.http.request(method, path, headers=headers, **options)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("POST", path, json=json if json is not None else {}, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("PUT", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def etag(self, path: str) -> str:
        return ok(self.get(path)).headers["ETag"]


@dataclass
class Organisation:
    """An organisation and its first person, who is admin, editor and signatory."""

    id: str
    name: str
    boss: Person
    people: list[Person] = field(default_factory=list)


def ok(response: httpx.Response, status: int | None = None) -> httpx.Response:
    """The response, which must be a success (or have that status); its problem is shown otherwise."""
    good = response.status_code == status if status else response.is_success
    assert good, f"{response.request.method} {response.request.url.path}: {response.status_code} {response.text[:1500]}"
    return response


def problem(response: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The problem, which must have this status (and code)."""
    assert response.status_code == status, f"{response.status_code}: {response.text[:1500]}"
    assert response.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = response.json()
    if code is not None:
        assert body["type"] == f"/problems/{code}", body
    return body


@dataclass
class World:
    http: httpx.Client
    sql: psycopg.Connection
    url: str

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

    def bid(self, *members: Organisation, lead: Organisation | None = None, **fields: Any) -> "Bid":
        """A draft with a lead and these members, all accepted. `fields` go to the opportunity."""
        lead = lead or self.organisation("Larger Lead")
        opportunity = fields.pop("opportunity", None) or self.opportunity(**fields)
        body = {
            "opportunity_id": opportunity["id"],
            "lead_organisation_id": lead.id,
            "title": f"Joint bid {next(_numbers)}",
        }
        made = ok(lead.boss.post("/proposals", body), 201).json()
        bid = Bid(self, made["id"], opportunity, lead, {lead.id: made["partners"][0]["id"]})
        for member in members:
            bid.join(member)
        return bid


@dataclass
class Bid:
    """A proposal, with the partner id of each organisation in it."""

    world: World
    id: str
    opportunity: dict[str, Any]
    lead: Organisation
    partners: dict[str, str]
    members: list[Organisation] = field(default_factory=list)

    @property
    def path(self) -> str:
        return f"/v1/proposals/{self.id}"

    def invite(self, organisation: Organisation, role: str = "member") -> str:
        body = {"organisation_id": organisation.id, "role": role}
        partner_id = str(ok(self.lead.boss.post(f"{self.path}/partners", body), 201).json()["id"])
        self.partners[organisation.id] = partner_id
        return partner_id

    def join(self, organisation: Organisation, role: str = "member") -> str:
        """Invited by the lead and accepted."""
        partner_id = self.invite(organisation, role)
        ok(organisation.boss.post(f"{self.path}/partners/{partner_id}/accept"))
        self.members.append(organisation)
        return partner_id

    def read(self, person: Person | None = None) -> dict[str, Any]:
        whole: dict[str, Any] = ok((person or self.lead.boss).get(self.path)).json()
        return whole


def soon(seconds: float = 3600) -> str:
    """An instant that far ahead, in RFC 3339."""
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
