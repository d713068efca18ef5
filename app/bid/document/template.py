"""The template that a bid is printed with: its call's rules and its lead's look."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner, Proposal
from app.calls.templates.queries import look_of, rules_of
from app.documents.looks.rules import Template, applied
from app.platform.access.ids import Id
from app.platform.words.codes import PartnerRole, PartnerStatus


async def applied_to(session: AsyncSession, proposal_id: Id) -> Template:
    """The template of the bid as it is now, by its call's rules and the look of the organisation that leads it."""
    lead = (Partner.proposal_id == Proposal.id) & (Partner.role == PartnerRole.LEAD.value)
    query = (
        select(Proposal.opportunity_id, Partner.organisation_id)
        .outerjoin(Partner, lead & (Partner.status == PartnerStatus.ACCEPTED.value))
        .where(Proposal.id == proposal_id)
    )
    opportunity_id, organisation_id = (await session.execute(query)).one()
    rules, _ = await rules_of(session, opportunity_id)
    look = (await look_of(session, organisation_id))[0] if organisation_id else None
    return applied(look, rules)
