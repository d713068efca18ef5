"""A remark stays with its words while others write around them, in our positions and in an editor's."""

import base64
import json
import random
from typing import Any

import pytest

from app.platform.richtext import anchors, yjs
from app.platform.richtext.markdown import parse
from app.platform.richtext.markdown_writer import dump
from tests.growth import growth
from tests.node import stock

TEXT = "# Pennawd\n\nhéllo 👩 wŵrld **bold 🏽 bit** tail\n\nمرحبا other para"


def doc_of(markdown: str = TEXT) -> yjs.Shared:
    return yjs.new(parse(markdown))


def pointed(doc: yjs.Shared, quotation: str) -> anchors.Anchor:
    place = anchors.find(doc, quotation)
    assert place is not None
    return anchors.anchor(doc, place)


def words_at(doc: yjs.Shared, anchor: anchors.Anchor) -> str | None:
    finder = anchors.Finder(doc)
    place = finder.place(anchor)
    return finder.words(place) if place is not None else None


@pytest.mark.parametrize("quotation", ["👩 wŵrld bold", "h", "héllo 👩 wŵrld bold 🏽 bit tail", "other", "مرحبا", "🏽"])
def test_words_are_found_again_after_others_wrote_around_them(quotation: str) -> None:
    doc = doc_of()
    anchor = pointed(doc, quotation)
    assert words_at(doc, anchor) == quotation
    chance = random.Random(5)
    for text in yjs.texts(yjs.fragment(doc)):
        text.insert(0, "ÿ👍 before ")
        text.insert(len(text), " after ŷ")
    yjs.write(yjs.fragment(doc), 0, parse(f"new {chance.random()}")["content"][0])
    assert words_at(doc, anchor) == quotation


def test_what_is_written_inside_belongs_to_the_words_and_what_is_deleted_does_not() -> None:
    doc = doc_of("one two three four")
    anchor = pointed(doc, "two three")
    text = yjs.texts(yjs.fragment(doc))[0]
    text.insert(8, "and a half ")
    assert words_at(doc, anchor) == "two and a half three"
    del text[0:6]
    assert words_at(doc, anchor) == "o and a half three"
    del text[0 : len("o and a half three")]
    assert words_at(doc, anchor) is None


def test_a_block_that_is_gone_has_no_words() -> None:
    doc = doc_of()
    anchor = pointed(doc, "wŵrld")
    del yjs.fragment(doc).children[1]
    assert words_at(doc, anchor) is None


def test_the_second_occurrence_is_found_and_words_across_paragraphs_are_not() -> None:
    doc = doc_of("a b a\n\na")
    assert anchors.find(doc, "a", 2) == anchors.Place(0, 4, 5)
    assert anchors.find(doc, "a", 3) == anchors.Place(1, 0, 1)
    assert anchors.find(doc, "a", 4) is None
    assert anchors.find(doc, "a\na") is None


def test_an_editor_finds_our_anchor_and_we_find_an_editors() -> None:
    doc = doc_of()
    anchor = pointed(doc, "👩 wŵrld bold")
    given = {
        "update": base64.b64encode(doc.get_update()).decode(),
        "anchor": anchor,
        "path": [1, 0],
        "from": 9,
        "to": 14,
    }
    answer: dict[str, Any] = stock.run("anchors.mjs", given)
    units = answer["plain"].encode("utf-16-le")
    start, end = answer["start"], answer["end"]
    assert start["same"] and end["same"]
    assert units[2 * start["index"] : 2 * end["index"]].decode("utf-16-le") == "👩 wŵrld bold"
    assert words_at(doc, anchors.checked(answer["own"])) == units[18:28].decode("utf-16-le") == "wŵrld"
    assert "item" not in answer["toTheEnd"]["end"]
    assert words_at(doc, anchors.checked(answer["toTheEnd"])) == "wŵrld bold 🏽 bit tail"
    assert answer["fromTheStart"]["start"]["assoc"] == -1 and "item" not in answer["fromTheStart"]["start"]
    assert words_at(doc, anchors.checked(answer["fromTheStart"])) == units[:18].decode("utf-16-le") == "héllo 👩 "
    assert words_at(doc, anchors.checked(answer["allOfIt"])) == "héllo 👩 wŵrld bold 🏽 bit tail"
    with pytest.raises(anchors.BadAnchor):
        anchors.checked(answer["nothing"])


def of_text(doc: yjs.Shared, number: int) -> dict[str, int]:
    """The id of a run of text, as an editor names it."""
    client, clock = next(place for place, of in anchors._ids_of_texts(doc)[1].items() if of == number)
    return {"client": client, "clock": clock}


def test_the_start_and_the_end_of_a_text_are_told_apart() -> None:
    doc = doc_of("one two three")
    last = pointed(doc, "one two")["end"]
    start = {"type": of_text(doc, 0), "assoc": -1}
    assert words_at(doc, anchors.checked({"start": start, "end": last})) == "one two"
    assert words_at(doc, anchors.checked({"start": start, "end": {"type": of_text(doc, 0)}})) == "one two three"
    at_the_end = {"type": of_text(doc, 0), "assoc": 0}
    assert words_at(doc, anchors.checked({"start": at_the_end, "end": {"type": of_text(doc, 0)}})) is None
    yjs.texts(yjs.fragment(doc))[0].insert(0, "zero ")
    assert words_at(doc, anchors.checked({"start": start, "end": last})) == "zero one two"


def test_the_end_of_a_text_is_found_as_it_was_stored_before() -> None:
    doc = doc_of("one two three")
    before = {"start": pointed(doc, "two")["start"], "end": {"type": of_text(doc, 0), "assoc": -1}}
    assert words_at(doc, before) == "two three"


@pytest.mark.parametrize("bad", [{}, {"start": {}, "end": {}}, {"start": None, "end": None},
                                 {"start": {"item": {"client": -1, "clock": 0}}, "end": {}},
                                 {"start": {"item": {"client": "1", "clock": 0}}, "end": {}},
                                 {"start": {"tname": "default"}, "end": {"tname": "default"}}])  # fmt: skip
def test_positions_that_name_no_character_are_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(anchors.BadAnchor):
        anchors.checked(bad)


@pytest.mark.parametrize(
    ("quotation", "start", "end"), [("Siân", 3, 8), ("n wŷr", 7, 13), ("o Si", 1, 5), ("x", 13, 14)]
)
def test_words_that_were_typed_decomposed_are_found_as_they_read(quotation: str, start: int, end: int) -> None:
    doc = doc_of("Y")
    yjs.texts(yjs.fragment(doc))[0].insert(1, "o Sia\u0302n wy\u0302rx")
    assert quotation in dump(yjs.read(doc))
    assert anchors.find(doc, quotation) == anchors.Place(0, start, end)
    assert words_at(doc, pointed(doc, quotation)) == quotation


def test_every_word_of_a_long_paragraph_is_found_also_where_it_was_typed_backwards() -> None:
    doc = doc_of("Y")
    text = yjs.texts(yjs.fragment(doc))[0]
    for number in range(120):
        text.insert(0 if number % 2 else len(text), f"é{number}👩 x")
    finder = anchors.Finder(doc)
    for number in range(120):
        quotation = f"é{number}👩"
        place = anchors.find(doc, quotation)
        assert place is not None and finder.place(anchors.anchor(doc, place)) == place


def test_a_remark_on_a_long_paragraph_holds_nobody_up() -> None:
    """It is read while others wait to write into the section."""

    def found(length: int) -> None:
        assert anchors.Finder(docs[length]).place(pointed_at[length]) is not None

    docs = {length: doc_of("word " * (length // 5) + "end") for length in (3000, 12_000)}
    pointed_at = {length: pointed(doc, "end") for length, doc in docs.items()}
    assert growth(found, 3000) < 8


def test_positions_of_nobody_are_not_found() -> None:
    stranger = anchors.checked(
        json.loads('{"start":{"item":{"client":1,"clock":2}},"end":{"item":{"client":1,"clock":9}}}')
    )
    assert words_at(doc_of(), stranger) is None


@pytest.mark.parametrize(
    ("quotation", "words", "wanted"),
    [
        ("wŵrld", "byd", "héllo 👩 byd **bold 🏽 bit** tail"),
        ("bold 🏽", "bolder", "héllo 👩 wŵrld **bolder bit** tail"),
        ("👩 ", "", "héllo wŵrld **bold 🏽 bit** tail"),
        ("tail", "tail end", "héllo 👩 wŵrld **bold 🏽 bit** tail end"),
    ],
)
def test_words_are_replaced_in_the_look_of_the_first(quotation: str, words: str, wanted: str) -> None:
    doc = doc_of()
    place = anchors.find(doc, quotation)
    assert place is not None
    changed = yjs.load(doc.get_update(), anchors.replace(yjs.load(doc.get_update()), place, words))
    assert dump(yjs.read(changed)).split("\n\n")[1] == wanted
