"""When a motion can be voted on and closed, and until when an open one keeps the bid from being locked."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from app.bid.decisions.rules.ballot import ABSTAIN, FOR, ballot_of, may_vote
from app.bid.decisions.rules.carries import EDITION_MATTERS, cut_off_of
from app.bid.decisions.rules.count import count
from app.bid.value import Decision, Partner, Structure, Vote
from app.platform.access.errors import Conflict, Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.words.codes import DecisionStatus

DEFAULT_OPEN_FOR = timedelta(days=7)


class DecisionClosed(Conflict):
    code = "decision-closed"
    title = "This decision is closed"
    explanation = "Voting is over, and the outcome stands on the record. Open a new decision to change it."


class VotesOutstanding(Conflict):
    code = "votes-outstanding"
    title = "Not everybody has voted yet"
    explanation = (
        "A decision closes at its closing time, or once everybody who may vote has voted. 'errors' names who has not."
    )


class NotYoursToClose(Forbidden):
    code = "not-yours-to-close"
    title = "Before its closing time, the proposer or the facilitator closes a decision"
    explanation = "Ask the partner that opened it or the facilitator, or wait for the closing time."


def default_closing(now: datetime, submission_deadline: datetime | None) -> datetime:
    """Seven days from now, or the call's deadline where that is sooner: an open motion must not hold up the bid for ever."""
    closing = now + DEFAULT_OPEN_FOR
    if submission_deadline is not None and now < submission_deadline < closing:
        return submission_deadline
    return closing


def voting_is_over(decision: Decision, now: datetime) -> bool:
    """From the closing time on no vote counts, whether or not somebody has closed the decision yet."""
    return decision.status is not DecisionStatus.OPEN or (decision.closes_at is not None and now >= decision.closes_at)


def check_open(decision: Decision, now: datetime) -> None:
    """Raises DecisionClosed once voting is over."""
    if voting_is_over(decision, now):
        raise DecisionClosed


def outstanding(decision: Decision, partners: Sequence[Partner]) -> tuple[Partner, ...]:
    """Partners that have not voted, of those who may vote and of those outside the voters whose own yes is needed."""
    ballot = ballot_of(decision, partners)
    said = {vote.partner_id for vote in decision.votes}
    voters = {partner.id for partner in ballot.voters}
    return tuple(p for p in partners if p.id not in said and (p.id in voters or p.id in ballot.yes_needed))


def check_may_vote(decision: Decision, partner: Partner, option: str) -> None:
    """Raises Forbidden for a partner that has no vote in the decision, Invalid for an option that is not offered.

    A partner whose own yes is needed (a subcontractor offered another role) may say it, though it is no voter.
    """
    if partner.id in decision.excluded_partner_ids:
        raise Forbidden("Your organisation declared a conflict of interest in this decision, so it has no vote in it.")
    needed = partner.id in ballot_of(decision, [partner]).yes_needed
    # A cut-off comes closer while the motion is open: whoever's yes may be needed by then can say it from the start.
    concerned = partner.accepted and (needed or cut_off_of(decision) is not None)
    if not may_vote(partner) and not concerned:
        raise Forbidden("Only the lead and accepted members vote. You can comment, or raise a difficulty.")
    if option not in decision.options and option != ABSTAIN:
        offered = ", ".join(dict.fromkeys([*decision.options, ABSTAIN]))
        raise Invalid.at("/option", "unknown-option", f"The options are: {offered}.")


def check_may_close(decision: Decision, now: datetime, is_proposer_or_facilitator: bool) -> None:
    """Raises NotYoursToClose before the closing time, unless the proposer or the facilitator asks."""
    if not voting_is_over(decision, now) and not is_proposer_or_facilitator:
        raise NotYoursToClose


def check_can_close(decision: Decision, partners: Sequence[Partner], now: datetime) -> None:
    """Raises DecisionClosed where it was closed before, and VotesOutstanding before the closing time until all voted."""
    if decision.status is not DecisionStatus.OPEN:
        raise DecisionClosed
    if voting_is_over(decision, now):
        return
    waiting = outstanding(decision, partners)
    if waiting:
        names = ", ".join(partner.name for partner in waiting)
        raise VotesOutstanding(
            f"Still to vote: {names}. Ask them to vote, or wait for the closing time.",
            [Fault("/votes", "vote-missing", f"{p.name} has not voted.", p.organisation_id) for p in waiting],
        )


def still_blocks(decision: Decision, structure: Structure, partners: Sequence[Partner]) -> bool:
    """Whether an open motion keeps the bid from being locked: it is on a matter of the edition and can still pass.

    It cannot pass any more where it would fail even if every partner that has not voted said yes. So nobody can hold up
    the bid by leaving a lost motion open.
    """
    if decision.status is not DecisionStatus.OPEN:
        return False
    if not EDITION_MATTERS & {decision.matter, *decision.touches}:
        return False
    hoped_for = decision.options[0] if FOR not in decision.options else FOR
    hopeful = tuple(Vote(partner.id, hoped_for) for partner in outstanding(decision, partners))
    if len(set(decision.options) - {ABSTAIN}) > 2:
        return True
    return count(_with_votes(decision, hopeful), structure, partners).passed


def _with_votes(decision: Decision, more: tuple[Vote, ...]) -> Decision:
    return replace(decision, votes=(*decision.votes, *more))


def proxy_holds(decision: Decision, grantor_id: Id) -> bool:
    """Whether a proxy counts in this decision. In one that is about the grantor nobody else votes for the grantor."""
    return grantor_id not in decision.concerned_partner_ids
