"""A budget out as a workbook, filled in by a finance officer, and back again."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.budget.rules.figures import amounts
from app.bid.budget.rules.lines import line_faults
from app.bid.budget.rules.merge import merge
from app.bid.budget.workbook.layout import TOTALS, row_digest, sheet_name
from app.bid.value import BudgetLine
from app.platform.words.codes import BudgetSource, VatTreatment
from tests.bid.budget.workbooks import (
    LINES,
    ME,
    MY_SHEET,
    RIVAL,
    edited,
    edited_vat,
    faults,
    line,
    proposal,
    put,
    read,
    workbook,
)
from tests.rounds import examples


def test_the_same_facts_give_the_same_bytes() -> None:
    assert workbook(proposal(*LINES)) == workbook(proposal(*LINES))


def test_an_untouched_workbook_comes_back_without_a_difference() -> None:
    back = read(workbook(proposal(*LINES)))
    assert [row.line.id for row in back.rows] == ["l-1", "l-2", "l-3", "l-4"]
    merged = merge(back.rows, back.origins, [each for each in LINES if each.partner_id == ME])
    assert (merged.unchanged, merged.added, merged.changed, merged.removed, merged.conflicts) == (4, (), (), (), ())


def test_another_partners_private_lines_are_not_in_the_file_at_all() -> None:
    data = workbook(proposal(*LINES))
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        everything = b"".join(package.read(name) for name in package.namelist())
    assert b"secret category" not in everything
    assert b"r-1" not in everything
    assert b"r-2" in everything  # opened to this reader


def test_two_bids_that_differ_only_in_private_lines_give_a_rival_the_same_file() -> None:
    other = (
        *LINES[:4],
        line("r-9", RIVAL, 450_00, category="rent", lot_id="south"),
        line("r-8", RIVAL, 250_00, lot_id="south", vat_treatment=VatTreatment.ZERO),
        LINES[5],
    )
    assert workbook(proposal(*LINES)) == workbook(proposal(*other))
    unshown = (*LINES[:4], line("r-9", RIVAL, 999_00, lot_id="north", year=7), LINES[5])
    assert workbook(proposal(*LINES)) == workbook(replace(proposal(*LINES), budget_lines=unshown))


def test_text_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(proposal(*LINES))))
    sheet = book[MY_SHEET]
    assert (sheet["A13"].value, sheet["A13"].data_type, sheet["A13"].quotePrefix) == ("=1+1", "s", True)
    assert sheet["B13"].data_type == "s"
    formulas = [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert not any("1+1" in str(formula) or "@SUM" in str(formula) for formula in formulas)


def test_what_was_changed_added_and_taken_out_is_found() -> None:
    def change(book: openpyxl.Workbook) -> None:
        put(F10=250.5, G10="Zero rate", H10=0, A14="travel", C14=2, E14="asked for", F14="£1,234.50", D14="2")(book)
        book[MY_SHEET].delete_rows(11)

    back = read(edited(workbook(proposal(*LINES)), change))
    merged = merge(back.rows, back.origins, [each for each in LINES if each.partner_id == ME])
    [changed], [added], [removed] = merged.changed, merged.added, merged.removed
    assert changed.fields == ("amount", "vat_treatment", "vat_amount")
    assert (changed.after.amount, changed.after.vat_amount) == (250_50, 0)
    assert (added.category, added.year, added.amount, added.lot_id) == ("travel", 2, 1234_50, "south")
    assert removed.id == "l-2"
    assert merged.unchanged == 2


def test_vat_left_empty_is_worked_out() -> None:
    back = read(edited(workbook(proposal(*LINES)), put(A14="kit", C14=1, E14="Asked for", F14=10, G14="Standard rate")))
    assert back.rows[-1].line.vat_amount == 2_00


@pytest.mark.parametrize(
    ("cells", "at", "code"),
    [
        ({"F10": "a lot"}, "F10", "not-a-number"),
        ({"F10": "1e30"}, "F10", "not-a-number"),
        ({"F10": "NaN"}, "F10", "not-a-number"),
        ({"F10": 1e30}, "F10", "not-a-number"),
        ({"F10": -5}, "F10", "amount"),
        ({"F10": 1.005}, "F10", "amount"),
        ({"F10": True}, "F10", "not-a-number"),
        ({"F10": None}, "F10", "missing"),
        ({"F10": "=WEBSERVICE(A1)"}, "F10", "no-result"),
        ({"A10": "=1+1"}, "A10", "formula-in-text"),
        ({"B10": '=HYPERLINK("http://x")'}, "B10", "formula-in-text"),
        ({"E10": "=E11"}, "E10", "formula-in-text"),
        ({"J10": "=J11"}, "J10", "formula-in-text"),
        ({"A10": None}, "A10", "missing"),
        ({"C10": 2.5}, "C10", "year-outside-the-bid"),
        ({"C10": 1066}, "C10", "year-outside-the-bid"),
        ({"C10": None}, "C10", "missing"),
        ({"C10": datetime(2027, 1, 1)}, "C10", "not-a-number"),  # noqa: DTZ001
        ({"D10": "9"}, "D10", "lot-not-in-the-bid"),
        ({"E10": "gift"}, "E10", "unknown-word"),
        ({"G10": "a bit"}, "G10", "unknown-word"),
        ({"H10": 19}, "H10", "vat-does-not-follow"),
    ],
)
def test_a_mistake_is_named_by_its_cell(cells: dict[str, object], at: str, code: str) -> None:
    data = edited(workbook(proposal(*LINES)), put(**cells))
    assert (f"/{MY_SHEET}/{at}", code) in faults(data)


def mine(data: bytes) -> tuple[object, ...]:
    """What a workbook that came back changes: lines added, changed (with their fields) and removed."""
    back = read(data)
    merged = merge(back.rows, back.origins, [each for each in LINES if each.partner_id == ME])
    changed = [(change.line.id, change.fields) for change in merged.changed]
    return (
        [line.category for line in merged.added],
        changed,
        [line.id for line in merged.removed],
        [fault.code for fault in merged.conflicts],
    )


NOTHING: tuple[object, ...] = ([], [], [], [])


@pytest.mark.parametrize("rows", [[3 + 5], [1], [2, 1], [8, 7, 6, 5, 4, 2, 1]])
def test_rows_above_the_headings_may_go_and_no_line_goes_with_them(rows: list[int]) -> None:
    def delete(book: openpyxl.Workbook) -> None:
        for row in rows:
            book[MY_SHEET].delete_rows(row)

    assert mine(edited(workbook(proposal(*LINES)), delete)) == NOTHING


def columns(order: str, **headings: str) -> Callable[[openpyxl.Workbook], None]:
    """The columns of one's own sheet in this order, from the row of headings down; '-' is an empty one."""

    def change(book: openpyxl.Workbook) -> None:
        sheet = book[MY_SHEET]
        for row in range(9, sheet.max_row + 1):
            was = {letter: sheet[f"{letter}{row}"].value for letter in "ABCDEFGHIJ"}
            for letter in "ABCDEFGHIJKLM":
                sheet[f"{letter}{row}"].value = None
            for at, letter in zip("ABCDEFGHIJKLM", order, strict=False):
                sheet[f"{at}{row}"].value = was.get(letter)
                if was.get(letter) == "=1+1":
                    sheet[f"{at}{row}"].data_type = "s"
        for cell, heading in headings.items():
            sheet[cell] = heading

    return change


@pytest.mark.parametrize("order", ["BACDEFGHIJ", "JABCDEFGH", "ABCDEFGHJ", "A-BCDEF-GHIJ", "HGFEDCBAJI"])
def test_columns_may_be_moved_set_apart_and_the_computed_one_taken_out(order: str) -> None:
    assert mine(edited(workbook(proposal(*LINES)), columns(order))) == NOTHING


def test_headings_may_be_typed_in_another_case_and_columns_of_ones_own_stand_among_them() -> None:
    assert mine(edited(workbook(proposal(*LINES)), columns("ABCDEFGHIJ", A9=" category", K9="My notes"))) == NOTHING


@pytest.mark.parametrize(
    ("order", "headings", "at", "code"),
    [
        ("ABCDEFGHI", {}, "J9", "column-missing"),
        ("ABCEFGHIJ", {}, "D9", "column-missing"),
        ("ABCDEFGHIJ", {"B9": "Details"}, "B9", "column-missing"),
        ("ABCDEFGHIJF", {}, "K9", "column-twice"),
    ],
)
def test_a_column_that_is_gone_renamed_or_doubled_is_refused_by_its_cell(
    order: str, headings: dict[str, str], at: str, code: str
) -> None:
    assert (f"/{MY_SHEET}/{at}", code) in faults(edited(workbook(proposal(*LINES)), columns(order, **headings)))


def test_without_its_headings_a_sheet_is_refused() -> None:
    data = edited(workbook(proposal(*LINES)), lambda book: book[MY_SHEET].delete_rows(9))
    assert (f"/{MY_SHEET}/A9", "headings-missing") in faults(data)


def test_a_line_above_the_headings_is_refused_and_not_taken_out() -> None:
    def move(book: openpyxl.Workbook) -> None:
        sheet = book[MY_SHEET]
        for letter in "ABCDEFGHJ":
            sheet[f"{letter}8"].value, sheet[f"{letter}10"].value = sheet[f"{letter}10"].value, None

    assert (f"/{MY_SHEET}/J8", "line-above-headings") in faults(edited(workbook(proposal(*LINES)), move))


def test_a_sheet_that_lost_its_partners_id_is_missed_and_no_line_goes() -> None:
    data = edited(workbook(proposal(*LINES)), lambda book: book[MY_SHEET].delete_rows(3))
    assert ("", "sheet-missing") in faults(data)


def test_all_mistakes_are_told_at_once() -> None:
    found = faults(edited(workbook(proposal(*LINES)), put(F10="x", C11="x", E13="x")))
    assert [pointer.rpartition("/")[2] for pointer, _ in found] == ["F10", "C11", "E13"]


def test_a_sum_in_a_number_cell_counts_by_its_stored_result(tmp_path: Path) -> None:
    import xlsxwriter

    data = workbook(proposal(*LINES))
    source = openpyxl.load_workbook(io.BytesIO(data))
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    for sheet in source.worksheets:
        page = book.add_worksheet(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                if sheet.title == MY_SHEET and cell.coordinate == "F10":
                    page.write_formula("F10", "=37.5*40", None, 1500)
                elif cell.value is not None and cell.data_type != "f":
                    page.write(cell.coordinate, cell.value)
    book.close()
    back = read(edited_vat(out.getvalue()))
    assert back.rows[0].line.amount == 1500_00


def test_sheet_names_survive_what_people_call_themselves() -> None:
    assert sheet_name("A/B: [the] *big* one?\\ of all of us together", ()) == "A B   the   big  one   of all o"
    assert sheet_name("History", ()) == "Partner"
    assert sheet_name("''", ()) == "Partner"
    assert sheet_name("STAFF", {"Staff"}) == "STAFF 2"
    long = "x" * 40
    assert len(sheet_name(long, {"x" * 31})) <= 31


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=30
) | st.sampled_from(["=A1", "+1", "-1", "@x", "\tx", "_x0041_", "'quoted", "a\nb", "01", "1e5", "TRUE", "#N/A", " x "])


def wellformed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


@st.composite
def many_lines(draw: st.DrawFn) -> tuple[BudgetLine, ...]:
    found = []
    for at in range(draw(st.integers(0, 6))):
        drawn = BudgetLine(
            id=f"line-{at}",
            partner_id=ME,
            category=wellformed(draw(texts)).strip()[:100],
            description=wellformed(draw(texts)),
            year=draw(st.integers(1, 30)),
            source=draw(st.sampled_from(list(BudgetSource))),
            amount=draw(st.integers(0, 10**15 - 1)),
            lot_id=draw(st.sampled_from([None, "north", "south"])),
            vat_treatment=draw(st.sampled_from([VatTreatment.ZERO, VatTreatment.EXEMPT, VatTreatment.OUTSIDE_SCOPE])),
            version=draw(st.integers(0, 9)),
        )
        if not line_faults(drawn, proposal()):
            found.append(drawn)
    return tuple(found)


@examples(20)
@given(many_lines())
def test_every_line_that_is_right_comes_back_as_it_went(lines: tuple[BudgetLine, ...]) -> None:
    bid = proposal(*lines)
    back = read(workbook(bid), bid)
    assert [(row.line.id, row.digest) for row in back.rows] == [(each.id, row_digest(each)) for each in lines]
    assert {(origin.id, origin.version) for origin in back.origins} == {(each.id, each.version) for each in lines}


def totals(data: bytes) -> Iterator[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data), data_only=True)
    return iter([tuple(cell.value for cell in row) for row in book[TOTALS].iter_rows()])


def test_the_stored_results_are_the_domains_sums() -> None:
    bid = proposal(*LINES)
    rows = list(totals(workbook(bid)))
    found = amounts(bid.budget_lines)
    [money] = [row for row in rows if row[0] == "All money"]
    assert max(value for value in money if isinstance(value, int | float)) == pytest.approx(found.total / 100)
    [whole_call] = [row for row in rows if row[0] == "The whole call"]
    assert whole_call[1:5] == (900, "included", 837.17, pytest.approx(62.83))


soffice = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.mark.skipif(soffice is None, reason="LibreOffice is not installed: `apt-get install libreoffice-calc-nogui`")
def test_libreoffice_opens_it_counts_the_same_sums_and_hands_back_the_same_lines(tmp_path: Path) -> None:
    """An amount is changed and a row added, all stored results thrown away, and LibreOffice counts from nothing."""
    data = edited(workbook(proposal(*LINES)), put(F10=250.01, H10=50, A14="travel", C14=4, E14="Asked for", F14=0.99))
    (tmp_path / "budget.xlsx").write_bytes(data)
    subprocess.run(
        [str(soffice), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
         "xlsx:Calc MS Excel 2007 XML", "--outdir", str(tmp_path / "out"), str(tmp_path / "budget.xlsx")],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    counted = (tmp_path / "out" / "budget.xlsx").read_bytes()
    changed = proposal(
        replace(LINES[0], amount=250_01, vat_amount=50_00),
        *LINES[1:],
        line("new", amount=99, category="travel", year=4),
    )
    expected = amounts(changed.budget_lines)
    rows = {(row[0], row[1]): row for row in totals(counted)}
    by_hand = {
        key: [value for value in row[2:] if value is not None] for key, row in rows.items() if key[0] == "All partners"
    }
    years = [1, 2, 3]
    asked = [each for each in changed.budget_lines if each.source is BudgetSource.REQUESTED]
    of_years = [sum(each.amount for each in asked if each.year == year) / 100 for year in years]
    assert by_hand["All partners", "Asked for"] == pytest.approx(
        [*of_years, 0.99, sum(each.amount for each in asked) / 100]
    )
    in_all = [value for value in rows["All money", "(in kind is not added)"] if isinstance(value, int | float)]
    assert in_all == pytest.approx([expected.total / 100])
    [staff] = [row for row in rows.values() if row[0] == "staff"]
    [staff_with_a_capital] = [row for row in rows.values() if row[0] == "Staff"]
    assert (staff[1], staff_with_a_capital[2]) == (pytest.approx(250.01), pytest.approx(33.33))
    [whole_call] = [row for row in rows.values() if row[0] == "The whole call"]
    assert whole_call[3] == pytest.approx((sum(each.amount + each.vat_amount for each in asked)) / 100)
    back = read(counted)
    merged = merge(back.rows, back.origins, [each for each in LINES if each.partner_id == ME])
    assert [change.before.id for change in merged.changed] == ["l-1"]
    assert [added.category for added in merged.added] == ["travel"]
    assert (merged.unchanged, merged.removed, merged.conflicts) == (3, (), ())
