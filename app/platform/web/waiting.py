"""Reads that wait for something new: `wait=` in the query, or `Prefer: wait=30` (RFC 7240).

Whoever waits holds no connection to the database, runs no query until something could have changed, and is judged
again before it reads on, since its rights may have ended meanwhile.
"""

import asyncio
import contextlib
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Query
from starlette.requests import Request

from app.platform.db.wakes import Waiter
from app.platform.web.context import Context

MOST = 60
Wait = Annotated[int | None, Query(ge=0, le=MOST)]
More = Callable[[float | None], Awaitable[bool]]
_PREFERRED = re.compile(r'\s*wait\s*=\s*"?(\d{1,9})"?\s*(?:;.*)?', re.ASCII | re.IGNORECASE)
_TICK = 0.001
"""What is due at an instant is there just after it."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a reader waits; `headers` say that its preference was followed."""

    seconds: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def begin(self, here: Context, topics: Collection[str]) -> AsyncIterator[More]:
        """`await more(due)` waits until one of the topics may have something new, at most `due` seconds, and answers
        False when there is no use in looking again."""
        if not self.seconds:
            yield _no_more
            return
        until = time.monotonic() + self.seconds
        async with here.db.wakes.waiter(topics) as waiter:
            gone = asyncio.create_task(_gone(here.request))

            async def more(due: float | None) -> bool:
                return await _wait(here, waiter, gone, until, due)

            try:
                yield more
            finally:
                gone.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await gone


def patience(request: Request, wait: int | None) -> Patience:
    """The query goes before the header, of which the first `wait` counts; one that cannot be read counts as not sent."""
    if wait is not None:
        return Patience(wait)
    sent = ",".join(request.headers.getlist("prefer")).split(",")
    found = next((match for each in sent if (match := _PREFERRED.fullmatch(each))), None)
    if found is None:
        return Patience()
    seconds = min(int(found[1]), MOST)
    return Patience(seconds, {"Preference-Applied": f"wait={seconds}"})


async def _wait(here: Context, waiter: Waiter, gone: "asyncio.Task[None]", until: float, due: float | None) -> bool:
    left = until - time.monotonic()
    if left <= 0 or waiter.over or gone.done():
        return False
    woken = asyncio.create_task(waiter.woken.wait())
    try:
        timeout = left if due is None else min(left, max(due, 0) + _TICK)
        await asyncio.wait({woken, gone}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    finally:
        woken.cancel()
    waiter.woken.clear()
    if waiter.over or gone.done():
        return False
    await here.judge_again()
    return True


async def _gone(request: Request) -> None:
    """Returns when the reader has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _no_more(_due: float | None) -> bool:
    return False
