"""Where the bids that somebody facilitates are stuck: one statement over all of them.

It counts nothing that is hidden from the facilitator: not what the honesty round hides, and as signs of life only the
events that everybody may read. A bid in which the person stands on two sides is left out until that is recorded.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.access.standing import INSIDER, LAPSED, TWO_SIDES_OF_A_BID, UNSEATED
from app.platform.access.terms import DEADLINE

SILENT_AFTER_DAYS = 14

_STATEMENT = text(f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT organisation_id FROM memberships WHERE person_id = :person_id
), mine AS (
  SELECT f.id AS facilitator_id, p.id, p.title, p.status, p.round_status, p.round_cut_off, p.declare_by,
         p.opportunity_id, {DEADLINE} AS submission_deadline
  FROM (SELECT served.* FROM facilitators served JOIN member m ON m.organisation_id = served.organisation_id
        WHERE served.status = 'active' AND (CAST(:after AS uuid) IS NULL OR served.proposal_id > CAST(:after AS uuid))
        ORDER BY served.proposal_id OFFSET 0) AS f -- in order, so that no more are judged than fit
  JOIN proposals p ON p.id = f.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  WHERE NOT {INSIDER} AND NOT ({TWO_SIDES_OF_A_BID})
  ORDER BY f.proposal_id LIMIT :limit
), seats AS (
  SELECT mine.id, count(*) FILTER (WHERE pa.status = 'accepted') AS partners,
    count(*) FILTER (WHERE pa.status IN {UNSEATED}) AS unanswered,
    count(*) FILTER (WHERE {LAPSED}) AS overdue
  FROM mine JOIN partners pa ON pa.proposal_id = mine.id GROUP BY mine.id
), last_seen AS (
  SELECT pa.proposal_id AS id, pa.id AS partner_id,
    greatest(pa.accepted_at, (SELECT max(e.at) FROM events e WHERE e.stream_id = pa.proposal_id
                              AND e.revision IS NOT NULL AND e.organisation_id = pa.organisation_id)) AS seen
  FROM mine JOIN partners pa ON pa.proposal_id = mine.id AND pa.status = 'accepted'
  WHERE mine.status NOT IN ('dissolved', 'decided', 'closed')
), silent AS (
  SELECT last_seen.id, array_agg(partner_id::text ORDER BY partner_id) AS partner_ids,
    jsonb_agg(jsonb_build_object('partner_id', partner_id, 'name', g.name) ORDER BY partner_id) AS partners
  FROM last_seen JOIN partners pa ON pa.id = partner_id JOIN organisations g ON g.id = pa.organisation_id
  WHERE seen < clock_timestamp() - make_interval(days => :silent_days) GROUP BY last_seen.id
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
SELECT mine.id::text AS proposal_id, mine.facilitator_id::text, mine.title, mine.status, mine.submission_deadline,
  coalesce(seats.partners, 0) AS partners, coalesce(seats.unanswered, 0) AS invitations_unanswered,
  coalesce(seats.overdue, 0) AS invitations_overdue,
  coalesce(mine.round_status = 'open' AND coalesce(mine.round_cut_off, mine.declare_by) < clock_timestamp()
    AND mine.status = 'draft', false) AS reveal_overdue,
  coalesce(musts.open, 0) AS musts_without_answer, coalesce(silent.partner_ids, '{{}}') AS silent_partner_ids,
  coalesce(silent.partners, '[]') AS silent_partners,
  coalesce(troubles.open, 0) AS difficulties_open, coalesce(troubles.stepless, 0) AS difficulties_without_step,
  coalesce(motions.overdue, 0) AS decisions_overdue
FROM mine LEFT JOIN seats USING (id) LEFT JOIN silent USING (id) LEFT JOIN musts USING (id)
LEFT JOIN troubles USING (id) LEFT JOIN motions USING (id) ORDER BY mine.id""")


async def page(session: AsyncSession, person_id: Id, after: Id | None, limit: int) -> Sequence[Row[Any]]:
    """The cases of all organisations for which this person facilitates, in the order of the proposals' ids."""
    given = {"person_id": person_id, "after": after, "limit": limit, "silent_days": SILENT_AFTER_DAYS}
    return (await session.execute(_STATEMENT, given)).all()
