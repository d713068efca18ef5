"""One text with every node and mark, in several scripts."""

from typing import Any

from app.platform.richtext import schema

Json = dict[str, Any]


def text(words: str, *marks: str, **link: Any) -> Json:
    given: list[Json] = [{"type": "link", "attrs": link}] if link else []
    given += [{"type": name} for name in marks]
    return {"type": "text", "text": words, **({"marks": given} if given else {})}


def node(kind: str, *content: Json, **attrs: Any) -> Json:
    made: Json = {"type": kind}
    if attrs:
        made["attrs"] = attrs
    if content:
        made["content"] = list(content)
    return made


def item(*content: Json) -> Json:
    return node("listItem", *content)


def paragraph(*content: Json) -> Json:
    return node("paragraph", *content)


BREAK = node("hardBreak")

CORPUS = schema.check(
    node(
        "doc",
        *(node("heading", text(f"Level {level}"), level=level) for level in range(1, 7)),
        paragraph(text("plain "), text("bold", "bold"), text(" and "), text("all of it", "bold", "italic", "strike")),
        paragraph(text("code()", "code"), text(" "), text("under", "underline"), BREAK, text("a new line")),
        paragraph(text("a link", href="https://cobid.example/?a=1&b=2", title='say "hello"'), text(" and "),
                  text("a bold one", "bold", href="mailto:post@ŵyl.cymru")),
        paragraph(text("Ŵyau a mŷn llŷg — Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch")),
        paragraph(text("العربية "), text("نصٌّ من اليمين", "bold"), text(" עברית שָׁלוֹם")),
        paragraph(text("👩‍👩‍👧 🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f 👍🏽 "),
                  text("𝔘𝔫𝔦", "italic")),
        paragraph(text("e\u0301 o\u0308 ก็ क्षि 日本語 한국어 Ω ∑")),
        paragraph(),
        node("bulletList", item(paragraph(text("one")), node("bulletList", item(paragraph(text("inside"))))),
             item(paragraph(text("two")), paragraph(text("still two")))),
        node("orderedList", item(paragraph(text("third"))), item(paragraph()), start=3),
        node("blockquote", paragraph(text("quoted")), node("blockquote", paragraph(text("twice")))),
        node("codeBlock", text("def f():\n\treturn '<b>'\n\n"), language="python"),
        node("codeBlock"),
        node("horizontalRule"),
        node(
            "table",
            node("tableRow", node("tableHeader", paragraph(text("wide")), colspan=2, colwidth=[120, 80]),
                 node("tableHeader", paragraph(text("c")), align="right")),
            node("tableRow", node("tableCell", paragraph(text("tall")), rowspan=2, colwidth=[120]),
                 node("tableCell", paragraph(text("two")), paragraph(text("paragraphs")), colwidth=[80]),
                 node("tableCell", node("bulletList", item(paragraph(text("a list")))))),
            node("tableRow", node("tableCell", paragraph(text("a | b", "bold")), colwidth=[80]),
                 node("tableCell", paragraph())),
        ),
        paragraph(text("The end")),
    )
)  # fmt: skip
