"""A bid at a glance: its deadline, who must do what next, its partners, its sections."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.visit import Visit, route


async def show(visit: Visit) -> Response:
    bid = await bids.seen(visit)
    statuses = await visit.words_of("proposal_status")
    if not bid.inside:
        return await bids.show(visit, "bids/outside.html", bid, statuses=statuses)
    groups, ready = await bids.missing(visit, bid)
    return await bids.show(
        visit,
        "bids/overview.html",
        bid,
        statuses=statuses,
        groups=groups,
        ready=ready,
        states=await visit.words_of("section_state"),
        round_states=await visit.words_of("honesty_round_status"),
    )


ROUTES: list[BaseRoute] = [route("/bids/{proposal_id}", show)]
