"""Markdown in and out: what goes in comes out the same, and nothing that people type becomes markup."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.platform.richtext import markdown, markdown_inline, schema
from app.platform.richtext.markdown import parse, plain_text
from app.platform.richtext.markdown_writer import dump
from tests.growth import growth
from tests.rounds import examples

from .strategies import documents, markdown_lines


@examples(30)
@given(markdown_lines)
def test_markdown_that_was_written_out_reads_as_the_same_text(source: str) -> None:
    document = parse(source)
    assert parse(dump(document)) == document


@examples(30)
@given(documents)
def test_any_text_can_be_written_and_stays_the_same_from_then_on(document: schema.Json) -> None:
    carried = parse(dump(document))
    assert parse(dump(carried)) == carried


@examples(30)
@given(documents)
def test_no_character_but_space_is_lost_or_made_on_the_way(document: schema.Json) -> None:
    assert "".join(plain_text(parse(dump(document))).split()) == "".join(_nfc(plain_text(document)).split())


def _nfc(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ('See ![the *map*](http://a.b/m.png "t").', 'See [the *map*](http://a.b/m.png "t").'),
        ("Wow![map][m]\n\n[m]: http://a.b", "Wow[map](http://a.b)"),
        ("[![map](http://a.b/m.png)](http://c.d)", "[map](http://c.d)"),
        ("\\![no picture](http://a.b)", "\\![no picture](http://a.b)"),
        ("![no](javascript:x) ![picture]", "!\\[no](javascript:x) !\\[picture]"),
    ],
)
def test_a_picture_becomes_a_link_without_its_exclamation_mark(source: str, written: str) -> None:
    assert dump(parse(source)) == f"{written}\n"


WORDS = st.sampled_from(
    ["lasts", "at last", "we", "(x)", "“q”", ".", ",", "done.", "Next", " ", "café", "5", "!", ".it"]
)
TOUCHING = st.lists(
    st.tuples(WORDS, st.sets(st.sampled_from(["bold", "italic", "strike"]), max_size=2)), min_size=1, max_size=4
)


def marked(runs: list[tuple[str, set[str]]]) -> list[schema.Json]:
    return [
        {"type": "text", "text": text}
        | ({"marks": [{"type": name} for name in sorted(marks, key=lambda m: schema.MARK_RANK[m])]} if marks else {})
        for text, marks in runs
    ]


@examples(100)
@given(TOUCHING)
def test_a_letter_is_written_as_a_number_only_where_it_would_be_read_otherwise(
    runs: list[tuple[str, set[str]]],
) -> None:
    text = markdown_inline.inline(marked(runs))
    wanted = markdown.parse_inline(text)
    found = list(re.finditer(r"&#(\d+);", text))
    if len(found) != 1:
        return
    plain = text[: found[0].start()] + chr(int(found[0].group(1))) + text[found[0].end() :]
    assert markdown.parse_inline(plain) != wanted


@pytest.mark.parametrize(
    ("runs", "written"),
    [
        ([("something that lasts", {"bold"}), (".", set())], "**something that lasts**."),
        ([("what lasts", {"bold"}), (", they said", {"italic"})], "**what lasts**_, they said_"),
        ([("one", {"italic"}), ("(two)", {"bold"})], "_one_**(two)**"),
        ([("un", set()), ("believ", {"bold"}), ("able", set())], "un**believ**able"),
        ([("One.", {"bold"}), ("Two", set())], "**One.**&#84;wo"),
    ],
)
def test_emphasis_beside_emphasis_and_letters_reads_naturally(runs: list[tuple[str, set[str]]], written: str) -> None:
    nodes = marked(runs)
    assert markdown_inline.inline(nodes) == written
    assert markdown.parse_inline(written) == nodes


def test_a_bold_link_is_a_link_with_bold_words_so_that_letters_beside_it_stay_letters() -> None:
    link = {"type": "link", "attrs": {"href": "https://a.example", "title": None}}
    both = sorted([link, {"type": "bold"}], key=lambda mark: schema.MARK_RANK[str(mark["type"])])
    nodes = [{"type": "text", "text": "our"}, {"type": "text", "text": "plan", "marks": both}]
    written = "our[**plan**](https://a.example)"
    assert markdown_inline.inline(nodes) == written and markdown.parse_inline(written) == nodes


def test_a_long_paragraph_of_nothing_but_touching_emphasis_takes_time_by_its_length() -> None:
    assert growth(lambda pairs: markdown_inline.inline(marked([("One.", {"bold"}), ("Two", set())] * pairs)), 300) < 8


@pytest.mark.parametrize(
    ("pasted", "meant"),
    [
        ("one\x0btwo", "one\ntwo"),
        ("\x0bone\x0b", "one"),
        ("one\x0ctwo", "one\ntwo"),
        ("# one\x0btwo", "one two"),
        ("| a\x0bb |\n| --- |\n| c\x0cd |", "a b\nc d"),
        ("non\x1ebreaking", "non-breaking"),
        ("The client\x92s plan \x96 costs \x80500\x85", "The client’s plan – costs €500…"),
        ("un\x81defined\x07", "undefined"),
    ],
)
def test_what_people_paste_keeps_its_words(pasted: str, meant: str) -> None:
    assert plain_text(parse(pasted)).strip() == meant
