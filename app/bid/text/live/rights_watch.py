"""Keeps the rights of open connections current: each is judged again whenever its right may have changed.

A change of a sign-in, a membership, a partner, a facilitator, a section's settings or a proposal's status sends a
notification in its own transaction (triggers), which every process hears. The connections that it may concern are then
judged again, by the same table of permissions that let them in. Everybody is also judged every few seconds without a
reason, in case a notification was lost, and because a sign-in also ends by the clock.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from app.bid.text.live.rights import Participant, Right
from app.platform.access.ids import Id

_logger = structlog.get_logger(__name__)

SIGNED_OUT, NOT_ALLOWED = 4401, 4403
"""Close codes in the range that tells y-websocket's client not to come back."""
_EVERY = 0.25
_ROUND = 5.0
"""Seconds in which each connection is judged once without any reason."""


class Watched(Protocol):
    """A connection as it is judged."""

    participant: Participant

    def set_right(self, right: Right) -> None:
        """Applies the right as it is now; closes the connection if it has none."""


@dataclass(slots=True)
class RightsWatch:
    """Judges this process's connections again. `judge` reads a participant's right from the database."""

    judge: Callable[[Participant], Awaitable[Right]]
    _judged_at: dict[Watched, float] = field(default_factory=dict)
    _due: set[Watched] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def watch(self, connection: Watched) -> None:
        """Watches a connection from now on. It was judged at the handshake, and is judged once more immediately,
        because its right may have changed in between."""
        self._judged_at[connection] = time.monotonic()
        self._due.add(connection)
        self._wake.set()

    def release(self, connection: Watched) -> None:
        self._judged_at.pop(connection, None)
        self._due.discard(connection)

    def heard(self, kind: str, id_: Id) -> None:
        """Takes a notification; `kind` is proposal, section, session, person or organisation."""
        for connection in self._judged_at:
            who = connection.participant
            if id_ in (who.proposal_id, who.section_id, who.session_id, who.person_id):
                self._due.add(connection)
        if kind == "organisation":  # only the database knows whom it concerns
            self._due.update(self._judged_at)
        if self._due:
            self._wake.set()

    def judge_all(self) -> None:
        self._due.update(self._judged_at)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _EVERY)
            self._add_overdue()  # here too, so that they get their turn while notifications never cease
            self._wake.clear()
            due, self._due = self._due, set()
            for connection in due:
                await self._judge(connection)

    def _add_overdue(self) -> None:
        """Adds the connections that were not judged for `_ROUND` seconds."""
        oldest = time.monotonic() - _ROUND
        self._due.update(connection for connection, judged_at in self._judged_at.items() if judged_at < oldest)

    async def _judge(self, connection: Watched) -> None:
        if connection not in self._judged_at:
            return
        try:
            right = await self.judge(connection.participant)
        except Exception as failure:
            _logger.warning("live_right_not_known", error=str(failure) or type(failure).__name__)
            self._due.add(connection)
            await asyncio.sleep(_EVERY)
            return
        if connection in self._judged_at:
            self._judged_at[connection] = time.monotonic()
            connection.set_right(right)
