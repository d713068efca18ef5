"""Decisions, votes, conflicts of interest and proxies over HTTP."""

from fastapi import Response

from app.bid.decisions import opening, proxies, service
from app.bid.decisions import queries as q
from app.bid.decisions.present import decision_out, vote_out
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
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list, reply_part
from app.platform.words.codes import DecisionStatus, Matter

router = Router(tags=["decisions"])
BASE = "/proposals/{proposal_id}"


async def _decision(here: Context, decision_id: Id) -> DecisionOut:
    motions = await q.load(here.session, here.proposal_id, decision_id=decision_id)
    return decision_out(motions, motions.filed[0])


@router.post(f"{BASE}/decisions", status_code=201, response_model=DecisionOut, summary="Open a decision")
async def open_decision(here: Here, proposal_id: Id, body: DecisionIn) -> Response:
    """Puts a motion to the lead and the members. What it `carries` happens when it passes."""
    side = here.side(organisation_id=body.organisation_id)
    here.check_state()
    decision_id = await opening.open_decision(here, side, body)
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
    motions = await q.load(
        here.session,
        here.proposal_id,
        status=status,
        matter=matter,
        after=paging.after_id(cursor),
        limit=limit + 1,
    )
    page, next_cursor = paging.cut(motions.filed, limit, lambda filed: (filed.row["id"],))
    return reply_list(here.request, [decision_out(motions, filed) for filed in page], next_cursor)


@router.get(f"{BASE}/decisions/{{decision_id}}", response_model=DecisionOut, summary="One decision")
async def get_decision(here: Here, proposal_id: Id, decision_id: Id) -> Response:
    """With every vote, and the arithmetic, so that anybody can count again."""
    return reply(here.request, await _decision(here, here.path["decision_id"]))


@router.post(f"{BASE}/decisions/{{decision_id}}/votes", status_code=201, response_model=VoteOut, summary="Vote")
async def cast_vote(here: Here, proposal_id: Id, decision_id: Id, body: VoteIn) -> Response:
    """One vote a partner, by an admin or signatory; a later one replaces it until the close."""
    side = here.side(organisation_id=body.organisation_id, partner_id=body.partner_id)
    here.check_state()
    vote_id = await service.cast_vote(
        here, here.path["decision_id"], side, body.option, body.reason, body.for_partner_id
    )
    location = f"/v1/proposals/{here.proposal_id}/decisions/{here.path['decision_id']}/votes/{vote_id}"
    return reply(here.request, await _vote(here, vote_id), status=201, location=location)


async def _vote(here: Context, vote_id: Id) -> VoteOut:
    motions = await q.load(here.session, here.proposal_id, decision_id=here.path["decision_id"])
    rows = motions.filed[0].row["votes"] if motions.filed else []
    found = next((row for row in rows if row["id"] == vote_id), None)
    if found is None:
        raise NotFound
    return vote_out(motions, found)


@router.get(f"{BASE}/decisions/{{decision_id}}/votes", response_model=paging.page_of(VoteOut), summary="The votes")
async def list_votes(
    here: Here, proposal_id: Id, decision_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Every partner's vote as it stands."""
    motions = await q.load(here.session, here.proposal_id, decision_id=here.path["decision_id"])
    votes = [vote_out(motions, row) for row in motions.filed[0].row["votes"]]
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
    side = here.side(organisation_id=body.organisation_id)
    here.check_state()
    row_id = await service.declare_conflict(here, here.path["decision_id"], side, body.detail)
    out = next(each for each in (await _decision(here, here.path["decision_id"])).conflicts if each.id == row_id)
    location = f"/v1/proposals/{here.proposal_id}/decisions/{here.path['decision_id']}/conflicts/{row_id}"
    return reply(here.request, out, status=201, location=location)


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
    for each in (await _decision(here, here.path["decision_id"])).conflicts:
        if each.id == here.path["conflict_id"]:
            return reply(here.request, each)
    raise NotFound


@router.post(f"{BASE}/decisions/{{decision_id}}/close", response_model=DecisionOut, summary="Close a decision")
async def close_decision(here: Here, proposal_id: Id, decision_id: Id) -> Response:
    """Counts, and carries out what passed. By its proposer or the facilitator once all have voted; by anybody later."""
    here.check_state()
    await service.close_decision(here, here.path["decision_id"])
    return reply(here.request, await _decision(here, here.path["decision_id"]))


@router.post(f"{BASE}/proxies", status_code=201, response_model=ProxyOut, summary="Let another partner vote for yours")
async def give_proxy(here: Here, proposal_id: Id, body: ProxyIn) -> Response:
    """Written authority, given by the partner itself and taken back at any time; its own vote always comes first."""
    side = here.side(organisation_id=body.organisation_id, partner_id=body.partner_id)
    here.check_state()
    row = await proxies.grant(here, side, body)
    location = f"/v1/proposals/{here.proposal_id}/proxies/{row.id}"
    return reply(here.request, ProxyOut.model_validate(row), status=201, location=location)


@router.get(f"{BASE}/proxies", response_model=paging.page_of(ProxyOut), summary="Who votes for whom")
async def list_proxies(here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Every written authority to vote, those taken back included."""
    rows = await proxies.of_proposal(here.session, here.proposal_id, paging.after_id(cursor), limit + 1)
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [ProxyOut.model_validate(row) for row in page], next_cursor)


@router.get(f"{BASE}/proxies/{{proxy_id}}", response_model=ProxyOut, summary="One authority to vote")
async def get_proxy(here: Here, proposal_id: Id, proxy_id: Id) -> Response:
    """As it was given."""
    row = await here.session.get_one(Proxy, here.path["proxy_id"])
    return reply(here.request, ProxyOut.model_validate(row))


@router.delete(f"{BASE}/proxies/{{proxy_id}}", response_model=ProxyOut, summary="Take an authority to vote back")
async def take_proxy_back(here: Here, proposal_id: Id, proxy_id: Id) -> Response:
    """By the partner that gave it. Votes that were cast on it stay until the partner votes itself."""
    row = await here.session.get_one(Proxy, here.path["proxy_id"], with_for_update=True)
    side = here.side(partner_id=row.partner_id)
    here.match(row.version)
    here.check_state()
    await proxies.revoke(here, side, row)
    return reply(here.request, ProxyOut.model_validate(row))
