"""The verbs of an open decision: vote, declare a conflict of interest, close."""

from dataclasses import replace

from sqlalchemy.dialects.postgresql import insert

from app.bid import value as bid
from app.bid.decisions import proxies, rules
from app.bid.decisions.carrying import carry_out, try_out
from app.bid.decisions.queries import Decisions
from app.bid.decisions.schemas import CountOut
from app.bid.decisions.tables import ConflictDeclaration, Decision, Vote
from app.platform.access.errors import Conflict, Invalid, Refusal
from app.platform.access.ids import Id
from app.platform.access.lifecycle import DECISION, Step, after
from app.platform.access.rules import Relation
from app.platform.db.act import Act
from app.platform.db.base import new_id
from app.platform.words.codes import DecisionStatus


class Conflicted(Conflict):
    code = "conflict-declared-already"
    title = "Your organisation has declared its conflict of interest already"
    explanation = "It has no vote in this decision. Nothing more is needed."


async def prepare_vote(act: Act, decisions: Decisions, option: str, reason: str, for_partner_id: Id | None) -> bid.Vote:
    """The vote as it would be recorded, for the partner that acts or as the proxy of `for_partner_id`.

    Raises Forbidden where that partner has no vote in the decision, or gave the one that acts no authority.
    """
    decision = decisions.only.decision
    holder_id = act.seat_id or ""
    partner = decisions.partner(for_partner_id or holder_id)
    if partner is None:
        raise Invalid.at("/for_partner_id", "unknown-partner", "That is not a partner of this proposal.")
    rules.check_may_vote(decision, partner, option)
    as_proxy = partner.id != holder_id
    if as_proxy:
        await proxies.check_holds(act, decision, partner.id, holder_id, decisions.now)
    return bid.Vote(partner.id, option, reason.strip(), holder_id if as_proxy else None)


async def cast_vote(act: Act, decisions: Decisions, vote: bid.Vote) -> Id:
    """Record a prepared vote. It replaces an earlier one of the partner, but as a proxy's never the partner's own."""
    decision = decisions.only.decision
    rules.check_open(decision, decisions.now)
    if vote.cast_by_partner_id is not None:
        await proxies.check_not_voted(act, decision, vote.partner_id)
    vote_id = new_id()
    recorded = {
        "id": vote_id,
        "person_id": act.actor.person_id if act.actor else None,
        "cast_by_partner_id": vote.cast_by_partner_id,
        "option": vote.option,
        "reason": vote.reason,
        "at": decisions.now,
    }
    # One statement with a conflict clause: a later vote takes the place of the earlier one, under an id of its own.
    statement = insert(Vote).values(decision_id=decision.id, partner_id=vote.partner_id, **recorded)
    await act.session.execute(
        statement.on_conflict_do_update(index_elements=["decision_id", "partner_id"], set_=recorded)
    )
    row = await act.session.get_one(Decision, decision.id)
    row.version += 1
    await act.record(
        "vote_cast",
        decision_id=decision.id,
        partner_id=vote.partner_id,
        cast_by_partner_id=vote.cast_by_partner_id,
        option=vote.option,
        reason=vote.reason,
    )
    return vote_id


async def declare_conflict(act: Act, decisions: Decisions, detail: str) -> Id:
    """The partner that acts leaves the decision to the others; a vote that it cast before is not counted any more."""
    decision = decisions.only.decision
    rules.check_open(decision, decisions.now)
    if act.seat_id in decision.excluded_partner_ids:
        raise Conflicted
    declaration = ConflictDeclaration(
        id=new_id(),
        decision_id=decision.id,
        partner_id=act.seat_id,
        person_id=act.actor.person_id if act.actor else None,
        detail=detail,
        at=decisions.now,
    )
    act.session.add(declaration)
    row = await act.session.get_one(Decision, decision.id)
    row.excluded_partner_ids = [*row.excluded_partner_ids, act.seat_id or ""]
    row.version += 1
    await act.record("conflict_declared", decision_id=decision.id, partner_id=act.seat_id, detail=detail)
    return declaration.id


async def close(act: Act, decisions: Decisions) -> None:
    """Count the decision and, where it passed, carry out its request, in this one transaction.

    The caller holds the proposal's lock and has checked that the decision can be closed. A passed decision whose request
    is refused by the state at the close stays passed, and says why nothing was done.
    """
    decision = await _as_it_reaches_now(act, decisions)
    outcome = rules.count(decision, decisions.structure, decisions.partners, decisions.now)
    agreed_rule = outcome.counts[-1].rule
    row = await act.session.get_one(Decision, decision.id)
    status = after(DECISION, DecisionStatus(row.status), _step(decision, outcome))
    row.status, row.chosen, row.touches = status.value, outcome.chosen, [matter.value for matter in decision.touches]
    row.count = CountOut.of(outcome).model_dump(mode="json")
    row.rule = agreed_rule.value if agreed_rule else None
    row.closed_at = decisions.now
    if act.side is not None and act.side.relation is Relation.PARTNER:
        row.closed_by_partner_id = act.seat_id
    row.version += 1
    if row.carries and status is DecisionStatus.PASSED:
        row.carried = await carry_out(act, row.carries, decision.opened_at)
    await act.record(
        "decision_closed",
        decision_id=row.id,
        title=row.title,
        status=status.value,
        chosen=outcome.chosen,
        sentence=outcome.sentence,
        carried=row.carried["status"] if row.carried else None,
    )


def _step(decision: bid.Decision, outcome: rules.Outcome) -> Step:
    if not outcome.passed:
        return Step.REJECT
    is_motion = set(decision.options) - {rules.ABSTAIN} == set(rules.MOTION)
    return Step.ADOPT if is_motion else Step.CHOOSE


async def _as_it_reaches_now(act: Act, decisions: Decisions) -> bid.Decision:
    """The decision with the matters that its request reaches in the state at the close.

    A structure may reach further now than when the motion was opened, and whoever has a veto on that now can use it.
    """
    carries, decision = decisions.only.row["carries"], decisions.only.decision
    if not carries:
        return decision
    try:
        method, path, body = carries["method"], carries["path"], carries["body"]
        carried = rules.read_carries(act.stream_id, method, path, body, decision.matter)
        if carried.verb is rules.Verb.AGREE_STRUCTURE and (structure := await try_out(act, carried)):
            touches = rules.matters_touched_by_structure(decisions.structure, structure, decision.matter)
            return replace(decision, touches=tuple(sorted({*decision.touches, *touches})))
    except Refusal:
        pass  # it is refused again, and on record, when it is carried out
    return decision
