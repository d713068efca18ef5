"""The page that the mails link to: what waits for a person, and what is new in the person's bids."""

import html

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import queries as proposals
from app.bid.proposal import tasks
from app.people.notifications import service
from app.people.notifications.pages import NEWS
from app.people.notifications.tables import Notification
from app.platform.access.errors import Refusal
from app.platform.access.rules import Actor
from app.platform.web import body as reading
from app.platform.web.guard import check_origin, signed_in
from app.platform.web.service import page, refused
from app.platform.words.instants import in_words
from app.platform.words.vocabularies import entry

router = APIRouter(include_in_schema=False)
MOST = 100


@router.get(NEWS)
async def show_news(request: Request) -> Response:
    """Show what waits for this person and what is new. Looking at the page changes nothing."""
    actor = await signed_in(request)
    if actor is None or actor.person_id is None:
        link = f'<p><a href="/open/sign-in?next={NEWS}">Sign in</a></p>'
        return page("What is new for you", f"<p>Sign in to read it.</p>{link}")
    titles = await proposals.titles(request.app.state.db.reads, actor)
    async with request.app.state.db.sessions() as session:
        waiting = await _waiting(session, actor)
        fresh = await service.unread(session, actor.person_id, MOST)
    items = "".join(f"<li>{_item(row, titles)}</li>" for row in fresh)
    form = (
        f'<form method="post" action="{NEWS}"><input type="hidden" name="ids" value="{",".join(x.id for x in fresh)}">'
        '<p><button type="submit">I have read these</button></p></form>'
    )
    news = f"<ul>{items}</ul>{form}" if fresh else "<p>Nothing that you have not read.</p>"
    return page("What is new for you", f"<h2>What waits for you</h2>{waiting}<h2>What happened</h2>{news}")


@router.post(NEWS)
async def mark_news(request: Request) -> Response:
    """Mark what the page showed as read, and nothing that came since."""
    try:
        check_origin(request, request.app.state.settings)
        shown = (await reading.form(request)).get("ids", "").split(",")
        actor = await signed_in(request)
        if actor is not None and actor.person_id is not None:
            async with request.app.state.db.sessions.begin() as session:
                fresh = await service.unread(session, actor.person_id, 2 * MOST)
                ids = [row.id for row in fresh if row.id in shown]
                await service.mark_read(session, actor.person_id, ids)
    except Refusal as refusal:
        return refused(refusal, 422)
    return RedirectResponse(NEWS, 303)


async def _waiting(session: AsyncSession, actor: Actor) -> str:
    found = [
        html.escape(task["detail"])
        + (f" <strong>By {in_words(task['due_at'], task['time_zone'])}.</strong>" if task["due_at"] else "")
        for task in await tasks.waiting(session, actor)
    ]
    if not found:
        return "<p>Nothing just now.</p>"
    return (
        "<p>You do these where you work on your bids.</p><ul>" + "".join(f"<li>{one}</li>" for one in found) + "</ul>"
    )


def _item(row: Notification, titles: dict[str, str | None]) -> str:
    """What kind of thing happened in which bid. The title is there as far as this person may still read it."""
    event = entry("event", row.kind)
    title = titles.get(row.proposal_id or "")
    which = f"{html.escape(title)}: " if title else ""
    return f"{which}<strong>{event.label}</strong>. {event.explanation} ({in_words(row.at, 'UTC')})"
