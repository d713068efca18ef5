"""What a text may hold: the one schema that editors (TipTap 3), sockets, Markdown and documents share.

Names, attributes, defaults and content rules are those of TipTap's StarterKit and TableKit without pictures. An editor
deletes from the shared document whatever its schema does not know, so nothing else may ever get in. Whole texts are
checked here, live updates in `guard`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias, cast

from prosemirror.model import Node, Schema

Json: TypeAlias = dict[str, Any]
"""A ProseMirror node as JSON: `{type, attrs?, content?, marks?, text?}`."""

MAX_DEPTH: Final = 40
"""How deep nodes may be nested below the document: some 19 nested lists. Typesetting fails at 50 nested lists."""

MAX_TEXT: Final = 1_000_000
"""Characters in one text. The longest answer that a council asks for has some 50 pages (150,000)."""

SCHEMES: Final = ("http", "https", "ftp", "ftps", "mailto", "tel", "callto", "sms", "cid", "xmpp")
"""The schemes that TipTap's Link extension allows. It also allows links without a scheme."""

_HREF = re.compile(rf"(?:(?:{'|'.join(SCHEMES)}):|[^a-z]|[a-z0-9+.\-]+(?:[^a-z+.\-:]|$))", re.IGNORECASE)
_IGNORED_IN_HREF = re.compile(r"[\x00-\x20\x7f\u00a0\u1680\u180e\u2000-\u2029\u205f\u3000]")
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


class ForeignText(ValueError):
    """The text holds something that editors would delete; the message names it."""


def safe_href(href: object) -> bool:
    """Whether editors keep this address: no scheme, or one of `SCHEMES` (the rule of TipTap's `isAllowedUri`)."""
    return isinstance(href, str) and len(href) <= 4000 and bool(_HREF.match(_IGNORED_IN_HREF.sub("", href)))


def _integer(low: int, high: int) -> Any:
    def validate(value: object) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise ForeignText(f"{value!r} is not a whole number")
        if not low <= value <= high:
            raise ForeignText(f"{value!r} is not between {low} and {high}")

    return validate


def _text_or_none(longest: int) -> Any:
    def validate(value: object) -> None:
        if value is not None and not (isinstance(value, str) and len(value) <= longest):
            raise ForeignText(f"{str(value)[:40]!r} is not a text of at most {longest} characters")

    return validate


def _href(value: object) -> None:
    if value is not None and not safe_href(value):
        raise ForeignText(f"the address {str(value)[:80]!r} is not allowed in a link")


def _align(value: object) -> None:
    if value not in (None, "left", "center", "right", "justify"):
        raise ForeignText(f"{str(value)[:40]!r} is not an alignment")


def _colwidth(value: object) -> None:
    if value is None:
        return
    if not isinstance(value, list | tuple) or len(value) > 100:
        raise ForeignText("column widths are a list of whole numbers")
    for width in value:
        if width is not None:
            _integer(0, 10_000)(width)


def _attr(default: object, validate: object) -> Json:
    return {"default": default, "validate": validate}


_CELL = {
    "colspan": _attr(1, _integer(1, 100)),
    "rowspan": _attr(1, _integer(1, 1000)),
    "colwidth": _attr(None, _colwidth),
    "align": _attr(None, _align),
}

_LINK = {
    "href": _attr(None, _href),
    "target": _attr("_blank", _text_or_none(40)),
    "rel": _attr("noopener noreferrer nofollow", _text_or_none(100)),
    "class": _attr(None, _text_or_none(200)),
    "title": _attr(None, _text_or_none(1000)),
}

NODES: Final[Mapping[str, Json]] = {
    "paragraph": {"content": "inline*", "group": "block"},
    "blockquote": {"content": "block+", "group": "block"},
    "bulletList": {"content": "listItem+", "group": "block list"},
    "codeBlock": {
        "content": "text*",
        "group": "block",
        "marks": "",
        "code": True,
        "attrs": {"language": _attr(None, _text_or_none(100))},
    },
    "doc": {"content": "block+"},
    "hardBreak": {"group": "inline", "inline": True},
    "heading": {"content": "inline*", "group": "block", "attrs": {"level": _attr(1, _integer(1, 6))}},
    "horizontalRule": {"group": "block"},
    "listItem": {"content": "paragraph block*"},
    "orderedList": {
        "content": "listItem+",
        "group": "block list",
        "attrs": {"start": _attr(1, _integer(0, 999_999_999)), "type": _attr(None, _text_or_none(10))},
    },
    "text": {"group": "inline"},
    "table": {"content": "tableRow+", "group": "block"},
    "tableCell": {"content": "block+", "attrs": _CELL},
    "tableHeader": {"content": "block+", "attrs": _CELL},
    "tableRow": {"content": "(tableCell | tableHeader)*"},
}

MARKS: Final[Mapping[str, Json]] = {
    "link": {"attrs": _LINK},
    "bold": {},
    "code": {"excludes": "_"},
    "italic": {},
    "strike": {},
    "underline": {},
}

SCHEMA: Final[Any] = Schema(cast(Any, {"nodes": dict(NODES), "marks": dict(MARKS), "topNode": "doc"}))

MARK_RANK: Final = {name: rank for rank, name in enumerate(MARKS)}
"""The order in which editors keep the marks of a text."""

BLOCKS: Final = frozenset(name for name, spec in NODES.items() if "block" in spec.get("group", "").split())
INLINE: Final = frozenset({"text", "hardBreak"})
TEXTBLOCKS: Final = frozenset({"paragraph", "heading", "codeBlock"})

CHILDREN: Final[Mapping[str, frozenset[str]]] = {
    "doc": BLOCKS,
    "blockquote": BLOCKS,
    "tableCell": BLOCKS,
    "tableHeader": BLOCKS,
    "listItem": BLOCKS,
    "bulletList": frozenset({"listItem"}),
    "orderedList": frozenset({"listItem"}),
    "table": frozenset({"tableRow"}),
    "tableRow": frozenset({"tableCell", "tableHeader"}),
    "paragraph": INLINE,
    "heading": INLINE,
    "codeBlock": frozenset({"text"}),
    "hardBreak": frozenset(),
    "horizontalRule": frozenset(),
}
"""Which nodes each kind of node may hold, whatever their order."""


def attributes_of(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The attributes that a node or mark may have, each with its default and its check."""
    return cast(Mapping[str, Any], spec.get("attrs") or {})


def check_attributes(spec: Mapping[str, Any], attrs: Mapping[str, Any], of: str) -> None:
    """Raises `ForeignText` for an attribute that editors don't know, or a value that they can't use. Null means the
    default."""
    known = attributes_of(spec)
    for name, value in attrs.items():
        if name not in known:
            raise ForeignText(f"{of} has no attribute {name[:40]!r}")
        if value is not None:
            known[name]["validate"](value)


def check(document: object, longest: int | None = MAX_TEXT) -> Json:
    """The text in its canonical form, with every attribute spelt out as TipTap's `getJSON` does.

    Raises `ForeignText` for whatever editors would not keep: foreign nodes, marks and attributes, broken nesting, unsafe
    links, characters that can't be stored, and texts nested deeper than `MAX_DEPTH` or longer than `longest` (None: of
    any length).
    """
    if not isinstance(document, dict) or document.get("type") != "doc":
        raise ForeignText("a text is a node of type 'doc'")
    length = 0
    for node, depth in walk(document):
        _check_shape(node, depth)
        length += len(node.get("text", ""))
    if longest is not None and length > longest:
        raise ForeignText(f"a text has at most {longest:,} characters")
    try:
        parsed = Node.from_json(SCHEMA, document)
        parsed.check()
    except ForeignText:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise ForeignText(str(broken)[:200]) from broken
    return cast(Json, parsed.to_json())


def walk(document: Json) -> Iterator[tuple[Json, int]]:
    """Every node in document order with its depth (the document is 0), without recursion."""
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        node, depth = waiting.pop()
        if not isinstance(node, dict):
            raise ForeignText("a node is an object")
        yield node, depth
        content = node.get("content")
        if content is None:
            continue
        if not isinstance(content, Sequence) or isinstance(content, str):
            raise ForeignText("the content of a node is a list")
        waiting.extend((child, depth + 1) for child in reversed(content))


def _check_shape(node: Json, depth: int) -> None:
    kind = node.get("type")
    spec = NODES.get(kind) if isinstance(kind, str) else None
    if spec is None:
        raise ForeignText(f"there is no node {str(kind)[:40]!r}")
    if depth > MAX_DEPTH + (kind in INLINE):
        raise ForeignText(f"parts are nested more than {MAX_DEPTH} deep")
    if kind == "text":
        text = node.get("text")
        if not isinstance(text, str) or not text:
            raise ForeignText("a text node holds at least one character")
        if _UNSTORABLE.search(text):
            raise ForeignText("the text holds a control character")
    check_attributes(spec, _mapping(node.get("attrs")), str(kind))
    for mark in node.get("marks") or ():
        name = mark.get("type") if isinstance(mark, dict) else None
        if not isinstance(name, str) or name not in MARKS:
            raise ForeignText(f"there is no mark {str(name)[:40]!r}")
        check_attributes(MARKS[name], _mapping(mark.get("attrs")), str(name))


def _mapping(value: object) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ForeignText("attributes are an object")
    return value


def storable(text: str) -> str:
    """The text without control characters and lone surrogates, which neither JSON storage nor a document can hold.

    Those that people paste become what they meant: Word's and PowerPoint's own line and page breaks a space (so that two
    words stay two), its hyphen that does not break a hyphen, and bytes of Windows-1252 the characters that they were.
    """
    return _UNSTORABLE.sub(lambda found: _MEANT.get(found.group(), ""), text)


def _windows(byte: int) -> str:
    return bytes([byte]).decode("cp1252", "ignore")


_MEANT: Final[Mapping[str, str]] = {
    "\x0b": " ",
    "\x0c": " ",
    "\x1e": "-",
    **{chr(byte): _windows(byte) for byte in range(0x80, 0xA0)},
}
