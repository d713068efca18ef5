"""Locking and signing: read the version, check what one signs for, sign it or say why not; taking the version back."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import bids
from app.workspace.api import Answer, Json, Refused
from app.workspace.bids import Bid
from app.workspace.problems import Errors, errors, errors_of
from app.workspace.view import ENGLISH as w
from app.workspace.visit import Visit, route

_PAGE = "/bids/{proposal_id}/sign"
_ONE = f"{_PAGE}/{{number}}"
_SIGN = {
    "/full_name": "full_name",
    "/role_title": "role_title",
    "/authority_basis/kind": "basis",
    "/authority_basis/date": "date",
    "/authority_basis/detail": "detail",
    "/authority_basis": "basis",
}
BASES = ("constitution", "resolution", "delegation")


async def show(visit: Visit) -> Response:
    return await _overview(visit, await bids.of(visit))


async def _overview(visit: Visit, bid: Bid, status: int = 200, errors: Errors | None = None) -> Response:
    """The version that is open or agreed; without one, what is missing, or the button that locks."""
    in_force = bid.whole["edition"]
    edition = None
    if in_force:
        edition = (await visit.api("get_edition", proposal_id=bid.id, number=str(in_force["number"]))).json
    if edition:
        for each in edition["must_sign"]:
            each["lacking"] = max(0, each["signatures_required"] - each["signed"])
    groups, ready = ([], False) if edition else await bids.missing(visit, bid)
    return await bids.show(
        visit,
        "bids/sign.html",
        bid,
        status,
        edition=edition,
        groups=groups,
        ready=ready,
        to_sign=_to_sign(bid, edition),
        edition_statuses=await visit.words_of("edition_status"),
        errors=errors,
    )


def _to_sign(bid: Bid, edition: Json | None) -> Json | None:
    """The reader's own partner whose signature is still missing, if there is one."""
    if not edition or edition["status"] != "open" or not bid.may("sign_edition"):
        return None
    mine = {each["id"] for each in bid.mine}
    for each in edition["must_sign"]:
        if each["partner_id"] in mine and each["signed"] < each["signatures_required"]:
            return bid.by_id.get(each["partner_id"])
    return None


async def lock(visit: Visit) -> Response:
    bid = await bids.of(visit)
    body = {"partner_id": bids.own(visit, bid)["id"]}
    try:
        await visit.api("create_edition", body, key=visit.given.text("key"), proposal_id=bid.id)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _overview(visit, bid, refused.status, errors_of(refused, {}))
    return visit.go(f"{bid.address}/sign", done="locked")


async def _edition(visit: Visit, bid: Bid) -> Answer:
    return await visit.api("get_edition", proposal_id=bid.id, number=visit.request.path_params["number"])


async def show_sign(visit: Visit) -> Response:
    return await _sign(visit, await bids.of(visit))


async def _sign(
    visit: Visit,
    bid: Bid,
    status: int = 200,
    errors: Errors | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:
    edition = (await _edition(visit, bid)).json
    me = await visit.signed_in()
    values = {"full_name": me["name"], "role_title": "", "basis": "", "date": "", "detail": ""}
    return await bids.show(
        visit,
        "bids/sign-check.html",
        bid,
        status,
        edition=edition,
        own=_to_sign(bid, edition),
        fingerprint=fingerprint(edition["sha256"]),
        values={**values, **(typed or {})},
        basis_choices=[(kind, w(f"sign.{kind}"), w(f"sign.{kind}-text")) for kind in BASES],
        errors=errors,
    )


def fingerprint(sha256: str) -> str:
    """In groups of four, as people compare them."""
    return " ".join(sha256[at : at + 4] for at in range(0, len(sha256), 4))


async def sign(visit: Visit) -> Response:
    """Signs the version whose fingerprint the page showed, and no other."""
    bid, given = await bids.of(visit), visit.given
    typed = {name: given.text(name) for name in ("full_name", "role_title", "basis", "date", "detail")}
    body: Json = {
        "partner_id": bids.own(visit, bid)["id"],
        "sha256": given.text("sha256"),
        "full_name": typed["full_name"],
        "role_title": typed["role_title"],
        "authority_basis": {"kind": typed["basis"], "date": typed["date"] or None, "detail": typed["detail"]},
    }
    where = {"proposal_id": bid.id, "number": visit.request.path_params["number"]}
    try:
        await visit.api("sign_edition", body, key=given.text("key"), **where)
    except Refused as refused:
        if refused.status not in (403, 409, 412, 422):
            raise
        found = errors_of(refused, _SIGN)
        if not typed["basis"]:
            found = errors((name, w("sign.choose-basis") if name == "basis" else said) for name, said in found)
        return await _sign(visit, bid, refused.status, found, typed)
    return visit.go(f"{bid.address}/sign", done="signed")


async def show_no(visit: Visit) -> Response:
    return await _no(visit, await bids.of(visit))


async def _no(visit: Visit, bid: Bid, status: int = 200, errors: Errors | None = None, reason: str = "") -> Response:
    edition = (await _edition(visit, bid)).json
    signed = [each for each in edition["must_sign"] if each["signed"]]
    act = "refuse" if _to_sign(bid, edition) else "withdraw"
    return await bids.show(
        visit, "bids/sign-no.html", bid, status, edition=edition, signed=signed, act=act, reason=reason, errors=errors
    )


async def say_no(visit: Visit) -> Response:
    """Refuses to sign, or takes the version back, as the button says. Either way all signatures fall."""
    bid, given = await bids.of(visit), visit.given
    body = {"partner_id": bids.own(visit, bid)["id"], "reason": given.text("reason")}
    where, key = {"proposal_id": bid.id, "number": visit.request.path_params["number"]}, given.text("key")
    try:
        if given.text("answer") == "refuse":
            await visit.api("refuse_edition", body, key=key, **where)
        else:
            await visit.api("withdraw_edition", body, key=key, **where)
    except Refused as refused:
        if refused.status not in (403, 409, 422):
            raise
        return await _no(visit, bid, refused.status, errors_of(refused, {"/reason": "reason"}), body["reason"])
    return visit.go(f"{bid.address}/sign", done="unlocked")


ROUTES: list[BaseRoute] = [
    route(_PAGE, show, post=lock),
    route(_ONE, show_sign, post=sign),
    route(f"{_ONE}/no", show_no, post=say_no),
]
