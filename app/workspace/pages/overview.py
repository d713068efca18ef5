"""A bid at a glance: its deadline, who must do what next, its partners, its sections."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids, places
from app.workspace.api import Json
from app.workspace.bids import Bid
from app.workspace.visit import Visit, route


async def show(visit: Visit) -> Response:
    bid = await bids.seen(visit)
    statuses = await visit.words_of("proposal_status")
    if not bid.inside:
        return await bids.show(visit, "bids/outside.html", bid, statuses=statuses)
    readiness = (await visit.api("get_readiness", proposal_id=bid.id)).json
    return await bids.show(
        visit,
        "bids/overview.html",
        bid,
        statuses=statuses,
        groups=_groups(bid, [*readiness["blockers"], *readiness["asks"]]),
        ready=readiness["ready"],
        states=await visit.words_of("section_state"),
        round_states=await visit.words_of("honesty_round_status"),
    )


def _groups(bid: Bid, blockers: list[Json]) -> list[dict[str, Any]]:
    """What blocks by who must do it: the reader's own organisations first, then the others', then all together."""
    mine = {partner["organisation_id"] for partner in bid.mine}
    by_whose: dict[str | None, list[Json]] = {}
    for each in blockers:
        page = places.within_bid(each["pointer"])
        by_whose.setdefault(each["organisation_id"], []).append({**each, "address": page and bid.address + page})
    groups = [
        {"partner": bid.of_organisation(whose), "mine": whose in mine, "all": whose is None, "blockers": found}
        for whose, found in by_whose.items()
    ]
    return sorted(groups, key=lambda group: (not group["mine"], group["all"]))


ROUTES: list[BaseRoute] = [route("/bids/{proposal_id}", show)]
