"""The rooms that are open in this process: opened when somebody comes, closed when nobody was there for a while."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from app.bid.text.live import awareness, metrics
from app.bid.text.live.authority import Warden
from app.bid.text.live.bus import Ears, PostgresBus
from app.bid.text.live.compaction import Compactor
from app.bid.text.live.limits import Limits
from app.bid.text.live.log import Log, Row
from app.bid.text.live.member import GONE_WRONG, TRY_AGAIN
from app.bid.text.live.room import Room
from app.bid.text.live.socket import GOING_AWAY, Socket
from app.bid.text.live.text import Broken
from app.bid.text.live.varint import Malformed
from app.platform.access.ids import Id

_logger = structlog.get_logger(__name__)

TOO_MANY, NOT_FOUND = 4429, 4404
_TICK = 1.0

Changed = Callable[[Id, Id, list[Row]], None]
"""Called with section, proposal and rows (none: another process's) after a section's text changed."""


@dataclass(slots=True)
class _Open:
    room: asyncio.Task[Room | None]
    left_at: float


class Hub:
    """Everything that is live in this process."""

    def __init__(self, log: Log, bus: PostgresBus, warden: Warden, limits: Limits, on_change: Changed) -> None:
        self._log = log
        self._bus = bus
        self._warden = warden
        self._limits = limits
        self._on_change = on_change
        self._compactor = Compactor()
        self._rooms: dict[Id, _Open] = {}
        self._sockets: set[Socket] = set()
        self._of_one: Counter[Id] = Counter()
        self._ticking: asyncio.Task[None] | None = None
        self._stopping = False

    async def start(self) -> None:
        self._log.start()
        self._warden.start()
        await self._bus.start(Ears(self._logged, self._cursors, self._warden.heard, self._look_again))
        self._ticking = asyncio.create_task(self._tick_on())

    async def stop(self) -> None:
        """Lets what was brought be logged, sends everybody to another process, and stops."""
        self._stopping = True
        if self._ticking is not None:
            self._ticking.cancel()
        for socket in self._sockets:
            socket.close(GOING_AWAY, "the server restarts; come back")
        await asyncio.gather(*(self._end(section_id) for section_id in list(self._rooms)), return_exceptions=True)
        await self._warden.stop()
        await self._bus.stop()
        await self._log.stop()
        self._compactor.stop()

    async def serve(self, socket: Socket) -> None:
        """Seats the connection in its section until it ends."""
        person = socket.person_id
        if person is not None and self._of_one[person] >= self._limits.sockets_of_one:
            socket.close(TOO_MANY, "too many connections of one person")
            return
        self._sockets.add(socket)
        self._warden.watch(socket)
        metrics.sockets.inc()
        if person is not None:
            self._of_one[person] += 1
        try:
            room = await self._enter(socket)
            if room is not None:
                await socket.serve(room)
        finally:
            metrics.sockets.dec()
            self._warden.release(socket)
            self._sockets.discard(socket)
            if person is not None:
                self._of_one[person] -= 1
                self._of_one += Counter()
            if (held := self._rooms.get(socket.seat.section_id)) is not None:
                held.left_at = time.monotonic()

    async def _enter(self, socket: Socket) -> Room | None:
        section_id = socket.seat.section_id
        try:
            room = None if self._stopping else await self._room(section_id)
        except Broken:
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
        """The open room, opened for the first who comes; a room that failed is opened anew."""
        held = self._rooms.get(section_id)
        if held is not None and held.room.done() and (held.room.exception() or _is_closed(held.room.result())):
            await self._end(section_id)
            held = self._rooms.get(section_id)
        if held is None:
            held = self._rooms[section_id] = _Open(asyncio.create_task(self._open(section_id)), time.monotonic())
        held.left_at = time.monotonic()
        return await asyncio.shield(held.room)

    async def _open(self, section_id: Id) -> Room | None:
        room = Room(
            section_id,
            self._log,
            self._compactor,
            max_bytes=self._limits.section_bytes,
            on_change=self._changed,
            publish_cursors=self._bus.publish_cursors,
        )
        opened = await room.open()
        if opened:
            metrics.rooms.inc()
        return room if opened else None

    async def _end(self, section_id: Id) -> None:
        held = self._rooms.pop(section_id, None)
        if held is None or not held.room.done() or held.room.exception():
            return
        room = held.room.result()
        if room is not None:
            metrics.rooms.dec()
            await room.end()

    def _changed(self, room: Room, rows: list[Row]) -> None:
        self._on_change(room.section_id, room.proposal_id, rows)

    # What is heard from other processes.

    def _logged(self, section_id: Id, seq: int) -> None:
        if (room := self._opened(section_id)) is not None:
            room.hear(seq)

    def _cursors(self, section_id: Id, states: bytes) -> None:
        if (room := self._opened(section_id)) is not None:
            try:
                room.moved_elsewhere(awareness.read(states))
            except Malformed:
                _logger.warning("live_cursors_unreadable", section_id=section_id)

    def _look_again(self) -> None:
        self._warden.suspect_all()
        for section_id in self._rooms:
            if (room := self._opened(section_id)) is not None:
                room.look_again()

    def _opened(self, section_id: Id) -> Room | None:
        held = self._rooms.get(section_id)
        if held is None or not held.room.done() or held.room.exception():
            return None
        return held.room.result()

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
            socket.still_here()
        idle_before = time.monotonic() - self._limits.idle_seconds
        for section_id, held in list(self._rooms.items()):
            room = self._opened(section_id)
            if room is None:
                if held.room.done():
                    self._rooms.pop(section_id, None)
            elif room.closed or (not room.members and held.left_at < idle_before):
                await self._end(section_id)
            else:
                room.forget()


def _is_closed(room: Room | None) -> bool:
    return room is None or room.closed
