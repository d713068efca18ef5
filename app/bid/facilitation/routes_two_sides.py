"""Records of people on two sides over HTTP."""

from fastapi import Response
from sqlalchemy import select

from app.bid.facilitation import two_sides
from app.bid.facilitation.schemas import TwoSidesIn, TwoSidesOut, TwoSidesPatch
from app.bid.facilitation.tables import TwoSides
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list

router = Router(tags=["two sides"])
BASE = "/organisations/{organisation_id}/two-sides"


def _act(here: Context) -> Act:
    own = here.path["organisation_id"]
    return Act(here.session, here.person, "organisation", own, for_organisation=own)


@router.post(BASE, status_code=201, response_model=TwoSidesOut, summary="Record that somebody stands on two sides")
async def record_two_sides(here: Here, organisation_id: Id, body: TwoSidesIn) -> Response:
    """By an admin: who it is, over which opportunity, and how your organisation handles it.

    Somebody with roles on opposite sides reads neither until the organisations of both have recorded it.
    """
    out = TwoSidesOut.model_validate(await two_sides.record(_act(here), body))
    location = f"/v1/organisations/{out.organisation_id}/two-sides/{out.id}"
    return reply(here.request, out, status=201, location=location)


@router.get(BASE, response_model=paging.page_of(TwoSidesOut), summary="Who of yours stands on two sides")
async def list_two_sides(
    here: Here, organisation_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """What your organisation recorded, for its own people to read."""
    query = select(TwoSides).where(TwoSides.organisation_id == here.path["organisation_id"])
    rows, next_cursor = await paging.rows(here.session, query, TwoSides.id, limit, cursor)
    return reply_list(here.request, [TwoSidesOut.model_validate(row) for row in rows], next_cursor)


@router.get(f"{BASE}/{{two_sides_id}}", response_model=TwoSidesOut, summary="One such record")
async def get_two_sides(here: Here, organisation_id: Id, two_sides_id: Id) -> Response:
    """As it was recorded."""
    row = await here.session.get_one(TwoSides, here.path["two_sides_id"])
    return reply(here.request, TwoSidesOut.model_validate(row))


@router.patch(f"{BASE}/{{two_sides_id}}", response_model=TwoSidesOut, summary="Change how it is handled")
async def update_two_sides(here: Here, organisation_id: Id, two_sides_id: Id, body: TwoSidesPatch) -> Response:
    """By an admin; needs the ETag in If-Match."""
    row = await here.session.get_one(TwoSides, here.path["two_sides_id"], with_for_update=True)
    here.match(row.version)
    if body.how is not None:
        await two_sides.change(_act(here), row, body.how)
    return reply(here.request, TwoSidesOut.model_validate(row))
