"""Inviting organisations to a bid: whom, by which mail, and which invitations are open."""

import secrets
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.facilitation.tables import Facilitator
from app.bid.proposal import partners
from app.bid.proposal.invitation_words import InvitationWords
from app.bid.proposal.schemas import PartnerIn
from app.bid.records import terms
from app.bid.records.tables import OPEN_SEATS, Partner, Proposal, Structure
from app.calls.opportunities.tables import Opportunity
from app.people.accounts import attempts, mail_bounds
from app.people.accounts.tables import Person
from app.people.organisations import queries as organisations
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Conflict, Invalid, NotFound, TooMany
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.access.standing import token_hash
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import PartnerRole, PartnerStatus
from app.settings import Settings

UNANSWERED = (PartnerStatus.INVITED.value, PartnerStatus.TO_CONFIRM.value)
MOST_SEATS = 100


class NotInvited(Invalid):
    code = "name-one-to-invite"
    title = "Say whom to invite"
    explanation = "Send either 'organisation_id' or 'email', and not both."


class TooManySeats(Conflict):
    code = "too-many-partners"
    title = "This bid has as many partners and open invitations as fit"
    explanation = f"At most {MOST_SEATS} at a time. Cancel invitations that nobody answers."


class AlreadyPartner(Conflict):
    code = "already-partner"
    title = "This organisation has a place in the bid already"
    explanation = "It is a partner or has an invitation that is not answered yet. Look at the list of partners."


class InvitedAlready(Conflict):
    code = "invited-already"
    title = "This address has an open invitation to the bid already"
    explanation = (
        "Look at the list of partners. If the mail has not come, send it again (POST …/partners/{partner_id}/send-again), or "
        "cancel that invitation before you write another."
    )


class SentToday(TooMany):
    code = "sent-today"
    title = "This invitation was sent again within the last day"
    explanation = "An invitation is mailed again once a day at most. Reach them in another way, or try tomorrow."


class InvitationAnswered(Conflict):
    code = "invitation-answered"
    title = "This invitation has been answered already"
    explanation = "Read the proposal to see how things stand. A partner that declined has to be invited again."


async def structure_version(session: AsyncSession, proposal_id: Id) -> int:
    query = select(Structure.version).where(Structure.proposal_id == proposal_id)
    return int((await session.execute(query)).scalar_one())


async def check_given(session: AsyncSession, given: PartnerIn) -> None:
    """422 for an invitation that no bid could send."""
    if (given.organisation_id is None) == (given.email is None):
        raise NotInvited
    if given.role is PartnerRole.LEAD:
        raise Invalid.at("/role", "not-as-lead", "The lead is there already. A decision can replace it later.")
    if given.main_contractor_id is not None and given.role is not PartnerRole.SUBCONTRACTOR:
        raise Invalid.at("/main_contractor_id", "not-a-subcontractor", "Only a subcontractor has a main contractor.")
    if given.reply_by is not None and given.reply_by <= await event_log.now(session):
        raise Invalid.at("/reply_by", "in-the-past", "Give them a time that is still to come.")


async def invite(act: Act, settings: Settings, proposal: Proposal, given: PartnerIn) -> Partner:
    """The new partner, with the status `invited`; mails bring it the invitation's link."""
    session = act.session
    main_contractor_id = None
    if given.role is PartnerRole.SUBCONTRACTOR:
        main_contractor_id = await partners.main_contractor(session, proposal.id, given.main_contractor_id)
    await _check_invited(session, proposal, given.organisation_id, given.email)
    await mail_bounds.count_invitation(session, settings, act.organisation_id, proposal.id)
    token = secrets.token_urlsafe(32)
    partner = Partner(
        id=new_id(),
        proposal_id=proposal.id,
        organisation_id=given.organisation_id,
        email=given.email,
        role=given.role.value,
        main_contractor_id=main_contractor_id,
        relied_on_for=given.relied_on_for,
        message_markdown=given.message_markdown,
        proposed_work_markdown=given.proposed_work_markdown,
        indicative_amount=given.indicative_amount.minor if given.indicative_amount else None,
        reply_by=given.reply_by or await _usual_time_to_reply(session, settings, proposal),
        token_hash=token_hash(token),
        invited_by=act.actor.person_id if act.actor else None,
        invited_by_organisation_id=act.organisation_id,
        structure_seen=await structure_version(session, proposal.id),
    )
    session.add(partner)
    await _send(act, settings, proposal, partner, token)
    await act.record(
        "partner_invited", partner_id=partner.id, organisation_id=partner.organisation_id, role=partner.role
    )
    return partner


async def _usual_time_to_reply(session: AsyncSession, settings: Settings, proposal: Proposal) -> datetime:
    """It never lies after the deadline of the call."""
    now, deadline = await event_log.now(session), (await terms.load(session, proposal.id)).submission_deadline
    usual = now + timedelta(days=settings.invitation_days)
    return min(usual, deadline) if deadline is not None and deadline > now else usual


async def send_again(act: Act, settings: Settings, proposal: Proposal, partner: Partner) -> None:
    """Mail an open invitation once more, with a new link, to what the partners have agreed by now.

    While somebody waits to be confirmed, the link goes to the address that was invited, which then says who was meant.
    """
    if partner.status not in UNANSWERED or not can_be_answered(partner, await event_log.now(act.session)):
        raise InvitationAnswered
    await attempts.count(act.session, "invitation-again", partner.id, 1, timedelta(days=1), SentToday)
    token = secrets.token_urlsafe(32)
    partner.token_hash = token_hash(token)
    if partner.status == PartnerStatus.INVITED.value:
        partner.structure_seen = await structure_version(act.session, proposal.id)
    partner.version += 1
    await _send(act, settings, proposal, partner, token)
    await act.record("invitation_sent_again", partner_id=partner.id)


async def _check_invited(
    session: AsyncSession, proposal: Proposal, organisation_id: Id | None, email: str | None
) -> None:
    query = select(Partner).where(Partner.proposal_id == proposal.id, Partner.status.in_(OPEN_SEATS))
    seats = (await session.execute(query)).scalars().all()
    now = await event_log.now(session)
    if sum(seat.status == PartnerStatus.ACCEPTED or can_be_answered(seat, now) for seat in seats) >= MOST_SEATS:
        raise TooManySeats
    if organisation_id is None:
        open_ones = [seat for seat in seats if seat.status in UNANSWERED and can_be_answered(seat, now)]
        if any(seat.email == email for seat in open_ones):
            raise InvitedAlready
        return
    if (await session.execute(select(Organisation.id).where(Organisation.id == organisation_id))).first() is None:
        raise NotFound
    await check_may_take_part(session, proposal, organisation_id)
    for seat in seats:
        if seat.organisation_id == organisation_id:
            await expire(session, seat, now)


def can_be_answered(seat: Partner, now: datetime) -> bool:
    return seat.reply_by is None or seat.reply_by > now


async def check_may_take_part(session: AsyncSession, proposal: Proposal, organisation_id: Id) -> None:
    """Refuses the commissioner and the facilitator of a bid, which are never partners in it."""
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


async def _send(act: Act, settings: Settings, proposal: Proposal, partner: Partner, token: str) -> None:
    """Mail the link to the address that was invited, or to those who can bind the organisation.

    These find the invitation among their tasks, too: whoever gets no more mails today is still invited.
    """
    words = await _words(act, proposal, partner)
    if partner.email:
        await mail_bounds.count_mail(act.session, settings, partner.email, act.organisation_id)
        addresses = [(partner.email, proposal.language if proposal.language == "cy" else "en")]
    else:
        addresses = await _with_room(act, settings, partner.organisation_id or "")
    for address, language in addresses:
        await outbox.mail(act.session, address, "partner-invitation", language, token=token, **words.said(language))


async def _words(act: Act, proposal: Proposal, partner: Partner) -> InvitationWords:
    call = await terms.load(act.session, proposal.id)
    person = await act.session.get(Person, act.actor.person_id) if act.actor and act.actor.person_id else None
    return InvitationWords(
        inviter=await partners.organisation_name(act.session, act.organisation_id) or "",
        person=person.name if person else "",
        title=proposal.title,
        call=call.title,
        buyer=call.buyer_name,
        role=PartnerRole(partner.role),
        deadline=call.submission_deadline,
        time_zone=call.time_zone,
        reply_by=partner.reply_by,
        message_markdown=partner.message_markdown,
        proposed_work_markdown=partner.proposed_work_markdown,
    )


async def _with_room(act: Act, settings: Settings, organisation_id: Id) -> list[tuple[str, str]]:
    """(address, language) of those who can bind the organisation and have not got too many such mails today."""
    found = []
    for address, language in sorted(await organisations.binders_mails(act.session, organisation_id)):
        with suppress(mail_bounds.TooManyMails):
            await mail_bounds.count_mail(act.session, settings, address, act.organisation_id)
            found.append((address, language))
    return found


async def expire(session: AsyncSession, seat: Partner, now: datetime) -> None:
    """End an invitation that lapsed, to make room for a new one: an organisation has one open seat at most, by a unique
    index. Refuses where the seat is taken, or can still be."""
    if seat.status not in UNANSWERED or can_be_answered(seat, now):
        raise AlreadyPartner
    seat.status = partners.following(seat, Step.EXPIRE, AlreadyPartner()).value
    seat.version += 1
    await session.flush()


async def by_token(session: AsyncSession, token: str) -> Partner:
    """The open invitation that this token belongs to; NotFound once it is answered or too old."""
    partner = (await session.execute(_open().where(Partner.token_hash == token_hash(token)))).scalar_one_or_none()
    if partner is None:
        raise NotFound(
            "This invitation does not work any more: it was answered, it was called back, or its time to reply ran out."
        )
    return partner


def open_for(organisation_ids: list[Id], person_id: Id | None) -> Select[Partner]:
    """Invitations that wait for an answer: to these organisations, and to the address that this person has confirmed.

    Whoever said yes and waits to be confirmed says it again once the structure is another.
    """
    address = select(Person.email).where(Person.id == person_id, Person.verified_at.is_not(None)).scalar_subquery()
    by_mail = Partner.organisation_id.is_(None) & (Partner.email == address)
    now = select(Structure.version).where(Structure.proposal_id == Partner.proposal_id).scalar_subquery()
    to_answer = (Partner.status == PartnerStatus.INVITED.value) | (Partner.structure_seen != now)
    return _open().where(or_(Partner.organisation_id.in_(organisation_ids), by_mail), to_answer)


def _open() -> Select[Partner]:
    return select(Partner).where(
        Partner.status.in_(UNANSWERED),
        or_(Partner.reply_by.is_(None), Partner.reply_by > func.clock_timestamp()),
    )
