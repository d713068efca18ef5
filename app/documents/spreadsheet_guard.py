"""What must be true of a spreadsheet file before a byte of it is inflated, and before a library parses it.

First the archive's directory alone is judged: how many parts, how large unpacked, how strongly compressed, which
names. Then each XML part is run through expat, which stops at a DOCTYPE, so no entity is ever expanded. A workbook
with macros, links to other files, embedded objects or connections is refused: a budget needs none of them.
"""

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from app.platform import archives
from app.platform.access.errors import Fault, Invalid

MAX_BYTES = 5_000_000
MAX_PARTS = 200
MAX_UNPACKED = 24_000_000
MAX_RATIO = 150
"""Unpacked to packed, of one part above 1 MB: real sheets reach some 30, a bomb 1000."""
MAX_CELLS = 100_000
SUFFIXES = (".xml", ".rels", ".vml", ".png", ".jpeg", ".jpg", ".emf", ".wmf", ".gif", ".bin", "/")

_FORBIDDEN = {
    "vbaproject": "macros",
    "vbadata": "macros",
    "macrosheets/": "macros",
    "dialogsheets/": "macros",
    "externallinks/": "links to other files",
    "embeddings/": "embedded objects",
    "activex": "active controls",
    "ctrlprops/": "active controls",
    "connections.xml": "connections to other data",
    "querytables/": "connections to other data",
    "customui/": "a changed menu",
    "webextensions/": "add-ins",
}


_BROKEN = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError)
"""What the standard library raises over a damaged archive; and `archives` (a ValueError) over one that contradicts itself."""


class WorkbookRefused(Invalid):
    code = "workbook-refused"
    title = "The workbook could not be taken"
    explanation = (
        "Nothing was changed. Each entry under 'errors' names the sheet and cell, and says what to put right. "
        "If in doubt, fetch the workbook again and fill that one in."
    )


def refused(code: str, detail: str) -> WorkbookRefused:
    return WorkbookRefused(detail, [Fault("", code, detail)])


def inspect_package(data: bytes) -> None:
    """Refuse what is no plain .xlsx; WorkbookRefused says why in a sentence. Costs no more than `MAX_UNPACKED`."""
    if len(data) > MAX_BYTES:
        raise refused("too-large", f"The workbook is larger than {MAX_BYTES // 1_000_000} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            _judge_directory(parts, len(data))
            archives.check_headers(io.BytesIO(data), parts)
            for part in parts:
                if part.filename.endswith((".xml", ".rels", ".vml")):
                    _judge_part(part.filename, package.read(part))
    except _BROKEN as broken:
        raise refused("not-a-workbook", "This is not an .xlsx workbook, or it is damaged.") from broken


def _judge_directory(parts: list[zipfile.ZipInfo], size: int) -> None:
    names = [part.filename for part in parts]
    if len(parts) > MAX_PARTS or len(set(map(str.casefold, names))) != len(names):
        raise refused("strange-archive", "The file is packed in a way that no spreadsheet program does.")
    if "[Content_Types].xml" not in names or "xl/workbook.xml" not in names:
        raise refused("not-a-workbook", "This is not an .xlsx workbook. Save it as 'Excel Workbook (.xlsx)'.")
    for part in parts:
        name = part.filename.casefold()
        if part.flag_bits & 0x1:
            raise refused("encrypted", "The workbook is protected by a password. Save it without one.")
        if name.startswith("/") or ".." in name.split("/") or "\\" in name or not name.endswith(SUFFIXES):
            raise refused("strange-archive", "The file holds parts that no budget workbook has.")
        for word, what in _FORBIDDEN.items():
            if word in name:
                raise refused("forbidden-content", f"The workbook holds {what}. Save it without, as .xlsx.")
        if part.file_size > 1_000_000 and part.file_size > MAX_RATIO * max(part.compress_size, 1):
            raise refused("zip-bomb", "The file unpacks to far more than a budget can be.")
    if sum(part.file_size for part in parts) > MAX_UNPACKED or sum(part.compress_size for part in parts) > size:
        raise refused("zip-bomb", "The file unpacks to far more than a budget can be.")


class _Found(Exception):
    """Carries the refusal out of expat's callbacks."""


def _judge_part(name: str, content: bytes) -> None:
    if name.startswith("xl/worksheets/") and len(re.findall(rb"<(?:\w+:)?c[\s>/]", content)) > MAX_CELLS:
        raise refused("too-large", f"A sheet has more than {MAX_CELLS} cells.")
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = _judge_element
    try:
        parser.Parse(content, True)
    except _Found as found:
        raise found.args[0] from None
    except (expat.ExpatError, LookupError, ValueError) as broken:  # the latter two: an encoding that nobody knows
        raise refused("not-a-workbook", "A part of the workbook is damaged. Save it again.") from broken


def _no_doctype(*_: object) -> None:
    raise _Found(refused("forbidden-content", "The workbook holds declarations that no spreadsheet program writes."))


def _judge_element(tag: str, attributes: dict[str, str]) -> None:
    """Relationships that leave the file (but for a plain hyperlink, never followed), and macro content types."""
    local = tag.rpartition(":")[2]
    if local == "Relationship" and attributes.get("TargetMode", "").casefold() == "external":
        if not attributes.get("Type", "").endswith("/hyperlink"):
            raise _Found(refused("forbidden-content", "The workbook holds links to other files. Save it without."))
    elif "macroenabled" in attributes.get("ContentType", "").casefold():
        raise _Found(refused("forbidden-content", "The workbook holds macros. Save it without, as .xlsx."))
