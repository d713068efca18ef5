"""Submissions as a commissioner reads them: one statement each, whose JSON or stored bytes go out as they are.

The edge has judged before that the reader may see the submission.
"""

import json
from collections.abc import Sequence

from app.bid.signoff.stored import Stored, as_stored, immutable
from app.commissioning.inbox import ocds
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


HANDED = """
SELECT s.id::text, s.status, s.submitted_at, s.outcome::text AS outcome, s.decided_at, e.sha256,
       c.id::text AS owner_id, c.name AS owner_name,
       (SELECT coalesce(json_agg(json_build_object('scheme', i.scheme, 'id', i.identifier)
                               ORDER BY i.scheme, i.identifier), '[]')
        FROM organisation_identifiers i WHERE i.organisation_id = c.id)::text AS identifiers
FROM submissions s JOIN editions e ON e.id = s.edition_id JOIN opportunities o ON o.id = s.opportunity_id
JOIN organisations c ON c.id = o.organisation_id WHERE s.id = $1"""


async def handed(reads: Reads, submission_id: Id) -> tuple[ocds.Handed, ocds.Organisation] | None:
    """The submission with its signed document, and its call's owner."""
    stored = await document(reads, submission_id)
    row = await reads.first(HANDED, submission_id) if stored else None
    if stored is None or row is None:
        return None
    outcome = json.loads(row["outcome"]) if row["outcome"] else None
    return ocds.Handed(
        row["id"],
        json.loads(stored[0]),
        row["sha256"],
        row["status"],
        row["submitted_at"],
        outcome,
        row["decided_at"],
    ), ocds.Organisation(row["owner_id"], row["owner_name"], json.loads(row["identifiers"]))


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
