"""Reads a budget workbook that comes back into rows, and names the cell of everything that is wrong.

Only the sender's own rows are taken from the file. It must be this proposal's workbook, sheets of other partners must
be unchanged, and hidden sheets empty. A formula counts only in a number cell, by the result stored with it. Rows and
columns are found by their headings, wherever they were moved (`headings.py`).
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.bid.budget.rules.lines import line_faults
from app.bid.budget.rules.merge import Origin, Row
from app.bid.budget.workbook import headings
from app.bid.budget.workbook.layout import EXPORTED, FIRST_ROW, LAST_ROW, SCHEMA, START, TOTALS, row_digest
from app.bid.budget.workbook.row_reader import RowReader, plain
from app.bid.value import Proposal
from app.documents.spreadsheet_guard import WorkbookRefused, inspect_package, refused
from app.platform.access.errors import Fault, Invalid
from app.platform.access.ids import Id

MAX_FAULTS = 100
"""No more are listed: whoever has a hundred probably has one, repeated."""


class AnotherProposalsWorkbook(Invalid):
    code = "another-proposals-workbook"
    title = "This workbook belongs to another proposal"
    explanation = "Nothing was changed. Fetch this proposal's own workbook and fill that one in."


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """One partner's sheet as it came back: its rows, and the lines that the workbook was made from."""

    partner_id: Id
    rows: tuple[Row, ...]
    origins: tuple[Origin, ...]


def read_budget_workbook(
    data: bytes, proposal: Proposal, own: frozenset[Id], new_id: Callable[[], Id]
) -> tuple[ReturnedSheet, ...]:
    """The sheets of the partners in `own`. Raises WorkbookRefused with every fault, or AnotherProposalsWorkbook.

    New rows get their ids from `new_id`. Faults point at `/<sheet>/<cell>`.
    """
    inspect_package(data)
    try:
        from openpyxl import load_workbook  # half a second of start, for those who import a workbook

        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
    except Exception as broken:  # a library for a format of a thousand pages raises what it likes
        raise refused("not-a-workbook", "The workbook is damaged. Save it again, or fetch a new one.") from broken
    try:
        return _Reading(data, book, proposal, own, new_id).sheets()
    except (WorkbookRefused, AnotherProposalsWorkbook):
        raise
    except Exception as broken:
        raise refused("not-a-workbook", "The workbook is damaged. Save it again, or fetch a new one.") from broken
    finally:
        book.close()


@dataclass(slots=True)
class _Reading:
    data: bytes
    book: Any
    proposal: Proposal
    own: frozenset[Id]
    new_id: Callable[[], Id]
    faults: list[Fault] = field(default_factory=list)
    results: Any = None
    """The same workbook with the stored results of formulas, opened only once a formula is found."""

    def sheets(self) -> tuple[ReturnedSheet, ...]:
        origins = self.made_from()
        found: dict[Id, tuple[Row, ...]] = {}
        for sheet in self.book.worksheets:
            if sheet.sheet_state != "visible":
                self.nothing_hidden(sheet)
            elif sheet.title not in (START, TOTALS, EXPORTED):
                self.partner(sheet, origins, found)
        for partner_id in self.own - found.keys():
            partner = self.proposal.partner(partner_id)
            name = partner.name if partner else "your organisation"
            self.wrong(
                "", "", "sheet-missing", f"The sheet of {name} is missing. Put it back, or fetch a new workbook."
            )
        if self.faults:
            raise WorkbookRefused("The workbook has mistakes. Each entry names the cell.", self.faults[:MAX_FAULTS])
        return tuple(
            ReturnedSheet(partner_id, rows, tuple(origin for owner, origin in origins if owner == partner_id))
            for partner_id, rows in found.items()
        )

    def wrong(self, sheet: str, cell: str, code: str, detail: str) -> None:
        where = f"Sheet '{sheet}', cell {cell}: " if cell else ""
        at = f"/{sheet.replace('~', '~0').replace('/', '~1')}/{cell}" if cell else ""
        self.faults.append(Fault(at, code, where + detail))

    def made_from(self) -> list[tuple[Id, Origin]]:
        """The lines that the workbook was made from, with their partners, from the sheet that says so."""
        if EXPORTED not in self.book.sheetnames:
            raise refused("not-our-workbook", f"The sheet '{EXPORTED}' is missing. Fetch the workbook here first.")
        rows = [[plain(cell.value) for cell in row[:4]] for row in self.rows(self.book[EXPORTED], 1, 4)]
        made_from = {row[0]: row[1] for row in rows[:5] if len(row) > 1}
        if made_from.get("schema") != SCHEMA:
            raise refused("not-our-workbook", "This is not a budget workbook of this service. Fetch one here first.")
        if made_from.get("proposal") != self.proposal.id:
            raise AnotherProposalsWorkbook()
        return [
            (partner_id, Origin(line_id, int(version), said))
            for line_id, partner_id, version, said in (row for row in rows if len(row) == 4)
            if version.isdecimal() and len(version) < 10
        ]

    def rows(self, sheet: Any, first: int, columns: int) -> Iterator[tuple[Any, ...]]:
        sheet.reset_dimensions()
        yield from sheet.iter_rows(min_row=first, max_row=LAST_ROW + 1, max_col=columns)

    def nothing_hidden(self, sheet: Any) -> None:
        if any(cell.value is not None for row in self.rows(sheet, 1, 50) for cell in row):
            self.wrong(
                sheet.title, "A1", "hidden-sheet", "This sheet is hidden and holds something. Show or delete it."
            )

    def partner(self, sheet: Any, origins: list[tuple[Id, Origin]], found: dict[Id, tuple[Row, ...]]) -> None:
        """Read a sheet of the sender's own; check that another partner's sheet is unchanged."""
        partners = {owner for owner, _ in origins} | self.own
        lines = {origin.id: owner for owner, origin in origins}
        sheet.reset_dimensions()
        top = headings.find(sheet.iter_rows(max_row=headings.DEEPEST, max_col=headings.WIDEST), partners, lines)
        if top.partner_id is None:
            return  # a sheet of the finance officer's own
        if top.partner_id in found:
            self.wrong(sheet.title, top.partner_cell, "sheet-twice", "Another sheet stands for this partner already.")
            return
        for mistake in top.mistakes:
            self.wrong(sheet.title, mistake.cell, mistake.code, mistake.detail)
        rows = () if top.mistakes else self.lines(sheet, top)
        if top.partner_id in self.own:
            found[top.partner_id] = tuple(rows)
            return
        said = {origin.id: origin.digest for owner, origin in origins if owner == top.partner_id}
        mistakes = len(self.faults)
        for row in rows:
            if said.get(row.line.id) != row.digest:
                self.faults[mistakes:] = []
                cell = row.cells["category"]
                self.wrong(
                    sheet.title, cell, "not-yours", "This row is another partner's. Undo what you changed in it."
                )
                return

    def lines(self, sheet: Any, top: headings.Headings) -> Iterator[Row]:
        assert top.partner_id is not None
        fields = {column: name for name, column in top.columns.items()}
        for row in self.rows(sheet, top.first_row, headings.WIDEST):
            cells = {fields[x.column_letter]: x for x in row if x.value is not None and x.column_letter in fields}
            if not any(plain(cell.value) for cell in cells.values()):
                continue
            at = next(iter(cells.values())).row
            if at > LAST_ROW:
                self.wrong(sheet.title, f"A{at}", "too-many-rows", f"Keep to {LAST_ROW - FIRST_ROW + 1} rows.")
                return
            yield self.row(sheet.title, at, cells, top.columns, top.partner_id)

    def row(self, sheet: str, at: int, cells: dict[str, Any], columns: dict[str, str], partner_id: Id) -> Row:
        mistakes = len(self.faults)
        where = {name: f"{column}{at}" for name, column in columns.items()}

        def wrong(name: str, code: str, detail: str) -> None:
            self.wrong(sheet, where[name], code, detail)

        reader = RowReader(cells, self.proposal, wrong, lambda name: self.stored_result(sheet, where[name]))
        line, known = reader.line(partner_id, self.new_id)
        if len(self.faults) == mistakes and partner_id in self.own:
            for fault in line_faults(line, self.proposal):
                name = fault.pointer.strip("/")
                wrong(name if name in where else "category", fault.code, fault.detail)
        return Row(line, row_digest(line), where, known)

    def stored_result(self, sheet: str, cell: str) -> Any:
        if self.results is None:
            from openpyxl import load_workbook

            self.results = load_workbook(io.BytesIO(self.data), data_only=True, keep_links=False)
        return self.results[sheet][cell].value
