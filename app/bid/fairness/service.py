"""Running the checks for a reader, keeping partners' answers, and opening a check to the commissioner."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.fairness import rules as fairness
from app.bid.fairness.schemas import AnswerOut, CheckOut, EvidenceOut
from app.bid.fairness.tables import FairnessAnswer, FairnessShare
from app.bid.fairness.thresholds import thresholds
from app.bid.records import whole_proposal as picture
from app.bid.value import Proposal
from app.bid.value.honesty import has_filed
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import FairnessCode


def reader(here: Context, proposal: Proposal) -> fairness.CheckReader:
    """Before the reveal, and for a partner that joined later and has not filed, the others' declarations are closed."""
    seats = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER) if side.seat_id)
    own = [partner for partner in proposal.partners if partner.id in seats]
    sees_others = proposal.revealed and all(has_filed(partner) for partner in own)
    helps = bool(here.standing.seats(Relation.FACILITATOR))
    return fairness.CheckReader(seats, is_facilitator=helps, sees_others=sees_others)


async def checks(here: Context) -> list[CheckOut]:
    """Every check as this reader may see it, with the partners' answers."""
    proposal = await picture.load(here.session, here.proposal_id)
    found = fairness.shown_to(fairness.run_checks(proposal, thresholds(here.settings)), reader(here, proposal))
    answers: dict[str, list[AnswerOut]] = {}
    for row in await _answers(here.session, here.proposal_id):
        if row.answer_markdown.strip():
            answers.setdefault(row.code, []).append(AnswerOut.model_validate(row))
    shared = {row.code for row in await _shares(here.session, here.proposal_id) if all_agree(proposal, row)}
    return [_out(finding, answers.get(finding.code, []), finding.code in shared) for finding in found]


def _out(finding: fairness.Finding, answers: list[AnswerOut], shared: bool) -> CheckOut:
    figures = {**finding.figures, **finding.private_figures}
    about = [a for a in answers if finding.partner_id is None or a.partner_id == finding.partner_id]
    return CheckOut(
        code=finding.code,
        state=finding.state,
        detail=finding.sentence,
        mend=finding.mend,
        figures=figures or None,
        partner_id=finding.partner_id,
        evidence=[EvidenceOut(pointer=each.pointer, label=each.label) for each in finding.evidence],
        answers=about,
        shown_to_commissioner=shared,
    )


def all_agree(proposal: Proposal, share: FairnessShare | None) -> bool:
    return share is not None and {partner.id for partner in proposal.accepted} <= set(share.agreed_by)


async def _answers(session: AsyncSession, proposal_id: Id) -> list[FairnessAnswer]:
    query = select(FairnessAnswer).where(FairnessAnswer.proposal_id == proposal_id).order_by(FairnessAnswer.id)
    return list((await session.execute(query)).scalars())


async def _shares(session: AsyncSession, proposal_id: Id) -> list[FairnessShare]:
    query = select(FairnessShare).where(FairnessShare.proposal_id == proposal_id)
    return list((await session.execute(query)).scalars())


async def answer_of(session: AsyncSession, proposal_id: Id, code: str, partner_id: Id) -> FairnessAnswer | None:
    query = select(FairnessAnswer).where(
        FairnessAnswer.proposal_id == proposal_id,
        FairnessAnswer.code == code,
        FairnessAnswer.partner_id == partner_id,
    )
    return (await session.execute(query.with_for_update())).scalar_one_or_none()


async def answer(
    here: Context, side: Side, code: FairnessCode, row: FairnessAnswer | None, markdown: str
) -> FairnessAnswer:
    """A partner's own words beside a finding. What was said before is in the event log."""
    if row is None:
        row = FairnessAnswer(
            id=new_id(), proposal_id=here.proposal_id, partner_id=side.seat_id, code=code.value, version=0
        )
        here.session.add(row)
    row.answer_markdown, row.person_id, row.version = markdown, here.person.person_id, row.version + 1
    await here.session.flush()
    await _log(here, side, "fairness_check_answered", {"code": code.value, "answer_markdown": markdown})
    return row


async def share(here: Context, side: Side, code: FairnessCode, agree: bool) -> tuple[FairnessShare, bool]:
    """A check enters what the commissioner gets only while every accepted partner agrees."""
    query = select(FairnessShare).where(FairnessShare.proposal_id == here.proposal_id, FairnessShare.code == code.value)
    row = (await here.session.execute(query.with_for_update())).scalar_one_or_none()
    if row is None:
        row = FairnessShare(id=new_id(), proposal_id=here.proposal_id, code=code.value, agreed_by=[], version=0)
        here.session.add(row)
    others = [partner_id for partner_id in row.agreed_by if partner_id != side.seat_id]
    row.agreed_by, row.version = ([*others, side.seat_id or ""] if agree else others), row.version + 1
    await here.session.flush()
    await _log(here, side, "fairness_check_opened" if agree else "fairness_check_kept", {"code": code.value})
    return row, all_agree(await picture.load(here.session, here.proposal_id), row)


async def _log(here: Context, side: Side, type_: str, payload: dict[str, str]) -> None:
    await event_log.record(
        here.session,
        "proposal",
        here.proposal_id,
        type_,
        actor=here.person,
        organisation_id=side.organisation_id,
        payload={"partner_id": side.seat_id, **payload},
    )
