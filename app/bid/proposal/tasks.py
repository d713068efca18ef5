"""What waits for a person in all proposals: one query, made of what each room declares as a task."""

from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.whole_proposal import declaring
from app.platform.access.rules import Actor
from app.platform.access.standing import TWO_SIDES_OF_A_BID
from app.platform.access.terms import DEADLINE, LATE, ROUTE, TIME_ZONE, TITLE
from app.platform.capability import Task, joined
from app.platform.words.catalogue import FIRST, catalogue

_SEATS = f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT m.organisation_id, m.roles FROM memberships m WHERE m.person_id = :person_id
), every_seat AS (
  SELECT pa.*, m.roles && ARRAY['admin', 'signatory'] AS binds, 'signatory' = ANY(m.roles) AS signs,
         'editor' = ANY(m.roles) AS edits, p.title AS proposal_title, p.status AS proposal_status, p.round_status,
         p.declare_by, p.sign_by, p.submit_by, {DEADLINE} AS submission_deadline, o.id AS opportunity_id,
         {TITLE} AS opportunity_title, coalesce({ROUTE} ->> 'kind', 'unknown') AS route,
         coalesce(' (' || ({ROUTE} ->> 'url') || ')', '') AS portal, {LATE} AS late,
         {TWO_SIDES_OF_A_BID} AS two_sides
  FROM partners pa JOIN member m ON m.organisation_id = pa.organisation_id
  JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  WHERE p.status NOT IN ('dissolved', 'decided') AND (pa.status = 'accepted' AND NOT pa.waiting
    OR pa.status = 'invited' AND coalesce(pa.reply_by > clock_timestamp(), true))
), seat AS (SELECT * FROM every_seat WHERE NOT two_sides)"""

_COLUMNS = "code, proposal_id, organisation_id, title, what, due_at, pointer"
"""The columns of each room's SQL, in this order. It reads `seat` (or `every_seat`, `member`) above."""


@cache
def _statement(tasks: tuple[Task, ...]) -> str:
    union = " UNION ALL ".join(task.sql for task in tasks)
    return (
        f"{_SEATS} SELECT task.*, {TIME_ZONE} AS time_zone FROM ({union}) AS task ({_COLUMNS}) "
        "JOIN proposals p ON p.id = task.proposal_id JOIN opportunities o ON o.id = p.opportunity_id "
        "ORDER BY due_at, proposal_id, code"
    )


def task_sentence(code: str, *, title: str, what: str, language: str = FIRST) -> str:
    """What is asked of the reader. `title` is the bid's or the call's, `what` the thing in it that waits."""
    return catalogue(language)(f"task.{code}", title=title, what=what)


async def waiting(session: AsyncSession, actor: Actor, language: str = FIRST) -> list[dict[str, Any]]:
    """The fields of each task: its code, a sentence, and where it is answered."""
    rows = await session.execute(
        text(_statement(joined().tasks)), {"person_id": actor.person_id, "declaring": declaring()}
    )
    return [
        {
            "code": row.code,
            "detail": task_sentence(row.code, title=row.title, what=row.what, language=language),
            "proposal_id": str(row.proposal_id),
            "organisation_id": row.organisation_id and str(row.organisation_id),
            "pointer": row.pointer
            if row.pointer.startswith("/v1")
            else f"/v1/proposals/{row.proposal_id}{row.pointer}",
            "due_at": row.due_at,
            "time_zone": row.time_zone,
        }
        for row in rows
    ]
