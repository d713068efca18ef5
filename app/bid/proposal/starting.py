"""Starting a bid, and changing what is its own: title, language, contact, and dates of the offer and of the work on it."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import following
from app.bid.proposal.other_bids import carry_over, check_other_bids
from app.bid.proposal.schemas import ProposalIn, Timetable
from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal, Structure
from app.bid.text import from_call
from app.calls.opportunities import queries
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import PARTNER, CallClosed, Step, after
from app.platform.access.rules import Actor, Membership
from app.platform.access.terms import DEADLINE, TIME_ZONE
from app.platform.access.two_sides import CommissionerCannotBid
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import Collaboration, MemberRole, PartnerRole, PartnerStatus

PLAIN = ("title", "language", "offer_valid_until")
"""Fields that are stored as they are sent."""
TIMES = ("declare_by", "text_by", "sign_by", "submit_by")


class CollaborationForbidden(Conflict):
    code = "collaboration-forbidden"
    title = "This opportunity does not allow joint bids"
    explanation = "Its commissioner takes bids of single organisations only. Ask the commissioner if you are not sure."


def _leading(actor: Actor, organisation_id: Id | None) -> Membership:
    """The actor's organisation that will lead; 403 for anybody but an editor of it."""
    able = [m for m in actor.memberships if MemberRole.EDITOR in m.roles]
    if organisation_id is not None:
        able = [m for m in able if m.organisation_id == organisation_id]
    if not able:
        raise Forbidden("Only an editor of the organisation that leads may start its bid.")
    if len(able) > 1:
        raise Invalid.at("/lead_organisation_id", "name-the-organisation", "Say which of your organisations leads.")
    return able[0]


async def start(session: AsyncSession, actor: Actor, given: ProposalIn) -> Id:
    """The id of a new draft, with its lead, an empty structure and its sections. The caller holds the actor's organisations."""
    lead = _leading(actor, given.lead_organisation_id)
    organisations = [membership.organisation_id for membership in actor.memberships]
    call = await queries.opportunity(session, given.opportunity_id, organisations)
    if call is None:
        raise NotFound
    # Locked until the bid is there, so that no amendment slips in between and misses it.
    await session.refresh(call, with_for_update={"read": True})
    if call.organisation_id == lead.organisation_id:
        raise CommissionerCannotBid
    own = await following.to_begin_with(session, call, lead.organisation_id)
    if not (own.open if own else await queries.is_open(session, call.id)):
        raise CallClosed
    if (call.consortium_rules or {}).get("collaboration") == Collaboration.FORBIDDEN.value:
        raise CollaborationForbidden
    known = [lot.id for lot in (own.terms.lots if own else await queries.lots_of(session, call.id))]
    lot_ids = _lots(known, given.lot_ids)
    others = await check_other_bids(session, lead.organisation_id, None, call, lot_ids)
    proposal = Proposal(
        id=new_id(),
        opportunity_id=call.id,
        lot_ids=lot_ids,
        title=given.title,
        language=given.language,
        currency=own.terms.currency if own else call.currency,
        answers_amendment=call.amendment,
        created_by=actor.person_id,
    )
    _set_timetable(proposal, given.timetable)
    if own is not None:
        terms.keep(proposal, own.terms, own.status, own.claim_id, await event_log.now(session))
    session.add(proposal)
    await session.flush()
    partner = Partner(
        id=new_id(),
        proposal_id=proposal.id,
        organisation_id=lead.organisation_id,
        role=PartnerRole.LEAD.value,
        # Whoever starts a bid has accepted its own invitation.
        status=after(PARTNER, PartnerStatus.INVITED, Step.ACCEPT).value,
        accepted_at=await event_log.now(session),
    )
    session.add(partner)
    session.add(Structure(proposal_id=proposal.id, facts={}))
    await session.flush()
    await from_call.make_sections(session, proposal, partner.id)
    act = Act(session, actor, "proposal", proposal.id, for_organisation=lead.organisation_id)
    await act.record(
        "proposal_started",
        title=proposal.title,
        opportunity_id=call.id,
        lot_ids=lot_ids,
        partner_id=partner.id,
    )
    await carry_over(act, partner, others)
    return proposal.id


def _lots(known: list[Id], wanted: list[Id] | None) -> list[Id]:
    """The lots that are wanted, in the call's order; all of them where none is named."""
    if not wanted:
        return known
    faults = [
        Fault(f"/lot_ids/{index}", "unknown-lot", "This is not a lot of the opportunity.")
        for index, lot_id in enumerate(wanted)
        if lot_id not in known
    ]
    if faults:
        raise Invalid(errors=faults)
    return [lot_id for lot_id in known if lot_id in wanted]


def _set_timetable(proposal: Proposal, timetable: Timetable | None) -> None:
    if timetable is None:
        return
    for name in timetable.model_fields_set:
        setattr(proposal, name, getattr(timetable, name))


_LAST_DAY = f"""SELECT ({DEADLINE} AT TIME ZONE {TIME_ZONE})::date
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id"""


async def check(session: AsyncSession, proposal: Proposal, sent: dict[str, Any]) -> None:
    """422 for a contact whom nobody could write to, and for an offer that ends before bids are due."""
    contact, until = _contact(proposal, sent), sent.get("offer_valid_until")
    faults = [
        Fault(f"/contact/{name}", "required", "A contact has a name and a mail address.")
        for name in ("name", "email")
        if contact and not contact[name]
    ]
    if until is not None:
        last_day = (await session.execute(text(_LAST_DAY), {"proposal_id": proposal.id})).scalar_one()
        if last_day and until < last_day:
            detail = f"Bids are due on {last_day.isoformat()}: an offer that ends before is none."
            faults.append(Fault("/offer_valid_until", "offer-ends-too-early", detail))
    if faults:
        raise Invalid(errors=faults)


def _contact(proposal: Proposal, sent: dict[str, Any]) -> dict[str, Any] | None:
    """The contact after this change: what a patch leaves out stays."""
    given = sent.get("contact")
    if given is None:
        return None if "contact" in sent else proposal.contact
    kept = dict.fromkeys(type(given).model_fields) | (proposal.contact or {})
    return kept | {name: getattr(given, name) for name in given.model_fields_set}


async def change(act: Act, proposal: Proposal, sent: dict[str, Any]) -> None:
    """Change the bid's own fields; the event holds each with its value before and after, but who the contact is, since an
    event stays for ever. `sent` holds only what was sent, and has been through `check`."""
    watched = (*PLAIN, *TIMES)
    before = {name: getattr(proposal, name) for name in watched}
    contact = proposal.contact
    for name in PLAIN:
        if name in sent:
            setattr(proposal, name, sent[name])
    proposal.contact = _contact(proposal, sent)
    _set_timetable(proposal, sent.get("timetable"))
    proposal.version += 1
    changed = {
        name: [_plain(was), _plain(getattr(proposal, name))]
        for name, was in before.items()
        if was != getattr(proposal, name)
    }
    await act.record("proposal_changed", changed=changed, contact_changed=proposal.contact != contact)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
