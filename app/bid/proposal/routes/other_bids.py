"""Declaring that one is in another bid for the same lot, and answering such a declaration."""

from fastapi import Response
from sqlalchemy import select

from app.bid.proposal import other_bids
from app.bid.proposal.schemas import OtherBidAnswerIn, OtherBidIn, OtherBidOut
from app.bid.records.tables import OtherBid
from app.platform.access.ids import Id
from app.platform.access.rules import ASKED_IN, Relation
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list

router = Router(tags=["partners"])
PATH = "/proposals/{proposal_id}/other-bids"


@router.get(PATH, response_model=paging.page_of(OtherBidOut), summary="Declared other bids")
async def list_other_bids(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """What partners declared of being in another bid for the same lot. No bidder is named."""
    query = select(OtherBid).where(OtherBid.proposal_id == here.proposal_id)
    if not here.standing.seats(Relation.PARTNER):
        query = query.where(OtherBid.organisation_id.in_([s.organisation_id for s in here.standing.sides]))
    rows, next_cursor = await paging.rows(here.session, query, OtherBid.id, limit, cursor)
    return reply_list(here.request, [OtherBidOut.of(row) for row in rows], next_cursor)


@router.post(PATH, status_code=201, response_model=OtherBidOut, summary="Declare another bid")
async def declare_other_bid(here: Here, proposal_id: Id, body: OtherBidIn) -> Response:
    """To the partners of this bid; needed in both before your organisation can join the second."""
    side = here.side(body.organisation_id, relation=(Relation.PARTNER, *ASKED_IN))
    here.check_state()
    row = await other_bids.declare(here.act(side), side.organisation_id or "", body.statement_markdown)
    where = f"/v1/proposals/{here.proposal_id}/other-bids/{row.id}"
    return reply(here.request, OtherBidOut.of(row), status=201, location=where)


@router.get(PATH + "/{other_bid_id}", response_model=OtherBidOut, summary="One declared other bid")
async def get_other_bid(here: Here, proposal_id: Id, other_bid_id: Id) -> Response:
    """The statement, and what the partners answered."""
    return reply(here.request, OtherBidOut.of(await here.session.get_one(OtherBid, here.path["other_bid_id"])))


@router.post(PATH + "/{other_bid_id}/answers", response_model=OtherBidOut, summary="Answer a declared other bid")
async def answer_other_bid(here: Here, proposal_id: Id, other_bid_id: Id, body: OtherBidAnswerIn) -> Response:
    """Until the partners of both bids have answered, the organisation reads nothing of the second but its structure."""
    side = here.side(body.organisation_id)
    here.check_state()
    row = await here.session.get_one(OtherBid, here.path["other_bid_id"])
    await other_bids.answer(here.act(side), row, body.answer_markdown)
    return reply(here.request, OtherBidOut.of(row))
