"""People who stand on two sides over an opportunity: what their organisations record about it."""

from fastapi import Response
from sqlalchemy import select

from app.bid.facilitation.schemas import TwoSidesIn, TwoSidesOut, TwoSidesPatch
from app.bid.facilitation.tables import TwoSides
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Membership
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list

router = Router(tags=["two sides"])
BASE = "/organisations/{organisation_id}/two-sides"


class TwoSidesRecorded(Conflict):
    code = "two-sides-recorded"
    title = "Your organisation has recorded this already"
    explanation = "Change the record instead (PATCH …/two-sides/{id})."


@router.post(BASE, status_code=201, response_model=TwoSidesOut, summary="Record that somebody stands on two sides")
async def record_two_sides(here: Here, organisation_id: Id, body: TwoSidesIn) -> Response:
    """By an admin: who it is, over which opportunity, and how your organisation handles it.

    Somebody with roles on opposite sides reads neither until the organisations of both have recorded it.
    """
    session, own = here.session, here.path["organisation_id"]
    member = await session.get(Membership, (own, body.person_id))
    if member is None:
        raise Invalid.at("/person_id", "not-yours", "Name somebody who is in your organisation.")
    opportunity = await session.get(Opportunity, body.opportunity_id)
    if opportunity is None or (opportunity.status == "draft" and opportunity.organisation_id != own):
        raise Invalid.at("/opportunity_id", "unknown-opportunity", "There is no such opportunity.")
    query = select(TwoSides.id).where(
        TwoSides.organisation_id == own,
        TwoSides.person_id == body.person_id,
        TwoSides.opportunity_id == body.opportunity_id,
    )
    if (await session.execute(query)).first() is not None:
        raise TwoSidesRecorded
    row = TwoSides(id=new_id(), organisation_id=own, recorded_by=here.person.person_id, version=1, **body.model_dump())
    session.add(row)
    await session.flush()
    await session.refresh(row)
    await _log(here, row)
    return reply(
        here.request,
        TwoSidesOut.model_validate(row),
        status=201,
        location=f"/v1/organisations/{own}/two-sides/{row.id}",
    )


async def _log(here: Context, row: TwoSides) -> None:
    await event_log.record(
        here.session,
        "organisation",
        row.organisation_id,
        "two_sides_recorded",
        actor=here.person,
        organisation_id=row.organisation_id,
        payload={"person_id": row.person_id, "opportunity_id": row.opportunity_id, "how": row.how},
    )


@router.get(BASE, response_model=paging.page_of(TwoSidesOut), summary="Who of yours stands on two sides")
async def list_two_sides(
    here: Here, organisation_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """What your organisation recorded, for its own people to read."""
    query = select(TwoSides).where(TwoSides.organisation_id == here.path["organisation_id"]).order_by(TwoSides.id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(TwoSides.id > after)
    rows = list((await here.session.execute(query.limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [TwoSidesOut.model_validate(row) for row in page], next_cursor)


@router.get(f"{BASE}/{{two_sides_id}}", response_model=TwoSidesOut, summary="One such record")
async def get_two_sides(here: Here, organisation_id: Id, two_sides_id: Id) -> Response:
    """As it was recorded."""
    return reply(
        here.request, TwoSidesOut.model_validate(await here.session.get_one(TwoSides, here.path["two_sides_id"]))
    )


@router.patch(f"{BASE}/{{two_sides_id}}", response_model=TwoSidesOut, summary="Change how it is handled")
async def update_two_sides(here: Here, organisation_id: Id, two_sides_id: Id, body: TwoSidesPatch) -> Response:
    """By an admin; needs the ETag in If-Match."""
    row = await here.session.get_one(TwoSides, here.path["two_sides_id"], with_for_update=True)
    here.match(row.version)
    if body.how is not None:
        row.how, row.version = body.how, row.version + 1
        await here.session.flush()
        await _log(here, row)
    return reply(here.request, TwoSidesOut.model_validate(row))
