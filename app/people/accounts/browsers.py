"""What a browser is given and is known by: the sign-in as a cookie, and a token by which its failed tries are its own."""

from datetime import datetime
from typing import TypeVar

from starlette.requests import Request
from starlette.responses import Response

from app.people.accounts import service
from app.people.accounts.places import Place, browser_token
from app.platform.web.guard import cookie_name
from app.platform.web.network import client_network
from app.settings import Settings

Answer = TypeVar("Answer", bound=Response)


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
