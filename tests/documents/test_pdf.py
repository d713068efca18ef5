"""PDF: tagged and archivable by others' checkers, the same bytes each time, a draft on every page until it is none."""

import hashlib
import io
import subprocess
import sys
import zlib
from dataclasses import replace
from typing import Any

import page
import pikepdf
import pytest

from app.bid.document.rules import build_annex
from app.bid.renderings.public_check import signed_json
from app.documents import agreement, annex, bid, pdf
from app.documents.canonical import canonical
from app.documents.looks.logos import judged
from app.documents.looks.template import Template
from app.documents.standing import Standing
from tests.documents import reading_back as read
from tests.documents import samples as s
from tests.documents.looks import logo_files

CASES = [(structure, language) for structure in s.STRUCTURES for language in ("en", "cy")]


def composed(structure: str = "lead_provider", language: str = "en", agreed: bool = True, **options: Any) -> Any:
    document = s.document(s.proposal(structure, language))
    return bid.compose(document, s.standing(document, agreed=agreed), **options)


def assert_valid(data: bytes, archive: str = "3a") -> None:
    for profile in ("ua1", archive):
        report = page.validate_pdf_bytes(data, profile=profile)
        assert report.is_compliant, [(f.rule_id, f.message) for f in report.failures][:5]


@pytest.mark.parametrize(("structure", "language"), CASES)
def test_every_bid_is_pdf_ua_and_pdf_a_in_one(structure: str, language: str) -> None:
    assert_valid(pdf.render(composed(structure, language)).data)


def test_the_preview_the_agreement_and_the_annex_are_valid_too() -> None:
    value = s.proposal()
    document = s.document(value, edition=None)
    assert_valid(pdf.render(bid.compose(document, Standing())).data, "2a")
    assert_valid(pdf.render(agreement.compose(document, Standing())).data, "2a")
    signed = s.document(value)
    assert_valid(pdf.render(annex.compose(signed, build_annex(value), s.standing(signed))).data, "2a")


def test_the_structure_that_a_screen_reader_walks_is_there() -> None:
    with pikepdf.open(io.BytesIO(pdf.render(composed("lead_provider", "cy")).data)) as document:
        root = document.Root
        assert bool(root.MarkInfo.Marked) and str(root.Lang) == "cy"
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo["/Title"]) == s.proposal("lead_provider", "cy").title
        kinds = structure_kinds(root.StructTreeRoot)
        assert kinds["/H1"] > 10 and kinds["/H2"] > 15 and kinds["/TH"] > 30 and kinds["/Figure"] == 3
        assert kinds["/TOCI"] > 20 and kinds["/L"] > 3
        assert len(document.open_outline().root) > 10


def structure_kinds(root: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Dictionary):
            if "/S" in node:
                found[str(node.S)] = found.get(str(node.S), 0) + 1
            if "/K" in node:
                inside = node.K
                waiting.extend(list(inside) if isinstance(inside, pikepdf.Array) else [inside])
    return found


def test_every_figure_says_in_words_what_it_shows() -> None:
    with pikepdf.open(io.BytesIO(pdf.render(composed()).data)) as document:
        told = figure_words(document)
        assert len(told) == 3 and all(len(words) > 40 for words in told)


def figure_words(document: pikepdf.Pdf) -> list[str]:
    waiting, told = [document.Root.StructTreeRoot], []
    while waiting:
        node = waiting.pop()
        if isinstance(node, pikepdf.Dictionary):
            if str(node.get("/S")) == "/Figure":
                told.append(str(node.get("/Alt", "")))
            inside = node.get("/K")
            waiting.extend(list(inside) if isinstance(inside, pikepdf.Array) else [inside] if inside else [])
    return told


def test_the_same_edition_gives_the_same_bytes_in_another_process() -> None:
    program = (
        "import sys; from tests.documents.test_pdf import composed; from app.documents import pdf;"
        "sys.stdout.buffer.write(pdf.render(composed()).data)"
    )
    other = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, timeout=120).stdout
    assert other == pdf.render(composed()).data


def test_the_signed_json_travels_inside() -> None:
    document = s.document()
    made = pdf.render(bid.compose(document, s.standing(document))).data
    assert signed_json(made) == canonical(document)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.attachments["document.json"].get_file().read_bytes() == canonical(document)


@pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed: pages not read")
@pytest.mark.parametrize(
    ("agreed", "language", "mark"), [(False, "en", "DRAFT"), (False, "cy", "DRAFFT"), (True, "en", "DRAFT")]
)
def test_draft_stands_on_every_page_until_all_have_signed_and_on_none_after(
    agreed: bool, language: str, mark: str
) -> None:
    made = pdf.render(composed(language=language, agreed=agreed)).data
    pages = text_of_pages(made)
    assert len(pages) > 10
    assert all((mark in words) is not agreed for words in pages)


def text_of_pages(data: bytes) -> list[str]:
    made = subprocess.run([str(read.PDFTOTEXT), "-", "-"], input=data, capture_output=True, check=True, timeout=60)
    return made.stdout.decode().split("\f")[:-1]


@pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed: pages not read")
def test_every_page_but_the_cover_has_its_number_and_the_version() -> None:
    pages = text_of_pages(pdf.render(composed()).data)
    for number, words in enumerate(pages[1:], 2):
        assert f"Page {number} of {len(pages)}" in words and "Version 2" in words


def test_a_part_without_content_does_not_appear() -> None:
    document = s.document(s.bare())
    titles = [
        b["content"][0]["text"]
        for b in bid.compose(document, s.standing(document)).body
        if b["type"] == "heading" and b["level"] == 1
    ]
    assert titles == [
        "Summary",
        "The partners",
        "Answers to the questions",
        "Documents that belong to this bid",
        "Signatures and how to check them",
    ]


def test_a_deep_and_wide_text_is_set_without_stopping() -> None:
    node: dict[str, Any] = {"type": "paragraph", "content": [{"type": "text", "text": "deep"}]}
    for _ in range(60):
        node = {"type": "bulletList", "content": [{"type": "listItem", "content": [node]}]}
    wide = {
        "type": "table",
        "content": [
            {
                "type": "tableRow",
                "content": [{"type": "tableCell", "attrs": {"colspan": 900, "rowspan": 900}, "content": []}],
            },
            {"type": "tableRow", "content": [{"type": "tableCell", "content": [node]}] * 30},
        ],
    }
    value = s.with_text(s.bare(), {"type": "doc", "content": [node, wide]})
    document = s.document(value)
    assert_valid(pdf.render(bid.compose(document, s.standing(document))).data)


def test_struck_underlined_and_linked_at_once_stays_valid() -> None:
    marks = [
        {"type": "underline"},
        {"type": "strike"},
        {"type": "link", "attrs": {"href": "https://example.org"}},
        {"type": "bold"},
    ]
    text = {"type": "text", "text": "all at once", "marks": marks}
    value = s.with_text(s.bare(), {"type": "doc", "content": [{"type": "paragraph", "content": [text]}]})
    document = s.document(value)
    assert_valid(pdf.render(bid.compose(document, s.standing(document))).data)


def test_a_template_changes_colours_names_and_order_and_shows_its_logo() -> None:
    look = Template(
        accent="#7A1F3D", parts=("budget", "partners", "signatures"), names={"budget": "What it costs"}, size=12,
        logo=judged(logo_files.SVG, "A lighthouse on orange"),
    )  # fmt: skip
    document = s.document()
    found = bid.compose(document, s.standing(document), template=look)
    heads = [b["content"][0]["text"] for b in found.body if b["type"] == "heading" and b["level"] == 1]
    assert heads == ["What it costs", "The partners", "Signatures and how to check them"]
    made = pdf.render(found, template=look).data
    assert_valid(made)
    with pikepdf.open(io.BytesIO(made)) as document_:
        assert "A lighthouse on orange" in figure_words(document_)


def test_where_a_call_forbids_names_the_answers_hold_none() -> None:
    value = s.proposal()
    named = {
        "type": "doc",
        "content": [
            {
                "type": "paragraph",
                "content": [{"type": "text", "text": "Clwb Ieuenctid Aeron and Gofal Teulu Bach will."}],
            }
        ],
    }
    document = s.document(s.with_text(replace(value, sections=value.sections[:1]), named))
    look = Template(anonymise_answers=True, parts=("answers", "signatures"))
    text = str([b for b in bid.compose(document, Standing(), template=look).body])
    assert "Clwb" not in text and "Partner C and Partner B will." in text


@pytest.mark.parametrize("number", [86, 435, 452])
def test_a_short_attachment_that_ends_in_a_carriage_return_leaves_the_file_valid(number: int) -> None:
    """Found by trying some hundred: their JSON gets no shorter by packing it otherwise."""
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    signed = b'{"n":"%s"}' % digest.encode() * 3
    document = s.document(s.bare())
    made = pdf.render(bid.compose(document, s.standing(document), signed=signed)).data
    assert_valid(made)
    with pikepdf.open(io.BytesIO(made)) as opened:
        assert opened.attachments["document.json"].get_file().read_bytes() == signed


def test_a_stream_that_ends_in_a_carriage_return_is_packed_anew_in_the_same_room() -> None:

    from app.documents.pdf_streams import unambiguous

    content = next(
        text for n in range(600) if zlib.compress(text := b"words, words " * 40 + b"y" * n, 1).endswith(b"\r")
    )
    packed = zlib.compress(content, 0)
    before = b"1 0 obj\n<</Length %d/Filter/FlateDecode>>\nstream\n%s\nendstream\nendobj\n" % (len(packed), packed)
    after = unambiguous(before)
    assert len(after) == len(before) and after != before
    length = int(after.partition(b"/Length ")[2].split(b"/")[0])
    start = after.index(b"stream\n") + len(b"stream\n")
    assert zlib.decompressobj().decompress(after[start : start + length]) == content
    assert after[start + length :].startswith(b"\nendstream") and not after[: start + length].endswith(b"\r")
    assert unambiguous(after) == after
