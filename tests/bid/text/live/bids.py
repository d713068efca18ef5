"""Bids to write in, put straight into the database: live editing needs few of their parts, and the tests that kill the
database and the benches have no service to call."""

import secrets
from dataclasses import dataclass

import psycopg

from app.platform.access.standing import PERSON_PREFIX, token_hash
from app.platform.db.base import new_id


@dataclass(frozen=True)
class Writer:
    """A signed-in person of an organisation that takes part."""

    person_id: str
    organisation_id: str
    partner_id: str
    session_id: str
    token: str


@dataclass(frozen=True)
class Bid:
    sql: psycopg.Connection
    opportunity_id: str
    proposal_id: str
    section_id: str
    lead: Writer

    def partner(self, role: str = "member", roles: tuple[str, ...] = ("admin", "editor", "signatory")) -> Writer:
        """Another organisation with one person, accepted."""
        return _partner(self.sql, self.proposal_id, role, roles)

    def colleague(self, of: Writer, *roles: str) -> Writer:
        person_id, session_id, token = _person(self.sql)
        self.sql.execute(
            "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
            [of.organisation_id, person_id, list(roles)],
        )
        return Writer(person_id, of.organisation_id, of.partner_id, session_id, token)

    def section(self, *, open_to_all: bool = False) -> str:
        """Another section; answers its id."""
        section_id = new_id()
        self.sql.execute(
            "INSERT INTO sections (id, proposal_id, key, title, open_to_all) VALUES (%s, %s, %s, 'Quality', %s)",
            [section_id, self.proposal_id, f"q-{section_id[-6:]}", open_to_all],
        )
        return section_id

    def path(self, section_id: str | None = None) -> str:
        return f"/v1/proposals/{self.proposal_id}/sections/{section_id or self.section_id}/live"

    def status(self, status: str) -> None:
        """Sets the status as freezing and withdrawing do, under the strongest lock."""
        with self.sql.transaction():
            self.sql.execute("SELECT FROM proposals WHERE id = %s FOR UPDATE", [self.proposal_id])
            self.sql.execute("UPDATE proposals SET status = %s WHERE id = %s", [status, self.proposal_id])


def bid(sql: psycopg.Connection, *, open_to_all: bool = True) -> Bid:
    """A draft with a lead and one section."""
    opportunity_id, proposal_id = new_id(), new_id()
    sql.execute(
        "INSERT INTO opportunities (id, title, status) VALUES (%s, 'Youth work', 'published')", [opportunity_id]
    )
    sql.execute(
        "INSERT INTO proposals (id, opportunity_id, title) VALUES (%s, %s, 'Together')", [proposal_id, opportunity_id]
    )
    made = Bid(sql, opportunity_id, proposal_id, "", _partner(sql, proposal_id, "lead", ("admin", "editor")))
    return Bid(sql, opportunity_id, proposal_id, made.section(open_to_all=open_to_all), made.lead)


def _partner(sql: psycopg.Connection, proposal_id: str, role: str, roles: tuple[str, ...]) -> Writer:
    organisation_id, partner_id = new_id(), new_id()
    person_id, session_id, token = _person(sql)
    sql.execute(
        "INSERT INTO organisations (id, name, kinds, legal_form) VALUES (%s, %s, '{provider}', 'charity')",
        [organisation_id, f"Org {organisation_id[-6:]}"],
    )
    sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
        [organisation_id, person_id, list(roles)],
    )
    sql.execute(
        "INSERT INTO partners (id, proposal_id, organisation_id, role, status) VALUES (%s, %s, %s, %s, 'accepted')",
        [partner_id, proposal_id, organisation_id, role],
    )
    return Writer(person_id, organisation_id, partner_id, session_id, token)


def _person(sql: psycopg.Connection) -> tuple[str, str, str]:
    person_id, session_id, token = new_id(), new_id(), PERSON_PREFIX + secrets.token_urlsafe(32)
    sql.execute(
        "INSERT INTO people (id, email, name, verified_at) VALUES (%s, %s, 'Ana', now())",
        [person_id, f"{person_id[-12:]}@test.example"],
    )
    sql.execute(
        "INSERT INTO sessions (id, person_id, token_hash, expires_at) VALUES (%s, %s, %s, now() + interval '1 day')",
        [session_id, person_id, token_hash(token)],
    )
    return person_id, session_id, token
