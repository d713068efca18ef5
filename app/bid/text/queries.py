"""Reads that requests and live connections share, and what is told beside a section."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

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


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told beside a section: how many threads are open, when somebody last wrote in it, and who (None: nobody that
    is known by name)."""

    comments_open: int = 0
    edited_at: datetime | None = None
    edited_by: str | None = None


_BESIDE = text("""
SELECT s.id::text, (SELECT count(*) FROM comments c WHERE c.section_id = s.id AND c.thread_id IS NULL
    AND c.resolved_at IS NULL), u.at, pe.name
FROM sections s LEFT JOIN section_updates u ON u.section_id = s.id AND u.seq = s.counted_seq
LEFT JOIN people pe ON pe.id = u.person_id AND pe.erased_at IS NULL
WHERE s.id = ANY(CAST(:ids AS uuid[]))""")
"""The last update is that up to which counts and events go, so that all of them tell the same."""


async def beside(session: AsyncSession, section_ids: Sequence[Id]) -> dict[Id, Beside]:
    """For each of these sections."""
    rows = await session.execute(_BESIDE, {"ids": list(section_ids)})
    return {row[0]: Beside(row[1], row[2], row[3]) for row in rows}
