"""The service as a user starts it: a process of its own, with its own database and worker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

QUICK = {"ARGON2_MEMORY_KIB": "64", "ARGON2_TIME": "1", "LOG_LEVEL": "error"}


def start(data_dir: Path, port: int, **settings: str) -> "subprocess.Popen[bytes]":
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {**QUICK, "DATA_DIR": str(data_dir), "PORT": str(port), **settings}
    return subprocess.Popen([sys.executable, "-m", "app.cli", "serve"], env=environment)


def wait_until_ready(url: str, process: "subprocess.Popen[bytes]", seconds: float = 120) -> float:
    """Seconds until /readyz said yes."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        assert process.poll() is None, "the service ended"
        try:
            if httpx.get(f"{url}/readyz", timeout=5).status_code == 200:
                return time.monotonic() - began
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the service did not get ready")


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
