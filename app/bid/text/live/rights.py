"""What a connection may do now, by the table of permissions and the section's settings, as the database has them."""

from dataclasses import dataclass
from typing import Any, Literal

from app.bid.text import queries
from app.bid.text.rules.writing import writing_side
from app.platform.access.ids import Id
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Scope, Standing
from app.platform.access.standing import (
    CLIENT_PREFIX,
    PERSON_PREFIX,
    STATEMENTS,
    Found,
    read,
    two_sides,
)
from app.platform.db.engine import Database

READING, WRITING = PERMISSIONS["get_section_content"], PERMISSIONS["put_section_content"]


@dataclass(frozen=True, slots=True)
class Participant:
    """Who is connected to which section, and by which sign-in: `token_hash` is its session's or access token's."""

    section_id: Id
    proposal_id: Id
    person_id: Id | None
    session_id: Id | None
    how: Literal["session", "client"]
    token_hash: bytes
    name: str = ""
    """The person's, or the program's: what others see beside the cursor."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a participant may do. `organisation_id`: for whom it writes or reads. `draft`: the bid takes text now."""

    read: bool
    write: bool
    organisation_id: Id | None = None
    draft: bool = True
    signed_in: bool = True


_NONE = Right(read=False, write=False)


class RightsReader:
    """Reads the rights of participants, over the pool of quick reads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def right_of(self, who: Participant) -> Right:
        found = await self.find(who.how, who.token_hash, who.proposal_id)
        if found.actor is None:
            return Right(read=False, write=False, signed_in=False)
        standing = found.standing
        if standing is None or not READING.allows(standing) or not _in_scope(found, READING.oauth):
            return _NONE
        if await two_sides(self.run, found, Scope.PROPOSAL, who.token_hash, who.proposal_id):
            return _NONE
        assignment = await queries.assignment(self.run, who.section_id, who.proposal_id)
        if assignment is None:
            return _NONE
        side = writing_side(assignment, standing)
        draft = WRITING.open_now(standing)
        write = side is not None and draft and WRITING.allows(standing) and _in_scope(found, WRITING.oauth)
        organisation_id = side.organisation_id if side is not None else _first_organisation(standing)
        return Right(read=True, write=write, organisation_id=organisation_id, draft=draft)

    async def find(self, how: str, token_hash: bytes, proposal_id: Id) -> Found:
        prefix = PERSON_PREFIX if how == "session" else CLIENT_PREFIX
        row = await self.run(STATEMENTS[prefix, Scope.PROPOSAL], token_hash, proposal_id)
        return read(row, signed_in=True)

    async def run(self, statement: str, *parameters: Any) -> Any:
        """Runs one statement and answers its first row, or None."""
        return await self._db.reads.first(statement, *parameters)


def _in_scope(found: Found, scope: str | None) -> bool:
    """A client needs the operation's scope; an operation that has none is for people only."""
    if found.actor is None or found.actor.client_id is None:
        return True
    return scope is not None and scope in found.actor.scopes


def _first_organisation(standing: Standing) -> Id | None:
    return next((side.organisation_id for side in standing.sides), None)
