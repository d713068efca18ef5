"""A backup's file: a ZIP with the database as `pg_dump` writes it, every stored file under its key, and what it is.

Any tool opens it; each entry has a checksum; nothing is ever whole in memory, however large.
"""

import json
import os
import zipfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from app.operations.said import Stopped

DUMP, ABOUT, STORE = "database.dump", "about.json", "store/"
PIECE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class About:
    """What a backup is: read before anything is restored from it."""

    made_at: str
    cobid: str
    migration: str
    postgresql: int
    files: int
    format: int = 1


class Archive:
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    @contextmanager
    def adding(self, name: str) -> Iterator[IO[bytes]]:
        """What is dumped is compressed already, and so are most files."""
        with self._file.open(zipfile.ZipInfo(name), "w", force_zip64=True) as out:
            yield out

    def describe(self, about: About) -> None:
        self._file.writestr(ABOUT, json.dumps(asdict(about), indent=2))

    def about(self) -> About:
        return About(**json.loads(self._file.read(ABOUT)))

    def listed(self) -> Iterator[str]:
        """Of the stored files."""
        return (name.removeprefix(STORE) for name in self._file.namelist() if name.startswith(STORE))

    def pieces(self, name: str) -> Iterator[bytes]:
        with self._file.open(name) as stream:
            while piece := stream.read(PIECE):
                yield piece

    async def read(self, key: str) -> AsyncIterator[bytes]:
        """A stored file by its key, in pieces; FileNotFoundError where it is not in the backup."""
        try:
            self._file.getinfo(STORE + key)
        except KeyError:
            raise FileNotFoundError(key) from None
        for piece in self.pieces(STORE + key):
            yield piece


@contextmanager
def writing(path: Path) -> Iterator[Archive]:
    """A new backup: it is there under its name once it is whole, and not readable for others."""
    partial = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as error:
        raise Stopped(f"{path} cannot be written: {error.strerror}.") from None
    try:
        with os.fdopen(descriptor, "w+b") as out:
            with zipfile.ZipFile(out, "w") as file:
                yield Archive(file)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


@contextmanager
def reading(path: Path) -> Iterator[Archive]:
    """Stopped where it is no backup, or not whole: every checksum is computed first."""
    try:
        with zipfile.ZipFile(path) as file:
            if damaged := file.testzip():
                raise Stopped(f"{path} is damaged at '{damaged}'. Take another backup.")
            archive = Archive(file)
            try:
                archive.about()
                file.getinfo(DUMP)
            except (KeyError, ValueError, TypeError):
                raise Stopped(f"{path} is no backup made by `cobid backup`.") from None
            yield archive
    except (zipfile.BadZipFile, OSError, EOFError) as error:
        raise Stopped(f"{path} cannot be read as a backup: {error}.") from None
