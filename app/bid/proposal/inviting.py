"""Inviting organisations, and their answers."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.tables import Facilitator
from app.bid.proposal.other_bids import check_other_bids
from app.bid.proposal.rules import (
    UNDERTAKING,
    AlreadyPartner,
    CommissionerCannotBid,
    InvitationAnswered,
    NotInvited,
    StructureChanged,
)
from app.bid.proposal.schemas import PartnerIn
from app.bid.records.tables import Partner, Proposal, Structure
from app.bid.text import from_call
from app.calls.opportunities.tables import Opportunity
from app.people.organisations import queries
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Side
from app.platform.access.standing import token_hash
from app.platform.db import event_log, outbox
from app.platform.db.base import new_id
from app.platform.words.codes import PartnerRole, PartnerStatus
from app.settings import Settings

OPEN_SEATS = (PartnerStatus.INVITED.value, PartnerStatus.ACCEPTED.value)
MOST_SEATS = 100


class TooManySeats(Conflict):
    code = "too-many-partners"
    title = "This bid has as many partners and open invitations as fit"
    explanation = f"At most {MOST_SEATS} at a time. Cancel invitations that nobody answers."


async def structure_version(session: AsyncSession, proposal_id: Id) -> int:
    query = select(Structure.version).where(Structure.proposal_id == proposal_id)
    return int((await session.execute(query)).scalar_one())


async def invite(
    session: AsyncSession, actor: Actor, side: Side, proposal: Proposal, given: PartnerIn, settings: Settings
) -> Partner:
    """A seat with status `invited`, and the mails that bring its link."""
    if (given.organisation_id is None) == (given.email is None):
        raise NotInvited
    if given.role is PartnerRole.LEAD:
        raise Invalid.at("/role", "not-as-lead", "The lead is there already. A decision can replace it later.")
    main_contractor = await _main_contractor(session, proposal, given)
    await _check_invited(session, proposal, given.organisation_id)
    now = await event_log.now(session)
    if given.reply_by is not None and given.reply_by <= now:
        raise Invalid.at("/reply_by", "in-the-past", "Give them a time that is still to come.")
    token = secrets.token_urlsafe(32)
    partner = Partner(
        id=new_id(),
        proposal_id=proposal.id,
        organisation_id=given.organisation_id,
        email=given.email,
        role=given.role.value,
        main_contractor_id=main_contractor,
        relied_on_for=given.relied_on_for,
        message_markdown=given.message_markdown,
        proposed_work_markdown=given.proposed_work_markdown,
        indicative_amount=given.indicative_amount.minor if given.indicative_amount else None,
        reply_by=given.reply_by or now + timedelta(days=settings.invitation_days),
        token_hash=token_hash(token),
        invited_by=actor.person_id,
        invited_by_organisation_id=side.organisation_id,
        structure_seen=await structure_version(session, proposal.id),
    )
    session.add(partner)
    await session.flush()
    await _send(session, proposal, partner, side, token)
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        "partner_invited",
        actor=actor,
        organisation_id=side.organisation_id,
        payload={"partner_id": partner.id, "organisation_id": partner.organisation_id, "role": partner.role},
    )
    return partner


async def _main_contractor(session: AsyncSession, proposal: Proposal, given: PartnerIn) -> Id | None:
    if given.role is not PartnerRole.SUBCONTRACTOR:
        if given.main_contractor_id is not None:
            raise Invalid.at(
                "/main_contractor_id", "not-a-subcontractor", "Only a subcontractor has a main contractor."
            )
        return None
    query = select(Partner.id).where(Partner.proposal_id == proposal.id, Partner.status == "accepted")
    if given.main_contractor_id is None:
        return (await session.execute(query.where(Partner.role == "lead"))).scalar_one_or_none()
    found = (await session.execute(query.where(Partner.id == given.main_contractor_id))).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def _check_invited(session: AsyncSession, proposal: Proposal, organisation_id: Id | None) -> None:
    seats = select(Partner).where(Partner.proposal_id == proposal.id, Partner.status.in_(OPEN_SEATS))
    taken = list((await session.execute(seats)).scalars())
    if len(taken) >= MOST_SEATS:
        raise TooManySeats
    if organisation_id is None:
        return
    if (await session.execute(select(Organisation.id).where(Organisation.id == organisation_id))).first() is None:
        raise NotFound
    await check_may_take_part(session, proposal, organisation_id)
    now = await event_log.now(session)
    for seat in taken:
        if seat.organisation_id != organisation_id:
            continue
        if seat.status == PartnerStatus.INVITED.value and seat.reply_by and seat.reply_by <= now:
            seat.status, seat.version = PartnerStatus.EXPIRED.value, seat.version + 1
            await session.flush()
            continue
        raise AlreadyPartner


async def check_may_take_part(session: AsyncSession, proposal: Proposal, organisation_id: Id) -> None:
    """Neither the commissioner nor the facilitator of a bid is a partner in it."""
    call = await session.get_one(Opportunity, proposal.opportunity_id)
    if call.organisation_id == organisation_id:
        raise CommissionerCannotBid
    query = select(Facilitator.id).where(
        Facilitator.proposal_id == proposal.id,
        Facilitator.organisation_id == organisation_id,
        Facilitator.status.in_(("invited", "active")),
    )
    if (await session.execute(query)).first() is not None:
        raise AlreadyPartner(
            "This organisation is the facilitator of the bid, and a facilitator is never a partner in it."
        )


async def _send(session: AsyncSession, proposal: Proposal, partner: Partner, side: Side, token: str) -> None:
    inviter = await session.get_one(Organisation, side.organisation_id)
    if partner.email:
        addresses = [(partner.email, proposal.language if proposal.language == "cy" else "en")]
    else:
        addresses = await queries.binders_mails(session, partner.organisation_id or "")
    for address, language in addresses:
        await outbox.mail(session, address, "partner-invitation", language, inviter=inviter.name, token=token)


async def accept(
    session: AsyncSession,
    actor: Actor,
    side: Side,
    proposal: Proposal,
    partner: Partner,
    structure_shown: int | None,
) -> None:
    """The organisation joins, on the words of the undertaking and the structure as it was shown."""
    if partner.status != PartnerStatus.INVITED.value:
        raise InvitationAnswered
    if side.organisation_id is None:
        raise Invalid.at("/organisation_id", "organisation-needed", "Say for which of your organisations you accept.")
    seen = partner.structure_seen if structure_shown is None else structure_shown
    if seen != await structure_version(session, proposal.id):
        raise StructureChanged
    await check_may_take_part(session, proposal, side.organisation_id)
    await _check_no_other_seat(session, proposal, partner, side.organisation_id)
    call = await session.get_one(Opportunity, proposal.opportunity_id)
    others = await check_other_bids(session, side.organisation_id, proposal, call, proposal.lot_ids)
    partner.organisation_id = side.organisation_id
    partner.status = PartnerStatus.ACCEPTED.value
    partner.accepted_at = await event_log.now(session)
    partner.undertaking = UNDERTAKING
    partner.token_hash = None
    partner.waiting = bool(others)
    partner.version += 1
    await session.flush()
    if partner.role in (PartnerRole.LEAD.value, PartnerRole.MEMBER.value):
        await from_call.make_member_sections(session, proposal, partner.id)
    await _log(session, actor, side, partner, "invitation_accepted", {"role": partner.role, "undertaking": UNDERTAKING})


async def _check_no_other_seat(
    session: AsyncSession, proposal: Proposal, partner: Partner, organisation_id: Id
) -> None:
    query = select(Partner.id).where(
        Partner.proposal_id == proposal.id,
        Partner.organisation_id == organisation_id,
        Partner.id != partner.id,
        or_(
            Partner.status == "accepted",
            (Partner.status == "invited") & (Partner.reply_by > func.clock_timestamp()),
        ),
    )
    if (await session.execute(query)).first() is not None:
        raise AlreadyPartner


async def decline(session: AsyncSession, actor: Actor | None, side: Side, partner: Partner, reason: str | None) -> None:
    """No account is needed: the invitation's token is enough."""
    if partner.status != PartnerStatus.INVITED.value:
        raise InvitationAnswered
    partner.status = PartnerStatus.DECLINED.value
    partner.ended_at = await event_log.now(session)
    partner.ended_reason = reason
    partner.token_hash = None
    partner.version += 1
    await session.flush()
    await _log(session, actor, side, partner, "invitation_declined", {"reason": reason})


async def _log(
    session: AsyncSession, actor: Actor | None, side: Side, partner: Partner, type_: str, payload: dict[str, Any]
) -> None:
    await event_log.record(
        session,
        "proposal",
        partner.proposal_id,
        type_,
        actor=actor,
        organisation_id=partner.organisation_id,
        payload={"partner_id": partner.id, **payload},
    )


async def by_token(session: AsyncSession, token: str) -> Partner:
    """The open invitation that this token belongs to; not found once it is answered or too old."""
    query = select(Partner).where(
        Partner.token_hash == token_hash(token),
        Partner.status == PartnerStatus.INVITED.value,
        or_(Partner.reply_by.is_(None), Partner.reply_by > func.clock_timestamp()),
    )
    partner = (await session.execute(query)).scalar_one_or_none()
    if partner is None:
        raise NotFound(
            "This invitation does not work any more: it was answered, it was called back, or its time to reply ran out."
        )
    return partner


async def open_for(session: AsyncSession, organisation_ids: list[Id]) -> list[Partner]:
    """Invitations to these organisations that wait for an answer."""
    query = (
        select(Partner)
        .where(
            Partner.organisation_id.in_(organisation_ids),
            Partner.status == PartnerStatus.INVITED.value,
            or_(Partner.reply_by.is_(None), Partner.reply_by > func.clock_timestamp()),
        )
        .order_by(Partner.id)
    )
    return list((await session.execute(query)).scalars())
