"""Reading and answering an invitation; the mail's link works without an account."""

from typing import Any

from fastapi import Response
from sqlalchemy import select

from app.bid.proposal import inviting, leaving
from app.bid.proposal.routes.partners import PATH, present
from app.bid.proposal.rules import UNDERTAKING
from app.bid.proposal.schemas import InvitationAnswerIn, InvitationOut, PartnerOut
from app.bid.proposal.starting import organisation_name
from app.bid.records.tables import Partner, Proposal, Structure
from app.calls.opportunities.tables import Opportunity
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.web.wire import MoneyOut
from app.platform.words.codes import PartnerRole, RouteKind

router = Router(tags=["invitations"])


async def _shown(here: Context, partner: Partner) -> InvitationOut:
    session = here.session
    proposal = await session.get_one(Proposal, partner.proposal_id)
    call = await session.get_one(Opportunity, proposal.opportunity_id)
    structure = await session.get_one(Structure, proposal.id)
    return InvitationOut(
        proposal_id=proposal.id,
        partner_id=partner.id,
        title=proposal.title,
        opportunity_id=call.id,
        opportunity_title=call.title,
        buyer_name=call.buyer_name,
        submission_deadline=call.submission_deadline,
        time_zone=call.time_zone,
        submission_route=RouteKind(call.submission_route.get("kind", "unknown")),
        lead=await _lead(here, proposal.id),
        invited_by=await organisation_name(session, partner.invited_by_organisation_id),
        role=PartnerRole(partner.role),
        message_markdown=partner.message_markdown,
        proposed_work_markdown=partner.proposed_work_markdown,
        indicative_amount=MoneyOut.maybe(partner.indicative_amount, proposal.currency),
        reply_by=partner.reply_by,
        structure=structure.facts,
        structure_version=structure.version,
        partners=await _open_partners(here, proposal.id),
        undertaking=UNDERTAKING,
    )


async def _lead(here: Context, proposal_id: Id) -> str | None:
    query = (
        select(Organisation.name)
        .join(Partner, Partner.organisation_id == Organisation.id)
        .where(Partner.proposal_id == proposal_id, Partner.status == "accepted", Partner.role == "lead")
    )
    return (await here.session.execute(query)).scalar_one_or_none()


async def _open_partners(here: Context, proposal_id: Id) -> list[dict[str, Any]]:
    query = (
        select(Organisation.name, Partner.role)
        .join(Partner, Partner.organisation_id == Organisation.id)
        .where(Partner.proposal_id == proposal_id, Partner.status == "accepted", Partner.show_to_invited)
        .order_by(Partner.id)
    )
    return [{"name": row.name, "role": row.role} for row in await here.session.execute(query)]


@router.get("/invitations/{token}", response_model=InvitationOut, summary="Read an invitation")
async def read_invitation(here: Here, token: str) -> Response:
    """By the token of the mail, without an account. Reading it spends nothing."""
    partner = await inviting.by_token(here.session, token)
    return reply(here.request, await _shown(here, partner), secret=True)


@router.get("/me/invitations", response_model=paging.page_of(InvitationOut), summary="Invitations to my organisations")
async def list_my_invitations(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Those that wait for an answer."""
    organisations = [membership.organisation_id for membership in here.person.memberships]
    found = await inviting.open_for(here.session, organisations)
    page, next_cursor = paging.part(found, limit, cursor, lambda partner: partner.id)
    return reply_list(here.request, [await _shown(here, partner) for partner in page], next_cursor)


@router.post(PATH + "/{partner_id}/accept", response_model=PartnerOut, summary="Accept an invitation")
async def accept_invitation(
    here: Here, proposal_id: Id, partner_id: Id, body: InvitationAnswerIn | None = None
) -> Response:
    """Accepting is the undertaking whose words the invitation shows; they are stored with it."""
    body = body or InvitationAnswerIn()
    partner = await leaving.partner_of(here.session, here.proposal_id, here.path["partner_id"])
    side = _answering(here, partner, body)
    here.check_state()
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    await inviting.accept(here.session, here.person, side, proposal, partner, body.structure_version)
    return await present(here, partner.id)


def _answering(here: Context, partner: Partner, body: InvitationAnswerIn) -> Side:
    """For a person with one able organisation it need not be named."""
    return here.side(body.organisation_id, partner.id, relation=(Relation.INVITED, Relation.PARTNER))


@router.post(PATH + "/{partner_id}/decline", response_model=PartnerOut, summary="Decline an invitation")
async def decline_invitation(
    here: Here, proposal_id: Id, partner_id: Id, body: InvitationAnswerIn | None = None
) -> Response:
    """The mail's token is enough; no account is needed."""
    partner = await leaving.partner_of(here.session, here.proposal_id, here.path["partner_id"])
    sides = [s for s in here.standing.sides if s.seat_id == partner.id and here.rule.may.test(_only(here, s))]
    if not sides:
        raise Invalid.at("/token", "not-yours", "This invitation is not yours to decline.")
    here.check_state()
    await inviting.decline(here.session, here.actor, sides[0], partner, body.reason if body else None)
    return await present(here, partner.id)


def _only(here: Context, side: Side) -> Any:
    from app.platform.access.rules import Standing

    return Standing(sides=(side,), status=here.standing.status)
