"""Earlier versions of a section: when, by whom, what changed; and bringing one back, which takes nothing away."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import Refused
from app.workspace.bids import Bid
from app.workspace.pages.writing import section_of, writes
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/write/{section_id}/history"


async def show(visit: Visit) -> Response:
    bid = await bids.of(visit)
    section = section_of(visit, bid)
    versions = await visit.all("get_section_history", proposal_id=bid.id, section_id=section["id"])
    return await bids.show(
        visit,
        "bids/history.html",
        bid,
        section=section,
        versions=[
            {**each, "by": [found["name"] for id_ in each["organisation_ids"] if (found := bid.of_organisation(id_))]}
            for each in versions
        ],
    )


async def show_one(visit: Visit) -> Response:
    return await _one(visit, await bids.of(visit))


async def _one(visit: Visit, bid: Bid, status: int = 200, errors: Errors | None = None) -> Response:
    section = section_of(visit, bid)
    number = visit.request.path_params["number"]
    found = await visit.api("get_section_version", proposal_id=bid.id, section_id=section["id"], version_number=number)
    return await bids.show(
        visit,
        "bids/history-one.html",
        bid,
        status,
        section=section,
        one=found.json,
        may_restore=writes(bid, section) and bid.may("restore_section"),
        errors=errors,
    )


async def restore(visit: Visit) -> Response:
    """Brings the version back as a new change: what others wrote since stays in the history."""
    bid = await bids.of(visit)
    section, number = section_of(visit, bid), visit.request.path_params["number"]
    body = {"number": int(number) if number.isdecimal() else number}
    key = visit.given.text("key")
    try:
        await visit.api("restore_section", body, key=key, proposal_id=bid.id, section_id=section["id"])
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _one(visit, bid, refused.status, errors_of(refused, {}))
    return visit.go(f"{bid.address}/write/{section['id']}", done="restored")


ROUTES: list[BaseRoute] = [
    route(_PAGE, show),
    route(f"{_PAGE}/{{number}}", show_one, post=restore),
]
