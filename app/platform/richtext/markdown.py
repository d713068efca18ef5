"""Reads Markdown: CommonMark with tables and strikethrough -> ProseMirror JSON. (`markdown_writer.dump` is the way back.)

Raw HTML is literal text, pictures become links, and addresses that editors would refuse stay literal. `schema.check` has
passed whatever comes out.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token

from app.platform.richtext import schema
from app.platform.richtext.repair import compatible
from app.platform.richtext.schema import ForeignText, Json

MAX_SOURCE: Final = 2 * schema.MAX_TEXT
"""Characters of Markdown. Escapes can make it twice as long as the text."""


class _Parser(MarkdownIt):
    """Markdown-it with our rule for addresses, which it leaves as they are written."""

    def validateLink(self, url: str) -> bool:
        return schema.safe_href(url)

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link


def _parser(nesting: int, *without: str) -> MarkdownIt:
    parser = _Parser("commonmark", {"html": False, "maxNesting": nesting}).enable(["table", "strikethrough"])
    parser.inline.ruler.at("image", _picture)
    return parser.disable(["html_inline", "html_block", *without])


def _picture(state: StateInline, silent: bool) -> bool:
    """Reads a picture as the link behind its exclamation mark."""
    if not state.src.startswith("![", state.pos):
        return False
    state.pos += 1
    if link(state, silent):
        return True
    state.pos -= 1
    return False


LANGUAGE: Final = re.compile(r"[A-Za-z0-9_+#.\-/]{1,100}(?!\S)")
"""The name of a code block's language, or the part of it that can be written again."""

_MANY_BRACKETS: Final = 2000
"""With so many brackets, a paragraph is not searched for links, because that would be slow."""

_BLOCKS: Final = _parser(200, "inline")
_INLINE: Final = _parser(12)
_INLINE_WITHOUT_LINKS: Final = _parser(12, "link", "image")
_EMPHASIS: Final = {"strong": "bold", "em": "italic", "s": "strike"}
_CONTAINERS: Final = {
    "bullet_list": "bulletList",
    "list_item": "listItem",
    "blockquote": "blockquote",
    "tr": "tableRow",
}


def parse(markdown: str) -> Json:
    """The text that `markdown` describes, canonical and in NFC.

    Raises `ForeignText` where it is too long or nested deeper than `schema.MAX_DEPTH`; nothing else is refused.
    """
    if len(markdown) > MAX_SOURCE:
        raise ForeignText(f"a text has at most {MAX_SOURCE:,} characters of Markdown")
    source = unicodedata.normalize("NFC", schema.storable(_with_pasted_breaks(markdown)))
    links: dict[str, Any] = {}
    blocks = _blocks(_BLOCKS.parse(source, links), links)
    return schema.check({"type": "doc", "content": blocks or [{"type": "paragraph"}]})


def _with_pasted_breaks(markdown: str) -> str:
    """The source with the line breaks (U+000B) and page breaks (U+000C) of word processors as lines and paragraphs.

    In headings and rows of tables, which are one line, they stay, and become spaces later.
    """
    if "\x0b" not in markdown and "\x0c" not in markdown:
        return markdown
    lines = markdown.split("\n")
    return "\n".join(line if "|" in line or line.lstrip().startswith("#") else _with_breaks(line) for line in lines)


def _with_breaks(line: str) -> str:
    parts = (part.strip("\x0b").replace("\x0b", "\\\n") for part in line.split("\x0c"))
    return "\n\n".join(parts)


def parse_inline(line: str) -> list[Json]:
    """The text nodes and line breaks that the content of one paragraph describes."""
    return _inline(line, {}, breaks=True)


def _inline(source: str, links: dict[str, Any], breaks: bool) -> list[Json]:
    """The nodes of one paragraph or line. `links` holds the addresses that the text defines by name."""
    parser = _INLINE if source.count("[") < _MANY_BRACKETS else _INLINE_WITHOUT_LINKS
    tokens: list[Token] = []
    parser.inline.parse(source, parser, links, tokens)
    return inline_nodes(tokens, breaks)


def _blocks(tokens: Sequence[Token], links: dict[str, Any]) -> list[Json]:
    root: Json = {"type": "doc", "content": []}
    open_nodes = [root]
    for token in tokens:
        if token.type == "inline":
            breaks = open_nodes[-1]["type"] == "paragraph"  # a heading is one line
            open_nodes[-1]["content"].extend(_inline(token.content, links, breaks))
        elif token.nesting == 1:
            node = _opened(token)
            if node is not None:
                _append(open_nodes[-1], node)
                open_nodes.append(_innermost(node))
                if len(open_nodes) > schema.MAX_DEPTH + 2:
                    raise ForeignText(f"parts are nested more than {schema.MAX_DEPTH} deep")
        elif token.nesting == -1:
            if not token.type.startswith(("thead", "tbody")):
                _close(open_nodes.pop(), open_nodes[-1])
        elif token.type in ("fence", "code_block"):
            _append(open_nodes[-1], _code_block(token))
        elif token.type == "hr":
            _append(open_nodes[-1], {"type": "horizontalRule"})
    return list(root["content"])


def _append(parent: Json, node: Json) -> None:
    """Adds a block. A list item must begin with a paragraph, though Markdown lets it begin with anything."""
    if parent["type"] == "listItem" and not parent["content"] and node["type"] != "paragraph":
        parent["content"].append({"type": "paragraph"})
    parent["content"].append(node)


def _opened(token: Token) -> Json | None:
    kind = token.type.removesuffix("_open")
    if kind == "paragraph":
        return {"type": "paragraph", "content": []}
    if kind == "heading":
        return {"type": "heading", "attrs": {"level": int(token.tag[1])}, "content": []}
    if kind == "ordered_list":
        return {"type": "orderedList", "attrs": {"start": int(token.attrs.get("start", 1))}, "content": []}
    if kind == "table":
        return {"type": "table", "content": []}
    if kind in ("th", "td"):
        align = str(token.attrs.get("style", "")).removeprefix("text-align:") or None
        name = "tableHeader" if kind == "th" else "tableCell"
        return {"type": name, "attrs": {"align": align}, "content": [{"type": "paragraph", "content": []}]}
    if kind in ("thead", "tbody"):
        return None
    return {"type": _CONTAINERS[kind], "content": []}


def _innermost(node: Json) -> Json:
    """The node that takes the content of an opened node: for a cell its paragraph."""
    if node["type"] in ("tableHeader", "tableCell"):
        inner: Json = node["content"][0]
        return inner
    return node


def _close(node: Json, parent: Json) -> None:
    if node["type"] in ("listItem", "blockquote") and not node["content"]:
        node["content"].append({"type": "paragraph"})
    elif node["type"] == "paragraph" and not node["content"] and parent["content"][-1] is node:
        parent["content"].pop()  # it had only spaces, such as a no-break space, and could not be written again


def _code_block(token: Token) -> Json:
    named = LANGUAGE.match(token.info.strip())
    text = token.content.removesuffix("\n")
    node: Json = {"type": "codeBlock", "attrs": {"language": named.group() if named else None}}
    if text:
        node["content"] = [{"type": "text", "text": text}]
    return node


def inline_nodes(tokens: Sequence[Token], breaks: bool = True) -> list[Json]:
    """The text nodes (neighbours with equal marks joined) and hard breaks (or spaces) of one `inline` token."""
    nodes: list[Json] = []
    marks: list[Json] = []
    for token in tokens:
        kind = token.type.rsplit("_", 1)[0]
        if token.type == "hardbreak" and breaks:
            nodes.append({"type": "hardBreak"})
        elif token.type in ("softbreak", "hardbreak"):
            _add_text(nodes, " ", marks)
        elif token.type == "link_open":
            marks.append(_link(token))
        elif token.nesting == 1:
            marks.append({"type": _EMPHASIS[kind]})
        elif token.nesting == -1:
            marks.pop()
        elif token.type == "code_inline":
            _add_text(nodes, token.content, [*marks, {"type": "code"}])
        else:
            _add_text(nodes, token.content, marks)
    for node in nodes:
        if node["type"] == "text":
            node["text"] = "".join(node["text"])
    return trimmed(nodes)


def trimmed(nodes: Iterable[Json]) -> list[Json]:
    """Removes spaces at the edges of lines and breaks at the end, since Markdown can write neither. Code keeps its spaces."""
    lines: list[list[Json]] = [[]]
    for node in nodes:
        if node["type"] == "hardBreak":
            lines.append([])
        else:
            lines[-1].append(dict(node))
    for line in lines:
        _strip_edge(line, 0, str.lstrip)
        _strip_edge(line, -1, str.rstrip)
    while lines and not lines[-1]:
        lines.pop()
    kept: list[Json] = []
    for number, line in enumerate(lines):
        kept.extend([{"type": "hardBreak"}, *line] if number else line)
    return kept


def _strip_edge(line: list[Json], edge: int, strip: Callable[[str], str]) -> None:
    while line and not any(mark["type"] == "code" for mark in line[edge].get("marks") or ()):
        text = strip(line[edge]["text"])
        if text:
            line[edge]["text"] = text
            return
        line.pop(edge)


def _link(token: Token) -> Json:
    """The mark of a link. `_add_text` leaves it out if it has no address."""
    title = token.attrs.get("title")
    return {
        "type": "link",
        "attrs": {"href": token.attrs.get("href") or None, "title": str(title)[:1000] if title else None},
    }


def _add_text(nodes: list[Json], text: str, marks: Sequence[Json]) -> None:
    """Adds text to the list of the last node where the marks are equal (to join them one by one would be quadratic). Of two links, as of a picture in a link, the outer
    one is kept."""
    if not text:
        return
    kept = {mark["type"]: mark for mark in reversed(marks) if mark["type"] != "link" or mark["attrs"]["href"]}
    ordered = compatible(sorted(kept.values(), key=lambda mark: schema.MARK_RANK[mark["type"]]))
    last = nodes[-1] if nodes else None
    if last and last["type"] == "text" and last.get("marks", []) == ordered:
        last["text"].append(text)
        return
    node: Json = {"type": "text", "text": [text]}
    if ordered:
        node["marks"] = ordered
    nodes.append(node)


def plain_text(node: Any) -> str:
    """The characters of a node without marks. Line breaks and the ends of blocks are newlines."""
    if node["type"] == "text":
        return str(node["text"])
    if node["type"] == "hardBreak":
        return "\n"
    joint = "" if node["type"] in schema.TEXTBLOCKS else "\n"
    return joint.join(plain_text(child) for child in node.get("content") or ())
