"""The event log of a proposal, as this reader may see it."""

from typing import Annotated, Literal

from fastapi import Query, Response

from app.bid.proposal import queries
from app.bid.proposal.schemas import EventOut
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_list_bytes

router = Router(tags=["events"])
EventType = Annotated[str | None, Query(max_length=60, description="Only events of this type.")]


@router.get("/proposals/{proposal_id}/events", response_model=paging.page_of(EventOut), summary="What happened")
async def list_events(
    here: Here,
    proposal_id: Id,
    type: EventType = None,
    order: Literal["oldest", "newest"] = "oldest",
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Who changed what, for which organisation, oldest first unless told. What only another partner may see is not in it."""
    seats = [side.seat_id for side in here.standing.sides if side.seat_id]
    filters = queries.EventFilters(paging.after_id(cursor), type, order == "newest")
    rows = await queries.events(here.db.reads, here.proposal_id, seats, filters, limit)
    if rows is None:
        raise paging.bad_cursor()
    return reply_list_bytes(here.request, rows, limit)
