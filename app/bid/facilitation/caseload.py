"""Where a facilitator's own proposals are stuck: one statement over all of them, and nothing that is hidden from it.

What the honesty round hides is not counted; what a partner does unseen (its live text, its hidden declarations) is
no sign of life here, since only events that everybody may see are looked at. A bid of which the person stands on two
sides is not a case until that is recorded.
"""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.access.standing import TWO_SIDES_OF_A_BID

SILENT_AFTER_DAYS = 14

_STATEMENT = text(f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT organisation_id FROM memberships WHERE person_id = :person_id
), mine AS (
  SELECT f.id AS facilitator_id, p.id, p.title, p.status, p.round_status, p.round_cut_off, p.declare_by,
         p.opportunity_id, o.submission_deadline
  FROM facilitators f JOIN member m ON m.organisation_id = f.organisation_id
  JOIN proposals p ON p.id = f.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  WHERE f.status = 'active' AND (CAST(:after AS uuid) IS NULL OR p.id > CAST(:after AS uuid))
    AND NOT ({TWO_SIDES_OF_A_BID})
  ORDER BY p.id LIMIT :limit
), seats AS (
  SELECT mine.id, count(*) FILTER (WHERE pa.status = 'accepted') AS partners,
    count(*) FILTER (WHERE pa.status = 'invited') AS unanswered,
    count(*) FILTER (WHERE pa.status = 'invited' AND pa.reply_by < clock_timestamp()) AS overdue
  FROM mine JOIN partners pa ON pa.proposal_id = mine.id GROUP BY mine.id
), last_seen AS (
  SELECT pa.proposal_id AS id, pa.id AS partner_id,
    greatest(pa.accepted_at, (SELECT max(e.at) FROM events e WHERE e.stream_id = pa.proposal_id
                              AND e.revision IS NOT NULL AND e.organisation_id = pa.organisation_id)) AS seen
  FROM mine JOIN partners pa ON pa.proposal_id = mine.id AND pa.status = 'accepted'
  WHERE mine.status NOT IN ('dissolved', 'decided', 'closed')
), silent AS (
  SELECT id, json_agg(partner_id ORDER BY partner_id) AS partner_ids FROM last_seen
  WHERE seen < clock_timestamp() - make_interval(days => :silent_days) GROUP BY id
), musts AS (
  SELECT mine.id, count(*) AS open FROM mine JOIN expectations x ON x.proposal_id = mine.id
  WHERE mine.round_status <> 'open' AND x.revealed AND x.strength = 'must' AND x.waived_reason IS NULL
    AND x.met_by = '[]'::jsonb GROUP BY mine.id
), troubles AS (
  SELECT mine.id, count(*) AS open,
    count(*) FILTER (WHERE NOT EXISTS (SELECT FROM difficulty_steps s WHERE s.difficulty_id = d.id)) AS stepless
  FROM mine JOIN difficulties d ON d.proposal_id = mine.id AND d.closed_at IS NULL
    AND (d.addressed_to = 'all' OR mine.facilitator_id = ANY(d.facilitator_ids)) GROUP BY mine.id
), motions AS (
  SELECT mine.id, count(*) AS overdue FROM mine JOIN decisions d ON d.proposal_id = mine.id
  WHERE d.status = 'open' AND d.closes_at < clock_timestamp() GROUP BY mine.id
)
SELECT json_build_object(
  'proposal_id', mine.id, 'facilitator_id', mine.facilitator_id, 'title', mine.title, 'status', mine.status,
  'submission_deadline', mine.submission_deadline,
  'partners', coalesce(seats.partners, 0), 'invitations_unanswered', coalesce(seats.unanswered, 0),
  'invitations_overdue', coalesce(seats.overdue, 0),
  'reveal_overdue', mine.round_status = 'open' AND coalesce(mine.round_cut_off, mine.declare_by) < clock_timestamp()
    AND mine.status = 'draft',
  'musts_without_answer', coalesce(musts.open, 0), 'silent_partner_ids', coalesce(silent.partner_ids, '[]'),
  'difficulties_open', coalesce(troubles.open, 0), 'difficulties_without_step', coalesce(troubles.stepless, 0),
  'decisions_overdue', coalesce(motions.overdue, 0))
FROM mine LEFT JOIN seats USING (id) LEFT JOIN silent USING (id) LEFT JOIN musts USING (id)
LEFT JOIN troubles USING (id) LEFT JOIN motions USING (id) ORDER BY mine.id""")


async def page(session: AsyncSession, person_id: Id, after: Id | None, limit: int) -> list[dict[str, Any]]:
    """Cases of all organisations for which this person facilitates, by proposal id."""
    rows = await session.execute(
        _STATEMENT, {"person_id": person_id, "after": after, "limit": limit, "silent_days": SILENT_AFTER_DAYS}
    )
    cases = [row[0] if isinstance(row[0], dict) else json.loads(row[0]) for row in rows]
    for case in cases:
        case["reveal_overdue"] = bool(case["reveal_overdue"])
        case["needs_attention"] = any(
            case[sign]
            for sign in (
                "invitations_overdue",
                "reveal_overdue",
                "musts_without_answer",
                "silent_partner_ids",
                "difficulties_without_step",
                "decisions_overdue",
            )
        )
    return cases
