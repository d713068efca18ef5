"""Settles a section's text shortly after somebody typed in it: after a pause, or every few seconds while they go on."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import text

from app.bid.text.settling import settle
from app.platform.access.ids import Id
from app.platform.db.engine import Database

_logger = structlog.get_logger(__name__)

PAUSE: Final = 1.0
"""Seconds without typing after which a burst is over."""
LONGEST: Final = 6.0
"""Seconds after which counts follow although somebody is still typing."""
AT_ONCE: Final = 2
"""Sections that are settled at the same time: the pool is for requests too."""


_BEHIND = text(
    "SELECT s.id::text, s.proposal_id::text FROM sections s JOIN section_heads h ON h.section_id = s.id "
    "WHERE h.last_seq > s.counted_seq"
)


@dataclass(slots=True)
class _Burst:
    proposal_id: Id
    began: float
    last: float


class Bursts:
    """Hears of every change that this process logged (`noted`), and settles in the background."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._open: dict[Id, _Burst] = {}
        self._task: asyncio.Task[None] | None = None
        self._slots = asyncio.Semaphore(AT_ONCE)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Settles what is open."""
        if self._task is not None:
            self._task.cancel()
        await asyncio.gather(*(self._settle(section_id) for section_id in list(self._open)))

    def noted(self, section_id: Id, proposal_id: Id) -> None:
        now = time.monotonic()
        burst = self._open.get(section_id)
        if burst is None:
            self._open[section_id] = _Burst(proposal_id, now, now)
        else:
            burst.last = now

    async def _catch_up(self) -> None:
        """What a process that was killed had logged and not yet settled."""
        try:
            async with self._db.sessions() as session:
                for section_id, proposal_id in await session.execute(_BEHIND):
                    self.noted(section_id, proposal_id)
        except Exception:
            _logger.warning("sections_not_caught_up", exc_info=True)

    async def _run(self) -> None:
        await self._catch_up()
        while True:
            await asyncio.sleep(PAUSE / 4)
            now = time.monotonic()
            over = [
                section_id
                for section_id, burst in self._open.items()
                if now - burst.last >= PAUSE or now - burst.began >= LONGEST
            ]
            if over:
                await asyncio.gather(*(self._settle(section_id) for section_id in over))

    async def _settle(self, section_id: Id) -> None:
        burst = self._open.pop(section_id, None)
        if burst is None:
            return
        try:
            async with self._slots, self._db.sessions.begin() as session:
                await settle(session, burst.proposal_id, section_id)
        except Exception:
            _logger.warning("section_not_settled", section_id=section_id, exc_info=True)
            burst.began = burst.last = time.monotonic()
            self._open.setdefault(section_id, burst)
