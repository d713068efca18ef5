"""Bids at a given stage, put straight into the database: for tests of what partners do with one another afterwards."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from app.platform.db.base import new_id
from tests.factories import Organisation, Person, World


@dataclass
class Partner:
    """An organisation's seat in a bid; `boss` is its admin, editor and signatory."""

    id: str
    organisation: Organisation

    @property
    def boss(self) -> Person:
        return self.organisation.boss

    @property
    def name(self) -> str:
        return self.organisation.name


@dataclass
class Bid:
    world: World
    opportunity_id: str
    id: str
    partners: list[Partner] = field(default_factory=list)
    facilitator: Partner | None = None

    @property
    def lead(self) -> Partner:
        return self.partners[0]

    @property
    def path(self) -> str:
        return f"/proposals/{self.id}"

    def add(
        self, name: str = "", role: str = "member", organisation: Organisation | None = None, **fields: Any
    ) -> Partner:
        """Another accepted partner, which has filed."""
        organisation = organisation or self.world.organisation(name, **fields)
        partner = Partner(new_id(), organisation)
        self.world.sql.execute(
            "INSERT INTO partners (id, proposal_id, organisation_id, role, status, accepted_at, filed_at) "
            "VALUES (%s, %s, %s, %s, 'accepted', now(), now())",
            [partner.id, self.id, organisation.id, role],
        )
        self.partners.append(partner)
        return partner

    def facilitated(self, name: str = "Council for Voluntary Service") -> Partner:
        """An active facilitator; its `id` is the facilitator's."""
        organisation = self.world.organisation(name, kinds=("facilitator",))
        self.facilitator = Partner(new_id(), organisation)
        self.world.sql.execute(
            "INSERT INTO facilitators (id, proposal_id, organisation_id, status, started_at) "
            "VALUES (%s, %s, %s, 'active', now())",
            [self.facilitator.id, self.id, organisation.id],
        )
        return self.facilitator

    def structure(self, **facts: Any) -> None:
        """Set facts of the structure in force, as they stand on the wire."""
        self.world.sql.execute(
            "UPDATE structures SET facts = facts || %s, version = version + 1 WHERE proposal_id = %s",
            [json.dumps(facts), self.id],
        )

    def revealed(self) -> None:
        """As after the honesty round."""
        self.world.sql.execute(
            "UPDATE proposals SET round_status = 'revealed', revealed_at = now() WHERE id = %s", [self.id]
        )

    def status(self, status: str) -> None:
        self.world.sql.execute("UPDATE proposals SET status = %s WHERE id = %s", [status, self.id])

    def time_is_up(self, decision_id: str) -> None:
        """As when the decision's closing time has just come."""
        self.world.sql.execute("UPDATE decisions SET closes_at = clock_timestamp() WHERE id = %s", [decision_id])

    def get(self, who: Person, path: str, **options: Any) -> httpx.Response:
        return who.get(f"{self.path}{path}", **options)

    def post(self, who: Person, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return who.post(f"{self.path}{path}", body, **options)


def bid(world: World, *names: str, rule: str | None = None, deadline: timedelta | None = timedelta(days=60)) -> Bid:
    """A draft whose first name leads and whose others are members, with the round behind it."""
    opportunity_id, proposal_id = new_id(), new_id()
    council = world.organisation(kinds=("commissioner",))
    world.sql.execute(
        "INSERT INTO opportunities (id, organisation_id, title, status, submission_deadline) "
        "VALUES (%s, %s, 'Youth work', 'published', %s)",
        [opportunity_id, council.id, datetime.now(UTC) + deadline if deadline else None],
    )
    world.sql.execute(
        "INSERT INTO proposals (id, opportunity_id, title) VALUES (%s, %s, 'Together')", [proposal_id, opportunity_id]
    )
    world.sql.execute("INSERT INTO structures (proposal_id, facts) VALUES (%s, '{}')", [proposal_id])
    made = Bid(world, opportunity_id, proposal_id)
    for number, name in enumerate(names or ("", "")):
        made.add(name, "lead" if number == 0 else "member")
    if rule:
        made.structure(decision_rule=rule)
    made.revealed()
    return made
