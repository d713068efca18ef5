"""The stock JavaScript editors and this side read and write the same documents."""

import base64
import json
import unicodedata
from functools import cache
from typing import Any

from app.platform.richtext import schema, yjs
from app.platform.richtext.guard import ForeignUpdate, Guard
from app.platform.richtext.markdown import parse, plain_text
from app.platform.richtext.markdown_writer import dump
from tests.node import stock

from .corpus import CORPUS


@cache
def ours() -> bytes:
    return yjs.new(CORPUS).get_update()


@cache
def answers() -> dict[str, Any]:
    """What the stock libraries make of the corpus as this side writes it."""
    given = {"update": base64.b64encode(ours()).decode(), "document": CORPUS, "insert": "Ŵ👍 "}
    answer: dict[str, Any] = stock.run("interop.mjs", given)
    return answer


def nfc(document: schema.Json) -> Any:
    return json.loads(unicodedata.normalize("NFC", json.dumps(document, ensure_ascii=False)))


def test_they_read_what_we_write() -> None:
    assert answers()["read"] == CORPUS
    assert answers()["canonical"] == CORPUS


def test_an_editor_that_opens_our_text_changes_nothing_in_it() -> None:
    assert answers()["opened"] == CORPUS
    assert base64.b64decode(answers()["changed"]) == b"\x00\x00"


def test_we_read_what_they_write() -> None:
    doc = yjs.load(base64.b64decode(answers()["written"]))
    Guard(doc).check_whole()
    assert yjs.read(doc) == nfc(CORPUS)


def test_both_sides_store_it_alike() -> None:
    ours = yjs.read_children(yjs.fragment(yjs.new(CORPUS)))
    theirs = yjs.read_children(yjs.fragment(yjs.load(base64.b64decode(answers()["written"]))))
    assert ours == theirs


def test_what_is_typed_in_their_editor_passes_the_guard_and_arrives() -> None:
    doc = yjs.load(ours())
    Guard(doc).apply(base64.b64decode(answers()["edited"]["update"]))
    assert yjs.read(doc) == nfc(answers()["edited"]["document"])
    assert plain_text(yjs.read(doc)["content"][0]) == "Ŵ👍 Level 1"


def test_the_corpus_goes_out_as_markdown_and_comes_back_with_all_that_markdown_can_say() -> None:
    carried = parse(dump(CORPUS))
    assert parse(dump(carried)) == carried
    assert "".join(plain_text(carried).split()) == "".join(plain_text(nfc(CORPUS)).split())
    assert {each["type"] for each, _ in schema.walk(carried)} == set(schema.NODES)
    marks = {mark["type"] for each, _ in schema.walk(carried) for mark in each.get("marks", ())}
    assert marks == set(schema.MARKS) - {"underline"}


def test_whatever_foreign_thing_yjs_can_make_is_refused() -> None:
    made = stock.run("hostile.mjs", {"update": base64.b64encode(ours()).decode()})
    tried = {name: base64.b64decode(update) for name, update in made.items() if update is not None}
    assert len(tried) >= 12, sorted(made)
    let_in = []
    for name, update in tried.items():
        try:
            Guard(yjs.load(ours())).apply(update)
            let_in.append(name)
        except ForeignUpdate:
            pass
    assert not let_in
