"""Open fonts for the PDF: FiraGO and Noto from packages that hold only data, and whatever a configured folder holds.

A PDF/UA or PDF/A file with a character that no font has cannot be made, so coverage is known before anything is set.
Only fonts with TrueType outlines in files of their own are taken: collections and colour fonts fail validation.
"""

import os
import re
import struct
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from unicodedata import category

BUNDLED = (
    "figo", "figbo", "figit", "figbi", "notos", "notosbo", "notosit", "notosbi", "fimo", "fimbo", "symbol2", "symbol1",
    "math", "music",
)  # fmt: skip
"""FiraGO, Noto Sans, Fira Mono, Noto Sans Symbols 2 and 1, Math, Music: all under the SIL Open Font Licence."""

OTHERS = (
    ("manimgx-fonts", "", r"(?!NotoSans(\[|-|Symbols\[)).*\.ttf"),
    ("fontpkg-hind-siliguri", "files", r"HindSiliguri-(Regular|Bold)\.ttf"),
)
"""Packages of fonts under the same licence, the folder in them, and the files that are taken.

Noto Sans, as variable fonts, for Armenian, Bengali, Burmese, Ethiopic, Gujarati, Gurmukhi, Kannada, Khmer, Lao,
Malayalam, Oriya, Sinhala, Tamil and Telugu, and Noto Emoji in black and white. Hind Siliguri comes before it for
Bengali: it joins letters without moving their marks up or down. Letters whose marks are moved appear twice in the text
that is copied and read aloud from a PDF of Typst 0.15, as they still do in Khmer.
"""
_PACKAGES = ("pymupdf-fonts", *(name for name, _, _ in OTHERS))
CJK = ("/usr/share/fonts-droid-fallback/truetype", "/usr/share/fonts/google-droid-sans-fonts")
"""Where Debian and Fedora put Droid Sans Fallback (Chinese, Japanese, Korean; TrueType; Apache 2.0)."""

BODY = ("FiraGO", "Noto Sans", "Noto Sans Symbols2", "Noto Sans Symbols", "Noto Sans Math", "Noto Music")
MONO = ("Fira Mono", *BODY)

VISIBLE_SUBSTITUTE = "□"
_IGNORABLE = frozenset([0x00AD, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0xFE00, 0xFE10)])
"""Characters without a shape of their own: dropped silently where no font knows them."""


@dataclass(frozen=True, slots=True)
class Fonts:
    folders: tuple[str, ...]
    covered: frozenset[int]
    families: tuple[str, ...]
    """All families found, asked in this order after those of `BODY`."""

    def missing(self, value: str) -> set[str]:
        """The characters that no font can show. Some fonts claim to show control characters, and draw nothing."""
        shown = "\n\t "
        return {c for c in set(value) if c not in shown and (ord(c) not in self.covered or category(c) == "Cc")}


@cache
def load(folder: str | None = None) -> Fonts:
    """The fonts that come with the service, written once to a folder of this user's, and those of `folder`."""
    covered: set[int] = set()
    families: list[str] = []
    folders = (_own_folder(), *extra_folders(folder))
    for path in folders:
        for file in _files(path):
            data = file.read_bytes()
            covered |= characters(data)
            families.extend(_families(data))
    return Fonts(folders, frozenset(covered), tuple(dict.fromkeys(families)))


def extra_folders(folder: str | None) -> tuple[str, ...]:
    """The configured folder. Without one, the system's folder of a font for Chinese, Japanese and Korean, if any."""
    return tuple(path for path in ((folder,) if folder else CJK) if Path(path).is_dir())


@cache
def fingerprint(folder: str | None = None) -> str:
    """Names the set of fonts, by names and sizes of their files: with other fonts, documents are rendered again."""
    own = [f"{name} {version(name)}" for name in _PACKAGES]
    return "\n".join(own + [f"{f.name} {f.stat().st_size}" for path in extra_folders(folder) for f in _files(path)])


def _files(path: str) -> list[Path]:
    return [file for file in sorted(Path(path).rglob("*")) if file.suffix.lower() in (".ttf", ".otf")]


def _own_folder() -> str:
    """A folder of this user's with all fonts that come with the service, so that each family is there once."""
    owner = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / "-".join(["cobid-fonts", str(owner), *(version(p) for p in _PACKAGES)])
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != owner:
        folder = Path(tempfile.mkdtemp(prefix="cobid-fonts-"))
    for name, data in _own_fonts():
        file = folder / name
        if not file.exists() or file.stat().st_size != len(data):
            partial = file.with_suffix(f".{os.getpid()}")
            partial.write_bytes(data)
            partial.replace(file)
    return str(folder)


def _own_fonts() -> Iterator[tuple[str, bytes]]:
    import pymupdf_fonts

    for name in BUNDLED:
        yield f"{name}.ttf", bytes(pymupdf_fonts.myfont(name))
    for package, inside, wanted in OTHERS:
        for found in (files(package.replace("-", "_")) / inside).iterdir():
            if re.fullmatch(wanted, found.name):
                yield found.name, found.read_bytes()


def characters(font: bytes) -> set[int]:
    """Code points in a font's `cmap` (formats 4 and 12, which every font of today carries)."""
    table = _tables(font).get(b"cmap")
    if table is None:
        return set()
    count = struct.unpack_from(">H", table, 2)[0]
    found: set[int] = set()
    for index in range(count):
        offset = struct.unpack_from(">HHI", table, 4 + 8 * index)[2]
        kind = struct.unpack_from(">H", table, offset)[0]
        if kind == 4:
            found |= _format_4(table, offset)
        elif kind == 12:
            for group in range(struct.unpack_from(">I", table, offset + 12)[0]):
                first, last, _ = struct.unpack_from(">III", table, offset + 16 + 12 * group)
                found.update(range(first, min(last, 0x10FFFF) + 1))
    return found


def _format_4(table: bytes, offset: int) -> set[int]:
    segments = struct.unpack_from(">H", table, offset + 6)[0] // 2
    ends = struct.unpack_from(f">{segments}H", table, offset + 14)
    starts = struct.unpack_from(f">{segments}H", table, offset + 16 + 2 * segments)
    deltas = struct.unpack_from(f">{segments}H", table, offset + 16 + 4 * segments)
    ranges_at = offset + 16 + 6 * segments
    ranges = struct.unpack_from(f">{segments}H", table, ranges_at)
    found: set[int] = set()
    for index, (start, end, delta, jump) in enumerate(zip(starts, ends, deltas, ranges, strict=True)):
        for code in range(start, end + 1):
            if code == 0xFFFF:
                continue
            if jump == 0:
                glyph = (code + delta) & 0xFFFF
            else:
                at = ranges_at + 2 * index + jump + 2 * (code - start)
                glyph = struct.unpack_from(">H", table, at)[0] if at + 2 <= len(table) else 0
            if glyph:
                found.add(code)
    return found


def _tables(font: bytes) -> dict[bytes, bytes]:
    if font[:4] not in (b"\x00\x01\x00\x00", b"OTTO", b"true"):
        return {}
    count = struct.unpack_from(">H", font, 4)[0]
    found = {}
    for index in range(count):
        tag, _, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * index)
        found[tag] = font[offset : offset + length]
    return found


def _families(font: bytes) -> list[str]:
    """The typographic family (name 16), else the family (name 1), in the Windows encoding."""
    table = _tables(font).get(b"name")
    if table is None:
        return []
    count, strings = struct.unpack_from(">HH", table, 2)
    names: dict[int, str] = {}
    for index in range(count):
        platform, _, _, name, length, offset = struct.unpack_from(">6H", table, 6 + 12 * index)
        if platform == 3 and name in (1, 16):
            names.setdefault(name, table[strings + offset : strings + offset + length].decode("utf-16-be", "replace"))
    return [names[key] for key in (16, 1) if key in names][:1]


def substitute(value: str, fonts: Fonts) -> tuple[str, list[str]]:
    """The text as it can be set, and the characters that had to be replaced, each as often as it occurs."""
    if not fonts.missing(value):
        return value, []
    replaced: list[str] = []
    out: list[str] = []
    for character in value:
        if ord(character) in fonts.covered or character in "\n\t ":
            out.append(character)
        elif ord(character) not in _IGNORABLE:
            out.append(VISIBLE_SUBSTITUTE)
            replaced.append(character)
    return "".join(out), replaced


def families(fonts: Fonts, first: str) -> Sequence[str]:
    return list(dict.fromkeys([first, *BODY, *fonts.families]))


def mono_families(fonts: Fonts) -> Iterable[str]:
    return list(dict.fromkeys([*MONO, *fonts.families]))
