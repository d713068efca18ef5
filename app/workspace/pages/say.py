"""Everyone says first: what one's organisation gives and expects, filed on a page of its own, and then everyone sees."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.bids import Bid
from app.workspace.edge import Given
from app.workspace.problems import Errors, errors_of
from app.workspace.view import ENGLISH as w
from app.workspace.visit import Visit, route

MONEY = ("cash", "match_funding")
"""Kinds that are money: they need no source of their value, and are counted in nothing else."""


@dataclass(frozen=True, slots=True)
class Side:
    """What one gives, or what one expects: its operations, its kinds, and the fields of its form."""

    name: str
    thing: str
    kinds: str
    fields: Mapping[str, str]
    """By the JSON Pointer that each fills."""

    @property
    def member(self) -> str:
        return f"{self.thing}s"


SIDES = {
    "give": Side(
        "give",
        "contribution",
        "contribution_kind",
        {
            "/title": "title",
            "/value": "value",
            "/quantity": "quantity",
            "/unit": "unit",
            "/valuation_basis": "valuation_basis",
            "/certainty": "certainty",
            "/condition": "condition",
            "/shown_as": "shown_as",
        },
    ),
    "expect": Side(
        "expect",
        "expectation",
        "expectation_kind",
        {
            "/title": "title",
            "/strength": "strength",
            "/of_partner_id": "of_partner_id",
            "/target/type": "target_type",
            "/target": "target_value",
            "/audience": "audience",
        },
    ),
}


def _side(visit: Visit) -> Side:
    found = SIDES.get(visit.request.path_params["side"])
    if found is None:
        raise Refused(NOT_FOUND)
    return found


async def show(visit: Visit) -> Response:
    bid = await bids.of(visit)
    own = bids.own(visit, bid) if bid.mine else None
    return await bids.show(
        visit,
        "bids/say.html",
        bid,
        own=own,
        lists=[(side, bid.declared(side.member, own["id"]) if own else []) for side in SIDES.values()],
        everybody=_everybody(bid),
        round=bid.whole["honesty_round"],
        **await _vocabularies(visit),
    )


def _everybody(bid: Bid) -> list[dict[str, Any]]:
    """Each partner's two lists, as far as the API shows them to this reader."""
    return [
        {"partner": partner, "lists": [(side, bid.declared(side.member, partner["id"])) for side in SIDES.values()]}
        for partner in bid.partners
        if partner["status"] == "accepted"
    ]


async def _vocabularies(visit: Visit) -> dict[str, Any]:
    return {
        "kinds": {side.name: await visit.words_of(side.kinds) for side in SIDES.values()},
        "units": await visit.words_of("unit"),
        "certainties": await visit.words_of("certainty"),
        "strengths": await visit.words_of("strength"),
        "target_types": await visit.words_of("target_type"),
        "audiences": await visit.words_of("audience"),
    }


async def show_new(visit: Visit) -> Response:
    """The kinds to choose from; then, with a kind, only the fields of that kind."""
    bid, side = await bids.of(visit), _side(visit)
    own, kind = bids.own(visit, bid), visit.query("kind")
    words = await _vocabularies(visit)
    if kind not in words["kinds"][side.name]:
        return await bids.show(visit, "bids/say-kind.html", bid, side=side, own=own, **words)
    return await _form(visit, bid, side, own, {"kind": kind}, words=words)


async def _form(
    visit: Visit,
    bid: Bid,
    side: Side,
    own: Json,
    typed: Mapping[str, str],
    *,
    status: int = 200,
    errors: Errors | None = None,
    words: dict[str, Any] | None = None,
    item: Json | None = None,
    stale: list[tuple[str, str, str]] | None = None,
) -> Response:
    values = {name: "" for name in side.fields.values()} | {
        "certainty": "confirmed",
        "strength": "should",
        "audience": "partners",
        "shown_as": "value",
    }
    words = words or await _vocabularies(visit)
    others = [each for each in bid.partners if each["status"] == "accepted" and each["id"] != own["id"]]
    return await bids.show(
        visit,
        f"bids/say-{side.name}.html",
        bid,
        status,
        side=side,
        own=own,
        values={**values, **typed},
        item=item,
        stale=stale or [],
        errors=errors,
        is_money=typed.get("kind") in MONEY,
        certainty_choices=_choices(words["certainties"]),
        strength_choices=_choices(words["strengths"]),
        audience_choices=_choices(words["audiences"]),
        unit_choices=[("", w("page.choose")), *((each["code"], each["label"]) for each in words["units"].values())],
        target_choices=[
            ("", w("expect.no-target")),
            *((each["code"], each["label"]) for each in words["target_types"].values()),
        ],
        other_choices=[("", w("expect.of-all")), *((each["id"], each["name"]) for each in others)],
        **words,
    )


def _choices(words: Mapping[str, Json]) -> list[tuple[str, str, str]]:
    return [(each["code"], each["label"], each["explanation"]) for each in words.values()]


def _typed(side: Side, given: Given) -> dict[str, str]:
    return {"kind": given.text("kind")} | {name: given.text(name) for name in side.fields.values()}


def _amount(text: str) -> str:
    return text.replace(",", "").replace("£", "").replace(" ", "")


def _body(side: Side, typed: Mapping[str, str], currency: str) -> Json:
    """What was typed as the API takes it; what was left empty is taken back."""
    body: Json = {"kind": typed["kind"], "title": typed["title"]}
    if side.name == "give":
        is_money = typed["kind"] in MONEY
        quantity = "" if is_money else _amount(typed["quantity"])
        body |= {
            "value": {"amount": _amount(typed["value"]), "currency": currency},
            "certainty": typed["certainty"],
            "condition": typed["condition"],
            "valuation_basis": typed["valuation_basis"],
            "quantity": quantity or None,
            "unit": (typed["unit"] or None) if quantity else None,
            "shown_as": (typed["shown_as"] or None) if quantity else None,
        }
    else:
        type_, value = typed["target_type"], typed["target_value"]
        target: Any = {"amount": _amount(value), "currency": currency} if type_ == "money" else value
        body |= {
            "strength": typed["strength"],
            "audience": typed["audience"],
            "of_partner_id": typed["of_partner_id"] or None,
            "target": {"type": type_, "value": target} if type_ else None,
        }
    return body


def _as_typed(side: Side, item: Json) -> dict[str, str]:
    """A stored contribution or expectation as its form shows it."""
    if side.name == "give":
        return {
            "kind": item["kind"],
            "title": item["title"],
            "value": (item["value"] or {}).get("amount", ""),
            "quantity": item["quantity"] or "",
            "unit": item["unit"] or "",
            "valuation_basis": item["valuation_basis"],
            "certainty": item["certainty"],
            "condition": item["condition"],
            "shown_as": item["shown_as"] or "value",
        }
    target = item["target"] or {"type": "", "value": ""}
    value = target["value"]
    return {
        "kind": item["kind"],
        "title": item["title"],
        "strength": item["strength"],
        "of_partner_id": item["of_partner_id"] or "",
        "target_type": target["type"],
        "target_value": value["amount"] if isinstance(value, dict) else value,
        "audience": item["audience"],
    }


async def add(visit: Visit) -> Response:
    bid, side = await bids.of(visit), _side(visit)
    own, typed = bids.own(visit, bid), _typed(side, visit.given)
    body = {**_body(side, typed, bid.whole["currency"]), "partner_id": own["id"]}
    body = {name: value for name, value in body.items() if value is not None}
    try:
        await visit.api(f"create_{side.thing}", body, key=visit.given.text("key"), proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _form(visit, bid, side, own, typed, status=refused.status, errors=errors_of(refused, side.fields))
    return visit.go(f"{bid.address}/say", partner=bids.named(bid, own), done="saved")


async def _item(visit: Visit, bid: Bid, side: Side) -> tuple[Json, Json]:
    """The thing that the address names, and the reader's partner that it belongs to."""
    item = (await visit.api(f"get_{side.thing}", proposal_id=bid.id, item_id=visit.request.path_params["item_id"])).json
    for partner in bid.mine:
        if partner["id"] == item["partner_id"]:
            return item, partner
    raise Refused(NOT_FOUND)


async def show_item(visit: Visit) -> Response:
    bid, side = await bids.of(visit), _side(visit)
    item, own = await _item(visit, bid, side)
    return await _form(visit, bid, side, own, _as_typed(side, item), item=item)


async def change(visit: Visit) -> Response:
    bid, side = await bids.of(visit), _side(visit)
    item, own = await _item(visit, bid, side)
    typed = _typed(side, visit.given)
    body = _body(side, typed, bid.whole["currency"])
    try:
        where = {"proposal_id": bid.id, "item_id": item["id"]}
        await visit.api(f"update_{side.thing}", body, version=visit.given.text("version"), **where)
    except Refused as refused:
        if refused.status not in (409, 412, 422):
            raise
        now = _as_typed(side, item)
        stale = [(name, typed[name], now[name]) for name in typed if typed[name] != now[name]]
        return await _form(
            visit,
            bid,
            side,
            own,
            typed,
            status=refused.status,
            errors=errors_of(refused, side.fields),
            item=item,
            stale=stale if refused.status == 412 else None,
        )
    return visit.go(f"{bid.address}/say", partner=bids.named(bid, own), done="saved")


async def show_remove(visit: Visit) -> Response:
    bid, side = await bids.of(visit), _side(visit)
    item, own = await _item(visit, bid, side)
    return await bids.show(visit, "bids/say-remove.html", bid, side=side, item=item, own=own)


async def remove(visit: Visit) -> Response:
    bid, side = await bids.of(visit), _side(visit)
    item, own = await _item(visit, bid, side)
    where = {"proposal_id": bid.id, "item_id": item["id"]}
    await visit.api(f"delete_{side.thing}", version=visit.given.text("version"), **where)
    return visit.go(f"{bid.address}/say", partner=bids.named(bid, own), done="removed")


async def show_file(visit: Visit) -> Response:
    return await _filing(visit, await bids.of(visit))


async def _filing(visit: Visit, bid: Bid, status: int = 200, errors: Errors | None = None) -> Response:
    own = bids.own(visit, bid)
    return await bids.show(
        visit,
        "bids/say-file.html",
        bid,
        status,
        own=own,
        lists=[(side, bid.declared(side.member, own["id"])) for side in SIDES.values()],
        round=bid.whole["honesty_round"],
        errors=errors,
        **await _vocabularies(visit),
    )


async def file(visit: Visit) -> Response:
    """Files what was said; or agrees to do without this round, where that button was pressed."""
    bid = await bids.of(visit)
    own = bids.own(visit, bid)
    skipping = visit.given.text("answer") == "skip"
    body = {"organisation_id": own["organisation_id"]}
    key = visit.given.text("key")
    try:
        if skipping:
            await visit.api("skip_honesty_round", body, key=key, proposal_id=bid.id)
        else:
            await visit.api("file_declarations", body, key=key, proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        return await _filing(visit, bid, refused.status, errors_of(refused, {}))
    return visit.go(f"{bid.address}/say", partner=bids.named(bid, own), done="skip-agreed" if skipping else "filed")


_ITEM = "/bids/{proposal_id}/say/{side}/{item_id}"
ROUTES: list[BaseRoute] = [
    route("/bids/{proposal_id}/say", show),
    route("/bids/{proposal_id}/say/file", show_file, post=file),
    route("/bids/{proposal_id}/say/{side}", show_new, post=add),
    route(_ITEM, show_item, post=change),
    route(f"{_ITEM}/remove", show_remove, post=remove),
]
