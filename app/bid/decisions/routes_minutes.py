"""The minutes of decisions over HTTP."""

from fastapi import Response

from app.bid.decisions import minutes, queries
from app.bid.decisions.schemas import DecisionOut
from app.bid.records.tables import Proposal
from app.platform.access.ids import Id
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_bytes, reply_list

# The tag is public: it is the heading under which the documentation has always listed the minutes.
router = Router(tags=["exit plan, assets and knowledge"])
BASE = "/proposals/{proposal_id}"


@router.get(f"{BASE}/minutes.md", summary="The minutes as text", responses={200: {"content": {"text/markdown": {}}}})
async def get_minutes(here: Here, proposal_id: Id) -> Response:
    """Every decision with its votes and its count, to file with your trustees' papers."""
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    text = minutes.markdown(proposal.title, await queries.load(here.session, here.proposal_id))
    return reply_bytes(
        here.request, text.encode(), media="text/markdown; charset=utf-8", X_Content_Type_Options="nosniff"
    )


@router.get(
    f"{BASE}/minutes.json", summary="The minutes as data", responses={200: {"content": {"application/json": {}}}}
)
async def get_minutes_data(here: Here, proposal_id: Id) -> Response:
    """The same as data: all decisions, as `GET …/decisions` gives them."""
    decisions = await queries.load(here.session, here.proposal_id)
    return reply_list(here.request, [DecisionOut.of(recorded, decisions) for recorded in decisions.recorded])
