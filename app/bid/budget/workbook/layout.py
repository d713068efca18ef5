"""Where everything stands in a budget workbook: sheets, columns, words, formulas, and what identifies a row.

Shared by the hand that writes it (`budget_workbook.py`, `budget_workbook_totals.py`) and the hand that reads it
back (`budget_workbook_reader.py`).
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

if TYPE_CHECKING:  # who writes no workbook does not wait for the library to be loaded
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
"""As spreadsheet programs count them, from 1. Formulas look down to the last, so that added rows count."""
SPARE_ROWS = 200

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
"""The three columns of money that are never mixed up: what is in kind is not added to the others."""


@dataclass(frozen=True, slots=True)
class WorkbookFacts:
    """What goes in: `view` is the reader's own (`budget_view`), `own` the partners whose lines it may change."""

    proposal: Proposal
    view: BudgetView
    own: frozenset[Id]
    made_at: datetime


def row_digest(line: BudgetLine) -> str:
    """Of what the row says, so that an untouched row is known again when it comes back."""
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
    """The lots bid for, by the short key that stands in the column 'Lot'."""
    return {lot.id: lot.key for lot in proposal.opportunity.lots if lot.id in proposal.lot_ids}


def as_number(minor: int) -> float:
    """A number for a cell: exact to the penny up to fifteen digits, which is all that an amount can have."""
    return minor / 100


def sheet_name(name: str, taken: Iterable[str]) -> str:
    """At most 31 characters, none of those that sheet names may not have, and no two alike but for case."""
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
    """A text inside a formula."""
    return '"' + text.replace('"', '""') + '"'


def sum_of(sheet: str, group: Iterable[BudgetSource], column: str = "F", year: str | None = None, **where: str) -> str:
    """A formula's part: the sum of `column` over the lines of `sheet` ('' is the sheet itself) in these sources.

    `year` is the cell that says which. `where` compares a column exactly with the text of a cell: SUMIFS would take
    'Staff' and 'staff' for one, and read wildcards and comparisons out of names. (EXACT is for text alone:
    LibreOffice finds no two numbers of a range exactly alike.)
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
    """Writes cells in the house's formats. Text is always a string cell, never read for a formula or a link."""

    formats: Mapping[str, "Format"]

    def text(self, sheet: "Worksheet", cell: str, text: str, style: str = "text") -> None:
        if style == "text" and text[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "'"):
            style = "literal"
        sheet.write_string(cell, text, self.formats[style])

    def money(self, sheet: "Worksheet", cell: str, minor: int, style: str = "money") -> None:
        sheet.write_number(cell, as_number(minor), self.formats[style])

    def formula(self, sheet: "Worksheet", cell: str, formula: str, minor: int, style: str = "money") -> None:
        """`minor` is the result, so that a viewer which does not count shows it too."""
        sheet.write_formula(cell, f"=ROUND({formula},2)", self.formats[style], as_number(minor))
