"""Writes what one reader may see of a budget as a workbook that a finance officer fills in offline.

It has a sheet for each partner whose lines the reader may read, a sheet of totals with formulas, and one that says what
the workbook was made from, by which it is taken back (`reader.py`). Lines that the reader may not read are in it only
as what their owners showed (`rules/figures.py`). The same facts give the same bytes.
"""

import io
from datetime import UTC
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from app.bid.budget.workbook.layout import (
    EXPORTED,
    FIRST_ROW,
    HEADING_ROW,
    HEADINGS,
    PARTNER_CELL,
    PRINTED_SPARE,
    SCHEMA,
    SOURCE_WORDS,
    SPARE_ROWS,
    START,
    TOTALS,
    VAT_WORDS,
    Pen,
    WorkbookFacts,
    as_number,
    lot_keys,
    row_digest,
    sheet_name,
    sum_of,
)
from app.bid.budget.workbook.totals import write_totals
from app.bid.value import BudgetLine
from app.platform.access.ids import Id

_START_TEXT = (
    "Fill in the sheet of your own organisation: one row for each cost. Add rows below the last one, change what "
    "has changed, and delete the whole row of what falls away.",
    "Leave the column 'Line id' as it is. A new row has none.",
    "Amounts are without VAT. If you leave VAT empty, it is worked out from the VAT treatment.",
    "Sheets of other partners are for reading. What you change there is not taken.",
    "The sheet 'Totals' counts by itself. Other partners' rows there are the totals that they last showed.",
    "Then send the workbook back. You are first shown what would change, and nothing is saved until you say so.",
)


def budget_workbook(facts: WorkbookFacts) -> bytes:
    """The bytes of an .xlsx file."""
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": facts.proposal.title, "created": facts.made_at.astimezone(UTC).replace(tzinfo=None)})
    pen = _pen(book)
    partners = _partners_with_sheets(facts)
    sheets: dict[Id, str] = {}
    for partner_id, name in partners:
        sheets[partner_id] = sheet_name(name, {START, TOTALS, EXPORTED, *sheets.values()})
    _write_start(facts, pen, book.add_worksheet(START))
    totals = book.add_worksheet(TOTALS)
    for partner_id, name in partners:
        _write_partner(facts, pen, book.add_worksheet(sheets[partner_id]), partner_id, name)
    _write_exported(facts, pen, book.add_worksheet(EXPORTED))
    write_totals(facts, pen, totals, sheets)
    for sheet in book.worksheets():
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
    book.close()
    return buffer.getvalue()


def _pen(book: Any) -> Pen:
    wrap = {"text_wrap": True, "valign": "top"}
    money = {"num_format": "#,##0.00"}
    return Pen(
        {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "bold": book.add_format({"bold": True}),
            "head": book.add_format({"bold": True, "bg_color": "#DDE6EE", "bottom": 1} | wrap),
            "year": book.add_format(
                {"bold": True, "bg_color": "#DDE6EE", "bottom": 1, "num_format": '[<1000]"Year "0;0'} | wrap
            ),
            "text": book.add_format(wrap),
            "literal": book.add_format(wrap | {"quote_prefix": True}),
            "money": book.add_format(money),
            "total": book.add_format(money | {"bold": True, "top": 1}),
            "grey": book.add_format({"font_color": "#808080"}),
        }
    )


def _partners_with_sheets(facts: WorkbookFacts) -> list[tuple[Id, str]]:
    """The reader's own partners first, then those that opened a line to it, each in the proposal's order."""
    opened = {line.partner_id for line in facts.view.lines} - facts.own
    named = [(partner.id, partner.name) for partner in facts.proposal.partners]
    return [each for each in named if each[0] in facts.own] + [each for each in named if each[0] in opened]


def _write_start(facts: WorkbookFacts, pen: Pen, sheet: Worksheet) -> None:
    sheet.set_column("A:A", 12)
    sheet.set_column("B:B", 90)
    pen.text(sheet, "A1", f"Budget: {facts.proposal.title}", "title")
    for number, sentence in enumerate(_START_TEXT, 1):
        pen.text(sheet, f"A{number + 2}", str(number))
        pen.text(sheet, f"B{number + 2}", sentence)
        sheet.set_row(number + 1, 32)
    at = len(_START_TEXT) + 4
    pen.text(sheet, f"A{at}", "Made at", "bold")
    pen.text(sheet, f"B{at}", facts.made_at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    pen.text(sheet, f"A{at + 1}", "Currency", "bold")
    pen.text(sheet, f"B{at + 1}", facts.proposal.currency)


def _write_exported(facts: WorkbookFacts, pen: Pen, sheet: Worksheet) -> None:
    """The proposal, and each line as it is exported. It is read back, and nobody changes it by hand."""
    sheet.set_column("A:D", 40)
    rows: list[tuple[str, ...]] = [
        ("Leave this sheet as it is: it says which budget this is, and what it was made from.",),
        ("schema", SCHEMA),
        ("proposal", facts.proposal.id),
        ("line", "partner", "version", "said"),
    ]
    rows += [(line.id, line.partner_id, str(line.version), row_digest(line)) for line in facts.view.lines]
    for at, row in enumerate(rows, 1):
        for column, value in zip("ABCD", row, strict=False):
            pen.text(sheet, f"{column}{at}", value, "grey")


def _write_partner(facts: WorkbookFacts, pen: Pen, sheet: Worksheet, partner_id: Id, name: str) -> None:
    own = partner_id in facts.own
    lines = [line for line in facts.view.lines if line.partner_id == partner_id]
    after = FIRST_ROW + len(lines) + (SPARE_ROWS if own else 0)
    for columns, width in (("A:A", 22), ("B:B", 46), ("C:D", 10), ("E:I", 17), ("J:J", 38)):
        sheet.set_column(columns, width)
    pen.text(sheet, "A1", name, "title")
    pen.text(sheet, "A2", "Yours to fill in." if own else "Opened to you for reading.", "grey")
    pen.text(sheet, "A3", "Partner", "grey")
    pen.text(sheet, PARTNER_CELL, partner_id, "grey")
    for at, (source, words) in enumerate(SOURCE_WORDS.items(), 4):
        pen.text(sheet, f"A{at}", words, "bold")
        amount = sum(line.amount for line in lines if line.source is source)
        pen.formula(sheet, f"F{at}", sum_of("", [source]), amount)
    for column, heading in HEADINGS.items():
        pen.text(sheet, f"{column}{HEADING_ROW}", heading, "head")
    for at, line in enumerate(lines, FIRST_ROW):
        _write_line(facts, pen, sheet, at, line)
    for at in range(FIRST_ROW, after):
        spare = at >= FIRST_ROW + len(lines)
        line_gross = "" if spare else as_number(lines[at - FIRST_ROW].amount + lines[at - FIRST_ROW].vat_amount)
        sheet.write_formula(f"I{at}", f'=IF(F{at}="","",F{at}+H{at})', pen.formats["money"], line_gross)
    sheet.freeze_panes(HEADING_ROW, 1)
    sheet.repeat_rows(HEADING_ROW - 1)
    sheet.print_area(0, 0, FIRST_ROW + len(lines) + (PRINTED_SPARE if own else 0) - 2, len(HEADINGS) - 1)
    _offer_choices(facts, sheet, after)


def _write_line(facts: WorkbookFacts, pen: Pen, sheet: Worksheet, at: int, line: BudgetLine) -> None:
    pen.text(sheet, f"A{at}", line.category)
    pen.text(sheet, f"B{at}", line.description)
    sheet.write_number(f"C{at}", line.year)
    pen.text(sheet, f"D{at}", lot_keys(facts.proposal).get(line.lot_id or "", ""))
    pen.text(sheet, f"E{at}", SOURCE_WORDS[line.source])
    pen.money(sheet, f"F{at}", line.amount)
    pen.text(sheet, f"G{at}", VAT_WORDS[line.vat_treatment])
    pen.money(sheet, f"H{at}", line.vat_amount)
    pen.text(sheet, f"J{at}", line.id, "grey")


def _offer_choices(facts: WorkbookFacts, sheet: Worksheet, after: int) -> None:
    """Offer drop-down lists where they fit into the 255 characters that the format allows."""
    lots = list(lot_keys(facts.proposal).values())
    for column, words in (("D", lots), ("E", [*SOURCE_WORDS.values()]), ("G", [*VAT_WORDS.values()])):
        if words and len(",".join(words)) <= 255 and not any("," in word for word in words):
            rule = {"validate": "list", "source": words, "ignore_blank": True}
            sheet.data_validation(f"{column}{FIRST_ROW}:{column}{after}", rule)
    for column in "FH":
        rule = {"validate": "decimal", "criteria": ">=", "value": 0, "ignore_blank": True}
        sheet.data_validation(f"{column}{FIRST_ROW}:{column}{after}", rule)
