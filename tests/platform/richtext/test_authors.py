"""Every character has an author, whoever moves it about; and the shares add up to the text."""

import random

from hypothesis import given
from hypothesis import strategies as st
from pycrdt import XmlElement, XmlText

from app.platform.richtext import merge, schema, yjs
from app.platform.richtext.authors import Authorship, pieces, share
from app.platform.richtext.counting import count
from app.platform.richtext.markdown import parse, plain_text
from app.platform.richtext.repair import repaired
from tests.rounds import examples

from .strategies import documents


def written(doc: yjs.Shared, following: Authorship) -> list[tuple[str, int]]:
    return list(pieces(doc, following.runs()))


def put(doc: yjs.Shared, following: Authorship, markdown: str, author: int) -> None:
    state = doc.get_update()
    update = merge.change([state], [state], parse(markdown))
    if update is not None:
        following.apply(update, author)


def test_each_writes_their_own_words_in_one_sentence() -> None:
    doc = yjs.load()
    following = Authorship(doc, [])
    put(doc, following, "We reach young people.", 1)
    put(doc, following, "We reach many ŷoung 👩 people in Wales.", 2)
    assert written(doc, following) == [
        ("We reach ", 1), ("many ŷoung 👩", 2), (" people", 1), (" in Wales", 2), (".", 1),
    ]  # fmt: skip
    assert following.added == {1: 22, 2: 21}
    assert following.removed == {2: 5}
    assert share(doc, following.runs()) == {1: 17, 2: 21}


def test_a_paragraph_made_a_heading_and_a_block_moved_stay_their_authors() -> None:
    doc = yjs.load()
    following = Authorship(doc, [])
    put(doc, following, "This is what we wrote\n\nand this as well, too", 1)
    put(doc, following, "# This is what we wrote\n\nand this as well, too", 2)
    put(doc, following, "and this as well, too\n\n# This is what we wrote", 3)
    assert {author for _, author in written(doc, following)} == {1}
    assert following.added == {1: 42}


def test_following_can_stop_and_go_on_from_what_was_kept() -> None:
    doc = yjs.load()
    first = Authorship(doc, [])
    put(doc, first, "one two\n\nthree", 1)
    kept, state = first.runs(), doc.get_update()
    first.close()
    again = yjs.load(state)
    second = Authorship(again, kept)
    put(again, second, "one two more\n\nthree", 2)
    assert written(again, second) == [("one two", 1), (" more", 2), ("three", 1)]


@examples(10)
@given(st.lists(documents, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_shares_add_up_to_the_text_whatever_is_written(wanted: list[schema.Json], chance: random.Random) -> None:
    doc = yjs.load()
    following = Authorship(doc, [])
    for author, document in enumerate(wanted, 1):
        state = doc.get_update()
        update = merge.change([state], [state], document, exact=True)
        if update is not None:
            following.apply(update, author)
        typed = yjs.load(doc.get_update())
        before = typed.get_state()
        for text in yjs.texts(yjs.fragment(typed))[:2]:
            text.insert(0, "t👍")
        if chance.random() < 0.5:
            paragraph = XmlElement("paragraph")
            yjs.fragment(typed).children.append(paragraph)
            paragraph.children.append(XmlText("new"))
        following.apply(typed.get_update(before), 10 + author)
    total = sum(share(doc, following.runs()).values())
    assert total == sum(len(piece) for piece, _ in written(doc, following))
    stored = "".join(piece for text in yjs.texts(yjs.fragment(doc)) for piece, _ in text.diff())
    assert "".join(piece for piece, _ in written(doc, following)) == stored
    assert count(yjs.read(doc)).characters <= len(plain_text(yjs.read(doc)))


@examples(10)
@given(documents, documents)
def test_restoring_brings_back_exactly_what_was_there(before: schema.Json, after: schema.Json) -> None:
    first = yjs.new(before).get_update()
    update = merge.change([first], [first], after, exact=True)
    second = yjs.load(first, *([update] if update else []))
    assert yjs.read(second) == repaired(after["content"])
    state = second.get_update()
    back = merge.change([state], [state], before, exact=True)
    third = yjs.load(state, *([back] if back else []))
    assert yjs.read(third) == repaired(before["content"])
