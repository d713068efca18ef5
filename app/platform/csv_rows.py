"""A table that somebody sends as CSV, read strictly: every refusal names the row and column that a spreadsheet shows."""

import csv
import io
import unicodedata
from collections.abc import Sequence

from app.platform.access.errors import Fault, Invalid

MAX_BYTES, MAX_ROWS = 1_000_000, 2_000


def rows(data: bytes, columns: Sequence[str], needed: str) -> list[tuple[int, dict[str, str]]]:
    """The rows with the numbers that a spreadsheet shows, their texts trimmed and in NFC, without empty rows.

    The first row names the columns, of which `needed` must be there. Commas, semicolons or tabs part them.
    """
    if len(data) > MAX_BYTES:
        raise Invalid.at("", "too-large", f"Keep the file below {MAX_BYTES // 1000} kB.")
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8-sig"))
    except UnicodeDecodeError as broken:
        raise Invalid.at("", "not-utf-8", "Save the file as CSV in UTF-8 and send it again.") from broken
    if "\0" in text:
        raise Invalid.at("", "not-csv", "This is not a CSV file.")
    first = text.partition("\n")[0]
    table = _table(text, max(",;\t", key=first.count))
    header = _header(table[0] if table else [], columns, needed)
    if beyond := [number for number, cells in enumerate(table[1:], 2) if any(cells[len(header) :])]:
        raise Invalid(
            "A row has more columns than the first row names. Put a text that holds the separator in quotation marks.",
            [
                Fault(f"/rows/{number}", "too-many-columns", f"Row {number} has more columns than the first row names.")
                for number in beyond[:50]
            ],
        )
    found = [
        (number, dict(zip(header, cells, strict=False))) for number, cells in enumerate(table[1:], 2) if any(cells)
    ]
    if len(found) > MAX_ROWS:
        raise Invalid.at("", "too-many-rows", f"Keep to {MAX_ROWS} rows.")
    return found


def _table(text: str, delimiter: str) -> list[list[str]]:
    """All rows, each cell trimmed. A quotation mark that is never closed, or stands where none may, is refused."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table: list[list[str]] = []
    try:
        table.extend([cell.strip() for cell in row] for row in reader)
    except csv.Error as broken:
        number = len(table) + 1
        raise Invalid.at(
            f"/rows/{number}",
            "not-csv",
            f"Row {number} could not be read: a quotation mark is opened and not closed, or stands inside a text where it "
            "must be written twice.",
        ) from broken
    return table


def _header(row: list[str], columns: Sequence[str], needed: str) -> list[str]:
    """The columns' names in lower case. Empty columns at the end, which spreadsheets leave, are none."""
    header = [name.casefold() for name in row]
    while header and not header[-1]:
        header.pop()
    if needed not in header:
        raise Invalid.at("/rows/1", f"no-{needed}-column", f"The first row names the columns: {', '.join(columns)}.")
    for number, name in enumerate(header, 1):
        at = f"/rows/1/{number}"
        if name not in columns:
            said = f"No column is called {name!r}." if name else f"Column {number} has no name."
            raise Invalid.at(at, "unknown-column", f"{said} Use {', '.join(columns)}.")
        if name in header[: number - 1]:
            raise Invalid.at(at, "column-twice", f"Two columns are called {name!r}. Keep one.")
    return header
