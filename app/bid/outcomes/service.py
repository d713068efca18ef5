"""The verbs of outcomes: promise, change, take out, confirm, and bring in a commissioner's own framework.

Outcomes are the bid's, not one partner's: any partner's editor writes them, everybody sees them, and a partner that
another named says itself whether it delivers.
"""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.outcomes.rules import BUILT_IN, Framework, Indicator, confirmed_after, outcome_faults
from app.bid.outcomes.rules import FrameworkOutcome as Entry
from app.bid.outcomes.tables import Outcome as Row
from app.bid.outcomes.tables import OutcomeFramework
from app.bid.records import whole_proposal
from app.bid.value import Outcome, Proposal
from app.calls.opportunities.tables import Opportunity
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity
from app.platform.access.rules import Actor, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.db.rows import value

MAX_OUTCOMES = 500
_WRITTEN = (
    "framework",
    "outcome",
    "indicator",
    "unit",
    "baseline",
    "target",
    "target_date",
    "method",
    "partner_ids",
    "audience",
    "question_id",
    "lot_id",
)


class TooManyOutcomes(Conflict):
    code = "too-many-outcomes"
    title = "The bid promises too many outcomes"
    explanation = f"Keep to {MAX_OUTCOMES} outcomes. Commissioners read the ones that matter."


async def promise(
    session: AsyncSession, actor: Actor, proposal: Proposal, side: Side, given: Sequence[dict[str, Any]], at: str = ""
) -> list[Row]:
    """New outcomes, all or none; their author's own part in them is confirmed at once. One event for all."""
    if len(proposal.outcomes) + len(given) > MAX_OUTCOMES:
        raise TooManyOutcomes
    made = [_with(Outcome(new_id(), "", ""), fields) for fields in given]
    faults = [
        fault
        for index, outcome in enumerate(made)
        for fault in _faults(outcome, Outcome("", "", ""), proposal, at.format(index))
    ]
    if faults:
        raise Invalid(errors=faults)
    rows = []
    for outcome in made:
        confirmed = confirmed_after(outcome, outcome, _own(side))
        row = Row(id=outcome.id, proposal_id=proposal.id, created_by_partner_id=side.seat_id)
        _put(row, replace(outcome, confirmed_by=confirmed))
        row.version = 1
        session.add(row)
        rows.append(row)
    await session.flush()
    await _log(session, actor, proposal, side, "outcome_added", {"outcomes": [_said(row) for row in rows]})
    return rows


async def change(
    session: AsyncSession, actor: Actor, proposal: Proposal, side: Side, row: Row, given: dict[str, Any]
) -> Row:
    """`given` holds only what was sent. What is promised differently has to be confirmed again."""
    before = _value(row)
    after = _with(before, given)
    if after == before:
        return row
    if faults := _faults(after, before, proposal, ""):
        raise Invalid(errors=faults)
    said = _said(row)
    _put(row, replace(after, confirmed_by=confirmed_after(before, after, _own(side))))
    row.version += 1
    await session.flush()
    payload = {"outcome_id": row.id, "before": said, "after": _said(row)}
    await _log(session, actor, proposal, side, "outcome_changed", payload)
    return row


async def take_out(session: AsyncSession, actor: Actor, proposal: Proposal, side: Side, row: Row) -> None:
    said = _said(row)
    await session.execute(delete(Row).where(Row.id == row.id))
    await _log(session, actor, proposal, side, "outcome_removed", {"outcome_id": row.id, "before": said, "after": None})


async def confirm(session: AsyncSession, actor: Actor, proposal: Proposal, side: Side, row: Row) -> Row:
    """'We deliver this.' Only a partner that is named; saying it twice changes nothing."""
    if side.seat_id not in row.partner_ids:
        raise Forbidden("This outcome does not name your organisation. Add it to 'partner_ids' first.")
    if side.seat_id in row.confirmed_by:
        return row
    row.confirmed_by = [p for p in row.partner_ids if p in row.confirmed_by or p == side.seat_id]
    row.version += 1
    await session.flush()
    payload = {"outcome_id": row.id, "partner_id": side.seat_id}
    await _log(session, actor, proposal, side, "outcome_confirmed", payload)
    return row


async def locked(session: AsyncSession, outcome_id: Id) -> Row:
    row = await session.get(Row, outcome_id, with_for_update=True)
    if row is None:
        raise NotFound
    return row


async def listed(session: AsyncSession, proposal_id: Id) -> list[Row]:
    return list((await session.execute(select(Row).where(Row.proposal_id == proposal_id).order_by(Row.id))).scalars())


def _own(side: Side) -> list[Id]:
    return [side.seat_id] if side.seat_id else []


def _value(row: Row) -> Outcome:
    plain = {name: getattr(row, name) for name in ("id", "confirmed_by", *_WRITTEN)}
    return value(Outcome, plain, target_date=plain.pop("target_date"))


def _with(outcome: Outcome, given: dict[str, Any]) -> Outcome:
    values = {name: given[name] for name in _WRITTEN if name in given}
    if "partner_ids" in values:
        values["partner_ids"] = tuple(values["partner_ids"])
    return replace(outcome, **values)


def _put(row: Row, outcome: Outcome) -> None:
    for name in _WRITTEN:
        setattr(row, name, getattr(outcome, name))
    row.partner_ids, row.confirmed_by = list(outcome.partner_ids), list(outcome.confirmed_by)
    row.audience = outcome.audience.value


def _faults(outcome: Outcome, before: Outcome, proposal: Proposal, at: str) -> list[Fault]:
    """What is wrong with it; somebody who is no partner of this bid is not found, wherever else they are."""
    known = {partner.id for partner in proposal.accepted}.union(before.partner_ids)
    faults = [
        Fault(f"{at}/partner_ids/{index}", "not-found", "There is no such partner in this bid.")
        for index, named in enumerate(outcome.partner_ids)
        if named not in known
    ]
    faults += outcome_faults(outcome, proposal, at)
    if outcome.question_id and outcome.question_id not in {q.id for q in proposal.opportunity.questions}:
        faults.append(Fault(f"{at}/question_id", "not-a-question", "This call asks no such question."))
    return faults


def _said(row: Row) -> dict[str, Any]:
    said = {name: getattr(row, name) for name in ("id", *_WRITTEN, "confirmed_by")}
    for name in ("baseline", "target"):
        said[name] = None if said[name] is None else format_quantity(said[name])
    return said | {"target_date": row.target_date.isoformat() if row.target_date else None}


async def _log(
    session: AsyncSession, actor: Actor, proposal: Proposal, side: Side, type_: str, payload: dict[str, Any]
) -> None:
    await event_log.record(
        session, "proposal", proposal.id, type_, actor=actor, organisation_id=side.organisation_id, payload=payload
    )


async def frameworks(session: AsyncSession, opportunity_id: Id) -> list[Framework]:
    """The commissioner's own for this call, by title."""
    rows = await session.execute(
        select(OutcomeFramework)
        .where(OutcomeFramework.opportunity_id == opportunity_id)
        .order_by(OutcomeFramework.title, OutcomeFramework.key)
    )
    return [
        Framework(
            row.key,
            row.title,
            row.note,
            tuple(
                Entry(
                    each["key"], each["title"], each["explanation"], tuple(Indicator(**i) for i in each["indicators"])
                )
                for each in row.outcomes
            ),
        )
        for row in rows.scalars()
    ]


async def bring_in(session: AsyncSession, actor: Actor, opportunity_id: Id, framework: Framework) -> None:
    """A commissioner's own framework; one with the same title is replaced."""
    if framework.key in {each.key for each in BUILT_IN}:
        raise Invalid.at("/query/title", "name-taken", "A built-in framework has this name. Choose another title.")
    call = await session.get(Opportunity, opportunity_id, with_for_update=True)
    if call is None:
        raise NotFound
    outcomes = [asdict(each) for each in framework.outcomes]
    statement = insert(OutcomeFramework).values(
        id=new_id(), opportunity_id=opportunity_id, key=framework.key, title=framework.title, outcomes=outcomes
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["opportunity_id", "key"],
            set_={"title": framework.title, "outcomes": outcomes, "version": OutcomeFramework.version + 1},
        )
    )
    payload = {"key": framework.key, "title": framework.title, "outcomes": len(outcomes)}
    await event_log.record(
        session,
        "opportunity",
        opportunity_id,
        "outcome_framework_brought_in",
        actor=actor,
        organisation_id=call.organisation_id,
        payload=payload,
    )


async def loaded(session: AsyncSession, proposal_id: Id) -> Proposal:
    return await whole_proposal.load(session, proposal_id)


def as_outcomes(framework: Framework) -> list[dict[str, Any]]:
    """One promise for each indicator of a framework, and one for an outcome without."""
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
