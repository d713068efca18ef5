"""Openings and applications over HTTP."""

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import and_, func, select

from app.bid.openings import service
from app.bid.openings.schemas import (
    AnswerIn,
    ApplicationIn,
    ApplicationOut,
    OpeningIn,
    OpeningOut,
    OpeningPatch,
    PromisedOut,
    PublicOpeningOut,
)
from app.bid.openings.tables import Application, Opening
from app.calls.opportunities.tables import Opportunity
from app.platform.access.errors import Forbidden, NotFound
from app.platform.access.ids import Id, is_id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.web.wire import IdIn
from app.platform.words.codes import PartnerRole

router = Router(tags=["openings"])
BASE = "/proposals/{proposal_id}/openings"
ONE = f"{BASE}/{{opening_id}}"


async def _out(here: Context, rows: list[Opening]) -> list[OpeningOut]:
    given = await service.promised(here.session, here.proposal_id)
    opportunity = await here.session.get(Opportunity, rows[0].opportunity_id) if rows else None
    sealed = opportunity is not None and opportunity.mode == "sealed"
    plain = [name for name in OpeningOut.model_fields if name not in ("promised", "gives_away")]
    return [
        OpeningOut(
            **{name: getattr(row, name) for name in plain},
            promised=[
                PromisedOut(what=what, in_the_bid=(row.partner_id, what) in given)
                for what in (row.support_offered if isinstance(row.support_offered, list) else [])
            ],
            gives_away=service.GIVES_AWAY if row.public and row.status == "open" and sealed else None,
        )
        for row in rows
    ]


async def _present(here: Context, row: Opening, status: int = 200, location: str | None = None) -> Response:
    (out,) = await _out(here, [row])
    return reply(here.request, out, status=status, location=location)


@router.post(BASE, status_code=201, response_model=OpeningOut, summary="Open a role")
async def create_opening(here: Here, proposal_id: Id, body: OpeningIn) -> Response:
    """What is needed, where, for which share, and the support that comes with it. Public only if you say so."""
    side = here.side(organisation_id=body.organisation_id)
    here.check_state()
    row = await service.open_role(here, side, body)
    return await _present(here, row, 201, f"/v1/proposals/{here.proposal_id}/openings/{row.id}")


@router.get(BASE, response_model=paging.page_of(OpeningOut), summary="The roles that this bid opens")
async def list_openings(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """With the support that larger partners promised, and whether it is in the bid."""
    query = select(Opening).where(Opening.proposal_id == here.proposal_id).order_by(Opening.id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(Opening.id > after)
    rows = list((await here.session.execute(query.limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, await _out(here, list(page)), next_cursor)


@router.get(ONE, response_model=OpeningOut, summary="One role")
async def get_opening(here: Here, proposal_id: Id, opening_id: Id) -> Response:
    """As those inside the bid read it; others read it at `/v1/openings/{id}`."""
    return await _present(here, await here.session.get_one(Opening, here.path["opening_id"]))


async def _own(here: Context) -> tuple[Opening, Side]:
    row = await here.session.get_one(Opening, here.path["opening_id"], with_for_update=True)
    return row, _opener(here, row)


def _opener(here: Context, row: Opening) -> Side:
    """The partner that opened it, or the lead."""
    for side in here.standing.seats(Relation.PARTNER):
        if side.seat_id == row.partner_id or side.role is PartnerRole.LEAD:
            return here.side(partner_id=side.seat_id)
    raise Forbidden("The partner that opened the role, or the lead, does this.")


@router.patch(ONE, response_model=OpeningOut, summary="Change a role")
async def update_opening(here: Here, proposal_id: Id, opening_id: Id, body: OpeningPatch) -> Response:
    """By the partner that opened it, or the lead; needs the ETag in If-Match."""
    row, side = await _own(here)
    here.match(row.version)
    here.check_state()
    await service.change(here, side, row, body.sent())
    return await _present(here, row)


@router.post(f"{ONE}/close", response_model=OpeningOut, summary="Close a role")
async def close_opening(here: Here, proposal_id: Id, opening_id: Id) -> Response:
    """It takes no more applications and is listed nowhere."""
    row, side = await _own(here)
    here.check_state()
    await service.close(here, side, row)
    return await _present(here, row)


async def _applications(here: Context, rows: list[Application]) -> list[ApplicationOut]:
    names = await service.names(here.session, [row.organisation_id for row in rows])
    plain = [name for name in ApplicationOut.model_fields if name != "organisation_name"]
    return [
        ApplicationOut(organisation_name=names[row.organisation_id], **{name: getattr(row, name) for name in plain})
        for row in rows
    ]


@router.post(f"{ONE}/applications", status_code=201, response_model=ApplicationOut, summary="Apply for a role")
async def apply_for_opening(here: Here, proposal_id: Id, opening_id: Id, body: ApplicationIn | None = None) -> Response:
    """By an admin or editor of an organisation that is not in the bid. You learn who is in it once you are invited."""
    opening = await here.session.get_one(Opening, here.path["opening_id"], with_for_update=True)
    if not here.rule.open_now(here.standing):
        raise service.OpeningClosed
    row = await service.apply(here, opening, body or ApplicationIn())
    (out,) = await _applications(here, [row])
    return reply(here.request, out, status=201, location=f"/v1/me/applications/{row.id}")


@router.get(f"{ONE}/applications", response_model=paging.page_of(ApplicationOut), summary="Who applied")
async def list_applications(
    here: Here, proposal_id: Id, opening_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """For those inside the bid."""
    query = select(Application).where(Application.opening_id == here.path["opening_id"]).order_by(Application.id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(Application.id > after)
    rows = list((await here.session.execute(query.limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, await _applications(here, list(page)), next_cursor)


async def _application(here: Context) -> Application:
    row = await here.session.get_one(Application, here.path["application_id"], with_for_update=True)
    if row.opening_id != here.path["opening_id"]:
        raise NotFound
    return row


@router.get(f"{ONE}/applications/{{application_id}}", response_model=ApplicationOut, summary="One application")
async def get_application(here: Here, proposal_id: Id, opening_id: Id, application_id: Id) -> Response:
    """For those inside the bid; the applicant reads its own at `/v1/me/applications`."""
    (out,) = await _applications(here, [await _application(here)])
    return reply(here.request, out)


@router.post(
    f"{ONE}/applications/{{application_id}}/answer", response_model=ApplicationOut, summary="Answer an application"
)
async def answer_application(
    here: Here, proposal_id: Id, opening_id: Id, application_id: Id, body: AnswerIn
) -> Response:
    """Shortlist, accept or decline. Accepting sends an invitation; declining needs a reason for the applicant."""
    opening, side = await _own(here)
    here.check_state()
    row = await _application(here)
    await service.answer(here, side, row, opening, body)
    (out,) = await _applications(here, [row])
    return reply(here.request, out)


@router.get("/openings", response_model=paging.page_of(PublicOpeningOut), summary="Roles open to your organisation")
async def list_public_openings(
    here: Here,
    area: Annotated[str | None, Query(max_length=200)] = None,
    opportunity_id: IdIn | None = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Of bids that are being made, without who is in them. The buyer of a sealed call sees none for its own calls."""
    mine = [membership.organisation_id for membership in here.person.memberships]
    query = (
        select(Opening, Opportunity.title)
        .join(Opportunity, Opportunity.id == Opening.opportunity_id)
        .where(Opening.public, Opening.status == "open", Opportunity.status == "published")
        .where(~and_(Opportunity.mode == "sealed", func.coalesce(Opportunity.organisation_id.in_(mine), False)))
        .order_by(Opening.id)
    )
    if area:
        query = query.where(Opening.area.icontains(area, autoescape=True))
    if opportunity_id:
        query = query.where(Opening.opportunity_id == opportunity_id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(Opening.id > after)
    rows = [(row[0], row[1]) for row in await here.session.execute(query.limit(limit + 1))]
    page, next_cursor = paging.cut(rows, limit, lambda row: (row[0].id,))
    return reply_list(here.request, [_public(row, title) for row, title in page], next_cursor)


def _public(row: Opening, title: str) -> PublicOpeningOut:
    plain = [name for name in PublicOpeningOut.model_fields if name != "opportunity_title"]
    return PublicOpeningOut(opportunity_title=title, **{name: getattr(row, name) for name in plain})


@router.get("/openings/{public_opening_id}", response_model=PublicOpeningOut, summary="One open role")
async def get_public_opening(here: Here, public_opening_id: Id) -> Response:
    """As everybody reads it, while it is public and open."""
    row = await here.session.get(Opening, _uuid(public_opening_id))
    opportunity = await here.session.get(Opportunity, row.opportunity_id) if row else None
    if (
        row is None
        or opportunity is None
        or not row.public
        or row.status != "open"
        or opportunity.status != "published"
    ):
        raise NotFound
    return reply(here.request, _public(row, opportunity.title))


def _uuid(value: str) -> Id:
    if not is_id(value):
        raise NotFound
    return value.lower()


@router.get("/me/applications", response_model=paging.page_of(ApplicationOut), summary="What we applied for")
async def list_my_applications(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Of one's own organisations, with the answers."""
    mine = [membership.organisation_id for membership in here.person.memberships]
    query = select(Application).where(Application.organisation_id.in_(mine)).order_by(Application.id)
    after = paging.after_id(cursor)
    if after is not None:
        query = query.where(Application.id > after)
    rows = list((await here.session.execute(query.limit(limit + 1))).scalars())
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, await _applications(here, list(page)), next_cursor)


async def _mine(here: Context, application_id: str, lock: bool = False) -> Application:
    row = await here.session.get(Application, _uuid(application_id), with_for_update=lock or None)
    if row is None or here.person.membership(row.organisation_id) is None:
        raise NotFound
    return row


@router.get("/me/applications/{my_application_id}", response_model=ApplicationOut, summary="One of our applications")
async def get_my_application(here: Here, my_application_id: Id) -> Response:
    """With its answer and reason, where there is one."""
    (out,) = await _applications(here, [await _mine(here, my_application_id)])
    return reply(here.request, out)


@router.post(
    "/me/applications/{my_application_id}/withdraw", response_model=ApplicationOut, summary="Withdraw an application"
)
async def withdraw_application(here: Here, my_application_id: Id) -> Response:
    """By an admin or editor of the organisation that applied, before it is answered."""
    row = await _mine(here, my_application_id, lock=True)
    service.applicant(here, row.organisation_id)
    opening = await here.session.get_one(Opening, row.opening_id)
    await service.withdraw(here, row, opening)
    (out,) = await _applications(here, [row])
    return reply(here.request, out)
