"""What a text may hold: the same as the editors' schema, and nothing that could not be stored or printed."""

from typing import Any

import pytest

from app.platform.richtext import schema
from app.platform.richtext.counting import count
from app.platform.richtext.markdown import parse
from app.platform.richtext.repair import repaired
from app.platform.richtext.schema import ForeignText

from .corpus import CORPUS, item, node, paragraph, text


def nested(depth: int) -> Any:
    inner = paragraph(text("deep"))
    for _ in range(depth):
        inner = node("blockquote", inner)
    return node("doc", inner)


BAD = {
    "no document": paragraph(),
    "an empty document": node("doc"),
    "a foreign node": node("doc", node("image")),
    "text in the document": node("doc", text("x")),
    "an empty list": node("doc", node("bulletList")),
    "an item without a paragraph first": node("doc", node("bulletList", item(node("heading", level=1)))),
    "a mark in code": node("doc", node("codeBlock", text("x", "bold"))),
    "code that is bold": node("doc", paragraph(text("x", "bold", "code"))),
    "an empty text": node("doc", paragraph({"type": "text", "text": ""})),
    "a NUL": node("doc", paragraph(text("a\x00b"))),
    "half a character": node("doc", paragraph(text("a\ud800"))),
    "an unknown attribute": node("doc", node("paragraph", style="x")),
    "a level as text": node("doc", node("heading", level="2")),
    "a script": node("doc", paragraph(text("x", href=" java\nscript:alert(1)"))),
    "data": node("doc", paragraph(text("x", href="data:text/html,x"))),
    "too deep": nested(schema.MAX_DEPTH),
    "far too deep": nested(5000),
    "attributes that are a list": node("doc", {"type": "heading", "attrs": []}),
    "content that is a text": node("doc", {"type": "paragraph", "content": "abc"}),
    "a span of nothing": node("doc", node("table", node("tableRow", node("tableCell", paragraph(), colspan=0)))),
}


@pytest.mark.parametrize("what", BAD)
def test_what_editors_would_delete_is_refused(what: str) -> None:
    with pytest.raises(ForeignText):
        schema.check(BAD[what])


def test_a_text_as_deep_as_may_be_is_kept() -> None:
    assert schema.check(nested(schema.MAX_DEPTH - 1))


def test_checking_spells_out_every_attribute_once() -> None:
    assert schema.check(CORPUS) == CORPUS


@pytest.mark.parametrize(
    ("href", "safe"),
    [
        ("https://x", True), ("mailto:a@b", True), ("tel:+441", True), ("/here", True), ("x.org", True),
        ("#part", True),
        ("javascript:x", False), ("JaVaScRiPt:x", False), ("java\u00a0script:x", False), ("vbscript:x", False),
        ("data:text/html,x", False), ("file:///etc/passwd", False), ("\x01javascript:x", False), ("blob:x", False),
    ],
)  # fmt: skip
def test_addresses_are_judged_as_the_editors_judge_them(href: str, safe: bool) -> None:
    assert schema.safe_href(href) is safe


@pytest.mark.parametrize(
    ("markdown", "words", "characters"),
    [
        ("", 0, 0),
        ("one  two\tthree", 3, 14),
        ("# Head\n\npara **bo**ld", 3, 13),
        ("- a\n- b\n  - c", 3, 3),
        ("| a | b |\n| --- | --- |\n| c d | |", 4, 5),
        ("one\\\ntwo", 2, 6),
        ("```\ncode here\nand\n```", 3, 12),
        ("[link text](http://x) ~~gone~~ `c`", 4, 16),
        ("e\u0301", 1, 1),
        ("👩‍👩‍👧", 1, 5),
        ("Ŵyau—mŷn", 1, 8),
    ],
)
def test_words_and_characters_are_counted_by_the_rule(markdown: str, words: int, characters: int) -> None:
    counts = count(parse(markdown))
    assert (counts.words, counts.characters) == (words, characters)


def test_a_page_is_five_hundred_words_and_one_that_was_begun_counts() -> None:
    pages = [count(parse("w " * words)).pages for words in (0, 1, 500, 501, 1000, 1001)]
    assert pages == [0, 1, 1, 2, 2, 3]


def test_what_was_pasted_into_an_editor_keeps_its_words() -> None:
    pasted = paragraph(text("one\x0btwo non\x1ebreaking the client\x92s"))
    assert repaired([pasted])["content"][0]["content"][0]["text"] == "one two non-breaking the client’s"
    with pytest.raises(ForeignText):
        schema.check({"type": "doc", "content": [pasted]})
