"""What stands before the items of lists and how cells are set, read back from each format by its own rules.

Every item begins with a word such as `w17x`, and so does every cell: `labels` answers what stands before each.
"""

import html.parser
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

from docx import Document
from docx.oxml.ns import qn

from app.platform.richtext.markdown import parse
from tests.documents import reading_back as read

WORD = re.compile(r"w\d+x")
Labels = dict[str, str]
Cells = dict[str, str | None]


def shown(form: str, number: int) -> str:
    """A number as browsers, Word and LibreOffice write it, by counting up from one."""
    if form == "1" or number < 1:
        return f"{number}."
    if form in ("a", "A"):
        found = "a"
        for _ in range(number - 1):
            found = _next_letters(found)
    else:
        found = "i" * number
        for many, one in (("iiiii", "v"), ("vv", "x"), ("xxxxx", "l"), ("ll", "c"), ("viiii", "ix"), ("iiii", "iv"),
                          ("lxxxx", "xc"), ("xxxx", "xl")):  # fmt: skip
            found = found.replace(many, one)
    return f"{found.upper() if form.isupper() else found}."


def _next_letters(letters: str) -> str:
    kept = letters.rstrip("z")
    after = "a" * (len(letters) - len(kept))
    return f"{kept[:-1]}{chr(ord(kept[-1]) + 1)}{after}" if kept else f"a{after}"


class _Html(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.lists: list[dict[str, Any]] = []
        self.sign: str | None = None
        self.side: str | None = None
        self.labels: Labels = {}
        self.cells: Cells = {}
        self.widths: list[list[float]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        a = dict(attrs)
        if tag in ("ol", "ul"):
            form = (a.get("type") or "1") if tag == "ol" else "•"
            self.lists.append({"form": form, "number": int(a.get("start") or 1)})
        elif tag == "li" and self.lists:
            mine = self.lists[-1]
            self.sign = "•" if mine["form"] == "•" else shown(mine["form"], mine["number"])
            mine["number"] += 1
        elif tag == "p":
            sides = [name for name in (a.get("class") or "").split() if name in ("left", "right", "center", "justify")]
            self.side = sides[0] if sides else None
        elif tag == "colgroup":
            self.widths.append([])
        elif tag == "col":
            self.widths[-1].append(float((a["style"] or "").removeprefix("width:").removesuffix("%")))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("ol", "ul") and self.lists:
            self.lists.pop()
        elif tag in ("p", "li"):
            self.sign = None

    def handle_data(self, data: str) -> None:
        if found := WORD.search(data):
            self.cells[found.group()] = self.side
            if self.sign is not None:
                self.labels[found.group()], self.sign = self.sign, None


def of_html(data: bytes) -> tuple[Labels, Cells, list[list[float]]]:
    reader = _Html()
    reader.feed(data.decode())
    return reader.labels, reader.cells, reader.widths


_WORD_FORMS = {"decimal": "1", "lowerLetter": "a", "upperLetter": "A", "lowerRoman": "i", "upperRoman": "I"}
_WORD_SIDES = {"left": "left", "right": "right", "center": "center", "both": "justify"}


def of_docx(data: bytes) -> tuple[Labels, Cells, list[list[float]]]:
    doc = Document(io.BytesIO(data))
    numbering = doc.part.numbering_part.element
    counted: dict[int, int] = {}
    labels: Labels = {}
    cells: Cells = {}
    for paragraph in doc.element.body.iter(qn("w:p")):
        properties = paragraph.pPr
        word = WORD.search("".join(t.text or "" for t in paragraph.iter(qn("w:t"))))
        if properties is None:
            continue
        if properties.numPr is not None and properties.numPr.numId is not None:
            sign = _docx_sign(numbering, properties.numPr.numId.val, counted)
            if word:
                labels[word.group()] = sign
        elif word and "ListBullet" in (properties.pStyle.val if properties.pStyle is not None else ""):
            labels[word.group()] = "•"
        if word:
            side = properties.find(qn("w:jc"))
            cells[word.group()] = None if side is None else _WORD_SIDES[side.get(qn("w:val"))]
    widths = []
    for table in doc.element.body.iter(qn("w:tbl")):
        if WORD.search("".join(t.text or "" for t in table.iter(qn("w:t")))):
            widths.append([int(c.get(qn("w:w"))) for c in table.find(qn("w:tblGrid"))])
    return labels, cells, widths


def _docx_sign(numbering: Any, identity: int, counted: dict[int, int]) -> str:
    number = next(n for n in numbering.num_lst if n.numId == identity)
    level = number.find(f"{qn('w:lvlOverride')}/{qn('w:lvl')}")
    if level is None:
        abstract = next(
            a for a in numbering.iter(qn("w:abstractNum"))
            if a.get(qn("w:abstractNumId")) == str(number.abstractNumId.val)
        )  # fmt: skip
        level = abstract.find(qn("w:lvl"))
    start = int(number.find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}").get(qn("w:val")))
    counted[identity] = counted.get(identity, start - 1) + 1
    form, words = (level.find(qn(f"w:{name}")).get(qn("w:val")) for name in ("numFmt", "lvlText"))
    if form == "none":
        return str(words)
    if form in ("lowerLetter", "upperLetter"):
        assert counted[identity] <= 26, "Word goes on with aa, bb"
    return str(words).replace("%1.", shown(_WORD_FORMS[form], counted[identity]))


def of_odt(data: bytes) -> tuple[Labels, Cells, list[list[float]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        content, styles = (ElementTree.fromstring(archive.read(f"{name}.xml")) for name in ("content", "styles"))
    found = _Odt(content, styles)
    found.walk(content, [])
    return found.labels, found.cells, found.widths


class _Odt:
    def __init__(self, *trees: ElementTree.Element) -> None:
        self.lists: dict[str, Any] = {}
        self.sides: dict[str, str] = {}
        self.columns: dict[str, float] = {}
        for tree in trees:
            for element in tree.iter():
                kind, name = _short(element.tag), _get(element, "name")
                if kind == "list-style" and name:
                    self.lists[name] = element[0]
                elif kind == "style" and name:
                    for child in element:
                        if side := _get(child, "text-align"):
                            self.sides[name] = side
                        if width := _get(child, "column-width"):
                            self.columns[name] = float(width.removesuffix("cm"))
        self.labels: Labels = {}
        self.cells: Cells = {}
        self.widths: list[list[float]] = []

    def walk(self, element: ElementTree.Element, lists: list[dict[str, Any]]) -> None:
        kind = _short(element.tag)
        if kind == "list":
            lists = [*lists, {"style": self.lists[_get(element, "style-name") or ""], "number": 0}]
        elif kind == "list-item":
            start = _get(element, "start-value")
            lists[-1]["number"] = int(start) if start is not None else lists[-1]["number"] + 1
            lists[-1]["fresh"] = True
        elif kind == "p":
            self._paragraph(element, lists)
        elif kind == "table" and any(_is_word(t) for t in element.itertext()):
            self.widths.append([self.columns[_get(c, "style-name") or ""] for c in element if "column" in c.tag])
        inner = [] if kind == "table-cell" else lists
        for child in element:
            self.walk(child, inner)

    def _paragraph(self, element: ElementTree.Element, lists: list[dict[str, Any]]) -> None:
        word = WORD.search("".join(element.itertext()))
        if word:
            style = _get(element, "style-name") or ""
            self.cells[word.group()] = self.sides.get(style) if style.startswith("P") else None
        if lists and lists[-1].pop("fresh", False) and word:
            self.labels[word.group()] = self._sign(lists[-1])

    @staticmethod
    def _sign(mine: dict[str, Any]) -> str:
        if "bullet" in mine["style"].tag:
            return "•"
        form = _get(mine["style"], "num-format") or ""
        number = shown(form, mine["number"])[:-1] if form else ""
        return f"{_get(mine['style'], 'num-prefix') or ''}{number}{_get(mine['style'], 'num-suffix') or ''}"


def _short(tag: str) -> str:
    return tag.rpartition("}")[2]


def _get(element: ElementTree.Element, name: str) -> str | None:
    return next((value for key, value in element.attrib.items() if _short(key) == name), None)


def _is_word(text: str) -> bool:
    return bool(WORD.search(text))


def of_markdown(data: bytes) -> tuple[Labels, Cells]:
    """Where a bullet's text begins with a letter or Roman number, that is the sign. Cells: as their column is set."""
    labels: Labels = {}
    cells: Cells = {}
    for node in _walk(parse(data.decode())):
        if node["type"] in ("bulletList", "orderedList"):
            for number, item in enumerate(node["content"], (node.get("attrs") or {}).get("start", 1)):
                said = read.of_node(item["content"][0]).strip()
                if word := WORD.search(said):
                    written = said[: word.start()].strip()
                    labels[word.group()] = written or ("•" if node["type"] == "bulletList" else f"{number}.")
        elif node["type"] in ("tableCell", "tableHeader") and (word := WORD.search(read.of_node(node))):
            cells[word.group()] = node["attrs"]["align"]
    return labels, cells


def _walk(node: Any) -> Iterator[Any]:
    yield node
    for child in node.get("content") or ():
        yield from _walk(child)


def of_text(text: str) -> Labels:
    """Labels at the beginnings of lines; the text of an item whose own paragraph is empty may follow on its line."""
    found: Labels = {}
    for line in text.split("\n"):
        if match := re.match(r"\s*(\S+)\s+(w\d+x)", line):
            found[match.group(2)] = match.group(1)
    return found


def of_pdf(data: bytes) -> Labels:
    return of_text(read.of_pdf(data))
