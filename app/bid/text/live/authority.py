"""Whether those who are connected may still read and write, asked again whenever it may have changed.

A change of a sign-in, a membership, a partner, a facilitator, a section's settings or a proposal's status sends a
notification in its own transaction (triggers), which every process hears; the connections it may concern are judged
anew, by the same table of permissions that lets them in. Besides, everybody is judged again now and then, in case a
notification was lost, and because a sign-in also ends by the clock.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal, Protocol

import structlog

from app.platform.access.ids import Id

_logger = structlog.get_logger(__name__)

SIGNED_OUT, NOT_ALLOWED = 4401, 4403
"""Close codes in the range that tells y-websocket's client not to come back by itself."""
_EVERY = 0.25
_ROUND = 5.0
"""Seconds in which each connection is judged once without any reason."""


@dataclass(frozen=True, slots=True)
class Right:
    """What a connection may do now. `organisation_id`: for whom it writes, or only reads."""

    read: bool
    write: bool
    organisation_id: Id | None = None
    draft: bool = True
    signed_in: bool = True


@dataclass(frozen=True, slots=True)
class Seat:
    """Who is connected, how they signed in, and to which section. `token_hash`: of the session or access token."""

    section_id: Id
    proposal_id: Id
    person_id: Id | None
    session_id: Id | None
    how: Literal["session", "client"]
    token_hash: bytes


class Holder(Protocol):
    """A connection, as it is judged."""

    seat: Seat

    def hold(self, right: Right) -> None:
        """Takes the right as it is now; closes itself where it is none."""


Judge = Callable[[Seat], Awaitable[Right]]


@dataclass(slots=True)
class Warden:
    """Keeps the rights of this process's connections as they are in the database."""

    judge: Judge
    _holders: dict[Holder, float] = field(default_factory=dict)
    _suspects: set[Holder] = field(default_factory=set)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def watch(self, holder: Holder) -> None:
        """From now on. The caller has judged it, and does so once more after this: a change may fall between."""
        self._holders[holder] = time.monotonic()
        self._suspects.add(holder)
        self._wake.set()

    def release(self, holder: Holder) -> None:
        self._holders.pop(holder, None)
        self._suspects.discard(holder)

    def heard(self, kind: str, id_: Id) -> None:
        """A notification: `kind` is proposal, section, session or person."""
        for holder in self._holders:
            seat = holder.seat
            if id_ in (seat.proposal_id, seat.section_id, seat.session_id, seat.person_id):
                self._suspects.add(holder)
        if kind == "organisation":  # whom it concerns is known only by asking
            self._suspects.update(self._holders)
        if self._suspects:
            self._wake.set()

    def suspect_all(self) -> None:
        self._suspects.update(self._holders)
        self._wake.set()

    async def _run(self) -> None:
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), _EVERY)
            self._add_due()  # each time: where rights change without end, it never waits in vain
            self._wake.clear()
            suspects, self._suspects = self._suspects, set()
            for holder in suspects:
                await self._ask(holder)

    def _add_due(self) -> None:
        """Those whose turn it is: all, once in `_ROUND` seconds."""
        oldest = time.monotonic() - _ROUND
        self._suspects.update(holder for holder, judged in self._holders.items() if judged < oldest)

    async def _ask(self, holder: Holder) -> None:
        if holder not in self._holders:
            return
        try:
            right = await self.judge(holder.seat)
        except Exception as failure:
            _logger.warning("live_right_not_known", error=str(failure) or type(failure).__name__)
            self._suspects.add(holder)
            await asyncio.sleep(_EVERY)
            return
        if holder in self._holders:
            self._holders[holder] = time.monotonic()
            holder.hold(right)
