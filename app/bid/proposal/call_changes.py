"""What an amendment of a call changes in the bids for it: sections follow, signed versions are void, each log says so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in import consequences
from app.bid.records.tables import Partner, Proposal
from app.bid.text.rules.call_sections import PlannedSection, SectionChanges, SectionNow, compare, plan
from app.bid.text.tables import Section
from app.bid.value import Limit
from app.calls.opportunities import stored
from app.calls.opportunities.rules import Change
from app.calls.opportunities.tables import Opportunity
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import LimitUnit, PartnerRole, PartnerStatus, ProposalStatus

OVER = (ProposalStatus.DISSOLVED.value, ProposalStatus.DECIDED.value)


async def follow_amendment(
    session: AsyncSession, _actor: Actor | None, call: Opportunity, number: int, change: Change
) -> None:
    """Carry an amendment to every bid: its sections follow, versions made before are void, and its log says so."""
    if change.voids_editions:
        await consequences.call_amended(session, call.id, number)
    payload = {"amendment": number, "fields": list(change.fields), "voids_editions": change.voids_editions}
    for proposal_id in await _bids(session, call.id):
        of_this_bid: dict[str, Any] = dict(payload)
        if change.voids_editions and (followed := await follow_call(session, proposal_id, call)).any:
            of_this_bid["sections"] = _payload(followed)
        await Act(session, None, "proposal", proposal_id).record("call_amended", **of_this_bid)


async def record_in_bids(session: AsyncSession, opportunity_id: Id, event: str, payload: dict[str, Any]) -> None:
    """Record an event in the log of every bid that is not over."""
    for proposal_id in await _bids(session, opportunity_id):
        await Act(session, None, "proposal", proposal_id).record(event, **payload)


async def _bids(session: AsyncSession, opportunity_id: Id) -> Sequence[Id]:
    """The bids for this call that are not over, locked."""
    query = select(Proposal.id).where(Proposal.opportunity_id == opportunity_id, Proposal.status.not_in(OVER))
    return (await session.execute(query.order_by(Proposal.id).with_for_update())).scalars().all()


async def follow_call(session: AsyncSession, proposal_id: Id, row: Opportunity) -> SectionChanges:
    """Change a bid's sections to what its call asks now. Every text stays as it is."""
    lot_ids = (await session.execute(select(Proposal.lot_ids).where(Proposal.id == proposal_id))).scalar_one()
    members = select(Partner.id).where(
        Partner.proposal_id == proposal_id,
        Partner.status == PartnerStatus.ACCEPTED.value,
        Partner.role.in_((PartnerRole.LEAD.value, PartnerRole.MEMBER.value)),
    )
    planned = plan(
        (await stored.load(session, row.id)).questions,
        row.required_sections,
        lot_ids,
        (await session.execute(members.order_by(Partner.id))).scalars().all(),
    )
    sections = (await session.execute(select(Section).where(Section.proposal_id == proposal_id))).scalars().all()
    changes = compare([_now(section) for section in sections], planned)
    by_id = {section.id: section for section in sections}
    for section_id, wanted in changes.changed:
        _set(by_id[section_id], wanted)
    for section_id, position in changes.moved:
        by_id[section_id].position = position
    for wanted in changes.added:
        section = Section(id=new_id(), proposal_id=proposal_id, key=wanted.key, partner_id=wanted.partner_id)
        section.question_id = wanted.question_id
        _set(section, wanted)
        session.add(section)
    for section_id in changes.no_longer_asked:
        by_id[section_id].required = False
        by_id[section_id].version += 1
    await session.flush()
    return changes


def _set(section: Section, wanted: PlannedSection) -> None:
    section.title, section.position, section.required = wanted.title, wanted.position, wanted.required
    section.lot_id = wanted.lot_id
    section.limit_unit = wanted.limit.unit.value if wanted.limit else None
    section.limit_value = wanted.limit.value if wanted.limit else None
    section.version = (section.version or 0) + 1


def _limit(unit: str | None, value: int | None) -> Limit | None:
    return Limit(LimitUnit(unit), value) if unit is not None and value is not None else None


def _now(row: Section) -> SectionNow:
    return SectionNow(
        id=row.id,
        key=row.key,
        title=row.title,
        position=row.position,
        required=row.required,
        question_id=row.question_id,
        lot_id=row.lot_id,
        partner_id=row.partner_id,
        limit=_limit(row.limit_unit, row.limit_value),
    )


def _payload(changes: SectionChanges) -> dict[str, Any]:
    return {
        "added": [section.key for section in changes.added],
        "changed": [section_id for section_id, _ in changes.changed],
        "no_longer_asked": list(changes.no_longer_asked),
    }
