"""The service as a user starts it: a process of its own, with its own database and worker."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.http import client
from tests.waiting import wait_until

QUICK = {"ARGON2_MEMORY_KIB": "64", "ARGON2_TIME": "1", "LOG_LEVEL": "error"}


def start(data_dir: Path, port: int, **settings: str) -> "subprocess.Popen[bytes]":
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {**QUICK, "DATA_DIR": str(data_dir), "PORT": str(port), **settings}
    return subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment)


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]", seconds: float = 120) -> float:
    """Seconds until /readyz said yes."""
    began = time.monotonic()

    with client(url, timeout=5) as http:

        def ready() -> bool:
            assert process.poll() is None, "the service ended"
            with contextlib.suppress(httpx.TransportError):
                return http.get("/readyz").status_code == 200
            return False

        wait_until(ready, seconds, lambda: "the service did not get ready")
    return time.monotonic() - began


@contextmanager
def running(data_dir: Path, **settings: str) -> Iterator[str]:
    """A service from start to its clean end; yields its base URL."""
    from tests.conftest import free_port

    data_dir.parent.chmod(0o755)
    port = free_port()
    process = start(data_dir, port, **settings)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
