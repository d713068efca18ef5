"""Reading and answering an invitation; the mail's link works without an account."""

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import answering, inviting, partners
from app.bid.proposal.answering import UNDERTAKING
from app.bid.proposal.routes.partners import PATH, present
from app.bid.proposal.schemas import InvitationAnswerIn, InvitationOut, PartnerOut
from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal, Structure
from app.platform.access.errors import Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.web.wire import MoneyOut
from app.platform.words.codes import PartnerRole, PartnerStatus

router = Router(tags=["invitations"])


async def _shown(session: AsyncSession, partner: Partner) -> InvitationOut:
    proposal = await session.get_one(Proposal, partner.proposal_id)
    call = await terms.load(session, proposal.id)
    structure = await session.get_one(Structure, proposal.id)
    accepted = await partners.names_and_roles(session, proposal.id)
    return InvitationOut(
        proposal_id=proposal.id,
        partner_id=partner.id,
        title=proposal.title,
        opportunity_id=call.id,
        opportunity_title=call.title,
        buyer_name=call.buyer_name,
        submission_deadline=call.submission_deadline,
        time_zone=call.time_zone,
        submission_route=call.route.kind,
        lead=next((name for name, role, _ in accepted if role is PartnerRole.LEAD), None),
        invited_by=await partners.organisation_name(session, partner.invited_by_organisation_id),
        role=PartnerRole(partner.role),
        message_markdown=partner.message_markdown,
        proposed_work_markdown=partner.proposed_work_markdown,
        indicative_amount=MoneyOut.maybe(partner.indicative_amount, proposal.currency),
        reply_by=partner.reply_by,
        structure=structure.facts,
        structure_version=structure.version,
        partners=[{"name": name, "role": role} for name, role, shown in accepted if shown],
        undertaking=UNDERTAKING,
        waiting=await partners.organisation_name(session, partner.organisation_id)
        if partner.status == PartnerStatus.TO_CONFIRM.value
        else None,
    )


@router.get("/invitations/{token}", response_model=InvitationOut, summary="Read an invitation")
async def read_invitation(here: Here, token: str) -> Response:
    """By the token of the mail, without an account. Reading it spends nothing."""
    partner = await inviting.by_token(here.session, token)
    return reply(here.request, await _shown(here.session, partner), secret=True)


@router.get("/me/invitations", response_model=paging.page_of(InvitationOut), summary="Invitations to my organisations")
async def list_my_invitations(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Those that wait for an answer: to your organisations, and to your own address once you have confirmed it."""
    organisations = [membership.organisation_id for membership in here.person.memberships]
    query = inviting.open_for(organisations, here.person.person_id)
    rows, next_cursor = await paging.rows(here.session, query, Partner.id, limit, cursor)
    return reply_list(here.request, [await _shown(here.session, partner) for partner in rows], next_cursor)


@router.post(PATH + "/{partner_id}/accept", response_model=PartnerOut, summary="Accept an invitation")
async def accept_invitation(
    here: Here, proposal_id: Id, partner_id: Id, body: InvitationAnswerIn | None = None
) -> Response:
    """Accepting is the undertaking whose words the invitation shows; they are stored with it.

    With the link of a mail to an address that is not your own confirmed one, your organisation waits as `to_confirm`
    until the lead confirms it (POST …/confirm). With a link that is sent again meanwhile, you confirm whoever waits.
    """
    body = body or InvitationAnswerIn()
    partner = await partners.locked(here.session, here.proposal_id, here.path["partner_id"])
    side = _answering(here, partner, body)
    here.check_state()
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    act = Act(here.session, here.actor, "proposal", here.proposal_id, side)
    await answering.accept(act, proposal, partner, body.structure_version)
    return await present(here, partner.id)


def _answering(here: Context, partner: Partner, body: InvitationAnswerIn) -> Side:
    """The organisation that accepts. It need not be named where the person can act for one only. A link that was sent
    again, while somebody waits to be confirmed, acts for the address that has it."""
    if (holder := _holder(here, partner)) is not None:
        return holder
    relation = (Relation.INVITED, Relation.TO_CONFIRM, Relation.PARTNER)
    side = here.side(body.organisation_id, partner.id, relation=relation)
    if side.organisation_id is None:
        raise Invalid.at("/organisation_id", "organisation-needed", "Say for which of your organisations you accept.")
    return side


def _holder(here: Context, partner: Partner) -> Side | None:
    """Whoever has the link of the invitation with which somebody else came."""
    sides = here.standing.seats(Relation.TO_CONFIRM)
    return next((side for side in sides if side.seat_id == partner.id and side.by_token), None)


@router.post(PATH + "/{partner_id}/decline", response_model=PartnerOut, summary="Decline an invitation")
async def decline_invitation(
    here: Here, proposal_id: Id, partner_id: Id, body: InvitationAnswerIn | None = None
) -> Response:
    """The mail's token is enough; no account is needed."""
    partner = await partners.locked(here.session, here.proposal_id, here.path["partner_id"])
    able = [s for s in here.standing.sides if s.seat_id == partner.id and here.rule.may.test(here.standing.of(s))]
    if not able:
        raise Invalid.at("/token", "not-yours", "This invitation is not yours to decline.")
    here.check_state()
    # Whoever holds the token may decline without an account, so there may be no actor.
    holder = _holder(here, partner)
    own = None if holder else partner.organisation_id
    act = Act(here.session, here.actor, "proposal", here.proposal_id, holder, for_organisation=own)
    await answering.decline(act, partner, body.reason if body else None)
    return await present(here, partner.id)
