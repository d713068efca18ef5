"""The price as the commissioner gets it, in a spreadsheet: totals by partner and year, and the lines that are open."""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

from app.documents.gifts import gifts
from app.documents.pdf import UNDATED
from app.documents.words import Words
from app.documents.zipped import same_bytes


def price_workbook(document: Mapping[str, Any], language: str | None = None) -> bytes | None:
    """The bytes of an .xlsx file; None where the bid has no budget. The same document gives the same bytes."""
    budget = document["budget"]
    if not budget:
        return None
    w = Words.of(language or document["proposal"]["language"])
    out = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    book = xlsxwriter.Workbook(out, plain)
    frozen = document["edition"]["frozen_at"] if document["edition"] else UNDATED
    made = datetime.fromisoformat(frozen).replace(tzinfo=None)
    book.set_properties({"title": document["proposal"]["title"], "created": made})
    names = {partner["id"]: partner["name"] for partner in document["partners"]}
    rows = [
        [names.get(partner["partner_id"], ""), year["year"], _number(year["requested"])]
        for partner in budget["by_partner"]
        for year in partner["years"]
    ]
    rows.append([w("budget.total"), "", _number(budget["total"]["requested"])])
    heads = [w(f"budget.{name}") for name in ("partner", "year", "requested")]
    _sheet(book, w("part.budget"), heads, rows)
    beside = gifts(document)
    if beside.kinds:
        heads = [w("budget.partner"), *(w(f"budget.{kind}") for kind in beside.kinds)]
        given = [[names[partner_id], *map(_number, own)] for partner_id, own in beside.by_partner]
        _sheet(book, w("budget.beside_table"), heads, [*given, [w("budget.total"), *map(_number, beside.total)]])
    if budget["lines"]:
        heads = [w(f"budget.{name}") for name in ("partner", "category", "description", "year", "source", "amount")]
        lines = [
            [
                names.get(x["partner_id"], ""), x["category"], x["description"], x["year"], w.code("budget_source", x["source"]),
                _number(x["amount"]),
            ]
            for x in budget["lines"]
            if x["source"] != "in_kind"
        ]  # fmt: skip
        _sheet(book, w("budget.lines_table"), heads, lines)
    book.close()
    return same_bytes(out.getvalue())


def _sheet(book: Any, name: str, heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    sheet = book.add_worksheet(name[:31].replace("/", " ").replace("'", "’"))
    bold = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    text, money = book.add_format({"text_wrap": True}), book.add_format({"num_format": "#,##0.00"})
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, bold)
        sheet.set_column(column, column, 32 if column == 0 or (column == 2 and len(heads) > 5) else 16)
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                sheet.write_number(number, column, float(cell), money)
            elif isinstance(cell, int):
                sheet.write_number(number, column, cell)
            else:
                sheet.write_string(number, column, str(cell), text)
    sheet.freeze_panes(1, 0)


def _number(value: Mapping[str, Any]) -> Decimal:
    return Decimal(value["amount"])
