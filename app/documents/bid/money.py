"""The budget: the price by partner and year, what comes beside it, and lines that their owners opened."""

from decimal import Decimal
from typing import Any

from app.documents.bid.reading import Json, Reading
from app.documents.blocks import Block, column, data_table, figure, paragraph
from app.documents.figures import money_by_partner
from app.documents.gifts import gifts


def budget(reading: Reading) -> list[Block]:
    """The price by partner and year, what comes beside it, and (only where opened to all) single lines."""
    w, money = reading.words, reading.document["budget"]
    if not money:
        return []
    found: list[Block] = [reading.part("budget"), paragraph(w("budget.intro")), *_as_shown(reading, money)]
    found += _price_tables(reading, money)
    drawing = money_by_partner(reading)
    if drawing:
        found.append(figure(drawing.svg, drawing.alt, w("budget.figure")))
    return [
        *found,
        *_by_lot(reading, money),
        *_beside(reading),
        *_lines(reading, [line for line in money["lines"] if line["source"] != "in_kind"]),
    ]


def _by_lot(reading: Reading, money: Json) -> list[Block]:
    """The price of each lot and of the whole, and VAT where any was entered: sums of all partners at once.

    In a draft these have a time of their own, and the price of the whole may be newer; so there it has no row of its own
    beneath the lots unless they add up to it.
    """
    w, total = reading.words, money["total"]["requested"]
    net = Decimal(total["amount"])
    lots = [row for row in money["by_lot"] if row["lot_id"] or Decimal(row["requested"]["amount"])]
    rows = [(reading.lot(row["lot_id"]) or w("budget.no_lot"), row["requested"]) for row in lots]
    if len(rows) < 2:
        rows = []
    whole = not rows or sum(Decimal(amount["amount"]) for _, amount in rows) == net
    if vat := money["total"]["vat"]:
        gross = {"amount": str(Decimal(vat["amount"]) + net), "currency": vat["currency"]}
        rows += [(w("budget.net"), total), (w("budget.vat"), vat), (w("budget.gross"), gross)]
    elif rows and whole:
        rows.append((w("budget.total"), total))
    if not rows:
        return []
    cells = _named_rows(reading, [label for label, _ in rows], [[amount] for _, amount in rows])
    columns = [column(w("budget.lot")), column(w("budget.requested"), "right")]
    taken = money.get("taken_at")
    return [
        reading.chapter(w("budget.by_lot")),
        *([paragraph(w("budget.taken", day=w.day(taken)))] if taken else []),
        data_table(w("budget.by_lot_table"), columns, cells, total=bool(vat) or whole),
    ]


def _as_shown(reading: Reading, money: Json) -> list[Block]:
    """Of a draft: when each partner showed the totals that stand here."""
    w = reading.words
    shown = [(reading.name(p["partner_id"]), p["shown_at"]) for p in money["by_partner"] if p.get("shown_at")]
    if not shown:
        return []
    listed = w.listed(w("budget.shown", partner=name, day=w.day(at)) for name, at in shown)
    return [paragraph(w("budget.as_shown", partners=listed))]


FIGURES = 88
"""Figures and letters that find room beside the partners' names, at ten points: smaller ones come before another table."""


def _price_tables(reading: Reading, money: Json) -> list[Block]:
    """A column for each year and one for the total, in as many tables as it takes to keep the figures whole."""
    w = reading.words
    years = [row["year"] for row in money["by_year"]]

    def row(cells: list[dict[str, Any]], total: Json) -> list[Json | None]:
        by_year = {cell["year"]: cell["requested"] for cell in cells}
        return [*(by_year.get(year) for year in years), total]

    names = [*(reading.short(p["partner_id"]) for p in money["by_partner"]), w("budget.total")]
    amounts = [row(p["years"], p["requested"]) for p in money["by_partner"]]
    amounts.append(row(money["by_year"], money["total"]["requested"]))
    rows = _named_rows(reading, names, amounts)
    labels = [*(w.year(year) for year in years), w("budget.total")]
    widest = max(len(cell) for row in rows for cell in row[1:])
    at_once = max(1, min(7, int(FIGURES * 10 / reading.template.size) // (widest + 2)))
    tables = -(-len(labels) // at_once)
    each = -(-len(labels) // tables)
    return [
        data_table(
            w("budget.table"),
            [
                column(w("budget.partner")),
                *(column(label, "right") for label in labels[start:stop]),
            ],
            [[name, *cells[start:stop]] for name, *cells in rows],
            total=True,
        )
        for start, stop in ((n * each, (n + 1) * each) for n in range(tables))
    ]


def _named_rows(reading: Reading, names: list[str], amounts: list[list[Json | None]]) -> list[list[str]]:
    """Rows of amounts written alike in the whole table: with pence in all, or in none."""
    written = iter(reading.words.amounts(amount for row in amounts for amount in row))
    return [[name, *(next(written) for _ in row)] for name, row in zip(names, amounts, strict=True)]


def _beside(reading: Reading) -> list[Block]:
    """Money and help in kind that the contributions put in beside the price, each in its own column, never added to it."""
    w, found = reading.words, gifts(reading.document)
    if not found.kinds:
        return []
    columns = [column(w("budget.partner")), *(column(w(f"budget.{kind}"), "right") for kind in found.kinds)]
    names = [*(reading.short(partner_id) for partner_id, _ in found.by_partner), w("budget.total")]
    amounts: list[list[Json | None]] = [list(row) for row in (*(own for _, own in found.by_partner), found.total)]
    blocks = [
        reading.chapter(w("budget.beside")),
        paragraph(w("budget.beside_note")),
        data_table(w("budget.beside_table"), columns, _named_rows(reading, names, amounts), total=True),
    ]
    if found.by_quantity:
        blocks.append(paragraph(w.counted("budget.beside_by_quantity", found.by_quantity), "note"))
    return blocks


def _lines(reading: Reading, lines: list[Json]) -> list[Block]:
    w = reading.words
    if not lines:
        return []
    columns = [
        column(w("budget.partner")),
        column(w("budget.category")),
        column(w("budget.description")),
        column(w("budget.year"), "right"),
        column(w("budget.source")),
        column(w("budget.amount"), "right"),
    ]
    rows = [
        [
            reading.short(x["partner_id"]), x["category"], x["description"], w.year(x["year"]), w.code("budget_source", x["source"]),
            w.money(x["amount"]),
        ]
        for x in lines
    ]  # fmt: skip
    return [reading.chapter(w("budget.lines")), data_table(w("budget.lines_table"), columns, rows)]
