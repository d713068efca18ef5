"""Document templates as the domain's values: an organisation's, a call's, and the one that a bid is printed with."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner, Proposal
from app.calls.templates.tables import DocumentTemplate
from app.documents.looks.rules import CallRules, Look, Template, applied, stored_look, stored_rules
from app.platform.access.ids import Id
from app.platform.words.codes import PartnerRole


def logo_key(sha256: str) -> str:
    """Where a logo's bytes lie in the file store: never changed, never deleted, since editions name them."""
    return f"logos/{sha256}"


async def look_of(session: AsyncSession, organisation_id: Id) -> tuple[Look | None, int]:
    """An organisation's look with its version: (None, 0) before there was one."""
    data, version = await _find(session, DocumentTemplate.organisation_id == organisation_id)
    return (None if data is None else stored_look(data)), version


async def rules_of(session: AsyncSession, opportunity_id: Id) -> tuple[CallRules | None, int]:
    """A call's rules likewise."""
    data, version = await _find(session, DocumentTemplate.opportunity_id == opportunity_id)
    return (None if data is None else stored_rules(data)), version


async def _find(session: AsyncSession, which: Any) -> tuple[dict[str, Any] | None, int]:
    query = select(DocumentTemplate.data, DocumentTemplate.version).where(which)
    found = (await session.execute(query)).first()
    return (None, 0) if found is None else (found.data, found.version)


async def applied_to(session: AsyncSession, proposal_id: Id) -> Template:
    """What this bid is printed with now: its call's rules, and the look of whoever leads it."""
    lead = (Partner.proposal_id == Proposal.id) & (Partner.role == PartnerRole.LEAD.value)
    query = (
        select(Proposal.opportunity_id, Partner.organisation_id)
        .outerjoin(Partner, lead & (Partner.status == "accepted"))
        .where(Proposal.id == proposal_id)
    )
    opportunity_id, organisation_id = (await session.execute(query)).one()
    rules, _ = await rules_of(session, opportunity_id)
    look = (await look_of(session, organisation_id))[0] if organisation_id else None
    return applied(look, rules)
