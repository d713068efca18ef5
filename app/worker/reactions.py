"""Who reacts to what: each capability may have a `reactions.py` with `TOPICS`, topic -> handlers.

A handler is `async def handler(work: Work, payload: dict) -> None`. It runs as a job: again after a failure, later and
later, for three days; so it must bear to run twice.
"""

import importlib
import importlib.util
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any

import app as package
from app.db.work import Work as Work

Handler = Callable[[Work, dict[str, Any]], Awaitable[None]]


Tick = Callable[[Work], Awaitable[None]]


def ticks() -> list[tuple[float, Tick]]:
    """(seconds between, what to do) of every capability's `TICKS`: what falls due by the clock alone."""
    names = [name for _, name, is_package in pkgutil.iter_modules(package.__path__) if is_package]
    found: list[tuple[float, Tick]] = []
    for name in sorted(names):
        where = f"app.{name}.reactions"
        if name != "worker" and importlib.util.find_spec(where) is not None:
            found += getattr(importlib.import_module(where), "TICKS", [])
    return found


def handlers() -> dict[str, dict[str, Handler]]:
    """Topic -> handler's name -> handler, of every capability and of the worker itself."""
    found: dict[str, dict[str, Handler]] = {}
    names = [name for _, name, is_package in pkgutil.iter_modules(package.__path__) if is_package]
    modules = ["app.worker.mail", *(f"app.{name}.reactions" for name in sorted(names) if name != "worker")]
    for where in modules:
        if importlib.util.find_spec(where) is None:
            continue
        for topic, listed in getattr(importlib.import_module(where), "TOPICS", {}).items():
            for handler in listed:
                found.setdefault(topic, {})[f"{where}.{handler.__name__}"] = handler
    return found
