"""One's organisations: adding one, and joining one that invited by mail."""

from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import addresses
from app.workspace.api import Json, Refused
from app.workspace.problems import errors_of
from app.workspace.visit import Visit, route

_FIELDS = {
    "/name": "name",
    "/legal_form": "legal_form",
    "/kinds": "kinds",
    "/identifiers/0/scheme": "scheme",
    "/identifiers": "number",
}
REGISTERS = ("GB-CHC", "GB-SC", "GB-NIC", "GB-COH")
"""Those that nearly all charities and companies of the United Kingdom stand in; there are more in the profile."""
USUAL = "provider"


async def show_new(visit: Visit) -> Response:
    await visit.signed_in()
    return await _form(visit, kinds=[USUAL])


async def _form(visit: Visit, status: int = 200, **values: Any) -> Response:
    registers = await visit.words_of("identifier_scheme")
    given = {"name": "", "legal_form": "", "scheme": REGISTERS[0], "number": "", **values}
    return await visit.show(
        "organisations/new.html",
        status,
        form_choices=[(each["code"], each["label"]) for each in (await visit.words_of("legal_form")).values()],
        kind_choices=[
            (each["code"], each["label"], each["explanation"]) for each in (await visit.words_of("kinds")).values()
        ],
        register_choices=[(code, registers[code]["label"]) for code in REGISTERS],
        next=addresses.local(visit.given.get("next") or visit.query("next"), ""),
        **given,
    )


async def add(visit: Visit) -> Response:
    """Adds the organisation; whoever adds it is its admin, editor and signatory."""
    given = visit.given
    name, form, number, scheme = (given.text(each) for each in ("name", "legal_form", "number", "scheme"))
    body: dict[str, Any] = {"name": name, "legal_form": form, "kinds": given.all("kinds")}
    if number:
        body["identifiers"] = [{"scheme": scheme, "id": number}]
    try:
        await visit.api("create_organisation", body, key=given.text("key"))
    except Refused as refused:
        if refused.status not in (409, 422):
            raise
        typed = {"name": name, "legal_form": form, "kinds": given.all("kinds"), "scheme": scheme, "number": number}
        return await _form(visit, refused.status, errors=errors_of(refused, _FIELDS), **typed)
    return visit.go(addresses.local(given.get("next"), addresses.HOME), done="organisation-added")


async def show_join(visit: Visit) -> Response:
    """Who invites, before anybody signs in. Looking at it changes nothing."""
    token = visit.query("token")
    try:
        invitation = (await visit.api("read_member_invitation", token=token)).json
    except Refused as refused:
        if refused.status != 404:
            raise
        return await visit.show("organisations/join-gone.html", 404)
    roles = await visit.words_of("member_role")
    return await _join(visit, invitation, token, roles)


async def _join(visit: Visit, invitation: Json, token: str, roles: Json, status: int = 200, **more: Any) -> Response:
    address = addresses.to("/organisations/join", token=token)
    values = {"invitation": invitation, "token": token, "roles": roles, "address": address, **more}
    return await visit.show("organisations/join.html", status, **values)


async def join(visit: Visit) -> Response:
    """Spends the token, which is for the address that it was sent to."""
    token = visit.given.text("token")
    await visit.signed_in()
    try:
        await visit.api("accept_member_invitation", {"token": token}, key=visit.given.text("key"))
    except Refused as refused:
        if refused.status != 422:
            raise
        try:
            invitation = (await visit.api("read_member_invitation", token=token)).json
        except Refused:
            return await visit.show("organisations/join-gone.html", 404)
        roles = await visit.words_of("member_role")
        return await _join(visit, invitation, token, roles, 422, errors=errors_of(refused, {}))
    return visit.go(addresses.HOME, done="joined")


ROUTES: list[BaseRoute] = [
    route("/organisations/new", show_new, post=add),
    route("/organisations/join", show_join, post=join),
]
