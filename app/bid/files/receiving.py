"""Receives a multipart upload over HTTP as a stream: into a temporary file, hashed on the way, never whole in memory."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass, field
from email.message import Message
from typing import IO, Any

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser
from starlette.requests import Request

from app.bid.files.rules import ArchiveMember, FileFacts, FileNotAccepted, judge_archive, kind_of, safe_name
from app.platform import archives
from app.platform.access.errors import Fault, Invalid
from app.platform.web.body import chunks
from app.platform.web.problems import BodyTooLarge, Unreadable

HEAD = 64 * 1024
MOST_FIELD = 20_000
MOST_FIELDS = 40
CHUNK = 1024 * 1024


@dataclass
class Received:
    """A file that came in and is still in its temporary place. Close it when you have done with it."""

    file: IO[bytes]
    name: str = ""
    size: int = 0
    sha256: str = ""
    kind: str = ""
    fields: dict[str, list[str]] = field(default_factory=dict)

    async def chunks(self) -> AsyncIterator[bytes]:
        self.file.seek(0)
        while chunk := self.file.read(CHUNK):
            yield chunk

    @property
    def facts(self) -> FileFacts:
        return FileFacts(self.name, self.kind, self.size, self.sha256)

    def fingerprint(self) -> bytes:
        """What came in, the same whatever boundary divided its parts."""
        return json.dumps([self.name, self.sha256, self.fields], sort_keys=True).encode()

    def close(self) -> None:
        self.file.close()


async def receive(request: Request, limit: int, folder: str) -> Received:
    """The one part named `file`, and its text fields. 413 beyond `limit`, 400 where it is no multipart."""
    boundary = _boundary(request.headers.get("content-type", ""))
    received = Received(tempfile.TemporaryFile(dir=folder))  # noqa: SIM115 (closed by whoever receives it)
    parts = _Parts(received, limit)
    parser = MultipartParser(boundary, parts.callbacks(), max_size=limit + 100_000)
    try:
        async with aclosing(chunks(request)) as arriving:
            async for chunk in arriving:
                parser.write(chunk)
        parser.finalize()
        parts.finish()
    except MultipartParseError as error:
        received.close()
        raise Unreadable(f"The multipart body cannot be read: {error}.") from error
    except BaseException:
        received.close()
        raise
    return received


def _boundary(content_type: str) -> bytes:
    message = Message()
    message["content-type"] = content_type
    found = message.get_boundary()
    if not found:
        raise Unreadable("The header Content-Type names no boundary between the parts.")
    return found.encode("latin-1", "replace")


def _as_meant(name: str) -> str:
    """The name without the three escapes that browsers write in a form (WHATWG HTML, multipart/form-data)."""
    return name.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


class _Parts:
    """What the parser calls for each part."""

    def __init__(self, received: Received, limit: int) -> None:
        self.received, self.limit = received, limit
        self.hash = hashlib.sha256()
        self.head = b""
        self.seen = False
        self._header: list[bytes] = [b"", b""]
        self._part: dict[str, str] = {}
        self._text: bytearray | None = None

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._grow(0, data[start:end]),
            "on_header_value": lambda data, start, end: self._grow(1, data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": lambda data, start, end: self._data(data[start:end]),
            "on_part_end": self._end,
        }

    def _begin(self) -> None:
        self._part, self._text = {}, None

    def _grow(self, which: int, data: bytes) -> None:
        self._header[which] += data
        if len(self._header[which]) > MOST_FIELD:
            raise Unreadable("A header of a part is too long.")

    def _header_end(self) -> None:
        name, value = (part.decode("utf-8", "replace") for part in self._header)
        self._header = [b"", b""]
        if name.strip().lower() == "content-disposition":
            message = Message()
            message["content-disposition"] = value
            self._part = {
                "name": str(message.get_param("name", "", "content-disposition")),
                "filename": _as_meant(message.get_filename("") or ""),
                "is_file": "yes" if "filename" in value.lower() else "",
            }

    def _headers_finished(self) -> None:
        if self._part.get("is_file"):
            if self._part["name"] != "file" or self.seen:
                raise Invalid.at("/file", "one-file", "Send one file, in the part named 'file'.")
            self.seen = True
            self.received.name = self._part["filename"]
        else:
            if len(self.received.fields) >= MOST_FIELDS:
                raise Invalid.at("/", "too-many-fields", "There are too many fields.")
            self._text = bytearray()

    def _data(self, data: bytes) -> None:
        if self._text is not None:
            self._text += data
            if len(self._text) > MOST_FIELD:
                raise Invalid.at(f"/{self._part.get('name', '')}", "too-long", "This field is too long.")
            return
        self.received.size += len(data)
        if self.received.size > self.limit:
            raise BodyTooLarge(f"A file may have at most {self.limit:,} bytes. Split it, or make its pictures smaller.")
        self.hash.update(data)
        if len(self.head) < HEAD:
            self.head += data[: HEAD - len(self.head)]
        self.received.file.write(data)

    def _end(self) -> None:
        if self._text is not None:
            try:
                value = self._text.decode("utf-8")
            except UnicodeDecodeError as error:
                raise Unreadable("A field is not UTF-8.") from error
            self.received.fields.setdefault(self._part.get("name", ""), []).append(value)

    def finish(self) -> None:
        if not self.seen:
            raise Invalid(errors=[Fault("/file", "missing", "Send the file in the part named 'file'.")])
        if not self.received.size:
            raise FileNotAccepted.because("The file is empty.")
        members = _directory(self.received.file) if self.head.startswith(b"PK\x03\x04") else None
        if members is not None:
            judge_archive(members)
        names = None if members is None else [member.name for member in members]
        whole = self.received.size <= len(self.head)
        self.received.kind = kind_of(self.head, self.received.name, names, whole=whole)
        self.received.name = safe_name(self.received.name, self.received.kind)
        self.received.sha256 = self.hash.hexdigest()


def _directory(file: IO[bytes]) -> list[ArchiveMember]:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            archives.check_headers(file, archive.infolist())
            return [
                ArchiveMember(info.filename, info.compress_size, info.file_size, bool(info.flag_bits & 1))
                for info in archive.infolist()
            ]
    except archives.Contradictory as error:
        raise FileNotAccepted.because(
            "The archive contradicts itself: before its files it says other things than in its directory. Pack it anew."
        ) from error
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise FileNotAccepted.because("The archive is damaged: its directory cannot be read.") from error
