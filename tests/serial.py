"""Tests that measure time run alone: `pytest.mark.serial`.

The workers of pytest-xdist share two lock files. Every test holds the room while it runs, a serial one exclusively.
Whoever waits for the room keeps the door shut meanwhile, so a serial test does not wait for ever.
"""

import fcntl
from collections.abc import Generator
from pathlib import Path

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    if not hasattr(item.config, "workerinput"):  # without xdist, every test runs alone
        return (yield)
    shared = Path(item.config.option.basetemp).parent
    with (shared / "room").open("a") as room:  # closing a file releases its lock
        with (shared / "door").open("a") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            fcntl.flock(room, fcntl.LOCK_EX if item.get_closest_marker("serial") else fcntl.LOCK_SH)
        return (yield)
