"""What one's organisation states to the council: each question with its answer, saved by itself."""

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import Json, Refused
from app.workspace.bids import Bid
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/statements"
_FIELDS = {"/answer": "answer", "/detail_markdown": "detail"}


async def show(visit: Visit) -> Response:
    return await _page(visit, await bids.of(visit))


async def _page(
    visit: Visit,
    bid: Bid,
    status: int = 200,
    errors: Errors | None = None,
    typed: tuple[str, dict[str, str]] | None = None,
) -> Response:
    own = bids.own(visit, bid) if bid.mine else None
    found: list[Json] = []
    if own:
        found = await visit.all("list_statements", proposal_id=bid.id, partner_id=own["id"])
    return await bids.show(
        visit,
        "bids/statements.html",
        bid,
        status,
        own=own,
        statements=sorted(found, key=lambda each: not each["required"]),
        typed={typed[0]: typed[1]} if typed else {},
        errors=errors,
    )


async def state(visit: Visit) -> Response:
    """Stores one answer. The others on the page are forms of their own."""
    bid = await bids.of(visit)
    own, given, key = bids.own(visit, bid), visit.given, visit.request.path_params["key"]
    names = {pointer: f"{name}-{key}" for pointer, name in _FIELDS.items()}
    typed = {name: given.text(f"{name}-{key}") for name in _FIELDS.values()}
    body = {"answer": typed["answer"], "detail_markdown": typed["detail"]}
    where = {"proposal_id": bid.id, "partner_id": own["id"], "statement_key": key}
    try:
        await visit.api("put_statement", body, version=given.text("version"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        return await _page(visit, bid, refused.status, errors_of(refused, names), (key, typed))
    return visit.go(f"{bid.address}/statements", partner=bids.named(bid, own), done="saved")


ROUTES: list[BaseRoute] = [
    route(_PAGE, show),
    route(f"{_PAGE}/{{key}}", show, post=state),
]
