"""One DATA_DIR, one service; its embedded database is stopped by whoever uses it last, and by nobody who did not start it."""

import os
import pwd
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest

from app.platform.db import embedded as module
from app.platform.db.embedded import Unusable, embedded
from tests import ROOT
from tests.conftest import free_port
from tests.operations.test_service import databases_of
from tests.servers import start, wait_until_ready

USER = """
import sys
from pathlib import Path
from app.platform.db.embedded import embedded
with embedded(Path(sys.argv[1])):
    print("in", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    tmp_path.chmod(0o755)
    yield tmp_path / "data" / "postgres"
    (tmp_path / "data").mkdir(exist_ok=True)
    assert databases_of(tmp_path) == []


def another(folder: Path) -> "subprocess.Popen[bytes]":
    """A process that uses the database of this folder until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", USER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    assert process.stdout is not None and process.stdout.readline() == b"in\n"
    return process


def leave(process: "subprocess.Popen[bytes]") -> None:
    process.communicate(timeout=60)


@pytest.mark.timeout(300)
def test_a_command_that_started_the_database_leaves_it_to_whoever_uses_it_still(folder: Path) -> None:
    command = another(folder)
    with embedded(folder) as url:
        leave(command)
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        leave(another(folder))
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.timeout(300)
def test_one_that_a_killed_service_left_running_is_stopped_by_the_next(folder: Path) -> None:
    killed = another(folder)
    killed.kill()
    killed.wait(10)
    assert databases_of(folder) != []
    leave(another(folder))
    assert databases_of(folder) == []


@pytest.mark.timeout(300)
def test_one_that_was_started_by_other_means_is_left_alone(folder: Path) -> None:
    with embedded(folder):
        (folder / module._OURS).rename(folder / "elsewhere")
    assert databases_of(folder) != []
    with embedded(folder):
        (folder / "elsewhere").rename(folder / module._OURS)


@pytest.mark.timeout(300)
def test_a_second_service_is_told_who_holds_the_folder_and_the_first_goes_on(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    port, data = free_port(), tmp_path / "data"
    url = f"http://127.0.0.1:{port}"
    first = start(data, port, WORKER="false", PROCESSES="1")
    try:
        wait_until_ready(url, first)
        for other in (port, free_port()):
            environment = {**os.environ, "PORT": str(other), "DATA_DIR": str(data)}
            command = [sys.executable, "-m", "app.cli", "serve"]
            second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
            assert second.returncode == 1
            assert second.stderr == (
                f"Cobid already serves this folder at {url} (process {first.pid}): {data.resolve()}. "
                "Stop it first, or give this one a folder of its own with DATA_DIR.\n"
            )
        migrate = [sys.executable, "-m", "app.cli", "migrate"]
        subprocess.run(migrate, env={**os.environ, "DATA_DIR": str(data)}, check=True, timeout=60)
        assert httpx.get(f"{url}/readyz").status_code == 200
    finally:
        first.send_signal(signal.SIGTERM)
        first.wait(60)
    assert databases_of(data) == []


ANOTHER_USER = """
import os, pwd, sys
from pathlib import Path
from app.platform.db.embedded import embedded
with embedded(Path(sys.argv[1])):
    pass
them = pwd.getpwnam(sys.argv[3])
os.setgroups([])
os.setgid(them.pw_gid)
os.setuid(them.pw_uid)
with embedded(Path(sys.argv[2])):
    print("in")
"""
"""Root first, whose Python others may have no right to read."""
root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs two users")


@root_only
@pytest.mark.timeout(300)
def test_two_users_of_one_machine_do_not_meet_in_the_temp_folder() -> None:
    with (
        tempfile.TemporaryDirectory(dir="/var/tmp") as shared,
        tempfile.TemporaryDirectory(dir="/var/tmp") as roots,
        tempfile.TemporaryDirectory(dir="/var/tmp") as own,
    ):
        Path(shared).chmod(0o1777)
        Path(own).chmod(0o700)
        somebody = pwd.getpwnam("games")
        os.chown(own, somebody.pw_uid, somebody.pw_gid)
        (Path(shared) / ".lockfile").touch(0o600)  # what another user's start left there
        taken = Path(shared) / f"cobid-{somebody.pw_uid}"  # and a folder of this one's name
        taken.mkdir(0o700)
        ran = subprocess.run(
            [
                sys.executable,
                "-c",
                ANOTHER_USER,
                f"{roots}/postgres",
                f"{own}/{'long' * 25}/postgres",
                somebody.pw_name,
            ],
            env={"TMPDIR": shared, "PATH": os.environ["PATH"], "HOME": own},
            cwd=ROOT,
            capture_output=True,
            timeout=120,
        )
        assert ran.stdout == b"in\n", ran.stderr.decode()[-2000:]


@root_only
@pytest.mark.timeout(300)
def test_nobody_touches_the_database_of_another_user(folder: Path) -> None:
    with embedded(folder):
        pass
    ours = folder.stat()
    os.chown(folder, pwd.getpwnam("games").pw_uid, -1)
    with pytest.raises(Unusable, match=r"belongs to the user .games.\. Run this as that user\."), embedded(folder):
        pass
    os.chown(folder, 0, 0)
    with pytest.raises(Unusable, match="Write: chown -R pgserver"), embedded(folder):
        pass
    os.chown(folder, ours.st_uid, ours.st_gid)
