"""The hints of typing and cursors over Redis (`LIVE_BUS_URL=redis://…` or `rediss://…`), for many server processes.

Redis replaces PostgreSQL's notification of each commit of typing. What requests wrote, and rights, still come from
PostgreSQL, which sends them with the transaction. While Redis is away, hints go over PostgreSQL; a process that reaches
Redis again looks at everything again.
"""

import asyncio
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.bid.text.live.bus import CURSORS, BusListener, PostgresBus, hear_cursors, hear_logged
from app.bid.text.section_log import CHANNEL
from app.platform.access.ids import Id
from app.platform.db.listening import Listener

_logger = structlog.get_logger(__name__)


class RedisBus(PostgresBus):
    """A PostgresBus that sends its frequent hints over Redis."""

    notifies_in_commit = False

    def __init__(self, listener: Listener, pool: Any, origin: str, url: str) -> None:
        super().__init__(listener, pool, origin)
        self._redis = Redis.from_url(url, socket_connect_timeout=2, socket_timeout=5, health_check_interval=5)
        self._hearing: asyncio.Task[None] | None = None

    async def start(self, listener: BusListener) -> None:
        await super().start(listener)
        self._hearing = asyncio.create_task(self._hear_redis(listener))

    async def stop(self) -> None:
        if self._hearing is not None:
            self._hearing.cancel()
            await asyncio.gather(self._hearing, return_exceptions=True)
        await super().stop()
        await self._redis.aclose()

    def publish_logged(self, section_id: Id, seq: int) -> None:
        self._spawn(self._send(CHANNEL, f"{section_id} {seq}"))

    async def _send(self, channel: str, note: str) -> None:
        try:
            await self._redis.publish(channel, note)
        except (RedisError, OSError, TimeoutError):
            await super()._send(channel, note)

    async def _hear_redis(self, listener: BusListener) -> None:
        pause = 0.1
        while True:
            try:
                async with self._redis.pubsub() as subscription:
                    await subscription.subscribe(CHANNEL, CURSORS)
                    listener.reconnected()
                    pause = 0.1
                    while True:
                        message = await subscription.get_message(ignore_subscribe_messages=True, timeout=2)
                        if message is not None:
                            self._hear_message(listener, message["channel"].decode(), message["data"].decode())
            except (RedisError, OSError, TimeoutError) as failure:
                _logger.warning("live_redis_lost", error=str(failure) or type(failure).__name__)
            await asyncio.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _hear_message(self, listener: BusListener, channel: str, note: str) -> None:
        if channel == CHANNEL:
            hear_logged(listener, note)
        else:
            hear_cursors(listener, self._origin, note)
