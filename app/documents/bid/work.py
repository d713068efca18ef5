"""Who does what: each partner's lots, places, people, share of the price and outcomes, in one table.

Shares are of what each asks for in the whole bid. A share of one lot is there only where every line of that lot is open.
"""

from decimal import Decimal

from app.documents.bid.reading import Json, Reading
from app.documents.blocks import Block, column, data_table, paragraph


def who_does_what(reading: Reading) -> list[Block]:
    """The table, without the columns of which nobody said anything; nothing where that leaves none."""
    w = reading.words
    shares = _shares(reading)
    cells: dict[str, list[str]] = {
        "lots": [w.listed(reading.lots[lot]["key"] for lot in p.get("lot_ids", ()) if lot in reading.lots) for p in reading.partners],
        "where": ["\n".join(p.get("areas", ())) for p in reading.partners],
        "people": [p.get("people_reached", "") for p in reading.partners],
        "share": [w.percent(shares[p["id"]]) if p["id"] in shares else "" for p in reading.partners],
        "outcomes": [_outcomes(reading, p["id"]) for p in reading.partners],
    }  # fmt: skip
    said = {name: column_ for name, column_ in cells.items() if any(column_)}
    if len(reading.partners) < 2 or not said:
        return []
    columns = [column(w("work.partner")), *(
        column(w(f"work.{name}"), "right" if name == "share" else "left") for name in said
    )]  # fmt: skip
    names = [reading.short(p["id"]) for p in reading.partners]
    rows = [[name, *(cell or "–" for cell in row)] for name, *row in zip(names, *said.values(), strict=True)]
    found: list[Block] = [reading.chapter(w("work.title")), data_table(w("work.table"), columns, rows)]
    if shares:
        found.append(paragraph(w("work.share_note"), "note"))
    return found + _lot_shares(reading)


def _shares(reading: Reading) -> dict[str, Decimal]:
    """Each partner's part of the whole price; empty where there is no price, or the reader gets none."""
    money = reading.document["budget"]
    whole = Decimal(money["total"]["requested"]["amount"]) if money else Decimal(0)
    if not money or whole <= 0:
        return {}
    return {p["partner_id"]: Decimal(p["requested"]["amount"]) / whole for p in money["by_partner"]}


def _outcomes(reading: Reading, partner_id: str) -> str:
    return "\n".join(reading.outcome(o) for o in reading.document["outcomes"] if partner_id in o["partner_ids"])


def _lot_shares(reading: Reading) -> list[Block]:
    """A column for each lot whose every line is open to all."""
    w, money = reading.words, reading.document["budget"]
    by_lot: dict[str, dict[str, Json]] = {}
    for row in (money or {}).get("lot_shares", ()):
        by_lot.setdefault(row["lot_id"], {})[row["partner_id"]] = row["requested"]
    sums = {lot: sum(Decimal(each["amount"]) for each in of_lot.values()) for lot, of_lot in by_lot.items()}
    lots = [lot for lot in reading.lots if sums.get(lot)]
    if not lots:
        return []
    columns = [
        column(w("work.partner")),
        *(column(reading.lot_key(lot), "right") for lot in lots),
    ]
    rows = [
        [
            reading.short(p["id"]),
            *(
                w.percent(Decimal(by_lot[lot][p["id"]]["amount"]) / sums[lot]) if p["id"] in by_lot[lot] else "–"
                for lot in lots
            ),
        ]
        for p in reading.partners
    ]
    return [data_table(w("work.lot_table"), columns, rows)]
