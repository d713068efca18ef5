"""Whether a zip archive is what its directory says, judged before a byte is inflated.

An archive describes each member twice: in the directory at its end, which libraries read, and in a header before the
member's bytes, which other programs go by. An archive in which the two differ looks harmless here and is not elsewhere.
"""

import struct
import zipfile
from collections.abc import Sequence
from typing import IO

_LOCAL = struct.Struct("<4s5H3L2H")
_SIGNED, _DESCRIPTOR = b"PK\x03\x04", b"PK\x07\x08"
_UTF_8, _SIZES_FOLLOW, _ZIP64 = 0x800, 0x8, 0xFFFFFFFF


class Contradictory(ValueError):
    """The archive's headers say other things than its directory."""


def check_headers(file: IO[bytes], members: Sequence[zipfile.ZipInfo]) -> None:
    """Raises `Contradictory` unless each member's own header says what the directory says of it, and no two overlap or hide
    a third between them."""
    file.seek(0, 2)
    size, reached = file.tell(), 0
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset < reached:
            raise Contradictory("two members share their bytes")
        _check_gap(file, reached, member.header_offset)
        reached = _check_member(file, member)
        if reached > size:
            raise Contradictory("a member ends behind the archive")
    _check_gap(file, reached, size)


def _check_gap(file: IO[bytes], begin: int, end: int) -> None:
    """What lies between members is not read by who goes by the directory; a member there is hidden from it."""
    if end - begin >= _LOCAL.size:
        file.seek(begin)
        if file.read(4) == _SIGNED:
            raise Contradictory("a member is not in the directory")


def _check_member(file: IO[bytes], member: zipfile.ZipInfo) -> int:
    """Answers where the member ends."""
    file.seek(member.header_offset)
    try:
        signed, _, flags, method, _, _, check, packed, unpacked, name_length, more = _LOCAL.unpack(
            file.read(_LOCAL.size)
        )
    except struct.error as error:
        raise Contradictory("a header is cut off") from error
    name, extra = file.read(name_length), file.read(more)
    end: int = member.header_offset + _LOCAL.size + name_length + more + member.compress_size
    if signed != _SIGNED or method != member.compress_type or (flags ^ member.flag_bits) & 1:
        raise Contradictory("a header is of another kind")
    if name.decode("utf-8" if flags & _UTF_8 else "cp437", "replace") != member.orig_filename:
        raise Contradictory("a member has two names")
    meant = (member.CRC, member.compress_size, member.file_size)
    if _ZIP64 in (packed, unpacked):
        packed, unpacked = _large_sizes(extra, packed, unpacked)
    if flags & _SIZES_FOLLOW:
        if (packed, unpacked) not in ((0, 0), meant[1:]):
            raise Contradictory("a header gives other sizes")
        return end + _check_descriptor(file, end, meant)
    if (check, packed, unpacked) != meant:
        raise Contradictory("a header gives other sizes")
    return end


def _large_sizes(extra: bytes, packed: int, unpacked: int) -> tuple[int, int]:
    """The sizes of a large member, which stand in its extra field: unpacked first."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            numbers = [number for (number,) in struct.iter_unpack("<Q", field[: len(field) // 8 * 8])]
            if unpacked == _ZIP64 and numbers:
                unpacked = numbers.pop(0)
            if packed == _ZIP64 and numbers:
                packed = numbers.pop(0)
            break
        at += 4 + length
    return packed, unpacked


def _check_descriptor(file: IO[bytes], at: int, meant: tuple[int, int, int]) -> int:
    """The sizes that follow a member whose header could not know them: with a signature or without, short or long.
    Answers how many bytes they take."""
    file.seek(at)
    found = file.read(24)
    start = 4 if found.startswith(_DESCRIPTOR) else 0
    for form in ("<LLL", "<LQQ"):
        length = struct.calcsize(form)
        if len(found) >= start + length and struct.unpack_from(form, found, start) == meant:
            return start + length
    raise Contradictory("what follows a member gives other sizes")
