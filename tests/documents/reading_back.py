"""Each format read back as words, by other libraries than those that wrote it."""

import html.parser
import io
import re
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

from app.platform.richtext.markdown import parse

START, END = "Startofthecorpus", "Endofthecorpus"
PDFTOTEXT = shutil.which("pdftotext")


def words(text: str) -> list[str]:
    """Words between the marks, without the invisible helps to breaking lines."""
    clean = "".join(
        c for c in unicodedata.normalize("NFC", text) if c not in "\u200b\u00ad\u200e\u200f\u202a\u202b\u202c"
    )
    _, start, rest = clean.partition(START)
    inside, end, _ = rest.partition(END)
    assert start and end, "the marks were lost"
    return inside.split()


def of_node(node: Mapping[str, Any]) -> str:
    """Text of a ProseMirror node, blocks and breaks apart."""
    if isinstance(node.get("text"), str):
        return str(node["text"])
    if node.get("type") == "hardBreak":
        return "\n"
    inside = "".join(of_node(child) for child in node.get("content") or ())
    return inside if node.get("type") == "text" else f"{inside}\n"


def of_markdown(data: bytes) -> str:
    return of_node(parse(data.decode()))


class _Html(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.hidden += tag in ("style", "script", "svg")
        if tag not in ("strong", "em", "s", "u", "code", "a", "span"):
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script", "svg")
        if tag not in ("strong", "em", "s", "u", "code", "a", "span"):
            self.text.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.text.append(data)


def of_html(data: bytes) -> str:
    reader = _Html()
    reader.feed(data.decode())
    return "".join(reader.text)


def of_docx(data: bytes) -> str:
    return _xml(data, "word/document.xml", {"t"}, {"br": "\n", "tab": "\t"}, {"p"})


def of_odt(data: bytes) -> str:
    found: list[str] = []

    def walk(element: ElementTree.Element) -> None:
        name = element.tag.rpartition("}")[2]
        if name in ("title", "desc"):
            return
        found.append({"s": " ", "line-break": "\n", "tab": "\t"}.get(name, ""))
        found.append(element.text or "")
        for child in element:
            walk(child)
            found.append(child.tail or "")
        if name in ("p", "h"):
            found.append("\n")

    walk(ElementTree.fromstring(_member(data, "content.xml")))
    return "".join(found)


def _xml(data: bytes, name: str, texts: set[str], signs: dict[str, str], ends: set[str]) -> str:
    found: list[str] = []

    def walk(element: ElementTree.Element) -> None:
        kind = element.tag.rpartition("}")[2]
        if kind in texts:
            found.append(element.text or "")
        found.append(signs.get(kind, ""))
        for child in element:
            walk(child)
        if kind in ends:
            found.append("\n")

    walk(ElementTree.fromstring(_member(data, name)))
    return "".join(found)


def _member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def of_pdf(data: bytes) -> str:
    """Without the running heads and feet: the text between them, in reading order."""
    assert PDFTOTEXT
    crop = ["-x", "0", "-y", "62", "-W", "600", "-H", "722"]
    made = subprocess.run(
        [PDFTOTEXT, *crop, "-raw", "-enc", "UTF-8", "-", "-"], input=data, capture_output=True, check=True, timeout=60
    )
    return re.sub(r"\f", "\n", made.stdout.decode())


def of_pdf_as_read_aloud(data: bytes) -> str:
    """What the file itself says its glyphs stand for, page by page, without running heads: what is read aloud.

    `ActualText` where it is given (syllables whose letters change places), else the fonts' ToUnicode. pdftotext says
    parts of such a syllable twice.
    """
    import pikepdf

    found: list[str] = []
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            fonts = {str(name): _to_unicode(font) for name, font in page.Resources.Font.items()}
            letters: dict[bytes, str] = {}
            open_marks: list[bool] = []
            for operands, operator in pikepdf.parse_content_stream(page):
                kind = str(operator)
                if kind in ("BDC", "BMC"):
                    told = operands[1].get("/ActualText") if kind == "BDC" and hasattr(operands[1], "get") else None
                    if told is not None and not any(open_marks):
                        found.append(str(told))
                    open_marks.append(told is not None or str(operands[0]) == "/Artifact")
                elif kind == "EMC":
                    open_marks.pop()
                elif kind == "Tf":
                    letters = fonts[str(operands[0])]
                elif kind in ("Tj", "TJ") and not any(open_marks):
                    parts = operands[0] if kind == "TJ" else [operands[0]]
                    codes = b"".join(bytes(part) for part in parts if isinstance(part, pikepdf.String))
                    found += [letters.get(codes[at : at + 2], "") for at in range(0, len(codes), 2)]
    return "".join(found)


def _to_unicode(font: Any) -> dict[bytes, str]:
    table = font.ToUnicode.read_bytes().decode("ascii", "replace")
    letters: dict[bytes, str] = {}
    for section in re.findall(r"beginbfchar(.*?)endbfchar", table, re.S):
        for code, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]*)>", section):
            letters[bytes.fromhex(code)] = bytes.fromhex(value).decode("utf-16-be")
    assert "beginbfrange" not in table
    return letters
