"""Difficulties: raised to all partners or to the facilitator alone, handled by steps, closed with an outcome.

A confidential one leaves no trace that anybody but its raiser and the facilitator can see: its events are for
these two alone and have no number, and the guard answers everybody else as for a thing that does not exist.
"""

from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as d
from app.bid.decisions import queries as motions
from app.bid.facilitation import rules
from app.bid.facilitation.schemas import DifficultyCloseIn, DifficultyIn, DifficultyOut, StepIn, StepOut
from app.bid.facilitation.tables import Difficulty, DifficultyStep, Facilitator
from app.bid.records.tables import Partner
from app.platform.access.errors import Conflict, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import AddressedTo, DifficultyOutcome

OPEN_AT_ONCE = 10
"""Open difficulties of one partner. Its own are all that is counted, so the refusal says nothing of others."""

VISIBLE = """
SELECT 1 FROM difficulties x WHERE x.id = $1::uuid AND x.proposal_id = $2 AND (x.addressed_to = 'all'
  OR x.partner_id = ANY($3) OR x.facilitator_ids && $3)"""
"""For the guard: $3 are the reader's seats. A facilitator's seat is in them only while it is active or asked."""


class NoFacilitator(Conflict):
    code = "no-facilitator"
    title = "There is no facilitator to tell"
    explanation = "Ask a facilitator in first (POST …/facilitators), or address the difficulty to all partners."


class TooManyDifficulties(Conflict):
    code = "too-many-open-difficulties"
    title = "Your organisation has many open difficulties"
    explanation = "Close those that are settled, or add steps to one of them, before you raise another."


async def raise_difficulty(here: Context, side: Side, given: DifficultyIn) -> Id:
    session, proposal_id = here.session, here.proposal_id
    await _check_not_flooding(session, proposal_id, side.seat_id)
    now = await event_log.now(session)
    confidential = given.addressed_to is AddressedTo.FACILITATOR
    facilitators = await _active(session, proposal_id)
    if confidential and not facilitators:
        raise NoFacilitator
    row = Difficulty(
        id=new_id(),
        proposal_id=proposal_id,
        partner_id=side.seat_id,
        person_id=here.person.person_id,
        title=given.title,
        detail_markdown=given.detail_markdown,
        addressed_to=given.addressed_to.value,
        facilitator_ids=facilitators if confidential else [],
        blocking=given.blocking,
        blocking_since=now if given.blocking else None,
        outcome_note_markdown="",
        version=1,
    )
    session.add(row)
    await session.flush()
    await _log(here, side, "difficulty_raised", row, {"title": given.title, "blocking": given.blocking})
    return row.id


async def _check_not_flooding(session: AsyncSession, proposal_id: Id, partner_id: Id | None) -> None:
    count = await session.execute(
        select(func.count())
        .select_from(Difficulty)
        .where(
            Difficulty.proposal_id == proposal_id, Difficulty.partner_id == partner_id, Difficulty.closed_at.is_(None)
        )
    )
    if count.scalar_one() >= OPEN_AT_ONCE:
        raise TooManyDifficulties


async def _active(session: AsyncSession, proposal_id: Id) -> list[Id]:
    rows = await session.execute(
        select(Facilitator.id).where(Facilitator.proposal_id == proposal_id, Facilitator.status == "active")
    )
    return list(rows.scalars())


async def add_step(here: Context, row: Difficulty, given: StepIn) -> DifficultyStep:
    """A step by anybody but its raiser renews a blocking one: while others work on it, it holds; alone it lapses.

    When the raiser of a confidential one writes again, whoever facilitates now may read it.
    """
    side = _actor_side(here, row, given.organisation_id)
    if row.closed_at is not None:
        raise rules.DifficultyClosed
    if given.owner_organisation_id is not None:
        await _check_owner(here.session, row, given.owner_organisation_id)
    now = await event_log.now(here.session)
    raiser = side.seat_id == row.partner_id
    if row.blocking and not raiser:
        row.blocking_since = now
    if raiser and row.addressed_to == AddressedTo.FACILITATOR:
        row.facilitator_ids = sorted({*row.facilitator_ids, *await _active(here.session, row.proposal_id)})
    step = DifficultyStep(
        id=new_id(),
        difficulty_id=row.id,
        organisation_id=side.organisation_id,
        person_id=here.person.person_id,
        note_markdown=given.note_markdown,
        owner_organisation_id=given.owner_organisation_id,
        due_on=given.due_on,
        at=now,
    )
    here.session.add(step)
    row.version += 1
    await here.session.flush()
    await _log(here, side, "difficulty_step_added", row, {"step_id": step.id})
    return step


async def _check_owner(session: AsyncSession, row: Difficulty, organisation_id: Id) -> None:
    """Of one addressed to all: a partner or the facilitator. Of a confidential one: its raiser or the facilitator."""
    partners = select(Partner.organisation_id).where(
        Partner.proposal_id == row.proposal_id, Partner.status == "accepted", Partner.organisation_id == organisation_id
    )
    if row.addressed_to == AddressedTo.FACILITATOR:
        partners = partners.where(Partner.id == row.partner_id)
    facilitators = select(Facilitator.organisation_id).where(
        Facilitator.proposal_id == row.proposal_id,
        Facilitator.status == "active",
        Facilitator.organisation_id == organisation_id,
    )
    if (await session.execute(partners.union(facilitators))).first() is None:
        raise Invalid.at(
            "/owner_organisation_id",
            "not-concerned",
            "Name a partner or the facilitator that can read this difficulty.",
        )


async def close(here: Context, row: Difficulty, given: DifficultyCloseIn) -> None:
    """By its raiser or the facilitator. Only its raiser withdraws it."""
    side = _actor_side(here, row, given.organisation_id)
    raiser, facilitator = side.seat_id == row.partner_id, side.relation is Relation.FACILITATOR
    if not raiser and not facilitator:
        raise Forbidden("Whoever raised it, or the facilitator, closes it. You can add a step.")
    if given.outcome is DifficultyOutcome.WITHDRAWN and not raiser:
        raise Forbidden("Only its raiser can withdraw a difficulty. Name another outcome.")
    if row.closed_at is not None:
        raise rules.DifficultyClosed
    row.outcome, row.outcome_note_markdown = given.outcome.value, given.note_markdown
    row.closed_at, row.version = await event_log.now(here.session), row.version + 1
    await here.session.flush()
    await _log(here, side, "difficulty_closed", row, {"outcome": given.outcome.value})


def _actor_side(here: Context, row: Difficulty, organisation_id: Id | None) -> Side:
    """Who handles it: its raiser first, then the facilitator, then (where it is addressed to all) any partner."""
    both = (Relation.PARTNER, Relation.FACILITATOR)
    if organisation_id is not None:
        side = here.side(organisation_id=organisation_id, relation=both)
    else:
        raisers = [s for s in here.standing.seats(Relation.PARTNER) if s.seat_id == row.partner_id]
        facilitators = here.standing.seats(Relation.FACILITATOR)
        first = raisers or list(facilitators)
        side = here.side(partner_id=first[0].seat_id, relation=both) if first else here.side(relation=both)
    if row.addressed_to == AddressedTo.FACILITATOR and side.seat_id not in (row.partner_id, *row.facilitator_ids):
        raise Forbidden
    return side


async def _log(here: Context, side: Side, type_: str, row: Difficulty, more: dict[str, Any]) -> None:
    readers = event_log.EVERYONE
    if row.addressed_to == AddressedTo.FACILITATOR:
        readers = event_log.only(row.partner_id, *row.facilitator_ids)
    await event_log.record(
        here.session,
        "proposal",
        row.proposal_id,
        type_,
        actor=here.person,
        organisation_id=side.organisation_id,
        payload={"difficulty_id": row.id, **more},
        readers=readers,
    )


async def visible(here: Context, open_only: bool | None, after: Id | None, limit: int) -> list[Difficulty]:
    seats = [side.seat_id for side in here.standing.seats(Relation.PARTNER, Relation.FACILITATOR) if side.seat_id]
    query = (
        select(Difficulty)
        .where(
            Difficulty.proposal_id == here.proposal_id,
            or_(
                Difficulty.addressed_to == AddressedTo.ALL.value,
                Difficulty.partner_id.in_(seats),
                Difficulty.facilitator_ids.overlap(seats),
            ),
        )
        .order_by(Difficulty.id)
        .limit(limit)
    )
    if open_only is not None:
        query = query.where(Difficulty.closed_at.is_(None) if open_only else Difficulty.closed_at.is_not(None))
    if after is not None:
        query = query.where(Difficulty.id > after)
    return list((await here.session.execute(query)).scalars())


async def out(here: Context, rows: list[Difficulty]) -> list[DifficultyOut]:
    whole = await motions.load(here.session, here.proposal_id, limit=0)
    found = await here.session.execute(
        select(DifficultyStep)
        .where(DifficultyStep.difficulty_id.in_([row.id for row in rows]))
        .order_by(DifficultyStep.id)
    )
    steps: dict[Id, list[StepOut]] = {}
    for step in found.scalars():
        steps.setdefault(step.difficulty_id, []).append(StepOut.model_validate(step))
    outs = []
    for row in rows:
        partner = whole.partner(row.partner_id)
        value = d.Difficulty(
            row.id, AddressedTo(row.addressed_to), row.blocking, row.closed_at is None, row.blocking_since
        )
        until = rules.blocks_until(value)
        outs.append(
            DifficultyOut(
                id=row.id,
                partner_id=row.partner_id,
                organisation_id=partner.organisation_id if partner else None,
                title=row.title,
                detail_markdown=row.detail_markdown,
                addressed_to=AddressedTo(row.addressed_to),
                blocking=row.blocking,
                blocks_until=until if until and until > whole.now else None,
                raised_at=row.created_at,
                steps=steps.get(row.id, []),
                outcome=DifficultyOutcome(row.outcome) if row.outcome else None,
                outcome_note_markdown=row.outcome_note_markdown,
                closed_at=row.closed_at,
                escalation_markdown=whole.structure.escalation_markdown,
                version=row.version,
            )
        )
    return outs
