"""Two server processes with Redis between them, which comes and goes. Needs `redis-server` on the machine."""

import asyncio
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import redis

from app.bid.text.live import awareness, protocol
from tests.bid.text.live.bids import Bid
from tests.bid.text.live.conftest import Process
from tests.bid.text.live.peer import Peer, run
from tests.conftest import free_port
from tests.waiting import until, wait_until


class RedisServer:
    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--save", "", "--dir", str(self._folder)]
        self._running = subprocess.Popen([*command, "--bind", "127.0.0.1"], stdout=subprocess.DEVNULL)
        with closing(redis.Redis(port=self.port)) as client:

            def answers() -> bool:
                with suppress(redis.RedisError):
                    return bool(client.ping())
                return False

            wait_until(answers, 10, lambda: "redis-server did not start")

    def kill(self) -> None:
        if self._running is not None:
            self._running.kill()
            self._running.wait(10)


@pytest.fixture
def redis_server(tmp_path: Path) -> Iterator[RedisServer]:
    if shutil.which("redis-server") is None:
        pytest.skip("there is no redis-server on this machine (Debian: apt-get install redis-server)")
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


def test_redis_carries_typing_and_cursors_and_may_die_on_the_way(
    redis_server: RedisServer, database: str, data_dir: Path, a_bid: Bid
) -> None:
    servers = [Process(database, data_dir, LIVE_BUS_URL=redis_server.url).start() for _ in range(2)]

    async def story() -> None:
        ana, ben = [await Peer().connect(server.url + a_bid.path(), a_bid.lead.token) for server in servers]
        await asyncio.gather(ana.level(), ben.level())

        async def seen(text: str) -> None:
            ana.write(text)
            await ana.flush()
            await until(lambda: text in ben.text(), 10)

        with closing(redis.Redis(port=redis_server.port)) as client, closing(client.pubsub()) as listening:
            listening.subscribe("cobid_live")
            await seen("over Redis ")
            heard = [listening.get_message(timeout=1) for _ in range(2)]
            assert any(
                note and a_bid.section_id.encode() in note["data"] for note in heard if note["type"] == "message"
            )
        await ana.send(protocol.awareness(awareness.write([awareness.CursorState(3, 1, '{"user":{"name":"Ana"}}')])))
        await until(lambda: bool(ben.cursors))
        redis_server.kill()
        await seen("without it ")
        redis_server.start()
        with closing(redis.Redis(port=redis_server.port)) as client:
            await until(lambda: client.pubsub_numsub("cobid_live")[0][1] == 2)
        await seen("with it again")
        await ana.leave()
        await ben.leave()

    try:
        run(story())
    finally:
        for server in servers:
            server.close()
