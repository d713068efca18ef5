"""Writes the sheet of totals of a budget workbook: formulas over the lines that the reader has, values for what the other
partners showed, and for the sums of the whole bid that were taken of all at once."""

from collections.abc import Callable, Mapping
from datetime import UTC

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from app.bid.budget.rules.ceilings import CeilingCheck
from app.bid.budget.rules.figures import Amounts
from app.bid.budget.workbook.layout import GROUPS, Pen, WorkbookFacts, literal, lot_keys, sum_of
from app.platform.access.ids import Id
from app.platform.words.codes import BudgetSource, CeilingState, VatBasis

_GROUP_OF: Mapping[str, Callable[[Amounts], int]] = {
    "Asked for": lambda amount: amount.requested,
    "Other funding": lambda amount: amount.other,
    "In kind": lambda amount: amount.in_kind,
}


def write_totals(facts: WorkbookFacts, pen: Pen, sheet: Worksheet, sheets: Mapping[Id, str]) -> None:
    """`sheets` names the sheet of each partner whose lines the reader may read."""
    sheet.set_column("A:A", 34)
    sheet.set_column("B:Z", 18)
    pen.text(sheet, "A1", f"Totals in {facts.proposal.currency}, without VAT", "title")
    if facts.view.total is None:  # a facilitator: one figure, or none before the reveal
        if facts.view.whole is not None:
            pen.text(sheet, "A3", "All money", "bold")
            pen.money(sheet, "B3", facts.view.whole, "total")
        return
    at, totals = _by_partner(facts, pen, sheet, sheets)
    at = _by_category(facts, pen, sheet, sheets, totals, at + 2)
    at = _by_lot(facts, pen, sheet, at + 2)
    _ceilings(facts, pen, sheet, sheets, at + 2)


def _by_partner(
    facts: WorkbookFacts, pen: Pen, sheet: Worksheet, sheets: Mapping[Id, str]
) -> tuple[int, dict[str, str]]:
    """The partners by year in three groups, and the bid's totals. Answers the last row and the cells of the totals."""
    years = [year for year, _ in facts.view.by_year]
    other_years, total = xl_col_to_name(len(years) + 2), xl_col_to_name(len(years) + 3)
    columns = {year: xl_col_to_name(at) for at, year in enumerate(years, 2)}
    at = 3
    for column, heading in {"A": "Partner", "B": "Money", other_years: "Other years", total: "Total"}.items():
        pen.text(sheet, f"{column}{at}", heading, "head")
    for year, column in columns.items():
        sheet.write_number(f"{column}{at}", year, pen.formats["year"])
    amounts = {each.partner_id: dict(each.years) for each in facts.view.by_partner}
    rows: dict[str, list[int]] = {group: [] for group in GROUPS}
    named = [p for p in facts.proposal.partners if p.id in facts.own or p.id in amounts]
    for partner in named:
        pen.across(sheet, f"A{at + 1}:A{at + len(GROUPS)}", partner.name)
        for group, sources in GROUPS.items():
            at += 1
            rows[group].append(at)
            pen.text(sheet, f"B{at}", group)
            value = _GROUP_OF[group]
            of_years = {year: value(amount) for year, amount in amounts.get(partner.id, {}).items()}
            counted = sheets[partner.id] if partner.id in facts.own else None
            for year, column in columns.items():
                if counted:
                    formula = sum_of(counted, sources, year=f"{column}$3")
                    pen.formula(sheet, f"{column}{at}", formula, of_years.get(year, 0))
                else:
                    pen.money(sheet, f"{column}{at}", of_years.get(year, 0))
            whole = sum(of_years.values())
            if counted:
                pen.formula(sheet, f"{total}{at}", sum_of(counted, sources), whole, "total")
            else:
                pen.formula(sheet, f"{total}{at}", f"SUM(C{at}:{other_years}{at})", whole, "total")
            _rest(pen, sheet, at, other_years, total, counted is not None and bool(years))
    totals: dict[str, str] = {}
    for group in GROUPS:
        at += 1
        pen.text(sheet, f"A{at}", "All partners", "bold")
        pen.text(sheet, f"B{at}", group, "bold")
        of_group = [_GROUP_OF[group](amount) for _, amount in facts.view.by_year]
        for column, amount in zip([*columns.values(), other_years, total], [*of_group, 0, sum(of_group)], strict=True):
            cells = ",".join(f"{column}{row}" for row in rows[group]) or "0"
            pen.formula(sheet, f"{column}{at}", f"SUM({cells})", amount, "total")
        totals[group] = f"${total}${at}"
    at += 1
    pen.text(sheet, f"A{at}", "All money", "bold")
    pen.text(sheet, f"B{at}", "(in kind is not added)", "grey")
    money = facts.view.whole or 0
    pen.formula(sheet, f"{total}{at}", f"{totals['Asked for']}+{totals['Other funding']}", money, "total")
    return at, totals


def _rest(pen: Pen, sheet: Worksheet, at: int, other_years: str, total: str, counted: bool) -> None:
    """The column for years that have no column of their own, since somebody added them in the workbook."""
    if counted:
        before = f"SUM(C{at}:{_left_of(other_years)}{at})"
        pen.formula(sheet, f"{other_years}{at}", f"{total}{at}-{before}", 0)
    else:
        pen.money(sheet, f"{other_years}{at}", 0)


def _left_of(column: str) -> str:
    number = 0
    for letter in column:
        number = number * 26 + ord(letter) - 64
    return str(xl_col_to_name(number - 2))


def _by_category(
    facts: WorkbookFacts, pen: Pen, sheet: Worksheet, sheets: Mapping[Id, str], totals: Mapping[str, str], at: int
) -> int:
    """Formulas over the readable lines by category, and the rest of the totals in the last row."""
    for cell, text in zip("ABCD", ("Category", *GROUPS), strict=True):
        pen.text(sheet, f"{cell}{at}", text, "head")
    first, rest = at + 1, Amounts()
    for share in facts.view.by_category:
        if not share.disclosed or share.key is None:
            rest += share.amounts
            continue
        at += 1
        pen.text(sheet, f"A{at}", share.key)
        for cell, (group, sources) in zip("BCD", GROUPS.items(), strict=True):
            parts = "+".join(sum_of(name, sources, A=f"$A{at}") for name in sheets.values()) or "0"
            pen.formula(sheet, f"{cell}{at}", parts, _GROUP_OF[group](share.amounts))
    last = at
    at += 1
    pen.text(sheet, f"A{at}", "Other, or not shown to you")
    for cell, group in zip("BCD", GROUPS, strict=True):
        counted = f"-SUM({cell}{first}:{cell}{last})" if last >= first else ""
        pen.formula(sheet, f"{cell}{at}", f"{totals[group]}{counted}", _GROUP_OF[group](rest))
    return at


def _by_lot(facts: WorkbookFacts, pen: Pen, sheet: Worksheet, at: int) -> int:
    """The sums of the whole bid by lot: values, since they stand as they were taken of all partners at once."""
    taken_at = facts.view.taken_at
    when = f"Lot, on {taken_at.astimezone(UTC):%Y-%m-%d}" if taken_at else "Lot"
    for cell, text in zip("ABCD", (when, *GROUPS), strict=True):
        pen.text(sheet, f"{cell}{at}", text, "head")
    lots = lot_keys(facts.proposal)
    for share in facts.view.by_lot:
        at += 1
        pen.text(sheet, f"A{at}", lots.get(share.key or "", "For no single lot"))
        for cell, group in zip("BCD", GROUPS, strict=True):
            pen.money(sheet, f"{cell}{at}", _GROUP_OF[group](share.amounts))
    return at


def _ceilings(facts: WorkbookFacts, pen: Pen, sheet: Worksheet, sheets: Mapping[Id, str], at: int) -> None:
    if not facts.view.ceilings:
        return
    for cell, text in zip("ABCDE", ("Ceiling", "At most", "VAT", "Asked for", "Room left"), strict=True):
        pen.text(sheet, f"{cell}{at}", text, "head")
    lots = {lot.id: lot for lot in facts.proposal.opportunity.lots}
    for check in facts.view.ceilings:
        at += 1
        lot = lots.get(check.lot_id or "")
        pen.text(sheet, f"A{at}", f"Lot {lot.key}: {lot.title}" if lot else "The whole call")
        pen.money(sheet, f"B{at}", check.ceiling)
        pen.text(
            sheet, f"C{at}", {VatBasis.INCLUDED: "included", VatBasis.EXCLUDED: "excluded"}.get(check.vat, "unknown")
        )
        if check.asked is None or check.of_others is None:
            pen.across(sheet, f"D{at}:G{at}", _STATE_WORDS[check.state])
        else:
            pen.formula(sheet, f"D{at}", _asked(facts, sheets, check, check.of_others), check.asked)
            pen.formula(sheet, f"E{at}", f"B{at}-D{at}", check.ceiling - check.asked)


_STATE_WORDS = {
    CeilingState.BASIS_UNKNOWN: "Not compared: ask the commissioner whether VAT is included.",
    CeilingState.NOT_DISCLOSED: "cannot be told until all partners have shown their totals again",
}


def _asked(facts: WorkbookFacts, sheets: Mapping[Id, str], check: CeilingCheck, of_others: int) -> str:
    """A formula for what is asked for on the ceiling's basis: the reader's own lines, and the others' part as a value."""
    several = len(facts.proposal.lot_ids) > 1
    lot = lot_keys(facts.proposal).get(check.lot_id or "") if several else None
    where = {"D": literal(lot)} if lot else {}
    columns = "FH" if check.vat is VatBasis.INCLUDED else "F"
    own = [name for partner_id, name in sheets.items() if partner_id in facts.own]
    parts = [sum_of(name, (BudgetSource.REQUESTED,), column, **where) for name in own for column in columns]
    return "+".join([*parts, f"{of_others // 100}.{of_others % 100:02d}"])
