"""A bid with nothing in its way, written straight into the tables: where these tests start.

How a bid gets there over HTTP has its own tests; here it is signed, withdrawn, submitted and raced, many times.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.platform.db.base import new_id
from tests.factories import Organisation, Person, World, ok


@dataclass
class Bid:
    world: World
    id: str
    opportunity_id: str
    council: Organisation
    partners: list[Organisation]
    partner_ids: list[str]
    lot_id: str
    signatories: dict[str, list[Person]] = field(default_factory=dict)

    @property
    def path(self) -> str:
        return f"/proposals/{self.id}"

    @property
    def lead(self) -> Person:
        return self.partners[0].boss

    def status(self) -> str:
        """What is stored, before the clock is asked."""
        row = self.world.sql.execute("SELECT status FROM proposals WHERE id = %s", [self.id]).fetchone()
        assert row
        return str(row[0])

    def events(self, type_: str) -> int:
        row = self.world.sql.execute(
            "SELECT count(*) FROM events WHERE stream_id = %s AND type = %s", [self.id, type_]
        ).fetchone()
        assert row
        return int(row[0])

    def freeze(self) -> dict[str, Any]:
        made: dict[str, Any] = ok(self.lead.post(f"{self.path}/editions"), 201).json()
        return made

    def signing(self, index: int, sha256: str, number: int = 1, person: Person | None = None) -> httpx.Response:
        organisation = self.partners[index]
        body = {
            "organisation_id": organisation.id,
            "sha256": sha256,
            "full_name": f"Signatory of {organisation.name}",
            "role_title": "Chair",
            "authority_basis": {"kind": "resolution", "date": "2026-11-02"},
        }
        return (person or organisation.boss).post(f"{self.path}/editions/{number}/sign-offs", body)

    def agree(self) -> dict[str, Any]:
        """Lock it, and have everybody sign."""
        edition = self.freeze()
        for index in range(len(self.partners)):
            ok(self.signing(index, edition["sha256"], edition["number"]), 201)
        assert self.status() == "agreed"
        return edition

    def withdraw(self, number: int = 1, index: int = 0, reason: str = "A figure is wrong.") -> httpx.Response:
        body = {"organisation_id": self.partners[index].id, "reason": reason}
        return self.partners[index].boss.post(f"{self.path}/editions/{number}/withdraw", body)

    def submit(self, index: int = 0) -> httpx.Response:
        return self.partners[index].boss.post(f"{self.path}/submissions", {"organisation_id": self.partners[index].id})

    def set_deadline(self, at: datetime) -> None:
        self.world.sql.execute(
            "UPDATE opportunities SET submission_deadline = %s WHERE id = %s", [at, self.opportunity_id]
        )

    def pass_deadline(self) -> None:
        self.set_deadline(datetime.now(UTC) - timedelta(milliseconds=1))


def insert(world: World, table: str, **values: Any) -> str:
    row = {"id": new_id(), **values} if table != "structures" else values
    names = ", ".join(row)
    places = ", ".join(["%s"] * len(row))
    wrapped = [json.dumps(v) if isinstance(v, dict) else v for v in row.values()]
    world.sql.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", wrapped)
    return str(row.get("id", ""))


def ready_bid(
    world: World,
    partners: int = 2,
    *,
    council: Organisation | None = None,
    organisations: list[Organisation] | None = None,
    opportunity_id: str | None = None,
    mode: str = "sealed",
    route: str = "here",
    deadline: timedelta = timedelta(hours=1),
    price_detail: str = "totals",
) -> Bid:
    """A lead and members, all of whom must sign and may submit."""
    council = council or world.organisation("Riverside Council", ("commissioner",))
    who = organisations or [world.organisation(f"Partner {chr(65 + i)}") for i in range(partners)]
    now = datetime.now(UTC)
    if opportunity_id is None:
        opportunity_id = insert(
            world,
            "opportunities",
            organisation_id=council.id,
            title="Youth work",
            buyer_name=council.name,
            status="published",
            mode=mode,
            price_detail=price_detail,
            required_sections=["exit_and_sustainability"],
            submission_route={"kind": route, "url": "https://portal.example/bids"},
            submission_deadline=now + deadline,
        )
        lot_id = insert(world, "lots", opportunity_id=opportunity_id, key="1", title="North")
    else:
        row = world.sql.execute("SELECT id::text FROM lots WHERE opportunity_id = %s", [opportunity_id]).fetchone()
        assert row
        lot_id = row[0]
    bid_id = insert(
        world,
        "proposals",
        opportunity_id=opportunity_id,
        lot_ids=[lot_id],
        title="Together",
        round_status="revealed",
        revealed_at=now,
    )
    ids = [new_id() for _ in who]
    for index, (partner_id, organisation) in enumerate(zip(ids, who, strict=True)):
        authority = {
            "for_lead_partner_id": ids[0],
            "full_name": "Ann",
            "role_title": "Chair",
            "document_id": None,
            "at": now.isoformat(),
        }
        insert(
            world,
            "partners",
            id=partner_id,
            proposal_id=bid_id,
            organisation_id=organisation.id,
            role="member" if index else "lead",
            status="accepted",
            accepted_at=now,
            filed_at=now,
            authority=authority if index else None,
        )
        insert(
            world,
            "acknowledgements",
            proposal_id=bid_id,
            partner_id=partner_id,
            organisation_id=organisation.id,
            as_of_revision=0,
        )
    facts = {
        "contracting_partner_ids": [ids[0]],
        "paid_partner_ids": [ids[0]],
        "liability": "contractor",
        "decision_rule": "majority",
        "exit_terms_markdown": "Three months' notice.",
        "terms_markdown": "Paid within 30 days.",
    }
    insert(world, "structures", proposal_id=bid_id, facts=facts)
    insert(
        world,
        "sections",
        proposal_id=bid_id,
        key="exit_and_sustainability",
        title="Exit and sustainability",
        required=True,
        words=50,
        characters=300,
    )
    return Bid(world, bid_id, opportunity_id, council, who, ids, lot_id)
