"""Tests wait for what they mean, never for a fixed time: that is too short on a busy machine, too long otherwise."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def nothing_more() -> str:
    return "it did not happen in time"


def wait_until(found: Callable[[], T], seconds: float = 20, why: Callable[[], object] = nothing_more) -> T:
    """Waits until `found` returns something true, and returns that."""
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end, why()
        time.sleep(0.01)
    return value


async def until(found: Callable[[], object], seconds: float = 10, why: Callable[[], object] = nothing_more) -> None:
    """Waits until `found`, which may be a coroutine function, returns something true."""
    end = asyncio.get_running_loop().time() + seconds
    while not await _value(found):
        assert asyncio.get_running_loop().time() < end, why()
        await asyncio.sleep(0.005)


async def throughout(seconds: float, holds: Callable[[], object]) -> None:
    """Fails as soon as `holds` returns something false. For what must not happen, where no later event proves it.

    The caller says in a comment why it would have happened within these seconds.
    """
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end:
        assert await _value(holds)
        await asyncio.sleep(0.005)


async def _value(of: Callable[[], object]) -> object:
    value = of()
    return await value if inspect.isawaitable(value) else value
