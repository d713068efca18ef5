"""What a connection may do, by the table of permissions and the section's settings, as the database has them now."""

from typing import Any

from app.bid.text.live.authority import Right, Seat
from app.bid.text.rules.rights import SectionSetting, writing_side
from app.platform.access import standing as q
from app.platform.access.ids import Id
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Scope, Standing
from app.platform.db.engine import Database

READING, WRITING = PERMISSIONS["get_section_content"], PERMISSIONS["put_section_content"]

_SECTION = """
SELECT s.assignee_organisation_id, s.open_to_all,
       (SELECT pa.organisation_id FROM partners pa WHERE pa.proposal_id = s.proposal_id AND
        CASE WHEN s.partner_id IS NULL THEN pa.role = 'lead' AND pa.status = 'accepted' ELSE pa.id = s.partner_id END
        LIMIT 1)
FROM sections s WHERE s.id = $1 AND s.proposal_id = $2
"""
_NOTHING = Right(read=False, write=False)


class Judging:
    """Judges connections over the pool of quick reads."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def right_of(self, seat: Seat) -> Right:
        return await self.right(seat.how, seat.token_hash, seat.proposal_id, seat.section_id)

    async def right(self, how: str, token_hash: bytes, proposal_id: Id, section_id: Id) -> Right:
        found = await self.find(how, token_hash, proposal_id)
        if found.actor is None:
            return Right(read=False, write=False, signed_in=False)
        standing = found.standing
        if standing is None or not READING.allows(standing) or not _in_scope(found, READING.oauth):
            return _NOTHING
        if await q.on_two_sides(self.row, found, Scope.PROPOSAL, token_hash, proposal_id):
            return _NOTHING
        row = await self.row(_SECTION, section_id, proposal_id)
        if row is None:
            return _NOTHING
        side = writing_side(SectionSetting(row[0], row[2], row[1]), standing)
        draft = WRITING.open_now(standing)
        write = side is not None and draft and WRITING.allows(standing) and _in_scope(found, WRITING.oauth)
        organisation_id = side.organisation_id if side is not None else _first_organisation(standing)
        return Right(read=True, write=write, organisation_id=organisation_id, draft=draft)

    async def find(self, how: str, token_hash: bytes, proposal_id: Id) -> q.Found:
        prefix = q.PERSON_PREFIX if how == "session" else q.CLIENT_PREFIX
        row = await self.row(q.STATEMENTS[prefix, Scope.PROPOSAL, q.Depth.STATE], token_hash, proposal_id)
        return q.read(row, signed_in=True)

    async def row(self, statement: str, *parameters: Any) -> Any:
        return await self._db.reads.first(statement, *parameters)


def _in_scope(found: q.Found, scope: str | None) -> bool:
    """A client needs the operation's scope; an operation without one is for people alone."""
    if found.actor is None or found.actor.client_id is None:
        return True
    return scope is not None and scope in found.actor.scopes


def _first_organisation(standing: Standing) -> Id | None:
    return next((side.organisation_id for side in standing.sides), None)
