"""The bus between the server processes: who logged what, where cursors are, whose rights changed.

PostgreSQL holds the truth; what goes over the bus is only a hint to look there. A lost hint does no harm: a process that
was cut off looks at everything again. `LIVE_BUS_URL` (redis://…) moves the hints of typing and cursors to Redis, for
many processes; rights, and what requests wrote, always come from PostgreSQL, which sends them with the transaction.
"""

import asyncio
import base64
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog

from app.bid.text.live import awareness
from app.bid.text.section_log import CHANNEL
from app.platform.access.ids import Id
from app.platform.db.listening import Listener

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
    """Listens by the process's one listener. The hint of typing is sent by the log's commit itself."""

    notifies_in_commit = True

    def __init__(self, listener: Listener, pool: Any, origin: str) -> None:
        """`origin` marks this process's cursors, so that it ignores its own."""
        self._heard_by = listener
        self._pool = pool
        self._origin = origin
        self._sending: set[asyncio.Task[None]] = set()

    async def start(self, listener: BusListener) -> None:
        self._heard_by.on(CHANNEL, partial(hear_logged, listener))
        self._heard_by.on(CURSORS, partial(hear_cursors, listener, self._origin))
        self._heard_by.on(RIGHTS, partial(hear_rights, listener))
        self._heard_by.when_back(listener.reconnected)
        await self._heard_by.start()

    async def stop(self) -> None:
        await self._heard_by.stop()
        for task in list(self._sending):
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


def hear_logged(listener: BusListener, note: str) -> None:
    section_id, seq = note.split(" ")
    listener.logged(section_id, int(seq))


def hear_rights(listener: BusListener, note: str) -> None:
    kind, _, id_ = note.partition(" ")
    listener.rights(kind, id_)


def hear_cursors(listener: BusListener, origin: str, note: str) -> None:
    sender, section_id, update = note.split(" ")
    if sender != origin:
        listener.cursors(section_id, base64.b64decode(update))
