"""Texts for the property tests: anything that the schema allows, with characters that Markdown and Yjs find hard."""

from typing import Any

from hypothesis import strategies as st

from app.platform.richtext import schema

NASTY = [
    "a", "b", "word", "Z9", "1", "7.", "3)", " ", "  ", "*", "**", "_", "__", "~", "~~", "`", "``", "[", "]", "(", ")",
    "<", ">", "<b>", "</i>", "<http://a.b>", "!", "![", "&", "&amp;", "&#65;", "\\", "|", "#", "##", "-", "---", "+",
    "=",
    "===", ":",
    "é", "e\u0301", "Ŵy", "ŷ", "مرحبا", "שלום", "👩‍👩‍👧",
    "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
    "\u00a0", "日本", "http://x.org/?a=1&b=2", ".", ",", "'", '"', "“", "£5",
]  # fmt: skip

texts = st.lists(st.sampled_from(NASTY), min_size=1, max_size=6).map("".join)
hrefs = st.sampled_from(
    [
        "http://a.b/c?d=1&e=2",
        "mailto:a@b.cy",
        "tel:+44",
        "https://ŵ.cymru/(x)",
        "http://a/&amp;",
        "/here",
        "x y",
        "a\\b<c>",
    ]
)


def _mark(name: str, href: str, title: str | None) -> dict[str, Any]:
    if name == "link":
        return {"type": "link", "attrs": {"href": href, "title": title}}
    return {"type": name}


@st.composite
def text_nodes(draw: st.DrawFn, marks: bool = True) -> dict[str, Any]:
    node: dict[str, Any] = {"type": "text", "text": draw(texts)}
    names = (
        draw(st.sets(st.sampled_from(["link", "bold", "italic", "strike", "underline"]), max_size=3))
        if marks
        else set()
    )
    if marks and not names and draw(st.integers(0, 6)) == 0:
        names = {"code"}
    if names:
        href, title = draw(hrefs), draw(st.none() | st.sampled_from(["t", 'a "b" \\', "&lt;"]))
        node["marks"] = [_mark(name, href, title) for name in sorted(names, key=lambda n: schema.MARK_RANK[n])]
    return node


inline = st.lists(text_nodes() | st.just({"type": "hardBreak"}), max_size=5)


def _with(kind: str, content: Any, **attrs: Any) -> dict[str, Any]:
    node: dict[str, Any] = {"type": kind}
    if attrs:
        node["attrs"] = attrs
    if content:
        node["content"] = content
    return node


paragraphs = inline.map(lambda content: _with("paragraph", content))
headings = st.builds(lambda content, level: _with("heading", content, level=level), inline, st.integers(1, 6))
code_blocks = st.builds(
    lambda lines, language: _with(
        "codeBlock", [{"type": "text", "text": "\n".join(lines)}] if any(lines) else [], language=language
    ),
    st.lists(texts | st.sampled_from(["", "    x", "\ty", "```", "~~~~"]), max_size=4),
    st.none() | st.sampled_from(["python", "c++", "a b"]),
)
rules = st.just({"type": "horizontalRule"})
leaves = paragraphs | headings | code_blocks | rules


def _items(blocks: Any) -> Any:
    return st.lists(
        st.builds(lambda first, rest: _with("listItem", [first, *rest]), paragraphs, st.lists(blocks, max_size=2)),
        min_size=1,
        max_size=3,
    )


def _cells(blocks: Any) -> Any:
    return st.builds(
        lambda kind, content, colspan, rowspan, align: _with(
            kind, content, colspan=colspan, rowspan=rowspan, align=align
        ),
        st.sampled_from(["tableCell", "tableHeader"]),
        st.lists(blocks, min_size=1, max_size=2),
        st.sampled_from([1, 1, 1, 2]),
        st.sampled_from([1, 1, 1, 2]),
        st.sampled_from([None, None, "center", "right"]),
    )


def _containers(blocks: Any) -> Any:
    return (
        _items(blocks).map(lambda items: _with("bulletList", items))
        | st.builds(
            lambda items, start: _with("orderedList", items, start=start), _items(blocks), st.sampled_from([0, 1, 1, 7])
        )
        | st.lists(blocks, min_size=1, max_size=3).map(lambda content: _with("blockquote", content))
        | st.lists(
            st.lists(_cells(blocks), min_size=1, max_size=3).map(lambda cells: _with("tableRow", cells)),
            min_size=1,
            max_size=3,
        ).map(lambda rows: _with("table", rows))
    )


blocks = st.recursive(leaves, _containers, max_leaves=8)
documents = st.lists(blocks, min_size=1, max_size=5).map(lambda content: schema.check(_with("doc", content)))
"""Anything that editors could hold."""

markdown_lines = st.lists(
    st.sampled_from(
        [*NASTY, "- ", "+ ", "* ", "1. ", "2) ", "> ", "# ", "```", "~~~", "    ", "\t", "| a | b |", "| --- | :-: |",
         "\n", "\n", "\n\n",
         "[a]: http://b", "[a]", "(http://c)", "\\\n", "  \n", "***", "<!-- -->"]
    ),
    max_size=25,
).map("".join)  # fmt: skip
"""Anything that people (and programs) write as Markdown."""
