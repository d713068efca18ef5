"""Difficulties over HTTP."""

from fastapi import Response
from sqlalchemy import select

from app.bid.facilitation import difficulties
from app.bid.facilitation.schemas import DifficultyCloseIn, DifficultyIn, DifficultyOut, StepIn, StepOut
from app.bid.facilitation.tables import Difficulty, DifficultyStep
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list, reply_part

router = Router(tags=["difficulties"])
BASE = "/proposals/{proposal_id}/difficulties"
ONE = f"{BASE}/{{difficulty_id}}"


async def _present(here: Context, row: Difficulty, status: int = 200, location: str | None = None) -> Response:
    (out,) = await difficulties.out(here, [row])
    return reply(here.request, out, status=status, location=location)


async def _row(here: Context) -> Difficulty:
    return await here.session.get_one(Difficulty, here.path["difficulty_id"], with_for_update=True)


@router.post(BASE, status_code=201, response_model=DifficultyOut, summary="Raise a difficulty")
async def raise_difficulty(here: Here, proposal_id: Id, body: DifficultyIn) -> Response:
    """About how the partnership works; to all partners, or to the facilitator, who then alone knows who raised it.

    If a child or adult may be at risk, do not write it here: call 999 in an emergency, otherwise tell your
    safeguarding lead or the local authority now.
    """
    side = here.side(organisation_id=body.organisation_id)
    here.check_state()
    difficulty_id = await difficulties.raise_difficulty(here, side, body)
    row = await here.session.get_one(Difficulty, difficulty_id, populate_existing=True)
    return await _present(here, row, 201, f"/v1/proposals/{here.proposal_id}/difficulties/{row.id}")


@router.get(BASE, response_model=paging.page_of(DifficultyOut), summary="The difficulties")
async def list_difficulties(
    here: Here, proposal_id: Id, open: bool | None = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Those addressed to all, and those that you raised or that were confided to you."""
    rows = await difficulties.visible(here, open, paging.after_id(cursor), limit + 1)
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, await difficulties.out(here, list(page)), next_cursor)


@router.get(ONE, response_model=DifficultyOut, summary="One difficulty")
async def get_difficulty(here: Here, proposal_id: Id, difficulty_id: Id) -> Response:
    """With its steps, until when it blocks signing, and where the partners agreed to take what they cannot settle."""
    return await _present(here, await here.session.get_one(Difficulty, here.path["difficulty_id"]))


@router.post(f"{ONE}/steps", status_code=201, response_model=StepOut, summary="Add a step")
async def add_difficulty_step(here: Here, proposal_id: Id, difficulty_id: Id, body: StepIn) -> Response:
    """Who does what until when. A step by anybody but its raiser renews a blocking difficulty for five days."""
    here.check_state()
    step = await difficulties.add_step(here, await _row(here), body)
    location = f"/v1/proposals/{here.proposal_id}/difficulties/{step.difficulty_id}/steps/{step.id}"
    return reply(here.request, StepOut.model_validate(step), status=201, location=location)


@router.get(f"{ONE}/steps", response_model=paging.page_of(StepOut), summary="The steps")
async def list_difficulty_steps(
    here: Here, proposal_id: Id, difficulty_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """In the order in which they were taken."""
    query = select(DifficultyStep).where(DifficultyStep.difficulty_id == here.path["difficulty_id"])
    rows = (await here.session.execute(query.order_by(DifficultyStep.id))).scalars()
    return reply_part(here.request, map(StepOut.model_validate, rows), limit, cursor, lambda step: step.id)


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
    here.check_state()
    row = await _row(here)
    await difficulties.close(here, row, body)
    return await _present(here, row)
