"""Sections made from a call: when a bid is started, and when a member joins."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Proposal
from app.bid.text.rules.call_sections import title_of
from app.bid.text.tables import Section
from app.calls.opportunities.tables import Opportunity, Question
from app.platform.access.ids import Id
from app.platform.db.base import new_id
from app.platform.words.codes import StandardSection
from app.platform.words.vocabularies import label


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
