"""Where a partner's sheet that came back has its headings, its columns and its owner, wherever they stand by now."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.bid.budget.workbook.layout import FIELD_COLUMNS, HEADING_ROW, HEADINGS
from app.platform.access.ids import Id

DEEPEST = 200
"""Headings that stand lower are not looked for."""
WIDEST = 60
"""Columns that are read. Those of the finance officer's own may stand anywhere among ours."""

FIELDS = {HEADINGS[column].casefold(): name for name, column in FIELD_COLUMNS.items()}
_ENOUGH = 5
"""A row that holds so many of our headings is the row of headings."""


@dataclass(frozen=True, slots=True)
class Mistake:
    cell: str
    code: str
    detail: str


@dataclass(slots=True)
class Headings:
    """What was found at the top of one sheet. Without `first_row` there are none, and `mistakes` say why."""

    partner_id: Id | None = None
    partner_cell: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    """The letter of each field's column."""
    first_row: int = 0
    mistakes: list[Mistake] = field(default_factory=list)


def find(rows: Iterable[tuple[Any, ...]], partners: Collection[Id], lines: Mapping[Id, Id]) -> Headings:
    """Reads the top of a sheet.

    `rows` are its first ones. `partners` are those whose sheets the workbook may hold, and `lines` the lines that it was
    made from, with their partners.
    """
    found = Headings()
    for cells in rows:
        texts = [(cell, _folded(cell.value)) for cell in cells if cell.value is not None]
        if len({text for _, text in texts if text in FIELDS}) >= _ENOUGH:
            _read_headings(found, texts)
            return found
        for cell, _ in texts:
            said = str(cell.value).strip()
            if said in partners and found.partner_id is None:
                found.partner_id, found.partner_cell = said, cell.coordinate
            elif said in lines:
                detail = "This line stands above the headings. Put its row below them."
                found.mistakes.append(Mistake(cell.coordinate, "line-above-headings", detail))
    words = ", ".join(HEADINGS.values())
    detail = f"The row of headings above the first line is missing ({words}). Put it back, or fetch a new workbook."
    found.mistakes.append(Mistake(f"A{HEADING_ROW}", "headings-missing", detail))
    return found


def _read_headings(found: Headings, texts: Sequence[tuple[Any, str]]) -> None:
    for cell, text in texts:
        name = FIELDS.get(text)
        if name is None:
            continue
        if name in found.columns:
            heading = HEADINGS[FIELD_COLUMNS[name]]
            detail = f"Two columns are called '{heading}'. Take one out, or give it another heading."
            found.mistakes.append(Mistake(cell.coordinate, "column-twice", detail))
        found.columns.setdefault(name, cell.column_letter)
    found.first_row = texts[0][0].row + 1
    for name, column in FIELD_COLUMNS.items():
        if name not in found.columns:
            detail = f"The column '{HEADINGS[column]}' is missing or has another heading. Put it back as it was."
            found.mistakes.append(Mistake(f"{column}{found.first_row - 1}", "column-missing", detail))


def _folded(value: object) -> str:
    return " ".join(unicodedata.normalize("NFC", str(value)).split()).casefold()
