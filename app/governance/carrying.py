"""Running what a decision carries: tried out when it is opened, done when it passes."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.domain import governance as g
from app.domain.access import Actor
from app.domain.errors import Refusal
from app.domain.ids import Id
from app.web import carriers
from app.web.problems import facts_of


class _TriedOut(Exception):
    """Ends the trial, so that its savepoint is rolled back."""


async def try_out(session: AsyncSession, actor: Actor | None, proposal_id: Id, carried: g.Carried) -> None:
    """Run it by the present state, and take it back; its refusal is the answer."""
    try:
        async with session.begin_nested():
            await _run(session, actor, proposal_id, carried.method, carried.path, dict(carried.body))
            raise _TriedOut
    except _TriedOut:
        return


async def carry_out(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, carries: dict[str, Any]
) -> dict[str, Any]:
    """Do it by the state now: `{status, problem}`. A refusal undoes what it had begun and nothing else."""
    try:
        async with session.begin_nested():
            await _run(session, actor, proposal_id, carries["method"], carries["path"], carries["body"])
    except Refusal as refusal:
        return {"status": "refused", "problem": facts_of(refusal)}
    return {"status": "done", "problem": None}


async def _run(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, method: str, path: str, body: dict[str, Any]
) -> None:
    found = carriers.find(method, path)
    if found is None:
        raise g.CarriesNothingKnown
    carrier, parameters = found
    await carrier.run(session, actor, proposal_id, {name: v.lower() for name, v in parameters.items()}, body)
    await session.flush()
