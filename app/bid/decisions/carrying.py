"""Running what a decision carries: tried out when it is opened, done when it passes."""

import re
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions import queries as motions
from app.bid.decisions import rules as g
from app.bid.value import Structure
from app.platform.access import lifecycle
from app.platform.access.errors import Fault, Invalid, Refusal
from app.platform.access.ids import Id
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.problem_members import members_of
from app.platform.access.rules import DRAFT, Actor, Standing
from app.platform.capability import Carrier, joined
from app.platform.words.codes import ProposalStatus

_STATE = text("""
SELECT p.status, coalesce(o.submission_deadline < clock_timestamp(), false) AS late,
       EXISTS (SELECT FROM submissions s WHERE s.proposal_id = p.id
               AND s.status IN ('submitted', 'acknowledged', 'decided')) AS stands
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id""")


class _TriedOut(Exception):
    """Ends the trial, so that its savepoint is rolled back."""


def find(method: str, path: str) -> tuple[Carrier, dict[str, str]] | None:
    """The carrier of a request below the proposal, with the parameters in its path."""
    for carrier in joined().carriers:
        match = _pattern(carrier.path).fullmatch(path)
        if match is not None and carrier.method == method.upper():
            return carrier, match.groupdict()
    return None


@cache
def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template), re.ASCII)


async def try_out(session: AsyncSession, actor: Actor | None, proposal_id: Id, carried: g.Carried) -> Structure | None:
    """Run it by the present state, and take it back; its refusal is the answer.

    Where it is about the structure: the structure as it would be, with what a template fills in.
    """
    after = None
    try:
        async with session.begin_nested():
            await _run(session, actor, proposal_id, carried.method, carried.path, dict(carried.body))
            if carried.verb is g.Verb.AGREE_STRUCTURE:
                after = (await motions.load(session, proposal_id, limit=0)).structure
            raise _TriedOut
    except _TriedOut:
        return after


async def carry_out(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, carries: dict[str, Any]
) -> dict[str, Any]:
    """Do it by the state now: `{status, problem}`. A refusal undoes what it had begun and nothing else."""
    try:
        async with session.begin_nested():
            await _run(session, actor, proposal_id, carries["method"], carries["path"], carries["body"])
    except Refusal as refusal:
        return {"status": "refused", "problem": members_of(refusal)}
    return {"status": "done", "problem": None}


async def _run(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, method: str, path: str, body: dict[str, Any]
) -> None:
    found = find(method, path)
    if found is None:
        raise g.CarriesNothingKnown
    carrier, parameters = found
    await _check_state(session, proposal_id, g.read_carries(proposal_id, method, path, body).verb)
    try:
        await carrier.run(session, actor, proposal_id, {name: v.lower() for name, v in parameters.items()}, body)
        await session.flush()
    except ValidationError as error:
        faults = [Fault(_pointer(each["loc"]), each["type"].replace("_", "-"), each["msg"]) for each in error.errors()]
        raise Invalid(errors=faults) from error


def _pointer(where: tuple[int | str, ...]) -> str:
    return "/carries/body" + "".join(f"/{step}" for step in where)


async def _check_state(session: AsyncSession, proposal_id: Id, verb: g.Verb) -> None:
    """The proposal's state by the database's clock, judged as for a direct request: nothing changes what is signed."""
    row = (await session.execute(_STATE, {"proposal_id": proposal_id})).one()
    status = lifecycle.status_at(ProposalStatus(row.status), row.stands, row.late)
    rule = PERMISSIONS[g.OPERATIONS[verb]]
    if rule.open_now(Standing(status=status, deadline_passed=row.late)):
        return
    if rule.states == DRAFT:
        lifecycle.check_writable(status, row.late)
    lifecycle.check_not_over(status, row.late)
    raise lifecycle.StepNotPossible(f"The proposal is '{status.value}'. This cannot be done in that state.")
