"""The page behind the unsubscribing link of a mail (RFC 8058): a mail program posts, a person gets a button."""

import html

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.people.notifications import service
from app.platform.web.service import page

router = APIRouter(include_in_schema=False)
NEWS = "/news"


@router.get("/unsubscribe", summary="Stop the mails: the page", operation_id="get_unsubscribe_page")
async def get_unsubscribe_page(token: str = "") -> Response:
    """A button that posts the token; reading the page changes nothing."""
    form = (
        f'<form method="post" action="/unsubscribe?token={html.escape(token[:100], quote=True)}">'
        '<input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Stop the mails</button></form>'
    )
    return page(
        "Stop mails from Cobid",
        f"<p>You can still read what is new when you sign in. What cannot wait, such as a version to sign, is still mailed.</p>{form}",
    )


@router.post("/unsubscribe", summary="Stop the mails", operation_id="unsubscribe")
async def unsubscribe(request: Request, token: str = "") -> Response:
    """What a mail program posts (`List-Unsubscribe=One-Click`). The answer is the same for any token."""
    if 10 <= len(token) <= 100 and "\x00" not in token:
        async with request.app.state.db.sessions.begin() as session:
            await service.unsubscribe(session, token)
    return page(
        "Done",
        f'<p>You get no more mails about what is new, but for what cannot wait, such as a version to sign. You can still <a href="{NEWS}">read it here</a>, and have the mails '
        "again at any time (PATCH /v1/me/notification-choices).</p>",
    )
