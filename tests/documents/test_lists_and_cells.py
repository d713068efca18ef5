"""Lists by letters and Roman numbers, aligned cells and drawn columns are the same in every format as in the editor."""

import re
import subprocess
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents import answers, bid, docx, html, markdown, odt, pdf
from app.documents.prose import from_prosemirror
from app.platform.richtext import merge, schema, yjs
from app.platform.richtext.list_labels import label
from app.platform.richtext.markdown import parse
from app.platform.richtext.markdown_writer import dump
from tests.documents import reading_back as read
from tests.documents import reading_signs as signs
from tests.documents import samples as s
from tests.documents.test_same_words import UNSHRUNK, block, text
from tests.rounds import examples

FORMS = (None, "1", "a", "A", "i", "I", "disc")
SIDES = (None, "left", "center", "right", "justify")


class Numbered:
    """Gives each item and each cell its own word, and keeps what an editor shows of it."""

    def __init__(self) -> None:
        self.words = 0
        self.labels: signs.Labels = {}
        self.cells: signs.Cells = {}
        self.firsts: signs.Cells = {}
        """By the word of a cell, how the first cell of its column is aligned: as Markdown can say it."""

    def word(self) -> str:
        self.words += 1
        return f"w{self.words}x"

    def paragraph(self, word: str) -> dict[str, Any]:
        return block("paragraph", [text(word)])


@st.composite
def list_of(draw: st.DrawFn, known: Numbered, depth: int) -> dict[str, Any]:
    form, start = draw(st.sampled_from(FORMS)), draw(st.sampled_from((0, 1, 1, 3, 25, 39)))
    bullets = draw(st.integers(0, 4)) == 0
    items = []
    count = draw(st.integers(1, 4))
    for index in range(count):
        counted = form if form in ("a", "A", "i", "I") else "1"
        sign = "•" if bullets else signs.shown(counted, start + index)
        if not bullets and index < count - 1 and draw(st.integers(0, 5)) == 0:
            items.append(block("listItem", [{"type": "paragraph"}]))
            continue
        word = known.word()
        known.labels[word] = sign
        inside = [known.paragraph(word)]
        if depth < 3 and draw(st.integers(0, 3)) == 0:
            inside.append(draw(list_of(known, depth + 1)))
        if draw(st.integers(0, 7)) == 0:
            inside.append(draw(table_of(known)))
        items.append(block("listItem", inside))
    if bullets:
        return block("bulletList", items)
    return block("orderedList", items, start=start, type=form)


@st.composite
def table_of(draw: st.DrawFn, known: Numbered) -> dict[str, Any]:
    columns = draw(st.integers(1, 3))
    rows, firsts = [], []
    for r in range(draw(st.integers(1, 3))):
        cells = []
        for c in range(columns):
            word, side = known.word(), draw(st.sampled_from(SIDES))
            if r == 0:
                firsts.append(side)
            known.cells[word], known.firsts[word] = side, firsts[c] if firsts[c] != "justify" else None
            kind = "tableHeader" if r == 0 else "tableCell"
            cells.append(block(kind, [known.paragraph(word)], align=side))
        rows.append(block("tableRow", cells))
    return block("table", rows)


@st.composite
def documents(draw: st.DrawFn) -> tuple[Numbered, list[dict[str, Any]]]:
    known = Numbered()
    kinds = draw(st.lists(st.sampled_from(("list", "list", "table")), min_size=1, max_size=4))
    found = [draw(list_of(known, 0) if kind == "list" else table_of(known)) for kind in kinds]
    # Text between, as Markdown would otherwise join neighbouring lists in the reader's eye.
    return known, [each for one in found for each in (one, block("paragraph", [text("between")]))]


def composed(blocks: list[dict[str, Any]]) -> tuple[Any, Any]:
    content = schema.check({"type": "doc", "content": blocks})
    document = s.document(s.with_text(s.bare(), content))
    return content, bid.compose(document, s.standing(document))


@examples(60, phases=UNSHRUNK)
@given(documents())
def test_word_opendocument_html_markdown_and_answers_number_and_align_as_the_editor(
    made: tuple[Numbered, list[dict[str, Any]]],
) -> None:
    known, blocks = made
    content, found = composed(blocks)
    for reader, data in (
        (signs.of_html, html.render(found)),
        (signs.of_docx, docx.render(found)),
        (signs.of_odt, odt.render(found)),
    ):
        labels, cells, _ = reader(data)
        assert labels == known.labels, reader
        assert {word: cells[word] for word in known.cells} == known.cells, reader
    labels, cells = signs.of_markdown(markdown.render(found))
    assert labels == known.labels
    assert cells == known.firsts
    assert signs.of_text(answers.plain_text(from_prosemirror(content, 1))).items() >= known.labels.items()
    boxed = answers.boxes(s.document(s.with_text(s.bare(), content)))
    assert signs.of_markdown(boxed[0]["markdown"].encode())[0] == known.labels


@examples(8, phases=UNSHRUNK)
@given(documents())
def test_the_pdf_numbers_as_the_editor(made: tuple[Numbered, list[dict[str, Any]]]) -> None:
    known, blocks = made
    ordered = {word: sign for word, sign in known.labels.items() if sign != "•"}  # its bullets differ by level
    assert signs.of_pdf(pdf.render(composed(blocks)[1]).data).items() >= ordered.items()


def _cell(kind: str, words: str, **attrs: Any) -> dict[str, Any]:
    return block(kind, [block("paragraph", [text(words)])], **attrs)


DRAWN = [
    block("table", [
        block("tableRow", [_cell("tableHeader", "w1x", colwidth=[300]), _cell("tableHeader", "w2x", align="right", colwidth=[150]),
                           _cell("tableHeader", "w3x", align="center", colwidth=[150])]),
        block("tableRow", [_cell("tableCell", "w4x"), _cell("tableCell", "w5x £12,000", align="right"),
                           _cell("tableCell", "w6x leased", align="center")]),
    ])
]  # fmt: skip


def test_columns_are_as_wide_as_they_were_drawn() -> None:
    _, found = composed(DRAWN)
    for reader, data in (
        (signs.of_html, html.render(found)),
        (signs.of_docx, docx.render(found)),
        (signs.of_odt, odt.render(found)),
    ):
        [widths] = reader(data)[2]
        assert [width / sum(widths) for width in widths] == pytest.approx([0.5, 0.25, 0.25], abs=0.01), reader


def test_the_pdf_sets_columns_and_cells_as_they_were_drawn() -> None:
    _, found = composed(DRAWN)
    assert read.PDFTOTEXT
    page = subprocess.run(
        [read.PDFTOTEXT, "-bbox", "-", "-"], input=pdf.render(found).data, capture_output=True, check=True, timeout=60
    ).stdout.decode()
    places = {
        word: (float(left), float(right))
        for left, right, word in re.findall(r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)"[^>]*>([^<]+)<', page)
    }
    line = 595.28 - 2 * 2.3 / 2.54 * 72
    assert places["w1x"][0] == pytest.approx(places["w4x"][0], abs=0.5), "left by itself"
    assert places["w2x"][1] == pytest.approx(places["£12,000"][1], abs=0.5), "to the right"
    middle = (places["w6x"][0] + places["leased"][1]) / 2
    assert sum(places["w3x"]) / 2 == pytest.approx(middle, abs=0.5), "in the middle"
    right_edge = places["w2x"][1] + 6
    assert (right_edge - (places["w1x"][0] - 6)) / line == pytest.approx(0.75, abs=0.01)


def test_a_column_that_nobody_drew_is_as_wide_as_its_words_ask_beside_one_that_somebody_drew() -> None:
    [table] = from_prosemirror(
        {"content": [block("table", [block("tableRow", [_cell("tableHeader", "Year", colwidth=[80]),
                                                        _cell("tableHeader", "What we shall do in it, and with whom"),
                                                        _cell("tableHeader", "x", colspan=2, colwidth=[0, 240])])])]}, 1
    )  # fmt: skip
    assert table["sized"]
    year, what, narrow, drawn = table["widths"]
    assert drawn == pytest.approx(3 * year)
    assert what > year > narrow


@pytest.mark.parametrize("form", ["a", "A", "i", "I"])
def test_letters_and_roman_numbers_are_those_of_browsers(form: Any) -> None:
    for number in (0, 1, 4, 9, 14, 26, 27, 28, 40, 49, 52, 53, 90, 94, 99, 100, 199, 399):
        if form in ("a", "A") or number < 400:
            assert label(form, number) == signs.shown(form, number)
    assert [label("a", n) for n in (26, 27, 52, 53, 702, 703)] == ["z.", "aa.", "az.", "ba.", "zz.", "aaa."]
    assert [label("I", n) for n in (1994, 3999, 4000)] == ["MCMXCIV.", "MMMCMXCIX.", "4000."]


def test_writing_a_text_as_markdown_keeps_its_letters_widths_and_single_cells() -> None:
    letters = block("orderedList", [block("listItem", [block("paragraph", [text("We run vans")])])], start=1, type="a")
    whole = schema.check({"type": "doc", "content": [letters, *DRAWN]})
    base = yjs.new(whole).get_update()
    update = merge.change([base], [base], parse(dump(whole).replace("We run vans", "We run two vans")))
    assert update
    after = yjs.read(yjs.load(base, update))
    assert after["content"][0]["attrs"]["type"] == "a"
    assert after["content"][1] == whole["content"][1]


def test_the_text_of_an_item_that_begins_with_code_is_pasted_whole() -> None:
    item = block("listItem", [{"type": "paragraph"}, block("codeBlock", [text("SELECT all")])])
    content = {"type": "doc", "content": [block("orderedList", [item], start=1, type="a")]}
    assert answers.plain_text(from_prosemirror(content, 1)) == "a. SELECT all"
