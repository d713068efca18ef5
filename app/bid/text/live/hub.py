"""The rooms that are open in this process: opened when somebody comes, closed when nobody was there for a while."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.bid.text.live import awareness, metrics
from app.bid.text.live.bus import BusListener, PostgresBus
from app.bid.text.live.compaction import Compactor
from app.bid.text.live.connection import GONE_WRONG, TRY_AGAIN
from app.bid.text.live.document import BrokenLog
from app.bid.text.live.limits import Limits
from app.bid.text.live.rights_watch import RightsWatch
from app.bid.text.live.room import Room
from app.bid.text.live.socket import GOING_AWAY, Socket
from app.bid.text.live.update_log import Row, UpdateLog
from app.platform.access.ids import Id
from app.platform.richtext.lib0 import Malformed

_logger = structlog.get_logger(__name__)

TOO_MANY, NOT_FOUND = 4429, 4404
_TICK = 1.0

Changed = Callable[[Id, Id, list[Row]], None]
"""Called with section, proposal and rows after a section's text changed; without rows, another process logged it."""


@dataclass(slots=True)
class _Entry:
    """A room that is open, or being opened, and when somebody was last there."""

    room: asyncio.Task[Room | None]
    left_at: float


class Hub:
    """Everything that is live in this process."""

    def __init__(
        self, log: UpdateLog, bus: PostgresBus, watch: RightsWatch, limits: Limits, on_change: Changed
    ) -> None:
        self._log = log
        self._bus = bus
        self._watch = watch
        self._limits = limits
        self._on_change = on_change
        self._compactor = Compactor()
        self._rooms: dict[Id, _Entry] = {}
        self._sockets: set[Socket] = set()
        self._sockets_of: Counter[Id] = Counter()
        self._ticking: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        self._log.start()
        self._watch.start()
        listener = BusListener(self._heard_logged, self._heard_cursors, self._watch.heard, self._look_again)
        await self._bus.start(listener)
        self._ticking = asyncio.create_task(self._tick_on())

    async def stop(self) -> None:
        """Lets what was brought be logged, sends everybody to another process, and stops."""
        self._stopping = True
        if self._ticking is not None:
            self._ticking.cancel()
        for socket in self._sockets:
            socket.close(GOING_AWAY, "the server restarts; come back")
        await asyncio.gather(*(self._end(section_id) for section_id in list(self._rooms)), return_exceptions=True)
        await self._watch.stop()
        await self._bus.stop()
        await self._log.stop()
        self._compactor.stop()

    async def serve(self, socket: Socket) -> None:
        """Serves the connection in its section's room until it ends."""
        person = socket.person_id
        if person is not None and self._sockets_of[person] >= self._limits.sockets_per_person:
            socket.close(TOO_MANY, "too many connections of one person")
            return
        self._sockets.add(socket)
        self._watch.watch(socket)
        metrics.sockets.inc()
        if person is not None:
            self._sockets_of[person] += 1
        try:
            room = await self._enter(socket)
            if room is not None:
                await socket.serve(room)
        finally:
            metrics.sockets.dec()
            self._watch.release(socket)
            self._sockets.discard(socket)
            if person is not None:
                self._sockets_of[person] -= 1
                self._sockets_of += Counter()
            if (entry := self._rooms.get(socket.participant.section_id)) is not None:
                entry.left_at = time.monotonic()

    async def _enter(self, socket: Socket) -> Room | None:
        section_id = socket.participant.section_id
        try:
            room = None if self._stopping else await self._room(section_id)
        except BrokenLog:
            _logger.exception("live_section_broken", section_id=section_id)
            socket.close(GONE_WRONG, "this section cannot be opened; the operator was told")
            return None
        except Exception as failure:
            _logger.warning("live_section_not_opened", section_id=section_id, error=str(failure))
            socket.close(TRY_AGAIN, "try again in a moment")
            return None
        if room is None:
            socket.close(GOING_AWAY if self._stopping else NOT_FOUND, "this section is not there")
        return room

    async def _room(self, section_id: Id) -> Room | None:
        """The open room, which the first to come opens. A room that failed is replaced by a new one."""
        entry = self._rooms.get(section_id)
        if entry is not None and entry.room.done() and (entry.room.exception() or _is_closed(entry.room.result())):
            await self._end(section_id)
            entry = self._rooms.get(section_id)
        if entry is None:
            entry = self._rooms[section_id] = _Entry(asyncio.create_task(self._open(section_id)), time.monotonic())
        entry.left_at = time.monotonic()
        return await asyncio.shield(entry.room)

    async def _open(self, section_id: Id) -> Room | None:
        room = Room(
            section_id,
            self._log,
            self._compactor,
            max_bytes=self._limits.section_bytes,
            most=self._limits.parts,
            on_change=self._changed,
            publish_cursors=self._bus.publish_cursors,
        )
        opened = await room.open()
        if opened:
            metrics.rooms.inc()
        return room if opened else None

    async def _end(self, section_id: Id) -> None:
        entry = self._rooms.pop(section_id, None)
        if entry is None or not entry.room.done() or entry.room.exception():
            return
        room = entry.room.result()
        if room is not None:
            metrics.rooms.dec()
            await room.end()

    def _changed(self, room: Room, rows: list[Row]) -> None:
        self._on_change(room.section_id, room.proposal_id, rows)

    # What is heard from other processes.

    def _heard_logged(self, section_id: Id, seq: int) -> None:
        if (room := self._opened(section_id)) is not None:
            room.heard(seq)

    def _heard_cursors(self, section_id: Id, update: bytes) -> None:
        if (room := self._opened(section_id)) is not None:
            try:
                room.cursors.moved_elsewhere(awareness.read(update))
            except Malformed:
                _logger.warning("live_cursors_unreadable", section_id=section_id)

    def _look_again(self) -> None:
        self._watch.judge_all()
        for section_id in self._rooms:
            if (room := self._opened(section_id)) is not None:
                room.look_again()

    def _opened(self, section_id: Id) -> Room | None:
        entry = self._rooms.get(section_id)
        if entry is None or not entry.room.done() or entry.room.exception():
            return None
        return entry.room.result()

    # Housekeeping.

    async def _tick_on(self) -> None:
        while True:
            await asyncio.sleep(_TICK)
            try:
                await self._tick()
            except Exception:
                _logger.exception("live_housekeeping_failed")

    async def _tick(self) -> None:
        for socket in list(self._sockets):
            socket.tick()
        idle_before = time.monotonic() - self._limits.idle_seconds
        for section_id, entry in list(self._rooms.items()):
            room = self._opened(section_id)
            if room is None:
                if entry.room.done():
                    self._rooms.pop(section_id, None)
            elif room.closed or (not room.connections and entry.left_at < idle_before):
                await self._end(section_id)
            else:
                room.cursors.forget_silent()


def _is_closed(room: Room | None) -> bool:
    return room is None or room.closed
