"""Several processes answer for one service, count together, are replaced when they die, and end with the first."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

from tests.conftest import free_port
from tests.http import client
from tests.servers import start, wait_until_ready
from tests.waiting import wait_until


def others_of(process: "subprocess.Popen[bytes]") -> list[psutil.Process]:
    """The further servers, the worker left out."""
    return [
        child
        for child in psutil.Process(process.pid).children()
        if child.status() != psutil.STATUS_ZOMBIE and child.cmdline()[-2:] == ["serve", "--beside"]
    ]


def until_listening(process: "subprocess.Popen[bytes]", port: int, without: int = 0) -> psutil.Process:
    """The one further server, once it listens."""

    def listening() -> psutil.Process | None:
        for other in others_of(process):
            if other.pid != without and any(
                c.status == psutil.CONN_LISTEN and c.laddr.port == port for c in other.net_connections()
            ):
                return other
        return None

    found = wait_until(listening, 60, lambda: "no second process listens")
    assert found is not None
    return found


Service = tuple["subprocess.Popen[bytes]", int]


@contextmanager
def of_two_servers(folder: Path) -> Iterator[Service]:
    folder.chmod(0o755)
    port = free_port()
    process = start(folder / "data", port, PROCESSES="2")
    wait_until_ready(f"http://127.0.0.1:{port}", process)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for all tests that leave it alive."""
    with of_two_servers(tmp_path_factory.mktemp("service")) as running:
        yield running


def counted(port: int) -> int:
    found = re.search(
        r'cobid_requests_total\{method="GET",operation="healthz",status="200"\} (\d+)',
        httpx.get(f"http://127.0.0.1:{port}/metrics").text,
    )
    return int(found[1]) if found else 0


@pytest.mark.timeout(300)
def test_all_processes_answer_and_metrics_count_what_each_did(service: Service) -> None:
    process, port = service
    other = until_listening(process, port)
    answering, before = set[int](), counted(port)
    for _ in range(60):
        with client(f"http://127.0.0.1:{port}") as http:
            assert http.get("/healthz").status_code == 200
            for pid in (process.pid, other.pid):
                connections = psutil.Process(pid).net_connections()
                if any(c.status == "ESTABLISHED" and c.laddr.port == port for c in connections):
                    answering.add(pid)
    assert answering == {process.pid, other.pid}
    assert counted(port) == before + 60


@pytest.mark.timeout(300)
def test_a_server_that_died_is_replaced(service: Service) -> None:
    process, port = service
    other = until_listening(process, port)
    other.kill()
    assert until_listening(process, port, without=other.pid).pid != other.pid


@pytest.mark.timeout(300)
def test_a_worker_that_died_is_replaced(service: Service) -> None:
    process, _ = service

    def workers() -> list[psutil.Process]:
        alive = [child for child in psutil.Process(process.pid).children() if child.status() != psutil.STATUS_ZOMBIE]
        return [child for child in alive if child.cmdline()[-2:] == ["worker", "--beside"]]

    (worker,) = wait_until(workers, 60)
    worker.kill()
    wait_until(lambda: [found.pid for found in workers()] not in ([], [worker.pid]), 60)


@pytest.mark.timeout(300)
def test_when_the_first_is_killed_the_others_end_and_the_port_is_free_for_the_next_start(
    tmp_path: Path,
) -> None:
    with of_two_servers(tmp_path) as (first, port):
        _killed_first(first, port, tmp_path / "data")


def _killed_first(first: "subprocess.Popen[bytes]", port: int, data_dir: Path) -> None:
    until_listening(first, port)
    companions = [child for child in psutil.Process(first.pid).children() if child.cmdline()[-1:] == ["--beside"]]
    assert len(companions) == 2
    first.kill()
    first.wait(10)
    second = start(data_dir, port)
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", second)
        assert psutil.wait_procs(companions, timeout=30)[1] == []
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(60)


@pytest.mark.timeout(300)
def test_a_port_that_is_taken_is_said_so_and_never_shared(service: Service, tmp_path: Path) -> None:
    _, port = service
    command = [sys.executable, "-m", "app.cli", "serve"]
    environment = {**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path / "other")}
    refused = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert refused.returncode == 1
    assert f"port {port}" in refused.stderr and "choose another with PORT" in refused.stderr
    assert not (tmp_path / "other").exists()
