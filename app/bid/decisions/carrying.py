"""Runs the request that a decision carries: on trial when the decision is opened, for good when it passes."""

import re
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import ValidationError
from sqlalchemy import text

from app.bid.decisions import queries, rules
from app.bid.value import Structure
from app.platform.access import lifecycle
from app.platform.access.errors import Invalid, Refusal
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.problem_members import fault_of, members_of
from app.platform.access.rules import DRAFT, Standing
from app.platform.access.terms import LATE, OWN
from app.platform.capability import Carrier, joined
from app.platform.db.act import Act
from app.platform.words.codes import ProposalStatus

_STATE = text(f"""
SELECT p.status, {LATE} AS late, {OWN} AS own_terms,
       EXISTS (SELECT FROM submissions s WHERE s.proposal_id = p.id
               AND s.status IN ('submitted', 'acknowledged', 'decided')) AS stands
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id""")


class _TrialEnds(Exception):
    """Ends a trial by rolling its savepoint back."""


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


async def try_out(act: Act, carried: rules.Carried) -> Structure | None:
    """Run the request in the present state and undo it. Raises what it is refused for.

    Answers the structure as it would be (a template's facts included) where the request is about the structure.
    """
    after = None
    try:
        async with act.session.begin_nested():
            await _run(act, carried.method, carried.path, dict(carried.body))
            if carried.verb is rules.Verb.AGREE_STRUCTURE:
                after = (await queries.load(act.session, act.stream_id, limit=0)).structure
            raise _TrialEnds
    except _TrialEnds:
        return after


async def carry_out(act: Act, carries: dict[str, Any], opened_at: datetime | None) -> dict[str, Any]:
    """Run the request of a motion opened then, in the present state: `{status, problem}`.

    A refusal undoes what the request did and nothing else.
    """
    try:
        async with act.session.begin_nested():
            await _run(act, carries["method"], carries["path"], carries["body"], opened_at)
    except Refusal as refusal:
        return {"status": "refused", "problem": members_of(refusal)}
    return {"status": "done", "problem": None}


async def _run(act: Act, method: str, path: str, body: dict[str, Any], opened_at: datetime | None = None) -> None:
    found = find(method, path)
    if found is None:
        raise rules.CarriesNothingKnown
    carrier, parameters = found
    await _check_state(act, rules.read_carries(act.stream_id, method, path, body).verb)
    lower = {name: value.lower() for name, value in parameters.items()}
    if carrier.check is not None:
        await carrier.check(act.session, act.stream_id, lower, opened_at)
    try:
        await carrier.run(act.session, act.actor, act.stream_id, lower, body)
        await act.session.flush()
    except ValidationError as error:
        raise Invalid(errors=[fault_of(found, "/carries/body") for found in error.errors()]) from error


async def _check_state(act: Act, verb: rules.Verb) -> None:
    """Judge the proposal's state by the database's clock, as for a direct request: nothing that is signed changes."""
    row = (await act.session.execute(_STATE, {"proposal_id": act.stream_id})).one()
    status = lifecycle.status_at(ProposalStatus(row.status), row.stands, row.late)
    rule = PERMISSIONS[rules.OPERATIONS[verb]]
    if rule.open_now(Standing(status=status, deadline_passed=row.late, own_terms=row.own_terms)):
        return
    if rule.states == DRAFT:
        lifecycle.check_writable(status, row.late)
    lifecycle.check_not_over(status, row.late)
    raise lifecycle.StepNotPossible(f"The proposal is '{status.value}'. This cannot be done in that state.")
