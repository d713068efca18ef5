"""The structure over HTTP: read it with what follows from it, and agree another."""

from dataclasses import replace
from typing import Any

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions.routes import open_motion
from app.bid.records import revision, whole_proposal
from app.bid.structure import service
from app.bid.structure.schemas import StructureIn, StructureOut
from app.bid.value import Proposal
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Relation
from app.platform.db.act import Act
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply
from app.platform.words.codes import Matter

router = Router(tags=["structure"])


async def _variant(here: Context, proposal: Proposal) -> str | None:
    """What follows from the facts changes with the partners too, so the variant is the revision, for those who may know it."""
    if not here.standing.seats(Relation.PARTNER, Relation.FACILITATOR):
        return None
    return str(await revision.counted(here.run, here.proposal_id, here.standing, proposal.revision))


@router.get("/proposals/{proposal_id}/structure", response_model=StructureOut, summary="The structure in force")
async def get_structure(here: Here, proposal_id: Id) -> Response:
    """Who contracts, is paid, is liable and decides; and what follows: who must sign, may submit, is liable to whom."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    return reply(here.request, StructureOut.of(proposal), variant=await _variant(here, proposal))


@router.post(
    "/proposals/{proposal_id}/structure/preview",
    response_model=StructureOut,
    summary="Try a structure",
)
async def preview_structure(here: Here, proposal_id: Id, body: StructureIn | None = None) -> Response:
    """What would follow from it: who must sign, may submit and is liable to whom, and what is not agreed yet. Nothing is
    stored, and nobody is told."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    tried = StructureOut.of(replace(proposal, structure=(body or StructureIn()).structure(proposal)))
    return reply(here.request, tried, secret=True)


@router.put(
    "/proposals/{proposal_id}/structure",
    response_model=StructureOut,
    summary="Agree the structure",
    responses={202: {"description": "The decision that it opened: the partners agree it first."}},
)
async def put_structure(here: Here, proposal_id: Id, body: StructureIn) -> Response:
    """At once while the lead is alone; from the second partner on it is a decision (202). Needs the ETag in If-Match.

    With a template, what is left out is filled in from it; a fact that the template does not allow makes it `custom`.
    """
    side = here.side(body.organisation_id)
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    after = body.structure(proposal)
    here.match(proposal.structure.version)
    here.check_state()
    if len(proposal.accepted) < 2:
        version = await service.agree(here.act(side), proposal, after)
        made = await whole_proposal.load(here.session, here.proposal_id)
        return reply(here.request, StructureOut.of(made), version=version, variant=await _variant(here, made))
    return await open_motion(
        here,
        side,
        matter=Matter.STRUCTURE,
        title="Change the structure",
        method="PUT",
        path="/structure",
        body=body.model_dump(mode="json", exclude={"organisation_id"}, exclude_unset=True),
    )


async def carry(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    """What a decision on the structure carries out, with the partners as they are when it is counted."""
    proposal = await whole_proposal.load(session, proposal_id)
    after = StructureIn.model_validate(body).structure(proposal)
    await service.agree(Act(session, actor, "proposal", proposal_id), proposal, after)
