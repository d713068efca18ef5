"""Servers to kill, beside the one of the whole run."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.conftest import free_port
from tests.live.bids import Bid, bid


@pytest.fixture
def a_bid(sql: psycopg.Connection) -> Bid:
    return bid(sql)


class Process:
    """A server in a process of its own, on a port that it keeps over its deaths."""

    def __init__(self, database: str, data_dir: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self._environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "LOG_LEVEL": "error",
        }
        self._running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._running is not None
        return self._running.pid

    def start(self) -> "Process":
        self._running = subprocess.Popen(
            [sys.executable, "-m", "tests.live.serve"], env=self._environment, cwd=Path(__file__).parents[2]
        )
        until = time.monotonic() + 30
        while True:
            assert self._running.poll() is None and time.monotonic() < until, "the server did not start"
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1).is_success:
                    return self
            except httpx.HTTPError:
                time.sleep(0.02)

    def kill(self) -> None:
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._running is not None and self._running.poll() is None:
            self._running.send_signal(how)
            self._running.wait(20)


@pytest.fixture
def process(database: str, data_dir: Path) -> Iterator[Callable[[], Process]]:
    """Starts another server process on the same database."""
    started: list[Process] = []

    def start() -> Process:
        started.append(Process(database, data_dir).start())
        return started[-1]

    yield start
    for each in started:
        each.kill()
