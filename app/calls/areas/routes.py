"""Areas over HTTP."""

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import func, select

from app.calls.areas import meeting
from app.calls.areas.schemas import AreaListOut, AreaOut
from app.calls.areas.tables import Area
from app.platform.access.errors import NotFound
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply

router = Router(tags=["areas"])
Name = Annotated[str | None, Query(max_length=100, description="Part of the name, or a whole code.")]
Within = Annotated[str | None, Query(max_length=20, description="Only what lies in the area with this code.")]


@router.get("/areas", response_model=AreaListOut, summary="Areas, by name or code")
async def list_areas(
    here: Here, q: Name = None, within: Within = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The countries of the United Kingdom and the regions of England, and what the operator has loaded, in the order of their
    codes. `coarse` says that nothing smaller is loaded.
    """
    query = select(Area)
    if q:
        query = query.where(Area.name.icontains(q, autoescape=True) | (func.upper(q).in_((Area.code, Area.nuts))))
    if within:
        query = query.where(Area.within.contains([within.upper()]))
    rows, following = await paging.rows(here.session, query, Area.code, limit, cursor)
    out = AreaListOut(
        items=[AreaOut.of(row) for row in rows],
        next_cursor=following,
        coarse=await meeting.is_coarse(here.db.reads),
    )
    answer = reply(here.request, out)
    answer.headers.update(paging.link(here.request, following))
    return answer


@router.get("/areas/{area_code}", response_model=AreaOut, summary="One area")
async def get_area(here: Here, area_code: str) -> Response:
    """By its code, in capitals or small letters."""
    row = await here.session.get(Area, here.path["area_code"].upper())
    if row is None:
        raise NotFound
    return reply(here.request, AreaOut.of(row))
