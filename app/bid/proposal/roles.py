"""Another lead, or another role for a partner: what a decision on it carries out, by the state that it meets."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import partners
from app.bid.records.tables import Partner, Proposal
from app.bid.text import from_call
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.lifecycle import StepNotPossible
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.words.codes import PartnerRole, PartnerStatus

CORE = (PartnerRole.LEAD.value, PartnerRole.MEMBER.value)


class LeadStays(Conflict):
    code = "already-lead"
    title = "This partner is the lead already"
    explanation = "Name an accepted member to become the lead."


class NotAMember(Conflict):
    code = "not-a-member"
    title = "Only an accepted member can become the lead"
    explanation = "It must be a partner that has accepted, in the role of a member."


def check_not_lead(*roles: PartnerRole) -> None:
    if PartnerRole.LEAD in roles:
        raise Invalid.at("/role", "not-as-lead", "The lead changes by a decision of its own (POST …/lead).")


async def replace_lead(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """Make a member the lead. The roles change together, and authorities for the old lead lapse."""
    partner = await partners.locked(session, proposal_id, str(body["partner_id"]))
    if partner.status != PartnerStatus.ACCEPTED.value or partner.role not in CORE:
        raise NotAMember
    if partner.role == PartnerRole.LEAD.value:
        raise LeadStays
    before_id = await partners.lead_id(session, proposal_id)
    if before_id is not None:
        before = await partners.locked(session, proposal_id, before_id)
        before.role, before.version = PartnerRole.MEMBER.value, before.version + 1
        await session.flush()  # there is never more than one lead, by a unique index
    partner.role, partner.version = PartnerRole.LEAD.value, partner.version + 1
    # One statement for all partners that gave one.
    await session.execute(
        update(Partner)
        .where(Partner.proposal_id == proposal_id, Partner.authority.is_not(None))
        .values(authority=None, version=Partner.version + 1)
    )
    act = Act(session, actor, "proposal", proposal_id, for_organisation=partner.organisation_id)
    await act.record("lead_changed", partner_id=partner.id, before_partner_id=before_id)


async def change_role(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """Give an accepted partner another role than that of the lead."""
    partner = await partners.locked(session, proposal_id, path["partner_id"])
    role = PartnerRole(body["role"])
    if partner.status != PartnerStatus.ACCEPTED.value:
        raise StepNotPossible("Only the role of an accepted partner can be changed.")
    check_not_lead(role, PartnerRole(partner.role))
    before = partner.role
    partner.role = role.value
    partner.main_contractor_id = None
    if role is PartnerRole.SUBCONTRACTOR:
        wanted = str(body["main_contractor_id"]) if body.get("main_contractor_id") else None
        partner.main_contractor_id = await partners.main_contractor(
            session, proposal_id, wanted, of_partner_id=partner.id
        )
    partner.version += 1
    await session.flush()
    if role is PartnerRole.MEMBER:
        proposal = await session.get_one(Proposal, proposal_id)
        await from_call.make_member_sections(session, proposal, partner.id)
    act = Act(session, actor, "proposal", proposal_id, for_organisation=partner.organisation_id)
    await act.record("partner_role_changed", partner_id=partner.id, before=before, after=partner.role)
