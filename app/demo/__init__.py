"""The demo: a whole joint bid over HTTP, each step told in a sentence."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from app.demo.caller import Caller
from app.demo.story import PASSWORD, Story


def play(url: str, out: Path, mail_dir: Path | None, stay: bool = False) -> int:
    """Play the demo against a running service, or against one started for it; 0 when the story reached its end.

    `stay` plays into the folder of `make run`, and the service goes on until it is stopped.
    """
    kept = Path(os.environ.get("DATA_DIR", "data"))
    if url:
        return _play(url, out, mail_dir or kept / "mail").code
    if stay:
        return _play_and_stay(out, kept, os.environ.get("PORT", "8000"))
    with tempfile.TemporaryDirectory(prefix="cobid-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with own_service(Path(folder), free_port()) as (own, _):
            return _play(own, out, Path(folder) / "mail").code


def _play(url: str, out: Path, mails: Path) -> Story:
    with httpx.Client(base_url=url, timeout=60) as http:
        story = Story(Caller(http, mails), out)
        story.tell()
    return story


def _play_and_stay(out: Path, folder: Path, port: str) -> int:
    """The service is bound to loopback, whatever HOST says: everybody in the story has the same printed password."""
    with own_service(folder, port) as (url, process):
        story = _play(url, out, folder / "mail")
        print(f"\nOpen {url} and sign in as one of them. Stop with Ctrl+C; all of it stays in {folder.resolve()}.")
        for who in story.people:
            print(f"  {who.organisation:<22} {who.email:<58} {PASSWORD}")
        sys.stdout.flush()
        with suppress(KeyboardInterrupt):
            process.wait()
        return story.code


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@contextmanager
def own_service(folder: Path, port: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """A service for the demo alone, which answers on this machine only and writes its mails into its folder."""
    own = {"PORT": port, "HOST": "127.0.0.1", "DATA_DIR": str(folder), "LOG_LEVEL": "error"}
    environment = {name: value for name, value in os.environ.items() if name not in ("SMTP_URL", "PUBLIC_URL")} | own
    print("Starting a service of its own for the demo …")
    command = [sys.executable, "-m", "app.cli", "serve"]
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(url, process)
        yield url, process
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
