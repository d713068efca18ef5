"""The answers to an invitation: yes, no, and the lead's word on who came with somebody else's link.

A mail's link goes further than whoever sent it thinks. Accepted by a person who has confirmed the address that was
invited, or for the organisation that was, an invitation acts at once. Anybody else who accepts waits (`to_confirm`) and
reads no more than before, until the lead says that this one was meant. The address can say so too, with a link that is
sent to it again.

**One organisation, asked twice.** Asked by its id and, without anybody's knowing, by a colleague's address as well, an
organisation has two open invitations. To refuse the second, or to close it when the first is answered, would tell the
bid to whom an address belongs: whoever invites could try addresses out until one gives way. So nothing is said before
the organisation itself acts. Accepting by the confirmed address closes the other one, since the acceptance alone tells
who owns the address; accepting the other one leaves the mail's open, for its reader alone to decline.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.declarations import last_moment
from app.bid.proposal import inviting, partners
from app.bid.proposal.inviting import InvitationAnswered
from app.bid.proposal.other_bids import check_other_bids, let_in
from app.bid.records.tables import OPEN_SEATS, Partner, Proposal
from app.bid.text import from_call
from app.calls.opportunities.tables import Opportunity
from app.people.accounts.tables import Person
from app.people.organisations import queries as organisations
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.access.lifecycle import Step
from app.platform.db import event_log, outbox
from app.platform.db.act import Act
from app.platform.db.event_log import only
from app.platform.words.codes import PartnerRole, PartnerStatus

UNDERTAKING = (
    "You may read and take part. You keep what you read confidential and use it for this bid only. It commits you to "
    "no work and no money; you can leave until you sign."
)
"""The words that an organisation agrees to by accepting an invitation; they are stored with the acceptance."""


class StructureChanged(Conflict):
    code = "structure-changed"
    title = "The structure changed since you were invited"
    explanation = (
        "Read the invitation again and send the 'structure_version' that it shows, so that you accept what is true now."
    )


class NothingToConfirm(Conflict):
    code = "nothing-to-confirm"
    title = "Nobody waits here to be confirmed"
    explanation = "It takes part already, has not answered, or is gone. Look at the list of partners."


async def accept(act: Act, proposal: Proposal, partner: Partner, structure_shown: int | None) -> None:
    """The organisation, whose lock the caller holds, joins on the words of the undertaking and the structure it was shown.

    With the link of somebody else's mail it waits to be confirmed. The one who has the address confirms it by accepting.
    """
    if partner.status == PartnerStatus.TO_CONFIRM.value:
        await _once_more(act, proposal, partner, structure_shown)
        return
    partners.following(partner, Step.ACCEPT, InvitationAnswered())
    assert act.organisation_id
    partner.structure_seen = await _structure(act.session, partner, structure_shown)
    by_mail = partner.organisation_id is None
    own = by_mail and await _has_address(act, partner.email)
    await _check_no_other_seat(act.session, partner, act.organisation_id, supersede=own)
    others = await _check(act.session, proposal, act.organisation_id)
    partner.organisation_id = act.organisation_id
    partner.undertaking = UNDERTAKING
    partner.token_hash = None
    if by_mail and not own:
        partner.status = partners.following(partner, Step.COME, InvitationAnswered()).value
        partner.version += 1
        await act.record("partner_to_confirm", partner_id=partner.id, role=partner.role, undertaking=UNDERTAKING)
        await _tell_of(act, proposal, partner, "partner-to-confirm")
        return
    await _join(act, proposal, partner, Step.ACCEPT, "invitation_accepted", others)
    if by_mail:
        await _tell_of(act, proposal, partner, "partner-came")


async def _structure(session: AsyncSession, partner: Partner, shown: int | None) -> int:
    """The structure in force, which the organisation has seen."""
    now = await inviting.structure_version(session, partner.proposal_id)
    if (partner.structure_seen if shown is None else shown) != now:
        raise StructureChanged
    return now


async def _has_address(act: Act, email: str | None) -> bool:
    """Whether the person that accepts has confirmed that this address is theirs."""
    person = await act.session.get(Person, act.actor.person_id) if act.actor and act.actor.person_id else None
    return person is not None and person.verified_at is not None and person.email == email


async def _check(session: AsyncSession, proposal: Proposal, organisation_id: Id) -> list[Partner]:
    """The organisation's seats in other bids for these lots; refuses one that may not take part in this one."""
    await inviting.check_may_take_part(session, proposal, organisation_id)
    call = await session.get_one(Opportunity, proposal.opportunity_id)
    return await check_other_bids(session, organisation_id, proposal, call, proposal.lot_ids)


async def _check_no_other_seat(session: AsyncSession, partner: Partner, organisation_id: Id, supersede: bool) -> None:
    """Refuses an organisation that has another place in the bid. An invitation that it let lapse is none; another one that
    is open is closed where it is superseded."""
    query = select(Partner).where(
        Partner.proposal_id == partner.proposal_id,
        Partner.organisation_id == organisation_id,
        Partner.id != partner.id,
        Partner.status.in_(OPEN_SEATS),
    )
    now = await event_log.now(session)
    for seat in (await session.execute(query)).scalars().all():
        if supersede and seat.status == PartnerStatus.INVITED.value and inviting.can_be_answered(seat, now):
            await _close(session, seat, Step.CANCEL, "It accepted by another invitation.")
            await session.flush()
        else:
            await inviting.expire(session, seat, now)


async def _join(act: Act, proposal: Proposal, partner: Partner, step: Step, event: str, others: list[Partner]) -> None:
    session = act.session
    partner.status = partners.following(partner, step, InvitationAnswered()).value
    partner.accepted_at = await event_log.now(session)
    partner.token_hash = None
    partner.waiting = bool(others)
    partner.version += 1
    await session.flush()
    await let_in(session, partner)
    if partner.role in (PartnerRole.LEAD.value, PartnerRole.MEMBER.value):
        await from_call.make_member_sections(session, proposal, partner.id)
    await act.record(event, partner_id=partner.id, role=partner.role, undertaking=UNDERTAKING)
    await last_moment.partner_accepted(act, proposal, partner.accepted_at)


async def _tell_of(act: Act, proposal: Proposal, partner: Partner, template: str) -> None:
    """At once, to the lead and whoever invited: they compare the address that was meant with who came."""
    lead = await partners.lead_organisation_id(act.session, proposal.id)
    came = await partners.organisation_name(act.session, partner.organisation_id)
    said = {"organisation": came, "title": proposal.title, "email": partner.email or ""}
    path = f"/bids/{proposal.id}/partners/{partner.id}"
    told = {each for each in (lead, partner.invited_by_organisation_id) if each}
    here = await partners.accepted_organisations(act.session, proposal.id)
    mails = {mail for each in told & here for mail in await organisations.binders_mails(act.session, each)}
    for address, language in sorted(mails):
        await outbox.mail(act.session, address, template, language, path=path, **said)


async def _once_more(act: Act, proposal: Proposal, partner: Partner, structure_shown: int | None) -> None:
    """Somebody answers yes where an organisation waits: the invited address, with a new link, confirms it; it itself says
    yes to the structure that came since."""
    if act.side is not None and act.side.by_token:
        await confirm(act, proposal, partner)
        return
    now = await inviting.structure_version(act.session, proposal.id)
    if partner.structure_seen == now:
        raise InvitationAnswered
    if structure_shown not in (None, now):
        raise StructureChanged
    partner.structure_seen = now
    partner.version += 1
    await act.record("partner_to_confirm", partner_id=partner.id, role=partner.role, undertaking=UNDERTAKING)


async def confirm(act: Act, proposal: Proposal, partner: Partner) -> None:
    """The one who waits, whose organisation's lock the caller holds, was meant, and joins.

    What of its own stands against that (another bid, say) is its own affair: it is invited again, in its own name, and
    told why. Whoever confirms learns only that it has to answer once more.
    """
    session, organisation_id = act.session, partner.organisation_id
    if partner.status != PartnerStatus.TO_CONFIRM.value or organisation_id is None:
        raise NothingToConfirm
    if not inviting.can_be_answered(partner, await event_log.now(session)):
        raise NothingToConfirm("Its time to reply ran out. Invite it again, in its own name.")
    if partner.structure_seen != await inviting.structure_version(session, proposal.id):
        raise StructureChanged(
            "The structure changed since it said yes. It is asked to say yes to what is true now; confirm it after that."
        )
    try:
        others = await _check(session, proposal, organisation_id)
    except Conflict as against:
        await _return(act, partner, organisation_id)
        await _tell_alone(act, partner, "place_held_up", organisation_id, because=against.detail)
        return
    await _join(act, proposal, partner, Step.CONFIRM, "partner_confirmed", others)
    await _tell_alone(act, partner, "place_confirmed", organisation_id)


async def _return(act: Act, partner: Partner, organisation_id: Id | None) -> None:
    """Open again, for this organisation, or for whoever has the address."""
    partner.status = partners.following(partner, Step.RETURN, NothingToConfirm()).value
    partner.organisation_id, partner.undertaking = organisation_id, None
    partner.version += 1
    await act.record("invitation_returned", partner_id=partner.id)


async def _tell_alone(act: Act, partner: Partner, event: str, organisation_id: Id, **said: Any) -> None:
    await act.record(event, to=only(partner.id), organisation_id=organisation_id, **said)


async def decline(act: Act, partner: Partner, reason: str | None) -> None:
    """The organisation declines. The invitation's token is enough for that; no account is needed.

    Sent again while somebody waits, the link says with its no that this one was not meant, and stays open for its reader.
    """
    waiting = partner.organisation_id if partner.status == PartnerStatus.TO_CONFIRM.value else None
    if waiting is not None and act.side is not None and act.side.by_token:
        await _return(act, partner, None)
        await _tell_alone(act, partner, "place_refused", waiting)
        return
    await _close(act.session, partner, Step.DECLINE, reason)
    await act.record("invitation_declined", partner_id=partner.id, reason=reason)


async def cancel(act: Act, partner: Partner, reason: str) -> None:
    """The partners call back an invitation that nobody has answered, or say that whoever waits was not meant."""
    waiting = partner.organisation_id if partner.status == PartnerStatus.TO_CONFIRM.value else None
    await _close(act.session, partner, Step.CANCEL, reason)
    await act.record("invitation_cancelled", partner_id=partner.id, reason=reason)
    if waiting is not None:
        await _tell_alone(act, partner, "place_refused", waiting)


async def _close(session: AsyncSession, partner: Partner, step: Step, reason: str | None) -> None:
    partner.status = partners.following(partner, step, InvitationAnswered()).value
    partner.ended_at, partner.ended_reason = await event_log.now(session), reason
    partner.token_hash = None
    partner.version += 1
