"""People over HTTP."""

from typing import get_args

from fastapi import Response

from app.people.accounts import browsers, service
from app.people.accounts.schemas import (
    LANGUAGES,
    EmailIn,
    PasswordResetIn,
    PersonIn,
    RegisteredOut,
    SessionOut,
    SignedInOut,
    SignInIn,
)
from app.people.accounts.tables import Session
from app.platform.access.errors import NotFound
from app.platform.web import languages, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.guard import cookie_name
from app.platform.web.network import client_network
from app.platform.web.replies import gone, reply, reply_part
from app.platform.web.wire import TokenIn

router = Router(tags=["people"])
LIMITED = Options(limited=True)
SIGN_IN = Options(retries=False, limited=True)
UNVERSIONED = Options(versioned=False)
SENT = RegisteredOut(detail="Look in the mailbox of that address: the mail there says what to do next.")


@router.post("/people", status_code=201, response_model=RegisteredOut, summary="Register", edge=LIMITED)
async def register(here: Here, body: PersonIn) -> Response:
    """Registers a person and sends a mail to confirm the address. The answer is the same for a known address.

    Whoever names no `language` is written to in that of Accept-Language, where there is a translation.
    """
    language = body.language or languages.wished(here.request, get_args(LANGUAGES)) or "en"
    given = service.Registration(body.email, body.name, body.password, language)
    await service.register(here.session, browsers.process_of(here.request), given, client_network(here.request))
    return reply(here.request, SENT, status=201, secret=True)


@router.post("/people/verify", response_model=RegisteredOut, summary="Confirm a mail address")
async def verify_email(here: Here, body: TokenIn) -> Response:
    """Spends the token of the verification mail; then the person can sign in."""
    await service.verify(here.session, body.token)
    return reply(here.request, RegisteredOut(detail="Your address is confirmed. You can sign in now."), secret=True)


@router.post(
    "/people/password-reset",
    status_code=202,
    response_model=RegisteredOut,
    summary="Ask for a new password",
    edge=LIMITED,
)
async def request_password_reset(here: Here, body: EmailIn) -> Response:
    """Sends a mail with a link, if there is such an account. The answer is the same if there is none."""
    process = browsers.process_of(here.request)
    await service.request_reset(here.session, process, body.email, browsers.place_of(here.request))
    return reply(here.request, SENT, status=202, secret=True)


@router.post("/people/password-reset/complete", response_model=RegisteredOut, summary="Set a new password")
async def reset_password(here: Here, body: PasswordResetIn) -> Response:
    """Spends the token of the mail, sets the password, and ends all other sign-ins."""
    place = browsers.place_of(here.request)
    await service.reset(here.session, browsers.process_of(here.request), body.token, body.password, place)
    out = RegisteredOut(detail="Your password is changed. Sign in with it.")
    return browsers.known_again(reply(here.request, out, secret=True), here.settings, place)


@router.post("/sessions", status_code=201, response_model=SignedInOut, summary="Sign in", edge=SIGN_IN)
async def sign_in(here: Here, body: SignInIn) -> Response:
    """Answers a bearer token, and sets it as an HttpOnly cookie for browsers."""
    place = browsers.place_of(here.request)
    token, row = await service.sign_in(
        here.session,
        browsers.process_of(here.request),
        body.email,
        body.password,
        place=place,
        agent=here.request.headers.get("user-agent", ""),
    )
    out = SignedInOut(token=token, expires_at=row.expires_at, person_id=row.person_id)
    response = reply(here.request, out, status=201, location=f"/v1/sessions/{row.id}", secret=True)
    browsers.set_cookie(response, here.settings, token, row.expires_at)
    return browsers.known_again(response, here.settings, place)


@router.get("/sessions", response_model=paging.page_of(SessionOut), summary="Where I am signed in")
async def list_sessions(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """The sign-ins of this person that still work; `current` is the one that asks."""
    rows = await service.sign_ins(here.session, here.person_id)
    items = [_session(row, here) for row in rows]
    return reply_part(here.request, items, limit, cursor, lambda session: session.id)


def _session(row: Session, here: Context) -> SessionOut:
    return SessionOut(
        id=row.id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        user_agent=row.user_agent,
        current=row.id == here.person.session_id,
    )


@router.get("/sessions/{session_id}", response_model=SessionOut, summary="One of my sign-ins")
async def get_session(here: Here, session_id: str) -> Response:
    return reply(here.request, _session(await _mine(here, session_id), here))


@router.delete("/sessions/current", status_code=204, summary="Sign out", edge=UNVERSIONED)
async def sign_out(here: Here) -> Response:
    """Ends this sign-in; its token stops working at once."""
    row = await here.session.get(Session, here.person.session_id)
    if row is not None:
        await here.session.delete(row)
    response = gone()
    response.delete_cookie(cookie_name(here.settings), path="/", secure=here.settings.secure, httponly=True)
    return response


@router.delete("/sessions/{session_id}", status_code=204, summary="End one of my sign-ins", edge=UNVERSIONED)
async def end_session(here: Here, session_id: str) -> Response:
    """Signs out another device of this person."""
    await here.session.delete(await _mine(here, session_id))
    return gone()


async def _mine(here: Context, session_id: str) -> Session:
    for row in await service.sign_ins(here.session, here.person_id):
        if row.id == session_id.lower():
            return row
    raise NotFound
