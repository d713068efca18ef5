"""Who reacts to what: each capability may have a `reactions.py` with `TOPICS`, topic -> handlers.

A handler is `async def handler(work: Work, payload: dict) -> None`. It runs as a job: again after a failure, later and
later, for three days; so it must bear to run twice.
"""

import importlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import app as package
from app.platform.worker.work import Work as Work

Handler = Callable[[Work, dict[str, Any]], Awaitable[None]]


Tick = Callable[[Work], Awaitable[None]]


def _modules() -> list[str]:
    root = Path(package.__path__[0])
    found = [".".join(place.relative_to(root).with_suffix("").parts) for place in root.rglob("reactions.py")]
    return sorted(f"app.{name}" for name in found if not name.startswith("platform."))


def ticks() -> list[tuple[float, Tick]]:
    """(seconds between, what to do) of every capability's `TICKS`: what falls due by the clock alone."""
    found: list[tuple[float, Tick]] = []
    for where in _modules():
        found += getattr(importlib.import_module(where), "TICKS", [])
    return found


def handlers() -> dict[str, dict[str, Handler]]:
    """Topic -> handler's name -> handler, of every capability and of the worker itself."""
    found: dict[str, dict[str, Handler]] = {}
    for where in ["app.platform.worker.mail", *_modules()]:
        for topic, listed in getattr(importlib.import_module(where), "TOPICS", {}).items():
            for handler in listed:
                found.setdefault(topic, {})[f"{where}.{handler.__name__}"] = handler
    return found
