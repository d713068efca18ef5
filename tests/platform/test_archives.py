"""An archive whose headers and directory say different things is found out before a byte is inflated."""

import io
import struct
import zipfile
from typing import IO, Any

import pytest

from app.platform.archives import Contradictory, check_headers

LARGE = b"x" * 5_000_000


def check(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_headers(io.BytesIO(content), archive.infolist())


def packed(out: IO[bytes] | None = None, **options: Any) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(out or made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (("a.txt", LARGE), ("folder/", b""), ("dŵr.txt", b"y")):
            with archive.open(name, "w", **options) as member:
                member.write(content)
    return made.getvalue()


class Stream(io.RawIOBase):
    """Where nobody can go back to write sizes before a member: they follow it."""

    def __init__(self) -> None:
        self.content = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.content += bytes(data)
        return len(data)


def streamed(**options: Any) -> bytes:
    out = Stream()
    packed(out, **options)  # type: ignore[arg-type]
    return bytes(out.content)


HONEST = [packed(), packed(force_zip64=True), streamed(), streamed(force_zip64=True)]


@pytest.mark.parametrize("content", HONEST, ids=["plain", "long sizes", "streamed", "streamed with long sizes"])
def test_an_archive_as_programs_write_it_is_taken(content: bytes) -> None:
    check(content)


def liar(content: bytes, at: int, format_: str, value: int) -> bytes:
    """With another number in the directory's first entry."""
    changed = bytearray(content)
    struct.pack_into(format_, changed, content.index(b"PK\x01\x02") + at, value)
    return bytes(changed)


@pytest.mark.parametrize("content", [HONEST[0], HONEST[2]], ids=["plain", "streamed"])
@pytest.mark.parametrize("at", [16, 20, 24], ids=["checksum", "packed size", "unpacked size"])
def test_a_directory_that_says_other_numbers_than_the_member_is_found_out(content: bytes, at: int) -> None:
    with pytest.raises(Contradictory):
        check(liar(content, at, "<L", 1000))


def test_a_member_of_two_names_or_two_kinds_is_found_out() -> None:
    for content in (HONEST[0].replace(b"a.txt", b"a.exe", 1), liar(HONEST[0], 10, "<H", zipfile.ZIP_STORED)):
        with pytest.raises(Contradictory):
            check(content)


def test_members_that_share_their_bytes_are_found_out() -> None:
    with pytest.raises(Contradictory):
        check(liar(HONEST[0], 42, "<L", HONEST[0].index(b"PK\x03\x04", 4)))


def test_a_member_that_the_directory_does_not_name_is_found_out() -> None:
    hidden = io.BytesIO()
    with zipfile.ZipFile(hidden, "w") as archive:
        archive.writestr("run.exe", b"MZ" * 40)
        archive.writestr("a.txt", b"hello")
    content = hidden.getvalue()
    begin = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", begin + 4)
    end = bytearray(content[content.index(b"PK\x05\x06") :])
    struct.pack_into("<HHLL", end, 8, 1, 1, len(content) - len(end) - second, begin)
    content = content[:begin] + content[second : len(content) - len(end)] + bytes(end)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == ["a.txt"]
    with pytest.raises(Contradictory):
        check(content)
