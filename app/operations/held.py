"""One DATA_DIR, one service: two of them would stop each other's database and write the same files."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import fasteners

from app.operations.said import Stopped
from app.settings import Settings

_LOCK, _NOTE = "service.lock", "service.json"


@contextmanager
def for_service(settings: Settings) -> Iterator[None]:
    """Hold DATA_DIR for a service that answers at the settings' address."""
    with _held(settings.data_dir, f"serves this folder at {settings.base_url}"):
        yield


@contextmanager
def for_work(settings: Settings, doing: str) -> Iterator[None]:
    """Hold DATA_DIR for work that no service may see half done; `doing` completes 'Cobid …'."""
    with _held(settings.data_dir, doing):
        yield


def check(folder: Path) -> None:
    """Stopped, which names who holds the folder, if somebody does. Makes nothing."""
    if not (folder / _LOCK).exists():
        return
    lock = fasteners.InterProcessLock(folder / _LOCK)
    if not lock.acquire(blocking=False):
        raise _refused(folder)
    lock.release()


@contextmanager
def _held(folder: Path, doing: str) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    lock = fasteners.InterProcessLock(folder / _LOCK)
    if not lock.acquire(timeout=2):  # longer than anybody looks who only checks
        raise _refused(folder)
    try:
        (folder / _NOTE).write_text(json.dumps({"doing": doing, "pid": os.getpid()}), "utf-8")
        yield
        (folder / _NOTE).unlink(missing_ok=True)
    finally:
        lock.release()


def _refused(folder: Path) -> Stopped:
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
        who = f"Cobid already {note['doing']} (process {note['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        who = "Another Cobid already uses this folder"
    return Stopped(f"{who}: {folder.resolve()}. Stop it first, or give this one a folder of its own with DATA_DIR.")
