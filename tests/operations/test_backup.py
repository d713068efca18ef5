"""A backup of a running service comes back whole, into an empty place or over another; never half."""

import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from app.operations import archive
from app.operations.backup import backup
from app.operations.restore import restore
from app.operations.said import Stopped
from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from app.settings import Settings
from tests.bid.files.test_attachments import PDF, attach
from tests.bids import Bid
from tests.callers import ok, soon
from tests.conftest import QUICK, free_port, serving
from tests.factories import World
from tests.http import client
from tests.operations.test_service import PERSON
from tests.servers import start, wait_until_ready

pytestmark = pytest.mark.timeout(300)


@dataclass
class Place:
    """A service's database and folder."""

    settings: Settings
    sql: "psycopg.Connection[Any]"

    @property
    def url(self) -> str:
        return self.settings.database_url

    @property
    def stored(self) -> dict[str, bytes]:
        folder = self.settings.data_dir / "files"
        return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

    def rows(self) -> dict[str, tuple[int, str]]:
        """How many each table has, and a hash of them all."""
        query = "SELECT count(*), md5(coalesce(string_agg(t::text, '' ORDER BY t::text), '')) FROM public.{} t"
        with psycopg.connect(self.url) as connection:
            names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            found = {name: connection.execute(SQL(query).format(Identifier(name))).fetchone() for (name,) in names}
        return {name: row for name, row in found.items() if row}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """With a version that was signed, a private schedule and an attached file in it."""
    folder = tmp_path_factory.mktemp("source")
    folder.chmod(0o755)
    with embedded(folder / "postgres", flags=QUICK) as url, psycopg.connect(url, autocommit=True) as sql:
        migrate(url)
        settings = Settings(
            data_dir=folder, database_url=url, port=free_port(), argon2_memory_kib=64, argon2_time=1, log_level="error"
        )
        with serving(settings, url) as server, client(server) as http:
            world = World(http, sql, server)
            call = world.opportunity(
                title="Youth work",
                lots=[{"key": "1", "title": "North"}],
                questions=[],
                required_sections=["exit_and_sustainability"],
                submission_deadline=soon(86_400),
            )
            bid = Bid.started(world, call, world.organisation("Harbour Youth"), "Together")
            bid.structured()
            bid.join(world.organisation("Second Chance"))
            bid.revealed().ready()
            ok(attach(bid, bid.lead.boss), 201)
            bid.freeze()
        yield Place(settings, sql)


@pytest.fixture
def made(source: Place, tmp_path: Path) -> Path:
    file = tmp_path / "cobid.backup"
    assert backup(source.settings, file, quiet) == []
    return file


@pytest.fixture
def target(source: Place, tmp_path: Path) -> Iterator[Place]:
    """An empty database on the same server, and an empty folder."""
    source.sql.execute("CREATE DATABASE target TEMPLATE template0")
    url = source.url.replace("/cobid?", "/target?")
    yield Place(Settings(data_dir=tmp_path / "target", database_url=url, log_level="error"), source.sql)
    source.sql.execute("DROP DATABASE target WITH (FORCE)")


def quiet(_: str) -> None:
    pass


def test_what_was_backed_up_comes_back_row_by_row_and_byte_by_byte(source: Place, made: Path, target: Place) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert restore(target.settings, made, replace=False, say=quiet) == []
    rows = target.rows()
    assert rows == source.rows() and rows["editions"][0] == 1 and rows["edition_schedules"][0] >= 1
    assert PDF in target.stored.values() and target.stored == source.stored


def test_a_database_with_people_in_it_is_replaced_only_when_told(source: Place, made: Path, target: Place) -> None:
    restore(target.settings, made, replace=False, say=quiet)
    with psycopg.connect(target.url, autocommit=True) as sql:
        sql.execute("CREATE TABLE of_a_later_version (id int)")
        sql.execute("UPDATE people SET name = 'Somebody else'")
    (target.settings.data_dir / "files" / "files" / "later").write_bytes(b"later")
    before = target.rows()
    with pytest.raises(Stopped, match=r"not empty: \d+ people .* say --replace"):
        restore(target.settings, made, replace=False, say=quiet)
    assert target.rows() == before
    assert restore(target.settings, made, replace=True, say=quiet) == []
    assert target.rows() == source.rows() and target.stored == source.stored


def with_entry(path: Path, name: str, content: bytes) -> Path:
    """The same backup with one entry exchanged: every checksum is right."""
    changed = path.with_name(f"changed-{path.name}")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for entry in old.namelist():
            new.writestr(entry, content if entry == name else old.read(entry))
    return changed


def test_a_restore_that_breaks_off_in_the_middle_changes_nothing(made: Path, target: Place) -> None:
    restore(target.settings, made, replace=False, say=quiet)
    before, stored = target.rows(), target.stored
    with zipfile.ZipFile(made) as file:
        dump = file.read(archive.DUMP)
    for key in list(stored):
        (target.settings.data_dir / "files" / key).unlink()
    for broken in (dump[: len(dump) * 2 // 3], dump[:-200], b"nonsense"):
        with pytest.raises(Stopped, match="pg_restore could not do it"):
            restore(target.settings, with_entry(made, archive.DUMP, broken), replace=True, say=quiet)
        assert target.rows() == before and target.stored == {}


def test_what_is_no_whole_backup_is_refused_before_anything_is_touched(made: Path, target: Place) -> None:
    content = bytearray(made.read_bytes())
    content[len(content) // 2] ^= 1
    damaged, other = made.with_name("damaged"), made.with_name("other")
    damaged.write_bytes(content)
    other.write_bytes(b"something else")
    with zipfile.ZipFile(made) as file:
        about = json.loads(file.read(archive.ABOUT))
    newer = with_entry(made, archive.ABOUT, json.dumps({**about, "migration": "9999"}).encode())
    for file, why in ((damaged, "damaged"), (other, "cannot be read"), (newer, "made by a newer Cobid")):
        with pytest.raises(Stopped, match=why):
            restore(target.settings, file, replace=True, say=quiet)
    assert target.rows() == {}


def test_a_database_in_use_or_not_ours_is_not_restored_into(made: Path, target: Place) -> None:
    with psycopg.connect(target.url) as sql:
        with pytest.raises(Stopped, match="1 connections use the database"):
            restore(target.settings, made, replace=True, say=quiet)
        sql.execute("CREATE TABLE of_something_else (id int)")
    with pytest.raises(Stopped, match="tables that are not Cobid's"):
        restore(target.settings, made, replace=True, say=quiet)


def test_what_is_not_whole_is_named_and_backed_up_all_the_same(source: Place, tmp_path: Path) -> None:
    (file_id,) = source.sql.execute("SELECT id::text FROM attachments").fetchone() or ("",)
    file = source.settings.data_dir / "files" / "files" / file_id
    source.sql.execute("UPDATE editions SET document = document || ' '::bytea")
    source.sql.execute("UPDATE events SET payload = '{}' WHERE stream = 'proposal' AND seq = 1")
    file.rename(tmp_path / "aside")
    try:
        first, second, third = backup(source.settings, tmp_path / "a.backup", quiet)
    finally:
        shutil.move(tmp_path / "aside", file)
    assert "its content was changed after it was written" in first
    assert "is not the one that was signed" in second and third == f"The file {file_id} is missing."
    file.write_bytes(b"another")
    assert f"The file {file_id} is not the one that was attached." in backup(
        source.settings, tmp_path / "b.backup", quiet
    )
    with pytest.raises(Stopped, match="exists already"):
        backup(source.settings, tmp_path / "a.backup", quiet)


def cobid(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"DATA_DIR": str(data)}
    command = [sys.executable, "-m", "app.cli", *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)


def test_the_embedded_database_is_backed_up_while_the_service_runs_and_restored_when_it_does_not(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    data, port, file = tmp_path / "data", free_port(), tmp_path / "cobid.backup"
    url = f"http://127.0.0.1:{port}"
    first = start(data, port, WORKER="false", PROCESSES="1")
    try:
        wait_until_ready(url, first)
        assert httpx.post(f"{url}/v1/people", json=PERSON).status_code == 201
        done = cobid(data, "backup", str(file))
        assert done.returncode == 0 and "Everything in it is whole." in done.stdout, done.stderr
        refused = cobid(data, "restore", str(file), "--replace")
        assert refused.returncode == 1 and f"already serves this folder at {url}" in refused.stderr
    finally:
        first.send_signal(signal.SIGTERM)
        first.wait(60)
    done = cobid(tmp_path / "elsewhere", "restore", str(file))
    assert done.returncode == 0 and "Everything in it is whole." in done.stdout, done.stderr
    second = start(tmp_path / "elsewhere", port, WORKER="false", PROCESSES="1")
    try:
        wait_until_ready(url, second)
        signed_in = httpx.post(f"{url}/v1/sessions", json={k: PERSON[k] for k in ("email", "password")})
        assert signed_in.json()["type"] == "/problems/email-unverified"
    finally:
        second.send_signal(signal.SIGTERM)
        second.wait(60)
