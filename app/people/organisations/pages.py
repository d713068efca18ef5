"""The page behind the link of a member invitation: signed in by cookie, one button joins."""

import html
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.people.organisations import service
from app.platform.access.errors import Refusal
from app.platform.web import body as reading
from app.platform.web.guard import check_origin, signed_in
from app.platform.web.service import page, refused

router = APIRouter(include_in_schema=False)
PATH = "/organisations/join"


@router.get(PATH)
async def show(request: Request) -> HTMLResponse:
    """Looking at it changes nothing."""
    token = request.query_params.get("token", "")
    async with request.app.state.db.sessions() as session:
        name = await service.invited_by(session, token)
    if name is None:
        return refused(service.InvitationSpent(), 404)
    title = f"Join {name}"
    actor = await signed_in(request)
    if actor is None:
        back = quote(f"{PATH}?token={token}", safe="")
        return page(
            title,
            "<p>Sign in with the address that the invitation was sent to. If you have no account yet, register first with "
            "that address, confirm it, and then open the link in the invitation again.</p>"
            f'<p><a href="/open/sign-in?next={back}">Sign in</a> · <a href="/open/register">Register</a></p>',
        )
    form = (
        f'<p>You are signed in as {html.escape(actor.name)}.</p><form method="post" action="{PATH}">'
        f'<input type="hidden" name="token" value="{html.escape(token, quote=True)}">'
        '<p><button type="submit">Join</button></p></form>'
    )
    return page(title, form)


@router.post(PATH)
async def join(request: Request) -> HTMLResponse:
    """Spends the token, in one transaction."""
    try:
        check_origin(request, request.app.state.settings)
        token = (await reading.form(request)).get("token", "")
        actor = await signed_in(request)
        if actor is None:
            return page("Sign in first", "<p>Please open the link in the mail again.</p>", 401)
        async with request.app.state.db.sessions.begin() as session:
            await service.join(session, actor, token)
    except Refusal as refusal:
        return refused(refusal, 422)
    return page("You have joined", "<p>From now on you find the organisation under your own name when you sign in.</p>")
