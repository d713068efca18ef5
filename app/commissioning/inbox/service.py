"""What a commissioner does with the bids that it received: confirms receipt, and says what became of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in.rules import NotStanding, OutcomeDoesNotFit, check_decidable, check_lots, stands
from app.bid.handing_in.tables import Submission, mark_changed
from app.bid.records.tables import Proposal
from app.calls.opportunities.tables import Opportunity, Question
from app.platform.access.errors import Conflict, Fault, NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import PROPOSAL, SUBMISSION, Step, after, status_at
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.words.codes import LotOutcome, ProposalStatus, SubmissionStatus


class AlreadyAcknowledged(Conflict):
    code = "already-acknowledged"
    title = "Receipt was confirmed before"
    explanation = "The partners have been told. There is nothing more to do until you decide."


@dataclass(frozen=True, slots=True)
class LockedSubmission:
    """A submission with its proposal and call. The proposal's row is locked."""

    submission: Submission
    proposal: Proposal
    opportunity: Opportunity


@dataclass(frozen=True, slots=True)
class LotResult:
    """What became of the bid for one lot. `lot_id` is None where the call has no lots."""

    lot_id: Id | None
    outcome: LotOutcome
    scores: list[dict[str, Any]]


async def lock(session: AsyncSession, submission_id: Id) -> LockedSubmission:
    """Lock the submission's proposal, so that an outcome and a late withdrawal never pass each other."""
    found = select(Submission.proposal_id).where(Submission.id == submission_id)
    proposal_id = (await session.execute(found)).scalar_one_or_none()
    if proposal_id is None:
        raise NotFound
    proposal = (
        await session.execute(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    ).scalar_one()
    query = (
        select(Submission, Opportunity)
        .join(Opportunity, Opportunity.id == Submission.opportunity_id)
        .where(Submission.id == submission_id)
        .execution_options(populate_existing=True)
    )
    row = (await session.execute(query)).one()
    return LockedSubmission(row.Submission, proposal, row.Opportunity)


async def acknowledge(act: Act, locked: LockedSubmission, reference: str | None) -> None:
    """The commissioner confirms receipt, under its own reference if it gives one."""
    submission = locked.submission
    status = _standing_status(submission)
    if status is SubmissionStatus.ACKNOWLEDGED:
        raise AlreadyAcknowledged
    submission.status = after(SUBMISSION, status, Step.ACKNOWLEDGE).value
    submission.acknowledged_at = await event_log.now(act.session)
    mark_changed(submission)
    await act.record("submission_acknowledged", submission_id=submission.id, reference=reference)


async def decide(act: Act, locked: LockedSubmission, results: list[LotResult], feedback_markdown: str | None) -> None:
    """The outcome by lot, with scores and feedback. Lots may be decided at different times; a later result replaces an
    earlier one for the same lot."""
    submission, proposal, call = locked.submission, locked.proposal, locked.opportunity
    results = _by_lot(results, proposal.lot_ids)
    results = await _with_keys(act.session, call.id, results)
    check_lots(tuple(proposal.lot_ids), tuple(each.lot_id for each in results if each.lot_id))
    status = _standing_status(submission)
    now = await event_log.now(act.session)
    check_decidable(call.submission_deadline, call.time_zone, now)
    outcome = _outcome(submission.outcome, results, feedback_markdown, now)
    submission.status = after(SUBMISSION, status, Step.OUTCOME).value
    submission.outcome, submission.decided_at = outcome, now
    mark_changed(submission)
    # Whatever the partners were writing meanwhile: the bid is closed, since its submission stands.
    closed = status_at(ProposalStatus(proposal.status), submission_stands=True, deadline_passed=True)
    proposal.status = after(PROPOSAL, closed, Step.OUTCOME).value
    proposal.version += 1
    await act.record(
        "submission_decided",
        submission_id=submission.id,
        results=outcome["results"],
        feedback_markdown=outcome["feedback_markdown"],
    )


def _standing_status(submission: Submission) -> SubmissionStatus:
    """The status of a submission that stands; NotStanding for any other."""
    status = SubmissionStatus(submission.status)
    if not stands(status):
        raise NotStanding
    return status


def _by_lot(results: list[LotResult], lots: list[Id]) -> list[LotResult]:
    """The results, each with its lot: a bid for one lot need not name it, a bid for several must."""
    if len(lots) == 1:
        results = [LotResult(each.lot_id or lots[0], each.outcome, each.scores) for each in results]
    if lots or any(each.lot_id for each in results):
        unnamed = [index for index, each in enumerate(results) if each.lot_id is None]
        if unnamed:
            detail = "This bid is for several lots: say which one each result is about."
            raise OutcomeDoesNotFit(detail, [Fault(f"/results/{unnamed[0]}/lot_id", "missing", detail)])
    elif len(results) > 1:
        detail = "The call has no lots, so there is one result."
        raise OutcomeDoesNotFit(detail, [Fault("/results/1", "named-twice", detail)])
    return results


async def _with_keys(session: AsyncSession, opportunity_id: Id, results: list[LotResult]) -> list[LotResult]:
    """The results with the key of each question that they score; OutcomeDoesNotFit for a question of another call."""
    query = select(Question.id, Question.key).where(Question.opportunity_id == opportunity_id)
    asked: dict[Id, str] = {row.id: row.key for row in await session.execute(query)}
    for index, result in enumerate(results):
        for place, score in enumerate(result.scores):
            if score["question_id"] not in asked:
                detail = "This is not a question of the call."
                at = f"/results/{index}/scores/{place}/question_id"
                raise OutcomeDoesNotFit(detail, [Fault(at, "unknown-question", detail)])
    return [
        replace(each, scores=[score | {"question_key": asked[score["question_id"]]} for score in each.scores])
        for each in results
    ]


def _outcome(
    before: dict[str, Any] | None, results: list[LotResult], feedback_markdown: str | None, decided_at: datetime
) -> dict[str, Any]:
    """The whole outcome: these results, and what was said before of other lots and, without new feedback, in the feedback."""
    before = before or {"results": [], "feedback_markdown": ""}
    named = {each.lot_id for each in results}
    return {
        "results": [
            *(each for each in before["results"] if each["lot_id"] not in named),
            *({"lot_id": each.lot_id, "outcome": each.outcome.value, "scores": each.scores} for each in results),
        ],
        "feedback_markdown": before["feedback_markdown"] if feedback_markdown is None else feedback_markdown,
        "decided_at": decided_at.isoformat(),
    }
