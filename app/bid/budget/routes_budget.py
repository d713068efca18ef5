"""The budget as a whole over HTTP: sums, showing them, overheads, and the workbook out and back."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import Query, Response
from starlette.concurrency import run_in_threadpool

from app.bid.budget import from_wire, queries, service, showing
from app.bid.budget.reading import own_seats, reader
from app.bid.budget.routes import own_budget
from app.bid.budget.rules.views import BudgetView, budget_view, commissioner_preview
from app.bid.budget.schemas_budget import BudgetOut, FinalIn, ShowIn
from app.bid.budget.schemas_changes import OverheadsIn, WorkbookDifferencesOut
from app.bid.budget.workbook.layout import WorkbookFacts
from app.bid.budget.workbook.reader import read_budget_workbook
from app.bid.budget.workbook.taking_back import take_back
from app.bid.records import whole_proposal
from app.bid.value import Proposal
from app.bid.value.reader import Reader
from app.platform.access.errors import Forbidden
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.db.base import new_id
from app.platform.web import etag
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply, reply_bytes
from app.platform.words.codes import Audience

router = Router(tags=["budget"])
BASE = "/proposals/{proposal_id}"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE = {200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}}


@router.get(f"{BASE}/budget", response_model=BudgetOut, summary="The budget as you may see it")
async def get_budget(
    here: Here,
    proposal_id: Id,
    audience: Annotated[Audience, Query(description="`commissioner`: what the commissioner will get.")] = (
        Audience.PARTNERS
    ),
) -> Response:
    """Sums by partner, year, lot, category and source, and against the ceilings.

    Of another partner you see totals by year as it last showed them (`shown_at`) and nothing smaller. The sums of the whole
    bid by lot, by source and of VAT are those that were last taken of all partners at once (`taken_at`). By category, what
    others did not open to you is one undisclosed amount. Before the reveal you see your own alone; a facilitator sees the
    total.
    """
    view_for = commissioner_preview if audience is Audience.COMMISSIONER else budget_view
    return await _budget(here, view_for)


async def _budget(
    here: Context, view_for: Callable[[Proposal, Reader], BudgetView], lines_changed: int | None = None
) -> Response:
    """The budget as this reader may see it now. `lines_changed` are those that were shown just now."""
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    view = view_for(proposal, reader(here.standing, proposal))
    if lines_changed is not None:
        view = replace(view, lines_changed=lines_changed)
    out = BudgetOut.of(view, proposal, own_seats(here.standing))
    variant = hashlib.sha256(out.model_dump_json().encode()).hexdigest()[:20]
    return reply(here.request, out, version=proposal.version, variant=variant)


@router.post(f"{BASE}/budget/show", response_model=BudgetOut, summary="Show the others your totals now")
async def show_totals(here: Here, proposal_id: Id, body: ShowIn | None = None) -> Response:
    """Until then the others see your totals by year as you last showed them, whatever you change. Shown first at the reveal.

    `lines_changed` in the answer says how many lines changed since the last time. Few changed lines can be read off the
    step: look at `lines_changed` of `GET …/budget` before.
    """
    act, proposal, partner = await own_budget(here, body.partner_id if body else None)
    here.check_state()
    return await _budget(here, budget_view, await showing.show(act, proposal, partner))


@router.post(f"{BASE}/budget/final", response_model=BudgetOut, summary="Say that your prices are final")
async def say_prices_final(here: Here, proposal_id: Id, body: FinalIn) -> Response:
    """By an admin or signatory. It shows your totals and holds your lines still until you take it back with `final` false.

    The bid is locked for signing only once the prices of all partners are final.
    """
    act, proposal, partner = await own_budget(here, body.partner_id)
    here.check_state()
    return await _budget(here, budget_view, await showing.say_final(act, proposal, partner, body.final))


@router.post(f"{BASE}/budget/overheads", response_model=WorkbookDifferencesOut, summary="Work overheads out")
async def apply_overheads(here: Here, proposal_id: Id, body: OverheadsIn) -> Response:
    """A percentage of direct costs, an amount for each post, or full cost recovery; exact to the penny.

    Written as lines of the category 'overheads', or noted on your lines as their full cost. `dry_run` shows first.
    """
    act, proposal, partner = await own_budget(here, body.partner_id)
    changes = from_wire.overheads(body, proposal, partner)
    if not body.dry_run:
        service.check(proposal, changes)
    here.check_state()
    if not body.dry_run:
        await service.save(act, proposal, partner, changes)
    out = WorkbookDifferencesOut.of(changes, proposal, frozenset({partner.id}), applied=not body.dry_run)
    return reply(here.request, out)


@router.get(f"{BASE}/budget.xlsx", responses=_FILE, summary="The budget as a workbook")
async def get_budget_workbook(here: Here, proposal_id: Id) -> Response:
    """For a finance officer to fill in offline: one sheet for each partner that you may see, and totals with formulas.

    Send it back with `PUT`, first with `?dry_run=true`.
    """
    from app.bid.budget.workbook.writer import budget_workbook  # with a library that few requests need

    proposal = await whole_proposal.load(here.session, here.proposal_id)
    who = reader(here.standing, proposal)
    own = own_seats(here.standing) & who.partner_ids
    made_at = await queries.last_change(here.session, here.proposal_id, [side.seat_id for side in here.standing.sides])
    facts = WorkbookFacts(proposal, budget_view(proposal, who), own, made_at)
    content = await run_in_threadpool(budget_workbook, facts)
    tag = etag.tag(proposal.version, hashlib.sha256(content).hexdigest()[:20])
    name = f'attachment; filename="budget-{here.proposal_id[:8]}.xlsx"'
    return reply_bytes(
        here.request, content, tag=tag, media=XLSX, Content_Disposition=name, X_Content_Type_Options="nosniff"
    )


def _seats_that_may_edit(here: Context) -> frozenset[Id]:
    """The partners whose sheets this person may send back; 403 where there is none."""
    able = [
        side.seat_id
        for side in here.standing.seats(Relation.PARTNER)
        if side.seat_id and here.rule.may.test(here.standing.of(side))
    ]
    if not able:
        raise Forbidden
    return frozenset(able)


@router.put(
    f"{BASE}/budget.xlsx",
    response_model=WorkbookDifferencesOut,
    summary="Take the workbook back",
    edge=Options(body="raw", limit="workbook_limit", media=(XLSX,)),
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
    own = _seats_that_may_edit(here)
    proposal = await whole_proposal.load(here.session, here.proposal_id)
    sheets = await run_in_threadpool(read_budget_workbook, here.content, proposal, own, new_id)
    here.match(proposal.version)
    here.check_state()
    out = await take_back(here.act(), proposal, sheets, dry_run)
    return reply(here.request, out, version=proposal.version)
