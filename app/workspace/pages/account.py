"""One's own account: name and language, mails, sign-ins, organisations."""

from collections.abc import Mapping

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace.api import Refused
from app.workspace.problems import Errors, errors_of
from app.workspace.visit import Visit, route

_FORMS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "person": ("update_me", ("name", "language")),
    "mails": ("update_notification_choices", ("mail",)),
}
"""The page's forms: the operation that each calls, and its fields, which are called as the contract's members."""


async def show(visit: Visit) -> Response:
    return await _page(visit)


async def _page(
    visit: Visit, status: int = 200, errors: Errors | None = None, typed: Mapping[str, str] | None = None
) -> Response:
    me = await visit.signed_in()
    choices = (await visit.api("get_notification_choices")).json
    now = {"name": me["name"], "language": me["language"], "mail": choices["mail"]}
    return await visit.show(
        "account.html",
        status,
        errors=errors,
        now=now,
        values={**now, **(typed or {})},
        mail_version=choices["version"],
        sign_ins=await visit.all("list_sessions"),
        roles=await visit.words_of("member_role"),
        stale=status == 412,
    )


async def change(visit: Visit) -> Response:
    """Saves one of the forms, or ends another sign-in."""
    given = visit.given
    if ended := given.text("end"):
        await visit.api("end_session", session_id=ended)
        return visit.go("/account", done="sign-in-ended")
    operation, fields = _FORMS.get(given.text("form"), _FORMS["person"])
    typed = {name: given.text(name) for name in fields}
    try:
        await visit.api(operation, typed, version=given.text("version"))
    except Refused as refused:
        if refused.status not in (412, 422):
            raise
        return await _page(visit, refused.status, errors_of(refused, {f"/{name}": name for name in fields}), typed)
    return visit.go("/account", done="saved")


ROUTES: list[BaseRoute] = [route("/account", show, post=change)]
