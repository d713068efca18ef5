"""Openings of a bid and the applications for them, over HTTP."""

from collections.abc import Sequence

from fastapi import Response
from sqlalchemy import select

from app.bid.openings import queries, service
from app.bid.openings.rules import OpeningClosed
from app.bid.openings.schemas import AnswerIn, ApplicationIn, ApplicationOut, OpeningIn, OpeningOut, OpeningPatch
from app.bid.openings.tables import Application, Opening
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import MemberRole, PartnerRole

router = Router(tags=["openings"])
BASE = "/proposals/{proposal_id}/openings"
ONE = f"{BASE}/{{opening_id}}"


async def _out(here: Context, openings: Sequence[Opening]) -> list[OpeningOut]:
    if not openings:
        return []
    seats = [side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id]
    contributed = await queries.contributed(here.session, here.proposal_id, seats)
    sealed = await queries.is_sealed(here.session, openings[0].opportunity_id)
    return [OpeningOut.of(opening, contributed, sealed) for opening in openings]


async def _present(here: Context, opening: Opening, status: int = 200, location: str | None = None) -> Response:
    (out,) = await _out(here, [opening])
    return reply(here.request, out, status=status, location=location)


async def present_application(
    here: Context, application_id: Id, status: int = 200, location: str | None = None
) -> Response:
    found = await here.session.execute(queries.applications().where(Application.id == application_id))
    row = found.one()
    return reply(here.request, ApplicationOut.of(row.Application, row.name), status=status, location=location)


@router.post(BASE, status_code=201, response_model=OpeningOut, summary="Open a role")
async def create_opening(here: Here, proposal_id: Id, body: OpeningIn) -> Response:
    """What is needed, where, for which share, and the support that comes with it. Public only if you say so."""
    act = here.act(here.side(organisation_id=body.organisation_id))
    opening = await service.prepare(act, body)
    here.check_state()
    await service.open_role(act, opening)
    return await _present(here, opening, 201, f"/v1/proposals/{here.proposal_id}/openings/{opening.id}")


@router.get(BASE, response_model=paging.page_of(OpeningOut), summary="The roles that this bid opens")
async def list_openings(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """With the support that larger partners promised, and whether it is in the bid."""
    query = select(Opening).where(Opening.proposal_id == here.proposal_id)
    openings, next_cursor = await paging.rows(here.session, query, Opening.id, limit, cursor)
    return reply_list(here.request, await _out(here, openings), next_cursor)


@router.get(ONE, response_model=OpeningOut, summary="One role")
async def get_opening(here: Here, proposal_id: Id, opening_id: Id) -> Response:
    """As those inside the bid read it; others read it at `/v1/openings/{id}`."""
    return await _present(here, await here.session.get_one(Opening, here.path["opening_id"]))


def _opener(here: Context, opening: Opening) -> Side:
    """The partner that opened the role, or the lead, of which the actor is. Raises Forbidden for all others."""
    for side in here.standing.seats(Relation.PARTNER):
        if side.seat_id == opening.partner_id or side.role is PartnerRole.LEAD:
            return here.side(partner_id=side.seat_id)
    raise Forbidden("The partner that opened the role, or the lead, does this.")


@router.patch(ONE, response_model=OpeningOut, summary="Change a role")
async def update_opening(here: Here, proposal_id: Id, opening_id: Id, body: OpeningPatch) -> Response:
    """By the partner that opened it, or the lead; needs the ETag in If-Match."""
    opening = await queries.lock_opening(here.session, here.path["opening_id"])
    act = here.act(_opener(here, opening))
    service.check_change(body.sent())
    here.match(opening.version)
    here.check_state()
    await service.change(act, opening, body.sent())
    return await _present(here, opening)


@router.post(f"{ONE}/close", response_model=OpeningOut, summary="Close a role")
async def close_opening(here: Here, proposal_id: Id, opening_id: Id) -> Response:
    """It takes no more applications and is listed nowhere."""
    opening = await queries.lock_opening(here.session, here.path["opening_id"])
    act = here.act(_opener(here, opening))
    here.check_state()
    await service.close(act, opening)
    return await _present(here, opening)


def applicant(here: Context, organisation_id: Id | None) -> Id:
    """The organisation to apply for: the one named, or the only one whose admin or editor the person is."""
    able = [
        each.organisation_id
        for each in here.person.memberships
        if each.roles & {MemberRole.ADMIN, MemberRole.EDITOR} and organisation_id in (None, each.organisation_id)
    ]
    if not able:
        raise Forbidden("An admin or editor of an organisation applies for it. Found or join one first.")
    if len(able) > 1:
        raise Invalid.at("/organisation_id", "name-the-organisation", "Say for which of your organisations you apply.")
    return able[0]


@router.post(f"{ONE}/applications", status_code=201, response_model=ApplicationOut, summary="Apply for a role")
async def apply_for_opening(here: Here, proposal_id: Id, opening_id: Id, body: ApplicationIn | None = None) -> Response:
    """By an admin or editor of an organisation that is not in the bid. You learn who is in it once you are invited."""
    body = body or ApplicationIn()
    organisation_id = applicant(here, body.organisation_id)
    opening = await queries.lock_opening(here.session, here.path["opening_id"])
    if not here.rule.open_now(here.standing):
        raise OpeningClosed
    act = Act(here.session, here.person, "proposal", here.proposal_id, for_organisation=organisation_id)
    application = await service.apply(act, opening, body.message_markdown)
    return await present_application(here, application.id, 201, f"/v1/me/applications/{application.id}")


@router.get(f"{ONE}/applications", response_model=paging.page_of(ApplicationOut), summary="Who applied")
async def list_applications(
    here: Here, proposal_id: Id, opening_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """For those inside the bid."""
    query = queries.applications().where(Application.opening_id == here.path["opening_id"])
    rows, next_cursor = await paging.rows(here.session, query, Application.id, limit, cursor)
    return reply_list(here.request, [ApplicationOut.of(row.Application, row.name) for row in rows], next_cursor)


def _check_of_opening(here: Context, application: Application) -> None:
    if application.opening_id != here.path["opening_id"]:
        raise NotFound


@router.get(f"{ONE}/applications/{{application_id}}", response_model=ApplicationOut, summary="One application")
async def get_application(here: Here, proposal_id: Id, opening_id: Id, application_id: Id) -> Response:
    """For those inside the bid; the applicant reads its own at `/v1/me/applications`."""
    application = await here.session.get_one(Application, here.path["application_id"])
    _check_of_opening(here, application)
    return await present_application(here, application.id)


@router.post(
    f"{ONE}/applications/{{application_id}}/answer",
    response_model=ApplicationOut,
    summary="Answer an application",
    edge=Options(limited=True),
)
async def answer_application(
    here: Here, proposal_id: Id, opening_id: Id, application_id: Id, body: AnswerIn
) -> Response:
    """Shortlist, accept or decline. Accepting sends an invitation; declining needs a reason for the applicant."""
    application, opening = await queries.lock_application(here.session, here.path["application_id"])
    _check_of_opening(here, application)
    act = here.act(_opener(here, opening))
    service.check_answer(body)
    here.check_state()
    await service.answer(act, here.settings, application, opening, body)
    return await present_application(here, application.id)
