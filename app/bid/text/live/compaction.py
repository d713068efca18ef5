"""Makes one snapshot of a section's log, in a process beside, so that nobody who types feels it.

The log is loaded into a document, whose whole state is then one update (merging the log's updates would be quadratic).
The snapshot is loaded again before it is believed: it must give the same text, or else the log is kept as it is.
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

from pycrdt import Doc, XmlFragment

from app.bid.text.live.shape import Shape
from app.bid.text.live.updates import State, read_state
from app.platform.richtext import yjs

_MEMORY = 1_500_000_000
"""Address space of the process beside, in bytes."""
_SECONDS = 60
_ROOT = Path(__file__).parents[4]
_LENGTH = struct.Struct("<Q")


class Unequal(Exception):
    """The snapshot does not give the text that the log gives. Some client wrote what no editor writes."""


def squeeze(logged: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The snapshot of a log and its shape. Raises `Unequal`, or whatever the library raises."""
    doc = _load(logged)
    snapshot = doc.get_update()
    again = _load([snapshot])
    if _held(again) != _held(doc) or yjs.read(again) != yjs.read(doc):
        raise Unequal("the snapshot differs from its log")
    return snapshot, Shape.of(snapshot).to_bytes()


def _held(doc: Doc[XmlFragment]) -> State:
    """The state vector. As bytes it says the same in any order."""
    return read_state(doc.get_state())


def _load(updates: Sequence[bytes]) -> Doc[XmlFragment]:
    doc: Doc[XmlFragment] = Doc()
    doc.get("default", type=XmlFragment)
    with doc.transaction():
        for update in updates:
            doc.apply_update(update)
    return doc


class Compactor:
    """One process beside, started when it is first needed. It ends when its input does, so it never outlives us."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def squeeze(self, logged: Sequence[bytes]) -> tuple[bytes, bytes]:
        """As `squeeze` does. Raises `Unequal`."""
        async with self._turn:
            try:
                async with asyncio.timeout(_SECONDS):
                    return await self._ask(list(logged))
            except (TimeoutError, OSError, EOFError, asyncio.IncompleteReadError) as failure:
                self.stop()
                raise Unequal("the process beside has died of it, or took too long") from failure

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
            raise Unequal(answer)
        return answer  # type: ignore[no-any-return]

    def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            self._process = None


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """The process beside: squeezes each log that it is handed, until there are no more."""
    while head := questions.read(_LENGTH.size):
        logged = pickle.loads(questions.read(*_LENGTH.unpack(head)))  # noqa: S301 - from our own parent
        answer: tuple[bytes, bytes] | str
        try:
            answer = squeeze(logged)
        except BaseException as failure:  # pycrdt's panics are no Exception
            answer = str(failure)[:200] or type(failure).__name__
        content = pickle.dumps(answer)
        answers.write(_LENGTH.pack(len(content)) + content)
        answers.flush()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    serve(sys.stdin.buffer, sys.stdout.buffer)
