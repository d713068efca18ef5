"""The sections that a call gives a bid: when it is started, when a member joins, and when the call is amended."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records import terms
from app.bid.records.tables import Partner, Proposal
from app.bid.text.rules.call_sections import PlannedSection, SectionChanges, SectionNow, compare, for_question, plan
from app.bid.text.tables import Section
from app.bid.value import Limit
from app.platform.access.ids import Id
from app.platform.db.base import new_id
from app.platform.words.codes import LimitUnit, PartnerRole, PartnerStatus


async def make_sections(session: AsyncSession, proposal: Proposal, lead_id: Id) -> None:
    """Makes the sections of a bid that has only its lead yet."""
    call = await terms.load(session, proposal.id)
    await _add(session, proposal.id, plan(call.questions, call.required_sections, proposal.lot_ids, [lead_id]))


async def make_member_sections(session: AsyncSession, proposal: Proposal, partner_id: Id) -> None:
    """Makes the sections that each member answers separately, for a partner who joins."""
    query = select(Section.question_id, func.min(Section.position)).where(Section.proposal_id == proposal.id)
    positions = {row[0]: row[1] for row in await session.execute(query.group_by(Section.question_id))}
    call = await terms.load(session, proposal.id)
    asked = [question for question in call.questions if question.per_member and question.id in positions]
    await _add(session, proposal.id, [for_question(each, partner_id, positions[each.id]) for each in asked])


async def follow_call(session: AsyncSession, proposal_id: Id) -> SectionChanges:
    """Changes a bid's sections to what its call asks now. Every text stays as it is."""
    lot_ids = (await session.execute(select(Proposal.lot_ids).where(Proposal.id == proposal_id))).scalar_one()
    members = select(Partner.id).where(
        Partner.proposal_id == proposal_id,
        Partner.status == PartnerStatus.ACCEPTED.value,
        Partner.role.in_((PartnerRole.LEAD.value, PartnerRole.MEMBER.value)),
    )
    member_ids = (await session.execute(members.order_by(Partner.id))).scalars().all()
    call = await terms.load(session, proposal_id)
    sections = (await session.execute(select(Section).where(Section.proposal_id == proposal_id))).scalars().all()
    planned = plan(call.questions, call.required_sections, lot_ids, member_ids)
    changes = compare([_now(section) for section in sections], planned)
    by_id = {section.id: section for section in sections}
    for section_id, wanted in changes.changed:
        _set(by_id[section_id], wanted)
        by_id[section_id].version += 1
    for section_id, position in changes.moved:
        by_id[section_id].position = position
    for section_id in changes.no_longer_asked:
        by_id[section_id].required = False
        by_id[section_id].version += 1
    await _add(session, proposal_id, changes.added)
    return changes


async def _add(session: AsyncSession, proposal_id: Id, planned: Iterable[PlannedSection]) -> None:
    for wanted in planned:
        section = Section(
            id=new_id(),
            proposal_id=proposal_id,
            key=wanted.key,
            question_id=wanted.question_id,
            partner_id=wanted.partner_id,
        )
        _set(section, wanted)
        session.add(section)
    await session.flush()


def _set(section: Section, wanted: PlannedSection) -> None:
    section.title, section.position, section.required = wanted.title, wanted.position, wanted.required
    section.lot_id = wanted.lot_id
    section.limit_unit = wanted.limit.unit.value if wanted.limit else None
    section.limit_value = wanted.limit.value if wanted.limit else None


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
        limit=Limit(LimitUnit(row.limit_unit), row.limit_value) if row.limit_unit and row.limit_value else None,
    )
