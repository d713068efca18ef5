"""Works through what has fallen due by the clock, so that one thing that fails does not hold up the others."""

import time
from collections.abc import Awaitable, Callable, Iterable

import structlog

from app.platform.access.ids import Id

log = structlog.get_logger("cobid.worker")
FIRST_WAIT, LONGEST_WAIT = 4.0, 3600.0
"""Seconds until what failed is tried again: twice as long after each failure, up to an hour."""


class Due:
    """One kind of thing that falls due. It remembers, in this process, what failed and until when to leave it alone.

    The query for what is due leaves out the ids of `put_off()`, so that a hundred failures do not take up its limit.
    """

    def __init__(self, failure: str) -> None:
        """`failure` is what the log says of one that failed, such as `decision-not-closed`."""
        self._failure = failure
        self._failed: dict[Id, tuple[float, float]] = {}

    def put_off(self) -> list[Id]:
        now = time.monotonic()
        return [id_ for id_, (_, until) in self._failed.items() if until > now]

    async def each(self, ids: Iterable[Id], do: Callable[[Id], Awaitable[object]]) -> None:
        """Do it for each id. A failure is logged with its traceback, and the next try of that id waits."""
        found = list(ids)
        for id_ in self._failed.keys() - {*found, *self.put_off()}:
            del self._failed[id_]  # its wait is over, and it is not due any more
        for id_ in found:
            try:
                await do(id_)
            except Exception as error:
                wait = min(2 * self._failed[id_][0], LONGEST_WAIT) if id_ in self._failed else FIRST_WAIT
                self._failed[id_] = (wait, time.monotonic() + wait)
                log.error(self._failure, id=id_, next_try_in=wait, exc_info=error)
            else:
                self._failed.pop(id_, None)
