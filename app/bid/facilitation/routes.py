"""Facilitators over HTTP."""

from fastapi import Response

from app.bid.decisions.routes import open_motion
from app.bid.facilitation import facilitators, queries
from app.bid.facilitation.schemas import EndIn, FacilitatorIn, FacilitatorOut, ForIn, ObjectionIn
from app.bid.facilitation.tables import Facilitator
from app.platform.access import lifecycle
from app.platform.access.errors import Forbidden
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import Matter, ProposalStatus

router = Router(tags=["facilitators"])
BASE = "/proposals/{proposal_id}/facilitators"
ONE = f"{BASE}/{{facilitator_id}}"


async def _present(here: Context, facilitator_id: Id, status: int = 200, location: str | None = None) -> Response:
    found = await here.session.execute(queries.facilitators().where(Facilitator.id == facilitator_id))
    row = found.one()
    return reply(here.request, FacilitatorOut.of(row.Facilitator, row.name), status=status, location=location)


async def _locked(here: Context) -> Facilitator:
    return await here.session.get_one(Facilitator, here.path["facilitator_id"], with_for_update=True)


def _own_side(here: Context, facilitator: Facilitator) -> Side | None:
    """The facilitator's own side, where the actor is of it with a role that may do this."""
    for side in here.standing.seats(Relation.OFFERED, Relation.FACILITATOR):
        if side.seat_id == facilitator.id and here.rule.may.test(here.standing.of(side)):
            return side
    return None


@router.post(BASE, status_code=201, response_model=FacilitatorOut, summary="Ask a facilitator in")
async def ask_facilitator(here: Here, proposal_id: Id, body: FacilitatorIn) -> Response:
    """A neutral organisation that helps when things get tricky. Every accepted partner sees it and can object."""
    act = here.act(here.side(organisation_id=body.as_organisation_id))
    await facilitators.check_facilitates(here.session, body.organisation_id)
    here.check_state()
    facilitator = await facilitators.ask(act, body)
    location = f"/v1/proposals/{here.proposal_id}/facilitators/{facilitator.id}"
    return await _present(here, facilitator.id, 201, location)


@router.get(BASE, response_model=paging.page_of(FacilitatorOut), summary="The facilitators")
async def list_facilitators(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Who is asked, who facilitates, and who did, with what was handed over."""
    query = queries.facilitators().where(Facilitator.proposal_id == here.proposal_id)
    rows, next_cursor = await paging.rows(here.session, query, Facilitator.id, limit, cursor)
    return reply_list(here.request, [FacilitatorOut.of(row.Facilitator, row.name) for row in rows], next_cursor)


@router.get(ONE, response_model=FacilitatorOut, summary="One facilitator")
async def get_facilitator(here: Here, proposal_id: Id, facilitator_id: Id) -> Response:
    """As it stands."""
    return await _present(here, here.path["facilitator_id"])


@router.post(f"{ONE}/accept", response_model=FacilitatorOut, summary="Accept to facilitate")
async def accept_facilitation(here: Here, proposal_id: Id, facilitator_id: Id, body: ForIn | None = None) -> Response:
    """By an admin or editor of the organisation that is asked, who is in none of the partner organisations."""
    facilitator = await _locked(here)
    side = _own_side(here, facilitator)
    if side is None:
        raise Forbidden("The organisation that is asked accepts for itself, by an admin or editor.")
    _ = here.person_id  # a program is refused before anything that it could read from a 409
    here.check_state()
    await facilitators.accept(here.act(side), facilitator)
    return await _present(here, facilitator.id)


@router.post(f"{ONE}/agree", response_model=FacilitatorOut, summary="Agree although it may serve another bid")
async def agree_to_facilitator(here: Here, proposal_id: Id, facilitator_id: Id, body: ForIn | None = None) -> Response:
    """For your organisation: we trust this facilitator even if it serves another bid for the lot."""
    act = here.act(here.side(organisation_id=body.organisation_id if body else None))
    here.check_state()
    facilitator = await _locked(here)
    await facilitators.agree(act, facilitator)
    return await _present(here, facilitator.id)


@router.post(f"{ONE}/object", response_model=FacilitatorOut, summary="Object to a facilitator")
async def object_to_facilitator(
    here: Here, proposal_id: Id, facilitator_id: Id, body: ObjectionIn | None = None
) -> Response:
    """One partner's objection keeps out a facilitator that another asked. One in office, or that the partners decided to ask
    (a decision can carry POST …/facilitators), stays until they decide otherwise (POST …/end)."""
    body = body or ObjectionIn()
    act = here.act(here.side(organisation_id=body.organisation_id))
    here.check_state()
    facilitator = await _locked(here)
    await facilitators.object_to(act, facilitator, body.reason)
    return await _present(here, facilitator.id)


@router.post(
    f"{ONE}/end",
    response_model=FacilitatorOut,
    summary="End a facilitation",
    responses={202: {"description": "The partners decide on it; the decision was opened."}},
)
async def end_facilitation(here: Here, proposal_id: Id, facilitator_id: Id, body: EndIn | None = None) -> Response:
    """By the facilitator, with a hand-over. A partner calls back one that was only asked; otherwise it opens a decision,
    which the lead never takes alone."""
    body = body or EndIn()
    facilitator = await _locked(here)
    own = _own_side(here, facilitator)
    side = own or here.side(organisation_id=body.organisation_id)
    if body.handover_markdown and own is None:
        raise Forbidden(
            "The hand-over is the facilitator's to write. End it without one, or ask the facilitator to end it."
        )
    here.check_state()
    if own is None and await facilitators.needs_decision(here.session, facilitator):
        return await _propose_end(here, side, facilitator, body.reason)
    await facilitators.end(here.act(side), facilitator, body.reason, body.handover_markdown)
    return await _present(here, facilitator.id)


async def _propose_end(here: Context, side: Side, facilitator: Facilitator, reason: str) -> Response:
    lifecycle.check_not_over(here.standing.status or ProposalStatus.DRAFT, here.standing.deadline_passed)
    found = await here.session.execute(queries.facilitators().where(Facilitator.id == facilitator.id))
    return await open_motion(
        here,
        side,
        matter=Matter.OTHER,
        title=f"{found.one().name} stops facilitating this bid",
        method="POST",
        path=f"/v1/proposals/{here.proposal_id}/facilitators/{facilitator.id}/end",
        body={"reason": reason},
    )
