"""What waits for a person, over all proposals: one query over what each state asks of whom."""

from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.whole_proposal import declaring
from app.platform.access.rules import Actor
from app.platform.access.standing import TWO_SIDES_OF_A_BID
from app.platform.capability import Task, joined

_SEATS = f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT m.organisation_id, m.roles FROM memberships m WHERE m.person_id = :person_id
), every_seat AS (
  SELECT pa.*, m.roles && ARRAY['admin', 'signatory'] AS binds, 'signatory' = ANY(m.roles) AS signs,
         'editor' = ANY(m.roles) AS edits, p.title AS proposal_title, p.status AS proposal_status, p.round_status,
         p.declare_by, p.sign_by, p.submit_by, o.submission_deadline, o.id AS opportunity_id,
         o.title AS opportunity_title, coalesce(o.submission_route ->> 'kind', 'unknown') AS route,
         coalesce(' (' || (o.submission_route ->> 'url') || ')', '') AS portal, coalesce(o.submission_deadline < clock_timestamp(), false) AS late,
         {TWO_SIDES_OF_A_BID} AS two_sides
  FROM partners pa JOIN member m ON m.organisation_id = pa.organisation_id
  JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  WHERE p.status NOT IN ('dissolved', 'decided') AND (pa.status = 'accepted' AND NOT pa.waiting
    OR pa.status = 'invited' AND coalesce(pa.reply_by > clock_timestamp(), true))
), seat AS (SELECT * FROM every_seat WHERE NOT two_sides)"""

_COLUMNS = "code, proposal_id, organisation_id, title, what, due_at, pointer"
"""What each room's SQL answers, in this order, from the rows of `seat` (or `every_seat`, `member`) above."""


@cache
def _statement(tasks: tuple[Task, ...]) -> str:
    union = " UNION ALL ".join(task.sql for task in tasks)
    return (
        f"{_SEATS} SELECT task.*, o.time_zone FROM ({union}) AS task ({_COLUMNS}) "
        "JOIN proposals p ON p.id = task.proposal_id JOIN opportunities o ON o.id = p.opportunity_id "
        "ORDER BY due_at, proposal_id, code"
    )


WORDS = {
    "two-sides-to-record": "Two of your organisations stand against each other over '{title}'. You read neither side until an "
    "admin of each records it and how it is handled.",
    "invitation-to-answer": "Your organisation is invited to '{title}'. Accept or decline.",
    "declarations-to-file": "Say what your organisation gives and expects in '{title}', then file it.",
    "declarations-to-acknowledge": "Read what the partners of '{title}' give and expect, and acknowledge it.",
    "authority-to-give": "Give the lead of '{title}' your written authority to act.",
    "decision-to-vote-on": "Vote on '{what}' in '{title}'.",
    "version-to-sign": "Read version {what} of '{title}' and sign it, or say why not.",
    "bid-to-submit": "'{title}' is agreed by everybody. Submit it before the deadline.",
    "bid-to-lodge": "'{title}' is agreed by everybody. Nothing is submitted from here: put it in on the commissioner's own "
    "portal{what} before the deadline, then record here that you did.",
    "place-to-find": "'{title}' is agreed by everybody. The notice{what} does not say where bids go, and nothing is submitted from "
    "here: ask the commissioner, put it in there before the deadline, then record here that you did.",
    "other-bid-to-answer": "A partner in '{title}' declared another bid for the same lot. Answer it.",
    "outcome-to-confirm": "A partner in '{title}' named you for the outcome '{what}'. Confirm it or have it changed.",
    "file-to-anonymise": "'{what}' goes in '{title}' and may identify people who use your services. Confirm that it names "
    "nobody, or take it out.",
    "facilitation-to-answer": "The partners of '{title}' ask your organisation to facilitate. Accept or end it.",
}


async def waiting(session: AsyncSession, actor: Actor) -> list[dict[str, Any]]:
    """As fields of a task: the code, a sentence, and where it is answered."""
    rows = await session.execute(
        text(_statement(joined().tasks)), {"person_id": actor.person_id, "declaring": declaring()}
    )
    return [
        {
            "code": row.code,
            "detail": WORDS[row.code].format(title=row.title, what=row.what),
            "proposal_id": str(row.proposal_id),
            "organisation_id": str(row.organisation_id),
            "pointer": row.pointer
            if row.pointer.startswith("/v1")
            else f"/v1/proposals/{row.proposal_id}{row.pointer}",
            "due_at": row.due_at,
            "time_zone": row.time_zone,
        }
        for row in rows
    ]
