"""Calls: finding one, reading all its questions, and starting a bid for it."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace.api import Json, Refused
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_START = {"/title": "title", "/lead_organisation_id": "organisation", "/lot_ids": "lots"}
PAGE = 25


async def show(visit: Visit) -> Response:
    """The calls that are open for bids, those that close first on top as far as they are on this page."""
    await visit.signed_in()
    words = visit.query("q").strip()
    query = {"status": "published", "limit": PAGE, "q": words, "cursor": visit.query("cursor")}
    found = (await visit.api("list_opportunities", query={name: value for name, value in query.items() if value})).json
    return await visit.show("calls/list.html", calls=found["items"], q=words, more=found["next_cursor"] or "")


async def show_one(visit: Visit) -> Response:
    return await _one(visit)


async def _one(
    visit: Visit, status: int = 200, errors: Errors | None = None, typed: Mapping[str, object] | None = None
) -> Response:
    me = await visit.signed_in()
    call = (await visit.api("get_opportunity", opportunity_id=visit.request.path_params["opportunity_id"])).json
    editors = [each for each in me["organisations"] if "editor" in each["roles"] or "admin" in each["roles"]]
    lots = [lot["id"] for lot in call["lots"]]
    return await visit.show(
        "calls/one.html",
        status,
        call=call,
        statuses=await visit.words_of("opportunity_status"),
        organisation_choices=[(each["organisation_id"], each["name"]) for each in editors],
        lot_choices=[(lot["id"], lot["title"], "") for lot in call["lots"]],
        values={"title": "", "organisation": "", "lots": lots, **(typed or {})},
        errors=errors,
    )


async def start(visit: Visit) -> Response:
    """Starts a bid for the call, and goes on to it."""
    given = visit.given
    typed = {"title": given.text("title"), "organisation": given.text("organisation"), "lots": given.all("lots")}
    body: Json = {
        "opportunity_id": visit.request.path_params["opportunity_id"],
        "title": typed["title"],
        "lead_organisation_id": typed["organisation"] or None,
    }
    if typed["lots"]:
        body["lot_ids"] = typed["lots"]
    try:
        found = await visit.api("create_proposal", body, key=given.text("key"))
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _one(visit, refused.status, errors_of(refused, _START), typed)
    return visit.go(f"/bids/{found.json['id']}", done="started")


ROUTES: list[BaseRoute] = [
    route("/opportunities", show),
    route("/opportunities/{opportunity_id}", show_one, post=start),
]
