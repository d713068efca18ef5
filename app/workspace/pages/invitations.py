"""An invitation to a bid: what is asked, then accept for one of one's organisations, or decline. With a mail's link
(without an account, too), or by its place among one's own."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import addresses
from app.workspace.api import NOT_FOUND, Json, Refused
from app.workspace.problems import Errors, errors, errors_of
from app.workspace.view import ENGLISH as w
from app.workspace.visit import Visit, route

BY_LINK = "/invitations/open"
BINDING = {"admin", "signatory"}
"""Roles that accept for an organisation, as the contract says of `accept_invitation`."""
_FIELDS = {"/organisation_id": "organisation_id", "/reason": "reason"}


async def _invitation(visit: Visit) -> tuple[Json, str]:
    """The invitation, and the token by which it was found ('' for one among one's own)."""
    partner_id = visit.request.path_params.get("partner_id")
    if partner_id is None:
        token = visit.given.get("token") or visit.query("token")
        return (await visit.api("read_invitation", token=token)).json, token
    await visit.signed_in()
    found = await visit.all("list_my_invitations")
    for each in found:
        if each["partner_id"] == partner_id:
            return each, ""
    raise Refused(NOT_FOUND)


def _address(visit: Visit, token: str) -> str:
    return addresses.to(BY_LINK, token=token) if token else visit.request.url.path


async def show(visit: Visit) -> Response:
    try:
        invitation, token = await _invitation(visit)
    except Refused as refused:
        return await _gone(visit, refused)
    return await _page(visit, invitation, token)


async def _gone(visit: Visit, refused: Refused) -> Response:
    """An invitation that was answered, called back or never there: one page for all of it."""
    if refused.status != 404:
        raise refused
    return await visit.show("invitations/gone.html", 404)


async def _page(
    visit: Visit, invitation: Json, token: str, status: int = 200, found: Errors | None = None, **typed: Any
) -> Response:
    me = await visit.me()
    organisations = [each for each in (me or {}).get("organisations", []) if BINDING & set(each["roles"])]
    roles = await visit.words_of("partner_role")
    chosen = organisations[0]["organisation_id"] if len(organisations) == 1 else ""
    values = {"organisation_id": chosen, "reason": "", "declining": False, **typed}
    return await visit.show(
        "invitations/open.html",
        status,
        errors=found,
        invitation=invitation,
        waiting=invitation["waiting"] if token else None,
        token=token,
        address=_address(visit, token),
        role=roles.get(invitation["role"], {}),
        roles=roles,
        organisations=organisations,
        choices=[(each["organisation_id"], each["name"], "") for each in organisations],
        **values,
    )


async def answer(visit: Visit) -> Response:
    """Accepts or declines, as the button that was pressed says."""
    try:
        invitation, token = await _invitation(visit)
    except Refused as refused:
        return await _gone(visit, refused)
    path = {name: invitation[name] for name in ("proposal_id", "partner_id")}
    given = visit.given
    declining = given.text("answer") == "decline"
    typed = {"organisation_id": given.text("organisation_id"), "reason": given.text("reason"), "declining": declining}
    body: dict[str, Any] = {"token": token} if token else {}
    vouching = bool(token and invitation["waiting"])
    try:
        if vouching:
            if declining:
                await visit.api("decline_invitation", body, key=given.text("key"), **path)
                return visit.go(_address(visit, token), done="yours")
            await visit.api("accept_invitation", body, key=given.text("key"), **path)
            return await visit.show("invitations/vouched.html", invitation=invitation)
        if declining:
            if typed["reason"]:
                body["reason"] = typed["reason"]
            await visit.api("decline_invitation", body, key=given.text("key"), **path)
            return await visit.show("invitations/declined.html", invitation=invitation)
        await visit.signed_in()
        if not typed["organisation_id"]:
            found = errors([("organisation_id", w("invitation.which-missing"))])
            return await _page(visit, invitation, token, 422, found, **typed)
        body["organisation_id"] = typed["organisation_id"]
        if given.text("structure_version").isdigit():
            body["structure_version"] = int(given.text("structure_version"))
        accepted = (await visit.api("accept_invitation", body, key=given.text("key"), **path)).json
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        return await _page(visit, invitation, token, refused.status, errors_of(refused, _FIELDS), **typed)
    done = "accepted" if accepted["status"] == "accepted" else "to-confirm"
    return visit.go(f"/bids/{path['proposal_id']}", done=done)


ROUTES: list[BaseRoute] = [
    route(BY_LINK, show, post=answer),
    route("/invitations/{partner_id}", show, post=answer),
]
