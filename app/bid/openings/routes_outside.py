"""Openings and applications over HTTP for those outside the bid: roles open to everybody, and what one applied for."""

from typing import Annotated

from fastapi import Query, Response

from app.bid.openings import queries, service
from app.bid.openings.routes import applicant, present_application
from app.bid.openings.schemas import ApplicationOut, PublicOpeningOut
from app.bid.openings.tables import Application, Opening
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id, is_id
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.web.wire import IdIn

router = Router(tags=["openings"])


def _mine(here: Context) -> list[Id]:
    return [membership.organisation_id for membership in here.person.memberships]


@router.get("/openings", response_model=paging.page_of(PublicOpeningOut), summary="Roles open to your organisation")
async def list_public_openings(
    here: Here,
    area: Annotated[str | None, Query(max_length=200)] = None,
    opportunity_id: IdIn | None = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Of bids that are being made, without who is in them. The buyer of a sealed call sees none for its own calls."""
    query = queries.public_for(_mine(here), area, opportunity_id)
    rows, next_cursor = await paging.rows(here.session, query, Opening.id, limit, cursor)
    return reply_list(here.request, [PublicOpeningOut.of(row.Opening, row.title) for row in rows], next_cursor)


@router.get("/openings/{public_opening_id}", response_model=PublicOpeningOut, summary="One open role")
async def get_public_opening(here: Here, public_opening_id: Id) -> Response:
    """As everybody reads it, while it is public and open."""
    query = queries.public().where(Opening.id == _id(public_opening_id))
    found = (await here.session.execute(query)).one_or_none()
    if found is None:
        raise NotFound
    return reply(here.request, PublicOpeningOut.of(found.Opening, found.title))


def _id(value: str) -> Id:
    if not is_id(value):
        raise NotFound
    return value.lower()


@router.get("/me/applications", response_model=paging.page_of(ApplicationOut), summary="What we applied for")
async def list_my_applications(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Of one's own organisations, with the answers."""
    query = queries.applications().where(Application.organisation_id.in_(_mine(here)))
    rows, next_cursor = await paging.rows(here.session, query, Application.id, limit, cursor)
    return reply_list(here.request, [ApplicationOut.of(row.Application, row.name) for row in rows], next_cursor)


async def _own(here: Context, application_id: str) -> Application:
    application = await here.session.get(Application, _id(application_id))
    if application is None or application.organisation_id not in _mine(here):
        raise NotFound
    return application


@router.get("/me/applications/{my_application_id}", response_model=ApplicationOut, summary="One of our applications")
async def get_my_application(here: Here, my_application_id: Id) -> Response:
    """With its answer and reason, where there is one."""
    return await present_application(here, (await _own(here, my_application_id)).id)


@router.post(
    "/me/applications/{my_application_id}/withdraw", response_model=ApplicationOut, summary="Withdraw an application"
)
async def withdraw_application(here: Here, my_application_id: Id) -> Response:
    """By an admin or editor of the organisation that applied, before it is answered."""
    own = await _own(here, my_application_id)
    organisation_id = applicant(here, own.organisation_id)
    await queries.lock_bid(here.session, own.id)
    application, opening = await queries.lock_application(here.session, own.id)
    act = Act(here.session, here.person, "proposal", opening.proposal_id, for_organisation=organisation_id)
    await service.withdraw(act, application)
    return await present_application(here, application.id)
