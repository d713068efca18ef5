"""A text written elsewhere is merged: its author's change arrives, and nothing that others typed meanwhile is lost."""

import random
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlText

from app.platform.richtext import merge, schema, yjs
from app.platform.richtext.markdown import parse, plain_text
from app.platform.richtext.markdown_writer import dump
from tests.rounds import examples, tries

from .strategies import documents, markdown_lines


def put(base: bytes, live: bytes, markdown: str) -> yjs.Shared:
    """The live document after somebody who read `base` put `markdown`."""
    update = merge.change([base], [live], parse(markdown))
    return yjs.load(live, *([update] if update else []))


def texts_of(parent: Any) -> list[XmlText]:
    found = []
    for child in parent.children:
        found.extend([child] if isinstance(child, XmlText) else texts_of(child))
    return found


def type_somewhere(doc: yjs.Shared, chance: random.Random, token: str) -> None:
    """Somebody types a token into some text, or into a new paragraph where there is none."""
    texts = texts_of(yjs.fragment(doc))
    if not texts or chance.random() < 0.1:
        paragraph = XmlElement("paragraph")
        yjs.fragment(doc).children.insert(chance.randrange(len(yjs.fragment(doc).children) + 1), paragraph)
        paragraph.children.append(XmlText(token))
        return
    text = chance.choice(texts)
    characters = "".join(piece for piece, _ in text.diff())
    at = chance.randrange(len(characters) + 1)
    while at and not characters[at - 1].isspace() and characters[at - 1 :].find("⟧") >= 0 and "⟦" in characters[:at]:
        at -= 1  # not inside somebody's token
    text.insert(yjs.utf8_length(characters[:at]), token)


@examples(20)
@given(documents, documents | markdown_lines)
def test_what_somebody_puts_is_what_is_read_then(document: schema.Json, wanted: schema.Json | str) -> None:
    markdown = wanted if isinstance(wanted, str) else dump(wanted)
    base = yjs.new(document).get_update()
    after = yjs.read(put(base, base, markdown))
    assert _flat(parse(dump(after))) == _flat(parse(markdown))


def _flat(document: schema.Json) -> str:
    return "".join(plain_text(document).split())


@examples(15)
@given(documents)
def test_putting_what_one_read_changes_nothing(document: schema.Json) -> None:
    base = yjs.new(document).get_update()
    assert merge.change([base], [base], parse(dump(document))) is None


@examples(20)
@given(documents, documents, st.randoms(use_true_random=False))
def test_no_token_that_others_typed_is_lost_whatever_is_put(
    document: schema.Json, wanted: schema.Json, chance: random.Random
) -> None:
    base = yjs.new(document).get_update()
    others = yjs.load(base)
    tokens = [f"⟦{number}⟧" for number in range(8)]
    for token in tokens:
        type_somewhere(others, chance, token)
    after = put(base, others.get_update(), dump(wanted))
    text = plain_text(yjs.read(after))
    lost = [token for token in tokens if token not in text]
    assert not lost, (lost, dump(document), dump(wanted))


def small_edit(markdown: str, chance: random.Random, token: str) -> str:
    """Another word somewhere, one word less, or two paragraphs the other way round."""
    words = markdown.split(" ")
    at = chance.randrange(len(words))
    if chance.random() < 0.3 and len(words) > 3:
        del words[at]
    else:
        words.insert(at, token)
    return " ".join(words)


def paragraphs(count: int, words: int, chance: random.Random) -> str:
    return "\n\n".join(" ".join(f"w{chance.randrange(900)}" for _ in range(words)) for _ in range(count))


def test_in_hundreds_of_concurrent_edits_both_sides_keep_all_they_wrote() -> None:
    chance = random.Random(7)
    for trial in range(tries(200)):
        markdown = paragraphs(4, 12, chance)
        base = yjs.new(parse(markdown)).get_update()
        others = yjs.load(base)
        for number in range(3):
            type_somewhere(others, chance, f"⟦other{number}x{trial}⟧")
        mine = markdown
        for number in range(3):
            mine = small_edit(mine, chance, f"mine{number}x{trial}")
        after = plain_text(yjs.read(put(base, others.get_update(), mine)))
        for number in range(3):
            assert f"⟦other{number}x{trial}⟧" in after
            assert (f"mine{number}x{trial}" in after) == (f"mine{number}x{trial}" in mine)


def test_what_markdown_cannot_say_stays_where_the_text_around_it_did_not_change() -> None:
    document = schema.check(
        {
            "type": "doc",
            "content": [
                {"type": "paragraph", "content": [
                    {"type": "text", "text": "plain "},
                    {"type": "text", "text": "under", "marks": [{"type": "underline"}]},
                    {"type": "text", "text": " end "},
                ]},
                {"type": "table", "content": [
                    {"type": "tableRow", "content": [
                        {"type": "tableHeader", "attrs": {"colspan": 2, "colwidth": [80, 90]},
                         "content": [{"type": "paragraph", "content": [{"type": "text", "text": "wide"}]}]},
                    ]},
                    {"type": "tableRow", "content": [
                        {"type": "tableCell", "content": [
                            {"type": "paragraph", "content": [{"type": "text", "text": "one"}]},
                            {"type": "paragraph", "content": [{"type": "text", "text": "two"}]},
                        ]},
                        {"type": "tableCell", "content": [
                            {"type": "paragraph", "content": [{"type": "text", "text": "b"}]},
                        ]},
                    ]},
                ]},
            ],
        }
    )  # fmt: skip
    base = yjs.new(document).get_update()
    markdown = dump(document).replace("end", "end of it").replace("| b |", "| bee |").replace("two", "2 two")
    after = yjs.read(put(base, base, markdown))
    paragraph, table = after["content"]
    assert [(node["text"], [mark["type"] for mark in node.get("marks", [])]) for node in paragraph["content"]] == [
        ("plain ", []),
        ("under", ["underline"]),
        (" end of it ", []),
    ]
    header, row = table["content"]
    assert header["content"][0]["attrs"]["colspan"] == 2
    assert header["content"][0]["attrs"]["colwidth"] == [80, 90]
    assert [plain_text(block) for block in row["content"][0]["content"]] == ["one", "2 two"]
    assert plain_text(row["content"][1]) == "bee"


@pytest.mark.parametrize("client", [1, 2**32 - 1, 2**52, 2**53 - 2**45])
@pytest.mark.parametrize("written", ["the tok put", "the tok (put) here", "the put tok put"])
def test_a_word_that_was_read_half_typed_stays_in_one_piece(client: int, written: str) -> None:
    typist = yjs.new(parse("the tok"), client)
    base = typist.get_update()
    for at, char in enumerate("en 😀", 7):
        texts_of(yjs.fragment(typist))[0].insert(at, char)
    after = put(base, typist.get_update(), written)
    assert dump(yjs.read(after)).strip() == written.replace("tok ", "token 😀 ")


def test_text_in_a_paragraph_that_its_author_deleted_stays_with_what_others_typed_there() -> None:
    base = yjs.new(parse("keep this\n\ndrop this one\n\nlast")).get_update()
    others = yjs.load(base)
    texts_of(yjs.fragment(others))[1].insert(5, "NEW")
    after = put(base, others.get_update(), "keep this\n\nlast\n")
    assert dump(yjs.read(after)) == "keep this\n\nNEW\n\nlast\n"


@pytest.mark.serial
def test_forty_thousand_words_merge_in_well_under_a_second() -> None:
    chance = random.Random(3)
    markdown = paragraphs(200, 200, chance)
    base = yjs.new(parse(markdown)).get_update()
    mine = markdown
    for number in range(20):
        mine = small_edit(mine, chance, f"mine{number}")
    new = parse(mine)
    began = time.process_time()
    assert merge.change([base], [base], new)
    assert time.process_time() - began < 1.5


@pytest.mark.serial
def test_hostile_texts_do_not_make_merging_explode() -> None:
    old, new = "a b " * 20_000, "b a c " * 15_000
    for before, after in (
        (old, new),
        ("x\n\n" * 3000, "y\n\nx\n\n" * 2000),
        ("| a |\n| --- |\n" + "| b |\n" * 2000, "| a |\n| --- |\n" + "| c |\n| b |\n" * 1000),
        ("- a\n" * 3000, "- b\n- a\n" * 1500),
    ):
        base = yjs.new(parse(before)).get_update()
        wanted = parse(after)
        began = time.process_time()
        merge.change([base], [base], wanted)
        assert time.process_time() - began < 8, before[:10]
