"""Makes one snapshot of a section's log, in a process beside, so that nobody who types feels it.

The log is loaded into a document, whose whole state is then one update (merging the log's updates would be quadratic).
The snapshot is loaded again before it is believed: it must give the same text, or else the log is kept as it is.
"""

import asyncio
import multiprocessing
import resource
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from pycrdt import Doc, XmlFragment

from app.live.shape import Shape

_MEMORY = 1_500_000_000
"""Address space of the process beside, in bytes."""


class Unequal(Exception):
    """The snapshot does not give the text that the log gives. Some client wrote what no editor writes."""


def squeeze(logged: Sequence[bytes]) -> tuple[bytes, bytes]:
    """The snapshot of a log and its shape. Raises `Unequal`, or whatever the library raises."""
    doc = _load(logged)
    snapshot = doc.get_update()
    again = _load([snapshot])
    if again.get_state() != doc.get_state() or str(again["default"]) != str(doc["default"]):
        raise Unequal("the snapshot differs from its log")
    return snapshot, Shape.of(snapshot).to_bytes()


def _load(updates: Sequence[bytes]) -> Doc[XmlFragment]:
    doc: Doc[XmlFragment] = Doc()
    doc.get("default", type=XmlFragment)
    with doc.transaction():
        for update in updates:
            doc.apply_update(update)
    return doc


def _squeeze_safely(logged: Sequence[bytes]) -> tuple[bytes, bytes]:
    try:
        return squeeze(logged)
    except Exception:
        raise
    except BaseException as panic:  # pycrdt's panics are no Exception, and would end the process
        raise Unequal(str(panic)[:200]) from None


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


class Compactor:
    """One process, started when it is first needed."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def squeeze(self, logged: Sequence[bytes]) -> tuple[bytes, bytes]:
        if self._pool is None:
            spawn = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(1, mp_context=spawn, initializer=_limit)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, _squeeze_safely, list(logged))
        except BrokenProcessPool as broken:
            self._pool = None
            raise Unequal("the process beside has died of it") from broken

    def stop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
