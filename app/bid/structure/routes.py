"""The structure over HTTP: read it with what follows from it, and agree another."""

from dataclasses import asdict, replace
from typing import Any

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions.opening import open_motion
from app.bid.records import whole_proposal
from app.bid.structure import service
from app.bid.structure.rules import derive, problems
from app.bid.structure.schemas import DerivedOut, ProblemInStructureOut, StructureIn, StructureOut
from app.bid.value import Proposal
from app.platform.access.ids import Id
from app.platform.access.rules import Actor, Relation
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply
from app.platform.words.codes import Matter

router = Router(tags=["structure"])


def present(proposal: Proposal) -> StructureOut:
    """The facts with all that follows from them."""
    derived = derive(proposal.structure, proposal.partners)
    return StructureOut.model_validate(
        {
            "id": proposal.id,
            **service.facts_of(proposal.structure),
            "derived": DerivedOut.model_validate(asdict(derived)),
            "problems": [
                ProblemInStructureOut(pointer=fault.pointer, code=fault.code, detail=fault.detail)
                for fault in problems(proposal.structure, proposal.partners)
            ],
            "version": proposal.structure.version,
        }
    )


def _variant(here: Context, proposal: Proposal) -> str | None:
    """What follows from the facts changes with the partners too, so with the revision that partners know."""
    return str(proposal.revision) if here.standing.seats(Relation.PARTNER, Relation.FACILITATOR) else None


@router.get("/proposals/{proposal_id}/structure", response_model=StructureOut, summary="The structure in force")
async def get_structure(here: Here, proposal_id: Id) -> Response:
    """Who contracts, is paid, is liable and decides; and what follows: who must sign, may submit, is liable to whom."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    return reply(here.request, present(proposal), variant=_variant(here, proposal))


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
    here.match(proposal.structure.version)
    here.check_state()
    after = service.from_wire(body, proposal)
    if len(proposal.accepted) < 2:
        version = await service.agree(here.session, here.person, proposal, after, side.organisation_id)
        made = await whole_proposal.load(here.session, here.proposal_id)
        return reply(here.request, present(made), version=version, variant=_variant(here, made))
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
    """What a decision on the structure does, against the partners as they are when it is counted."""
    proposal = await whole_proposal.load(session, proposal_id)
    after = service.from_wire(StructureIn.model_validate(body), proposal)
    await service.agree(session, actor, proposal, replace(after, version=proposal.structure.version), None)
