"""Difficulties over HTTP."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response
from sqlalchemy import select

from app.bid.facilitation import difficulties, queries, rules
from app.bid.facilitation.schemas import DifficultyCloseIn, DifficultyIn, DifficultyOut, StepIn, StepOut
from app.bid.facilitation.tables import Difficulty, DifficultyStep
from app.platform.access.errors import Forbidden, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import AddressedTo

router = Router(tags=["difficulties"])
BASE = "/proposals/{proposal_id}/difficulties"
ONE = f"{BASE}/{{difficulty_id}}"
INSIDE = (Relation.PARTNER, Relation.FACILITATOR)


async def _out(here: Context, rows: Sequence[Any]) -> list[DifficultyOut]:
    steps = await queries.steps_of(here.session, [row.id for row in rows])
    return [DifficultyOut.of(row, steps.get(row.id, [])) for row in rows]


async def _present(here: Context, difficulty_id: Id, status: int = 200, location: str | None = None) -> Response:
    query = queries.difficulties(here.proposal_id).where(Difficulty.id == difficulty_id)
    (out,) = await _out(here, (await here.session.execute(query)).all())
    return reply(here.request, out, status=status, location=location)


async def _locked(here: Context) -> Difficulty:
    return await here.session.get_one(Difficulty, here.path["difficulty_id"], with_for_update=True)


def _handler(here: Context, difficulty: Difficulty, organisation_id: Id | None) -> Side:
    """The side that handles it: its raiser first, then the facilitator, then any partner. Raises Forbidden where a
    confidential one is not for that side."""
    if organisation_id is not None:
        side = here.side(organisation_id=organisation_id, relation=INSIDE)
    else:
        raisers = [side for side in here.standing.seats(Relation.PARTNER) if side.seat_id == difficulty.partner_id]
        first = next(iter((*raisers, *here.standing.seats(Relation.FACILITATOR))), None)
        side = here.side(partner_id=first.seat_id if first else None, relation=INSIDE)
    concerned = (difficulty.partner_id, *difficulty.facilitator_ids)
    if difficulty.addressed_to == AddressedTo.FACILITATOR and side.seat_id not in concerned:
        raise Forbidden
    return side


@router.post(BASE, status_code=201, response_model=DifficultyOut, summary="Raise a difficulty")
async def raise_difficulty(here: Here, proposal_id: Id, body: DifficultyIn) -> Response:
    """About how the partnership works; to all partners, or to the facilitator, who then alone knows who raised it.

    If a child or adult may be at risk, do not write it here: call 999 in an emergency, otherwise tell your
    safeguarding lead or the local authority now.
    """
    act = here.act(here.side(organisation_id=body.organisation_id))
    here.check_state()
    difficulty = await difficulties.raise_difficulty(act, body)
    location = f"/v1/proposals/{here.proposal_id}/difficulties/{difficulty.id}"
    return await _present(here, difficulty.id, 201, location)


@router.get(BASE, response_model=paging.page_of(DifficultyOut), summary="The difficulties")
async def list_difficulties(
    here: Here, proposal_id: Id, open: bool | None = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Those addressed to all, and those that you raised or that were confided to you."""
    seats = [side.seat_id for side in here.standing.seats(*INSIDE) if side.seat_id]
    query = queries.visible_difficulties(here.proposal_id, seats, open)
    rows, next_cursor = await paging.rows(here.session, query, Difficulty.id, limit, cursor)
    return reply_list(here.request, await _out(here, rows), next_cursor)


@router.get(ONE, response_model=DifficultyOut, summary="One difficulty")
async def get_difficulty(here: Here, proposal_id: Id, difficulty_id: Id) -> Response:
    """With its steps, until when it blocks signing, and where the partners agreed to take what they cannot settle."""
    return await _present(here, here.path["difficulty_id"])


@router.post(f"{ONE}/steps", status_code=201, response_model=StepOut, summary="Add a step")
async def add_difficulty_step(here: Here, proposal_id: Id, difficulty_id: Id, body: StepIn) -> Response:
    """Who does what until when. A step by anybody but its raiser renews a blocking difficulty for five days."""
    difficulty = await _locked(here)
    act = here.act(_handler(here, difficulty, body.organisation_id))
    await difficulties.check_step(here.session, difficulty, body)
    here.check_state()
    out = StepOut.model_validate(await difficulties.add_step(act, difficulty, body))
    location = f"/v1/proposals/{here.proposal_id}/difficulties/{difficulty.id}/steps/{out.id}"
    return reply(here.request, out, status=201, location=location)


@router.get(f"{ONE}/steps", response_model=paging.page_of(StepOut), summary="The steps")
async def list_difficulty_steps(
    here: Here, proposal_id: Id, difficulty_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """In the order in which they were taken."""
    query = select(DifficultyStep).where(DifficultyStep.difficulty_id == here.path["difficulty_id"])
    rows, next_cursor = await paging.rows(here.session, query, DifficultyStep.id, limit, cursor)
    return reply_list(here.request, [StepOut.model_validate(row) for row in rows], next_cursor)


@router.get(f"{ONE}/steps/{{step_id}}", response_model=StepOut, summary="One step")
async def get_difficulty_step(here: Here, proposal_id: Id, difficulty_id: Id, step_id: Id) -> Response:
    """As it was taken."""
    row = await here.session.get_one(DifficultyStep, here.path["step_id"])
    if row.difficulty_id != here.path["difficulty_id"]:
        raise NotFound
    return reply(here.request, StepOut.model_validate(row))


@router.post(f"{ONE}/close", response_model=DifficultyOut, summary="Close a difficulty")
async def close_difficulty(here: Here, proposal_id: Id, difficulty_id: Id, body: DifficultyCloseIn) -> Response:
    """By whoever raised it, or the facilitator, with its outcome. It stays on record."""
    difficulty = await _locked(here)
    side = _handler(here, difficulty, body.organisation_id)
    rules.check_may_close(
        body.outcome,
        raiser=side.seat_id == difficulty.partner_id,
        facilitator=side.relation is Relation.FACILITATOR,
    )
    here.check_state()
    await difficulties.close(here.act(side), difficulty, body)
    return await _present(here, difficulty.id)
