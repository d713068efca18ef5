"""How far a long rendering has come: a note in the shared store, so that every replica can say so, and who follows it.

The process that makes a long rendering writes a note next to the place where the file will be. It writes the note again
when the stage changes and every few seconds. A note that is not renewed belongs to a process that is gone: it is ignored.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from app.documents.rendering import Stage
from app.platform.access.errors import REFUSALS, Refusal, TooMany
from app.platform.access.ids import Id
from app.platform.db.files import Files

RENEWED = 10.0
"""Seconds after which a note is written again, changed or not."""
STALE = 30.0
"""Seconds after which a note that was not renewed is ignored."""
REMEMBERED = 60.0
"""Seconds for which a failure is answered to everybody who asks."""
KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, as the standard recommends, since proxies close idle connections."""
DONE: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """`seconds` since it was begun. `waiting_before` counts those before it in its queue; it is 0 once work has begun."""

    stage: Stage
    pages_estimated: int
    seconds: int
    waiting_before: int


class Notes:
    """Notes in the store that holds the renderings. `place` is the key of the rendering itself in that store."""

    def __init__(self, store: Files) -> None:
        self._store = store

    async def write(self, place: str, progress: Progress) -> None:
        await self._write(place, {"progress": asdict(progress)})

    async def write_failure(self, place: str, error: BaseException) -> None:
        code, detail = (error.code, error.detail) if isinstance(error, Refusal) else ("server-error", "")
        await self._write(place, {"code": code, "detail": detail})

    async def delete(self, place: str) -> None:
        await self._store.delete(f"{place}.note")

    async def read(self, place: str) -> Progress | None:
        """What another process says of its work, or None where no process works on it. Raises the refusal that ended it."""
        found = await self._store.read(f"{place}.note")
        if not found:
            return None
        note: dict[str, Any] = json.loads(found)
        age = time.time() - note["at"]
        if "progress" in note:
            progress = Progress(**note["progress"])
            return None if age > STALE else _later(progress, age)
        if age < REMEMBERED:
            raise REFUSALS[note["code"]](note["detail"])
        return None

    async def _write(self, place: str, note: dict[str, Any]) -> None:
        await self._store.replace(f"{place}.note", json.dumps({**note, "at": time.time()}).encode())


def _later(progress: Progress, age: float) -> Progress:
    return replace(progress, seconds=progress.seconds + max(0, round(age)))


class TooManyStreams(TooMany):
    code = "too-many-streams"
    title = "Too many streams of progress are open"
    explanation = "Close one, or ask for the address again every second without 'Accept: text/event-stream'."


class OpenStreams:
    """Counts the streams that this process has open, in all and for each person or program."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._open: Counter[Id] = Counter()

    def check(self, who: Id) -> None:
        if self._open.total() >= self._most or self._open[who] >= self._most_of_one:
            raise TooManyStreams(retry_after=10)

    def begin(self, who: Id) -> None:
        self._open[who] += 1

    def end(self, who: Id) -> None:
        self._open[who] -= 1
        if not self._open[who]:
            del self._open[who]


async def follow(
    look: Callable[[], Awaitable[Progress | Literal["done"] | None]],
    *,
    longest: float,
    pause: float = 0.5,
    keep_alive: float = KEEP_ALIVE,
    stopping: Callable[[], bool] = lambda: False,
) -> AsyncIterator[Progress | Literal["done"] | None]:
    """Yields each change of stage or of place in the queue, then `done`; None after a long silence.

    It ends after `longest` seconds, when the process is `stopping`, or when no process works on the rendering any more:
    a reader who asks again begins it again. It raises what made the rendering fail.
    """
    begun = said = time.monotonic()
    last: tuple[Stage, int] | None = None
    while time.monotonic() - begun < longest and not stopping():
        found = await look()
        if found is None:
            return
        if found == DONE:
            yield DONE
            return
        assert isinstance(found, Progress)
        if (found.stage, found.waiting_before) != last:
            last, said = (found.stage, found.waiting_before), time.monotonic()
            yield found
        elif time.monotonic() - said >= keep_alive:
            said = time.monotonic()
            yield None
        await asyncio.sleep(pause)
