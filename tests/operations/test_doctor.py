"""`cobid doctor` names what is wrong, and `cobid mail-test` says what the mail server says."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiosmtpd.controller import Controller

from app.operations import doctor
from app.operations.doctor import Level
from app.settings import Settings
from tests.conftest import free_port

pytestmark = pytest.mark.timeout(300)


class Keeping:
    def __init__(self) -> None:
        self.mails: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append(envelope)
        return "250 Taken"


@pytest.fixture
def smtp() -> Iterator[Controller]:
    running = Controller(Keeping(), hostname="127.0.0.1", port=free_port())
    running.start()
    yield running
    running.stop()


def cobid(*words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | settings
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def found(lines: str) -> dict[str, str]:
    """The level of each thing that was looked at."""
    return {line.split()[1].rstrip(":"): line.split()[0] for line in lines.splitlines()}


def test_bad_settings_are_what_it_says_first(tmp_path: Path) -> None:
    done = cobid("doctor", PORT="abc", PUBLIC_URL="bids.example.org", DATA_DIR=str(tmp_path))
    assert done.returncode == 1 and done.stderr == ""
    assert [line.split()[:3] for line in done.stdout.splitlines()] == [
        ["failed", "settings:", "PORT=abc"],
        ["failed", "settings:", "PUBLIC_URL=bids.example.org"],
    ]


def test_a_service_in_order_is_ok_in_everything(
    database: str, settings: Settings, sql: psycopg.Connection, smtp: Controller
) -> None:
    sql.execute(
        "INSERT INTO tallies VALUES ('worker_alive', 1, now()) ON CONFLICT (name) DO UPDATE SET last_at = now()"
    )
    smtp_url = f"smtp://127.0.0.1:{smtp.port}"
    done = cobid("doctor", DATABASE_URL=database, DATA_DIR=str(settings.data_dir), SMTP_URL=smtp_url)
    levels = found(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {levels[about] for about in ("settings", "database", "migrations", "clock", "worker", "files", "mail")} == {
        "ok"
    }
    assert {"disk", "fonts", "jobs", "folder", "embedded"} <= levels.keys()


def test_a_database_that_is_away_or_closed_to_the_user_has_failed(
    database: str, sql: psycopg.Connection, tmp_path: Path
) -> None:
    nobody = f"postgresql://cobid:not-for-the-log@127.0.0.1:{free_port()}/cobid"
    done = cobid("doctor", DATABASE_URL=nobody, DATA_DIR=str(tmp_path))
    assert done.returncode == 1 and found(done.stdout)["database"] == "failed"
    assert "not-for-the-log" not in done.stdout + done.stderr and "Traceback" not in done.stderr
    sql.execute("DROP ROLE IF EXISTS somebody")
    sql.execute("CREATE ROLE somebody LOGIN")
    try:
        closed = database.replace("postgresql://postgres:@", "postgresql://somebody@")
        done = cobid("doctor", DATABASE_URL=closed, DATA_DIR=str(tmp_path))
        assert done.returncode == 1 and "GRANT CREATE ON SCHEMA public" in done.stdout
        assert "of its tables: they were made by another user" in done.stdout and "Traceback" not in done.stderr
    finally:
        sql.execute("DROP ROLE somebody")


def test_what_the_worker_leaves_undone_is_named(settings: Settings) -> None:
    from app.platform.worker.tallies import Standing

    gone = Standing(3, 1, 0, 900.0, 0, 0, 400.0)
    worker, jobs = doctor._work(gone, settings)
    assert (worker.level, jobs.level) == (Level.FAILED, Level.ATTENTION)
    assert worker.words == "It last gave a sign of life: 400 seconds ago. 3 jobs wait for it."
    assert jobs.words == "3 jobs wait, the oldest for 900 seconds; 1 failed and are tried again; 0 were given up."


def test_a_mail_server_that_is_away_has_failed(database: str, tmp_path: Path) -> None:
    away = f"smtp://127.0.0.1:{free_port()}"
    done = cobid("doctor", DATABASE_URL=database, DATA_DIR=str(tmp_path), SMTP_URL=away)
    assert done.returncode == 1 and found(done.stdout)["mail"] == "failed"
    tried = cobid("mail-test", "sam@harbouryouth.example.org", DATA_DIR=str(tmp_path), SMTP_URL=away)
    assert (
        tried.returncode == 1 and "The mail server did not take it" in tried.stderr and "Traceback" not in tried.stderr
    )


def test_a_trial_mail_goes_at_once(smtp: Controller, tmp_path: Path) -> None:
    smtp_url = f"smtp://127.0.0.1:{smtp.port}"
    public = {"PUBLIC_URL": "https://bids.example.org", "DATA_DIR": str(tmp_path)}
    done = cobid("mail-test", "sam@harbouryouth.example.org", SMTP_URL=smtp_url, **public)
    assert done.returncode == 0 and "took it" in done.stdout
    (mail,) = smtp.handler.mails
    assert mail.rcpt_tos == ["sam@harbouryouth.example.org"] and b"\r\nhttps://bids.example.org\r\n" in mail.content
    done = cobid("mail-test", "sam@harbouryouth.example.org", **public)
    assert done.returncode == 0 and "SMTP_URL is not set" in done.stdout
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
    assert cobid("mail-test", "nobody", **public).returncode == 1
