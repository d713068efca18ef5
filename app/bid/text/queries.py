"""Reads that requests and live connections share."""

from app.bid.text.rules.writing import Assignment
from app.platform.access.ids import Id
from app.platform.access.statements import Run

_ASSIGNMENT = """
SELECT s.assignee_organisation_id::text, s.open_to_all,
       (SELECT pa.organisation_id::text FROM partners pa WHERE pa.proposal_id = s.proposal_id AND
        CASE WHEN s.partner_id IS NULL THEN pa.role = 'lead' AND pa.status = 'accepted' ELSE pa.id = s.partner_id END
        LIMIT 1)
FROM sections s WHERE s.id = $1::text::uuid AND s.proposal_id = $2::text::uuid
"""


async def assignment(run: Run, section_id: Id, proposal_id: Id) -> Assignment | None:
    """Who the section is assigned to; None where the proposal has no such section."""
    row = await run(_ASSIGNMENT, section_id, proposal_id)
    return None if row is None else Assignment(row[0], row[2], row[1])
