"""Starting a bid, and changing what it is called and when its partners want to be ready."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal.other_bids import carry_over, check_other_bids
from app.bid.proposal.rules import CallClosed, CollaborationForbidden, CommissionerCannotBid
from app.bid.proposal.schemas import ProposalIn, Timetable
from app.bid.records.tables import Partner, Proposal, Structure
from app.bid.text import from_call
from app.calls.opportunities import queries
from app.people.organisations.tables import Organisation
from app.platform.access.errors import Fault, Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Membership
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.words.codes import MemberRole, PartnerRole, PartnerStatus

TIMES = ("declare_by", "text_by", "sign_by", "submit_by")


def leading(actor: Actor, organisation_id: Id | None) -> Membership:
    """The organisation that will lead: an editor of it starts the bid."""
    able = [m for m in actor.memberships if MemberRole.EDITOR in m.roles]
    if organisation_id is not None:
        able = [m for m in able if m.organisation_id == organisation_id]
    if not able:
        raise Forbidden("Only an editor of the organisation that leads may start its bid.")
    if len(able) > 1:
        raise Invalid.at("/lead_organisation_id", "name-the-organisation", "Say which of your organisations leads.")
    return able[0]


async def start(session: AsyncSession, actor: Actor, given: ProposalIn) -> Proposal:
    """A draft with its lead, an empty structure and its sections."""
    lead = leading(actor, given.lead_organisation_id)
    own = [membership.organisation_id for membership in actor.memberships]
    call = await queries.opportunity(session, given.opportunity_id, own)
    if call is None:
        raise NotFound
    # Held as it is until the bid is there: an amendment cannot slip in between and miss it.
    await session.refresh(call, with_for_update={"read": True})
    if call.organisation_id == lead.organisation_id:
        raise CommissionerCannotBid
    if not await queries.is_open(session, call.id):
        raise CallClosed
    if (call.consortium_rules or {}).get("collaboration") == "forbidden":
        raise CollaborationForbidden
    lot_ids = await _lots(session, call.id, given.lot_ids)
    others = await check_other_bids(session, lead.organisation_id, None, call, lot_ids)
    proposal = Proposal(
        id=new_id(),
        opportunity_id=call.id,
        lot_ids=lot_ids,
        title=given.title,
        language=given.language,
        currency=call.currency,
        answers_amendment=call.amendment,
        created_by=actor.person_id,
    )
    set_timetable(proposal, given.timetable)
    session.add(proposal)
    await session.flush()
    partner = Partner(
        id=new_id(),
        proposal_id=proposal.id,
        organisation_id=lead.organisation_id,
        role=PartnerRole.LEAD.value,
        status=PartnerStatus.ACCEPTED.value,
        accepted_at=await event_log.now(session),
    )
    session.add(partner)
    session.add(Structure(proposal_id=proposal.id, facts={}))
    await session.flush()
    await from_call.make_sections(session, proposal, [partner.id], partner.id)
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        "proposal_started",
        actor=actor,
        organisation_id=lead.organisation_id,
        payload={"title": proposal.title, "opportunity_id": call.id, "lot_ids": lot_ids, "partner_id": partner.id},
    )
    await carry_over(session, actor, partner, others)
    await session.refresh(proposal)
    return proposal


async def _lots(session: AsyncSession, opportunity_id: Id, wanted: list[Id] | None) -> list[Id]:
    known = [lot.id for lot in await queries.lots_of(session, opportunity_id)]
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


def set_timetable(proposal: Proposal, timetable: Timetable | None) -> None:
    for name in TIMES if timetable else ():
        if name in timetable.model_fields_set:  # type: ignore[union-attr]
            setattr(proposal, name, getattr(timetable, name))


async def change(
    session: AsyncSession, actor: Actor, proposal: Proposal, organisation_id: Id, sent: dict[str, Any]
) -> None:
    """Title, language and timetable; told to all with what they were before."""
    watched = ("title", "language", *TIMES)
    before = {name: getattr(proposal, name) for name in watched}
    for name in ("title", "language"):
        if name in sent:
            setattr(proposal, name, sent[name])
    set_timetable(proposal, sent.get("timetable"))
    proposal.version += 1
    await session.flush()
    changed = {
        name: [_plain(was), _plain(getattr(proposal, name))]
        for name, was in before.items()
        if was != getattr(proposal, name)
    }
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        "proposal_changed",
        actor=actor,
        organisation_id=organisation_id,
        payload={"changed": changed},
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


async def organisation_name(session: AsyncSession, organisation_id: Id | None) -> str | None:
    query = select(Organisation.name).where(Organisation.id == organisation_id)
    return (await session.execute(query)).scalar_one_or_none()
