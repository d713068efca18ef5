"""A budget out as a workbook, filled in by a finance officer, and back again."""

import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.budget_workbook import budget_workbook
from app.documents.budget_workbook_layout import EXPORTED, FIRST_ROW, TOTALS, WorkbookFacts, row_digest, sheet_name
from app.documents.budget_workbook_reader import AnotherProposalsWorkbook, SheetBack, read_budget_workbook
from app.documents.spreadsheet_guard import WorkbookRefused
from app.domain.budget import line_faults, sums
from app.domain.budget_merge import merge
from app.domain.budget_views import Reader, ReaderKind, budget_view
from app.domain.codes import (
    BudgetSource,
    OpportunityMode,
    PartnerRole,
    PartnerStatus,
    PriceDetail,
    ProposalStatus,
    RoundStatus,
    RouteKind,
    VatBasis,
    VatTreatment,
)
from app.domain.errors import Invalid
from app.domain.proposal import BudgetLine, ConsortiumRules, HonestyRound, Lot, Opportunity, Partner, Proposal

ME, RIVAL = "0193-me", "0193-rival"
MADE = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
MY_SHEET = "Youth Works [North]".replace("[", " ").replace("]", " ").strip()


def line(id: str, partner: str = ME, amount: int = 100_00, **more: object) -> BudgetLine:
    fields = {"category": "staff", "year": 1, "source": BudgetSource.REQUESTED, "version": 1} | more
    return BudgetLine(id=id, partner_id=partner, amount=amount, **fields)  # type: ignore[arg-type]


LINES = (
    line("l-1", description="Two youth workers", lot_id="north", vat_treatment=VatTreatment.STANDARD, vat_amount=20_00),
    line("l-2", category="Staff", amount=33_33, year=2, source=BudgetSource.MATCH),
    line("l-3", category="rent", amount=0, source=BudgetSource.IN_KIND, year=2),
    line("l-4", category="=1+1", description="@SUM(A1)", amount=12_34, source=BudgetSource.INCOME, lot_id="south"),
    line("r-1", RIVAL, 700_00, category="secret category", lot_id="south"),
    line("r-2", RIVAL, 17_17, category="opened", year=3, visible_to=(ME,)),
)


def proposal(*lines: BudgetLine, ceiling: int | None = 900_00, vat: VatBasis = VatBasis.INCLUDED) -> Proposal:
    lots = (Lot("north", "1", "North", 500_00, VatBasis.EXCLUDED), Lot("south", "2", "South", None, VatBasis.UNKNOWN))
    call = Opportunity(
        id="call", organisation_id=None, buyer_name="Council", title="Call", ocid=None, mode=OpportunityMode.SEALED,
        regime="grant", price_detail=PriceDetail.TOTALS, lots=lots, questions=(), budget_ceiling=ceiling,
        ceiling_vat=vat, currency="GBP", required_sections=(), required_statements=(),
        consortium_rules=ConsortiumRules(), route=RouteKind.HERE, submission_deadline=None,
        time_zone="Europe/London", amendment=0, open_for_bids=True,
    )  # fmt: skip
    return Proposal(
        id="bid-1", title="Early help", status=ProposalStatus.DRAFT, language="en", currency="GBP", revision=1,
        version=1, opportunity=call, lot_ids=("north", "south"),
        partners=(
            Partner(RIVAL, "o2", "Lead & Sons: 'big'", PartnerRole.LEAD, PartnerStatus.ACCEPTED),
            Partner(ME, "o1", "Youth Works [North]", PartnerRole.MEMBER, PartnerStatus.ACCEPTED),
        ),
        honesty_round=HonestyRound(RoundStatus.REVEALED), budget_lines=lines,
    )  # fmt: skip


def workbook(bid: Proposal, me: str = ME) -> bytes:
    view = budget_view(bid, Reader(ReaderKind.PARTNER, frozenset({me})))
    return budget_workbook(WorkbookFacts(bid, view, frozenset({me}), MADE))


def read(data: bytes, bid: Proposal | None = None) -> SheetBack:
    numbers = count(1)
    [sheet] = read_budget_workbook(data, bid or proposal(*LINES), frozenset({ME}), lambda: f"new-{next(numbers)}")
    return sheet


def edited(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """What a spreadsheet program would save after somebody changed something."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(**cells: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for cell, value in cells.items():
            book[MY_SHEET][cell] = value

    return change


def faults(data: bytes, bid: Proposal | None = None) -> list[tuple[str, str]]:
    with pytest.raises(WorkbookRefused) as caught:
        read(data, bid)
    return [(fault.pointer, fault.code) for fault in caught.value.errors]


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
        line("r-9", RIVAL, 450_00, category="rent", lot_id="north"),
        line("r-8", RIVAL, 250_00, vat_treatment=VatTreatment.ZERO),
        LINES[5],
    )
    assert workbook(proposal(*LINES)) == workbook(proposal(*other))


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


def edited_vat(data: bytes) -> bytes:
    """VAT of the first line emptied, in the file's own XML, so that stored results stay."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts = {name: part.replace(b'<c r="H10"><v>20</v></c>', b"") for name, part in parts.items()}
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_part(name: str, content: bytes = b"<x/>") -> bytes:
    return packed(parts_of(workbook(proposal(*LINES))) | {name: content})


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("xl/vbaProject.bin", b"\xd0\xcf", "forbidden-content"),
        ("xl/macrosheets/sheet1.xml", b"<x/>", "forbidden-content"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "forbidden-content"),
        ("xl/embeddings/oleObject1.bin", b"x", "forbidden-content"),
        ("xl/activeX/activeX1.xml", b"<x/>", "forbidden-content"),
        ("xl/connections.xml", b"<x/>", "forbidden-content"),
        ("xl/queryTables/queryTable1.xml", b"<x/>", "forbidden-content"),
        ("../../etc/passwd.xml", b"<x/>", "strange-archive"),
        ("/absolute.xml", b"<x/>", "strange-archive"),
        ("payload.exe", b"MZ", "strange-archive"),
        ("docProps/custom.xml", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "forbidden-content"),
        ("docProps/custom.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16"), "forbidden-content"),
        ("docProps/custom.xml", b"<x>", "not-a-workbook"),
        ("docProps/custom.xml", b"<?xml version='1.0' encoding='UTF-7'?><x/>", "not-a-workbook"),
        ("docProps/custom.xml", b"<?xml version='1.0' encoding='UdF-8'?><x/>", "not-a-workbook"),
        (
            "xl/_rels/other.xml.rels",
            b'<Relationships><Relationship Id="r" Type="http://t/oleObject" Target="http://x" TargetMode="External"/>'
            b"</Relationships>",
            "forbidden-content",
        ),
        (
            "docProps/custom.xml",
            b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>',
            "forbidden-content",
        ),
    ],
)
def test_a_workbook_with_anything_live_in_it_is_refused(name: str, content: bytes, code: str) -> None:
    assert faults(with_part(name, content)) == [("", code)]


def test_a_typed_web_address_is_no_external_link() -> None:
    link = b'<Relationship Id="r" Type="http://t/hyperlink" Target="http://x" TargetMode="External"/>'
    rels = b"<Relationships>" + link + b"</Relationships>"
    assert len(read(with_part("xl/worksheets/_rels/sheet9.xml.rels", rels)).rows) == 4


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_workbook_is_refused_in_a_sentence(data: bytes) -> None:
    assert faults(data)[0][1] == "not-a-workbook"


def test_a_zip_bomb_is_judged_from_its_directory_without_inflating_a_byte(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = with_part("xl/media/big.xml", bytes(200_000_000))
    assert len(bomb) < 1_000_000

    def never(*_: object, **__: object) -> bytes:
        raise AssertionError("inflated")

    monkeypatch.setattr(zipfile.ZipFile, "read", never)
    monkeypatch.setattr(zipfile.ZipFile, "open", never)
    assert faults(bomb) == [("", "zip-bomb")]


def test_many_small_parts_that_add_up_are_a_bomb_too() -> None:
    parts = parts_of(workbook(proposal(*LINES))) | {f"xl/media/{n}.xml": bytes(999_999) for n in range(30)}
    assert faults(packed(parts)) == [("", "zip-bomb")]
    parts = parts_of(workbook(proposal(*LINES))) | {f"xl/media/{n}.xml": b"<x/>" for n in range(300)}
    assert faults(packed(parts)) == [("", "strange-archive")]


def test_a_directory_that_lies_about_sizes_ends_in_a_refusal() -> None:
    data = bytearray(with_part("xl/media/big.xml", bytes(3_000_000)))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    assert faults(bytes(data))[0][1] in ("not-a-workbook", "zip-bomb")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), min_size=1, max_size=4), st.data())
def test_no_damage_to_the_file_ends_in_anything_but_a_refusal(
    damage: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Bytes changed in the archive itself, or in one of its parts before it is packed again."""
    whole = workbook(proposal(*LINES))
    parts = parts_of(whole)
    name = data.draw(st.sampled_from([None, *parts]))
    changed = bytearray(whole if name is None else parts[name])
    for at, byte in damage:
        changed[at % len(changed)] = byte
    try:
        read(bytes(changed) if name is None else packed(parts | {name: bytes(changed)}))
    except Invalid as refusal:
        assert refusal.detail


def test_an_encrypted_part_is_refused() -> None:
    data = bytearray(workbook(proposal(*LINES)))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    assert faults(bytes(data)) == [("", "encrypted")]


def test_a_hidden_sheet_may_hold_nothing() -> None:
    def hide(book: openpyxl.Workbook, value: object = None) -> None:
        sheet = book.create_sheet("Notes")
        sheet["C7"] = value
        sheet.sheet_state = "veryHidden"

    data = workbook(proposal(*LINES))
    assert faults(edited(data, lambda book: hide(book, "x"))) == [("/Notes/A1", "hidden-sheet")]
    assert len(read(edited(data, hide)).rows) == 4


def test_hiding_ones_own_sheet_does_not_smuggle_it_in() -> None:
    def hide(book: openpyxl.Workbook) -> None:
        book[MY_SHEET].sheet_state = "hidden"

    assert {code for _, code in faults(edited(workbook(proposal(*LINES)), hide))} == {"hidden-sheet", "sheet-missing"}


def test_an_officers_own_visible_sheet_is_left_alone() -> None:
    def notes(book: openpyxl.Workbook) -> None:
        book.create_sheet("My sums")["A1"] = "=1+1"

    assert len(read(edited(workbook(proposal(*LINES)), notes)).rows) == 4


def test_another_proposals_workbook_is_named_as_such() -> None:
    with pytest.raises(AnotherProposalsWorkbook):
        read(workbook(proposal(*LINES)), replace(proposal(*LINES), id="bid-2"))


def test_a_workbook_from_elsewhere_is_refused() -> None:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    assert faults(out.getvalue()) == [("", "not-our-workbook")]

    def forget(book: openpyxl.Workbook) -> None:
        book[EXPORTED]["B2"] = "something"

    assert faults(edited(workbook(proposal(*LINES)), forget)) == [("", "not-our-workbook")]


def test_a_changed_row_of_another_partner_is_refused() -> None:
    def change(book: openpyxl.Workbook) -> None:
        [sheet] = [sheet for sheet in book.worksheets if sheet["B3"].value == RIVAL]
        sheet[f"F{FIRST_ROW}"] = 1

    [(pointer, code)] = faults(edited(workbook(proposal(*LINES)), change))
    assert (pointer.endswith(f"/A{FIRST_ROW}"), code) == (True, "not-yours")


def test_a_million_rows_down_costs_nothing_and_is_refused() -> None:
    assert faults(edited(workbook(proposal(*LINES)), put(A1048576="x", F5001=5))) == [
        (f"/{MY_SHEET}/A5001", "too-many-rows")
    ]


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


@settings(max_examples=60, deadline=None)
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
    found = sums(bid.budget_lines)
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
    expected = sums(changed.budget_lines)
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


@pytest.mark.parametrize("detail", list(PriceDetail))
def test_the_commissioners_workbook_holds_totals_and_lines_only_where_the_call_asks_for_them(
    detail: PriceDetail,
) -> None:
    bid = proposal(*LINES)
    bid = replace(bid, opportunity=replace(bid.opportunity, price_detail=detail))
    view = budget_view(bid, Reader(ReaderKind.COMMISSIONER))
    data = budget_workbook(WorkbookFacts(bid, view, frozenset(), MADE))
    sheets = openpyxl.load_workbook(io.BytesIO(data)).sheetnames
    assert len(sheets) == (5 if detail is PriceDetail.LINES else 3)
    everything = b"".join(parts_of(data).values())
    assert (b"secret category" in everything) is (detail is PriceDetail.LINES)
    [money] = [row for row in totals(data) if row[0] == "All money"]
    assert max(value for value in money if isinstance(value, int | float)) == sums(bid.budget_lines).total / 100
