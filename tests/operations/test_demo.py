"""The demo that stays: the story is played into a folder, its people can sign in, and nobody else's machine gets an answer."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import httpx
from typer.testing import CliRunner

from app import cli
from tests import ROOT


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_demo_that_stays_prints_who_can_sign_in_and_serves_on_loopback_alone(tmp_path: Path) -> None:
    port = _free_port()
    environment = {**os.environ, "DATA_DIR": str(tmp_path / "data"), "PORT": str(port), "HOST": "0.0.0.0"}
    (tmp_path / "data").mkdir()
    command = [sys.executable, "-m", "app.cli", "demo", "--stay", "--out", str(tmp_path / "bid.pdf")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    too_long = threading.Timer(400, process.kill)
    too_long.start()
    try:
        told: list[str] = []
        for line in process.stdout:
            told.append(line)
            if "Seaborough Council" in line and "passphrase" in line:
                break
        people = re.findall(r"^  \S.*?\s{2,}(\S+@\S+)\s+(a demo passphrase of words)$", "".join(told), re.MULTILINE)
        assert len(people) == 4, told[-8:]
        here = f"http://127.0.0.1:{port}"
        for address, password in people:
            answer = httpx.post(
                f"{here}/open/sign-in",
                data={"email": address, "password": password},
                headers={"Sec-Fetch-Site": "same-origin"},
            )
            assert answer.status_code == 303 and "cobid=" in answer.headers["Set-Cookie"]
        assert _listens_on(port) == {"127.0.0.1"}
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    finally:
        too_long.cancel()
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(60)
    assert (tmp_path / "bid.pdf").read_bytes().startswith(b"%PDF")
    assert list((tmp_path / "data").iterdir()), "what was played stays"


def _listens_on(port: int) -> set[str]:
    """The addresses at which this machine listens on the port, as the kernel lists them."""
    found = set()
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        local, _, state = line.split()[1:4]
        address, _, at = local.partition(":")
        if state == "0A" and int(at, 16) == port:
            found.add(".".join(str(byte) for byte in reversed(bytes.fromhex(address))))
    return found


def test_a_demo_against_a_service_that_runs_cannot_stay() -> None:
    done = CliRunner().invoke(cli.app, ["demo", "--url", "http://127.0.0.1:1", "--stay"])
    assert done.exit_code == 2
