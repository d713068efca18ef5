"""What may be attached: the kind by the content, a safe name, and archives that are judged before a byte is inflated."""

import mimetypes
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
    title = "There is no room for another file of yours"
    explanation = (
        "Your organisation's files in this bid take all the room that one partner has. Delete some that are no longer "
        "needed, attach a smaller one, or ask the operator to raise the limits."
    )


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


def kind_of(head: bytes, name: str, members: Iterable[str] | None, *, whole: bool) -> str:
    """The kind by the first bytes and, for an archive, its directory. The name decides between txt and csv only.

    `whole`: the file has no more bytes than these. FileNotAccepted for any other kind, and where the name says another.
    """
    kind = _kind_of_content(head, name, members, whole=whole)
    ending = name.rpartition(".")[2].lower()
    said = _MEDIA_TYPES.get(ending) if "." in name else None
    if said is not None and said != KINDS[kind]:
        raise FileNotAccepted.because(
            f"Its name ends in '.{ending}', but its content is that of a .{kind} file. If it is the right file, "
            f"give it a name that ends in '.{kind}' and attach it again."
        )
    return kind


_PROGRAMS = ("bat", "cmd", "com", "exe", "jar", "msi", "ps1", "scr", "vbs", "docm", "xlsm", "pptm")
_MEDIA_TYPES = {
    **{ending.removeprefix("."): media for ending, media in mimetypes.MimeTypes().types_map[True].items()},
    **dict.fromkeys(_PROGRAMS, "application/octet-stream"),
    **KINDS,
    "jpeg": KINDS["jpg"],
    "tiff": KINDS["tif"],
    "md": "text/markdown",
    "rtf": "application/rtf",
}
"""What a name's ending says that the file is. `report.final` says nothing."""


def _kind_of_content(head: bytes, name: str, members: Iterable[str] | None, *, whole: bool) -> str:
    if head.lstrip(_BEFORE_PDF).startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head[:4] in (b"II*\x00", b"MM\x00*"):
        return "tif"
    if head.startswith(b"PK\x03\x04") and members is not None:
        return _kind_of_archive(head, set(members))
    is_csv = name.lower().endswith(".csv")
    if _is_text(head, whole=whole) or (is_csv and _is_windows_text(head)):
        return "csv" if is_csv else "txt"
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


_BEFORE_PDF = b"\xef\xbb\xbf\r\n\t \x00"
"""A byte order mark and blank lines, which some programs write before a PDF and every reader passes over."""


def _is_text(head: bytes, *, whole: bool) -> bool:
    """Whether it is UTF-8 and plain. Where there are more bytes, the last character may be cut off."""
    try:
        return _is_plain(head.decode("utf-8"))
    except UnicodeDecodeError as error:
        return not whole and error.start >= len(head) - 3 and _is_plain(head[: error.start].decode("utf-8"))


def _is_windows_text(head: bytes) -> bool:
    """Whether it is plain text in Windows-1252, in which Excel saves 'CSV (comma delimited)'."""
    try:
        return _is_plain(head.decode("cp1252"))
    except UnicodeDecodeError:
        return False


def _is_plain(text: str) -> bool:
    """Whether it has no control characters, and nothing that a browser might take for a page."""
    if not text or any(ord(c) < 32 and c not in "\t\n\r\f" for c in text):
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
    clean = re.sub(r"[<>:|?*]+", "_", clean.replace('"', "'"))
    clean = re.sub(r"\s+", " ", clean).strip(" .")
    stem, dot, ending = clean.rpartition(".")
    endings = {"jpg": ("jpg", "jpeg"), "tif": ("tif", "tiff")}.get(kind, (kind,))
    if not dot or ending.lower() not in endings:
        stem = clean
    stem = stem[:MOST_NAME].strip(" .") or "document"
    if stem.upper() in {"CON", "PRN", "AUX", "NUL", *(f"COM{i}" for i in range(10)), *(f"LPT{i}" for i in range(10))}:
        stem = f"{stem}_"
    return f"{stem}.{kind}"
