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

from tests import ROOT
from tests.bid.text.live.bids import Bid, bid
from tests.conftest import free_port


@pytest.fixture
def a_bid(sql: psycopg.Connection) -> Bid:
    return bid(sql)


class Process:
    """A server in a process of its own, on a port that it keeps over its deaths."""

    def __init__(self, database: str, data_dir: Path, **settings: str) -> None:
        self.port = free_port()
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_DIR": str(data_dir),
            "PORT": str(self.port),
            "LOG_LEVEL": "error",
            **settings,
        }
        self._launcher = subprocess.Popen(
            [sys.executable, "-m", "tests.bid.text.live.serve"],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def start(self) -> "Process":
        assert self._launcher.stdin is not None and self._launcher.stdout is not None
        self._launcher.stdin.write("start\n")
        self._launcher.stdin.flush()
        self.pid = int(self._launcher.stdout.readline())
        until = time.monotonic() + 60
        while True:
            assert time.monotonic() < until, "the server did not start"
            try:
                if httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=1).is_success:
                    return self
            except httpx.HTTPError:
                time.sleep(0.01)

    def kill(self) -> None:
        """As the kernel does it: without a word."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.pid:
            os.kill(self.pid, how)
            until = time.monotonic() + 20
            while _lives(self.pid):
                assert time.monotonic() < until, "the server does not end"
                time.sleep(0.005)
            self.pid = 0

    def close(self) -> None:
        self.kill()
        self._launcher.kill()
        self._launcher.wait(10)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def process(database: str, data_dir: Path) -> Iterator[Callable[[], Process]]:
    """Starts another server process on the same database."""
    started: list[Process] = []

    def start() -> Process:
        started.append(Process(database, data_dir).start())
        return started[-1]

    yield start
    for each in started:
        each.close()
