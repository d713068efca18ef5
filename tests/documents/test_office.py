"""Word and OpenDocument: read by their own libraries and by LibreOffice, with what screen readers and people need."""

import io
import shutil
import subprocess
import time
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import docx as python_docx
import odfdo
import pytest
from docx.oxml.ns import qn

from app.documents import bid, docx, odt
from app.documents.rendering import Format, Job, produce
from tests.documents import samples as s
from tests.waiting import wait_until

SOFFICE = shutil.which("soffice")
PDFTOTEXT = shutil.which("pdftotext")


def composed(structure: str = "lead_provider", language: str = "en", agreed: bool = False) -> Any:
    document = s.document(s.proposal(structure, language))
    return bid.compose(document, s.standing(document, agreed=agreed))


def word(language: str = "en", agreed: bool = False) -> Any:
    return python_docx.Document(io.BytesIO(docx.render(composed(language=language, agreed=agreed))))


def test_word_has_real_headings_in_their_levels_without_a_gap() -> None:
    levels = [int(p.style.name[-1]) for p in word().paragraphs if p.style.name.startswith("Heading")]
    assert levels[0] == 1 and levels.count(1) > 12
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_word_repeats_table_heads_and_names_its_language() -> None:
    document = word("cy")
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    languages = document.styles.element.findall(f".//{qn('w:docDefaults')}//{qn('w:lang')}")
    assert [found.get(qn("w:val")) for found in languages] == ["cy-GB"]
    assert document.core_properties.language == "cy-GB" and document.core_properties.title


def test_word_pictures_are_drawings_with_words_for_who_cannot_see_them() -> None:
    data = docx.render(composed())
    document = python_docx.Document(io.BytesIO(data))
    told = [shape._inline.docPr.get("descr") for shape in document.inline_shapes]
    assert len(told) == 3 and all(len(words) > 40 for words in told)
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert sum(name.endswith(".svg") for name in names) == 3


def test_word_contents_are_filled_in_and_lead_to_their_headings() -> None:
    document = word()
    entries = [p for p in document.paragraphs if p.style.name.startswith("TOC")]
    heads = [p for p in document.paragraphs if p.style.name in ("Heading 1", "Heading 2")]
    assert len(entries) == len(heads)
    marks = {mark.get(qn("w:name")) for mark in document.element.body.iter(qn("w:bookmarkStart"))}
    for entry in entries:
        assert entry._p.find(qn("w:hyperlink")).get(qn("w:anchor")) in marks


def test_each_ordered_list_in_word_begins_where_its_writer_began_it() -> None:
    def listed(start: int) -> dict[str, Any]:
        item = {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]}
        return {"type": "orderedList", "attrs": {"start": start}, "content": [item, item]}

    between = {"type": "paragraph", "content": [{"type": "text", "text": "between"}]}
    value = s.with_text(s.bare(), {"type": "doc", "content": [listed(1), between, listed(5)]})
    document = s.document(value)
    made = python_docx.Document(io.BytesIO(docx.render(bid.compose(document, s.standing(document)))))
    numbers = [p._p.pPr.numPr.numId.val for p in made.paragraphs if p._p.pPr is not None and p._p.pPr.numPr is not None]
    assert len(set(numbers)) == 2
    starts = {
        num.numId: num.find(f".//{qn('w:startOverride')}").get(qn("w:val"))
        for num in made.part.numbering_part.element.num_lst
        if num.numId in numbers
    }
    assert [starts[n] for n in dict.fromkeys(numbers)] == ["1", "5"]


def test_a_draft_is_marked_in_the_head_of_every_page_and_an_agreed_version_is_not() -> None:
    assert "DRAFT" in word().sections[0].header.paragraphs[0].text
    assert "DRAFT" not in word(agreed=True).sections[0].header.paragraphs[0].text
    styles = zipfile.ZipFile(io.BytesIO(odt.render(composed()))).read("styles.xml").decode()
    assert "DRAFT" in styles
    agreed = zipfile.ZipFile(io.BytesIO(odt.render(composed(agreed=True)))).read("styles.xml").decode()
    assert "DRAFT" not in agreed


def test_opendocument_is_read_by_its_library_with_headings_tables_and_pictures() -> None:
    document = odfdo.Document(io.BytesIO(odt.render(composed())))
    body = document.body
    levels = [int(head.level) for head in body.headers]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
    assert len(body.tables) > 10
    assert all(table.get_elements("table:table-header-rows") for table in body.tables)
    frames = body.frames
    assert len(frames) == 3 and all(len(frame.svg_description) > 40 for frame in frames)
    assert body.toc is not None and len(body.toc.get_elements("//text:index-body/text:p")) > 20
    assert document.meta.title and document.meta.language == "en-GB"


def test_opendocument_begins_with_its_type_stored_plainly() -> None:
    data = odt.render(composed())
    first = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]
    assert first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED
    assert data[38:77] == b"application/vnd.oasis.opendocument.text"


@pytest.fixture(scope="module")
def earlier() -> tuple[float, dict[Any, bytes]]:
    """Both renderings, and when they were made."""
    return time.monotonic(), {module: module.render(composed()) for module in (docx, odt)}


@pytest.mark.parametrize("module", [docx, odt])
def test_the_same_input_gives_the_same_bytes(module: Any, earlier: tuple[float, dict[Any, bytes]]) -> None:
    made_at, first = earlier
    wait_until(lambda: time.monotonic() > made_at + 2.1)  # archives tell the time to two seconds: a clock would show
    assert module.render(composed()) == first[module]


@pytest.mark.skipif(not SOFFICE or not PDFTOTEXT, reason="LibreOffice or pdftotext is not installed: not opened there")
@pytest.mark.parametrize("kind", ["bid", "agreement"])
@pytest.mark.parametrize("form", [Format.DOCX, Format.ODT])
def test_libreoffice_opens_it_and_shows_all_of_it(kind: Any, form: Format, tmp_path: Path) -> None:
    document = s.document(s.proposal("lead_provider", "cy"))
    file = tmp_path / f"bid.{form}"
    file.write_bytes(produce(Job(kind, form, document, s.standing(document))).data)
    command = [str(SOFFICE), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", "pdf"]
    subprocess.run([*command, "--outdir", str(tmp_path), str(file)], capture_output=True, check=True, timeout=150)
    made = subprocess.run(
        [str(PDFTOTEXT), str(tmp_path / "bid.pdf"), "-"], capture_output=True, check=True
    ).stdout.decode()
    assert "Ceredigion Families Together" in made and "Clwb Ieuenctid Aeron" in made
    assert made.count("\f") > 4
    if kind == "bid":
        assert "Ŵyl, dŵr, tŷ, ŷd, ffwrnais" in made.replace("\n", " ") and "Rhannau" not in made
        assert "Tudalen 3 o" in made
