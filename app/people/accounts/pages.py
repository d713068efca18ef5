"""Small pages behind the links in mails: a GET shows a button, and only its POST spends the token."""

import html
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar, get_args

from fastapi import APIRouter
from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.people.accounts import passwords, service
from app.people.accounts.places import Place, browser_token
from app.people.accounts.schemas import Language, PersonIn
from app.platform.access.errors import Invalid, Refusal
from app.platform.web import body as reading
from app.platform.web.guard import check_origin, cookie_name
from app.platform.web.languages import wished
from app.platform.web.network import client_network
from app.platform.web.service import page, refused
from app.settings import Settings

router = APIRouter(include_in_schema=False)
Answer = TypeVar("Answer", bound=Response)
_FIELDS = {
    "new password": (
        f'<p><label for="password">New password (at least {passwords.LEAST} characters)</label><br><input id="password" '
        f'name="password" type="password" autocomplete="new-password" required minlength="{passwords.LEAST}"></p>'
    ),
    "password": (
        '<p><label for="password">Password</label><br><input id="password" name="password" type="password" '
        'autocomplete="current-password" required></p>'
    ),
    "email": (
        '<p><label for="email">Your mail address</label><br><input id="email" name="email" type="email" required></p>'
    ),
    "name": (
        '<p><label for="name">Your name</label><br><input id="name" name="name" autocomplete="name" required '
        'maxlength="200"></p>'
    ),
}
_WAYS_ON = (
    '<p><a href="/open/sign-in">Sign in</a> · <a href="/open/forgotten">I forgot my password</a> · '
    '<a href="/open/register">I have no account yet</a></p>'
)

_PAGES = {
    "register": ("Register", _FIELDS["name"] + _FIELDS["email"] + _FIELDS["new password"], "Register"),
    "verify": ("Confirm your address", "<p>Press the button to confirm that this is your address.</p>", "Confirm"),
    "reset": ("Set a new password", _FIELDS["new password"], "Set the password"),
    "forgotten": ("Ask for a new password", _FIELDS["email"], "Send me a mail"),
    "sign-in": ("Sign in", _FIELDS["email"] + _FIELDS["password"], "Sign in"),
}


@router.get("/open/{purpose}")
async def show(request: Request, purpose: str) -> HTMLResponse:
    """The page for a purpose. Looking at it changes nothing."""
    if purpose not in _PAGES:
        return page("There is nothing here", "<p>Please copy the whole link from the mail.</p>", 404)
    title, inner, button = _PAGES[purpose]
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{html.escape(request.query_params.get(name, ""), quote=True)}">'
        for name in ("token", "next")
    )
    form = (
        f'<form method="post" action="/open/{purpose}">{hidden}{inner}'
        f'<p><button type="submit">{button}</button></p></form>'
    )
    return page(title, form + _WAYS_ON)


@router.post("/open/{purpose}")
async def act(request: Request, purpose: str) -> Response:
    """Does what the page is for, in one transaction."""
    verb = _VERBS.get(purpose)
    if verb is None:
        return page("There is nothing here", "<p>Please copy the whole link from the mail.</p>", 404)
    try:
        done = await verb(request, await reading.form(request))
        if isinstance(done, Response):
            return done
    except Refusal as refusal:
        return refused(refusal, 422, _WAYS_ON)
    return page("Done", f"<p>{done}</p>{_WAYS_ON}")


def set_cookie(response: Response, settings: Settings, token: str, expires: datetime) -> None:
    """Give a browser the sign-in as a cookie that no script reads."""
    response.set_cookie(
        cookie_name(settings), token, expires=expires, path="/", secure=settings.secure, httponly=True, samesite="lax"
    )


def place_of(request: Request) -> Place:
    """Where the request comes from: its network, and the browser's token where it comes from a browser."""
    given = request.cookies.get(_browser_cookie(request.app.state.settings))
    is_browser = "sec-fetch-site" in request.headers or "origin" in request.headers
    return Place(client_network(request), browser_token(given, is_browser))


def known_again(response: Answer, settings: Settings, place: Place) -> Answer:
    """Let the browser keep its token, by which nobody else's failed tries count against who has signed in there."""
    if not place.browser:
        return response
    response.set_cookie(
        _browser_cookie(settings),
        place.browser,
        max_age=400 * 86_400,
        path="/",
        secure=settings.secure,
        httponly=True,
        samesite="lax",
    )
    return response


def _browser_cookie(settings: Settings) -> str:
    return "__Host-cobid-browser" if settings.secure else "cobid-browser"


def process_of(request: Request) -> service.Process:
    state = request.app.state
    return service.Process(state.settings, state.db, state.passwords)


async def _register(request: Request, fields: dict[str, str]) -> str:
    try:
        given = PersonIn.model_validate({name: fields.get(name, "") for name in ("email", "name", "password")})
    except ValidationError as error:
        what = ", ".join(
            {"email": "mail address"}.get(str(each["loc"][0]), str(each["loc"][0])) for each in error.errors()
        )
        raise Invalid(f"Please go back and look again at this: your {what}.") from error
    language = wished(request, get_args(Language)) or "en"
    registration = service.Registration(given.email, given.name, given.password, language)
    async with request.app.state.db.sessions.begin() as session:
        await service.register(session, process_of(request), registration, client_network(request))
    return (
        "A mail is on its way to that address. Open the link in it to confirm that it is yours; then you can sign in."
    )


async def _verify(request: Request, fields: dict[str, str]) -> str:
    async with request.app.state.db.sessions.begin() as session:
        await service.verify(session, fields.get("token", ""))
    return "Your address is confirmed. You can sign in now."


async def _reset(request: Request, fields: dict[str, str]) -> str:
    async with request.app.state.db.sessions.begin() as session:
        given = (fields.get("token", ""), fields.get("password", ""), Place(client_network(request)))
        await service.reset(session, process_of(request), *given)
    return "Your password is changed, and you are signed out everywhere. Sign in with the new one."


async def _forgotten(request: Request, fields: dict[str, str]) -> str:
    async with request.app.state.db.sessions.begin() as session:
        address = fields.get("email", "").strip().lower()
        await service.request_reset(session, process_of(request), address, place_of(request))
    return "If there is an account with that address, a mail is on its way."


async def _sign_in(request: Request, fields: dict[str, str]) -> Response:
    """Signs in by cookie and goes on to a page of this service, never anywhere else."""
    check_origin(request, request.app.state.settings)
    place = place_of(request)
    async with request.app.state.db.sessions.begin() as session:
        token, row = await service.sign_in(
            session,
            process_of(request),
            fields.get("email", "").strip().lower(),
            fields.get("password", ""),
            place=place,
            agent=request.headers.get("user-agent", ""),
        )
    target = fields.get("next", "/docs")
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    response = RedirectResponse(target if local else "/docs", 303)
    set_cookie(response, request.app.state.settings, token, row.expires_at)
    return known_again(response, request.app.state.settings, place)


_VERBS: dict[str, Callable[[Request, dict[str, str]], Awaitable[str | Response]]] = {
    "register": _register,
    "sign-in": _sign_in,
    "verify": _verify,
    "reset": _reset,
    "forgotten": _forgotten,
}
