"""Budget lines over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.bid.budget import from_wire, queries, service
from app.bid.budget.reading import line_outs, reader
from app.bid.budget.rules.changes import Change
from app.bid.budget.rules.views import budget_view, may_read_line
from app.bid.budget.schemas import BatchIn, BatchOut, BudgetLineIn, BudgetLineOut, BudgetLinePatch
from app.bid.records import whole_proposal
from app.bid.value import BudgetLine, Partner, Proposal
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import gone, reply, reply_list
from app.platform.web.wire import IdIn

router = Router(tags=["budget"])
BASE = "/proposals/{proposal_id}/budget-lines"
ONE = f"{BASE}/{{budget_line_id}}"


async def own_budget(here: Context, partner_id: Id | None) -> tuple[Act, Proposal, Partner]:
    """What writing the budget of a partner of the actor's needs: the one named, or the only one possible."""
    side = here.side(partner_id=partner_id)
    proposal = await queries.load(here.session, here.proposal_id, partner_id=side.seat_id)
    return here.act(side), proposal, _partner(proposal, side.seat_id)


async def _own_line(here: Context) -> tuple[Act, Proposal, Partner, BudgetLine]:
    """The same for the line in the path; 403 where it is another partner's."""
    proposal, line = await queries.load_line(here.session, here.proposal_id, here.path["budget_line_id"])
    side = here.side(partner_id=line.partner_id)
    return here.act(side), proposal, _partner(proposal, side.seat_id), line


def _partner(proposal: Proposal, partner_id: Id | None) -> Partner:
    partner = proposal.partner(partner_id or "")
    if partner is None:
        raise NotFound
    return partner


def _answer(here: Context, proposal: Proposal, line: BudgetLine, status: int = 200) -> Response:
    (out,) = line_outs([line], proposal, here.standing)
    location = f"/v1/proposals/{here.proposal_id}/budget-lines/{line.id}" if status == 201 else None
    return reply(here.request, out, status=status, location=location)


@router.post(BASE, status_code=201, response_model=BudgetLineOut, summary="Add a budget line")
async def create_budget_line(here: Here, proposal_id: Id, body: BudgetLineIn) -> Response:
    """One line of your own budget. Nobody else sees it but those whom you name in `visible_to`; the others see
    your totals by year, after the reveal."""
    act, proposal, partner = await own_budget(here, body.partner_id)
    change = Change(None, from_wire.new_line(dict(body), proposal, partner))
    service.check(proposal, [change])
    here.check_state()
    (saved,) = await service.save(act, proposal, partner, [change])
    return _answer(here, proposal, saved, 201)


@router.get(BASE, response_model=paging.page_of(BudgetLineOut), summary="The budget lines that you may read")
async def list_budget_lines(
    here: Here,
    proposal_id: Id,
    partner_id: Annotated[IdIn | None, Query()] = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Your own, and those that other partners opened to you."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    lines = budget_view(proposal, reader(here.standing, proposal)).lines
    of_partner = [line for line in lines if partner_id in (None, line.partner_id)]
    page, next_cursor = paging.part(of_partner, limit, cursor, lambda line: line.id)
    return reply_list(here.request, line_outs(page, proposal, here.standing), next_cursor)


@router.get(ONE, response_model=BudgetLineOut, summary="One budget line")
async def get_budget_line(here: Here, proposal_id: Id, budget_line_id: Id) -> Response:
    """Your own, or one that was opened to you."""
    proposal, line = await queries.load_line(here.session, here.proposal_id, here.path["budget_line_id"])
    if not may_read_line(line, reader(here.standing, proposal)):
        raise NotFound
    return _answer(here, proposal, line)


@router.patch(ONE, response_model=BudgetLineOut, summary="Change a budget line")
async def update_budget_line(here: Here, proposal_id: Id, budget_line_id: Id, body: BudgetLinePatch) -> Response:
    """By an editor of the partner that wrote it, with the ETag in If-Match."""
    act, proposal, partner, line = await _own_line(here)
    change = Change(line, from_wire.changed_line(line, body.sent(), proposal))
    service.check(proposal, [change])
    here.match(line.version)
    here.check_state()
    saved = await service.save(act, proposal, partner, [change])
    return _answer(here, proposal, saved[0] if saved else line)


@router.delete(ONE, status_code=204, summary="Take a budget line out")
async def delete_budget_line(here: Here, proposal_id: Id, budget_line_id: Id) -> Response:
    """By an editor of the partner that wrote it, with the ETag in If-Match."""
    act, proposal, partner, line = await _own_line(here)
    here.match(line.version)
    here.check_state()
    await service.save(act, proposal, partner, [Change(line, None)])
    return gone()


@router.post(f"{BASE}:batch", response_model=BatchOut, summary="Write many budget lines at once")
async def batch_budget_lines(here: Here, proposal_id: Id, body: BatchIn) -> Response:
    """All or nothing, for one partner. A row with `id` and `version` changes, one without adds; each fault points at
    its row."""
    act, proposal, partner = await own_budget(here, body.partner_id)
    changes = from_wire.batch(body.items, proposal, partner)
    service.check(proposal, changes)
    from_wire.check_versions(body.items, changes)
    here.check_state()
    written = {line.id: line for line in await service.save(act, proposal, partner, changes)}
    lines = [written.get(change.line.id, change.line) for change in changes]
    return reply(here.request, BatchOut(items=line_outs(lines, proposal, here.standing)))
