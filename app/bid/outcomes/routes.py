"""Outcomes over HTTP: what the bid promises, by which framework, and how it covers the call."""

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy import select

from app.bid.outcomes import frameworks, service
from app.bid.outcomes.rules import BUILT_IN, coverage, framework_from_csv
from app.bid.outcomes.schemas import (
    ConfirmIn,
    CoverageOut,
    FrameworkOut,
    OutcomeIn,
    OutcomeOut,
    OutcomePatch,
    OutcomesOut,
)
from app.bid.outcomes.tables import Outcome
from app.bid.records import whole_proposal
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import gone, reply, reply_list, reply_part
from app.platform.web.wire import Line
from app.platform.words.codes import Audience

router = Router(tags=["outcomes"])
CSV = Options(body="raw", limit="workbook_limit", media=("text/csv",))
_CSV_BODY = {"requestBody": {"required": True, "content": {"text/csv": {"schema": {"type": "string"}}}}}
Title = Annotated[Line, Query(description="The framework's name.", examples=["Early Help Outcomes 2027"])]


@router.get(
    "/outcome-frameworks", response_model=paging.page_of(FrameworkOut), summary="Outcomes frameworks to choose from"
)
async def list_outcome_frameworks(here: Here, limit: paging.Limit = 50, cursor: paging.Cursor = None) -> Response:
    """Those that everybody can use. A commissioner's own are at its opportunity."""
    return reply_part(here.request, map(FrameworkOut.of, BUILT_IN), limit, cursor, _place)


@router.get(
    "/opportunities/{opportunity_id}/outcome-frameworks",
    response_model=paging.page_of(FrameworkOut),
    summary="The frameworks of a call",
)
async def list_opportunity_frameworks(
    here: Here, opportunity_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The commissioner's own, then those that everybody can use."""
    own = await frameworks.of_call(here.session, here.path["opportunity_id"])
    items = [FrameworkOut.of(each, here.path["opportunity_id"]) for each in own]
    return reply_part(here.request, [*items, *map(FrameworkOut.of, BUILT_IN)], limit, cursor, _place)


def _place(framework: FrameworkOut) -> str:
    return f"{framework.opportunity_id is None:d} {framework.key}"


@router.get(
    "/opportunities/{opportunity_id}/outcome-frameworks/{framework_key}",
    response_model=FrameworkOut,
    summary="One framework of a call",
)
async def get_opportunity_framework(here: Here, opportunity_id: Id, framework_key: str) -> Response:
    """A commissioner's own framework, as it was brought in."""
    for framework in await frameworks.of_call(here.session, here.path["opportunity_id"]):
        if framework.key == here.path["framework_key"]:
            return reply(here.request, FrameworkOut.of(framework, here.path["opportunity_id"]))
    raise NotFound


@router.post(
    "/opportunities/{opportunity_id}/outcome-frameworks",
    status_code=201,
    response_model=FrameworkOut,
    summary="Bring in your own framework",
    edge=CSV,
    openapi_extra=_CSV_BODY,
)
async def import_framework(here: Here, opportunity_id: Id, title: Title) -> Response:
    """CSV in UTF-8 with a header row: `outcome`, and if you like `explanation`, `indicator`, `unit`, `method`.

    One row an indicator; rows of one outcome belong together. The same title replaces the one before.
    """
    framework = framework_from_csv(here.content, title)
    await frameworks.bring_in(here.session, here.person, here.path["opportunity_id"], framework)
    where = f"/v1/opportunities/{here.path['opportunity_id']}/outcome-frameworks/{framework.key}"
    return reply(here.request, FrameworkOut.of(framework, here.path["opportunity_id"]), status=201, location=where)


async def _row(here: Context) -> Outcome:
    row = await here.session.get(Outcome, here.path["outcome_id"])
    if row is None:
        raise NotFound
    return row


def _side(here: Context, named: Id | None = None) -> Side:
    """The partner that is named, otherwise the first for which the actor may write, since an outcome is the whole bid's."""
    return here.side_of_any() if named is None else here.side(organisation_id=named)


@router.post(
    "/proposals/{proposal_id}/outcomes", status_code=201, response_model=OutcomeOut, summary="Promise an outcome"
)
async def create_outcome(here: Here, proposal_id: Id, body: OutcomeIn) -> Response:
    """Any partner's editor writes it. A partner that you name confirms for itself that it delivers."""
    side = _side(here, body.organisation_id)
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    outcomes = service.prepare(proposal, [dict(body)])
    here.check_state()
    [row] = await service.promise(here.act(side), proposal, outcomes)
    where = f"/v1/proposals/{here.proposal_id}/outcomes/{row.id}"
    return reply(here.request, OutcomeOut.of(row), status=201, location=where)


@router.post(
    "/proposals/{proposal_id}/outcomes:import",
    status_code=201,
    response_model=OutcomesOut,
    summary="Promise the outcomes of a table",
    edge=CSV,
    openapi_extra=_CSV_BODY,
)
async def import_outcomes(here: Here, proposal_id: Id, title: Title) -> Response:
    """A framework as CSV, such as a commissioner sent it: one outcome for each of its indicators, all or none.

    Targets, dates and partners are added afterwards.
    """
    side = _side(here)
    framework = framework_from_csv(here.content, title)
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    outcomes = service.prepare(proposal, frameworks.as_outcomes(framework), at="/rows/{}")
    here.check_state()
    rows = await service.promise(here.act(side), proposal, outcomes)
    out = OutcomesOut(items=[OutcomeOut.of(row) for row in rows])
    return reply(here.request, out, status=201, location=f"/v1/proposals/{here.proposal_id}/outcomes")


@router.get(
    "/proposals/{proposal_id}/outcomes", response_model=paging.page_of(OutcomeOut), summary="What the bid promises"
)
async def list_outcomes(
    here: Here,
    proposal_id: Id,
    audience: Annotated[Audience | None, Query(description="`commissioner`: only what the commissioner gets.")] = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """In the order in which they were written."""
    query = select(Outcome).where(Outcome.proposal_id == here.proposal_id)
    if audience is Audience.COMMISSIONER:
        query = query.where(Outcome.audience == Audience.COMMISSIONER)
    rows, next_cursor = await paging.rows(here.session, query, Outcome.id, limit, cursor)
    return reply_list(here.request, [OutcomeOut.of(row) for row in rows], next_cursor)


@router.get("/proposals/{proposal_id}/outcomes/{outcome_id}", response_model=OutcomeOut, summary="One outcome")
async def get_outcome(here: Here, proposal_id: Id, outcome_id: Id) -> Response:
    """With who delivers it and who has confirmed."""
    return reply(here.request, OutcomeOut.of(await _row(here)))


@router.patch("/proposals/{proposal_id}/outcomes/{outcome_id}", response_model=OutcomeOut, summary="Change an outcome")
async def update_outcome(here: Here, proposal_id: Id, outcome_id: Id, body: OutcomePatch) -> Response:
    """By any partner's editor. When the promise changes, the partners that deliver it confirm again."""
    side, row = _side(here), await _row(here)
    after = service.changed(row, await whole_proposal.load(here.session, here.proposal_id), body.sent())
    here.match(row.version)
    here.check_state()
    await service.change(here.act(side), row, after)
    return reply(here.request, OutcomeOut.of(row))


@router.delete("/proposals/{proposal_id}/outcomes/{outcome_id}", status_code=204, summary="Take an outcome out")
async def delete_outcome(here: Here, proposal_id: Id, outcome_id: Id) -> Response:
    """By any partner's editor, with the ETag in If-Match."""
    side, row = _side(here), await _row(here)
    here.match(row.version)
    here.check_state()
    await service.take_out(here.act(side), row)
    return gone()


@router.post(
    "/proposals/{proposal_id}/outcomes/{outcome_id}/confirm",
    response_model=OutcomeOut,
    summary="Confirm that you deliver an outcome",
)
async def confirm_outcome(here: Here, proposal_id: Id, outcome_id: Id, body: ConfirmIn | None = None) -> Response:
    """By an editor of a partner that the outcome names. Until then the bid names it to nobody as delivering."""
    act, row = here.act(here.side(partner_id=body.partner_id if body else None)), await _row(here)
    service.check_named(act, row)
    here.check_state()
    await service.confirm(act, row)
    return reply(here.request, OutcomeOut.of(row))


@router.get(
    "/proposals/{proposal_id}/outcome-coverage",
    response_model=CoverageOut,
    summary="How the outcomes cover the call",
)
async def get_outcome_coverage(here: Here, proposal_id: Id) -> Response:
    """By question, lot and framework; what nobody stands behind yet, and what could not be measured."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    own = await frameworks.of_call(here.session, proposal.opportunity.id)
    return reply(here.request, CoverageOut.of(coverage(proposal, (*own, *BUILT_IN))))
