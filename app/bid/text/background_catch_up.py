"""Catches up with a section shortly after somebody typed in it: after a pause, or every few seconds while they go on."""

import asyncio
import time
from dataclasses import dataclass
from typing import Final

import structlog
from sqlalchemy import text

from app.bid.text.catching_up import catch_up_alone
from app.platform.access.ids import Id
from app.platform.db.engine import Database

_logger = structlog.get_logger(__name__)

PAUSE: Final = 1.0
"""Seconds without typing after which a burst is over."""
LONGEST: Final = 6.0
"""Seconds after which the counts follow although somebody is still typing."""
TOGETHER: Final = 2
"""Sections that are caught up with at the same time. More would take too many connections from requests."""

_BEHIND = text(
    "SELECT s.id::text, s.proposal_id::text FROM sections s JOIN section_heads h ON h.section_id = s.id "
    "WHERE h.last_seq > s.counted_seq"
)


@dataclass(slots=True)
class _Burst:
    """Typing in one section, from the first change that was not caught up with to the last."""

    proposal_id: Id
    began: float
    last: float


class BackgroundCatchUp:
    """Learns of every change that this process logged, and catches up in the background."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._bursts: dict[Id, _Burst] = {}
        self._task: asyncio.Task[None] | None = None
        self._slots = asyncio.Semaphore(TOGETHER)

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Ends every open burst."""
        if self._task is not None:
            self._task.cancel()
        await asyncio.gather(*(self._end(section_id) for section_id in list(self._bursts)))

    def text_changed(self, section_id: Id, proposal_id: Id) -> None:
        now = time.monotonic()
        burst = self._bursts.get(section_id)
        if burst is None:
            self._bursts[section_id] = _Burst(proposal_id, now, now)
        else:
            burst.last = now

    async def _find_left_behind(self) -> None:
        """Finds what a process that was killed had logged and not caught up with."""
        try:
            async with self._db.sessions() as session:
                for section_id, proposal_id in await session.execute(_BEHIND):
                    self.text_changed(section_id, proposal_id)
        except Exception:
            _logger.warning("sections_not_caught_up", exc_info=True)

    async def _run(self) -> None:
        await self._find_left_behind()
        while True:
            await asyncio.sleep(PAUSE / 4)
            now = time.monotonic()
            over = [
                section_id
                for section_id, burst in self._bursts.items()
                if now - burst.last >= PAUSE or now - burst.began >= LONGEST
            ]
            if over:
                await asyncio.gather(*(self._end(section_id) for section_id in over))

    async def _end(self, section_id: Id) -> None:
        burst = self._bursts.pop(section_id, None)
        if burst is None:
            return
        try:
            async with self._slots:
                await catch_up_alone(self._db, burst.proposal_id, section_id)
        except Exception:
            _logger.warning("section_not_caught_up", section_id=section_id, exc_info=True)
            burst.began = burst.last = time.monotonic()
            self._bursts.setdefault(section_id, burst)
