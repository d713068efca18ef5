"""Writes the inside of a paragraph as Markdown: escapes, links, code, and emphasis that is read back as what it was.

CommonMark decides by the neighbouring characters whether `**` opens or closes, so some emphasis can't be written plainly.
Several ways are tried in turn, and each is checked by parsing it again: asterisks; underscores for italics, which
separate two emphases that touch (`**one**_, two_`); letters just outside emphasis written as `&#97;`, but only those
without which it would be read differently; in the end no emphasis. The characters are the same in all of them.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.platform.richtext import markdown, schema
from app.platform.richtext.schema import Json

BREAK: Final = "\n"
_EMPHASIS: Final = ("bold", "italic", "strike")
_LINE_ENDS: Final = re.compile(r"[\n\r\u2028\u2029\x85]+")
_PLAIN_ADDRESS: Final = re.compile(r"(?:[A-Za-z0-9\-._~:/?#@!$'*+,;=%]|&(?!#?[A-Za-z0-9]+;))+")
_ENTITY: Final = r"&(?=#?[A-Za-z0-9]+;)"
_WRITTEN_LETTER: Final = re.compile(r"(?<!\\)&#(\d+);")
_MOST_TRIES: Final = 50
_MOST_READ: Final = 200_000
"""Characters that are parsed in all tries together, which takes some 20 ms."""
_SPECIAL: Final = re.compile(
    r"[\\`*\[]"
    rf"|{_ENTITY}"
    r"|<(?=[A-Za-z/!?])"
    r"|(?<![^\W_])_|_(?![^\W_])"
    r"|~(?=~|$)|(?<=~)~|^~"
)
_LINE_START: Final = re.compile(r"(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=:|\s]+$|\d{1,9}(?=[.)](?:\s|$)))")


@dataclass(slots=True)
class Piece:
    """A run of characters with the same marks: name -> mark. A line break is the text BREAK without marks."""

    text: str
    marks: dict[str, Json]


def inline(content: Sequence[Json], breaks: bool = True) -> str:
    """The Markdown of a textblock's content. Without `breaks` (headings, cells), line breaks become spaces."""
    pieces = _pieces(markdown.trimmed(_carried(content, breaks)))
    plain = not any(name in piece.marks for piece in pieces for name in _EMPHASIS)
    if plain:
        return _write(pieces)
    pieces = _without_edge_spaces(pieces)
    wanted = _as_runs(pieces)
    for italic, entities in (("*", False), ("_", False), ("*", True), ("_", True)):
        text = _write(pieces, italic, entities)
        if _parsed(text) == wanted:
            return _with_fewer_entities(text, wanted) if entities else text
    for piece in pieces:
        piece.marks = {name: mark for name, mark in piece.marks.items() if name not in _EMPHASIS}
    return _write(_joined(pieces))


def _with_fewer_entities(text: str, wanted: list[tuple[str, Any]]) -> str:
    """Writes each letter plainly where that is read the same. In a long text not all are tried, and the rest stay."""
    tries = min(_MOST_TRIES, _MOST_READ // len(text))
    at = 0
    while (found := _WRITTEN_LETTER.search(text, at)) and tries > 0:
        plain = text[: found.start()] + chr(int(found.group(1))) + text[found.end() :]
        same = _parsed(plain) == wanted
        text, at, tries = (plain, found.start() + 1, tries - 1) if same else (text, found.end(), tries - 1)
    return text


def guard_line(line: str) -> str:
    """Escapes a line of a paragraph that would otherwise begin a heading, list, quote, rule or table."""
    found = _LINE_START.match(line)
    if found is None:
        return line
    start = found.group()
    return f"{start}\\{line[found.end() :]}" if start[0].isdigit() else "\\" + line


def _carried(content: Iterable[Json], breaks: bool) -> Iterator[Json]:
    """The nodes without what Markdown can't carry."""
    for node in content:
        if node["type"] == "hardBreak":
            yield node if breaks else {"type": "text", "text": " "}
            continue
        text = unicodedata.normalize("NFC", _LINE_ENDS.sub(" ", schema.storable(node["text"])))
        marks = [mark for mark in node.get("marks") or () if mark["type"] != "underline"]
        if text:
            yield {
                "type": "text",
                "text": text,
                "marks": [m for m in marks if m["type"] != "link" or m["attrs"].get("href")],
            }


def _pieces(nodes: Iterable[Json]) -> list[Piece]:
    return _joined(
        Piece(BREAK, {})
        if node["type"] == "hardBreak"
        else Piece(node["text"], {mark["type"]: mark for mark in node.get("marks") or ()})
        for node in nodes
    )


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and piece.text != BREAK != joined[-1].text and joined[-1].marks == piece.marks:
            joined[-1].text += piece.text
        else:
            joined.append(Piece(piece.text, dict(piece.marks)))
    return joined


def _without_edge_spaces(pieces: list[Piece]) -> list[Piece]:
    """Takes emphasis off the spaces with which it begins or ends, where Markdown can't have any."""
    for name in _EMPHASIS:
        split: list[Piece] = []
        for index, piece in enumerate(pieces):
            if name not in piece.marks:
                split.append(piece)
                continue
            text = piece.text
            unmarked = {key: mark for key, mark in piece.marks.items() if key != name}
            begins = index == 0 or name not in pieces[index - 1].marks
            ends = index + 1 == len(pieces) or name not in pieces[index + 1].marks
            head = text[: len(text) - len(text.lstrip())] if begins else ""
            text = text[len(head) :]
            tail = text[len(text.rstrip()) :] if ends else ""
            text = text[: len(text) - len(tail)]
            for part, marks in ((head, unmarked), (text, piece.marks), (tail, unmarked)):
                if part:
                    split.append(Piece(part, marks))
        again = _joined(split)
        if again != pieces and len(again) != len(pieces):
            return _without_edge_spaces(again)
        pieces = again
    return pieces


def _as_runs(pieces: Iterable[Piece]) -> list[tuple[str, Any]]:
    return [(piece.text, sorted(piece.marks)) for piece in _joined(pieces)]


def _parsed(text: str) -> list[tuple[str, Any]]:
    nodes = markdown.parse_inline(text)
    return [
        (BREAK, []) if node["type"] == "hardBreak" else (node["text"], sorted(m["type"] for m in node.get("marks", ())))
        for node in nodes
    ]


def _write(pieces: list[Piece], italic: str = "*", entities: bool = False) -> str:
    """Writes the pieces in order. Marks open and close where they begin and end, and the longest is the outermost."""
    signs = {"bold": "**", "italic": italic, "strike": "~~"}
    out: list[str] = []
    open_marks: list[Json] = []
    for index, piece in enumerate(pieces):
        wanted = {name: mark for name, mark in piece.marks.items() if name != "code"}
        stay = 0
        while stay < len(open_marks) and wanted.get(open_marks[stay]["type"]) == open_marks[stay]:
            stay += 1
        closing = "".join(_close(mark, signs) for mark in reversed(open_marks[stay:]))
        del open_marks[stay:]
        already = {mark["type"] for mark in open_marks}
        opening = ""
        for mark in sorted(
            (mark for name, mark in wanted.items() if name not in already),
            key=lambda mark: -_reach(pieces, index, mark),
        ):
            opening += "[" if mark["type"] == "link" else signs[mark["type"]]
            open_marks.append(mark)
        _add(out, closing, opening, _text(piece, "link" in wanted), entities)
    _add(out, "".join(_close(mark, signs) for mark in reversed(open_marks)), "", "", entities)
    return "".join(out)


def _reach(pieces: list[Piece], start: int, mark: Json) -> int:
    """The end of the pieces from `start` on that have the mark."""
    end = start
    while end < len(pieces) and pieces[end].marks.get(mark["type"]) == mark:
        end += 1
    return end - start


def _add(out: list[str], closing: str, opening: str, text: str, entities: bool) -> None:
    """Adds `text` after the signs that close and open here.

    CommonMark does not accept a sign with punctuation inside and a letter outside, and takes an entity for punctuation.
    So with `entities`, a letter just outside such a sign is written as an entity.
    """
    before, after = (out[-1][-1:] if out else ""), text[:1]
    if entities and _is_letter(before) and _needs_punctuation(opening + after, opening, bool(closing)):
        out[-1] = f"{out[-1][:-1]}&#{ord(before)};"
    if entities and _is_letter(after) and _needs_punctuation((before + closing)[::-1], closing[::-1], bool(opening)):
        text = f"&#{ord(after)};{text[1:]}"
    if opening.startswith("[") and not closing and before == "!":
        out[-1] = out[-1][:-1] + "\\!"
    out.extend(part for part in (closing + opening, text) if part)


def _needs_punctuation(inwards: str, signs: str, between: bool) -> bool:
    """Whether the outermost of `signs` works only next to punctuation. `inwards` is what follows, seen from outside.

    `between`: other emphasis ends or begins right here, so its sign is the next character outside. Then the letter
    beyond matters, to the sign of that other emphasis.
    """
    if between:
        inside = inwards[len(signs) :]
        return bool(inside) and _is_punctuation(inside[0])
    if not signs or signs[0] not in "*_~":
        return False
    inside = inwards.lstrip(signs[0])
    return signs[0] == "_" or (bool(inside) and _is_punctuation(inside[0]))


def _is_punctuation(char: str) -> bool:
    return unicodedata.category(char)[0] in "PS"


def _is_letter(char: str) -> bool:
    return bool(char) and not char.isspace() and not _is_punctuation(char)


def _close(mark: Json, signs: dict[str, str]) -> str:
    if mark["type"] != "link":
        return signs[mark["type"]]
    attrs = mark["attrs"]
    title = attrs.get("title")
    return f"]({_address(attrs['href'])}{_title(title) if title else ''})"


def _address(href: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(href):
        return href
    href = _LINE_ENDS.sub("%0A", unicodedata.normalize("NFC", schema.storable(href)))
    return "<" + re.sub(rf"[\\<>]|{_ENTITY}", lambda found: "\\" + found.group(), href) + ">"


def _title(title: str) -> str:
    title = _LINE_ENDS.sub(" ", unicodedata.normalize("NFC", schema.storable(title)))
    return ' "' + re.sub(rf'[\\"]|{_ENTITY}', lambda found: "\\" + found.group(), title) + '"'


def _text(piece: Piece, in_link: bool) -> str:
    if piece.text == BREAK:
        return "\\\n"
    if "code" in piece.marks:
        return _code(piece.text)
    escaped = _SPECIAL.sub(lambda found: "\\" + found.group(), piece.text)
    return escaped.replace("]", "\\]") if in_link else escaped


def _code(text: str) -> str:
    taken = {len(run) for run in re.findall(r"`+", text)}
    fence = "`" * next(length for length in range(1, len(text) + 2) if length not in taken)
    if not text.strip(" "):
        return f"{fence}{text}{fence}"
    pad = " " if text[0] == "`" or text[-1] == "`" or (text[0] == " " and text[-1] == " ") else ""
    return f"{fence}{pad}{text}{pad}{fence}"
