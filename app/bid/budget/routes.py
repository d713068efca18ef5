"""The budget over HTTP: lines, sums, overheads, and the workbook out and back."""

import hashlib
from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from app.bid.budget import queries as own_budget
from app.bid.budget import service
from app.bid.budget.reading import currency_and_seats, reader
from app.bid.budget.rules.views import BudgetView, budget_view, commissioner_preview, may_read_line
from app.bid.budget.schemas import (
    BatchIn,
    BatchOut,
    BudgetLineIn,
    BudgetLineOut,
    BudgetLinePatch,
    BudgetOut,
    OverheadsIn,
    WorkbookDifferencesOut,
)
from app.bid.budget.workbook import taking_back as workbook
from app.bid.budget.workbook.layout import WorkbookFacts
from app.bid.records import whole_proposal as picture
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.web import body as reading
from app.platform.web import etag, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import gone, reply, reply_bytes, reply_list
from app.platform.web.wire import IdIn
from app.platform.words.codes import Audience

router = Router(tags=["budget"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}


async def _own_line(here: Context) -> tuple[Proposal, Partner, BudgetLine]:
    """The proposal with the owner's lines, the owner, and the line in the path; 403 where it is another's."""
    line_id = here.path["budget_line_id"]
    proposal = await own_budget.load(here.session, here.proposal_id, line_id=line_id)
    line = next((each for each in proposal.budget_lines if each.id == line_id), None)
    if line is None:
        raise NotFound
    side = here.side(partner_id=line.partner_id)
    return proposal, _partner(proposal, side.seat_id), line


def _partner(proposal: Proposal, partner_id: Id | None) -> Partner:
    partner = proposal.partner(partner_id or "")
    if partner is None:
        raise NotFound
    return partner


async def _answer(here: Context, proposal: Proposal, line: BudgetLine, status: int = 200) -> Response:
    out = BudgetLineOut.of(line, *currency_and_seats(here.standing, proposal))
    location = f"/v1/proposals/{here.proposal_id}/budget-lines/{line.id}" if status == 201 else None
    return reply(here.request, out, status=status, location=location)


@router.post(
    "/proposals/{proposal_id}/budget-lines", status_code=201, response_model=BudgetLineOut, summary="Add a budget line"
)
async def create_budget_line(here: Here, proposal_id: Id, body: BudgetLineIn) -> Response:
    """One line of your own budget. Nobody else sees it but those whom you name in `visible_to`; the others see
    your totals by year, after the reveal."""
    here.check_state()
    side = here.side(partner_id=body.partner_id)
    proposal = await own_budget.load(here.session, here.proposal_id, partner_id=side.seat_id)
    partner = _partner(proposal, side.seat_id)
    line = service.line_from(dict(body), proposal, partner)
    [saved] = await service.save(here.session, here.person, proposal, partner, [service.Change(None, line)])
    return await _answer(here, proposal, saved, 201)


@router.get(
    "/proposals/{proposal_id}/budget-lines",
    response_model=paging.page_of(BudgetLineOut),
    summary="The budget lines that you may read",
)
async def list_budget_lines(
    here: Here,
    proposal_id: Id,
    partner_id: Annotated[IdIn | None, Query()] = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Your own, and those that other partners opened to you."""
    after = paging.decode(cursor, 1)
    proposal = await picture.load(here.session, here.proposal_id)
    lines = [
        line
        for line in budget_view(proposal, reader(here.standing, proposal)).lines
        if (after is None or line.id > str(after[0])) and partner_id in (None, line.partner_id)
    ]
    page, next_cursor = paging.cut(lines[: limit + 1], limit, lambda line: (line.id,))
    told = currency_and_seats(here.standing, proposal)
    return reply_list(here.request, [BudgetLineOut.of(line, *told) for line in page], next_cursor)


@router.get(
    "/proposals/{proposal_id}/budget-lines/{budget_line_id}", response_model=BudgetLineOut, summary="One budget line"
)
async def get_budget_line(here: Here, proposal_id: Id, budget_line_id: Id) -> Response:
    """Your own, or one that was opened to you."""
    proposal = await own_budget.load(here.session, here.proposal_id, line_id=here.path["budget_line_id"])
    who = reader(here.standing, proposal)
    for line in proposal.budget_lines:
        if line.id == here.path["budget_line_id"] and may_read_line(line, who):
            return await _answer(here, proposal, line)
    raise NotFound


@router.patch(
    "/proposals/{proposal_id}/budget-lines/{budget_line_id}",
    response_model=BudgetLineOut,
    summary="Change a budget line",
)
async def update_budget_line(here: Here, proposal_id: Id, budget_line_id: Id, body: BudgetLinePatch) -> Response:
    """By an editor of the partner that wrote it, with the ETag in If-Match."""
    proposal, partner, line = await _own_line(here)
    here.match(line.version)
    here.check_state()
    after = service.changed_line(line, body.sent(), proposal)
    saved = await service.save(here.session, here.person, proposal, partner, [service.Change(line, after)])
    return await _answer(here, proposal, saved[0] if saved else line)


@router.delete(
    "/proposals/{proposal_id}/budget-lines/{budget_line_id}", status_code=204, summary="Take a budget line out"
)
async def delete_budget_line(here: Here, proposal_id: Id, budget_line_id: Id) -> Response:
    """By an editor of the partner that wrote it, with the ETag in If-Match."""
    proposal, partner, line = await _own_line(here)
    here.match(line.version)
    here.check_state()
    await service.save(here.session, here.person, proposal, partner, [service.Change(line, None)])
    return gone()


@router.post(
    "/proposals/{proposal_id}/budget-lines:batch", response_model=BatchOut, summary="Write many budget lines at once"
)
async def batch_budget_lines(here: Here, proposal_id: Id, body: BatchIn) -> Response:
    """All or nothing, for one partner. A row with `id` and `version` changes, one without adds; each fault points at
    its row."""
    here.check_state()
    side = here.side(partner_id=body.partner_id)
    proposal = await own_budget.load(here.session, here.proposal_id, partner_id=side.seat_id)
    partner = _partner(proposal, side.seat_id)
    changes = service.batch([(row.id, row.version, row.fields()) for row in body.items], proposal, partner)
    saved = await service.save(here.session, here.person, proposal, partner, changes)
    written = {line.id: line for line in saved}
    told = currency_and_seats(here.standing, proposal)
    lines = [written.get(change.line.id, change.line) for change in changes]
    return reply(here.request, BatchOut(items=[BudgetLineOut.of(line, *told) for line in lines]))


def _view(proposal: Proposal, here: Context, audience: Audience) -> BudgetView:
    who = reader(here.standing, proposal)
    return commissioner_preview(proposal, who) if audience is Audience.COMMISSIONER else budget_view(proposal, who)


@router.get("/proposals/{proposal_id}/budget", response_model=BudgetOut, summary="The budget as you may see it")
async def get_budget(
    here: Here,
    proposal_id: Id,
    audience: Annotated[Audience, Query(description="`commissioner`: what the commissioner will get.")] = (
        Audience.PARTNERS
    ),
) -> Response:
    """Sums by partner, year, lot, category and source, and against the ceilings.

    Of another partner you see totals by year and nothing smaller. By lot and category, what others did not open to
    you is one undisclosed amount. Before the reveal you see your own alone; a facilitator sees the total.
    """
    proposal = await picture.load(here.session, here.proposal_id)
    currency, seats = currency_and_seats(here.standing, proposal)
    out = BudgetOut.of(_view(proposal, here, audience), currency, proposal.version, seats)
    variant = hashlib.sha256(out.model_dump_json().encode()).hexdigest()[:20]
    return reply(here.request, out, version=proposal.version, variant=variant)


@router.post(
    "/proposals/{proposal_id}/budget/overheads", response_model=WorkbookDifferencesOut, summary="Work overheads out"
)
async def apply_overheads(here: Here, proposal_id: Id, body: OverheadsIn) -> Response:
    """A percentage of direct costs, an amount for each post, or full cost recovery; exact to the penny.

    Written as lines of the category 'overheads', or noted on your lines as their full cost. `dry_run` shows first.
    """
    here.check_state()
    side = here.side(partner_id=body.partner_id)
    proposal = await own_budget.load(here.session, here.proposal_id, partner_id=side.seat_id)
    partner = _partner(proposal, side.seat_id)
    changes = service.overhead_changes(proposal, partner, workbook.method_of(body, proposal), body.into)
    if not body.dry_run:
        await service.save(here.session, here.person, proposal, partner, changes)
    out = workbook.differences(changes, proposal, frozenset({partner.id}), applied=not body.dry_run)
    return reply(here.request, out)


@router.get("/proposals/{proposal_id}/budget.xlsx", responses=_FILE, summary="The budget as a workbook")
async def get_budget_workbook(here: Here, proposal_id: Id) -> Response:
    """For a finance officer to fill in offline: one sheet for each partner that you may see, and totals with formulas.

    Send it back with `PUT`, first with `?dry_run=true`.
    """
    from app.bid.budget.workbook.writer import budget_workbook  # with a library that few requests need

    proposal = await picture.load(here.session, here.proposal_id)
    who = reader(here.standing, proposal)
    own = frozenset(side.seat_id for side in here.standing.seats(Relation.PARTNER, Relation.FORMER) if side.seat_id)
    made_at = await workbook.last_change(here.session, here.proposal_id, [s.seat_id for s in here.standing.sides])
    facts = WorkbookFacts(proposal, budget_view(proposal, who), own & who.partner_ids, made_at)
    content = await run_in_threadpool(budget_workbook, facts)
    tag = etag.tag(proposal.version, hashlib.sha256(content).hexdigest()[:20])
    name = f'attachment; filename="budget-{here.proposal_id[:8]}.xlsx"'
    return reply_bytes(
        here.request, content, tag=tag, media=XLSX, Content_Disposition=name, X_Content_Type_Options="nosniff"
    )


@router.put(
    "/proposals/{proposal_id}/budget.xlsx",
    response_model=WorkbookDifferencesOut,
    summary="Take the workbook back",
    edge=Options(body="stream", limit="workbook_limit", media=(XLSX,)),
    openapi_extra={
        "requestBody": {"required": True, "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
    },
)
async def put_budget_workbook(
    here: Here,
    proposal_id: Id,
    dry_run: Annotated[bool, Query(description="True: answer what would change, and change nothing.")] = False,
) -> Response:
    """Only what you changed in it is written, and only onto the version that it was changed from; all or nothing.

    Mistakes are 422 with the sheet and cell; a line that was changed on both sides is 409 (and a `conflict` in a dry
    run). If-Match names the ETag that the workbook came with.
    """
    content = await reading.read(here.request, here.settings.workbook_limit)
    proposal = await picture.load(here.session, here.proposal_id)
    here.match(proposal.version)
    here.check_state()
    mine = workbook.seats_that_may_edit(here)
    out = await workbook.take_back(here, proposal, mine, content, dry_run)
    return reply(here.request, out, version=proposal.version)
