"""Coming in: the greeting, signing in and out, registering, and the links in mails. `next` goes with all of them."""

from collections.abc import Mapping
from functools import partial

from starlette.responses import Response
from starlette.routing import BaseRoute

from app.workspace import addresses
from app.workspace.api import NOT_FOUND, Refused
from app.workspace.problems import Errors, errors, errors_of
from app.workspace.view import ENGLISH as w
from app.workspace.visit import Page, Visit, route

ON_THE_WAY = "cobid-next"
"""The cookie that holds where somebody was going who first has to open a mail: it is read in the same browser only."""
_REGISTER = {"/name": "name", "/email": "email", "/password": "password"}


async def welcome(visit: Visit) -> Response:
    """What this is; whoever is signed in goes on to their own page."""
    return visit.go(addresses.HOME) if await visit.me() else await visit.show("welcome.html")


def _next(visit: Visit) -> str:
    return addresses.local(visit.given.get("next") or visit.query("next"), "")


async def show_sign_in(visit: Visit) -> Response:
    if await visit.me():
        return visit.go(_next(visit) or addresses.HOME)
    return await visit.show("doors/sign-in.html", email="", next=_next(visit), kept=[], kept_for="")


async def sign_in(visit: Visit) -> Response:
    """Signs in and goes on; what somebody typed before their sign-in ended is there again."""
    kept_for = addresses.local(visit.given.get("kept_for"), "")
    kept = [(name.removeprefix("kept."), value) for name, value in visit.given.pairs() if name.startswith("kept.")]
    email = visit.given.text("email")
    try:
        await visit.api("sign_in", {"email": email, "password": visit.given.get("password", "")})
    except Refused as refused:
        found = errors_of(refused, {"/email": "email", "/password": "password"})
        values = {"email": email, "next": _next(visit), "kept": kept, "kept_for": kept_for}
        return await visit.show("doors/sign-in.html", _status(refused), errors=found, **values)
    visit.forget(ON_THE_WAY)
    if kept_for and kept:
        await visit.came_in()
        return await visit.show("doors/kept.html", kept=kept, kept_for=kept_for)
    return visit.go(_next(visit) or addresses.local(visit.request.cookies.get(ON_THE_WAY)))


async def sign_out(visit: Visit) -> Response:
    """Ends this sign-in; whoever has none is out already."""
    visit.forget(ON_THE_WAY)
    try:
        await visit.api("sign_out")
    except Refused as refused:
        if refused.status != 401:
            raise
    return visit.go("/open/sign-in", done="signed-out")


async def show_register(visit: Visit) -> Response:
    return await visit.show("doors/register.html", name="", email="", next=_next(visit))


async def register(visit: Visit) -> Response:
    """Registers, and says which mail to wait for. The answer is the same for an address that is known."""
    name, email, onward = visit.given.text("name"), visit.given.text("email"), _next(visit)
    try:
        await visit.api("register", {"name": name, "email": email, "password": visit.given.get("password", "")})
    except Refused as refused:
        found = errors_of(refused, _REGISTER)
        return await visit.show(
            "doors/register.html", _status(refused), errors=found, name=name, email=email, next=onward
        )
    if onward:
        visit.remember(ON_THE_WAY, onward, hours=visit.request.app.state.settings.verify_hours)
    steps = [w(f"register.sent-{n}") for n in (1, 2)] + [w("register.sent-invited" if onward else "register.sent-3")]
    return await visit.show("doors/sent.html", purpose="register", email=email, next=onward, steps=steps)


async def show_link(visit: Visit, purpose: str) -> Response:
    """The page behind a mail's link. Looking at it changes nothing."""
    token, onward = visit.query("token"), _next(visit)
    return await visit.show("doors/simple.html", purpose=purpose, token=token, next=onward, email="")


async def act_on_link(visit: Visit, purpose: str) -> Response:
    """Spends a mail's token, or asks for such a mail."""
    given, onward = visit.given, _next(visit)
    email, token = given.text("email"), given.text("token")
    bodies: Mapping[str, tuple[str, dict[str, str]]] = {
        "verify": ("verify_email", {"token": token}),
        "forgotten": ("request_password_reset", {"email": email}),
        "reset": ("reset_password", {"token": token, "password": given.get("password", "")}),
    }
    operation, body = bodies[purpose]
    try:
        await visit.api(operation, body)
    except Refused as refused:
        found = _without_token(errors_of(refused, {"/email": "email", "/password": "password"}), refused)
        values = {"token": token, "next": onward, "email": email}
        return await visit.show("doors/simple.html", _status(refused), errors=found, purpose=purpose, **values)
    if purpose == "forgotten":
        steps = [w("forgotten.sent-1"), w("forgotten.sent-2")]
        return await visit.show("doors/sent.html", purpose=purpose, email=email, next=onward, steps=steps)
    onward = onward or addresses.local(visit.request.cookies.get(ON_THE_WAY), "")
    return visit.go("/open/sign-in", next=onward, done="confirmed" if purpose == "verify" else "new-password")


def _status(refused: Refused) -> int:
    """Of a form that comes back filled. What is no fault of the form is a page of its own."""
    if refused.status >= 500:
        raise refused
    return 429 if refused.status == 429 else 422


def _without_token(found: Errors, refused: Refused) -> Errors:
    """A token is no field that somebody typed: what is wrong with it is that the link was not copied whole."""
    entries = refused.problem.get("errors") or []
    if any(str(each.get("pointer")) == "/token" for each in entries):
        return errors([("", w("verify.incomplete"))])
    return found


_LINKS = ("verify", "reset", "forgotten")
_SHOW: dict[str, Page] = {
    "sign-in": show_sign_in,
    "register": show_register,
    **{purpose: partial(show_link, purpose=purpose) for purpose in _LINKS},
}
_DO: dict[str, Page] = {
    "sign-in": sign_in,
    "register": register,
    **{purpose: partial(act_on_link, purpose=purpose) for purpose in _LINKS},
}


async def show_door(visit: Visit) -> Response:
    return await _by_purpose(visit, _SHOW)


async def act_at_door(visit: Visit) -> Response:
    return await _by_purpose(visit, _DO)


async def _by_purpose(visit: Visit, pages: Mapping[str, Page]) -> Response:
    page = pages.get(visit.request.path_params["purpose"])
    if page is None:
        raise Refused(NOT_FOUND)
    return await page(visit)


async def back(visit: Visit) -> Response:
    return visit.go(addresses.HOME)


ROUTES: list[BaseRoute] = [
    route("/", welcome),
    route("/open/{purpose}", show_door, post=act_at_door),
    route("/sign-out", back, post=sign_out),
]
