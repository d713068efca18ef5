"""Loads about bids that several capabilities need: the opportunity, other bids for the same lots, sections."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Partner, Proposal
from app.bid.text.rules.call_sections import title_of
from app.bid.text.tables import Section
from app.calls.opportunities.tables import Lot, Opportunity, Question
from app.people.accounts.tables import Person
from app.people.organisations.tables import Membership
from app.platform.access.ids import Id
from app.platform.db.base import new_id
from app.platform.words.codes import MemberRole, StandardSection
from app.platform.words.vocabularies import label


async def opportunity(session: AsyncSession, opportunity_id: Id, own: Sequence[Id]) -> Opportunity | None:
    """One that this reader may see: published (or later), or its own draft."""
    query = select(Opportunity).where(
        Opportunity.id == opportunity_id, or_(Opportunity.status != "draft", Opportunity.organisation_id.in_(own))
    )
    return (await session.execute(query)).scalar_one_or_none()


async def is_open(session: AsyncSession, opportunity_id: Id) -> bool:
    """Published, and not past its deadline by the database's clock."""
    deadline = Opportunity.submission_deadline
    query = select(Opportunity.id).where(
        Opportunity.id == opportunity_id,
        Opportunity.status == "published",
        or_(deadline.is_(None), deadline >= func.clock_timestamp()),
    )
    return (await session.execute(query)).first() is not None


async def lots_of(session: AsyncSession, opportunity_id: Id) -> list[Lot]:
    query = (
        select(Lot).where(Lot.opportunity_id == opportunity_id, Lot.removed_at.is_(None)).order_by(Lot.position, Lot.id)
    )
    return list((await session.execute(query)).scalars())


async def other_seats(
    session: AsyncSession, organisation_id: Id, proposal_id: Id | None, opportunity_id: Id, lot_ids: Sequence[Id]
) -> list[Partner]:
    """The organisation's accepted seats in other living bids for one of these lots (or the same undivided call).

    Serialised per organisation, so that two acceptances at the same moment see each other.
    """
    number = int(organisation_id.replace("-", "")[-15:], 16)
    await session.execute(select(func.pg_advisory_xact_lock(number)))
    query = (
        select(Partner)
        .join(Proposal, Proposal.id == Partner.proposal_id)
        .where(
            Partner.organisation_id == organisation_id,
            Partner.status == "accepted",
            Proposal.opportunity_id == opportunity_id,
            Proposal.status != "dissolved",
            or_(func.cardinality(Proposal.lot_ids) == 0, Proposal.lot_ids.overlap(list(lot_ids)), literal(not lot_ids)),
        )
        .order_by(Partner.id)
    )
    if proposal_id is not None:
        query = query.where(Proposal.id != proposal_id)
    return list((await session.execute(query)).scalars())


async def binders_mails(session: AsyncSession, organisation_id: Id) -> list[tuple[str, str]]:
    """(address, language) of the people who can answer for an organisation: its admins and signatories."""
    query = (
        select(Person.email, Person.language)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.roles.overlap([MemberRole.ADMIN.value, MemberRole.SIGNATORY.value]),
            Person.email.is_not(None),
        )
        .order_by(Person.id)
    )
    return [(row.email, row.language) for row in await session.execute(query)]


async def make_sections(session: AsyncSession, proposal: Proposal, partner_ids: Sequence[Id], lead_id: Id) -> None:
    """Sections from the call's questions and the standard parts. A question per member gives each its own."""
    call = await session.get_one(Opportunity, proposal.opportunity_id)
    rows = await session.execute(
        select(Question)
        .where(Question.opportunity_id == call.id, Question.removed_at.is_(None))
        .order_by(Question.position, Question.id)
    )
    wanted: list[dict[str, Any]] = []
    for question in rows.scalars():
        if question.lot_id and proposal.lot_ids and question.lot_id not in proposal.lot_ids:
            continue
        for partner_id in partner_ids if question.per_member else [None]:
            wanted.append(_from_question(question, partner_id))
    required = {*call.required_sections, StandardSection.EXIT_AND_SUSTAINABILITY.value}
    for part in StandardSection:
        wanted.append(
            {"key": part.value, "title": label("standard_section", part.value), "required": part.value in required}
        )
    session.add_all(
        Section(id=new_id(), proposal_id=proposal.id, position=position, **fields)
        for position, fields in enumerate(wanted)
    )
    await session.flush()


async def make_member_sections(session: AsyncSession, proposal: Proposal, partner_id: Id) -> None:
    """The sections that each member answers for itself, for somebody who joins."""
    rows = await session.execute(
        select(Question, func.min(Section.position))
        .join(Section, (Section.question_id == Question.id) & (Section.proposal_id == proposal.id))
        .where(Question.per_member, Question.removed_at.is_(None))
        .group_by(Question.id)
    )
    for question, position in rows:
        session.add(
            Section(id=new_id(), proposal_id=proposal.id, position=position, **_from_question(question, partner_id))
        )
    await session.flush()


def _from_question(question: Question, partner_id: Id | None) -> dict[str, Any]:
    return {
        "key": question.key,
        "title": title_of(question.prompt_markdown, question.key),
        "question_id": question.id,
        "lot_id": question.lot_id,
        "partner_id": partner_id,
        "required": question.required,
        "limit_unit": question.limit_unit,
        "limit_value": question.limit_value,
    }
