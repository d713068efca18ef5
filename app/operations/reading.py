"""A file that an operator names: on the disk, at an address, or on standard input."""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.operations.said import Stopped

PATIENCE = 60.0
"""Seconds in which a server has to send something more."""


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """The bytes of it. What an address gives is kept in a temporary file first, so that a slow server holds nothing."""
    if name == "-":
        yield sys.stdin.buffer
    elif name.startswith(("http://", "https://")):
        with tempfile.TemporaryFile() as kept:
            _fetch(name, kept)
            kept.seek(0)
            yield kept
    else:
        with Path(name).open("rb") as file:
            yield file


@contextmanager
def to_the_end(name: str) -> Iterator[None]:
    """Says in words where it breaks off, whatever reads it; what came before is the caller's to keep."""
    try:
        yield
    except (json.JSONDecodeError, UnicodeDecodeError, EOFError, OSError) as error:
        raise Stopped(f"{name} cannot be read to its end: {error}. What came before is kept.") from None


def _fetch(address: str, into: IO[bytes]) -> None:
    import httpx

    try:
        with httpx.stream("GET", address, follow_redirects=True, timeout=PATIENCE) as answer:
            answer.raise_for_status()
            for chunk in answer.iter_bytes():
                into.write(chunk)
    except httpx.HTTPError as error:
        raise OSError(str(error) or type(error).__name__) from error
