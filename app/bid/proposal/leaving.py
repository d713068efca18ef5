"""Leaving a bid, being removed from it, another lead, another role, and the end of it all.

Removal, another's role, the lead and dissolution are decisions; the verbs here are what such a decision carries
out. Each checks again by the state that it meets.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as d
from app.bid.declarations import rounds
from app.bid.facilitation import rules as difficulties
from app.bid.facilitation.tables import Difficulty, RemovalCertificate
from app.bid.handing_in import versions
from app.bid.proposal.rules import InvitationAnswered, LeadStays, NotAMember
from app.bid.proposal.starting import organisation_name
from app.bid.records.tables import Partner, Proposal
from app.bid.text import from_call
from app.platform.access import lifecycle
from app.platform.access.errors import Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.words.codes import AddressedTo, PartnerRole, PartnerStatus, ProposalStatus

CORE = (PartnerRole.LEAD.value, PartnerRole.MEMBER.value)


async def partner_of(session: AsyncSession, proposal_id: Id, partner_id: Id) -> Partner:
    """The partner's row, locked."""
    query = select(Partner).where(Partner.proposal_id == proposal_id, Partner.id == partner_id).with_for_update()
    partner = (await session.execute(query)).scalar_one_or_none()
    if partner is None:
        raise NotFound
    return partner


async def withdraw(session: AsyncSession, actor: Actor, partner: Partner, reason: str) -> None:
    """A partner leaves of its own will. A signed version falls with it; a submission stands, marked."""
    if partner.status != PartnerStatus.ACCEPTED.value:
        raise lifecycle.StepNotPossible("This organisation is not a partner in the bid any more.")
    await _end(session, actor, partner, PartnerStatus.WITHDRAWN, "partner_withdrew", reason)


async def cancel(session: AsyncSession, actor: Actor, partner: Partner, organisation_id: Id, reason: str) -> None:
    """Call back an invitation that nobody has answered."""
    if partner.status != PartnerStatus.INVITED.value:
        raise InvitationAnswered
    partner.status = PartnerStatus.CANCELLED.value
    partner.ended_at, partner.ended_reason, partner.token_hash = await event_log.now(session), reason, None
    partner.version += 1
    await session.flush()
    payload = {"partner_id": partner.id, "reason": reason}
    await _log(session, actor, partner.proposal_id, organisation_id, "invitation_cancelled", payload)


async def check_removal(session: AsyncSession, proposal_id: Id, partner_id: Id) -> None:
    """While any difficulty is open nobody can be removed, whichever it is, with one answer for all (rule 6).

    Unless the facilitator has certified that this removal has nothing to do with them.
    """
    certified = await session.execute(
        select(RemovalCertificate.id).where(
            RemovalCertificate.proposal_id == proposal_id, RemovalCertificate.partner_id == partner_id
        )
    )
    rows = await session.execute(
        select(Difficulty).where(Difficulty.proposal_id == proposal_id, Difficulty.closed_at.is_(None))
    )
    open_ones = [
        d.Difficulty(row.id, AddressedTo(row.addressed_to), row.blocking, True, row.blocking_since)
        for row in rows.scalars()
    ]
    difficulties.check_removal(open_ones, certified.first() is not None)


async def remove(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """What a decision to remove a partner carries out."""
    partner = await partner_of(session, proposal_id, path["partner_id"])
    if partner.status != PartnerStatus.ACCEPTED.value:
        raise lifecycle.StepNotPossible("This organisation is not a partner in the bid any more.")
    await check_removal(session, proposal_id, partner.id)
    await _end(session, actor, partner, PartnerStatus.REMOVED, "partner_removed", str(body.get("reason", "")))


async def _end(
    session: AsyncSession, actor: Actor | None, partner: Partner, status: PartnerStatus, type_: str, reason: str
) -> None:
    name = await organisation_name(session, partner.organisation_id) or ""
    proposal = await session.get_one(Proposal, partner.proposal_id)
    partner.status = status.value
    partner.ended_at, partner.ended_reason = await event_log.now(session), reason
    partner.ended_revision = proposal.revision + 1
    partner.version += 1
    await session.flush()
    payload = {"partner_id": partner.id, "reason": reason}
    await _log(session, actor, partner.proposal_id, partner.organisation_id, type_, payload)
    await versions.partner_left(session, actor, partner.proposal_id, partner.id, name, partner.organisation_id, status)
    await rounds.settle(session, partner.proposal_id, actor)


async def replace_lead(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """What a decision on the lead carries out: roles change together, authorities for the old lead lapse."""
    partner = await partner_of(session, proposal_id, str(body["partner_id"]))
    if partner.status != PartnerStatus.ACCEPTED.value or partner.role not in CORE:
        raise NotAMember
    if partner.role == PartnerRole.LEAD.value:
        raise LeadStays
    query = select(Partner).where(
        Partner.proposal_id == proposal_id, Partner.status == "accepted", Partner.role == PartnerRole.LEAD.value
    )
    before = (await session.execute(query.with_for_update())).scalar_one_or_none()
    if before is not None:
        before.role, before.version = PartnerRole.MEMBER.value, before.version + 1
        await session.flush()
    partner.role, partner.version = PartnerRole.LEAD.value, partner.version + 1
    await session.execute(
        update(Partner)
        .where(Partner.proposal_id == proposal_id, Partner.authority.is_not(None))
        .values(authority=None, version=Partner.version + 1)
    )
    await session.flush()
    payload = {"partner_id": partner.id, "before_partner_id": before.id if before else None}
    await _log(session, actor, proposal_id, partner.organisation_id, "lead_changed", payload)


async def change_role(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """What a decision on a partner's role carries out."""
    partner = await partner_of(session, proposal_id, path["partner_id"])
    role = PartnerRole(body["role"])
    if partner.status != PartnerStatus.ACCEPTED.value:
        raise lifecycle.StepNotPossible("Only the role of an accepted partner can be changed.")
    if PartnerRole.LEAD in (role, PartnerRole(partner.role)):
        raise Invalid.at("/role", "not-as-lead", "The lead changes by a decision of its own (POST …/lead).")
    before = partner.role
    partner.role = role.value
    partner.main_contractor_id = (
        await _contractor(session, partner, body) if role is PartnerRole.SUBCONTRACTOR else None
    )
    partner.version += 1
    await session.flush()
    if role is PartnerRole.MEMBER:
        proposal = await session.get_one(Proposal, proposal_id)
        await from_call.make_member_sections(session, proposal, partner.id)
    payload = {"partner_id": partner.id, "before": before, "after": partner.role}
    await _log(session, actor, proposal_id, partner.organisation_id, "partner_role_changed", payload)


async def _contractor(session: AsyncSession, partner: Partner, body: dict[str, Any]) -> Id | None:
    query = select(Partner.id).where(
        Partner.proposal_id == partner.proposal_id, Partner.status == "accepted", Partner.id != partner.id
    )
    if wanted := body.get("main_contractor_id"):
        found = (await session.execute(query.where(Partner.id == str(wanted)))).scalar_one_or_none()
        if found is None:
            raise NotFound
        return found
    return (await session.execute(query.where(Partner.role == "lead"))).scalar_one_or_none()


async def dissolve(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """What a decision to dissolve carries out. The text stays readable to its partners."""
    proposal = await session.get_one(Proposal, proposal_id)
    if proposal.status == ProposalStatus.DISSOLVED.value:
        raise lifecycle.ProposalDissolved
    organisation_id = body.get("organisation_id")
    await versions.dissolved(session, actor, proposal_id, organisation_id)
    payload = {"reason": str(body.get("reason", ""))}
    await _log(session, actor, proposal_id, organisation_id, "proposal_dissolved", payload)


async def alone(session: AsyncSession, proposal_id: Id) -> bool:
    """Whether one organisation is in the bid by itself: then nobody else has to agree."""
    query = select(Partner.id).where(Partner.proposal_id == proposal_id, Partner.status == "accepted")
    return len((await session.execute(query)).scalars().all()) < 2


async def _log(
    session: AsyncSession,
    actor: Actor | None,
    proposal_id: Id,
    organisation_id: Id | None,
    type_: str,
    payload: dict[str, Any],
) -> None:
    await event_log.record(
        session, "proposal", proposal_id, type_, actor=actor, organisation_id=organisation_id, payload=payload
    )
