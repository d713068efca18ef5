"""The verbs of difficulties: one is raised to all partners or to the facilitator alone, handled by steps, and closed.

A confidential one leaves no trace for anybody but its raiser and the facilitator: its events are for these two alone
and have no number, and the guard answers everybody else as for a thing that does not exist.
"""

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.rules import DifficultyClosed
from app.bid.facilitation.schemas import DifficultyCloseIn, DifficultyIn, StepIn
from app.bid.facilitation.tables import Difficulty, DifficultyStep, Facilitator
from app.bid.records.tables import Partner
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import AddressedTo, FacilitatorStatus, PartnerStatus

OPEN_AT_ONCE = 10
"""Open difficulties of one partner. Only its own are counted, so the refusal says nothing about others."""


class NoFacilitator(Conflict):
    code = "no-facilitator"
    title = "There is no facilitator to tell"
    explanation = "Ask a facilitator in first (POST …/facilitators), or address the difficulty to all partners."


class TooManyDifficulties(Conflict):
    code = "too-many-open-difficulties"
    title = "Your organisation has many open difficulties"
    explanation = "Close those that are settled, or add steps to one of them, before you raise another."


async def raise_difficulty(act: Act, given: DifficultyIn) -> Difficulty:
    await _check_not_flooding(act)
    confidential = given.addressed_to is AddressedTo.FACILITATOR
    facilitators = await _in_office(act.session, act.stream_id) if confidential else []
    if confidential and not facilitators:
        raise NoFacilitator
    difficulty = Difficulty(
        id=new_id(),
        proposal_id=act.stream_id,
        partner_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        title=given.title,
        detail_markdown=given.detail_markdown,
        addressed_to=given.addressed_to.value,
        facilitator_ids=facilitators,
        blocking=given.blocking,
        blocking_since=await event_log.now(act.session) if given.blocking else None,
    )
    act.session.add(difficulty)
    await act.record(
        "difficulty_raised",
        to=_readers(difficulty),
        difficulty_id=difficulty.id,
        title=given.title,
        blocking=given.blocking,
    )
    return difficulty


async def _check_not_flooding(act: Act) -> None:
    query = select(func.count()).where(
        Difficulty.proposal_id == act.stream_id, Difficulty.partner_id == act.seat_id, Difficulty.closed_at.is_(None)
    )
    if (await act.session.execute(query)).scalar_one() >= OPEN_AT_ONCE:
        raise TooManyDifficulties


async def _in_office(session: AsyncSession, proposal_id: Id) -> list[Id]:
    query = select(Facilitator.id).where(
        Facilitator.proposal_id == proposal_id, Facilitator.status == FacilitatorStatus.ACTIVE
    )
    return list((await session.execute(query)).scalars())


def _readers(difficulty: Difficulty) -> event_log.Readers:
    if difficulty.addressed_to == AddressedTo.FACILITATOR:
        return event_log.only(difficulty.partner_id, *difficulty.facilitator_ids)
    return event_log.EVERYONE


async def check_step(session: AsyncSession, difficulty: Difficulty, given: StepIn) -> None:
    """Raises Invalid unless the step's owner may read the difficulty.

    One addressed to all is read by the accepted partners and the facilitator, a confidential one by its raiser and the
    facilitator.
    """
    if given.owner_organisation_id is None:
        return
    partners = select(Partner.organisation_id).where(
        Partner.proposal_id == difficulty.proposal_id,
        Partner.status == PartnerStatus.ACCEPTED,
        Partner.organisation_id == given.owner_organisation_id,
    )
    if difficulty.addressed_to == AddressedTo.FACILITATOR:
        partners = partners.where(Partner.id == difficulty.partner_id)
    facilitators = select(Facilitator.organisation_id).where(
        Facilitator.proposal_id == difficulty.proposal_id,
        Facilitator.status == FacilitatorStatus.ACTIVE,
        Facilitator.organisation_id == given.owner_organisation_id,
    )
    if (await session.execute(partners.union(facilitators))).first() is None:
        raise Invalid.at(
            "/owner_organisation_id",
            "not-concerned",
            "Name a partner or the facilitator that can read this difficulty.",
        )


async def add_step(act: Act, difficulty: Difficulty, given: StepIn) -> DifficultyStep:
    """Add a step. One by anybody but the raiser renews a blocking difficulty, which lapses if nobody works on it.

    When the raiser of a confidential one writes again, whoever facilitates now may read it.
    """
    if difficulty.closed_at is not None:
        raise DifficultyClosed
    now = await event_log.now(act.session)
    by_raiser = act.seat_id == difficulty.partner_id
    if difficulty.blocking and not by_raiser:
        difficulty.blocking_since = now
    if by_raiser and difficulty.addressed_to == AddressedTo.FACILITATOR:
        in_office = await _in_office(act.session, difficulty.proposal_id)
        difficulty.facilitator_ids = sorted({*difficulty.facilitator_ids, *in_office})
    step = DifficultyStep(
        id=new_id(),
        difficulty_id=difficulty.id,
        organisation_id=act.organisation_id,
        person_id=act.actor.person_id if act.actor else None,
        note_markdown=given.note_markdown,
        owner_organisation_id=given.owner_organisation_id,
        due_on=given.due_on,
        at=now,
    )
    act.session.add(step)
    difficulty.version += 1
    await act.record("difficulty_step_added", to=_readers(difficulty), difficulty_id=difficulty.id, step_id=step.id)
    return step


async def close(act: Act, difficulty: Difficulty, given: DifficultyCloseIn) -> None:
    if difficulty.closed_at is not None:
        raise DifficultyClosed
    difficulty.outcome, difficulty.outcome_note_markdown = given.outcome.value, given.note_markdown
    difficulty.closed_at = await event_log.now(act.session)
    difficulty.version += 1
    await act.record(
        "difficulty_closed", to=_readers(difficulty), difficulty_id=difficulty.id, outcome=given.outcome.value
    )
