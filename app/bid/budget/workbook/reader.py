"""Reads a budget workbook that comes back into rows, and names the cell of everything that is wrong.

Only the sender's own rows are taken from the file. It must be this proposal's workbook, sheets of other partners must
be unchanged, and hidden sheets empty. A formula counts only in a number cell, by the result stored with it.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from app.bid.budget.rules.lines import line_faults, vat_of
from app.bid.budget.rules.merge import Origin, Row
from app.bid.budget.workbook.layout import (
    EXPORTED,
    FIELD_COLUMNS,
    FIRST_ROW,
    LAST_ROW,
    PARTNER_CELL,
    SCHEMA,
    SOURCE_WORDS,
    START,
    TOTALS,
    VAT_WORDS,
    lot_keys,
    row_digest,
)
from app.bid.value import BudgetLine, Proposal
from app.documents.spreadsheet_guard import WorkbookRefused, inspect_package, refused
from app.platform.access.errors import Fault, Invalid
from app.platform.access.ids import Id
from app.platform.access.money import AMOUNT_MAX, parse_amount
from app.platform.words.codes import BudgetSource, VatTreatment

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
        rows = [[_plain(cell.value) for cell in row[:4]] for row in self.rows(self.book[EXPORTED], 1, 4)]
        made_from = {row[0]: row[1] for row in rows[:3] if len(row) > 1}
        if made_from.get("schema") != SCHEMA:
            raise refused("not-our-workbook", "This is not a budget workbook of this service. Fetch one here first.")
        if made_from.get("proposal") != self.proposal.id:
            raise AnotherProposalsWorkbook()
        return [
            (partner_id, Origin(line_id, int(version), said))
            for line_id, partner_id, version, said in (row for row in rows[4:] if len(row) == 4)
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
        top = next(iter(self.rows(sheet, 3, 2)), ())
        partner_id = _plain(top[1].value) if len(top) > 1 else ""
        if partner_id not in {origin_partner for origin_partner, _ in origins} | self.own:
            return  # a sheet of the finance officer's own
        if partner_id in found:
            self.wrong(sheet.title, PARTNER_CELL, "sheet-twice", "Another sheet stands for this partner already.")
            return
        if partner_id in self.own:
            found[partner_id] = tuple(self.lines(sheet, partner_id))
            return
        said = {origin.id: origin.digest for owner, origin in origins if owner == partner_id}
        mistakes = len(self.faults)
        for row in self.lines(sheet, partner_id):
            if said.get(row.line.id) != row.digest:
                self.faults[mistakes:] = []
                cell = row.cells["category"]
                self.wrong(
                    sheet.title, cell, "not-yours", "This row is another partner's. Undo what you changed in it."
                )
                return

    def lines(self, sheet: Any, partner_id: Id) -> Iterator[Row]:
        for cells in self.rows(sheet, FIRST_ROW, 10):
            by_column = {cell.column_letter: cell for cell in cells if cell.value is not None}
            if not any(_plain(by_column[c].value) for c in FIELD_COLUMNS.values() if c in by_column):
                continue
            at = next(iter(by_column.values())).row
            if at > LAST_ROW:
                self.wrong(sheet.title, f"A{at}", "too-many-rows", f"Keep to {LAST_ROW - FIRST_ROW + 1} rows.")
                return
            yield self.row(sheet.title, at, by_column, partner_id)

    def row(self, sheet: str, at: int, cells: dict[str, Any], partner_id: Id) -> Row:
        mistakes = len(self.faults)
        where = {name: f"{column}{at}" for name, column in FIELD_COLUMNS.items()}
        known = self.text(sheet, at, cells, "id")
        treatment = self.choice(sheet, at, cells, "vat_treatment", VAT_WORDS, VatTreatment.OUTSIDE_SCOPE)
        amount = self.amount(sheet, at, cells, "amount")
        line = BudgetLine(
            id=known or self.new_id(),
            partner_id=partner_id,
            category=self.text(sheet, at, cells, "category").strip(),
            year=self.year(sheet, at, cells),
            source=self.choice(sheet, at, cells, "source", SOURCE_WORDS, BudgetSource.REQUESTED),
            amount=amount or 0,
            lot_id=self.lot(sheet, at, cells),
            description=self.text(sheet, at, cells, "description"),
            vat_treatment=treatment,
            vat_amount=self.vat(sheet, at, cells, amount, treatment),
        )
        if amount is None and len(self.faults) == mistakes:
            self.wrong(sheet, where["amount"], "missing", "Give the amount without VAT.")
        if len(self.faults) == mistakes and partner_id in self.own:
            for fault in line_faults(line, self.proposal):
                cell = where.get(fault.pointer.strip("/"), where["category"])
                self.wrong(sheet, cell, fault.code, fault.detail)
        return Row(line, row_digest(line), where, bool(known))

    def text(self, sheet: str, at: int, cells: dict[str, Any], name: str) -> str:
        cell = cells.get(FIELD_COLUMNS[name])
        if cell is None:
            return ""
        if cell.data_type in ("f", "e"):
            self.wrong(sheet, f"{FIELD_COLUMNS[name]}{at}", "formula-in-text", "Write plain text here, no formula.")
            return ""
        return _plain(cell.value)

    def choice(
        self, sheet: str, at: int, cells: dict[str, Any], name: str, words: dict[Any, str], otherwise: Any
    ) -> Any:
        said = self.text(sheet, at, cells, name).strip()
        if not said:
            return otherwise
        for code, word in words.items():
            if said.casefold() in (word.casefold(), code.value):
                return code
        detail = f"Choose one of: {', '.join(words.values())}."
        self.wrong(sheet, f"{FIELD_COLUMNS[name]}{at}", "unknown-word", detail)
        return otherwise

    def lot(self, sheet: str, at: int, cells: dict[str, Any]) -> Id | None:
        said = self.text(sheet, at, cells, "lot_id").strip()
        keys = lot_keys(self.proposal)
        for lot_id, key in keys.items():
            if said and said == key.strip():
                return lot_id
        if said:
            detail = f"This proposal does not bid for a lot '{said[:40]}'. Its lots: {', '.join(keys.values())}."
            self.wrong(sheet, f"{FIELD_COLUMNS['lot_id']}{at}", "lot-not-in-the-bid", detail)
        return None

    def number(self, sheet: str, at: int, cells: dict[str, Any], name: str) -> Decimal | None:
        """The number in a cell, which may be typed as text; a formula's is its stored result. None where it is empty."""
        column = FIELD_COLUMNS[name]
        cell = cells.get(column)
        value = cell.value if cell is not None else None
        if cell is not None and cell.data_type == "f":
            value = self.stored_result(sheet, f"{column}{at}")
        if value is None or value == "":
            if cell is not None and cell.data_type == "f":
                self.wrong(sheet, f"{column}{at}", "no-result", "This formula has no stored result. Write the number.")
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            self.wrong(sheet, f"{column}{at}", "not-a-number", "Write a plain number here.")
            return None
        number = _decimal(value)
        if number is None:
            self.wrong(sheet, f"{column}{at}", "not-a-number", "Write a plain number here, such as 1234.50.")
        return number

    def stored_result(self, sheet: str, cell: str) -> Any:
        if self.results is None:
            from openpyxl import load_workbook

            self.results = load_workbook(io.BytesIO(self.data), data_only=True, keep_links=False)
        return self.results[sheet][cell].value

    def amount(self, sheet: str, at: int, cells: dict[str, Any], name: str) -> int | None:
        number = self.number(sheet, at, cells, name)
        if number is None:
            return None
        pennies = (number * 100).to_integral_value()
        if not 0 <= pennies <= AMOUNT_MAX:
            self.wrong(
                sheet, f"{FIELD_COLUMNS[name]}{at}", "amount", "Give an amount of zero or more, up to 13 digits."
            )
        elif abs(number * 100 - pennies) > Decimal("0.0001"):
            self.wrong(sheet, f"{FIELD_COLUMNS[name]}{at}", "amount", "Give at most two decimals: whole pennies.")
        return int(pennies)

    def vat(self, sheet: str, at: int, cells: dict[str, Any], amount: int | None, treatment: VatTreatment) -> int:
        given = self.amount(sheet, at, cells, "vat_amount")
        if given is not None:
            return given
        return vat_of(amount or 0, treatment, self.proposal.currency) or 0

    def year(self, sheet: str, at: int, cells: dict[str, Any]) -> int:
        number = self.number(sheet, at, cells, "year")
        if number is None:
            if FIELD_COLUMNS["year"] not in cells:
                self.wrong(sheet, f"{FIELD_COLUMNS['year']}{at}", "missing", "Give the year: 1 for the first.")
            return 1
        if number != number.to_integral_value() or not 0 <= number <= 9999:
            detail = "Give a whole year: 1 for the first."
            self.wrong(sheet, f"{FIELD_COLUMNS['year']}{at}", "year-outside-the-bid", detail)
            return 1
        return int(number)


def _plain(value: object) -> str:
    """A cell's text, in NFC, with each line end as one character (Excel writes a return as `_x000D_`)."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value).replace("_x000D_\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", text)


_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]{1,2})?", re.ASCII)


def _decimal(value: int | float | str) -> Decimal | None:
    """Exactly what the cell says, None for what is no finite number. Text may be as people type it: £1,234.50."""
    if isinstance(value, str):
        text = value.strip().removeprefix("£").strip()
        if _GROUPED.fullmatch(text):
            text = text.replace(",", "")
        try:
            return Decimal(parse_amount(text)) / 100
        except ValueError:
            return None
    number = Decimal(repr(value))
    return number if number.is_finite() and abs(number) < Decimal(10) ** 16 else None
