"""How far a long rendering has come: told through the shared store, so that every replica can say so; as a stream.

Whoever makes a long rendering keeps a note beside the place where the file will be: its stage, written anew as that
changes and every few seconds. A note that is not renewed belongs to a process that is gone, and counts for nothing.
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
"""Seconds after which a note is written anew, changed or not."""
STALE = 30.0
"""Seconds after which a note that was not renewed counts for nothing."""
REMEMBERED = 60.0
"""Seconds for which a failure is told to whoever asks."""
KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, as the standard recommends, for proxies that close idle ones."""
DONE: Literal["done"] = "done"


@dataclass(frozen=True, slots=True)
class Progress:
    """`seconds` since it was begun; `waiting_before`: how many stand before it in its queue, 0 once it is at work."""

    stage: Stage
    pages_estimated: int
    seconds: int
    waiting_before: int


class Notes:
    """Notes in the store that holds the renderings. `place` is that of the rendering itself."""

    def __init__(self, store: Files) -> None:
        self._store = store

    async def tell(self, place: str, progress: Progress) -> None:
        await self._write(place, {"progress": asdict(progress)})

    async def fail(self, place: str, error: BaseException) -> None:
        code, detail = (error.code, error.detail) if isinstance(error, Refusal) else ("server-error", "")
        await self._write(place, {"code": code, "detail": detail})

    async def forget(self, place: str) -> None:
        await self._store.delete(f"{place}.note")

    async def read(self, place: str) -> Progress | None:
        """What another process says of its work; raises the refusal that ended it; None where nobody is at it."""
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


class TooManyWatching(TooMany):
    code = "too-many-streams"
    title = "Too many streams of progress are open"
    explanation = "Close one, or ask for the address again every second without 'Accept: text/event-stream'."


class Watching:
    """How many streams this process has open, in all and for each person or program."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._open: Counter[Id] = Counter()

    def check(self, who: Id) -> None:
        if self._open.total() >= self._most or self._open[who] >= self._most_of_one:
            raise TooManyWatching(retry_after=10)

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
    """Each change of stage or place in the queue, then `done`; None where there was silence for long.

    Ends after `longest` seconds, when the process is `stopping`, or where nobody is at it any more: who still wants it
    asks again, which begins it anew. Raises what made the rendering fail.
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
