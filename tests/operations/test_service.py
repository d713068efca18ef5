"""The service as a process: it recovers from kill -9, drains on SIGTERM, and says when it is ready."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from typer.testing import CliRunner

from app import cli
from tests import ROOT
from tests.conftest import free_port
from tests.http import client
from tests.servers import start, wait_until_ready
from tests.waiting import wait_until

PERSON = {"email": "sam@harbouryouth.example.org", "name": "Sam", "password": "four plain words here"}


def databases_of(folder: Path) -> list[int]:
    return [
        process.pid
        for process in psutil.process_iter(["name", "cmdline"])
        if process.info["name"] == "postgres" and str(folder) in " ".join(process.info["cmdline"] or [])
    ]


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    tmp_path.chmod(0o755)
    return tmp_path / "data"


@pytest.mark.timeout(300)
def test_what_was_acknowledged_survives_kill_9_and_the_next_start_recovers(own_folder: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    first = start(own_folder, port)
    wait_until_ready(url, first)
    assert httpx.post(f"{url}/v1/people", json=PERSON).status_code == 201
    first.kill()
    first.wait(10)
    for pid in databases_of(own_folder):
        with contextlib.suppress(psutil.NoSuchProcess):  # the postmaster's children end with it
            psutil.Process(pid).kill()
    second = start(own_folder, port)
    try:
        wait_until_ready(url, second)
        signed_in = httpx.post(f"{url}/v1/sessions", json={k: PERSON[k] for k in ("email", "password")})
        assert signed_in.status_code == 403 and signed_in.json()["type"] == "/problems/email-unverified"
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(60)
    assert databases_of(own_folder) == []


@pytest.mark.timeout(300)
def test_a_database_killed_under_load_makes_everybody_come_back_later_and_loses_nothing(own_folder: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start(own_folder, port)
    wait_until_ready(url, process)
    over, answers, acknowledged = threading.Event(), set[tuple[int, bool]](), set[str]()

    def register(number: int) -> None:
        with client(url) as http:
            for attempt in itertools.count():
                email = f"p{number}-{attempt}@people.example.org"
                answer = http.post("/v1/people", json={**PERSON, "email": email})
                answers.add((answer.status_code, "Retry-After" in answer.headers))
                if answer.status_code == 201:
                    acknowledged.add(email)
                if over.is_set():
                    return

    people = [threading.Thread(target=register, args=(number,)) for number in range(12)]
    for person in people:
        person.start()
    try:
        wait_until(lambda: len(acknowledged) >= 24, 60)
        postmaster = int((own_folder / "postgres" / "postmaster.pid").read_text().splitlines()[0])
        psutil.Process(postmaster).kill()
        wait_until(lambda: (503, True) in answers, 60)
        before = len(acknowledged)
        wait_until(lambda: len(acknowledged) >= before + 12, 60)  # it was started again
    finally:
        over.set()
        for person in people:
            person.join(60)
        process.send_signal(signal.SIGTERM)
        process.wait(60)
    assert answers == {(201, False), (503, True)}
    again = start(own_folder, port)
    try:
        wait_until_ready(url, again)
        for email in acknowledged:
            signed_in = httpx.post(f"{url}/v1/sessions", json={"email": email, "password": PERSON["password"]})
            assert signed_in.json()["type"] == "/problems/email-unverified", email
    finally:
        again.send_signal(signal.SIGTERM)
        again.wait(60)


@pytest.mark.timeout(300)
def test_sigterm_lets_a_request_under_way_finish(own_folder: Path) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = start(own_folder, port, ARGON2_MEMORY_KIB="262144", ARGON2_TIME="4")
    wait_until_ready(url, process)
    answers: list[int] = []
    asking = threading.Thread(
        target=lambda: answers.append(httpx.post(f"{url}/v1/people", json=PERSON, timeout=60).status_code)
    )
    asking.start()
    while not any(connection.status == "ESTABLISHED" for connection in psutil.Process(process.pid).net_connections()):
        assert asking.is_alive() or answers
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    asking.join(60)
    assert answers == [201]
    assert databases_of(own_folder) == []


def test_every_command_explains_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "error")  # a command sets up the log of the process that it runs in
    of_organisations = ("verify-organisation", "grant-kind", "release-identifier")
    of_operators = ("doctor", "mail-test", "backup", "restore")
    for command in (
        *("serve", "worker", "migrate", "demo", "verify-log", "import-ocds", "export"),
        *of_organisations,
        *of_operators,
    ):
        done = CliRunner().invoke(cli.app, [command, "--help"])
        assert done.exit_code == 0 and "Usage" in done.stdout, command


def test_the_command_of_the_documentation_runs_from_any_folder(tmp_path: Path) -> None:
    command = ROOT / "cobid"
    link = tmp_path / "cobid"
    link.symlink_to(command)
    for way in (command, link):
        done = subprocess.run([way, "verify-organisation", "--help"], cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0 and "Usage: cobid verify-organisation" in done.stdout, done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["verify-organisation", "nonsense", "--by", "Me"],
        ["verify-organisation", "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11", "--by", "Me", "--level", "nonsense"],
        ["grant-kind", "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11", "council", "--by", "Me"],
        ["grant-opportunity", "nonsense", "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"],
    ],
)
def test_what_a_command_cannot_take_is_said_in_words(words: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "app.cli", *words], capture_output=True, text=True)
    assert done.returncode == 2 and "Invalid value" in done.stderr and "Traceback" not in done.stderr


def test_a_database_that_does_not_answer_at_the_start_is_said_in_words(tmp_path: Path) -> None:
    nobody = f"postgresql://cobid:not-for-the-log@127.0.0.1:{free_port()}/cobid"
    command = [sys.executable, "-m", "app.cli", "serve"]
    settings = {**os.environ, "DATABASE_URL": nobody, "DATA_DIR": str(tmp_path), "PORT": str(free_port())}
    ended = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "The database cannot be used" in ended.stderr and "DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr and "not-for-the-log" not in ended.stderr


def test_a_database_without_tables_is_said_in_words(empty_database: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"releases": [{"ocid": "ocds-e-1", "tender": {"id": "1"}}]}')
    command = [sys.executable, "-m", "app.cli", "import-ocds", str(tmp_path / "a.json")]
    settings = {**os.environ, "DATABASE_URL": empty_database, "DATA_DIR": str(tmp_path)}
    ended = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert "cobid migrate" in ended.stderr and "Traceback" not in ended.stderr


@pytest.fixture
def empty_database(database: str, sql: psycopg.Connection) -> Iterator[str]:
    sql.execute("DROP DATABASE IF EXISTS tableless")
    sql.execute("CREATE DATABASE tableless TEMPLATE template0")
    yield database.replace("/cobid?", "/tableless?")
    sql.execute("DROP DATABASE tableless WITH (FORCE)")


def test_it_says_that_it_lives_and_is_ready_and_counts(server: str) -> None:
    assert httpx.get(f"{server}/healthz").json() == {"status": "ok"}
    ready = httpx.get(f"{server}/readyz")
    assert ready.status_code == 200 and ready.json()["migrations"] == "ok"
    assert "cobid_requests_total" in httpx.get(f"{server}/metrics").text


def test_how_the_work_beside_the_requests_stands_is_told_in_numbers(server: str, sql: psycopg.Connection) -> None:
    sql.execute(
        "INSERT INTO tallies VALUES ('worker_alive', 7, now() - interval '40 seconds') ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at"
    )
    ready, metrics = httpx.get(f"{server}/readyz").json(), httpx.get(f"{server}/metrics").text
    assert ready["worker"] == "ok" and ready["oldest_job_seconds"] >= 0
    assert {"jobs_waiting", "jobs_retrying", "jobs_failed", "mails_sent", "mails_failed"} <= ready.keys()
    assert ready["worker_seen_seconds"] > 0
    for family in (
        "cobid_jobs_waiting",
        "cobid_jobs_retrying",
        "cobid_jobs_failed",
        "cobid_oldest_job_seconds",
        'cobid_mails_total{result="sent"}',
        'cobid_mails_total{result="failed"}',
        "cobid_worker_seen_seconds",
        "cobid_database_up",
        "cobid_info{version=",
    ):
        assert f"\n{family}" in metrics, family


def test_every_problem_resolves_to_a_page(server: str) -> None:
    from app.platform.access.errors import REFUSALS

    assert len(REFUSALS) > 60
    with client(server) as http:
        for code in REFUSALS:
            page = http.get(f"/problems/{code}")
            assert page.status_code == 200 and "<h1>" in page.text, code
        assert http.get("/problems/nonsense").status_code == 404
