"""Notifications and choices over HTTP."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response
from sqlalchemy import Row

from app.people.notifications import seen, service
from app.people.notifications.schemas import ChoiceOut, ChoicePatch, NotificationOut, ReadIn, ReadOut
from app.people.notifications.tables import Notification, NotificationChoice
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.vocabularies import entry

router = Router(tags=["notifications"])


async def _out(here: Context, rows: Sequence[Notification]) -> list[NotificationOut]:
    known = await seen.of(here.session, here.person_id, [row.id for row in rows])
    return [_one(row, known.get(row.id)) for row in rows]


def _one(row: Notification, known: Row[Any] | None) -> NotificationOut:
    event = entry("event", row.kind)
    organisation = known.organisation if known else None
    return NotificationOut(
        id=row.id,
        kind=row.kind,
        label=event.label,
        explanation=event.explanation,
        detail=f"{event.label} ({organisation})" if organisation else event.label,
        title=known.title if known else None,
        opportunity_title=known.call if known else None,
        organisation_name=organisation,
        proposal_id=row.proposal_id,
        path=row.path,
        at=row.at,
        read_at=row.read_at,
    )


@router.get("/me/notifications", response_model=paging.page_of(NotificationOut), summary="What is new")
async def list_notifications(
    here: Here, unread: bool | None = None, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Newest first: what others did in the bids that you take part in or facilitate, and where to look."""
    query = service.of_person(here.person_id, unread)
    page, next_cursor = await paging.rows(here.session, query, Notification.id, limit, cursor, newest_first=True)
    return reply_list(here.request, await _out(here, page), next_cursor)


@router.get("/me/notifications/{notification_id}", response_model=NotificationOut, summary="One of them")
async def get_notification(here: Here, notification_id: Id) -> Response:
    """One's own only."""
    row = await service.one_of_person(here.session, here.person_id, notification_id)
    if row is None:
        raise NotFound
    (out,) = await _out(here, [row])
    return reply(here.request, out)


@router.post("/me/notifications/read", response_model=ReadOut, summary="Mark as read")
async def mark_notifications_read(here: Here, body: ReadIn | None = None) -> Response:
    """Those named, or all. What is read is not mailed."""
    marked = await service.mark_read(here.session, here.person_id, body.ids if body else None)
    return reply(here.request, ReadOut(marked=marked))


@router.get("/me/notification-choices", response_model=ChoiceOut, summary="How I am told")
async def get_notification_choices(here: Here) -> Response:
    """By mail at once, in one digest a day, or not by mail."""
    row = await here.session.get(NotificationChoice, here.person_id)
    out = ChoiceOut.model_validate(row) if row else ChoiceOut(mail="daily", digest_hour=7, version=1)
    return reply(here.request, out)


@router.patch("/me/notification-choices", response_model=ChoiceOut, summary="Choose how I am told")
async def update_notification_choices(here: Here, body: ChoicePatch) -> Response:
    """A merge patch; needs the ETag in If-Match."""
    row = await service.choice_of(here.session, here.person_id, lock=True)
    here.match(row.version)
    for name, value in body.sent().items():
        setattr(row, name, value)
    row.version += 1
    await here.session.flush()
    return reply(here.request, ChoiceOut.model_validate(row))
