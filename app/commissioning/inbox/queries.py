"""Submissions as a commissioner reads them: one statement each, whose JSON or stored bytes go out as they are.

The edge has judged before that the reader may see the submission.
"""

import json
from collections.abc import Sequence

from app.bid.signoff.stored import Stored, as_stored, immutable
from app.commissioning.inbox.feed import ITEM
from app.platform.access.ids import Id
from app.platform.access.statements import Run
from app.platform.db.reads import Reads

SUBMISSION = f"""
SELECT ({ITEM}::jsonb || jsonb_build_object(
  'acknowledged_at', to_char(s.acknowledged_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'outcome', s.outcome) || $2::jsonb)::text, s.version
FROM submissions s JOIN editions e ON e.id = s.edition_id
WHERE s.id = $1"""

DOCUMENT = """
SELECT e.document, e.sha256 FROM submissions s JOIN editions e ON e.id = s.edition_id WHERE s.id = $1"""

SCHEDULE = """
SELECT c.document, c.sha256 FROM submissions s JOIN opportunities o ON o.id = s.opportunity_id
JOIN edition_schedules c ON c.edition_id = s.edition_id
WHERE s.id = $1 AND c.partner_id = $2 AND o.price_detail = 'lines'"""


async def submission(run: Run, submission_id: Id, can: Sequence[str]) -> tuple[bytes, int] | None:
    """The submission as JSON for a reader who can do so much, and its version."""
    row = await run(SUBMISSION, submission_id, json.dumps({"viewer": {"can": list(can)}}))
    return (row[0].encode(), row[1]) if row else None


async def document(reads: Reads, submission_id: Id) -> Stored | None:
    """The signed bytes and their SHA-256."""
    return await immutable(reads.first, DOCUMENT, submission_id)


async def schedule(reads: Reads, submission_id: Id, partner_id: Id) -> Stored | None:
    """One partner's price lines and their SHA-256, where the call asked for lines."""
    return as_stored(await reads.first(SCHEDULE, submission_id, partner_id))
