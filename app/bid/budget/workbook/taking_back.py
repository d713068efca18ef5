"""A workbook taken back, overheads worked out, and the differences that both answer."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.concurrency import run_in_threadpool

from app.bid.budget import service
from app.bid.budget.rules.merge import Merge, merge
from app.bid.budget.rules.overheads import FullCostRecovery, Method, Percentage, PerHead
from app.bid.budget.schemas import (
    BudgetLineOut,
    FullCostRecoveryIn,
    LineChangeOut,
    OverheadsIn,
    PercentageIn,
    PerHeadIn,
    WorkbookConflictOut,
    WorkbookDifferencesOut,
)
from app.bid.budget.service import Change
from app.bid.budget.workbook.reader import SheetBack, read_budget_workbook
from app.bid.value import Proposal
from app.platform.access.errors import Fault, Forbidden, Invalid
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Standing
from app.platform.db.base import new_id
from app.platform.web.context import Context
from app.platform.web.wire import MoneyIn

_LAST_CHANGE = text(
    "SELECT max(at) FROM events WHERE stream_id = :proposal_id "
    "AND (revision IS NOT NULL OR only_for && CAST(:seats AS uuid[]))"
)


async def last_change(session: AsyncSession, proposal_id: Id, seats: Sequence[Id | None]) -> datetime:
    """When something that this reader can see last changed: the date of the workbook depends on nothing hidden."""
    found = await session.execute(_LAST_CHANGE, {"proposal_id": proposal_id, "seats": [s for s in seats if s]})
    at: datetime | None = found.scalar_one()
    return (at or datetime(2026, 1, 1, tzinfo=UTC)).replace(microsecond=0)


def seats_that_may_edit(here: Context) -> frozenset[Id]:
    """The partners whose sheets this person may send back; 403 where there is none."""
    able = [
        side.seat_id
        for side in here.standing.seats(Relation.PARTNER)
        if side.seat_id and here.rule.may.test(Standing(sides=(side,), status=here.standing.status))
    ]
    if not able:
        raise Forbidden
    return frozenset(able)


async def take_back(
    here: Context, proposal: Proposal, mine: frozenset[Id], content: bytes, dry_run: bool
) -> WorkbookDifferencesOut:
    """Read, merge, and (unless dry) write every sheet of `mine`, or nothing at all."""
    sheets = await run_in_threadpool(read_budget_workbook, content, proposal, mine, new_id)
    merges = [(sheet, _merged(sheet, proposal)) for sheet in sheets]
    conflicts = [fault for _, merged in merges for fault in merged.conflicts]
    if conflicts and not dry_run:
        raise service.WorkbookOutOfDate(errors=conflicts)
    changes: list[Change] = []
    for sheet, merged in merges:
        partner = proposal.partner(sheet.partner_id)
        assert partner is not None
        of_sheet = service.from_merge(merged, proposal, partner)
        changes += of_sheet
        if not dry_run:
            await service.save(here.session, here.person, proposal, partner, of_sheet)
    cells = {line_id: where for _, merged in merges for line_id, where in merged.cells.items()}
    unchanged = sum(merged.unchanged for _, merged in merges)
    return differences(
        changes, proposal, mine, applied=not dry_run, cells=cells, unchanged=unchanged, conflicts=conflicts
    )


def _merged(sheet: SheetBack, proposal: Proposal) -> Merge:
    return merge(
        sheet.rows, sheet.origins, [line for line in proposal.budget_lines if line.partner_id == sheet.partner_id]
    )


def differences(
    changes: Iterable[Change],
    proposal: Proposal,
    seats: frozenset[Id],
    *,
    applied: bool,
    cells: Mapping[Id, Mapping[str, str]] | None = None,
    unchanged: int | None = None,
    conflicts: Iterable[Fault] = (),
) -> WorkbookDifferencesOut:
    changes = list(changes)
    if unchanged is None:
        own = sum(line.partner_id in seats for line in proposal.budget_lines)
        unchanged = own - sum(change.before is not None for change in changes)

    def told(change: Change) -> LineChangeOut:
        before, after = (
            BudgetLineOut.of(line, proposal.currency, seats) if line else None for line in (change.before, change.after)
        )
        where = dict((cells or {}).get(change.line.id, {}))
        return LineChangeOut(before=before, after=after, fields=service.fields_that_differ(change), cells=where)

    return WorkbookDifferencesOut(
        applied=applied,
        added=[told(change) for change in changes if change.before is None],
        changed=[told(change) for change in changes if change.before and change.after],
        removed=[told(change) for change in changes if change.after is None],
        unchanged=unchanged,
        conflicts=[
            WorkbookConflictOut(pointer=fault.pointer, code=fault.code, detail=fault.detail) for fault in conflicts
        ],
        version=proposal.version,
    )


def method_of(body: OverheadsIn, proposal: Proposal) -> Method:
    """The domain's method; amounts must be in the proposal's currency, years whole numbers."""
    how = body.how
    if isinstance(how, PercentageIn):
        return Percentage(Decimal(how.rate))
    if isinstance(how, PerHeadIn):
        amount = _minor(how.amount, proposal, "/how/amount")
        return PerHead(amount, {_year(year, "/how/heads"): Decimal(posts) for year, posts in how.heads.items()})
    assert isinstance(how, FullCostRecoveryIn)
    return FullCostRecovery(
        central={_year(y, "/how/central"): _minor(m, proposal, f"/how/central/{y}") for y, m in how.central.items()},
        direct={_year(y, "/how/direct"): _minor(m, proposal, f"/how/direct/{y}") for y, m in how.direct.items()},
    )


def _minor(money: MoneyIn, proposal: Proposal, at: str) -> int:
    if money.currency != proposal.currency:
        raise Invalid.at(f"{at}/currency", "another-currency", f"This proposal is in {proposal.currency}.")
    return money.minor


def _year(text: str, at: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise Invalid.at(at, "year-outside-the-bid", "Name years as whole numbers: 1 for the first contract year.")
    return int(text)
