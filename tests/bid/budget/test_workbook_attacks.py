"""What comes back as a workbook is judged before it is read: nothing live, no bomb, nobody else's rows."""

import io
import zipfile
from dataclasses import replace
from functools import cache

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.budget.workbook.layout import EXPORTED, FIRST_ROW
from app.bid.budget.workbook.reader import AnotherProposalsWorkbook
from app.platform.access.errors import Invalid
from tests.bid.budget.workbooks import (
    LINES,
    MY_SHEET,
    RIVAL,
    edited,
    faults,
    packed,
    parts_of,
    proposal,
    put,
    read,
    with_part,
    workbook,
)
from tests.rounds import examples


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


@cache
def _whole() -> bytes:
    return workbook(proposal(*LINES))


@examples(120)
@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 255)), min_size=1, max_size=4), st.data())
def test_no_damage_to_the_file_ends_in_anything_but_a_refusal(
    damage: list[tuple[int, int]], data: st.DataObject
) -> None:
    """Bytes changed in the archive itself, or in one of its parts before it is packed again."""
    whole = _whole()
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
