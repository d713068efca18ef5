"""What a commissioner does with the bids that it got: reads them, confirms receipt, and says what became of them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.handing_in import versions
from app.bid.handing_in.rules import Call, NotStanding, OutcomeDoesNotFit, check_outcome, stands
from app.bid.handing_in.tables import Submission
from app.bid.records.tables import Proposal
from app.calls.opportunities.tables import Opportunity, Question
from app.commissioning.inbox.feed import NOWHERE, Cursor, Mark
from app.platform.access.errors import Conflict, Fault, Invalid, NotFound
from app.platform.access.ids import Id, is_id
from app.platform.access.lifecycle import PROPOSAL, SUBMISSION, Step, after, status_at
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.web import paging
from app.platform.words.codes import OpportunityMode, ProposalStatus, RouteKind, SubmissionStatus


class AlreadyAcknowledged(Conflict):
    code = "already-acknowledged"
    title = "Receipt was confirmed before"
    explanation = "The partners have been told. There is nothing more to do until you decide."


@dataclass(frozen=True, slots=True)
class Handed:
    """A submission under lock, with what the rules need of its proposal and call."""

    submission: Submission
    proposal: Proposal
    opportunity: Opportunity
    late: bool


@dataclass(frozen=True, slots=True)
class Result:
    lot_id: Id | None
    outcome: str
    scores: list[dict[str, Any]]


def read_cursor(cursor: str | None) -> Cursor:
    """The cursor that `write_cursor` gave; 422 for anything else."""
    key = paging.decode(cursor, 6)
    if key is None:
        return Cursor()
    numbers, last = key[:5], key[5]
    fits = all(isinstance(number, int) and -1 <= number < 2**53 for number in numbers)
    if not fits or not isinstance(last, str) or not is_id(last):
        raise Invalid.at("/query/cursor", "bad-cursor", "This cursor is not one that the feed gave. Start without it.")
    until = Mark(numbers[2], numbers[3]) if numbers[2] >= 0 else None
    return Cursor(Mark(numbers[0], numbers[1]), until, numbers[4], last)


def write_cursor(cursor: Cursor) -> str:
    until = cursor.until or Mark(-1, -1)
    after_id = cursor.after_id or NOWHERE
    return paging.encode(cursor.since.xact, cursor.since.micros, until.xact, until.micros, cursor.after_xact, after_id)


async def lock(session: AsyncSession, submission_id: Id) -> Handed:
    """The submission with its proposal's row locked: an outcome and a late withdrawal never pass each other."""
    found = select(Submission.proposal_id).where(Submission.id == submission_id)
    proposal_id = (await session.execute(found)).scalar_one_or_none()
    if proposal_id is None:
        raise NotFound
    proposal = (
        await session.execute(select(Proposal).where(Proposal.id == proposal_id).with_for_update())
    ).scalar_one()
    row = (
        await session.execute(
            select(Submission, Opportunity)
            .join(Opportunity, Opportunity.id == Submission.opportunity_id)
            .where(Submission.id == submission_id)
            .execution_options(populate_existing=True)
        )
    ).one()
    if not stands(SubmissionStatus(row.Submission.status)):
        raise NotStanding
    now = await event_log.now(session)
    deadline = row.Opportunity.submission_deadline
    # A call without a deadline can be decided at any time.
    return Handed(row.Submission, proposal, row.Opportunity, deadline is None or now > deadline)


async def acknowledge(session: AsyncSession, actor: Actor, handed: Handed, reference: str | None) -> None:
    """The commissioner has the bid; the partners see it."""
    status = SubmissionStatus(handed.submission.status)
    if status is SubmissionStatus.ACKNOWLEDGED:
        raise AlreadyAcknowledged
    following = after(SUBMISSION, status, Step.ACKNOWLEDGE)
    at = datetime.now(UTC)
    await _change(session, handed, status=following.value, acknowledged_at=at)
    await _record(
        session,
        actor,
        handed,
        "submission_acknowledged",
        {"submission_id": handed.submission.id, "reference": reference},
    )


async def decide(
    session: AsyncSession, actor: Actor, handed: Handed, results: list[Result], feedback_markdown: str | None
) -> None:
    """The outcome by lot, with scores and feedback. Lots may be decided at different times; the newest word counts."""
    now = await event_log.now(session)
    lots = tuple(handed.proposal.lot_ids)
    if len(lots) == 1:
        results = [Result(r.lot_id or lots[0], r.outcome, r.scores) for r in results]
    if lots or any(r.lot_id for r in results):
        unnamed = [index for index, r in enumerate(results) if r.lot_id is None]
        if unnamed:
            detail = "This bid is for several lots: say which one each result is about."
            raise OutcomeDoesNotFit(detail, [Fault(f"/results/{unnamed[0]}/lot_id", "missing", detail)])
    elif len(results) > 1:
        detail = "The call has no lots, so there is one result."
        raise OutcomeDoesNotFit(detail, [Fault("/results/1", "named-twice", detail)])
    await _check_questions(session, handed.opportunity.id, results)
    check_outcome(lots, tuple(r.lot_id for r in results if r.lot_id), _call(handed.opportunity), now)
    # After the deadline a bid whose submission stands is closed, whatever was being written beside it.
    status = status_at(ProposalStatus(handed.proposal.status), True, handed.late)
    following = after(PROPOSAL, status, Step.OUTCOME)
    submission = after(SUBMISSION, SubmissionStatus(handed.submission.status), Step.OUTCOME)
    before = handed.submission.outcome or {"results": [], "feedback_markdown": ""}
    if feedback_markdown is None:
        feedback_markdown = before["feedback_markdown"]
    named = {r.lot_id for r in results}
    merged = [one for one in before["results"] if one["lot_id"] not in named]
    merged += [{"lot_id": r.lot_id, "outcome": r.outcome, "scores": r.scores} for r in results]
    outcome = {"results": merged, "feedback_markdown": feedback_markdown, "decided_at": now.isoformat()}
    await _change(session, handed, status=submission.value, outcome=outcome, decided_at=now)
    await session.execute(
        update(Proposal)
        .where(Proposal.id == handed.proposal.id)
        .values(status=following.value, version=Proposal.version + 1)
        .execution_options(synchronize_session=False)
    )
    await _record(
        session,
        actor,
        handed,
        "submission_decided",
        {"submission_id": handed.submission.id, "results": merged, "feedback_markdown": feedback_markdown},
    )


def _call(opportunity: Opportunity) -> Call:
    return Call(
        route=RouteKind(opportunity.submission_route.get("kind", "unknown")),
        mode=OpportunityMode(opportunity.mode),
        open_for_bids=True,
        deadline=opportunity.submission_deadline,
        time_zone=opportunity.time_zone,
    )


async def _check_questions(session: AsyncSession, opportunity_id: Id, results: list[Result]) -> None:
    asked = set((await session.execute(select(Question.id).where(Question.opportunity_id == opportunity_id))).scalars())
    for index, result in enumerate(results):
        for place, score in enumerate(result.scores):
            if score["question_id"] not in asked:
                detail = "This is not a question of the call."
                at = f"/results/{index}/scores/{place}/question_id"
                raise OutcomeDoesNotFit(detail, [Fault(at, "unknown-question", detail)])


async def _change(session: AsyncSession, handed: Handed, **values: Any) -> None:
    await session.execute(
        update(Submission)
        .where(Submission.id == handed.submission.id)
        .values(**values, **versions.changed())
        .execution_options(synchronize_session=False)
    )


async def _record(session: AsyncSession, actor: Actor, handed: Handed, type_: str, payload: dict[str, Any]) -> None:
    await event_log.record(
        session,
        "proposal",
        handed.proposal.id,
        type_,
        actor=actor,
        organisation_id=handed.opportunity.organisation_id,
        payload=payload,
    )
