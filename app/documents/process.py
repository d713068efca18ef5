"""Renders in processes of their own, with limits on time and memory: a nasty document disturbs nobody else.

Typst keeps some hundred megabytes and cannot be interrupted from within, so each process renders one document at a
time, is killed when it takes too long, cannot take more memory than its limit, and is replaced when it has grown.
The two sides speak pickle over pipes that only they hold: nothing from outside is ever unpickled.
"""

import asyncio
import contextlib
import pickle
import struct
import sys
from dataclasses import dataclass
from typing import Any

from app.documents.rendering import Job, Rendered, Stage, produce
from app.platform.access.errors import Conflict, Refusal

LENGTH = struct.Struct(">Q")


class TooLargeToLayOut(Conflict):
    code = "too-large-to-lay-out"
    title = "This document is too large or too intricate to lay out"
    explanation = (
        "Laying it out took more time or memory than this service allows for one document. The Markdown and JSON forms "
        "need no layout and can be had. Shorten very long tables and deeply nested lists, or ask the operator to "
        "raise RENDER_SECONDS or RENDER_MEMORY_MB."
    )


MOST_WAITING = 40
"""Documents that may wait for their turn; each holds its text in memory."""


class TooManyRenderings(Refusal):
    kind = "unavailable"
    code = "renderer-busy"
    title = "Many documents are being made just now"
    explanation = "Wait for the number of seconds in the header Retry-After, then ask again. What was begun goes on."


@dataclass(frozen=True, slots=True)
class Limits:
    seconds: float = 60.0
    memory_mb: int = 2048
    retire_mb: int = 700
    """A process that has grown beyond this is replaced after its answer."""


@dataclass(slots=True, eq=False)
class Turn:
    """How far one rendering has come. The pool writes it; whoever shows the progress reads it."""

    stage: Stage = "queued"


class RenderingProcess:
    """One child process, which serves one caller at a time: the pool sees to that."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._child: asyncio.subprocess.Process | None = None

    async def render(self, job: Job, turn: Turn) -> Rendered:
        child = await self._running()
        assert child.stdin and child.stdout
        turn.stage = "composing"
        try:
            async with asyncio.timeout(self.limits.seconds):
                message = pickle.dumps(job, protocol=pickle.HIGHEST_PROTOCOL)
                child.stdin.write(LENGTH.pack(len(message)) + message)
                await child.stdin.drain()
                while (answer := await _message(child.stdout))[0] == "stage":
                    turn.stage = answer[1]
        except (TimeoutError, asyncio.IncompleteReadError, ConnectionError) as error:
            await self.stop()
            raise TooLargeToLayOut from error
        except RecursionError as error:
            raise TooLargeToLayOut from error
        except BaseException:
            await self.stop()  # the next caller would read the rest of this answer
            raise
        kind, value, grown_mb = answer
        if grown_mb > self.limits.retire_mb:
            await self.stop()
        if kind == "memory":
            raise TooLargeToLayOut
        if kind == "error":
            raise RuntimeError(f"rendering failed: {value}")
        return value  # type: ignore[no-any-return]

    async def _running(self) -> asyncio.subprocess.Process:
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "app.documents.process", str(self.limits.memory_mb),
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**20,
            )  # fmt: skip
        return self._child

    async def stop(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
            await child.wait()


async def _message(source: asyncio.StreamReader) -> tuple[str, Any, int]:
    size = LENGTH.unpack(await source.readexactly(LENGTH.size))[0]
    return pickle.loads(await source.readexactly(size))  # type: ignore[no-any-return]  # noqa: S301 (our own child)


class Renderer:
    """A small pool of rendering processes, started when first needed."""

    def __init__(self, limits: Limits | None = None, processes: int = 1) -> None:
        self._limits = limits or Limits()
        self._all = [RenderingProcess(self._limits) for _ in range(processes)]
        self._line: list[Turn] = []
        self._idle: asyncio.Queue[RenderingProcess] = asyncio.Queue()
        for process in self._all:
            self._idle.put_nowait(process)

    async def render(self, job: Job, turn: Turn | None = None) -> Rendered:
        """The bytes; `TooLargeToLayOut` beyond the limits. Waits for its turn when all are at work."""
        self.check_room()
        turn = turn or Turn()
        self._line.append(turn)
        try:
            process = await self._idle.get()
        finally:
            self._line.remove(turn)
        try:
            return await process.render(job, turn)
        finally:
            self._idle.put_nowait(process)

    def check_room(self) -> None:
        """Refuses if too many wait already."""
        if len(self._line) >= MOST_WAITING:
            raise TooManyRenderings(retry_after=5)

    def before(self, turn: Turn) -> int:
        """How many wait before this one; those at work are not counted."""
        return self._line.index(turn) if turn in self._line else 0

    async def close(self) -> None:
        await asyncio.gather(*(process.stop() for process in self._all))


def main(memory_mb: int) -> None:
    """Runs the child process, which reads jobs until its parent is gone. Modules, fonts and layouts stay loaded."""
    import resource

    from app.documents import pdf

    pdf.warm()
    limit = memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # a stray print must not end up in the answer

    def send(kind: str, value: Any) -> None:
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        message = pickle.dumps((kind, value, grown), protocol=pickle.HIGHEST_PROTOCOL)
        sink.write(LENGTH.pack(len(message)) + message)
        sink.flush()

    def reached(stage: Stage) -> None:
        send("stage", stage)

    while head := source.read(LENGTH.size):
        job = pickle.loads(source.read(LENGTH.unpack(head)[0]))  # noqa: S301 (our own parent)
        try:
            answer: tuple[str, Any] = ("done", produce(job, reached))
        except (MemoryError, RecursionError):
            answer = ("memory", None)
        except Exception as error:  # reported to the parent, which turns it into a server error
            answer = ("error", f"{type(error).__name__}: {error}"[:2000])
        send(*answer)


if __name__ == "__main__":
    main(int(sys.argv[1]))
