"""The honesty round, the reconciliation and the acknowledgements over HTTP; contributions and expectations beside."""

from typing import Any

from fastapi import Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.decisions.routes import open_motion
from app.bid.declarations import filing as honesty_round
from app.bid.declarations.reading import reader, reconciliation_out, round_out
from app.bid.declarations.rules.reconciliation import reconcile
from app.bid.declarations.schemas import (
    AcknowledgementIn,
    AcknowledgementOut,
    ActingIn,
    CutOffIn,
    ReconciliationOut,
    RoundOut,
)
from app.bid.records import whole_proposal as picture
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Actor
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.words.codes import Matter

router = Router(tags=["honesty round"])
_FOR_US, _NEWEST = ActingIn(), AcknowledgementIn()


async def _round(here: Context) -> Response:
    proposal = await picture.load(here.session, here.proposal_id)
    return reply(here.request, round_out(proposal, here.standing))


@router.get("/proposals/{proposal_id}/honesty-round", response_model=RoundOut, summary="The honesty round")
async def get_honesty_round(here: Here, proposal_id: Id) -> Response:
    """Everyone says first, then everyone sees. Until then you learn only whether you yourself have filed."""
    return await _round(here)


@router.post("/proposals/{proposal_id}/honesty-round/file", response_model=RoundOut, summary="File your declarations")
async def file_declarations(here: Here, proposal_id: Id, body: ActingIn = _FOR_US) -> Response:
    """By an admin or signatory: what you give and expect is complete. When all have filed, everything opens."""
    side = here.side(body.organisation_id)
    here.check_state()
    proposal = await picture.load(here.session, here.proposal_id)
    await honesty_round.file(here.session, here.person, proposal, side)
    return await _round(here)


@router.post("/proposals/{proposal_id}/honesty-round/skip", response_model=RoundOut, summary="Do without the round")
async def skip_honesty_round(here: Here, proposal_id: Id, body: ActingIn = _FOR_US) -> Response:
    """By an admin or signatory. It takes every accepted partner; who joins later files before it sees all the same."""
    side = here.side(body.organisation_id)
    here.check_state()
    proposal = await picture.load(here.session, here.proposal_id)
    await honesty_round.skip(here.session, here.person, proposal, side)
    return await _round(here)


@router.put(
    "/proposals/{proposal_id}/honesty-round",
    response_model=RoundOut,
    summary="Agree when everything opens",
    responses={202: {"description": "The decision that it opened: the partners agree the cut-off first."}},
)
async def put_honesty_round(here: Here, proposal_id: Id, body: CutOffIn) -> Response:
    """At once while you are alone; from the second partner on it is a decision (202). Needs the round's ETag."""
    side = here.side(body.organisation_id)
    proposal = await picture.load(here.session, here.proposal_id)
    here.match(proposal.version)
    here.check_state()
    if len(proposal.accepted) < 2:
        await honesty_round.set_cut_off(here.session, here.person, proposal, body.cut_off, side.organisation_id)
        return await _round(here)
    sent = body.model_dump(mode="json", include={"cut_off"})
    return await open_motion(
        here,
        side,
        matter=Matter.OTHER,
        title=f"Everything opens at {sent['cut_off']} at the latest" if sent["cut_off"] else "No cut-off for the round",
        method="PUT",
        path="/honesty-round",
        body=sent,
    )


async def carry_cut_off(
    session: AsyncSession, actor: Actor | None, proposal_id: Id, path: dict[str, str], body: dict[str, Any]
) -> None:
    sent = CutOffIn.model_validate(body)
    proposal = await picture.load(session, proposal_id)
    await honesty_round.set_cut_off(session, actor, proposal, sent.cut_off, None)


@router.get(
    "/proposals/{proposal_id}/reconciliation",
    response_model=ReconciliationOut,
    summary="What is given against what is expected",
)
async def get_reconciliation(here: Here, proposal_id: Id) -> Response:
    """Computed for you: of others' figures it uses only what you may see, so your answer may know more than theirs."""
    proposal = await picture.load(here.session, here.proposal_id)
    as_reader = reader(here.standing, proposal)
    found = reconcile(proposal, as_reader, await honesty_round.elsewhere(here.session, as_reader))
    return reply(here.request, reconciliation_out(found, proposal.currency))


def _seats(here: Context) -> list[Id]:
    return [side.seat_id for side in here.standing.sides if side.seat_id]


def _acknowledged(row: Any) -> AcknowledgementOut:
    return AcknowledgementOut(
        id=row.id,
        partner_id=row.partner_id,
        organisation_id=row.organisation_id,
        as_of_revision=row.as_of_revision,
        at=row.at,
        outdated=bool(row.outdated_by),
        outdated_by=row.outdated_by,
    )


@router.post(
    "/proposals/{proposal_id}/acknowledgements",
    status_code=201,
    response_model=AcknowledgementOut,
    summary="Confirm that you have read the others",
)
async def acknowledge_declarations(here: Here, proposal_id: Id, body: AcknowledgementIn = _NEWEST) -> Response:
    """'We have read what the others expect and contribute', as of a revision. Later changes make it out of date."""
    side = here.side(body.organisation_id)
    here.check_state()
    proposal = await picture.load(here.session, here.proposal_id)
    made = await honesty_round.acknowledge(here.session, here.person, proposal, side, body.as_of_revision)
    (row,) = await honesty_round.acknowledgements(here.session, here.proposal_id, _seats(here), id_=made.id)
    location = f"/v1/proposals/{here.proposal_id}/acknowledgements/{made.id}"
    return reply(here.request, _acknowledged(row), status=201, location=location)


@router.get(
    "/proposals/{proposal_id}/acknowledgements",
    response_model=paging.page_of(AcknowledgementOut),
    summary="Who has read what",
)
async def list_acknowledgements(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Each with the partners whose declarations changed since."""
    after = paging.after_id(cursor)
    rows = await honesty_round.acknowledgements(
        here.session, here.proposal_id, _seats(here), after=after, limit=limit + 1
    )
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    return reply_list(here.request, [_acknowledged(row) for row in page], next_cursor)


@router.get(
    "/proposals/{proposal_id}/acknowledgements/{acknowledgement_id}",
    response_model=AcknowledgementOut,
    summary="One acknowledgement",
)
async def get_acknowledgement(here: Here, proposal_id: Id, acknowledgement_id: Id) -> Response:
    which = here.path["acknowledgement_id"]
    rows = await honesty_round.acknowledgements(here.session, here.proposal_id, _seats(here), id_=which)
    if not rows:
        raise NotFound
    (row,) = rows
    return reply(here.request, _acknowledged(row))
