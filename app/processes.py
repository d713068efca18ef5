"""The processes of one service. The first, which `serve` starts, answers requests and starts its companions: the worker
and, so that more than one core answers, further servers on the same port.
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
"""The variable in which the metrics library finds the folder that several processes write to."""
PATIENCE = 5
"""Seconds to wait for a port: companions of a killed first process end, and give up the port, after a moment."""


class Companion:
    """A process that lives as long as this one: started again if it dies, ended by the end of its standard input."""

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


def when_orphaned(stop: Callable[[], Any]) -> None:
    """Call `stop` once the first process, which started this companion, is gone for whatever reason."""

    def watch() -> None:
        os.read(0, 1)  # the first process never writes, so this returns when it is gone
        stop()

    threading.Thread(target=watch, daemon=True).start()


def servers(settings: Settings) -> int:
    """How many processes answer requests. Only Linux shares the connections to one port among several."""
    if not sys.platform.startswith("linux"):
        return 1
    return settings.processes or min(2, len(os.sched_getaffinity(0)))


def check_free(host: str, port: int) -> None:
    """Raises OSError if something else listens there, since two services on a shared port would answer in turn."""
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
    """A socket that is bound but does not listen yet."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if sys.platform != "win32":  # Windows would let two services have one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


@contextmanager
def shared_metrics(several: bool) -> Iterator[None]:
    """Lets /metrics of each process count for all. Must be entered before any counter is imported; companions inherit
    it."""
    if not several:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="cobid-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[METRICS] = folder
        yield


def run(settings: Settings, url: str, start_companions: Callable[[], list[Companion]] | None = None) -> None:
    """Answer requests until a signal to stop, which is passed on to the companions. They start once this process is
    ready, so that they do not slow its own start. Without `start_companions`, this process is a companion itself."""
    import uvicorn

    from app.main import create_app

    class Server(uvicorn.Server):
        companions: list[Companion] = []

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            self.companions = start_companions() if start_companions else []

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            served.state.db.wakes.end()  # whoever waits for something new is answered, and delays no stop
            await super().shutdown(sockets)

        def handle_exit(self, sig: int, frame: FrameType | None) -> None:
            for companion in self.companions:
                companion.tell_to_stop()
            super().handle_exit(sig, frame)

    served = create_app(settings, url)
    config = uvicorn.Config(
        served,
        log_level="warning",
        log_config=None,  # its lines go out in the form of all others
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=30,
        ws_max_size=4 * 1024 * 1024,
        ws_per_message_deflate=False,  # compressing each keystroke for each reader costs more than it saves
    )
    server = Server(config)
    served.state.stopping = lambda: server.should_exit  # then streams end without delaying the stop
    if start_companions is None:
        when_orphaned(lambda: setattr(server, "should_exit", True))
    # What the start made stays: without this, each full collection would walk 200,000 objects in vain for 0.1 seconds.
    gc.freeze()
    try:
        server.run([_bound(settings.host, settings.port, shared=servers(settings) > 1)])
    finally:
        for companion in server.companions:
            companion.stop()
