"""A text written elsewhere is merged: its author's change arrives, and nothing that others typed meanwhile is lost."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlText

from app.platform.richtext import merge, schema, yjs
from app.platform.richtext.authors import Authorship
from app.platform.richtext.markdown import parse, plain_text
from app.platform.richtext.markdown_writer import dump
from app.platform.richtext.merge_text import sync_line
from tests.growth import growth
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


def test_a_long_text_merges_no_slower_for_each_word_than_a_short_one() -> None:
    chance = random.Random(3)
    given: dict[int, tuple[bytes, schema.Json]] = {}
    for count in (25, 100):
        markdown = mine = paragraphs(count, 200, chance)
        for number in range(20):
            mine = small_edit(mine, chance, f"mine{number}")
        given[count] = yjs.new(parse(markdown)).get_update(), parse(mine)

    def work(count: int) -> None:
        base, new = given[count]
        assert merge.change([base], [base], new)

    assert growth(work, 25) < 8


def numbered(form: str, count: int) -> str:
    return "".join(form.format(n=number) for number in range(count))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lambda n: "x\n\n" * n, lambda n: "y\n\nx\n\n" * n),
        (lambda n: "| a |\n| --- |\n" + "| b |\n" * n, lambda n: "| a |\n| --- |\n" + "| c |\n| b |\n" * n),
        (lambda n: "- a\n" * n, lambda n: "- b\n- a\n" * n),
        (lambda n: numbered("w{n}\n\n", n), lambda n: numbered("w{n}\n\nv{n}\n\n", n)),
    ],
)
def test_hostile_texts_do_not_make_merging_explode(before: Callable[[int], str], after: Callable[[int], str]) -> None:
    given = {n: (yjs.new(parse(before(n))).get_update(), parse(after(n))) for n in (100, 400)}

    def work(n: int) -> None:
        base, wanted = given[n]
        assert merge.change([base], [base], wanted)

    assert growth(work, 100) < 9


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (lambda n: "a b " * n, lambda n: "b a c " * n),
        (lambda n: numbered("**b{n}** p{n} ", n), lambda n: numbered("b{n} *p{n}* ", n)),
        (lambda n: numbered("**b{n}** p{n} ", n), lambda n: numbered("**b{n}** p{n} q ", n)),
        (lambda n: numbered("w{n} v{n} ", n), lambda n: numbered("w{n} *u{n}* ", n)),
        (lambda n: "x", lambda n: numbered("**b{n}** p{n} ", n)),
    ],
)
def test_the_time_to_change_a_paragraph_grows_with_its_length(
    before: Callable[[int], str], after: Callable[[int], str]
) -> None:
    given = {n: (parse(before(n)), parse(after(n))) for n in (1000, 4000)}
    bases = {n: yjs.new(given[n][0]).get_update() for n in given}

    def work(n: int) -> None:
        doc = yjs.load(bases[n])
        shown, wanted = (each["content"][0]["content"] for each in given[n])
        with doc.transaction():
            sync_line(texts_of(yjs.fragment(doc)), shown, wanted)
        assert yjs.read(doc) == given[n][1]

    assert growth(work, 1000) < 9


def test_the_time_to_write_a_paragraph_grows_with_its_runs() -> None:
    given = {n: parse(numbered("**b{n}** p{n} ", n)) for n in (1000, 4000)}
    assert growth(lambda n: yjs.new(given[n]), 1000) < 8


def test_the_authors_of_many_paragraphs_are_followed_in_linear_time() -> None:
    given = {
        n: yjs.new(parse(numbered("These are the words of paragraph {n:07}.\n\n", n))).get_update() for n in (500, 2000)
    }

    def work(n: int) -> None:
        following = Authorship(yjs.load(), [])
        following.apply(given[n], 1)
        assert following.added[1] == 41 * n
        following.close()

    assert growth(work, 500) < 9


def test_a_word_that_is_typed_while_a_program_reads_stays_one_word_wherever_the_program_writes() -> None:
    """The program reads after each keystroke, and puts a word more, or a word less, in each place."""
    start = yjs.new(parse("one two three\n\nfour five six")).get_update()
    for number, place in ((0, 3), (0, 7), (1, 4), (1, 13)):
        typist = yjs.load(start, client_id=7)
        states = [typist.get_update()]
        for at, char in enumerate(" typed", place):
            texts_of(yjs.fragment(typist))[number].insert(at, char)
            states.append(typist.get_update())
        for base in states[:1] + states[2:]:
            read = dump(yjs.read(yjs.load(base))).split(" ")
            more = [[*read[:at], "put", *read[at:]] for at in range(len(read) + 1)]
            less = [read[:at] + read[at + 1 :] for at, word in enumerate(read) if word in ("two", "five")]
            for wanted in more + less:
                words = plain_text(yjs.read(put(base, states[-1], " ".join(wanted)))).split()
                assert "typed" in words and ("put" in words) == ("put" in wanted), (read, wanted, words)


def test_a_word_that_two_people_type_into_is_in_pieces_but_none_is_lost() -> None:
    """Each letter stands behind the one that its author typed before it, or behind what somebody put there meanwhile."""
    base = yjs.new(parse("one two"), 1).get_update()
    first = yjs.load(base, client_id=9)
    for at, char in enumerate(" wor", 3):
        texts_of(yjs.fragment(first))[0].insert(at, char)
    second = yjs.load(first.get_update(), client_id=5)
    texts_of(yjs.fragment(second))[0].insert(7, " other")
    for at, char in enumerate("ds", 7):
        texts_of(yjs.fragment(first))[0].insert(at, char)
    together = plain_text(yjs.read(yjs.load(first.get_update(), second.get_update())))
    assert together == "one wor otherds two"
