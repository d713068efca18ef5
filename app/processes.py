"""The processes of one service. The one that `serve` starts answers requests itself; beside it are the worker and, so
that more than one core answers, further servers on the same port.
"""

import gc
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from app.settings import Settings

METRICS = "PROMETHEUS_MULTIPROC_DIR"
"""Where the library of the metrics looks for a folder that several processes write to."""
PATIENCE = 5
"""Seconds to wait for a port: servers whose first one was killed give theirs up by themselves."""


class Beside:
    """A process that lives as long as this one: started again if it dies, and told of our end by its standard input."""

    def __init__(self, command: str, url: str) -> None:
        self._command = [sys.executable, "-m", "app.cli", command, "--beside"]
        self._environment = {**os.environ, "DATABASE_URL": url}
        self._stopping = threading.Event()
        self._process = self._start()
        threading.Thread(target=self._watch, daemon=True).start()

    def _start(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(self._command, env=self._environment, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603

    def _watch(self) -> None:
        while not self._stopping.is_set():
            self._process.wait()
            if not self._stopping.wait(2):
                self._process = self._start()

    def tell_to_stop(self) -> None:
        self._stopping.set()
        self._process.terminate()

    def stop(self) -> None:
        self.tell_to_stop()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()


def when_alone(stop: Callable[[], Any]) -> None:
    """Call `stop` once the process that started this one beside it is gone, however it went."""

    def watch() -> None:
        os.read(0, 1)  # nothing is ever written: it ends with the other side
        stop()

    threading.Thread(target=watch, daemon=True).start()


def servers(settings: Settings) -> int:
    """How many processes answer requests. Linux alone shares what comes to one port out among several."""
    if not sys.platform.startswith("linux"):
        return 1
    return settings.processes or min(2, len(os.sched_getaffinity(0)))


def check_free(host: str, port: int) -> None:
    """OSError where something else listens there: sharing the port would let two services answer in turn."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            _bound(host, port).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def _bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """A socket that does not listen yet."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if sys.platform != "win32":  # there it would let two services have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


@contextmanager
def counted_together(several: bool) -> Iterator[None]:
    """Let /metrics say what all processes did. Entered before anything that counts is imported; others inherit it."""
    if not several:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="cobid-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[METRICS] = folder
        yield


def run(settings: Settings, url: str, beside: Callable[[], list[Beside]] | None = None) -> None:
    """Answer requests until told to stop. `beside` starts the others once this one is ready, so that its start takes no
    longer for them; they are told to stop when it is. None: this one is such another."""
    import uvicorn

    from app.main import create_app

    class Server(uvicorn.Server):
        others: list[Beside] = []

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            self.others = beside() if beside else []

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            for other in self.others:
                other.tell_to_stop()
            super().handle_exit(sig, frame)

    served = create_app(settings, url)
    config = uvicorn.Config(
        served,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=30,
        ws_max_size=4 * 1024 * 1024,
        ws_per_message_deflate=False,  # compressing each keystroke for each reader costs more than it saves
    )
    server = Server(config)
    served.state.stopping = lambda: server.should_exit  # streams end by themselves then, and hold nothing up
    if beside is None:
        when_alone(lambda: setattr(server, "should_exit", True))
    # What the start made stays: a full collection would walk 200,000 objects for nothing, a tenth of a second each time.
    gc.freeze()
    try:
        server.run([_bound(settings.host, settings.port, shared=servers(settings) > 1)])
    finally:
        for other in server.others:
            other.stop()
