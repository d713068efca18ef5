"""Makes one snapshot of a section's log, in a separate process, so that nobody who types feels it.

The log is loaded into a document, and the whole state of that is one update (to merge the log's updates would be
quadratic). The snapshot is loaded again before it is believed: unless it gives the same text, the log stays as it is.
"""

import asyncio
import contextlib
import pickle
import resource
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from app.bid.text.live import document
from app.bid.text.live.shape import Shape
from app.bid.text.live.updates import StateVector, read_state_vector
from app.platform.richtext import yjs

_MEMORY = 1_500_000_000
"""Address space of the separate process, in bytes."""
_SECONDS = 60
_ROOT = Path(__file__).parents[4]
_LENGTH = struct.Struct("<Q")


class NotCompacted(Exception):
    """There is no snapshot that gives the text of the log. Some client wrote what no editor writes, or the separate
    process failed."""


def compact(logged: Sequence[bytes]) -> tuple[bytes, bytes]:
    """Makes the snapshot of a log and its shape. Raises `NotCompacted`, or whatever the CRDT library raises."""
    doc = document.load(logged)
    snapshot = doc.get_update()
    again = document.load([snapshot])
    if _state_vector(again) != _state_vector(doc) or yjs.read(again) != yjs.read(doc):
        raise NotCompacted("the snapshot differs from its log")
    return snapshot, Shape.of(snapshot).to_bytes()


def _state_vector(doc: yjs.Shared) -> StateVector:
    """As a dictionary, because its bytes can list the same clients in any order."""
    return read_state_vector(doc.get_state())


class Compactor:
    """One separate process, started when it is first needed. It ends with its input, so it never outlives this one."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def compact(self, logged: Sequence[bytes]) -> tuple[bytes, bytes]:
        """Like the function `compact`, in the separate process. Raises `NotCompacted`."""
        async with self._turn:
            try:
                async with asyncio.timeout(_SECONDS):
                    return await self._ask(list(logged))
            except (TimeoutError, OSError, EOFError, asyncio.IncompleteReadError) as failure:
                self.stop()
                raise NotCompacted("the separate process died of it, or took too long") from failure

    async def _ask(self, logged: list[bytes]) -> tuple[bytes, bytes]:
        process = self._process
        if process is None or process.returncode is not None:
            process = self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                __name__,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                cwd=_ROOT,
            )
        assert process.stdin is not None and process.stdout is not None
        question = pickle.dumps(logged)
        process.stdin.write(_LENGTH.pack(len(question)) + question)
        await process.stdin.drain()
        (length,) = _LENGTH.unpack(await process.stdout.readexactly(_LENGTH.size))
        answer = pickle.loads(await process.stdout.readexactly(length))  # noqa: S301 - from our own process
        if isinstance(answer, str):
            raise NotCompacted(answer)
        return answer  # type: ignore[no-any-return]

    def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process = None


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """The separate process: compacts each log that it is handed, until its input ends."""
    while head := questions.read(_LENGTH.size):
        logged = pickle.loads(questions.read(*_LENGTH.unpack(head)))  # noqa: S301 - from our own parent
        answer: tuple[bytes, bytes] | str
        try:
            answer = compact(logged)
        except BaseException as failure:  # pycrdt's panics are no Exception
            answer = str(failure)[:200] or type(failure).__name__
        content = pickle.dumps(answer)
        answers.write(_LENGTH.pack(len(content)) + content)
        answers.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    serve(sys.stdin.buffer, sys.stdout.buffer)
