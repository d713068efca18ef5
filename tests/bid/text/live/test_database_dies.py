"""The database is killed under people who type, and comes back: nobody notices more than a pause."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from tests import ROOT
from tests.bid.text.live.bids import bid
from tests.bid.text.live.conftest import Process
from tests.bid.text.live.peer import peers, run
from tests.waiting import until


class Database:
    """A PostgreSQL that can be killed like `kill -9` and started again on what it left."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgres"
        self.url = ""

    def start(self) -> None:
        self._holder = subprocess.Popen(
            [sys.executable, "-m", "tests.bid.text.live.database", str(self._folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._holder.stdout is not None
        self.url = self._holder.stdout.readline().strip()
        assert self.url, "the database did not start"

    def kill(self) -> None:
        self._holder.kill()
        self._holder.wait(10)
        postmaster = psutil.Process(int((self._folder / "postmaster.pid").read_text().splitlines()[0]))
        everybody = [postmaster, *postmaster.children(recursive=True)]
        for process in everybody:
            process.kill()
        psutil.wait_procs(everybody, timeout=10)


@pytest.fixture
def own_database() -> Iterator[Database]:
    with tempfile.TemporaryDirectory(prefix="cobid-dies-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        database = Database(Path(folder))
        database.start()
        yield database
        database.kill()


def test_typing_goes_on_when_the_database_was_killed_and_comes_back(own_database: Database, data_dir: Path) -> None:
    server = Process(own_database.url, data_dir).start()
    with psycopg.connect(own_database.url, autocommit=True) as sql:
        a_bid = bid(sql)

    async def story() -> None:
        async with peers(server.url + a_bid.path(), a_bid.lead.token, a_bid.lead.token) as (ana, ben):
            for life in range(2):
                ana.write(f"before {life}, ")
                await ana.flush()
                await until(lambda life=life: f"before {life}" in ben.text(), 10, lambda: (ana.closed, ben.text()))  # type: ignore[misc]
                own_database.kill()
                ana.write(f"while it was away {life}, ")
                await ana.flush()
                own_database.start()
                await until(lambda life=life: f"away {life}" in ben.text(), 20, lambda: (ana.closed, ben.text()))  # type: ignore[misc]
            assert ana.closed is None and ben.closed is None, "a pause, and no more"
            async with peers(server.url + a_bid.path(), a_bid.lead.token) as (late,):
                assert late.text() == ana.text()

    try:
        run(story())
    finally:
        server.close()
