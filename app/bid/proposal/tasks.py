"""What waits for a person: what each room declares as a task, in one query, and what stands in the way of its bids."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import to_clear
from app.bid.proposal.to_clear import Draft
from app.bid.records.whole_proposal import declaring
from app.people.notifications.wording import ToDo
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.access.standing import ASKED, TWO_SIDES_OF_A_BID
from app.platform.access.terms import DEADLINE, LATE, ROUTE, TIME_ZONE, TITLE
from app.platform.capability import Task, joined
from app.platform.words.catalogue import FIRST, catalogue
from app.platform.words.vocabularies import entry

SEATS = f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT m.organisation_id, m.roles FROM memberships m WHERE m.person_id = :person_id
), every_seat AS (
  SELECT pa.*, m.roles && ARRAY['admin', 'signatory'] AS binds, 'signatory' = ANY(m.roles) AS signs,
         'editor' = ANY(m.roles) AS edits, p.title AS proposal_title, p.status AS proposal_status, p.version AS proposal_version,
         p.round_status, o.version AS call_version,
         p.declare_by, p.text_by, p.sign_by, p.submit_by, {DEADLINE} AS submission_deadline, o.id AS opportunity_id,
         {TITLE} AS opportunity_title, {TIME_ZONE} AS time_zone, coalesce({ROUTE} ->> 'kind', 'unknown') AS route,
         coalesce(' (' || ({ROUTE} ->> 'url') || ')', '') AS portal, {LATE} AS late,
         {TWO_SIDES_OF_A_BID} AS two_sides
  FROM partners pa JOIN member m ON m.organisation_id = pa.organisation_id
  JOIN proposals p ON p.id = pa.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
  WHERE p.status NOT IN ('dissolved', 'decided') AND (pa.status = 'accepted' AND NOT pa.waiting
    OR {ASKED})
), seat AS (SELECT * FROM every_seat WHERE NOT two_sides)"""

_COLUMNS = "code, thing_id, organisation_id, title, what, due_at, pointer"
"""The columns of each room's SQL, in this order. It reads `seat` (or `every_seat`, `member`) above."""


@cache
def _statement(tasks: tuple[Task, ...]) -> str:
    union = " UNION ALL ".join(
        f"SELECT {'NULL::uuid, t.thing_id' if task.of_call else 't.thing_id, NULL::uuid'}, t.* "
        f"FROM ({task.sql}) AS t ({_COLUMNS})"
        for task in tasks
        if task.sql is not None
    )
    return (
        f"{SEATS} SELECT task.*, {TIME_ZONE} AS time_zone FROM ({union}) "
        f"AS task (proposal_id, opportunity_id, {_COLUMNS}) LEFT JOIN proposals p ON p.id = task.proposal_id "
        "JOIN opportunities o ON o.id = coalesce(task.opportunity_id, p.opportunity_id)"
    )


def task_sentence(code: str, *, title: str, what: str, language: str = FIRST) -> str:
    """What is asked of the reader. `title` is the bid's or the call's, `what` the thing in it that waits."""
    return catalogue(language)(f"task.{code}", title=title, what=what)


def to_do(task: dict[str, Any], language: str) -> ToDo:
    """A task as a mail says it: of a blocker its kind alone, since no money and nothing that partners declared is mailed."""
    said = task["detail"]
    if task["code"] == "blocker-to-clear":
        kind = "rule-<name>" if task["blocker"].startswith("rule-") else task["blocker"]
        what = f"{entry('blocker', kind, language).label}."
        said = task_sentence(task["code"], title=task["title"], what=what, language=language)
    return ToDo(task["code"], task["proposal_id"], said, task["due_at"], task["time_zone"])


async def waiting(session: AsyncSession, actor: Actor, language: str = FIRST) -> list[dict[str, Any]]:
    """The fields of each task: its code, a sentence, and where it is answered. However many bids there are, it takes three
    statements."""
    return await _waiting(session, actor, await to_clear.drafts(session, actor, SEATS), language)


async def blockers_mine(session: AsyncSession, actor: Actor, proposal_ids: Sequence[Id]) -> dict[Id, int]:
    """For each of these bids, how many of its blockers the person's organisations can do something about."""
    drafts = await to_clear.drafts(session, actor, SEATS, proposal_ids)
    return dict.fromkeys(proposal_ids, 0) | {draft.proposal_id: to_clear.mine(draft) for draft in drafts}


async def _waiting(
    session: AsyncSession, actor: Actor, drafts: Sequence[Draft], language: str = FIRST
) -> list[dict[str, Any]]:
    rows = await session.execute(
        text(_statement(joined().tasks)), {"person_id": actor.person_id, "declaring": declaring()}
    )
    declared = [_fields(row, language) for row in rows]
    there = {(task["pointer"], task["organisation_id"]) for task in declared}
    more = [_fields(found, language) for draft in drafts for found in to_clear.found(draft)]
    more = [task for task in more if (task["pointer"], task["organisation_id"]) not in there]
    return sorted(declared + more, key=_order)


def _order(task: dict[str, Any]) -> tuple[Any, ...]:
    due = task["due_at"]
    return (due is None, due, str(task["proposal_id"]), task["code"])


def _fields(found: Any, language: str) -> dict[str, Any]:
    in_bid = f"/v1/proposals/{found.proposal_id}"
    return {
        "code": found.code,
        "title": found.title,
        "detail": task_sentence(found.code, title=found.title, what=found.what, language=language),
        "proposal_id": found.proposal_id and str(found.proposal_id),
        "opportunity_id": found.opportunity_id and str(found.opportunity_id),
        "organisation_id": found.organisation_id and str(found.organisation_id),
        "blocker": getattr(found, "blocker", None),
        "pointer": found.pointer if found.pointer.startswith("/v1") else in_bid + found.pointer,
        "due_at": found.due_at,
        "due": found.due_at,
        "time_zone": found.time_zone,
    }
