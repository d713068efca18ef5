"""How the partners work together: who contracts, who is paid, who is liable, how they decide; and a proposal to change it."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import Json, Refused
from app.workspace.bids import Bid
from app.workspace.edge import Given
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/structure"
_FIELDS = {
    "/template": "template",
    "/contracting_partner_ids": "contracting",
    "/paid_partner_ids": "paid",
    "/liability": "liability",
    "/decision_rule": "decision_rule",
    "/payment_days": "payment_days",
    "/terms_markdown": "terms",
    "/exit_terms_markdown": "exit_terms",
    "/custom_markdown": "custom",
}
_READ_ONLY = ("id", "version", "derived", "problems")


async def show(visit: Visit) -> Response:
    return await _page(visit, await bids.of(visit))


async def _page(
    visit: Visit,
    bid: Bid,
    status: int = 200,
    errors: Errors | None = None,
    typed: Mapping[str, Any] | None = None,
) -> Response:
    found = await visit.api("get_structure", proposal_id=bid.id)
    now = found.json
    templates = await visit.words_of("structure_template")
    values = {name: now[pointer[1:]] for pointer, name in _FIELDS.items()}
    # The form with nothing in particular stands last, and as large as the others.
    ordered = sorted(templates.values(), key=lambda each: each["code"] == "custom")
    return await bids.show(
        visit,
        "bids/structure.html",
        bid,
        status,
        now=now,
        version=found.version,
        values={**values, **(typed or {})},
        follows=_named(bid, now["derived"]),
        template_choices=[(each["code"], each["label"], each["explanation"]) for each in ordered],
        partner_choices=[
            (each["id"], each["name"], "") for each in bid.partners if each["status"] in ("accepted", "invited")
        ],
        liability_choices=await _choices(visit, "liability"),
        rule_choices=await _choices(visit, "decision_rule"),
        errors=errors,
    )


def _named(bid: Bid, derived: Json) -> dict[str, str]:
    """Who must sign, may hand in and is looked at, by name."""
    lists = ("must_sign", "may_submit", "assessed")
    return {each: ", ".join(bid.by_id[id_]["name"] for id_ in derived[each] if id_ in bid.by_id) for each in lists}


async def _choices(visit: Visit, vocabulary: str) -> list[tuple[str, str, str]]:
    words = await visit.words_of(vocabulary)
    return [(each["code"], each["label"], each["explanation"]) for each in words.values()]


def _typed(given: Given) -> dict[str, Any]:
    lists = ("contracting", "paid")
    return {name: given.all(name) if name in lists else given.text(name) for name in _FIELDS.values()}


async def propose(visit: Visit) -> Response:
    """Puts the structure. With others in the bid that opens a decision, where one goes on to."""
    bid = await bids.of(visit)
    typed = _typed(visit.given)
    # What this form does not show stays as it is.
    now = (await visit.api("get_structure", proposal_id=bid.id)).json
    kept = {name: value for name, value in now.items() if name not in _READ_ONLY}
    body: Json = {**kept, **{pointer[1:]: typed[name] or None for pointer, name in _FIELDS.items()}}
    days = typed["payment_days"]
    body["payment_days"] = int(days) if days.isdecimal() else days or None
    if len(bid.mine) > 1:
        body["organisation_id"] = bid.mine[0]["organisation_id"]
    try:
        found = await visit.api("put_structure", body, version=visit.given.text("version"), proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        return await _page(visit, bid, refused.status, errors_of(refused, _FIELDS), typed)
    if found.status == 202:
        return visit.go(f"{bid.address}/decisions/{found.json['id']}", done="proposed")
    return visit.go(f"{bid.address}/structure", done="saved")


ROUTES: list[BaseRoute] = [route(_PAGE, show, post=propose)]
