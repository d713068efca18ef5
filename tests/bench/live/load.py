"""Runs the load against the three servers in turn, and weighs them."""

import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil
import psycopg

from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from tests import ROOT
from tests.bid.text.live.bids import Bid, bid
from tests.bid.text.live.conftest import Process
from tests.conftest import free_port
from tests.node import stock

ROUNDS = 3


@dataclass(frozen=True)
class Shape:
    """`rate`: updates a second of each client; 0 is as fast as can be."""

    rooms: int
    clients: int
    updates: int
    rate: float


@dataclass(frozen=True)
class Figures:
    """Of one run. `cpu`: seconds of the server's processes (without its database's)."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    database_cpu: float
    megabytes: float


class Server:
    """What is weighed: its name, its process, and where a room's clients connect."""

    name = ""
    sync = True

    def __init__(self) -> None:
        self.pid = 0

    def rooms(self, shape: Shape) -> list[dict[str, Any]]:
        raise NotImplementedError

    def database_cpu(self) -> float:
        return 0.0


class Ours(Server):
    name = "cobid"

    def __init__(self, process: Process, sql: psycopg.Connection) -> None:
        super().__init__()
        self._process = process
        self._sql = sql
        self.pid = process.pid

    def rooms(self, shape: Shape) -> list[dict[str, Any]]:
        made = []
        for _ in range(shape.rooms):
            a_bid: Bid = bid(self._sql)
            writers = [a_bid.lead, *(a_bid.partner() for _ in range(3))]
            tokens = [writers[client % 4].token for client in range(shape.clients)]
            made.append({"url": self._process.url + a_bid.path(), "tokens": tokens})
        return made

    def database_cpu(self) -> float:
        total = 0.0
        for process in psutil.process_iter(["name"]):
            if process.info["name"] == "postgres":
                with contextlib.suppress(psutil.Error):
                    total += sum(process.cpu_times()[:2])
        return total


class Plain(Server):
    """A server that needs no sign-in."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], port: int, sync: bool) -> None:
        super().__init__()
        self.name = name
        self.sync = sync
        self._port = port
        self._number = 0
        self._running = subprocess.Popen(
            command,
            env={**os.environ, **environment},
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.pid = self._running.pid

    def until_there(self) -> None:
        until = time.monotonic() + 20
        while True:
            with contextlib.suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{self._port}/", timeout=1)
                return
            assert time.monotonic() < until, f"{self.name} did not start"
            if self._answers():
                return
            time.sleep(0.05)

    def _answers(self) -> bool:
        import socket

        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1):
            return True
        return False

    def rooms(self, shape: Shape) -> list[dict[str, Any]]:
        made = []
        for _ in range(shape.rooms):
            self._number += 1
            made.append({"url": f"ws://127.0.0.1:{self._port}/r{self._number}", "tokens": [""] * shape.clients})
        return made

    def stop(self) -> None:
        self._running.kill()
        self._running.wait()


@contextlib.contextmanager
def servers() -> Iterator[list[Server]]:
    """The relay, y-websocket on Node, and ours on a PostgreSQL with fsync on."""
    with tempfile.TemporaryDirectory(prefix="cobid-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "postgres") as url, psycopg.connect(url, autocommit=True) as sql:
            migrate(url)
            relay_port, node_port = free_port(), free_port()
            command = [sys.executable, "-m", "tests.bench.live.relay", str(relay_port)]
            relay = Plain("F5 relay", command, {}, relay_port, False)
            script = stock.packages() / "node_modules" / "y-websocket-server" / "bin" / "server.cjs"
            environment = {"HOST": "127.0.0.1", "PORT": str(node_port)}
            node = Plain("y-websocket", [stock.node(), str(script)], environment, node_port, True)
            ours = Process(url, Path(folder)).start()
            try:
                relay.until_there()
                node.until_there()
                yield [relay, node, Ours(ours, sql)]
            finally:
                relay.stop()
                node.stop()
                ours.close()


def weigh(server: Server, shape: Shape) -> Figures:
    plan = {"rooms": server.rooms(shape), "updates": shape.updates, "rate": shape.rate, "sync": server.sync}
    process = psutil.Process(server.pid)
    before, database = sum(process.cpu_times()[:4]), server.database_cpu()
    done = stock.run("live_load.mjs", plan, timeout=180)
    return Figures(
        per_second=done["updates"] / done["seconds"],
        p50=done["p50"],
        p99=done["p99"],
        cpu=sum(process.cpu_times()[:4]) - before,
        database_cpu=server.database_cpu() - database,
        megabytes=process.memory_info().rss / 1e6,
    )


def compare(all_servers: list[Server], shape: Shape, rounds: int = ROUNDS) -> dict[str, Figures]:
    """Medians over interleaved rounds."""
    runs: dict[str, list[Figures]] = {server.name: [] for server in all_servers}
    for _ in range(rounds):
        for server in all_servers:
            runs[server.name].append(weigh(server, shape))
    return {name: _median(figures) for name, figures in runs.items()}


def _median(figures: list[Figures]) -> Figures:
    fields = Figures.__dataclass_fields__
    return Figures(**{name: statistics.median(getattr(each, name) for each in figures) for name in fields})
