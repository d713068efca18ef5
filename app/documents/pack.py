"""The pack: everything of a bid in one BagIt bag (RFC 8493), streamed as a zip with its hashes written at the end."""

import hashlib
import io
import re
import zipfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from app.documents.zipped import member

BAGIT = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"


@dataclass(frozen=True, slots=True)
class Item:
    """A file of the bag: `path` within `data/`, its size, and how to get its bytes. `sha256` where it is known."""

    path: str
    size: int
    open: Callable[[], AsyncIterator[bytes]]
    sha256: str | None = None


class BrokenFile(RuntimeError):
    """A stored file is not what was attached. The pack breaks off here, so that nobody takes it for complete."""


def of_bytes(path: str, data: bytes) -> Item:
    async def once() -> AsyncIterator[bytes]:
        yield data

    return Item(path, len(data), once, hashlib.sha256(data).hexdigest())


def unique_paths(items: Sequence[Item]) -> list[Item]:
    """Numbers files that share a name: a zip may not hold a path twice, not even in another case."""
    taken: set[str] = set()
    found = []
    for item in items:
        stem, dot, ending = item.path.rpartition(".")
        path, number = item.path, 2
        while path.lower() in taken:
            path, number = f"{stem} ({number}){dot}{ending}", number + 1
        taken.add(path.lower())
        found.append(Item(path, item.size, item.open, item.sha256))
    return found


def split(items: Sequence[Item], most_bytes: int) -> list[list[Item]]:
    """Bags of at most so many bytes, in order: the bid's own files come first and stay together where they fit.

    A single file larger than the limit gets a bag of its own: it cannot be made smaller here, and is not left out.
    """
    bags: list[list[Item]] = [[]]
    size = 0
    for item in items:
        if bags[-1] and size + item.size > most_bytes:
            bags.append([])
            size = 0
        bags[-1].append(item)
        size += item.size
    return bags


async def bag(folder: str, items: Sequence[Item], info: Sequence[tuple[str, str]]) -> AsyncIterator[bytes]:
    """The zip, piece by piece, with one chunk in memory at a time. `folder` is the bag's own name."""
    sink = _Sink()
    manifest: list[str] = []
    size = 0
    with zipfile.ZipFile(sink, "w") as target:
        for item in items:
            digest = hashlib.sha256()
            head = member(f"{folder}/data/{item.path}", stored=True)
            with target.open(head, "w", force_zip64=item.size > 2**31) as entry:
                async for chunk in item.open():
                    digest.update(chunk)
                    size += len(chunk)
                    entry.write(chunk)
                    if piece := sink.drain():
                        yield piece
            if item.sha256 and digest.hexdigest() != item.sha256:
                raise BrokenFile(item.path)
            manifest.append(f"{digest.hexdigest()}  data/{_encoded(item.path)}\n")
        tags = {
            "bagit.txt": BAGIT,
            "bag-info.txt": "".join(
                f"{k}: {_one_line(v)}\n" for k, v in [*info, ("Payload-Oxum", f"{size}.{len(items)}")]
            ),
            "manifest-sha256.txt": "".join(manifest),
        }
        for name, content in tags.items():
            target.writestr(member(f"{folder}/{name}"), content)
        listed = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in tags.items())
        target.writestr(member(f"{folder}/tagmanifest-sha256.txt"), listed)
    if piece := sink.drain():
        yield piece


def _encoded(path: str) -> str:
    """A path with line ends and per cent signs written as their codes (RFC 8493, section 2.1.3)."""
    return path.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D")


def _one_line(value: str) -> str:
    return re.sub(r"\s+", " ", value).strip()


class _Sink(io.RawIOBase):
    """Where zipfile writes. It cannot seek, so sizes follow each member; `drain` takes out what was written so far."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: object) -> int:
        piece = bytes(data)  # type: ignore[call-overload]
        self._held.append(piece)
        return len(piece)

    def drain(self) -> bytes:
        piece, self._held = b"".join(self._held), []
        return piece
