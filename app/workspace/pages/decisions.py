"""What the partners decide together: open first; whose vote is missing, what it changes, voting, closing."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import Json, Refused
from app.workspace.bids import Bid
from app.workspace.problems import Errors, errors_of
from app.workspace.view import ENGLISH as w
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/decisions"
_NEW = {"/title": "title", "/detail_markdown": "detail"}
_VOTE = {"/option": "option", "/reason": "reason"}
_SAID = {"for": w("decide.for"), "against": w("decide.against"), "abstain": w("decide.abstain")}
"""What votes are called; a decision with options of its own shows those."""


async def show(visit: Visit) -> Response:
    return await _list(visit, await bids.of(visit))


async def _list(
    visit: Visit,
    bid: Bid,
    status: int = 200,
    errors: Errors | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    found = await visit.all("list_decisions", proposal_id=bid.id)
    return await bids.show(
        visit,
        "bids/decisions.html",
        bid,
        status,
        decisions=sorted(found, key=lambda each: each["status"] != "open"),
        statuses=await visit.words_of("decision_status"),
        values={"title": "", "detail": "", **(typed or {})},
        errors=errors,
    )


async def propose(visit: Visit) -> Response:
    bid, given = await bids.of(visit), visit.given
    typed = {name: given.text(name) for name in _NEW.values()}
    body: Json = {"title": typed["title"], "detail_markdown": typed["detail"]}
    if len(bid.mine) > 1:
        body["organisation_id"] = bid.mine[0]["organisation_id"]
    try:
        found = await visit.api("open_decision", body, key=given.text("key"), proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _list(visit, bid, refused.status, errors_of(refused, _NEW), typed)
    return visit.go(f"{bid.address}/decisions/{found.json['id']}", done="proposed")


async def show_one(visit: Visit) -> Response:
    return await _one(visit, await bids.of(visit))


async def _one(
    visit: Visit,
    bid: Bid,
    status: int = 200,
    errors: Errors | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    where = {"proposal_id": bid.id, "decision_id": visit.request.path_params["decision_id"]}
    found = (await visit.api("get_decision", **where)).json
    mine = {each["id"] for each in bid.mine}
    cast = {vote["partner_id"]: vote for vote in found["votes"]}
    own = next((cast[each] for each in mine if each in cast), None)
    return await bids.show(
        visit,
        "bids/decision.html",
        bid,
        status,
        decision=found,
        cast=[(bid.by_id[each], vote) for each, vote in cast.items() if each in bid.by_id],
        missing=[bid.by_id[each] for each in found["outstanding_partner_ids"] if each in bid.by_id],
        own=own,
        statuses=await visit.words_of("decision_status"),
        proposed=await _proposed(visit, bid, found["carries"]),
        vote_choices=[
            (option, _SAID.get(option, option), "") for option in dict.fromkeys([*found["options"], "abstain"])
        ],
        option_names=_SAID,
        matters=await visit.words_of("matter"),
        values={"option": own["option"] if own else "", "reason": own["reason"] if own else "", **(typed or {})},
        errors=errors,
    )


async def _proposed(visit: Visit, bid: Bid, carries: Json | None) -> list[tuple[str, str]]:
    """What a decision on the structure would put in its place, in words. Who votes has to see it."""
    if not carries or not carries["path"].endswith("/structure"):
        return []
    body = carries["body"]
    coded = {"template": "structure_template", "liability": "liability", "decision_rule": "decision_rule"}
    said = {name: (await visit.words_of(words)).get(body.get(name), {"label": ""}) for name, words in coded.items()}
    names = {
        name: ", ".join(bid.by_id[each]["name"] for each in body.get(name) or [] if each in bid.by_id)
        for name in ("contracting_partner_ids", "paid_partner_ids")
    }
    days = body.get("payment_days")
    found = [
        (w("structure.template"), said["template"]["label"]),
        (w("structure.contracting"), names["contracting_partner_ids"]),
        (w("structure.paid"), names["paid_partner_ids"]),
        (w("structure.liability"), said["liability"]["label"]),
        (w("structure.rule"), said["decision_rule"]["label"]),
        (w("structure.days"), "" if days is None else str(days)),
        (w("structure.terms"), body.get("terms_markdown") or ""),
        (w("structure.exit"), body.get("exit_terms_markdown") or ""),
        (w("structure.custom"), body.get("custom_markdown") or ""),
    ]
    return [(name, value) for name, value in found if value]


async def act(visit: Visit) -> Response:
    """Votes, or closes the decision, as the button says."""
    bid, given = await bids.of(visit), visit.given
    where = {"proposal_id": bid.id, "decision_id": visit.request.path_params["decision_id"]}
    closing = given.text("answer") == "close"
    typed = {name: given.text(name) for name in _VOTE.values()}
    try:
        if closing:
            await visit.api("close_decision", key=given.text("key"), **where)
        else:
            body: Json = {**typed, "partner_id": bids.own(visit, bid)["id"]}
            await visit.api("cast_vote", body, key=given.text("key"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _one(visit, bid, refused.status, errors_of(refused, _VOTE), {} if closing else typed)
    return visit.go(visit.request.url.path, done="closed" if closing else "voted")


ROUTES: list[BaseRoute] = [
    route(_PAGE, show, post=propose),
    route(f"{_PAGE}/{{decision_id}}", show_one, post=act),
]
