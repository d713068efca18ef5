"""Money: one's own lines, what the others show, the ceilings; showing one's totals, and saying that prices are final."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.bids import Bid
from app.workspace.edge import Given
from app.workspace.problems import Errors, errors_of
from app.workspace.view import ENGLISH as w
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/budget"
_LINE = {
    "/description": "description",
    "/category": "category",
    "/year": "year",
    "/source": "source",
    "/amount": "amount",
    "/vat_treatment": "vat_treatment",
    "/lot_id": "lot_id",
}
_NEW = {
    "description": "",
    "category": "",
    "year": "1",
    "source": "requested",
    "amount": "",
    "vat_treatment": "outside_scope",
    "lot_id": "",
}


async def show(visit: Visit) -> Response:
    return await _page(visit, await bids.of(visit))


async def _page(
    visit: Visit,
    bid: Bid,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
    errors: Errors | None = None,
    line: Json | None = None,
) -> Response:
    """The whole budget, with the form for a new line; or with `line` the form for that one alone."""
    found = (await visit.api("get_budget", proposal_id=bid.id)).json
    own = bids.own(visit, bid) if bid.mine else None
    call = (await visit.api("get_opportunity", opportunity_id=bid.whole["opportunity_id"])).json
    lots = {lot["id"]: lot["title"] for lot in call["lots"] if lot["id"] in bid.whole["lot_ids"]}
    sources, vat = await visit.words_of("budget_source"), await visit.words_of("vat_treatment")
    shown = {each["partner_id"]: each for each in found["by_partner"]}
    return await bids.show(
        visit,
        "bids/budget-line.html" if line else "bids/budget.html",
        bid,
        status,
        budget=found,
        own=own,
        own_shown=shown.get(own["id"]) if own else None,
        others=[(each, shown.get(each["id"])) for each in bid.partners if each["status"] == "accepted"],
        lines=[each for each in found["lines"] if own and each["partner_id"] == own["id"]],
        opened=[each for each in found["lines"] if each["partner_id"] in bid.by_id and each not in _of(found, own)],
        lots=lots,
        line=line,
        values={**_NEW, "lot_id": next(iter(lots), "") if len(lots) == 1 else "", **(typed or {})},
        source_choices=[(code, each["label"]) for code, each in sources.items()],
        vat_choices=[(code, each["label"]) for code, each in vat.items()],
        lot_choices=[("", w("budget.no-lot")), *lots.items()],
        sources=sources,
        ceiling_states=await visit.words_of("ceiling_state"),
        errors=errors,
    )


def _of(found: Json, own: Json | None) -> list[Json]:
    return [each for each in found["lines"] if own and each["partner_id"] == own["id"]]


def _typed(given: Given) -> dict[str, str]:
    return {name: given.text(name) for name in _LINE.values()}


def _body(given: Given, currency: str) -> Json:
    typed = _typed(given)
    return {
        "description": typed["description"],
        "category": typed["category"] or "other",
        "year": int(typed["year"]) if typed["year"].isdecimal() else typed["year"],
        "source": typed["source"],
        "amount": {"amount": given.amount("amount"), "currency": currency},
        "vat_treatment": typed["vat_treatment"],
        "lot_id": typed["lot_id"] or None,
    }


async def act(visit: Visit) -> Response:
    """Adds a line, shows the others one's totals, or says whether one's prices are final: as the button says."""
    bid = await bids.of(visit)
    given, own, answer = visit.given, bids.own(visit, bid), visit.given.text("answer")
    mine, key = {"partner_id": own["id"]}, given.text("key")
    try:
        if answer == "show":
            await visit.api("show_totals", mine, key=key, proposal_id=bid.id)
        elif answer in ("final", "not-final"):
            await visit.api("say_prices_final", {**mine, "final": answer == "final"}, key=key, proposal_id=bid.id)
        else:
            body = {**_body(given, bid.whole["currency"]), **mine}
            await visit.api("create_budget_line", body, key=key, proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        return await _page(
            visit, bid, _typed(given) if "amount" in given else None, refused.status, errors_of(refused, _LINE)
        )
    done = {"show": "totals-shown", "final": "prices-final", "not-final": "prices-open"}.get(answer, "line-added")
    return visit.go(f"{bid.address}/budget", done=done)


async def _line(visit: Visit) -> tuple[Bid, Json]:
    """The line that the address names, which is one of the reader's own."""
    bid = await bids.of(visit)
    line_id = visit.request.path_params["line_id"]
    found = (await visit.api("get_budget_line", proposal_id=bid.id, budget_line_id=line_id)).json
    if found["partner_id"] not in {each["id"] for each in bid.mine}:
        raise Refused(NOT_FOUND)
    return bid, found


def _as_typed(line: Json) -> dict[str, str]:
    return {
        "description": line["description"],
        "category": line["category"],
        "year": str(line["year"]),
        "source": line["source"],
        "amount": line["amount"]["amount"],
        "vat_treatment": line["vat_treatment"],
        "lot_id": line["lot_id"] or "",
    }


async def show_line(visit: Visit) -> Response:
    bid, line = await _line(visit)
    return await _page(visit, bid, _as_typed(line), line=line)


async def change(visit: Visit) -> Response:
    """Changes the line, or removes it where that button was pressed."""
    bid, line = await _line(visit)
    given, where = visit.given, {"proposal_id": bid.id, "budget_line_id": line["id"]}
    removing = given.text("answer") == "remove"
    try:
        if removing:
            await visit.api("delete_budget_line", version=given.text("version"), **where)
        else:
            body = _body(given, bid.whole["currency"])
            await visit.api("update_budget_line", body, version=given.text("version"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        typed = _as_typed(line) if removing else _typed(given)
        return await _page(visit, bid, typed, refused.status, errors_of(refused, _LINE), line)
    return visit.go(f"{bid.address}/budget", done="removed" if removing else "saved")


ROUTES: list[BaseRoute] = [
    route(_PAGE, show, post=act),
    route(f"{_PAGE}/{{line_id}}", show_line, post=change),
]
