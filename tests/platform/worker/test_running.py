"""The worker lives on when its database is stopped, killed, silent or away, does what waited, and says so."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from aiosmtpd.controller import Controller

from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from app.platform.worker import running
from app.settings import Settings
from tests.conftest import QUICK, free_port
from tests.operations.test_service import databases_of
from tests.waiting import wait_until

pytestmark = pytest.mark.timeout(300)
TO = "sam@harbouryouth.example.org"


@pytest.fixture
def database_of_its_own(tmp_path: Path) -> tuple[Path, str]:
    """Its folder and URL; it does not run."""
    tmp_path.chmod(0o755)
    with embedded(tmp_path / "pg", flags=QUICK) as url:
        migrate(url)
    return tmp_path / "pg", url


@dataclass
class Worker:
    process: "subprocess.Popen[bytes]"
    data: Path

    def log(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in (self.data / "log").read_text().splitlines()]
        return [line for line in lines if line["event"] == event]

    def whole_log(self) -> str:
        return (self.data / "log").read_text()

    def until_written(self, number: int) -> None:
        wait_until(lambda: len(list((self.data / "mail").glob("*.eml"))) >= number, 30, self.whole_log)


@contextmanager
def working(url: str, data: Path, **settings: str) -> Iterator[Worker]:
    data.mkdir()
    environment = {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(data), "LOG_FORMAT": "json", **settings}
    with (data / "log").open("wb") as log:
        process = subprocess.Popen([sys.executable, "-m", "app.cli", "worker"], env=environment, stderr=log)
    try:
        yield Worker(process, data)
        assert process.poll() is None, (data / "log").read_text()[-3000:]
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def ask_for_a_mail(url: str) -> None:
    mail = {"to": TO, "template": "digest", "values": {"subject": "News", "text": "Some."}}
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO outbox (topic, payload) VALUES ('mail', %s)", [json.dumps(mail)])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_worker_outlives_a_database_that_is_away_at_first_and_is_stopped_or_killed_later(
    how: signal.Signals, database_of_its_own: tuple[Path, str], tmp_path: Path
) -> None:
    folder, url = database_of_its_own
    with working(url, tmp_path / "data") as worker:

        def waits(times: int) -> None:
            said = "worker-waits-for-the-database"
            wait_until(lambda: len(worker.log(said)) == times, 30, worker.whole_log)

        waits(1)
        with embedded(folder):
            ask_for_a_mail(url)
            worker.until_written(1)
            postmaster = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))
            postmaster.send_signal(how)
            psutil.wait_procs([postmaster], 30)
            waits(2)
        with embedded(folder):
            ask_for_a_mail(url)
            worker.until_written(2)
        assert [line["away_seconds"] > 0 for line in worker.log("worker-works-again")] == [True, True]


def test_a_database_that_is_silent_is_left_and_found_again(
    database_of_its_own: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when a machine vanishes: connections stay open, and nobody answers."""
    folder, url = database_of_its_own
    monkeypatch.setattr(running, "PATIENCE", 2.0)
    monkeypatch.setattr(running, "BEAT", 0.2)
    monkeypatch.setattr(running, "LET_GO", 1.0)
    rounds: list[running._Outage] = []
    monkeypatch.setattr(running._Outage, "goes_on", lambda self, error: rounds.append(self))
    data = tmp_path / "data"
    with embedded(folder), in_a_thread(Settings(data_dir=data), url):
        ask_for_a_mail(url)
        wait_until(lambda: list((data / "mail").glob("*.eml")))
        [first] = [psutil.Process(pid) for pid in databases_of(folder)]
        processes = [first, *first.children(recursive=True)]
        for process in processes:
            process.suspend()
        try:
            wait_until(lambda: len(rounds) >= 2, 60)
        finally:
            for process in reversed(processes):
                with suppress(psutil.NoSuchProcess):
                    process.resume()
        ask_for_a_mail(url)
        wait_until(lambda: len(list((data / "mail").glob("*.eml"))) == 2, 30)


@contextmanager
def in_a_thread(settings: Settings, url: str) -> Iterator[None]:
    loop = asyncio.new_event_loop()
    task = loop.create_task(running.run(settings, url))

    def until_cancelled() -> None:
        with suppress(asyncio.CancelledError):
            loop.run_until_complete(task)

    thread = threading.Thread(target=until_cancelled)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(60)
        assert not thread.is_alive()


def test_the_jobs_that_a_worker_had_in_hand_when_it_died_are_done_by_another(
    database_of_its_own: tuple[Path, str], tmp_path: Path
) -> None:
    folder, url = database_of_its_own
    payload = {"to": TO, "template": "digest", "values": {"subject": "News", "text": "Some."}}
    arguments = json.dumps({"topic": "mail", "handler": "send", "payload": payload})
    with embedded(folder):
        with psycopg.connect(url, autocommit=True) as sql:
            sql.execute(
                "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') "
                "RETURNING id) INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, worker_id) "
                "SELECT 'work', 'react', %s, 'doing', id FROM dead",
                [arguments],
            )
        with working(url, tmp_path / "data") as worker:
            worker.until_written(1)
            assert len(worker.log("job-taken-over")) == 1


def test_a_mail_that_fails_is_a_warning_with_the_next_try_and_no_address_and_is_counted(
    database_of_its_own: tuple[Path, str], tmp_path: Path
) -> None:
    class Refusing:
        async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
            return f"550 <{address}>: no such mailbox"

    folder, url = database_of_its_own
    smtp = Controller(Refusing(), hostname="127.0.0.1", port=free_port())
    smtp.start()
    try:
        with embedded(folder), psycopg.connect(url, autocommit=True) as sql:
            smtp_url = f"smtp://127.0.0.1:{smtp.port}"
            with working(url, tmp_path / "data", SMTP_URL=smtp_url) as worker:
                ask_for_a_mail(url)
                wait_until(lambda: len(worker.log("mail-failed")) >= 2, 30, worker.whole_log)
            first, second, *_ = worker.log("mail-failed")
            assert (first["level"], first["attempt"], second["attempt"]) == ("warning", 1, 2)
            assert 1 <= first["next_try_in"] <= 2 and 3 <= second["next_try_in"] <= 4
            assert "no such mailbox" in first["why"] and TO not in worker.whole_log()
            counted = sql.execute("SELECT number FROM tallies WHERE name = 'mails_failed'").fetchone()
            assert counted is not None and counted[0] >= 2
    finally:
        smtp.stop()
