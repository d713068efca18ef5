"""The verbs of an open decision: vote, declare a conflict, close."""

import json
from dataclasses import replace

from sqlalchemy import func, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions import proxies
from app.bid.decisions import queries as q
from app.bid.decisions import rules as g
from app.bid.decisions.carrying import carry_out, try_out
from app.bid.decisions.present import count_out
from app.bid.decisions.tables import ConflictDeclaration, Decision, Vote
from app.bid.value import Decision as DecisionValue
from app.platform.access.errors import Conflict, Forbidden, Invalid, Refusal
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Relation, Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.words.codes import DecisionStatus


async def cast_vote(
    here: Context, decision_id: Id, side: Side, option: str, reason: str, for_partner_id: Id | None = None
) -> Id:
    """One vote a partner; a later one replaces it until the close. As a proxy: never over the partner's own vote."""
    session = here.session
    motions = await q.load(session, here.proposal_id, decision_id=decision_id)
    decision = motions.filed[0].decision
    holder_id = side.seat_id
    partner_id = for_partner_id or holder_id
    partner = motions.partner(partner_id)
    if partner is None:
        raise Invalid.at("/for_partner_id", "unknown-partner", "That is not a partner of this proposal.")
    g.check_can_vote(decision, partner, option, motions.now)
    cast_by = None
    if for_partner_id is not None and for_partner_id != holder_id:
        await proxies.check_holds(session, here.proposal_id, decision, for_partner_id, holder_id or "", motions.now)
        cast_by = holder_id
    vote_id = new_id()
    row = {
        "id": vote_id,
        "decision_id": decision_id,
        "partner_id": partner_id,
        "person_id": here.person.person_id,
        "cast_by_partner_id": cast_by,
        "option": option,
        "reason": reason.strip(),
        "at": motions.now,
    }
    changed = {name: row[name] for name in ("id", "person_id", "cast_by_partner_id", "option", "reason", "at")}
    await session.execute(
        upsert(Vote).values(**row).on_conflict_do_update(index_elements=["decision_id", "partner_id"], set_=changed)
    )
    await _bump(session, decision_id)
    await event_log.record(
        session,
        "proposal",
        here.proposal_id,
        "vote_cast",
        actor=here.person,
        organisation_id=side.organisation_id,
        payload={
            "decision_id": decision_id,
            "partner_id": partner_id,
            "cast_by_partner_id": cast_by,
            "option": option,
            "reason": row["reason"],
        },
    )
    return vote_id


async def declare_conflict(here: Context, decision_id: Id, side: Side, detail: str) -> Id:
    """A partner takes itself out of a decision; its vote, where it had cast one, is not counted any more."""
    session = here.session
    motions = await q.load(session, here.proposal_id, decision_id=decision_id)
    if g.voting_is_over(motions.filed[0].decision, motions.now):
        raise g.DecisionClosed
    if side.seat_id in motions.filed[0].decision.excluded_partner_ids:
        raise Conflicted
    row_id = new_id()
    await session.execute(
        insert(ConflictDeclaration).values(
            id=row_id,
            decision_id=decision_id,
            partner_id=side.seat_id,
            person_id=here.person.person_id,
            detail=detail,
            at=motions.now,
        )
    )
    await session.execute(
        update(Decision)
        .where(Decision.id == decision_id)
        .values(excluded_partner_ids=func.array_append(Decision.excluded_partner_ids, text(f"'{side.seat_id}'::uuid")))
    )
    await _bump(session, decision_id)
    await event_log.record(
        session,
        "proposal",
        here.proposal_id,
        "conflict_declared",
        actor=here.person,
        organisation_id=side.organisation_id,
        payload={"decision_id": decision_id, "partner_id": side.seat_id, "detail": detail},
    )
    return row_id


class Conflicted(Conflict):
    code = "conflict-declared-already"
    title = "Your organisation has declared its conflict of interest already"
    explanation = "It has no vote in this decision. Nothing more is needed."


async def _bump(session: AsyncSession, decision_id: Id) -> None:
    await session.execute(update(Decision).where(Decision.id == decision_id).values(version=Decision.version + 1))


async def close_decision(here: Context, decision_id: Id) -> None:
    """Count, and carry out what passed, in this one transaction."""
    motions = await q.load(here.session, here.proposal_id, decision_id=decision_id)
    decision = motions.filed[0].decision
    sides = [side for side in here.standing.sides if here.rule.may.test(replace(here.standing, sides=(side,)))]
    if not sides:
        raise Forbidden
    own = [s for s in sides if s.relation is Relation.FACILITATOR or s.seat_id == decision.proposer_partner_id]
    g.check_can_close(decision, motions.partners, motions.now, bool(own))
    await settle(here.session, here.person, here.proposal_id, motions, (own or sides)[0])


async def settle(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, motions: q.Motions, side: Side | None
) -> None:
    """Count the one decision in `motions` and carry it out; the caller holds the proposal's lock.

    Where what it carries is refused by the state at the close, the decision stands and says why nothing was done.
    """
    filed = motions.filed[0]
    decision = await _as_it_reaches_now(session, actor, proposal_id, motions)
    outcome = g.count(decision, motions.structure, motions.partners, motions.now)
    is_motion = set(decision.options) - {g.ABSTAIN} == set(g.MOTION)
    status = DecisionStatus.FAILED
    if outcome.passed:
        status = DecisionStatus.PASSED if is_motion else DecisionStatus.CLOSED
    counted = count_out(outcome)
    decision_id = filed.row["id"]
    await session.execute(
        update(Decision)
        .where(Decision.id == decision_id)
        .values(
            status=status.value,
            chosen=outcome.chosen,
            touches=[matter.value for matter in decision.touches],
            count=json.loads(counted.model_dump_json()),
            rule=outcome.counts[-1].rule.value if outcome.counts[-1].rule else None,
            closed_at=motions.now,
            closed_by_partner_id=side.seat_id if side is not None and side.relation is Relation.PARTNER else None,
            version=Decision.version + 1,
        )
    )
    carried = None
    if filed.row["carries"] and status is DecisionStatus.PASSED:
        carried = await carry_out(session, actor, proposal_id, filed.row["carries"])
        await session.execute(update(Decision).where(Decision.id == decision_id).values(carried=carried))
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "decision_closed",
        actor=actor,
        organisation_id=side.organisation_id if side else None,
        payload={
            "decision_id": decision_id,
            "title": filed.row["title"],
            "status": status.value,
            "chosen": outcome.chosen,
            "sentence": outcome.sentence,
            "carried": carried["status"] if carried else None,
        },
    )


async def _as_it_reaches_now(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, motions: q.Motions
) -> DecisionValue:
    """A structure may reach further by the state at the close than when it was moved; whoever has a veto now has it."""
    row, decision = motions.filed[0].row, motions.filed[0].decision
    if not row["carries"]:
        return decision
    carries = row["carries"]
    carried = g.read_carries(proposal_id, carries["method"], carries["path"], carries["body"], decision.matter)
    if carried.verb is not g.Verb.AGREE_STRUCTURE:
        return decision
    try:
        after = await try_out(session, actor, proposal_id, carried)
        touches = g.matters_touched_by_structure(motions.structure, after, decision.matter) if after else ()
    except Refusal:
        return decision
    return replace(decision, touches=tuple(sorted({*decision.touches, *touches})))
