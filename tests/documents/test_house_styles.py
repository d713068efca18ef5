"""A house style and a call's rules in every writer: logo with its words, colours, sizes, paper, order and names."""

import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx as python_docx
import odfdo
import pikepdf
import pytest

from app.documents.looks.logos import judged
from app.documents.looks.rules import CallRules, Look, applied
from app.documents.looks.template import Template
from app.documents.rendering import Format, Job, Rendered, produce
from tests.documents import samples as s
from tests.documents.looks import logo_files as files
from tests.documents.test_html import CHROMIUM, seen_by_axe
from tests.documents.test_pdf import assert_valid, figure_words

LOGOS = {"svg": files.SVG, "png": files.png(), "jpg": files.JPEG}
SOFFICE, PDFTOTEXT = shutil.which("soffice"), shutil.which("pdftotext")


def house(kind: str = "svg", **rules: Any) -> Template:
    look = Look(
        accent="#9A3412", font="Noto Sans", paper="us-letter", cover_eyebrow="Working together",
        cover_note="Registered charity.\nSince 1998.", names={"partners": "Who we are"},
        logo=judged(LOGOS[kind], "Harbour Youth: a lighthouse"),
    )  # fmt: skip
    return applied(look, CallRules(**rules))


def made(form: Format, template: Template, *, agreed: bool = False) -> Rendered:
    document = s.document(s.proposal())
    return produce(Job("bid", form, document, s.standing(document, agreed=agreed), template=template, signed=b"{}"))


@pytest.mark.parametrize("kind", LOGOS)
def test_the_pdf_is_valid_with_every_kind_of_logo_and_says_what_it_shows(kind: str) -> None:
    data = made(Format.PDF, house(kind, minimum_size=12, page_limit=3)).data
    assert_valid(data)
    with pikepdf.open(io.BytesIO(data)) as document:
        assert "Harbour Youth: a lighthouse" in figure_words(document)
        assert [round(float(side)) for side in document.pages[0].MediaBox[2:]] == [612, 792]
        fonts = {str(font) for font in re.findall(rb"/BaseFont ?/[A-Z]{6}\+([\w-]+)", data)}
        assert any("NotoSans" in font for font in fonts) and not any("FiraGO" in font for font in fonts)


def test_large_print_is_valid_and_no_letter_of_the_text_is_smaller_than_asked() -> None:
    data = made(Format.PDF, house(minimum_size=20, page_limit=1)).data
    assert_valid(data)
    if PDFTOTEXT:
        boxes = subprocess.run(
            [PDFTOTEXT, "-bbox", "-", "-"], input=data, capture_output=True, check=True
        ).stdout.decode()
        words = re.findall(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">([^<]+)<', boxes)
        body = [(float(end) - float(start), word) for start, end, word in words if 70 < float(start) < 720]
        small = [word for height, word in body if height < 17]
        drawn = len([word for height, word in body if height >= 20])
        assert drawn > 1000 and len(small) < 120, small[:40]  # the labels of three drawings


def test_pages_are_counted_as_a_reader_counts_them() -> None:
    rendered = made(Format.PDF, house(page_limit=3))
    with pikepdf.open(io.BytesIO(rendered.data)) as document:
        assert rendered.pages == len(document.pages) > 3 and rendered.page_limit == 3


@pytest.mark.parametrize("form", Format)
def test_cover_words_names_and_order_are_the_same_in_every_format(form: Format) -> None:
    template = house(parts=["budget", "partners", "signatures"], names={"budget": "Price"})
    data = made(form, template).data
    if form is Format.PDF:
        with pikepdf.open(io.BytesIO(data)) as document:
            titles = [str(item.title) for item in document.open_outline().root]
        assert [title.split(maxsplit=1)[1] for title in titles] == [
            "Price",
            "Who we are",
            "Signatures and how to check them",
        ]
        return
    if form in (Format.DOCX, Format.ODT):
        name = "word/document.xml" if form is Format.DOCX else "content.xml"
        data = zipfile.ZipFile(io.BytesIO(data)).read(name)
    text = re.sub(r"<[^>]+>", "", data.decode())
    body = text[text.index("Since 1998.") :]
    for words in ("Working together", "Registered charity."):
        assert words in text
    assert body.index("Price") < body.index("Who we are") < body.index("Signatures and how") and "Summary" not in body


@pytest.mark.parametrize("kind", LOGOS)
def test_word_has_the_logo_with_its_words_and_every_style_at_least_the_calls_size(kind: str) -> None:
    document = python_docx.Document(io.BytesIO(made(Format.DOCX, house(kind, minimum_size=13)).data))
    assert document.inline_shapes[0]._inline.docPr.get("descr") == "Harbour Youth: a lighthouse"
    assert document.inline_shapes[0].height.cm <= 2.01 and document.inline_shapes[0].width.cm <= 6.01
    sizes = {x.name: x.font.size.pt for x in document.styles if getattr(x, "font", None) is not None and x.font.size}
    assert min(sizes.values()) >= 13 and sizes["Normal"] == 13, sizes
    parts = (document.element.body, document.sections[0].header._element, document.sections[0].footer._element)
    assert min(size.val.pt for part in parts for size in part.xpath(".//w:rPr/w:sz")) >= 13
    own = document.styles.element.xpath("w:style[@w:type='paragraph']//@w:color | w:style[@w:type='paragraph']//@w:val")
    assert "4F81BD" not in own and "9A3412" in own  # no blue of Word's beside the house's orange
    assert round(document.sections[0].page_width.cm, 2) == 21.59


@pytest.mark.parametrize("kind", LOGOS)
def test_opendocument_has_the_logo_with_its_words(kind: str) -> None:
    document = odfdo.Document(io.BytesIO(made(Format.ODT, house(kind)).data))
    frame = document.body.get_frames()[0]
    assert "Harbour Youth: a lighthouse" in frame.serialize()
    assert any(f".{kind}" in str(name) for name in document.get_parts())


@pytest.mark.parametrize("kind", LOGOS)
def test_the_page_holds_the_logo_in_itself_with_its_words(kind: str) -> None:
    page = made(Format.HTML, house(kind, minimum_size=13)).data.decode()
    assert f'src="data:image/{"svg+xml" if kind == "svg" else kind.replace("jpg", "jpeg")};base64,' in page
    assert 'alt="Harbour Youth: a lighthouse"' in page and "size:letter" in page and "max(13pt" in page


@pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed: the page was not looked at in a browser")
@pytest.mark.parametrize("accent", ["#9A3412", "#C2410C", "#767676", "#0000FF"])
def test_axe_finds_no_violation_in_colours_that_are_just_readable(accent: str, tmp_path: Path) -> None:
    template = replace(house(), accent=accent, tint=applied(Look(accent=accent), None).tint)
    assert seen_by_axe(made(Format.HTML, template).data.decode(), tmp_path)["violations"] == []


@pytest.mark.skipif(not SOFFICE, reason="LibreOffice is not installed: not opened there")
@pytest.mark.parametrize("form", [Format.DOCX, Format.ODT])
def test_libreoffice_shows_the_logo(form: Format, tmp_path: Path) -> None:
    file = tmp_path / f"bid.{form}"
    file.write_bytes(made(form, house("jpg", parts=["signatures"])).data)
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(file)], capture_output=True, check=True, timeout=150)
    with pikepdf.open(tmp_path / "bid.pdf") as document:
        assert len(document.pages[0].get_images()) == 1


@pytest.mark.parametrize("form", Format)
def test_the_same_template_gives_the_same_bytes_after_it_was_written_down(form: Format) -> None:
    template = house(minimum_size=12, anonymise_answers=True)
    again = Template.from_data(template.as_data())
    assert again.logo and template.logo
    again = replace(again, logo=replace(again.logo, data=template.logo.data))
    assert made(form, template, agreed=True).data == made(form, again, agreed=True).data
