"""One connection: reads frames, slows down whoever sends too many, and sends from a queue that cannot grow.

Slowing down means not to read: TCP then stops the sender, and nothing is dropped. A reader that is too slow is treated
the other way round: frames for it are dropped, and as soon as its queue is empty it gets all that it lacks in one frame.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import structlog

from app.bid.text.live import awareness, metrics, protocol, updates
from app.bid.text.live.connection import LOCKED, READ_ONLY, TRY_AGAIN, UNREADABLE
from app.bid.text.live.limits import Limits
from app.bid.text.live.rights import Participant, Right
from app.bid.text.live.rights_watch import NOT_ALLOWED, SIGNED_OUT
from app.bid.text.live.room import Room
from app.platform.access.ids import Id
from app.platform.richtext.lib0 import Malformed

_logger = structlog.get_logger(__name__)

TOO_LARGE, GOING_AWAY, NO_TEXT = 4413, 1012, 1003
_STILL_HERE = protocol.update(b"\x00\x00")
"""An empty update. y-websocket's client leaves after 30 silent seconds, and a lone reader has no cursor to be echoed."""

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class Socket:
    """A `connection.Connection` and a `rights_watch.Watched` over an accepted ASGI WebSocket."""

    def __init__(self, receive: Receive, send: Send, participant: Participant, right: Right, limits: Limits) -> None:
        self.participant = participant
        self.person_id: Id | None = participant.person_id
        self.organisation_id: Id | None = right.organisation_id
        self.may_write = right.write
        self._locked = not right.draft
        self._receive = receive
        self._send = send
        self._limits = limits
        self._queue: deque[bytes] = deque()
        self._queued_bytes = 0
        self._behind: bytes | None = None
        """The state vector up to which it has everything, while frames for it are dropped."""
        self._closing: tuple[int, str] | None = None
        self._close_sent = False
        self._ready = asyncio.Event()
        self._took = asyncio.Event()
        self._answered = asyncio.Event()
        self._refused_at = 0.0
        self._room: Room | None = None
        self.sending_since: float | None = None
        self.sent_at = time.monotonic()

    async def serve(self, room: Room) -> None:
        """Serves the connection until it ends."""
        if room.closed:
            self.close(TRY_AGAIN, "try again in a moment")
            return
        self._room = room
        sender = asyncio.create_task(self._send_all(room))
        reader = asyncio.create_task(self._receive_all(room))
        room.join(self)
        try:
            await asyncio.wait((sender, reader), return_when=asyncio.FIRST_COMPLETED)
        finally:
            room.leave(self)
            for task in (sender, reader):
                task.cancel()
            await asyncio.gather(sender, reader, return_exceptions=True)

    async def finish(self) -> None:
        """Sends the close frame if the connection is ended from here and it was not sent yet."""
        if self._closing is not None and not self._close_sent:
            self._close_sent = True
            code, reason = self._closing
            with contextlib.suppress(Exception):  # the client may be gone already
                await self._send({"type": "websocket.close", "code": code, "reason": reason[:120]})

    # As its room sees it.

    def send(self, frame: bytes) -> None:
        if self._behind is not None:
            return
        self._enqueue(frame)
        if self._queued_bytes > self._limits.queue_bytes and self._room is not None:
            metrics.resyncs.inc()
            self._behind = self._room.state_vector()

    def answer(self, frame: bytes) -> None:
        self._behind = None
        self._answered.set()
        self._enqueue(frame)

    def refuse(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._refused_at > 1.0:
            self._refused_at = now
            self._enqueue(protocol.permission_denied(reason))

    def deny(self) -> None:
        self.refuse(LOCKED if self._locked else READ_ONLY)

    def lock(self) -> None:
        """The proposal was locked just now, so there is no need to wait until the rights' watch hears of it."""
        if self.may_write:
            self.may_write, self._locked = False, True
            self.deny()

    def taken(self) -> None:
        self._took.set()

    def close(self, code: int, reason: str) -> None:
        if self._closing is None:
            self._closing = (code, reason)
            self.may_write = False
            self._ready.set()

    # As its right is watched.

    def set_right(self, right: Right) -> None:
        if not right.signed_in:
            self.close(SIGNED_OUT, "you are signed out")
        elif not right.read:
            self.close(NOT_ALLOWED, "this section is not shared with you any more")
        else:
            regained = right.write and not self.may_write
            lost = self.may_write and not right.write
            self.may_write = right.write and self._closing is None
            self.organisation_id = right.organisation_id
            self._locked = not right.draft
            if lost:
                self.deny()
            if regained and self._room is not None:  # what was typed meanwhile may be sent now
                self.send(protocol.step1(self._room.state_vector()))

    # Sending.

    def _enqueue(self, frame: bytes) -> None:
        self._queue.append(frame)
        self._queued_bytes += len(frame)
        self._ready.set()

    async def _send_all(self, room: Room) -> None:
        queue, send = self._queue, self._send
        while True:
            while queue:
                frame = queue.popleft()
                self._queued_bytes -= len(frame)
                self.sending_since = self.sent_at = time.monotonic()
                await send({"type": "websocket.send", "bytes": frame})
                self.sending_since = None
            if self._closing is not None:
                await self.finish()
                return
            self._ready.clear()
            if self._behind is not None:
                room.ask(self, self._behind)
            await self._ready.wait()

    def tick(self) -> None:
        """Called every second. Closes a connection that takes nothing, and sends something to one that heard nothing."""
        now = time.monotonic()
        if self.sending_since is not None and now - self.sending_since > self._limits.stalled_seconds:
            self.close(GOING_AWAY, "the connection is too slow")
            if self._room is not None:
                self._room.leave(self)
        elif now - self.sent_at > self._limits.silent_seconds and self._behind is None:
            self._enqueue(_STILL_HERE)

    # Receiving.

    async def _receive_all(self, room: Room) -> None:
        frames, since = 0, time.monotonic()
        while True:
            event = await self._receive()
            if event["type"] == "websocket.disconnect":
                return
            if self._closing is not None:
                continue
            frame = event.get("bytes")
            if frame is None:
                self.close(NO_TEXT, "frames are binary")
            elif len(frame) > self._limits.frame_bytes:
                self._refuse_frame(TOO_LARGE, "the frame is too large", "too-large")
            else:
                try:
                    await self._take(room, frame)
                except Malformed as malformed:
                    self._refuse_frame(UNREADABLE, str(malformed), "malformed")
            frames += 1
            if frames >= self._limits.rate_burst:
                frames, since = 0, await self._pace(frames, since)

    async def _take(self, room: Room, frame: bytes) -> None:
        message = protocol.read(frame)
        if isinstance(message, protocol.Update):
            waiting = room.bring(self, message.update, updates.read(message.update), message.answers_step1)
            if waiting >= self._limits.waiting_updates:
                self._took.clear()
                await self._took.wait()
        elif isinstance(message, protocol.Awareness):
            states = awareness.read(message.states)
            room.cursors.move(self, [awareness.named(state, self.participant.name) for state in states])
        elif isinstance(message, protocol.SyncStep1):
            updates.read_state_vector(message.state)
            self._answered.clear()
            room.ask(self, message.state)
            await self._answered.wait()
        elif isinstance(message, protocol.QueryAwareness):
            states = room.cursors.all()
            if states:
                self.send(protocol.awareness(awareness.write(states)))

    def _refuse_frame(self, code: int, reason: str, label: str) -> None:
        metrics.refused.labels(label).inc()
        _logger.warning(
            "live_frame_refused",
            section_id=self.participant.section_id,
            person_id=self.person_id,
            organisation_id=self.organisation_id,
            reason=reason,
        )
        self.close(code, reason)

    async def _pace(self, frames: int, since: float) -> float:
        """Waits until so many frames took as long as they have to; answers from when the next are counted."""
        due = since + frames / self._limits.frames_per_second
        now = time.monotonic()
        if due > now:
            await asyncio.sleep(due - now)
            return due
        return now
