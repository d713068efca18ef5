"""No update may bring what editors would delete; what honest people cause together passes."""

from collections.abc import Callable
from typing import Any

import pytest
from pycrdt import Doc, Map, Text, XmlElement, XmlFragment, XmlText

from app.platform.richtext import schema, yjs
from app.platform.richtext.guard import ForeignUpdate, Guard

from .corpus import CORPUS, item, node, paragraph, text

BASE = yjs.new(
    schema.check(node("doc", node("bulletList", item(paragraph(text("one"))), item(paragraph(text("two")))),
                      paragraph(text("words")), node("codeBlock", text("code"))))
).get_update()  # fmt: skip

Act = Callable[[Any, XmlFragment], None]


def update_of(act: Act, base: bytes = BASE) -> bytes:
    doc = yjs.load(base)
    before = doc.get_state()
    with doc.transaction():
        act(doc, yjs.fragment(doc))
    return doc.get_update(before)


def run_of(root: XmlFragment) -> XmlText:
    found = root.children[1].children[0]  # type: ignore[union-attr]
    assert isinstance(found, XmlText)
    return found


def put(parent: Any, *tags: str, **attributes: Any) -> XmlElement:
    for tag in tags:
        element = XmlElement(tag)
        parent.children.append(element)
        parent = element
    for name, value in attributes.items():
        parent.attributes[name] = value
    return parent  # type: ignore[no-any-return]


def link(href: str) -> Act:
    return lambda _, root: run_of(root).format(0, 3, {"link": {"href": href}})


FOREIGN: dict[str, Act] = {
    "an unknown node": lambda _, root: put(root, "image"),
    "an unknown node inside": lambda _, root: put(root, "blockquote", "paragraph", "image"),
    "a row outside a table": lambda _, root: put(root, "tableRow"),
    "a paragraph right in a list": lambda _, root: put(root.children[0], "paragraph"),
    "an item that begins with a heading": lambda _, root: put(root, "bulletList", "listItem", "heading", level=1.0),
    "text right in the document": lambda _, root: root.children.append(XmlText("abc")),
    "an unknown mark": lambda _, root: run_of(root).format(0, 2, {"comment": {}}),
    "a mark that is no mark": lambda _, root: run_of(root).format(0, 2, {"bold": True}),
    "a mark with a foreign attribute": lambda _, root: run_of(root).format(0, 2, {"bold": {"onclick": "x"}}),
    "a mark in code": lambda _, root: root.children[2].children[0].format(0, 2, {"bold": {}}),
    "a script in a link": link("java\tscript:alert(1)"),
    "a picture in a text": lambda _, root: run_of(root).insert_embed(0, {"image": "http://x"}),
    "a type in a text": lambda _, root: run_of(root).insert_embed(0, Map({"a": 1})),
    "a foreign attribute": lambda _, root: put(root, "paragraph", onclick="x"),
    "a foreign attribute on what was there": lambda _, root: root.children[1].attributes.__setitem__("style", "x"),
    "a level as text": lambda _, root: put(root, "heading", level="2"),
    "a level too high": lambda _, root: put(root, "heading", level=7.0),
    "an attribute on a run": lambda _, root: run_of(root).attributes.__setitem__("x", "y"),
    "another root": lambda doc, _: doc.get("comments", type=Map).__setitem__("a", 1),
    "nesting without end": lambda _, root: put(root, *["blockquote"] * (schema.MAX_DEPTH + 1)),
}

FINE: dict[str, Act] = {
    "a node built in steps": lambda _, root: put(root, "bulletList"),
    "another mark": lambda _, root: run_of(root).format(0, 2, {"italic": {}, "underline": {}}),
    "a mark taken off": lambda _, root: run_of(root).format(0, 2, {"italic": None}),
    "a link": link("https://cobid.example"),
    "a link without a scheme": link("cobid.example/x"),
    "an attribute that is null": lambda _, root: put(root, "codeBlock", language=None),
    "an item less": lambda _, root: root.children[0].children.__delitem__(0),
    "everything less": lambda _, root: root.children.__delitem__(slice(0, 3)),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_update_is_refused(what: str) -> None:
    guard = Guard(yjs.load(BASE))
    with pytest.raises(ForeignUpdate):
        guard.apply(update_of(FOREIGN[what]))
    guard.close()


@pytest.mark.parametrize("what", FINE)
def test_what_editors_do_is_let_through(what: str) -> None:
    doc = yjs.load(BASE)
    guard = Guard(doc)
    guard.apply(update_of(FINE[what]))
    guard.check_whole()
    schema.check(yjs.read(doc))


def test_the_whole_corpus_passes_as_one_update() -> None:
    guard = Guard(yjs.load())
    guard.apply(yjs.new(CORPUS).get_update())
    guard.check_whole()


def test_two_who_delete_one_item_each_leave_an_empty_list_that_is_read_as_none() -> None:
    doc = yjs.load(BASE)
    guard = Guard(doc)
    guard.apply(update_of(lambda _, root: root.children[0].children.__delitem__(0)))  # type: ignore[union-attr]
    guard.apply(update_of(lambda _, root: root.children[0].children.__delitem__(1)))  # type: ignore[union-attr]
    assert [block["type"] for block in yjs.read(doc)["content"]] == ["paragraph", "codeBlock"]


def test_one_makes_bold_what_another_makes_code_and_the_text_stays() -> None:
    doc = yjs.load(BASE)
    guard = Guard(doc)
    guard.apply(update_of(lambda _, root: run_of(root).format(0, 3, {"bold": {}})))
    guard.apply(update_of(lambda _, root: run_of(root).format(2, 5, {"code": {}})))
    runs = yjs.read(doc)["content"][1]["content"]
    assert [(run["text"], [mark["type"] for mark in run["marks"]]) for run in runs] == [
        ("wo", ["bold"]),
        ("rds", ["code"]),
    ]


def test_an_update_that_builds_on_what_nobody_sent_is_refused() -> None:
    doc = yjs.load(BASE)
    run_of(yjs.fragment(doc)).insert(2, "lost")
    before = doc.get_state()
    run_of(yjs.fragment(doc)).insert(3, "X")
    with pytest.raises(ForeignUpdate):
        Guard(yjs.load(BASE)).apply(doc.get_update(before))


@pytest.mark.parametrize("data", [b"", b"\x00", b"abc", bytes.fromhex("0101018cb4b6c1c99e020004010101056865806c6f00")])
def test_bytes_that_are_no_update_are_refused_and_kill_nothing(data: bytes) -> None:
    with pytest.raises(ForeignUpdate):
        Guard(yjs.load(BASE)).apply(data)


def test_the_same_update_twice_changes_nothing() -> None:
    doc = yjs.load(BASE)
    guard = Guard(doc)
    update = update_of(lambda _, root: run_of(root).insert(0, "x"))
    guard.apply(update)
    once = yjs.read(doc)
    guard.apply(update)
    assert yjs.read(doc) == once


def test_a_root_of_another_type_is_refused() -> None:
    other: Doc[Any] = Doc()
    other.get("default", type=Text).insert(0, "text right in the root")
    with pytest.raises(ForeignUpdate):
        Guard(yjs.load()).apply(other.get_update())
