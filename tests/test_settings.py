"""Settings are judged before anything starts: what is wrong is said in sentences, all of them at once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.settings import Settings
from tests.rounds import examples

BAD = {
    "PORT": ["abc", "80000", "0", "-1", "8000.5", "http://127.0.0.1:8000"],
    "PROCESSES": ["-3", "two", "100000"],
    "HOST": ["http://127.0.0.1", "127.0.0.1:8000", "a b", "300.1.1.1/8"],
    "DATABASE_URL": ["mysql://a@b/c", "bids", "postgresql://host", "postgresql://u:p@h:port/name", "postgres://u@h/n"],
    "APP_URL": ["app.example.org", "https://"],
    "APP_PATHS": [
        "join=/x?token={token}",
        "invitation=join?t={token}",
        "invitation=/join",
        "task=/t?x={token}",
        "verify=/v?{token}{x}",
    ],
    "PUBLIC_URL": ["bids.example.org", "ftp://bids.example.org", "https://", "https://a b", "https://x:99999", "//x"],
    "CORS_ORIGINS": ["app.example.org", "*", "https://app.example.org,other.org", "https://app.example.org/path"],
    "TRUSTED_PROXIES": ["abc", "10.0.0.0/99", "proxy.example.org"],
    "OUTBOUND_ALLOW": [
        "hooks.internal",
        "http://hooks.internal:80",
        "hooks.internal:0",
        "h:80/x",
        "a b:80",
        "[::1",
        ":80",
    ],
    "SMTP_URL": ["foo", "mail.example.org:25", "smtp://", "http://mail.example.org", "smtp://m:x"],
    "MAIL_FROM": ["xx", "Cobid", "a@b\nBcc: c@d"],
    "LOG_LEVEL": ["verbose", "7"],
    "LOG_FORMAT": ["pretty"],
    "STORAGE_URL": ["nonsense://x", "file:///there/is/no/such/folder", "files", "s3://"],
    "LIVE_BUS_URL": ["localhost:6379", "amqp://x"],
    "FONT_DIR": ["/there/is/no/such/folder"],
    "BODY_SECONDS": ["inf", "nan", "0", "soon", "1e300"],
    "SESSION_HOURS": ["0", "1000000000000", "1e5000", "forever"],
    "JSON_DEPTH": ["7", "100000"],
    "WEBHOOK_RETRIES": [",", "5,soon", "-1", "5;300", "1.5", "99999999"],
    "WORKER": ["perhaps"],
}
GOOD = {
    "PORT": ["8000", " 8000 ", ""],
    "HOST": ["127.0.0.1", "0.0.0.0", "::1", "localhost", "bids.internal"],
    "DATABASE_URL": ["postgresql://u:p@h:5432/name", "postgresql://postgres:@/cobid?host=/run/pg", ""],
    "APP_URL": ["https://app.example.org", ""],
    "APP_PATHS": ["invitation=/join?token={token},task=/tasks", "", "verify=/v/{token}, reset=/r?t={token}&x=1"],
    "PUBLIC_URL": ["https://bids.example.org", "http://127.0.0.1:8000/", "https://bids.example.org:8443"],
    "CORS_ORIGINS": ["https://app.example.org, https://b.example.org/", "http://localhost:5173"],
    "TRUSTED_PROXIES": ["127.0.0.1, 10.0.0.0/8", "::1"],
    "OUTBOUND_ALLOW": ["127.0.0.1:8080, Hooks.internal:443", "[fd00::7]:80", ""],
    "WEBHOOK_RETRIES": ["5", "0,0,1", "5, 300,"],
    "SMTP_URL": ["smtp://user:p%40ss@mail.example.org:587", "smtps://mail.example.org"],
    "MAIL_FROM": ["bids@example.org", "Cobid <no-reply@localhost>"],
    "LOG_LEVEL": ["INFO", "debug"],
    "LOG_FORMAT": ["console", ""],
    "STORAGE_URL": ["s3://bucket/prefix", "file:///tmp", ""],
    "LIVE_BUS_URL": ["redis://127.0.0.1:6379/0"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in BAD.items() for value in values])
def test_a_bad_setting_is_one_sentence_that_says_what_to_write(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    (said,) = Settings.faults()
    assert said.startswith(name) and "cannot be used: " in said and said.endswith(".")
    assert any(word in said for word in ("write ", "Write ", "Name one"))


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in GOOD.items() for value in values])
def test_what_can_be_used_is_taken(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    assert Settings.faults() == []


@given(st.sampled_from(sorted(Settings.model_fields)), st.text(max_size=60))
@examples(300)
def test_whatever_stands_there_is_taken_or_refused_in_one_sentence(name: str, value: str) -> None:
    try:
        os.environ[name.upper()] = value
    except (ValueError, UnicodeEncodeError):  # what no environment can hold
        return
    try:
        assert all(said.startswith(name.upper()) for said in Settings.faults())
    finally:
        del os.environ[name.upper()]


def test_a_number_out_of_range_is_told_both_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "80000")
    monkeypatch.setenv("RESET_MINUTES", "4")
    assert Settings.faults() == [
        "PORT=80000 cannot be used: write a whole number from 1 to 65535.",
        "RESET_MINUTES=4 cannot be used: write a whole number from 5 to 5270400.",
    ]


def test_no_password_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "SMTP_URL", "LIVE_BUS_URL", "STORAGE_URL", "PUBLIC_URL"):
        monkeypatch.setenv(name, "odd://me:not-for-the-log@host/name")
    said = Settings.faults()
    assert len(said) == 5 and "not-for-the-log" not in "".join(said)


def test_serve_says_all_at_once_and_starts_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.touch()
    bad = {"PORT": "abc", "PUBLIC_URL": "bids.example.org", "STORAGE_URL": "nonsense://x", "DATA_DIR": str(file)}
    command = [sys.executable, "-m", "app.cli", "serve"]
    ended = subprocess.run(command, env={**os.environ, **bad}, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    lines = ended.stderr.strip().splitlines()
    assert [line.split("=")[0].split(" ")[0] for line in lines] == ["PORT", "PUBLIC_URL", "STORAGE_URL", "DATA_DIR"]
    assert (
        lines[3] == f"DATA_DIR={file} cannot be used: {file} is no folder. Name a folder that this user may write to."
    )


@pytest.mark.skipif(os.getuid() == 0 and not Path("/sys/kernel").is_dir(), reason="root may write anywhere")
def test_a_folder_that_nothing_can_be_written_to_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", "/proc/1/cobid")
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may do everything; others may not write there
    (said,) = Settings.faults(serving=True)
    assert "may not write to /proc/1" in said


def test_what_libraries_log_has_the_form_of_all_other_lines() -> None:
    script = (
        "from app.platform import logs; import logging; logs.set_up('info', 'json')\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: logging.getLogger('a.library').exception('it %s', 'failed')\n"
        "logs.say_fault(SystemError('the end'))"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    first, second = (json.loads(line) for line in ended.stderr.splitlines())
    assert (first["event"], first["logger"], first["level"]) == ("it failed", "a.library", "error")
    assert "ZeroDivisionError" in first["exception"] and "the end" in second["exception"]
