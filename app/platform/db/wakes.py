"""Waking whoever waits for a change: by a hint that the change's own transaction sends, once readers can see it.

A feed in commit order shows a change only when every transaction that began before it has ended
(`pg_snapshot_xmin`), which may be after its own commit. So a hint carries its transaction, and one look for the whole
process, not one for each waiter, finds out when the change is behind that horizon. Where the hints of a while were
lost, all topics count as changed.
"""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import structlog

from app.platform.db.listening import Listener
from app.platform.db.reads import Reads

_logger = structlog.get_logger(__name__)
CHANNEL = "cobid_feed"
"""NOTIFY channel of the triggers in `migrations/`: `<topic> <transaction>`, as `submissions:<organisation_id> 4711`."""
_ALL = "*"
_HORIZON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest"
_NEWEST = "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1 AS newest"
_PAUSE, _LONGEST_PAUSE = 0.02, 1.0


class Waiter:
    """One who waits. `woken` is set when something that it may see could have changed, or when the process stops."""

    def __init__(self, wakes: "Wakes") -> None:
        self._wakes = wakes
        self.woken = asyncio.Event()

    @property
    def over(self) -> bool:
        return self._wakes.over


class Wakes:
    """Those who wait in this process, by topic."""

    def __init__(self, listener: Listener, reads: Reads) -> None:
        self._listener, self._reads = listener, reads
        self._waiting: dict[str, set[Waiter]] = {}
        self._held: dict[str, int] = {}
        self._looking: asyncio.Task[None] | None = None
        self._began = False
        self.over = False
        listener.on(CHANNEL, self._heard)
        listener.when_back(self._lost_hints)

    @asynccontextmanager
    async def waiter(self, topics: Collection[str]) -> AsyncIterator[Waiter]:
        """Waits for these topics. What is read within cannot miss a change: its hint comes, or has woken already."""
        await self._listener.start()
        if not self._began:
            self._began = True
            self._lost_hints()  # what was committed before it listened may not be behind the horizon yet
        one = Waiter(self)
        for topic in topics:
            self._waiting.setdefault(topic, set()).add(one)
        try:
            yield one
        finally:
            for topic in topics:
                self._waiting[topic].discard(one)
                if not self._waiting[topic]:
                    del self._waiting[topic]

    def end(self) -> None:
        """The process stops: whoever waits is answered now."""
        self.over = True
        self._wake(_ALL)

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def _heard(self, note: str) -> None:
        topic, _, transaction = note.rpartition(" ")
        self._hold(topic, int(transaction))

    def _lost_hints(self) -> None:
        self._held[_ALL] = -1
        self._look_soon()

    def _hold(self, topic: str, transaction: int) -> None:
        self._held[topic] = max(self._held.get(topic, -1), transaction)
        self._look_soon()

    def _look_soon(self) -> None:
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        """Until each held change is behind the horizon."""
        pause = _PAUSE
        while self._held:
            try:
                if self._held.get(_ALL) == -1:
                    self._held[_ALL] = (await self._reads.first(_NEWEST))["newest"]
                oldest = (await self._reads.first(_HORIZON))["oldest"]
            except Exception as failure:
                _logger.warning("horizon_not_read", error=str(failure) or type(failure).__name__)
                oldest = -1
            seen = [topic for topic, transaction in self._held.items() if 0 <= transaction < oldest]
            for topic in seen:
                del self._held[topic]
                self._wake(topic)
            if self._held:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    def _wake(self, topic: str) -> None:
        found = self._waiting.values() if topic == _ALL else [self._waiting.get(topic, set())]
        for waiters in found:
            for one in waiters:
                one.woken.set()
