"""What was handed in, read in one statement each: JSON or stored bytes that go out as they are.

Whether the reader may see the submission at all was judged with the path (`standing`).
"""

from typing import Any

from app.db.queries.feed import item
from app.domain.ids import Id

SUBMISSION = f"""
SELECT ({item()}::jsonb || jsonb_build_object(
  'opportunity_title', o.title, 'title', p.title,
  'acknowledged_at', to_char(s.acknowledged_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'outcome', s.outcome))::text, s.version
FROM submissions s JOIN editions e ON e.id = s.edition_id JOIN opportunities o ON o.id = s.opportunity_id
JOIN proposals p ON p.id = s.proposal_id
WHERE s.id = $1"""

DOCUMENT = """
SELECT e.document, e.sha256 FROM submissions s JOIN editions e ON e.id = s.edition_id WHERE s.id = $1"""

SCHEDULE = """
SELECT c.document, c.sha256 FROM submissions s JOIN opportunities o ON o.id = s.opportunity_id
JOIN edition_schedules c ON c.edition_id = s.edition_id
WHERE s.id = $1 AND c.partner_id = $2 AND o.price_detail = 'lines'"""


async def submission(reads: Any, submission_id: Id) -> tuple[bytes, int] | None:
    """The submission as JSON, and its version."""
    row = await _one(reads, SUBMISSION, submission_id)
    return (row[0].encode(), row[1]) if row else None


async def document(reads: Any, submission_id: Id) -> tuple[bytes, str] | None:
    """The signed bytes and their SHA-256."""
    return _stored(await _one(reads, DOCUMENT, submission_id))


async def schedule(reads: Any, submission_id: Id, partner_id: Id) -> tuple[bytes, str] | None:
    """One partner's price lines and their SHA-256, where the call asked for lines."""
    return _stored(await _one(reads, SCHEDULE, submission_id, partner_id))


EDITION = "SELECT e.document, e.sha256 FROM editions e WHERE e.proposal_id = $1 AND e.number = $2"
ANNEX = """
SELECT e.annex, encode(sha256(e.annex), 'hex') FROM editions e WHERE e.proposal_id = $1 AND e.number = $2"""
EDITION_SCHEDULE = """
SELECT c.document, c.sha256 FROM editions e JOIN edition_schedules c ON c.edition_id = e.id
WHERE e.proposal_id = $1 AND e.number = $2 AND c.partner_id = $3"""


async def edition_document(reads: Any, proposal_id: Id, number: int) -> tuple[bytes, str] | None:
    """An edition's signed bytes and their SHA-256."""
    return _stored(await _one(reads, EDITION, proposal_id, number))


async def edition_annex(reads: Any, proposal_id: Id, number: int) -> tuple[bytes, str] | None:
    return _stored(await _one(reads, ANNEX, proposal_id, number))


async def edition_schedule(reads: Any, proposal_id: Id, number: int, partner_id: Id) -> tuple[bytes, str] | None:
    return _stored(await _one(reads, EDITION_SCHEDULE, proposal_id, number, partner_id))


def _stored(row: Any) -> tuple[bytes, str] | None:
    return (bytes(row[0]), row[1]) if row else None


async def _one(reads: Any, statement: str, *parameters: Any) -> Any:
    async with reads.acquire() as connection:
        return await connection.fetchrow(statement, *parameters)
