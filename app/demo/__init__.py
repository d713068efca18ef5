"""The demo: a whole joint bid over HTTP, each step told in a sentence."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from app.demo.caller import Caller
from app.demo.story import Story


def play(url: str, out: Path, mail_dir: Path | None) -> int:
    """Play the demo against a running service, or against one started for it; 0 when the story reached its end."""
    if url:
        return _play(url, out, mail_dir or Path(os.environ.get("DATA_DIR", "data")) / "mail")
    with _own_service() as (own, mails):
        return _play(own, out, mails)


def _play(url: str, out: Path, mails: Path) -> int:
    with httpx.Client(base_url=url, timeout=60) as http:
        return Story(Caller(http, mails), out).tell()


@contextmanager
def _own_service() -> Iterator[tuple[str, Path]]:
    """A service whose folder is deleted when the demo is over."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with tempfile.TemporaryDirectory(prefix="cobid-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "PORT": port, "HOST": "127.0.0.1", "DATA_DIR": folder, "LOG_LEVEL": "error"}
        print("Starting a service of its own for the demo …")
        command = [sys.executable, "-m", "app.cli", "serve"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
        try:
            url = f"http://127.0.0.1:{port}"
            _wait_until_ready(url, process)
            yield url, Path(folder) / "mail"
        finally:
            process.terminate()
            process.wait(40)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError("the service did not start; try `make run` to see why")
