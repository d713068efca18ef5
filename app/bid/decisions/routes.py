"""Decisions, votes, conflicts of interest and proxies over HTTP, and the answer 202 of what the partners decide first."""

import json
from dataclasses import replace
from typing import Any

from fastapi import Response
from sqlalchemy import select

from app.bid.decisions import opening, proxies, queries, rules, service
from app.bid.decisions.schemas import (
    ConflictIn,
    ConflictOut,
    DecisionIn,
    DecisionOut,
    ProxyIn,
    ProxyOut,
    VoteIn,
    VoteOut,
)
from app.bid.decisions.tables import Proxy
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import PRIVATE, reply, reply_list, reply_part
from app.platform.words.codes import DecisionStatus, Matter

router = Router(tags=["decisions"])
BASE = "/proposals/{proposal_id}"


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
    """Answer a request that the partners must agree first: 202 with the decision that it opened. A route's last step.

    The answer holds the decision's fields, and the same object again as `decision`. `body` is JSON as it came over the
    wire (decimal strings, ids, instants as text), since it is stored and shown.
    """
    act = here.act(side)
    wanted = DecisionIn.model_validate(
        {"title": title[:300], "matter": matter, "carries": {"method": method, "path": path, "body": body or {}}}
    )
    decision_id = await opening.open_decision(act, await opening.prepare(act, wanted))
    shown = (await _decision(here, decision_id)).model_dump(mode="json")
    made = json.dumps({**shown, "decision": shown}, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {**PRIVATE, "Location": f"/v1/proposals/{here.proposal_id}/decisions/{decision_id}"}
    return Response(made, 202, headers, "application/json")


async def _one(here: Context, decision_id: Id) -> queries.Decisions:
    return await queries.load(here.session, here.proposal_id, decision_id=decision_id)


async def _decision(here: Context, decision_id: Id) -> DecisionOut:
    decisions = await _one(here, decision_id)
    return DecisionOut.of(decisions.only, decisions)


@router.post(f"{BASE}/decisions", status_code=201, response_model=DecisionOut, summary="Open a decision")
async def open_decision(here: Here, proposal_id: Id, body: DecisionIn) -> Response:
    """Puts a motion to the lead and the members. What it `carries` happens when it passes."""
    act = here.act(here.side(organisation_id=body.organisation_id))
    motion = await opening.prepare(act, body)
    here.check_state()
    rules.check_in_time(motion.carries, here.standing.deadline_passed)
    decision_id = await opening.open_decision(act, motion)
    location = f"/v1/proposals/{here.proposal_id}/decisions/{decision_id}"
    return reply(here.request, await _decision(here, decision_id), status=201, location=location)


@router.get(f"{BASE}/decisions", response_model=paging.page_of(DecisionOut), summary="The decisions")
async def list_decisions(
    here: Here,
    proposal_id: Id,
    status: DecisionStatus | None = None,
    matter: Matter | None = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """In the order in which they were opened, each with its votes and its count."""
    after = paging.after_id(cursor)
    decisions = await queries.load(
        here.session, here.proposal_id, status=status, matter=matter, after=after, limit=limit + 1
    )
    page, next_cursor = paging.cut(decisions.recorded, limit, lambda recorded: (recorded.decision.id,))
    return reply_list(here.request, [DecisionOut.of(recorded, decisions) for recorded in page], next_cursor)


@router.get(f"{BASE}/decisions/{{decision_id}}", response_model=DecisionOut, summary="One decision")
async def get_decision(here: Here, proposal_id: Id, decision_id: Id) -> Response:
    """With every vote, and the arithmetic, so that anybody can count again."""
    return reply(here.request, await _decision(here, here.path["decision_id"]))


@router.post(f"{BASE}/decisions/{{decision_id}}/votes", status_code=201, response_model=VoteOut, summary="Vote")
async def cast_vote(here: Here, proposal_id: Id, decision_id: Id, body: VoteIn) -> Response:
    """One vote a partner, by an admin or signatory; a later one replaces it until the close."""
    act = here.act(here.side(organisation_id=body.organisation_id, partner_id=body.partner_id))
    decisions = await _one(here, here.path["decision_id"])
    vote = await service.prepare_vote(act, decisions, body.option, body.reason, body.for_partner_id)
    here.check_state()
    rules.check_in_time(decisions.only.decision.carries, here.standing.deadline_passed)
    vote_id = await service.cast_vote(act, decisions, vote)
    location = f"/v1/proposals/{here.proposal_id}/decisions/{here.path['decision_id']}/votes/{vote_id}"
    return reply(here.request, await _vote(here, vote_id), status=201, location=location)


async def _vote(here: Context, vote_id: Id) -> VoteOut:
    decisions = await _one(here, here.path["decision_id"])
    for row in decisions.only.row["votes"]:
        if row["id"] == vote_id:
            return VoteOut.of(row, decisions)
    raise NotFound


@router.get(f"{BASE}/decisions/{{decision_id}}/votes", response_model=paging.page_of(VoteOut), summary="The votes")
async def list_votes(
    here: Here, proposal_id: Id, decision_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Every partner's vote as it stands."""
    decisions = await _one(here, here.path["decision_id"])
    votes = [VoteOut.of(row, decisions) for row in decisions.only.row["votes"]]
    return reply_part(here.request, votes, limit, cursor, lambda vote: vote.id)


@router.get(f"{BASE}/decisions/{{decision_id}}/votes/{{vote_id}}", response_model=VoteOut, summary="One vote")
async def get_vote(here: Here, proposal_id: Id, decision_id: Id, vote_id: Id) -> Response:
    """A vote as it stands; one that was replaced is in the event log."""
    return reply(here.request, await _vote(here, here.path["vote_id"]))


@router.post(
    f"{BASE}/decisions/{{decision_id}}/conflicts",
    status_code=201,
    response_model=ConflictOut,
    summary="Declare a conflict of interest",
)
async def declare_conflict(here: Here, proposal_id: Id, decision_id: Id, body: ConflictIn) -> Response:
    """For one's own organisation only: from then on it has no vote in this decision, and is not waited for."""
    act = here.act(here.side(organisation_id=body.organisation_id))
    decisions = await _one(here, here.path["decision_id"])
    here.check_state()
    rules.check_in_time(decisions.only.decision.carries, here.standing.deadline_passed)
    conflict_id = await service.declare_conflict(act, decisions, body.detail)
    location = f"/v1/proposals/{here.proposal_id}/decisions/{here.path['decision_id']}/conflicts/{conflict_id}"
    return reply(here.request, await _conflict(here, conflict_id), status=201, location=location)


async def _conflict(here: Context, conflict_id: Id) -> ConflictOut:
    for conflict in (await _decision(here, here.path["decision_id"])).conflicts:
        if conflict.id == conflict_id:
            return conflict
    raise NotFound


@router.get(
    f"{BASE}/decisions/{{decision_id}}/conflicts",
    response_model=paging.page_of(ConflictOut),
    summary="Declared conflicts of interest",
)
async def list_conflicts(
    here: Here, proposal_id: Id, decision_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Who took itself out of the decision, and why."""
    found = (await _decision(here, here.path["decision_id"])).conflicts
    return reply_part(here.request, found, limit, cursor, lambda conflict: conflict.id)


@router.get(
    f"{BASE}/decisions/{{decision_id}}/conflicts/{{conflict_id}}",
    response_model=ConflictOut,
    summary="One declared conflict of interest",
)
async def get_conflict(here: Here, proposal_id: Id, decision_id: Id, conflict_id: Id) -> Response:
    """As it was declared."""
    return reply(here.request, await _conflict(here, here.path["conflict_id"]))


@router.post(f"{BASE}/decisions/{{decision_id}}/close", response_model=DecisionOut, summary="Close a decision")
async def close_decision(here: Here, proposal_id: Id, decision_id: Id) -> Response:
    """Counts, and carries out what passed. By its proposer or the facilitator once all have voted; by anybody later."""
    decisions = await _one(here, here.path["decision_id"])
    decision = decisions.only.decision
    own = next(
        (
            side
            for side in here.standing.sides
            if (side.relation is Relation.FACILITATOR or side.seat_id == decision.proposer_partner_id)
            and here.rule.may.test(replace(here.standing, sides=(side,)))
        ),
        None,
    )
    rules.check_may_close(decision, decisions.now, own is not None)
    here.check_state()
    rules.check_can_close(decision, decisions.partners, decisions.now)
    await service.close(here.act(own or here.side_of_any()), decisions)
    return reply(here.request, await _decision(here, decision.id))


@router.post(f"{BASE}/proxies", status_code=201, response_model=ProxyOut, summary="Let another partner vote for yours")
async def give_proxy(here: Here, proposal_id: Id, body: ProxyIn) -> Response:
    """Written authority, given by the partner itself and taken back at any time; its own vote always comes first."""
    act = here.act(here.side(organisation_id=body.organisation_id, partner_id=body.partner_id))
    proxy = await proxies.prepare(act, body)
    here.check_state()
    await proxies.give(act, proxy)
    location = f"/v1/proposals/{here.proposal_id}/proxies/{proxy.id}"
    return reply(here.request, ProxyOut.model_validate(proxy), status=201, location=location)


@router.get(f"{BASE}/proxies", response_model=paging.page_of(ProxyOut), summary="Who votes for whom")
async def list_proxies(here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Every written authority to vote, those taken back included."""
    query = select(Proxy).where(Proxy.proposal_id == here.proposal_id)
    rows, next_cursor = await paging.rows(here.session, query, Proxy.id, limit, cursor)
    return reply_list(here.request, [ProxyOut.model_validate(row) for row in rows], next_cursor)


@router.get(f"{BASE}/proxies/{{proxy_id}}", response_model=ProxyOut, summary="One authority to vote")
async def get_proxy(here: Here, proposal_id: Id, proxy_id: Id) -> Response:
    """As it was given."""
    return reply(here.request, ProxyOut.model_validate(await here.session.get_one(Proxy, here.path["proxy_id"])))


@router.delete(f"{BASE}/proxies/{{proxy_id}}", response_model=ProxyOut, summary="Take an authority to vote back")
async def take_proxy_back(here: Here, proposal_id: Id, proxy_id: Id) -> Response:
    """By the partner that gave it. Votes that were cast on it stay until the partner votes itself."""
    proxy = await here.session.get_one(Proxy, here.path["proxy_id"])
    side = here.side(partner_id=proxy.partner_id)
    here.match(proxy.version)
    here.check_state()
    await proxies.revoke(here.act(side), proxy)
    return reply(here.request, ProxyOut.model_validate(proxy))
