"""Servers to kill, beside the one of the whole run."""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tests import ROOT
from tests.bid.text.live.bids import Bid, bid
from tests.conftest import free_port
from tests.http import client
from tests.waiting import wait_until


@pytest.fixture
def a_bid(sql: psycopg.Connection) -> Bid:
    return bid(sql)


class Process:
    """A server in a process of its own, on a port that it keeps when it is started again."""

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
        with client(f"http://127.0.0.1:{self.port}", timeout=1) as http:

            def answers() -> bool:
                with contextlib.suppress(httpx.HTTPError):
                    return http.get("/healthz").is_success
                return False

            wait_until(answers, 60, lambda: "the server did not start")
        return self

    def kill(self) -> None:
        """Kills it as the kernel would, without a warning."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self.pid:
            os.kill(self.pid, how)
            wait_until(lambda: not _lives(self.pid), why=lambda: "the server does not end")
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


@pytest.fixture(scope="module")
def processes() -> Iterator[list[Process]]:
    """The server processes that this module's tests have started."""
    started: list[Process] = []
    yield started
    for each in started:
        each.close()


@pytest.fixture
def process(database: str, data_dir: Path, processes: list[Process]) -> Callable[[], Process]:
    """Hands out another server process on the same database: one that an earlier test started, if there is one."""
    free = list(processes)

    def start() -> Process:
        if not free:
            processes.append(Process(database, data_dir))
            free.append(processes[-1])
        one = free.pop(0)
        return one if one.pid else one.start()

    return start
