"""The one connection of a process that hears what transactions anywhere in the service notify (`LISTEN`)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

_logger = structlog.get_logger(__name__)


class Listener:
    """Hears the channels that were asked for, and connects again when it was cut off. Hints may be lost meanwhile, so
    whoever listens is told when it is back."""

    def __init__(self, connect: Callable[[], Awaitable[Any]]) -> None:
        """`connect` opens an asyncpg connection."""
        self._connect = connect
        self._hear: dict[str, Callable[[str], None]] = {}
        self._back: list[Callable[[], None]] = []
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    def on(self, channel: str, hear: Callable[[str], None]) -> None:
        """Call `hear` with each note of the channel. It is asked for before `start`."""
        self._hear[channel] = hear

    def when_back(self, back: Callable[[], None]) -> None:
        self._back.append(back)

    async def start(self) -> None:
        """Returns once it hears."""
        self._task = self._task or asyncio.create_task(self._listen())
        await self._listening.wait()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _listen(self) -> None:
        pause = 0.1
        while True:
            try:
                connection = await self._connect()
                gone = asyncio.Event()
                connection.add_termination_listener(lambda *_, gone=gone: gone.set())
                try:
                    for channel in self._hear:
                        await connection.add_listener(channel, self._note)
                    pause = 0.1
                    if self._listening.is_set():
                        for back in self._back:
                            back()
                    self._listening.set()
                    await self._wait_for_end(gone, connection)
                finally:
                    connection.terminate()
            except Exception as failure:
                _logger.warning("listener_lost", error=str(failure) or type(failure).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

    async def _wait_for_end(self, gone: asyncio.Event, connection: Any) -> None:
        """Waits until the connection ends. It is tried every few seconds, since a dead network says nothing."""
        while not gone.is_set():
            try:
                await asyncio.wait_for(gone.wait(), 5.0)
            except TimeoutError:
                await connection.execute("SELECT 1", timeout=5.0)

    def _note(self, _connection: Any, _pid: int, channel: str, note: str) -> None:
        self._hear[channel](note)
