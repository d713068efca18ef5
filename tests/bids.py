"""The one builder of bids. It makes the calls that partners make, and walks to any stage of a bid.

A rule that asks more of a bid makes a step of this builder fail, so that no test goes on with a bid that cannot be.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from tests.callers import Organisation, Person, ok

if TYPE_CHECKING:
    from tests.factories import World

STRUCTURE = {
    "liability": "contractor",
    "decision_rule": "majority",
    "exit_terms_markdown": "Three months' notice.",
    "terms_markdown": "Paid within 30 days.",
}
"""With who contracts and who is paid, enough for a version."""
READ_ONLY = ("id", "version", "derived", "problems")
"""Of a structure."""


@dataclass
class Partner:
    """An organisation's seat in a bid (or a facilitator's); `boss` is its admin, editor and signatory."""

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
    """A joint bid and who is in it; the first partner leads."""

    world: "World"
    id: str
    opportunity: dict[str, Any]
    partners: list[Partner] = field(default_factory=list)
    facilitator: Partner | None = None

    @classmethod
    def started(cls, world: "World", opportunity: dict[str, Any], lead: Organisation, title: str) -> "Bid":
        body = {"opportunity_id": opportunity["id"], "lead_organisation_id": lead.id, "title": title}
        made = ok(lead.boss.post("/proposals", body), 201).json()
        return cls(world, made["id"], opportunity, [Partner(made["partners"][0]["id"], lead)])

    @property
    def path(self) -> str:
        return f"/v1/proposals/{self.id}"

    @property
    def lead(self) -> Partner:
        return self.partners[0]

    @property
    def members(self) -> list[Organisation]:
        return [partner.organisation for partner in self.partners[1:]]

    @property
    def partner_ids(self) -> list[str]:
        return [partner.id for partner in self.partners]

    @property
    def council(self) -> Organisation:
        organisation: Organisation = self.opportunity["commissioner"]
        return organisation

    @property
    def opportunity_id(self) -> str:
        return str(self.opportunity["id"])

    @property
    def lot_id(self) -> str:
        return str(self.opportunity["lots"][0]["id"])

    def seat(self, of: Organisation | Partner) -> str:
        """The id of that organisation's partner, also of one that has left or has not answered."""
        organisation = of.organisation if isinstance(of, Partner) else of
        return self._seats[organisation.id]

    @property
    def _seats(self) -> dict[str, str]:
        rows = self.world.sql.execute(
            "SELECT organisation_id::text, id::text FROM partners WHERE proposal_id = %s ORDER BY id", [self.id]
        )
        return dict(rows.fetchall())

    def get(self, who: Person, path: str, **options: Any) -> httpx.Response:
        return who.get(f"{self.path}{path}", **options)

    def post(self, who: Person, path: str, body: Any = None, **options: Any) -> httpx.Response:
        return who.post(f"{self.path}{path}", body, **options)

    def read(self, person: Person | None = None) -> dict[str, Any]:
        whole: dict[str, Any] = ok((person or self.lead.boss).get(self.path)).json()
        return whole

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

    # Who takes part.

    def invite(self, organisation: Organisation, role: str = "member") -> str:
        body = {"organisation_id": organisation.id, "role": role}
        return str(ok(self.post(self.lead.boss, "/partners", body), 201).json()["id"])

    def join(self, organisation: Organisation, role: str = "member") -> str:
        """Invited by the lead and accepted."""
        partner_id = self.invite(organisation, role)
        ok(self.post(organisation.boss, f"/partners/{partner_id}/accept"))
        self.partners.append(Partner(partner_id, organisation))
        return partner_id

    def add(
        self, name: str = "", role: str = "member", organisation: Organisation | None = None, **fields: Any
    ) -> Partner:
        """Another partner, which has accepted. It and whoever has not yet file, so everything is open."""
        self.join(organisation or self.world.organisation(name, **fields), role)
        self.revealed()
        return self.partners[-1]

    def facilitated(self, name: str = "Council for Voluntary Service") -> Partner:
        """An active facilitator; its `id` is the facilitator's."""
        organisation = self.world.organisation(name, kinds=("facilitator",))
        asked = ok(self.post(self.lead.boss, "/facilitators", {"organisation_id": organisation.id}), 201).json()["id"]
        assert ok(self.post(organisation.boss, f"/facilitators/{asked}/accept")).json()["status"] == "active"
        self.facilitator = Partner(asked, organisation)
        return self.facilitator

    # Its stages.

    def decide(self, method: str, path: str, body: Any, **options: Any) -> httpx.Response:
        """The lead makes a call; where it needs a decision, all vote for it and it is carried."""
        answer = ok(self.lead.boss.request(method, f"{self.path}{path}", json=body, **options))
        if answer.status_code == 202:
            closed = self.all_vote_for(answer.json()["id"])
            assert closed["carried"]["status"] == "done", closed
        return answer

    def all_vote_for(self, decision_id: str) -> dict[str, Any]:
        """Closed by the lead after that; answers the decision."""
        motion = f"/decisions/{decision_id}"
        for partner in self.partners:
            ballot = {"option": "for", "organisation_id": partner.organisation.id}
            ok(self.post(partner.boss, f"{motion}/votes", ballot), 201)
        closed: dict[str, Any] = ok(self.post(self.lead.boss, f"{motion}/close")).json()
        return closed

    def structure(self, **facts: Any) -> None:
        """Changes facts of the structure, by a decision where there are others."""
        now = ok(self.get(self.lead.boss, "/structure"))
        kept = {key: value for key, value in now.json().items() if key not in READ_ONLY}
        self.decide("PUT", "/structure", {**kept, **facts}, if_match=now.headers["ETag"])

    def structured(self) -> None:
        """A structure that is enough for a version: the lead contracts and is paid."""
        lead = [self.lead.id]
        self.structure(**STRUCTURE, contracting_partner_ids=lead, paid_partner_ids=lead)

    def file(self, partner: Partner) -> None:
        ok(self.post(partner.boss, "/honesty-round/file", {"organisation_id": partner.organisation.id}))

    def revealed(self) -> "Bid":
        """All file who have not, so everything is open. That takes two."""
        waiting = self.world.sql.execute(
            "SELECT id::text FROM partners WHERE proposal_id = %s AND status = 'accepted' AND filed_at IS NULL",
            [self.id],
        ).fetchall()
        for partner in self.partners:
            if (partner.id,) in waiting:
                self.file(partner)
        return self

    def section(self, key: str) -> str:
        """The path of that section."""
        sections = ok(self.get(self.lead.boss, "/sections")).json()["items"]
        return next(f"{self.path}/sections/{section['id']}" for section in sections if section["key"] == key)

    def write(self) -> None:
        """Every section that the call requires has words."""
        for section in ok(self.get(self.lead.boss, "/sections")).json()["items"]:
            if section["required"] and not section["counts"]["words"]:
                content = f"{self.path}/sections/{section['id']}/content"
                words = {"markdown": "We do what we say."}
                ok(self.lead.boss.put(content, words, if_match=self.lead.boss.etag(content)))

    def state(self) -> None:
        """Every partner makes the statements that the call requires."""
        for partner in self.partners:
            path = f"{self.path}/partners/{partner.id}/statements"
            for statement in ok(partner.boss.get(path)).json()["items"]:
                if statement["required"] and statement["answer"] is None:
                    ok(partner.boss.put(f"{path}/{statement['key']}", {"answer": "yes"}, if_match=statement["version"]))

    def acknowledge(self) -> None:
        """Everybody says that it has read what the others give and expect."""
        for partner in self.partners:
            ok(self.post(partner.boss, "/acknowledgements", {"organisation_id": partner.organisation.id}), 201)

    def show(self, *partners: Partner) -> None:
        """Each shows the others its totals as they are now."""
        for partner in partners or self.partners:
            ok(self.post(partner.boss, "/budget/show", {"partner_id": partner.id}))

    def prices_final(self, final: bool = True) -> None:
        """Every partner says that its prices are final, or takes it back."""
        for partner in self.partners:
            ok(self.post(partner.boss, "/budget/final", {"partner_id": partner.id, "final": final}))

    def ready(self) -> "Bid":
        """Nothing stands in the way of a version: agreed, written, authorised and read by all."""
        if ok(self.get(self.lead.boss, "/structure")).json()["problems"]:
            self.structured()
        self.write()
        self.state()
        for partner in self.partners[1:]:
            who = {"full_name": "Ann", "role_title": "Chair"}
            ok(self.post(partner.boss, f"/partners/{partner.id}/authority", who))
        self.acknowledge()
        if len(self.partners) > 1:
            self.prices_final()
        blockers = ok(self.get(self.lead.boss, "/readiness")).json()["blockers"]
        assert blockers == [], blockers
        return self

    def freeze(self) -> dict[str, Any]:
        """Locked for signing; answers the version."""
        made: dict[str, Any] = ok(self.post(self.lead.boss, "/editions"), 201).json()
        return made

    def signing(self, index: int, sha256: str, number: int = 1, person: Person | None = None) -> httpx.Response:
        partner = self.partners[index]
        body = {
            "organisation_id": partner.organisation.id,
            "sha256": sha256,
            "full_name": f"Signatory of {partner.name}",
            "role_title": "Chair",
            "authority_basis": {"kind": "resolution", "date": "2026-11-02"},
        }
        return self.post(person or partner.boss, f"/editions/{number}/sign-offs", body)

    def agree(self) -> dict[str, Any]:
        """Locked, and signed by everybody; answers the version."""
        edition = self.freeze()
        for index in range(len(self.partners)):
            ok(self.signing(index, edition["sha256"], edition["number"]), 201)
        assert self.status() == "agreed"
        return edition

    def withdraw(self, number: int = 1, index: int = 0, reason: str = "A figure is wrong.") -> httpx.Response:
        partner = self.partners[index]
        body = {"organisation_id": partner.organisation.id, "reason": reason}
        return self.post(partner.boss, f"/editions/{number}/withdraw", body)

    def submit(self, index: int = 0) -> httpx.Response:
        partner = self.partners[index]
        return self.post(partner.boss, "/submissions", {"organisation_id": partner.organisation.id})

    def forced(self, status: str) -> None:
        """The status alone, whatever stands in the way of it: for the order in which things are refused."""
        self.world.sql.execute("UPDATE proposals SET status = %s WHERE id = %s", [status, self.id])

    # Time, which no call moves.

    def set_deadline(self, at: datetime) -> None:
        self.world.sql.execute(
            "UPDATE opportunities SET submission_deadline = %s WHERE id = %s", [at, self.opportunity_id]
        )

    def pass_deadline(self) -> None:
        self.set_deadline(datetime.now(UTC) - timedelta(milliseconds=1))

    def time_is_up(self, decision_id: str) -> None:
        """As when the decision's closing time has just come."""
        self.world.sql.execute("UPDATE decisions SET closes_at = clock_timestamp() WHERE id = %s", [decision_id])
