"""The event log of a proposal, as this reader may see it."""

from fastapi import Response

from app.bid.proposal import queries
from app.bid.proposal.schemas import EventOut
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_list_bytes

router = Router(tags=["events"])


@router.get("/proposals/{proposal_id}/events", response_model=paging.page_of(EventOut), summary="What happened")
async def list_events(here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Who changed what, for which organisation, oldest first. What only another partner may see is not in it."""
    seats = [side.seat_id for side in here.standing.sides if side.seat_id]
    rows = await queries.events(here.db.reads, here.proposal_id, seats, paging.after_id(cursor), limit)
    if rows is None:
        raise paging.bad_cursor()
    return reply_list_bytes(here.request, rows, limit)
