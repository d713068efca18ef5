"""What falls due by the clock alone: whoever took on a step of a difficulty that is overdue is reminded once."""

from sqlalchemy import text

from app.people.notifications.tables import Notification
from app.platform.access.standing import INSIDER, OF_A_MEMBER
from app.platform.db.base import new_id
from app.platform.worker.work import Work

# One guarded statement over all difficulties, so that two workers never remind of the same step.
_OVERDUE = text(f"""
WITH newest AS (
  SELECT DISTINCT ON (s.difficulty_id) s.difficulty_id, s.owner_organisation_id, s.due_on, s.at
  FROM difficulty_steps s ORDER BY s.difficulty_id, s.id DESC
), due AS (
  UPDATE difficulties d SET reminded_at = clock_timestamp() FROM newest n
  WHERE n.difficulty_id = d.id AND d.closed_at IS NULL AND n.due_on < current_date
    AND n.owner_organisation_id IS NOT NULL AND (d.reminded_at IS NULL OR d.reminded_at < n.at)
  RETURNING d.id, d.proposal_id, n.owner_organisation_id
)
SELECT due.id::text, due.proposal_id::text, m.person_id::text
FROM due JOIN memberships m ON m.organisation_id = due.owner_organisation_id WHERE m.roles && ARRAY['admin', 'editor']
  AND NOT EXISTS (
    SELECT FROM facilitators f CROSS JOIN LATERAL (
      {OF_A_MEMBER}
      SELECT {INSIDER} AS insider) sides
    WHERE f.proposal_id = due.proposal_id AND f.organisation_id = m.organisation_id AND f.status = 'active'
      AND sides.insider)""")


async def remind(work: Work) -> None:
    """Notify the admins and editors of the owners of overdue steps who can read the difficulty: of the facilitator's,
    nobody who has a seat in a partner."""
    async with work.db.sessions.begin() as session:
        for difficulty_id, proposal_id, person_id in (await session.execute(_OVERDUE)).all():
            session.add(
                Notification(
                    id=new_id(),
                    person_id=person_id,
                    proposal_id=proposal_id,
                    kind="difficulty_step_overdue",
                    path=f"/v1/proposals/{proposal_id}/difficulties/{difficulty_id}",
                )
            )
