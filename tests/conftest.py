"""One real PostgreSQL and one real server for the whole run, or for each worker of pytest-xdist.

Tests share the database and never rely on its being empty: each makes people and organisations of its own, so
isolation costs nothing and what is tested is what is committed.
"""

import socket
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import uvicorn
from hypothesis import settings as hypothesis_settings

from app import capabilities
from app.main import create_app
from app.platform import logs
from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from app.settings import Settings
from tests import locks
from tests.factories import World
from tests.http import client
from tests.rounds import examples
from tests.waiting import wait_until

hypothesis_settings.register_profile("suite", examples(40))
hypothesis_settings.load_profile("suite")
capabilities.join()
logs.set_up("error", "console")
locks.watch()
QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def data_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="cobid-test-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture(scope="session")
def database(data_dir: Path) -> Iterator[str]:
    """The URL of a migrated database on a server of its own."""
    with embedded(data_dir / "postgres", flags=QUICK) as url:
        migrate(url)
        yield url


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return Settings(
        data_dir=data_dir,
        port=free_port(),
        argon2_memory_kib=64,
        argon2_time=1,
        registrations_per_address=100_000,
        sign_in_tries_per_address=100_000,
        log_level="error",
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(settings: Settings, database: str) -> Iterator[str]:
    """The base URL of a running server, in a thread of this process."""
    config = uvicorn.Config(
        create_app(settings, database), host="127.0.0.1", port=settings.port, log_level="error", access_log=False
    )
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    wait_until(lambda: running.started or not thread.is_alive(), 20)
    assert running.started, "the server did not start"
    yield f"http://127.0.0.1:{settings.port}"
    running.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def server(settings: Settings, database: str) -> Iterator[str]:
    """The server that all tests share."""
    with serving(settings, database) as url:
        yield url


@pytest.fixture(scope="session")
def sql(database: str) -> Iterator[psycopg.Connection]:
    """A connection of its own, in autocommit, to look behind the curtain."""
    with psycopg.connect(database, autocommit=True) as connection:
        yield connection


@pytest.fixture
def world(server: str, sql: psycopg.Connection) -> Iterator[World]:
    """Makes people, organisations and proposals; whatever can go over HTTP goes over HTTP."""
    with client(server) as http:
        yield World(http, sql, server)


@pytest.fixture(autouse=True)
def locks_in_order() -> Iterator[None]:
    """Whatever a test makes the service do, it takes its locks in the one order."""
    yield
    wrong, locks.complaints[:] = list(locks.complaints), []
    assert not wrong, wrong
