"""Opening a motion: what it is on, what it carries, whom it is about, and until when it is open."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from app.bid.decisions import carrying
from app.bid.decisions import queries as q
from app.bid.decisions import rules as g
from app.bid.decisions.present import decision_out
from app.bid.decisions.schemas import DecisionIn
from app.bid.decisions.tables import Decision
from app.bid.records import whole_proposal
from app.bid.value import Proposal
from app.platform.access.errors import Conflict, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Side
from app.platform.db import event_log
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.web.replies import PRIVATE
from app.platform.words.codes import DecisionStatus, Matter

LARGEST_BODY = 200_000
"""Characters of JSON: a structure with its terms in full is far smaller."""
LONGEST_OPEN = timedelta(days=30)
OPEN_AT_ONCE = 30
"""Open motions of one partner: enough for any meeting, too few to bury the others."""


class TooManyOpen(Conflict):
    code = "too-many-open-decisions"
    title = "Your organisation has many open decisions already"
    explanation = "Let some of them be decided first, then open the next."


@dataclass(frozen=True, slots=True)
class Reach:
    """What a carried request reaches: its matter, further matters, and the partners it is about."""

    carried: g.Carried
    touches: tuple[Matter, ...]
    concerned: tuple[Id, ...]


async def open_decision(here: Context, side: Side, wanted: DecisionIn) -> Id:
    """Open a motion for the partner on `side`. What it carries is read, and tried out by the present state."""
    session, proposal_id = here.session, here.proposal_id
    proposal = await whole_proposal.load(session, proposal_id)
    now = await event_log.now(session)
    await _check_not_flooding(session, proposal_id, side.seat_id)
    reach = await _reach(here, side, proposal, wanted)
    matter = reach.carried.matter if reach else wanted.matter or Matter.OTHER
    options = _options(wanted, matter, reach, proposal)
    closes_at = _closing(wanted.closes_at, now, proposal.opportunity.submission_deadline)
    decision_id = new_id()
    row = {
        "id": decision_id,
        "proposal_id": proposal_id,
        "proposer_partner_id": side.seat_id,
        "proposer_person_id": here.person.person_id,
        "title": wanted.title,
        "detail_markdown": wanted.detail_markdown,
        "matter": matter.value,
        "touches": [each.value for each in reach.touches] if reach else [],
        "options": options,
        "closes_at": closes_at,
        "rule": proposal.structure.decision_rule.value if proposal.structure.decision_rule else None,
        "carries": {"method": reach.carried.method, "path": reach.carried.path, "body": dict(reach.carried.body)}
        if reach
        else None,
        "concerned_partner_ids": list(reach.concerned) if reach else [],
    }
    await session.execute(insert(Decision).values(**row))
    await event_log.record(
        session,
        "proposal",
        proposal_id,
        "decision_opened",
        actor=here.person,
        organisation_id=side.organisation_id,
        payload={
            "decision_id": decision_id,
            "partner_id": side.seat_id,
            "title": wanted.title,
            "matter": row["matter"],
            "touches": row["touches"],
            "options": options,
            "closes_at": closes_at.isoformat(),
            "carries": row["carries"],
        },
    )
    return decision_id


async def open_motion(
    here: Context,
    side: Side,
    *,
    matter: Matter,
    title: str,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
) -> Response:
    """Open a motion for a request that the partners must agree first: 202 with the decision. The route's last step.

    The answer holds the decision's fields, and the same object again as `decision`. `body` is JSON as it came over the
    wire (decimal strings, ids, instants as text), since it is kept and shown.
    """
    wanted = DecisionIn.model_validate(
        {"title": title[:300], "matter": matter, "carries": {"method": method, "path": path, "body": body or {}}}
    )
    decision_id = await open_decision(here, side, wanted)
    motions = await q.load(here.session, here.proposal_id, decision_id=decision_id)
    shown = decision_out(motions, motions.filed[0]).model_dump(mode="json")
    headers = {**PRIVATE, "Location": f"/v1/proposals/{here.proposal_id}/decisions/{decision_id}"}
    made = json.dumps({**shown, "decision": shown}, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(made, 202, headers, "application/json")


async def _check_not_flooding(session: AsyncSession, proposal_id: Id, partner_id: Id | None) -> None:
    open_now = await session.execute(
        select(func.count())
        .select_from(Decision)
        .where(
            Decision.proposal_id == proposal_id,
            Decision.proposer_partner_id == partner_id,
            Decision.status == DecisionStatus.OPEN.value,
        )
    )
    if open_now.scalar_one() >= OPEN_AT_ONCE:
        raise TooManyOpen


def _closing(wanted: datetime | None, now: datetime, deadline: datetime | None) -> datetime:
    if wanted is None:
        return g.default_closing(now, deadline)
    if wanted <= now:
        raise Invalid.at("/closes_at", "in-the-past", "Name a closing time that is still ahead.")
    if wanted > now + LONGEST_OPEN:
        raise Invalid.at("/closes_at", "too-far-ahead", "A decision is open for 30 days at most. Name an earlier time.")
    return wanted


def _options(wanted: DecisionIn, matter: Matter, reach: Reach | None, proposal: Proposal) -> list[str]:
    """What carries something out, or touches a reserved matter, is voted for or against: so a veto can be cast."""
    options = list(wanted.options or g.MOTION)
    if len(set(options)) != len(options):
        raise Invalid.at("/options", "named-twice", "Name each option once.")
    named = [option for option in options if option != g.ABSTAIN]
    if set(named) == set(g.MOTION):
        return list(g.MOTION)
    if len(named) < 2:
        raise Invalid.at("/options", "too-few", "Name at least two options; abstaining is always possible besides.")
    if reach is not None or matter in proposal.structure.reserved_matters:
        raise Invalid.at(
            "/options",
            "needs-for-and-against",
            "What is carried out, and what is on a reserved matter, is voted 'for' or 'against', so that everybody can "
            "object. Leave the options out.",
        )
    return named


async def _reach(here: Context, side: Side, proposal: Proposal, wanted: DecisionIn) -> Reach | None:
    if wanted.carries is None:
        return None
    request = wanted.carries
    carried = g.read_carries(proposal.id, request.method, request.path, request.body, wanted.matter)
    found = carrying.find(carried.method, carried.path)
    if found is None:
        raise g.CarriesNothingKnown.at("/carries/path", g.CarriesNothingKnown.code, g.CarriesNothingKnown.explanation)
    if len(json.dumps(carried.body)) > LARGEST_BODY:
        raise Invalid.at("/carries/body", "too-large", "This is too much for one decision. Split it.")
    concerned = _concerned(proposal, carried, side)
    after = await carrying.try_out(here.session, here.person, here.proposal_id, carried)
    touches = g.matters_touched_by_structure(proposal.structure, after, carried.matter) if after else ()
    return Reach(carried, touches, concerned)


def _concerned(proposal: Proposal, carried: g.Carried, side: Side) -> tuple[Id, ...]:
    """The partners that it is about; each must be in the proposal, or the request could never be done."""
    verb = carried.verb
    if verb in (g.Verb.CHANGE_BUDGET_LINE, g.Verb.DELETE_BUDGET_LINE):
        owners = [line.partner_id for line in proposal.budget_lines if line.id == carried.target_id and line.revealed]
        owners += [
            line.partner_id
            for line in proposal.budget_lines
            if line.id == carried.target_id and line.partner_id == side.seat_id
        ]
        if not owners:
            raise Invalid.at("/carries/path", "unknown-budget-line", "There is no such budget line in this proposal.")
        partner_ids = {*owners[:1], *_named(carried)}
    elif verb is g.Verb.ADD_BUDGET_LINE:
        partner_ids = _named(carried) or {side.seat_id or ""}
    elif carried.target_id is not None:
        partner_ids = {carried.target_id}
    else:
        return ()
    accepted = {partner.id for partner in proposal.accepted}
    for partner_id in partner_ids:
        if partner_id not in accepted:
            raise Invalid.at("/carries/path", "unknown-partner", "That is not an accepted partner of this proposal.")
    return tuple(sorted(partner_ids))


def _named(carried: g.Carried) -> set[Id]:
    partner_id = carried.body.get("partner_id")
    return {partner_id.lower()} if isinstance(partner_id, str) else set()
