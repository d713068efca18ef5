"""What may be attached: the kind by the content, a safe name, and archives that are judged before a byte is inflated."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from app.platform.access.errors import Conflict, Fault, Invalid
from app.platform.access.ids import Id


class PersonalData(StrEnum):
    NONE = "none"
    STAFF = "staff"
    SERVICE_USERS = "service_users"


KINDS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "png": "image/png",
    "jpg": "image/jpeg",
    "tif": "image/tiff",
    "zip": "application/zip",
    "txt": "text/plain",
    "csv": "text/csv",
}
"""The kinds that councils accept, and none that a browser would run: no HTML, SVG, program or document with macros."""

MOST_MEMBERS = 10_000
MOST_UNPACKED = 1_000_000_000
MOST_RATIO = 200
"""Unpacked bytes for one packed byte: text shrinks to a tenth of its size, a zip bomb to a thousandth."""

MOST_NAME = 120


class QuotaReached(Conflict):
    code = "attachments-full"
    title = "No more files can be attached to this proposal"
    explanation = "Delete files that are no longer needed, or ask the operator to raise the limits."


class FilesToAnonymise(Conflict):
    code = "files-to-anonymise"
    title = "A file may still identify people who use the services"
    explanation = (
        "Before the bid is locked for signing, the partner that attached such a file confirms that it identifies nobody "
        "(PATCH …/documents/{id} with 'anonymised': true), or takes it out: 'in_bid': false, or no longer named as evidence."
    )


@dataclass(frozen=True, slots=True)
class Marks:
    """What its owner says about a file: whom it is for and what is in it."""

    personal_data: PersonalData = PersonalData.NONE
    anonymised: bool = False
    in_bid: bool = False
    visible_to: tuple[Id, ...] = ()

    @property
    def identifies(self) -> bool:
        """Whether it may identify people who use the partners' services. It then stays with its named readers."""
        return self.personal_data is PersonalData.SERVICE_USERS and not self.anonymised


def check_marks(marks: Marks) -> None:
    """Raises Invalid for personal data of service users without named readers.

    That such a file must not go in the bid is asked when the bid is locked and not here, so that nobody is kept from
    marking a file that is in the bid already: an honest word comes first.
    """
    if marks.identifies and not marks.visible_to:
        raise Invalid.at(
            "/visible_to",
            "name-the-readers",
            "Name the partners that may read personal data of service users; your own id alone keeps it to yourselves.",
        )


@dataclass(frozen=True, slots=True)
class FileFacts:
    """What was found of a file that came in: its safe name, its kind, its bytes and their hash."""

    name: str
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One member of an archive, as the archive's directory describes it."""

    name: str
    packed: int
    unpacked: int
    encrypted: bool


class FileNotAccepted(Invalid):
    code = "file-not-accepted"
    title = "This file cannot be attached"
    explanation = f"Files of these kinds can be: {', '.join(sorted(KINDS))}."

    @classmethod
    def because(cls, detail: str) -> "FileNotAccepted":
        return cls(detail, [Fault("/file", "file-not-accepted", detail)])


def kind_of(head: bytes, name: str, members: Iterable[str] | None) -> str:
    """The kind by the first bytes and, for an archive, its directory. The name decides between txt and csv only."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return "tif"
    if head.startswith(b"PK\x03\x04") and members is not None:
        return _kind_of_archive(head, set(members))
    if _is_text(head):
        return "csv" if name.lower().endswith(".csv") else "txt"
    raise FileNotAccepted.because(
        "Its content is none of the kinds that can be attached, whatever its name says. "
        f"Save it as one of: {', '.join(sorted(KINDS))}."
    )


def _kind_of_archive(head: bytes, members: set[str]) -> str:
    if any(
        name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs", ".bat", ".cmd", ".scr"))
        for name in members
    ):
        raise FileNotAccepted.because("It holds a program or macros. Save it without them and attach it again.")
    for marker, kind in (("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/presentation.xml", "pptx")):
        if marker in members:
            return kind
    for kind in ("odt", "ods", "odp"):
        if KINDS[kind].encode() in head[:120]:
            return kind
    return "zip"


def _is_text(head: bytes) -> bool:
    """Whether it is UTF-8 without control characters, and nothing that a browser might take for a page."""
    if not head or b"\x00" in head:
        return False
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start < len(head) - 4:
            return False
        text = head[: error.start].decode("utf-8")
    if any(ord(c) < 32 and c not in "\t\n\r\f" for c in text):
        return False
    return not re.search(r"<\s*(!doctype|html|script|svg|body|iframe|\?xml|\?php)", text, re.IGNORECASE)


def judge_archive(members: Sequence[ArchiveMember]) -> None:
    """Raises FileNotAccepted for an archive that could not be opened safely, by its directory alone."""
    if len(members) > MOST_MEMBERS:
        raise FileNotAccepted.because(f"The archive holds more than {MOST_MEMBERS:,} files.")
    if any(member.encrypted for member in members):
        raise FileNotAccepted.because("The archive is encrypted: nobody at the commissioner could open it.")
    unpacked = sum(member.unpacked for member in members)
    packed = sum(member.packed for member in members)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(packed, 10_000):
        raise FileNotAccepted.because("The archive would unfold to far more than it is. Attach the files themselves.")
    for member in members:
        if member.name.startswith(("/", "\\")) or ".." in re.split(r"[/\\]", member.name) or ":" in member.name[:3]:
            raise FileNotAccepted.because("The archive holds a path that leads outside itself.")


_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def safe_name(name: str, kind: str) -> str:
    """A name that is harmless on every computer: without path or invisible characters, and with the ending of its kind."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    clean = "".join(c for c in last if unicodedata.category(c) not in _INVISIBLE)
    clean = re.sub(r'[<>:"|?*]+', "_", clean)
    clean = re.sub(r"\s+", " ", clean).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    endings = {"jpg": ("jpg", "jpeg"), "tif": ("tif", "tiff")}.get(kind, (kind,))
    if not dot or ending.lower() not in endings:
        stem = clean
    stem = stem[:MOST_NAME].strip(" .") or "document"
    if stem.upper() in {"CON", "PRN", "AUX", "NUL", *(f"COM{i}" for i in range(10)), *(f"LPT{i}" for i in range(10))}:
        stem = f"{stem}_"
    return f"{stem}.{kind}"
