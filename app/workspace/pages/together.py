"""How it fits together: what each expects and what meets it; linking, waiving, and saying that one has read it."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.bids import Bid
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/together"


def _is_open(bid: Bid) -> bool:
    return bool(bid.whole["honesty_round"]["status"] == "open")


async def show(visit: Visit) -> Response:
    bid = await bids.of(visit)
    if _is_open(bid):
        return await bids.show(visit, "bids/together-wait.html", bid, round=bid.whole["honesty_round"])
    found = (await visit.api("get_reconciliation", proposal_id=bid.id)).json
    expectations = {each["id"]: each for each in bid.whole.get("expectations") or []}
    contributions = {each["id"]: each for each in bid.whole.get("contributions") or []}
    mine = {each["id"] for each in bid.mine}
    rows = [
        {**each, "expectation": expectations[each["id"]], "links": _links(each["met_by"], contributions)}
        for each in found["expectations"]
        if each["id"] in expectations
    ]
    return await bids.show(
        visit,
        "bids/together.html",
        bid,
        groups=[
            {"partner": partner, "mine": partner["id"] in mine, "rows": its}
            for partner in bid.partners
            if (its := [row for row in rows if row["partner_id"] == partner["id"]])
        ],
        contradictions=found["contradictions"],
        unclaimed=[each for each in found["unclaimed_contributions"] if each["partner_id"] in bid.by_id],
        states=await visit.words_of("expectation_state"),
        strengths=await visit.words_of("strength"),
    )


def _links(met_by: list[Json], contributions: dict[str, Json]) -> dict[str, Any]:
    """What is linked, by title where it is something given; `more` counts what has no page yet or may not be read."""
    titles = [contributions[link["id"]]["title"] for link in met_by if link["id"] in contributions]
    return {"titles": titles, "more": len(met_by) - len(titles)}


async def acknowledge(visit: Visit) -> Response:
    """'We have read this', for the revision that the page showed."""
    bid = await bids.of(visit)
    body: Json = {}
    if visit.given.text("revision").isdigit():
        body["as_of_revision"] = int(visit.given.text("revision"))
    if bid.mine:
        body["organisation_id"] = bid.mine[0]["organisation_id"]
    await visit.api("acknowledge_declarations", body, key=visit.given.text("key"), proposal_id=bid.id)
    return visit.go(f"{bid.address}/together", done="acknowledged")


async def _mine(visit: Visit) -> tuple[Bid, Json]:
    """The expectation that the address names, which is one of the reader's own."""
    bid = await bids.of(visit)
    item_id = visit.request.path_params["item_id"]
    found = (await visit.api("get_expectation", proposal_id=bid.id, item_id=item_id)).json
    if found["partner_id"] not in {each["id"] for each in bid.mine}:
        raise Refused(NOT_FOUND)
    return bid, found


async def show_one(visit: Visit) -> Response:
    return await _form(visit, *await _mine(visit))


async def _form(
    visit: Visit, bid: Bid, item: Json, status: int = 200, errors: Errors | None = None, **typed: Any
) -> Response:
    linked = [link["id"] for link in item["met_by"] if link["type"] == "contribution"]
    return await bids.show(
        visit,
        "bids/together-link.html",
        bid,
        status,
        item=item,
        choices=[
            (each["id"], each["title"], bid.by_id[each["partner_id"]]["name"])
            for each in bid.whole.get("contributions") or []
            if each["partner_id"] in bid.by_id
        ],
        others=len(item["met_by"]) - len(linked),
        errors=errors,
        **{"linked": linked, "reason": "", **typed},
    )


async def change(visit: Visit) -> Response:
    """Links what meets the expectation, or waives it, as the button that was pressed says."""
    bid, item = await _mine(visit)
    given, where = visit.given, {"proposal_id": bid.id, "item_id": item["id"]}
    waiving = given.text("answer") == "waive"
    kept = [link for link in item["met_by"] if link["type"] != "contribution" and link["id"]]
    chosen = given.all("linked")
    try:
        if waiving:
            body = {"reason": given.text("reason")}
            await visit.api("waive_expectation", body, version=given.text("version"), **where)
        else:
            links = [*kept, *({"type": "contribution", "id": each} for each in chosen)]
            await visit.api("put_met_by", links, version=given.text("version"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        typed = {"reason": given.text("reason")} if waiving else {"linked": chosen}
        return await _form(visit, bid, item, refused.status, errors_of(refused, {"/reason": "reason"}), **typed)
    return visit.go(f"{bid.address}/together", done="waived" if waiving else "linked")


ROUTES: list[BaseRoute] = [
    route(_PAGE, show, post=acknowledge),
    route(f"{_PAGE}/{{item_id}}", show_one, post=change),
]
