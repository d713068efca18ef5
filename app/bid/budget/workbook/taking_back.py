"""Takes a workbook back: every sheet of the partners that its sender edits for is written, or nothing is."""

from collections.abc import Sequence

from app.bid.budget import service
from app.bid.budget.rules.changes import Change
from app.bid.budget.rules.lines import is_open
from app.bid.budget.rules.merge import Merge, merge
from app.bid.budget.schemas_changes import WorkbookDifferencesOut
from app.bid.budget.workbook.reader import ReturnedSheet
from app.bid.value import Partner, Proposal
from app.platform.access.errors import Conflict
from app.platform.db.act import Act


class WorkbookOutOfDate(Conflict):
    code = "workbook-out-of-date"
    title = "The budget changed since the workbook was made"
    explanation = (
        "Lines that you changed in the workbook were changed here as well. Nothing was written. Fetch the workbook "
        "again and make your changes in that one; each entry under 'errors' names the line."
    )


async def take_back(
    act: Act, proposal: Proposal, sheets: Sequence[ReturnedSheet], dry_run: bool
) -> WorkbookDifferencesOut:
    """Merge the sheets and write what they change, unless it is a dry run. Raises WorkbookOutOfDate for conflicts."""
    merges = [_merged(sheet, proposal) for sheet in sheets]
    conflicts = [fault for _, merged in merges for fault in merged.conflicts]
    if conflicts and not dry_run:
        raise WorkbookOutOfDate(errors=conflicts)
    changes: list[Change] = []
    for partner, merged in merges:
        of_sheet = merged.changes(is_open(proposal, partner))
        changes += of_sheet
        if not dry_run:
            service.check(proposal, of_sheet)
            await service.save(act, proposal, partner, of_sheet)
    return WorkbookDifferencesOut.of(
        changes,
        proposal,
        frozenset(partner.id for partner, _ in merges),
        applied=not dry_run,
        unchanged=sum(merged.unchanged for _, merged in merges),
        cells={line_id: where for _, merged in merges for line_id, where in merged.cells.items()},
        conflicts=conflicts,
    )


def _merged(sheet: ReturnedSheet, proposal: Proposal) -> tuple[Partner, Merge]:
    partner = proposal.partner(sheet.partner_id)
    assert partner is not None
    current = [line for line in proposal.budget_lines if line.partner_id == partner.id]
    return partner, merge(sheet.rows, sheet.origins, current)
