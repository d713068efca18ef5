"""Starting, listing, reading and changing proposals; the lead; the end."""

from collections.abc import Sequence
from typing import Any

from fastapi import Response

from app.bid.decisions.routes import open_motion
from app.bid.proposal import following, leaving, partners, queries, starting, tasks
from app.bid.proposal.following import FollowNoticeIn
from app.bid.proposal.leaving import AloneInTheBid
from app.bid.proposal.routes import whole_view
from app.bid.proposal.schemas import DissolveIn, LeadIn, ProposalIn, ProposalItemOut, ProposalOut, ProposalPatch
from app.bid.records.tables import Proposal
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply_list_bytes
from app.platform.web.wire import IdIn
from app.platform.words.codes import Matter, ProposalStatus

router = Router(tags=["proposals"])
WHOLE: dict[int | str, dict[str, Any]] = {
    200: {"model": ProposalOut, "description": "The whole proposal as this reader may see it."}
}


@router.post("/proposals", status_code=201, summary="Start a joint bid", responses={201: WHOLE[200]})
async def create_proposal(here: Here, body: ProposalIn) -> Response:
    """A draft, led by one of your organisations, with sections made from the call's questions and standard parts."""
    proposal_id = await starting.start(here.session, here.person, body)
    response = await _changed(here, proposal_id)
    response.status_code = 201
    response.headers["Location"] = f"/v1/proposals/{proposal_id}"
    return response


async def _changed(here: Context, proposal_id: Id) -> Response:
    """The whole proposal after this request's change."""
    await here.look_again(proposal_id)
    return await whole_view.whole(here)


@router.get("/proposals", response_model=paging.page_of(ProposalItemOut), summary="My proposals")
async def list_proposals(
    here: Here,
    opportunity_id: IdIn | None = None,
    status: ProposalStatus | None = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Those that one of your organisations takes part in, is invited to or facilitates; the newest first."""
    filters = queries.Filters(opportunity_id, status.value if status else None, paging.after_id(cursor))
    rows = await queries.page(here.db.reads, here.person, filters, limit)
    if here.person.person_id is not None:
        rows = await _with_counts(here, rows)
    return reply_list_bytes(here.request, rows, limit)


async def _with_counts(here: Context, rows: Sequence[tuple[Id, str]]) -> list[tuple[Id, str]]:
    """The items, each with what stands in its way and the person can do something about."""
    mine = await tasks.blockers_mine(here.session, here.person, [str(id_) for id_, _ in rows])
    return [(id_, f'{item.removesuffix("}")}, "blockers_mine": {mine[str(id_)]}}}') for id_, item in rows]


@router.get("/proposals/{proposal_id}", summary="The whole proposal", responses=WHOLE)
async def get_proposal(here: Here, proposal_id: Id) -> Response:
    """Everything of it that you may see, each part with its `version`; `viewer.can` lists what you could do now."""
    return await whole_view.whole(here)


@router.patch("/proposals/{proposal_id}", summary="Change title, contact or dates", responses=WHOLE)
async def update_proposal(here: Here, proposal_id: Id, body: ProposalPatch) -> Response:
    """A merge patch of title, language, timetable, contact and the date until which the offer holds; needs the ETag in
    If-Match. Contact and date stand on the cover of the bid document."""
    side = here.side_of_any()
    proposal = await here.session.get_one(Proposal, here.proposal_id, populate_existing=True)
    await starting.check(here.session, proposal, body.sent())  # before the version: 422 comes before 428 and 412
    here.match(proposal.version)
    here.check_state()
    await starting.change(here.act(side), proposal, body.sent())
    return await _changed(here, proposal.id)


@router.post("/proposals/{proposal_id}/lead", status_code=202, summary="Propose another lead")
async def change_lead(here: Here, proposal_id: Id, body: LeadIn) -> Response:
    """Opens a decision, in which the present lead votes without a veto. Authorities for the old lead lapse with it."""
    side = here.side(body.organisation_id)
    here.check_state()
    partner = await partners.locked(here.session, here.proposal_id, body.partner_id)
    if await leaving.alone(here.session, here.proposal_id):
        raise AloneInTheBid
    name = await partners.organisation_name(here.session, partner.organisation_id)
    return await open_motion(
        here,
        side,
        matter=Matter.LEAD,
        title=f"{name} becomes the lead",
        method="POST",
        path=f"/v1/proposals/{here.proposal_id}/lead",
        body={"partner_id": partner.id},
    )


@router.post(
    "/proposals/{proposal_id}/dissolve",
    summary="End this bid",
    responses={**WHOLE, 202: {"description": "A decision was opened."}},
)
async def dissolve_proposal(here: Here, proposal_id: Id, body: DissolveIn | None = None) -> Response:
    """At once while you are alone in it, by a decision otherwise. The text stays readable to its partners."""
    body = body or DissolveIn()
    side = here.side(body.organisation_id)
    here.check_state()
    if await leaving.alone(here.session, here.proposal_id):
        carried = {"reason": body.reason or "", "organisation_id": side.organisation_id}
        await leaving.dissolve(here.session, here.person, here.proposal_id, {}, carried)
        return await _changed(here, here.proposal_id)
    return await open_motion(
        here,
        side,
        matter=Matter.DISSOLUTION,
        title="Dissolve this bid",
        method="POST",
        path=f"/v1/proposals/{here.proposal_id}/dissolve",
        body={"reason": body.reason or ""},
    )


@router.post(
    "/proposals/{proposal_id}/follow-notice",
    summary="Follow another notice of the call",
    responses={**WHOLE, 202: {"description": "A decision was opened."}},
)
async def follow_notice(here: Here, proposal_id: Id, body: FollowNoticeIn) -> Response:
    """At once while you are alone in it, by a decision otherwise, which is never the lead's alone.

    Only while nobody but organisations has brought the notice: then each bid keeps the deadline, status, route, lots and
    questions that it began with. It stays possible after the deadline that the bid holds, since that may be the wrong one.
    """
    side = here.side(body.organisation_id)
    proposal = await here.session.get_one(Proposal, here.proposal_id)
    claim = await following.check_claim(here.session, proposal.opportunity_id, body.claim_id)
    here.check_state()
    if await leaving.alone(here.session, here.proposal_id):
        await following.follow(here.act(side), claim.id)
        return await _changed(here, here.proposal_id)
    return await open_motion(
        here,
        side,
        matter=Matter.OTHER,
        title="Follow another notice of the call",
        method="POST",
        path="/follow-notice",
        body={"claim_id": claim.id},
    )
