"""The page behind the link that stops the mails of saved searches (RFC 8058)."""

import html

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.calls.saved import alerts
from app.platform.web.service import page

router = APIRouter(include_in_schema=False)
_LONGEST = 4000


@router.get("/saved-searches/stop", summary="Stop mails about new calls: the page", operation_id="get_stop_alerts_page")
async def get_stop_alerts_page(token: str = "") -> Response:
    """A button that posts the token; reading the page changes nothing."""
    form = (
        f'<form method="post" action="/saved-searches/stop?token={html.escape(token[:_LONGEST], quote=True)}">'
        '<input type="hidden" name="List-Unsubscribe" value="One-Click"><button>Stop the mails</button></form>'
    )
    return page("Stop mails about new calls", f"<p>The searches themselves stay, and so do their feeds.</p>{form}")


@router.post("/saved-searches/stop", summary="Stop mails about new calls", operation_id="stop_alerts")
async def stop_alerts(request: Request, token: str = "") -> Response:
    """What a mail program posts (`List-Unsubscribe=One-Click`). The answer is the same for any token."""
    if token and len(token) <= _LONGEST and "\x00" not in token:
        async with request.app.state.db.sessions.begin() as session:
            await alerts.stop(session, token.split("."))
    return page("Done", "<p>You get no more mails about these searches. You can have them again at any time.</p>")
