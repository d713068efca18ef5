"""The bus between the server processes: who logged what, where cursors are, whose rights changed.

PostgreSQL holds the truth; what goes over the bus is only a hint to look there. A lost hint does no harm: a process that
was cut off looks at everything again. `LIVE_BUS_URL` (redis://…) moves the hints of typing and cursors to Redis, for
many processes; rights, and what requests wrote, always come from PostgreSQL, which sends them with the transaction.
"""

import asyncio
import base64
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

import structlog

from app.bid.text.live import awareness
from app.bid.text.section_log import CHANNEL
from app.platform.access.ids import Id

_logger = structlog.get_logger(__name__)

CURSORS = "cobid_live_cursors"
"""NOTIFY channel: `<sender> <section_id> <awareness update in base64>`."""
RIGHTS = "cobid_rights"
"""NOTIFY channel of the triggers in `migrations/`: `<kind> <id>` for each change that may end a right."""
_LARGEST_PART = 5800
"""Bytes of cursors in one notification. In base64 they are a third more, and PostgreSQL refuses 8,000."""


@dataclass(frozen=True, slots=True)
class BusListener:
    """What a process does with what it hears. `reconnected`: the bus was silent for a while, so hints may be lost."""

    logged: Callable[[Id, int], None]
    cursors: Callable[[Id, bytes], None]
    rights: Callable[[str, Id], None]
    reconnected: Callable[[], None]


class PostgresBus:
    """Listens on one connection of its own. The hint of typing is sent by the log's commit itself."""

    notifies_in_commit = True

    def __init__(self, connect: Callable[[], Awaitable[Any]], pool: Any, origin: str) -> None:
        """`connect` opens an asyncpg connection. `origin` marks this process's cursors, so that it ignores its own."""
        self._connect = connect
        self._pool = pool
        self._origin = origin
        self._task: asyncio.Task[None] | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self._listener: BusListener | None = None
        self._listening = asyncio.Event()

    async def start(self, listener: BusListener) -> None:
        self._listener = listener
        self._task = asyncio.create_task(self._listen())
        await self._listening.wait()

    async def stop(self) -> None:
        for task in [*self._sending, *([self._task] if self._task else [])]:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def publish_cursors(self, section_id: Id, states: list[awareness.CursorState]) -> None:
        """Shows states to the other processes. Without any, it asks the other processes for theirs."""
        for part in awareness.parts(states, _LARGEST_PART):
            if len(self._sending) > 100:
                return  # a cursor that is not shown now will move again soon
            self._spawn(self._send(CURSORS, f"{self._origin} {section_id} {base64.b64encode(part).decode()}"))

    def publish_logged(self, section_id: Id, seq: int) -> None:
        """Does nothing: the commit has notified already."""

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _send(self, channel: str, note: str) -> None:
        try:
            await self._pool.execute("SELECT pg_notify($1, $2)", channel, note)
        except Exception as failure:
            _logger.warning("live_hint_not_sent", error=str(failure) or type(failure).__name__)

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                connection = await self._connect()
                gone = asyncio.Event()
                connection.add_termination_listener(lambda *_, gone=gone: gone.set())
                for channel in (CHANNEL, CURSORS, RIGHTS):
                    await connection.add_listener(channel, self._hear)
                pause = 0.1
                if self._listening.is_set() and self._listener is not None:
                    self._listener.reconnected()
                self._listening.set()
                try:
                    await self._wait_for_end(gone, connection)
                finally:
                    connection.terminate()
            except asyncio.CancelledError:
                raise
            except Exception as failure:
                _logger.warning("live_listener_lost", error=str(failure) or type(failure).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

    async def _wait_for_end(self, gone: asyncio.Event, connection: Any) -> None:
        """Waits until the connection ends. It is tried every few seconds, since a dead network says nothing."""
        while not gone.is_set():
            try:
                await asyncio.wait_for(gone.wait(), 5.0)
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=5.0)

    def _hear(self, _connection: Any, _pid: int, channel: str, note: str) -> None:
        assert self._listener is not None
        if channel == CHANNEL:
            hear_logged(self._listener, note)
        elif channel == RIGHTS:
            kind, _, id_ = note.partition(" ")
            self._listener.rights(kind, id_)
        else:
            hear_cursors(self._listener, self._origin, note)


def hear_logged(listener: BusListener, note: str) -> None:
    section_id, seq = note.split(" ")
    listener.logged(section_id, int(seq))


def hear_cursors(listener: BusListener, origin: str, note: str) -> None:
    sender, section_id, update = note.split(" ")
    if sender != origin:
        listener.cursors(section_id, base64.b64decode(update))
