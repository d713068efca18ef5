"""Opening a motion: what it is on, what it carries, whom it is about, and until when it is open."""

import json
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.bid.decisions import carrying, rules
from app.bid.decisions.schemas import DecisionIn
from app.bid.decisions.tables import Decision
from app.bid.records import whole_proposal
from app.bid.value import Proposal
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import DecisionStatus, Matter

LARGEST_BODY = 200_000
"""Characters of JSON: a structure with its terms in full is far smaller."""
LONGEST_OPEN = timedelta(days=30)
OPEN_AT_ONCE = 30
"""Open motions of one partner: enough for any meeting, too few to bury the other partners in motions."""


class TooManyOpen(Conflict):
    code = "too-many-open-decisions"
    title = "Your organisation has many open decisions already"
    explanation = "Let some of them be decided first, then open the next."


async def prepare(act: Act, wanted: DecisionIn) -> Decision:
    """The motion as it would be recorded. Raises Invalid where it makes no sense, and whatever its request is refused for."""
    proposal = await whole_proposal.load(act.session, act.stream_id)
    carried = _carried(proposal, wanted)
    matter = carried.matter if carried else wanted.matter or Matter.OTHER
    rule = proposal.structure.decision_rule
    # A motion that would correct the deadline is not closed by it.
    corrects = carried is not None and carried.verb is rules.Verb.FOLLOW_NOTICE
    deadline = None if corrects else proposal.opportunity.submission_deadline
    motion = Decision(
        id=new_id(),
        proposal_id=proposal.id,
        proposer_partner_id=act.seat_id,
        proposer_person_id=act.actor.person_id if act.actor else None,
        title=wanted.title,
        detail_markdown=wanted.detail_markdown,
        matter=matter.value,
        touches=[],
        options=_options(wanted, proposal, matter, carried),
        closes_at=_closing(wanted, await event_log.now(act.session), deadline),
        rule=rule.value if rule else None,
        concerned_partner_ids=[],
    )
    if carried:
        motion.carries = {"method": carried.method, "path": carried.path, "body": dict(carried.body)}
        motion.concerned_partner_ids = _concerned(proposal, carried, act.seat_id)
        if after := await carrying.try_out(act, carried):
            motion.touches = list(rules.matters_touched_by_structure(proposal.structure, after, carried.matter))
    return motion


async def open_decision(act: Act, motion: Decision) -> Id:
    """Open a motion that was prepared, for the partner that acts."""
    await _check_not_flooding(act)
    act.session.add(motion)
    await act.record(
        "decision_opened",
        decision_id=motion.id,
        partner_id=act.seat_id,
        title=motion.title,
        matter=motion.matter,
        touches=motion.touches,
        options=motion.options,
        closes_at=motion.closes_at.isoformat() if motion.closes_at else None,
        carries=motion.carries,
    )
    return motion.id


async def _check_not_flooding(act: Act) -> None:
    query = select(func.count()).where(
        Decision.proposal_id == act.stream_id,
        Decision.proposer_partner_id == act.seat_id,
        Decision.status == DecisionStatus.OPEN,
    )
    if (await act.session.execute(query)).scalar_one() >= OPEN_AT_ONCE:
        raise TooManyOpen


def _carried(proposal: Proposal, wanted: DecisionIn) -> rules.Carried | None:
    if wanted.carries is None:
        return None
    request = wanted.carries
    carried = rules.read_carries(proposal.id, request.method, request.path, request.body, wanted.matter)
    if carrying.find(carried.method, carried.path) is None:
        unknown = rules.CarriesNothingKnown
        raise unknown.at("/carries/path", unknown.code, unknown.explanation)
    if len(json.dumps(carried.body)) > LARGEST_BODY:
        raise Invalid.at("/carries/body", "too-large", "This is too much for one decision. Split it.")
    return carried


def _options(wanted: DecisionIn, proposal: Proposal, matter: Matter, carried: rules.Carried | None) -> list[str]:
    """What can be voted for. A motion that carries something out, or is on a reserved matter, is voted for or against,
    so that a veto can be cast."""
    options = list(wanted.options or rules.MOTION)
    if len(set(options)) != len(options):
        raise Invalid.at("/options", "named-twice", "Name each option once.")
    named = [option for option in options if option != rules.ABSTAIN]
    if set(named) == set(rules.MOTION):
        return list(rules.MOTION)
    if len(named) < 2:
        raise Invalid.at("/options", "too-few", "Name at least two options; abstaining is always possible besides.")
    if carried or matter in proposal.structure.reserved_matters:
        raise Invalid.at(
            "/options",
            "needs-for-and-against",
            "What is carried out, and what is on a reserved matter, is voted 'for' or 'against', so that everybody can "
            "object. Leave the options out.",
        )
    return named


def _closing(wanted: DecisionIn, now: datetime, deadline: datetime | None) -> datetime:
    if wanted.closes_at is None:
        return rules.default_closing(now, deadline)
    if wanted.closes_at <= now:
        raise Invalid.at("/closes_at", "in-the-past", "Name a closing time that is still ahead.")
    if wanted.closes_at > now + LONGEST_OPEN:
        raise Invalid.at("/closes_at", "too-far-ahead", "A decision is open for 30 days at most. Name an earlier time.")
    return wanted.closes_at


def _concerned(proposal: Proposal, carried: rules.Carried, mover_id: Id | None) -> list[Id]:
    """The partners that the request is about. Each must be in the bid, or the request could never be carried out."""
    if carried.verb in (rules.Verb.CHANGE_BUDGET_LINE, rules.Verb.DELETE_BUDGET_LINE):
        partner_ids = {
            line.partner_id
            for line in proposal.budget_lines
            if line.id == carried.target_id and (line.revealed or line.partner_id == mover_id)
        }
        if not partner_ids:
            raise Invalid.at("/carries/path", "unknown-budget-line", "There is no such budget line in this proposal.")
        partner_ids |= _named(carried)
    elif carried.verb is rules.Verb.ADD_BUDGET_LINE:
        partner_ids = _named(carried) or {mover_id or ""}
    elif carried.verb is rules.Verb.END_FACILITATION:
        partner_ids = set()  # its id is a facilitator's
    else:
        partner_ids = {carried.target_id} if carried.target_id else set()
    if partner_ids - {partner.id for partner in proposal.accepted}:
        raise Invalid.at("/carries/path", "unknown-partner", "That is not an accepted partner of this proposal.")
    return sorted(partner_ids)


def _named(carried: rules.Carried) -> set[Id]:
    partner_id = carried.body.get("partner_id")
    return {partner_id.lower()} if isinstance(partner_id, str) else set()
