"""The layout of a budget workbook: its sheets, columns, words and formulas, and what identifies a row.

`writer.py` and `totals.py` write by it, and `reader.py` reads by it.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from app.bid.budget.rules.views import BudgetView
from app.bid.value import BudgetLine, Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, VatTreatment

if TYPE_CHECKING:  # loading the library takes time that only writing a workbook is worth
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SCHEMA = "cobid.budget-workbook/1"
START, TOTALS, EXPORTED = "Start here", "Totals", "As exported"

HEADINGS = {
    "A": "Category",
    "B": "Description",
    "C": "Year",
    "D": "Lot",
    "E": "Source",
    "F": "Amount without VAT",
    "G": "VAT treatment",
    "H": "VAT",
    "I": "Amount with VAT",
    "J": "Line id",
}
FIELD_COLUMNS = {
    "category": "A",
    "description": "B",
    "year": "C",
    "lot_id": "D",
    "source": "E",
    "amount": "F",
    "vat_treatment": "G",
    "vat_amount": "H",
    "id": "J",
}
PARTNER_CELL = "B3"
HEADING_ROW, FIRST_ROW, LAST_ROW = 9, 10, 5000
"""Rows are counted from 1, as spreadsheet programs do. Formulas reach down to the last, so that added rows count."""
SPARE_ROWS = 200
PRINTED_SPARE = 20
"""Rows for new lines that are printed too. The others would be pages with a heading and nothing else."""

SOURCE_WORDS = {
    BudgetSource.REQUESTED: "Asked for",
    BudgetSource.MATCH: "Match funding",
    BudgetSource.INCOME: "Income",
    BudgetSource.IN_KIND: "In kind",
}
VAT_WORDS = {
    VatTreatment.STANDARD: "Standard rate",
    VatTreatment.REDUCED: "Reduced rate",
    VatTreatment.ZERO: "Zero rate",
    VatTreatment.EXEMPT: "Exempt",
    VatTreatment.OUTSIDE_SCOPE: "Outside the scope",
}
GROUPS = {
    "Asked for": (BudgetSource.REQUESTED,),
    "Other funding": (BudgetSource.MATCH, BudgetSource.INCOME),
    "In kind": (BudgetSource.IN_KIND,),
}
"""The three columns of a table of totals. What is in kind is not added to the others."""


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What a workbook is made from: the reader's own `view`, and the partners whose lines the reader may change."""

    proposal: Proposal
    view: BudgetView
    own: frozenset[Id]
    made_at: datetime


def row_digest(line: BudgetLine) -> str:
    """A digest of what the row says, by which a row that comes back is known to be untouched."""
    said = (
        line.category,
        line.description,
        str(line.year),
        line.lot_id or "",
        line.source.value,
        str(line.amount),
        line.vat_treatment.value,
        str(line.vat_amount),
    )
    return sha256("\x1f".join(said).encode()).hexdigest()[:24]


def lot_keys(proposal: Proposal) -> dict[Id, str]:
    """The short keys, as in the column 'Lot', of the lots that the proposal bids for."""
    return {lot.id: lot.key for lot in proposal.opportunity.lots if lot.id in proposal.lot_ids}


def as_number(minor: int) -> float:
    """The number for a cell. It is exact to the penny up to fifteen digits, and no amount has more."""
    return minor / 100


def sheet_name(name: str, taken: Iterable[str]) -> str:
    """A sheet name: at most 31 characters, all of them allowed, and no two names that differ only in case."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", name).strip(" '")[:31].strip(" '") or "Partner"
    if plain.casefold() == "history":  # reserved by Excel
        plain = "Partner"
    used = {each.casefold() for each in taken}
    at, candidate = 2, plain
    while candidate.casefold() in used:
        candidate = f"{plain[:26].strip()} {at}"
        at += 1
    return candidate


def literal(text: str) -> str:
    """A text as it is written inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def sum_of(sheet: str, group: Iterable[BudgetSource], column: str = "F", year: str | None = None, **where: str) -> str:
    """Part of a formula: the sum of `column` over the lines of `sheet` ('' is the sheet itself) in these sources.

    `year` is the cell that holds the year. `where` compares a column exactly with the text of a cell, since SUMIFS takes
    'Staff' and 'staff' for one and reads wildcards and comparisons into names. (EXACT is for texts only: LibreOffice
    finds no two numbers of a range exactly alike.)
    """
    at = "'" + sheet.replace("'", "''") + "'!" if sheet else ""

    def cells(name: str) -> str:
        return f"{at}${name}${FIRST_ROW}:${name}${LAST_ROW}"

    sources = "+".join(f"({cells('E')}={literal(SOURCE_WORDS[source])})" for source in group)
    conditions = "".join(f"*EXACT({cells(name)},{wanted})" for name, wanted in where.items())
    if year:
        conditions += f"*({cells('C')}={year})"
    return f"SUMPRODUCT(({sources}){conditions},{cells(column)})"


@dataclass(frozen=True, slots=True)
class Pen:
    """Writes cells in the workbook's formats. Text is always a string cell, never taken for a formula or a link."""

    formats: Mapping[str, "Format"]

    def text(self, sheet: "Worksheet", cell: str, text: str, style: str = "text") -> None:
        if style == "text" and text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "'"):
            style = "literal"
        sheet.write_string(cell, text, self.formats[style])

    def across(self, sheet: "Worksheet", cells: str, text: str) -> None:
        """A text that has several cells to itself, wrapped within them."""
        sheet.merge_range(cells, "", self.formats["text"])
        self.text(sheet, cells.partition(":")[0], text)

    def money(self, sheet: "Worksheet", cell: str, minor: int, style: str = "money") -> None:
        sheet.write_number(cell, as_number(minor), self.formats[style])

    def formula(self, sheet: "Worksheet", cell: str, formula: str, minor: int, style: str = "money") -> None:
        """`minor` is the result, so that a viewer which cannot calculate shows it too."""
        sheet.write_formula(cell, f"=ROUND({formula},2)", self.formats[style], as_number(minor))
