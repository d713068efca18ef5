"""How facilitators and difficulties are read, each with what its answer needs."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.tables import Difficulty, DifficultyStep, Facilitator
from app.bid.records.tables import Partner, Structure
from app.people.organisations.tables import Organisation
from app.platform.access.ids import Id
from app.platform.words.codes import AddressedTo

VISIBLE_DIFFICULTY = """
SELECT 1 FROM difficulties x WHERE x.id = $1::uuid AND x.proposal_id = $2 AND (x.addressed_to = 'all'
  OR x.partner_id = ANY($3) OR x.facilitator_ids && $3)"""
"""For the guard: $3 are the reader's seats. A facilitator's seat is in them only while it is active or asked."""


def facilitators() -> Select[*tuple[Any, ...]]:
    """The facilitators, each with the name of its organisation."""
    query = select(Facilitator).add_columns(Facilitator.id, Organisation.name)
    return query.join(Organisation, Organisation.id == Facilitator.organisation_id)


def difficulties(proposal_id: Id) -> Select[*tuple[Any, ...]]:
    """The difficulties of a bid, each with what its answer needs: the raiser's organisation, where the partners agreed
    to take what they cannot settle, and the database's clock."""
    escalation = func.coalesce(Structure.facts["escalation_markdown"].astext, "")
    return (
        select(Difficulty)
        .add_columns(
            Difficulty.id,
            Partner.organisation_id,
            escalation.label("escalation_markdown"),
            func.clock_timestamp().label("now"),
        )
        .join(Partner, Partner.id == Difficulty.partner_id)
        .outerjoin(Structure, Structure.proposal_id == Difficulty.proposal_id)
        .where(Difficulty.proposal_id == proposal_id)
    )


def visible_difficulties(proposal_id: Id, seats: Iterable[Id], is_open: bool | None) -> Select[*tuple[Any, ...]]:
    """The difficulties that a reader with these seats may read, as `VISIBLE_DIFFICULTY` says of one."""
    seats = list(seats)
    visible = difficulties(proposal_id).where(
        or_(
            Difficulty.addressed_to == AddressedTo.ALL,
            Difficulty.partner_id.in_(seats),
            Difficulty.facilitator_ids.overlap(seats),
        )
    )
    if is_open is None:
        return visible
    return visible.where(Difficulty.closed_at.is_(None) if is_open else Difficulty.closed_at.is_not(None))


async def steps_of(session: AsyncSession, difficulty_ids: Iterable[Id]) -> dict[Id, list[DifficultyStep]]:
    """The steps of these difficulties, by difficulty, in the order in which they were taken."""
    found = select(DifficultyStep).where(DifficultyStep.difficulty_id.in_(difficulty_ids)).order_by(DifficultyStep.id)
    steps: dict[Id, list[DifficultyStep]] = {}
    for step in (await session.execute(found)).scalars():
        steps.setdefault(step.difficulty_id, []).append(step)
    return steps
