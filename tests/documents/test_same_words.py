"""The same words in the same order in every format, whatever people write: every node, all scripts, every trap."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import Phase, given
from hypothesis import strategies as st

from app.documents import bid, docx, html, markdown, odt, pdf
from app.documents.fonts import load, substitute
from app.platform.richtext import schema
from tests.documents import reading_back as read
from tests.documents import samples as s
from tests.rounds import examples

NASTY = (
    "=1+1", "+44", "-5", "@SUM(A1)", "#set", "#panic(\"x\")", "</script>", "<b>", "&amp;", "${x}", "{{x}}", "\\documentclass",
    "\\n", "%s", "*star*", "_under_", "`tick`", "$x^2$", "[link](javascript:alert(1))", "~~no~~", "1.", "-", "+", ">", "|a|b|",
    "---", "http://example.org/?a=b&c=d", "it's", "“quoted”", "…", "–", "€5", "50%", "a" * 60, "x/y", "C:\\temp", "!]]>",
)  # fmt: skip
SCRIPTS = (
    "Ŵyl", "dŵr", "tŷ", "naïve", "Straße", "Ελλάδα", "Привет", "ქართული", "हिन्दी", "ไทย", "İstanbul", "Zoë", "½", "→", "✓",
)  # fmt: skip
RIGHT_TO_LEFT = ("العربية", "שלום", "اردو")

MARKS = ("bold", "italic", "underline", "strike")
word = st.sampled_from(NASTY + SCRIPTS)
marks = st.lists(st.sampled_from(MARKS), max_size=2, unique=True).map(lambda m: [{"type": k} for k in sorted(m)])


def text(value: str, its_marks: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"type": "text", "text": value} | ({"marks": its_marks} if its_marks else {})


@st.composite
def inline(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Runs of words with a space between; marks reach over whole words."""
    runs: list[dict[str, Any]] = []
    for found in draw(st.lists(word, min_size=1, max_size=6)):
        if runs:
            runs.append(draw(st.sampled_from([text(" "), {"type": "hardBreak"}, text(" ")])))
        runs.append(text(found, draw(marks)))
    return runs


def block(kind: str, content: list[Any], **attrs: Any) -> dict[str, Any]:
    return {"type": kind, "content": content} | ({"attrs": attrs} if attrs else {})


paragraph = inline().map(lambda runs: block("paragraph", runs))
heading = st.builds(
    lambda runs, level: block("heading", [r for r in runs if r["type"] == "text"], level=level),
    inline(),
    st.integers(1, 6),
)
code = st.lists(word, min_size=1, max_size=4).map(lambda w: block("codeBlock", [text("\n".join(w))], language=None))


def items(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(
        st.builds(lambda first, more: block("listItem", [first, *more]), paragraph, st.lists(inside, max_size=1)),
        min_size=1, max_size=3,
    )  # fmt: skip


lists = st.recursive(
    paragraph,
    lambda inside: st.one_of(
        items(inside).map(lambda i: block("bulletList", i)),
        st.builds(lambda i, n: block("orderedList", i, start=n, type=None), items(inside), st.integers(1, 9)),
    ),
    max_leaves=6,
)


@st.composite
def table(draw: st.DrawFn) -> dict[str, Any]:
    columns, rows = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    return block(
        "table",
        [
            block(
                "tableRow",
                [
                    block(
                        "tableHeader" if r == 0 else "tableCell", [draw(paragraph)], colspan=1, rowspan=1, colwidth=None
                    )
                    for _ in range(columns)
                ],
            )
            for r in range(rows)
        ],
    )


quote = st.lists(paragraph, min_size=1, max_size=2).map(lambda b: block("blockquote", b))
rule = st.just({"type": "horizontalRule"})
documents = st.lists(st.one_of(paragraph, heading, lists, code, table(), quote, rule), min_size=1, max_size=6)


def bid_with(blocks: list[dict[str, Any]]) -> Any:
    mark = [block("paragraph", [text(read.START)])], [block("paragraph", [text(read.END)])]
    content = schema.check({"type": "doc", "content": [*mark[0], *blocks, *mark[1]]})
    document = s.document(s.with_text(s.bare(), content))
    return content, bid.compose(document, s.standing(document))


UNSHRUNK = (Phase.explicit, Phase.reuse, Phase.generate)
"""Each example is rendered five times, so making a failing one smaller would take too long."""


@examples(15, phases=UNSHRUNK)
@given(documents)
def test_word_opendocument_html_and_markdown_hold_the_same_words(blocks: list[dict[str, Any]]) -> None:
    content, composed = bid_with(blocks)
    expected = read.words(read.of_node(content))
    assert read.words(read.of_html(html.render(composed))) == expected
    assert read.words(read.of_odt(odt.render(composed))) == expected
    assert read.words(read.of_docx(docx.render(composed))) == expected
    assert read.words(read.of_markdown(markdown.render(composed))) == expected


def test_a_table_of_more_columns_than_a_page_takes_keeps_all_its_words() -> None:
    rows = [[f"r{r}c{c}" for c in range(45)] for r in range(2)]
    cells = [
        [block("tableCell", [block("paragraph", [text(word)])], colspan=1, rowspan=1, colwidth=None) for word in row]
        for row in rows
    ]
    content, composed = bid_with([block("table", [block("tableRow", row) for row in cells])])
    expected = read.words(read.of_node(content))
    for made in (
        read.of_html(html.render(composed)),
        read.of_odt(odt.render(composed)),
        read.of_docx(docx.render(composed)),
    ):
        assert read.words(made) == expected
    pdf.render(composed)


@pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed: PDF text not read back")
@examples(10, phases=UNSHRUNK)
@given(documents)
def test_the_pdf_holds_the_same_words(blocks: list[dict[str, Any]]) -> None:
    content, composed = bid_with(blocks)
    made = pdf.render(composed)
    expected = "".join(read.words(substitute(read.of_node(content), load())[0]))
    found = "".join(w for w in read.words(read.of_pdf(made.data)) if w != "•")
    # A bullet, a number or a line's end may part a word for the reader, so words are compared joined.
    assert without_numbers(found) == without_numbers(expected)


def without_numbers(value: str) -> str:
    """List numbers and bullets are the typesetter's: left out on both sides."""
    return "".join(c for c in value if c not in "0123456789.•‣–abcdefghij-")


@pytest.mark.parametrize("right_to_left", RIGHT_TO_LEFT)
def test_right_to_left_text_stands_whole_in_every_format(right_to_left: str) -> None:
    _, composed = bid_with([block("paragraph", [text(f"{right_to_left} {right_to_left}")])])
    expected = [right_to_left, right_to_left]
    assert read.words(read.of_html(html.render(composed))) == expected
    assert read.words(read.of_odt(odt.render(composed))) == expected
    assert read.words(read.of_docx(docx.render(composed))) == expected
    assert read.words(read.of_markdown(markdown.render(composed))) == expected
    assert 'dir="rtl"' in html.render(composed).decode()
    assert pdf.render(composed).substitutions == ()


def test_what_no_font_has_never_stops_a_bid_and_is_reported_with_its_place() -> None:
    _, composed = bid_with([block("paragraph", [text("We read 𓀀 and 𒀀 with friends, and 𓀀 again")])])
    made = pdf.render(composed)
    assert {found.character: found.count for found in made.substitutions} == {"𓀀": 2, "𒀀": 1}
    assert all("We read" in found.context for found in made.substitutions)
    for found in made.substitutions:
        (place,) = found.places
        assert (place.part, place.section) == ("Answers to the questions", "Your approach")
    assert "𓀀" in html.render(composed).decode() and "𒀀" in markdown.render(composed).decode()


def test_every_place_of_a_character_that_no_font_has_is_told_and_the_title_is_counted_once() -> None:
    value = replace(s.bare(), title="Together 𓀀")
    document = s.document(s.with_text(value, {"type": "doc", "content": [block("paragraph", [text("a 𓀀 b")])]}))
    (found,) = pdf.render(bid.compose(document, s.standing(document))).substitutions
    places = [(place.part, place.section) for place in found.places]
    assert places[0] == ("", "") and ("Answers to the questions", "Your approach") in places
    assert found.count == len(places) or found.count > len(places)
