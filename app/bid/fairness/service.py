"""The verbs of fairness checks: look at them as one reader, answer one, agree to show one to the commissioner."""

import asyncio

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.fairness import rules as fairness
from app.bid.fairness.schemas import AnswerOut, CheckOut
from app.bid.fairness.tables import FairnessAnswer, FairnessShare
from app.bid.records import whole_proposal
from app.bid.value import Proposal
from app.bid.value.honesty import has_filed
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Standing
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import FairnessCode


def _reader(standing: Standing, proposal: Proposal) -> fairness.CheckReader:
    """The others' declarations are closed before the reveal, and to a partner that joined later and has not filed."""
    seats = frozenset(side.seat_id for side in standing.seats(Relation.PARTNER) if side.seat_id)
    filed = all(has_filed(partner) for partner in proposal.partners if partner.id in seats)
    helps = bool(standing.seats(Relation.FACILITATOR))
    return fairness.CheckReader(seats, is_facilitator=helps, sees_others=proposal.revealed and filed)


async def checks(
    session: AsyncSession, proposal_id: Id, standing: Standing, thresholds: fairness.Thresholds
) -> list[CheckOut]:
    """Every check as this reader may see it, with the partners' answers."""
    proposal = await whole_proposal.load(session, proposal_id)
    run = await asyncio.to_thread(fairness.run_checks, proposal, thresholds)
    found = fairness.shown_to(run, _reader(standing, proposal))
    answers: dict[str, list[AnswerOut]] = {}
    for row in await session.scalars(
        select(FairnessAnswer).where(FairnessAnswer.proposal_id == proposal_id).order_by(FairnessAnswer.id)
    ):
        if row.answer_markdown.strip():
            answers.setdefault(row.code, []).append(AnswerOut.model_validate(row))
    agreements = await session.scalars(select(FairnessShare).where(FairnessShare.proposal_id == proposal_id))
    shared = {row.code for row in agreements if all_agree(proposal, row)}
    return [CheckOut.of(finding, answers.get(finding.code, []), finding.code in shared) for finding in found]


def all_agree(proposal: Proposal, share: FairnessShare) -> bool:
    """Whether every accepted partner agrees to show this check to the commissioner."""
    return {partner.id for partner in proposal.accepted} <= set(share.agreed_by)


async def answer_of(
    session: AsyncSession, proposal_id: Id, code: FairnessCode, partner_id: Id | None
) -> FairnessAnswer | None:
    query = select(FairnessAnswer).where(
        FairnessAnswer.proposal_id == proposal_id,
        FairnessAnswer.code == code,
        FairnessAnswer.partner_id == partner_id,
    )
    return (await session.execute(query)).scalar_one_or_none()


async def answer(act: Act, code: FairnessCode, row: FairnessAnswer | None, markdown: str) -> FairnessAnswer:
    """Store the partner's own words on a check; `row` is its answer so far. The event log keeps what it said before."""
    if row is None:
        row = FairnessAnswer(id=new_id(), proposal_id=act.stream_id, partner_id=act.seat_id, code=code.value, version=0)
        act.session.add(row)
    row.answer_markdown, row.version = markdown, row.version + 1
    row.person_id = act.actor.person_id if act.actor else None
    await act.record("fairness_check_answered", partner_id=act.seat_id, code=code.value, answer_markdown=markdown)
    return row


async def share(act: Act, code: FairnessCode, agree: bool) -> tuple[FairnessShare, bool]:
    """Agree, or no longer agree, to show a check to the commissioner. Answers also whether it is shown now."""
    query = select(FairnessShare).where(FairnessShare.proposal_id == act.stream_id, FairnessShare.code == code)
    row = (await act.session.execute(query)).scalar_one_or_none()
    if row is None:
        row = FairnessShare(id=new_id(), proposal_id=act.stream_id, code=code.value, agreed_by=[], version=0)
        act.session.add(row)
    others = [partner_id for partner_id in row.agreed_by if partner_id != act.seat_id]
    row.agreed_by, row.version = ([*others, act.seat_id or ""] if agree else others), row.version + 1
    type_ = "fairness_check_opened" if agree else "fairness_check_kept"
    await act.record(type_, partner_id=act.seat_id, code=code.value)
    return row, all_agree(await whole_proposal.load(act.session, act.stream_id), row)
