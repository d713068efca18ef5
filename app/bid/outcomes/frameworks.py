"""The commissioners' own outcome frameworks: read them, bring one in, and make outcomes of one."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.outcomes.rules import BUILT_IN, Framework, FrameworkOutcome, Indicator
from app.bid.outcomes.tables import OutcomeFramework
from app.calls.opportunities.tables import Opportunity
from app.platform.access.errors import Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.db.base import new_id


async def of_call(session: AsyncSession, opportunity_id: Id) -> list[Framework]:
    """The commissioner's own frameworks for this call, by title."""
    rows = await session.execute(
        select(OutcomeFramework)
        .where(OutcomeFramework.opportunity_id == opportunity_id)
        .order_by(OutcomeFramework.title, OutcomeFramework.key)
    )
    return [Framework(row.key, row.title, row.note, tuple(map(_outcome, row.outcomes))) for row in rows.scalars()]


def _outcome(stored: dict[str, Any]) -> FrameworkOutcome:
    indicators = tuple(Indicator(**each) for each in stored["indicators"])
    return FrameworkOutcome(stored["key"], stored["title"], stored["explanation"], indicators)


async def bring_in(session: AsyncSession, actor: Actor, opportunity_id: Id, framework: Framework) -> None:
    """Record a commissioner's own framework for its call. It replaces one with the same title."""
    if framework.key in {each.key for each in BUILT_IN}:
        raise Invalid.at("/query/title", "name-taken", "A built-in framework has this name. Choose another title.")
    call = await session.get(Opportunity, opportunity_id, with_for_update=True)
    if call is None:
        raise NotFound
    outcomes = [asdict(each) for each in framework.outcomes]
    # One statement with a conflict clause: it adds the framework, or replaces the one with the same key.
    statement = insert(OutcomeFramework).values(
        id=new_id(), opportunity_id=opportunity_id, key=framework.key, title=framework.title, outcomes=outcomes
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["opportunity_id", "key"],
            set_={"title": framework.title, "outcomes": outcomes, "version": OutcomeFramework.version + 1},
        )
    )
    act = Act(session, actor, "opportunity", opportunity_id, for_organisation=call.organisation_id)
    await act.record("outcome_framework_brought_in", key=framework.key, title=framework.title, outcomes=len(outcomes))


def as_outcomes(framework: Framework) -> list[dict[str, Any]]:
    """The fields of one outcome for each indicator of the framework, and of one for each outcome without indicators."""
    return [
        {
            "framework": framework.title,
            "outcome": each.title,
            "indicator": indicator.title,
            "unit": indicator.unit,
            "method": indicator.method,
        }
        for each in framework.outcomes
        for indicator in each.indicators or (Indicator(""),)
    ]
