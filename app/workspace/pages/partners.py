"""The partners of a bid: who is in, who was asked; inviting, authority for the lead, leaving."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import addresses, bids
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.bids import Bid
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/partners"
_INVITATION = {
    "/email": "email",
    "/role": "role",
    "/message_markdown": "message",
    "/proposed_work_markdown": "work",
    "/indicative_amount": "amount",
}
_ONE = {
    "/full_name": "full_name",
    "/role_title": "role_title",
    "/aims_statement_markdown": "aims",
    "/reason": "reason",
}
ROLES = ("member", "subcontractor", "associate")


async def show(visit: Visit) -> Response:
    bid = await bids.of(visit)
    return await bids.show(
        visit,
        "bids/partners.html",
        bid,
        roles=await visit.words_of("partner_role"),
        statuses=await visit.words_of("partner_status"),
        levels=await visit.words_of("verification_level"),
    )


async def show_invite(visit: Visit) -> Response:
    return await _invitation(visit, await bids.of(visit), {})


async def _invitation(
    visit: Visit, bid: Bid, typed: Mapping[str, str], status: int = 200, errors: Errors | None = None
) -> Response:
    values = {name: "" for name in _INVITATION.values()} | {"role": ROLES[0]}
    roles = await visit.words_of("partner_role")
    choices = [(code, roles[code]["label"], roles[code]["explanation"]) for code in ROLES]
    values |= typed
    return await bids.show(visit, "bids/invite.html", bid, status, values=values, choices=choices, errors=errors)


async def invite(visit: Visit) -> Response:
    bid, given = await bids.of(visit), visit.given
    typed = {name: given.text(name) for name in _INVITATION.values()}
    body: Json = {
        "email": typed["email"],
        "role": typed["role"],
        "message_markdown": typed["message"],
        "proposed_work_markdown": typed["work"],
    }
    if typed["amount"]:
        amount = typed["amount"].replace(",", "").replace("£", "").replace(" ", "")
        body["indicative_amount"] = {"amount": amount, "currency": bid.whole["currency"]}
    if len(bid.mine) > 1:
        body["as_organisation_id"] = bid.mine[0]["organisation_id"]
    try:
        await visit.api("invite_partner", body, key=given.text("key"), proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (409, 422, 429):
            raise
        return await _invitation(visit, bid, typed, refused.status, errors_of(refused, _INVITATION))
    return visit.go(f"{bid.address}/partners", done="invited")


async def _partner(visit: Visit) -> tuple[Bid, Json]:
    bid = await bids.of(visit)
    partner = bid.by_id.get(visit.request.path_params["partner_id"])
    if partner is None:
        raise Refused(NOT_FOUND)
    return bid, partner


async def show_one(visit: Visit) -> Response:
    return await _one(visit, *await _partner(visit))


async def _one(
    visit: Visit,
    bid: Bid,
    partner: Json,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
    errors: Errors | None = None,
) -> Response:
    me = await visit.signed_in()
    values = {"full_name": me["name"], "role_title": "", "aims": partner["aims_statement_markdown"], "reason": ""}
    return await bids.show(
        visit,
        "bids/partner.html",
        bid,
        status,
        partner=partner,
        own=partner["id"] in {each["id"] for each in bid.mine},
        values={**values, **(typed or {})},
        stale=[("aims", (typed or {}).get("aims", ""), partner["aims_statement_markdown"])] if status == 412 else [],
        roles=await visit.words_of("partner_role"),
        statuses=await visit.words_of("partner_status"),
        levels=await visit.words_of("verification_level"),
        leads=partner["role"] == "lead",
        errors=errors,
    )


def _acting(bid: Bid) -> Json:
    """For which of the reader's organisations: the lead, where it is one of several."""
    leads = [each for each in bid.mine if each["role"] == "lead"]
    return {"organisation_id": (leads or bid.mine)[0]["organisation_id"]} if bid.mine else {}


async def change(visit: Visit) -> Response:
    """Says how the bid serves its aims, gives authority, leaves, confirms who came, or sends an invitation again or takes it
    back: as the button says."""
    bid, partner = await _partner(visit)
    given, where = visit.given, {"proposal_id": bid.id, "partner_id": partner["id"]}
    typed = {name: given.text(name) for name in _ONE.values() if name in given}
    version, answer, done = given.text("version"), given.text("answer"), "saved"
    try:
        if answer == "authority":
            body = {"full_name": typed.get("full_name", ""), "role_title": typed.get("role_title", "")}
            await visit.api("give_authority", body, version=version, **where)
            done = "authority-given"
        elif answer == "confirm":
            found = await visit.api("confirm_partner", _acting(bid), version=version, **where)
            done = "confirmed-partner" if found.json["status"] == "accepted" else "held-up"
        elif answer == "again":
            await visit.api("send_invitation_again", _acting(bid), key=given.text("key"), **where)
            done = "sent-again"
        elif answer == "leave":
            await visit.api("withdraw_partner", {"reason": typed.get("reason", "")}, version=version, **where)
            return visit.go(addresses.HOME, done="left")
        elif answer == "remove":
            body = {"reason": typed.get("reason", "")}
            found = await visit.api("remove_partner", body, version=version, key=given.text("key"), **where)
            waiting = partner["status"] == "to_confirm"
            done = "voting" if found.status == 202 else "refused" if waiting else "taken-back"
            return visit.go(f"{bid.address}/partners", done=done)
        else:
            await visit.api(
                "update_partner", {"aims_statement_markdown": typed.get("aims", "")}, version=version, **where
            )
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422, 429):
            raise
        return await _one(visit, bid, partner, typed, refused.status, errors_of(refused, _ONE))
    return visit.go(f"{bid.address}/partners/{partner['id']}", done=done)


ROUTES: list[BaseRoute] = [
    route(_PAGE, show),
    route(f"{_PAGE}/invite", show_invite, post=invite),
    route(f"{_PAGE}/{{partner_id}}", show_one, post=change),
]
