"""Where the work on texts is done: beside the event loop, and for long texts in threads of their own.

They take seconds. In the threads that all share, a few of them would keep everybody's sign-in waiting.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_LONG: Final = 100_000
"""Bytes from which a text is long: some 40 pages, or a table of a thousand cells."""
_THREADS: Final = ThreadPoolExecutor(2, "long-text")


async def beside(size: int, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """What `work` answers for a text of so many bytes."""
    threads = _THREADS if size > _LONG else None
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: work(*arguments, **named))
