"""The commissioners' feed of submissions: in commit order, each change once, none skipped while writers run.

Every change of a submission stamps it with its transaction's id (`changed_xact`). A reader walks in **passes**: a
pass covers the stamps from `since.xact` up to, but without, the oldest transaction that was still running when the
pass began (`pg_snapshot_xmin`), so nothing that commits later can fall behind the cursor. The bids that a sealed call
opens at its deadline were stamped long before: a pass also takes the calls that the clock opened since the last pass.
A row that changes while a pass is read leaves it and comes in the next.

The feed leaves out calls in which the person has roles on two sides that nobody has recorded (rule 4 of the domain).
Once that is recorded, a reader that starts without a cursor gets them whole.

A cursor says nothing to whoever holds it: it is sealed (`cursors.py`), and no pass goes beyond the clock, whatever a
cursor from before the seal says.

Each opportunity is read through its own index range, so a page costs the same at a million rows.
"""

import json
from dataclasses import dataclass

from app.platform.access.ids import Id
from app.platform.access.standing import TWO_SIDES_OF_A_CALL
from app.platform.db.reads import Reads
from app.platform.words.codes import SubmissionStatus
from app.platform.words.vocabularies import label

NOWHERE = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Mark:
    """A point in the feed: a transaction id, and an instant of the database's clock in microseconds."""

    xact: int = 0
    micros: int = 0


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a reader is. The pass covers `since` to `until`; with None, the next page begins a new pass."""

    since: Mark = Mark()
    until: Mark | None = None
    after_xact: int = -1
    after_id: Id = NOWHERE


_LABELS = (
    "'"
    + json.dumps({each.value: label("submission_status", each) for each in SubmissionStatus}).replace("'", "''")
    + "'::jsonb"
)
ITEM = """
json_build_object(
  'id', s.id, 'proposal_id', s.proposal_id, 'opportunity_id', s.opportunity_id, 'status', s.status,
  'edition', e.number, 'sha256', e.sha256,
  'submitted_at', to_char(s.submitted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'title', s.title, 'opportunity_title', s.opportunity_title, 'organisation_name', s.tenderers -> 0 ->> 'name',
  'detail', {labels} ->> s.status,
  'tenderers', s.tenderers, 'notices', s.notices, 'version', s.version)""".replace("{labels}", _LABELS)
"""SQL: one submission (`s`, with its edition `e`) as JSON."""

_OPENS = "least(o.opened_at, o.submission_deadline)"

PAGE = f"""
WITH actor AS (
  SELECT $11::uuid AS person_id
), member AS (
  SELECT m.organisation_id FROM memberships m WHERE m.person_id = $11
), bounds AS (
  SELECT coalesce($4::bigint, pg_snapshot_xmin(pg_current_snapshot())::text::bigint) AS until_xact,
         least(timestamptz 'epoch' + $5::bigint * interval '1 microsecond', clock_timestamp()) AS until_at,
         timestamptz 'epoch' + $3::bigint * interval '1 microsecond' AS since_at,
         $2::bigint AS since_xact
), page AS (
  SELECT s.* FROM bounds b
  CROSS JOIN LATERAL (
    SELECT o.id, o.mode = 'sealed' AS sealed, o.mode = 'sealed' AND {_OPENS} >= b.since_at AS newly FROM opportunities o
    WHERE o.organisation_id = ANY($1::uuid[]) AND ($8::uuid IS NULL OR o.id = $8)
      AND (o.mode <> 'sealed' OR {_OPENS} < b.until_at)
      AND NOT ({TWO_SIDES_OF_A_CALL})) o
  CROSS JOIN LATERAL (
    SELECT s.* FROM submissions s
    WHERE s.opportunity_id = o.id
      AND (s.changed_xact, s.id) > (
        CASE WHEN $6::bigint >= b.since_xact OR o.newly THEN $6::bigint ELSE b.since_xact - 1 END,
        CASE WHEN $6::bigint >= b.since_xact OR o.newly THEN $7::uuid
             ELSE 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid END)
      AND s.changed_xact < b.until_xact
      AND (NOT o.sealed OR s.status NOT IN ('replaced', 'withdrawn'))
      AND ($9::text IS NULL OR s.status = $9)
    ORDER BY s.changed_xact, s.id LIMIT $10) s
  ORDER BY s.changed_xact, s.id LIMIT $10
), made AS (
  SELECT json_agg({ITEM} ORDER BY s.changed_xact, s.id)::text AS items, count(*) AS size,
         max(s.changed_xact) AS last_xact
  FROM page s JOIN editions e ON e.id = s.edition_id
)
SELECT items, size, last_xact, (SELECT max(p.id::text) FROM page p WHERE p.changed_xact = last_xact) AS last_id,
       until_xact, (extract(epoch FROM until_at) * 1000000)::bigint AS until_micros,
       EXISTS (SELECT FROM opportunities o WHERE o.organisation_id = ANY($1::uuid[])) AS has_calls
FROM bounds, made"""


NEXT_OPENING = f"""
SELECT extract(epoch FROM min({_OPENS}) - clock_timestamp())::float8 AS seconds FROM opportunities o
WHERE o.organisation_id = ANY($1::uuid[]) AND o.mode = 'sealed' AND {_OPENS} > clock_timestamp()"""


async def next_opening(reads: Reads, organisation_ids: list[Id]) -> float | None:
    """Seconds until the clock opens a sealed call of theirs, of which no hint tells; None where none is to be opened."""
    found: float | None = (await reads.first(NEXT_OPENING, organisation_ids))["seconds"]
    return found


async def page(
    reads: Reads,
    organisation_ids: list[Id],
    cursor: Cursor,
    limit: int,
    opportunity_id: Id | None = None,
    status: str | None = None,
    person_id: Id | None = None,
) -> tuple[bytes, Cursor | None]:
    """The items as the bytes of a JSON array, and the cursor to go on from; None for a reader without a call.

    After a full page the same pass may have more; after any other, the next page begins the next pass.
    """
    until = cursor.until
    row = await reads.first(
        PAGE,
        organisation_ids,
        cursor.since.xact,
        cursor.since.micros,
        until.xact if until else None,
        until.micros if until else None,
        cursor.after_xact,
        cursor.after_id,
        opportunity_id,
        status,
        limit,
        person_id,
    )
    reached = Mark(row["until_xact"], row["until_micros"])
    items = (row["items"] or "[]").encode()
    if not row["has_calls"]:
        return items, None
    if row["size"] < limit:
        return items, Cursor(since=reached)
    return items, Cursor(cursor.since, reached, row["last_xact"], row["last_id"])
