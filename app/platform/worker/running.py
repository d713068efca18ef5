"""The worker as a whole: the relay, the queue's worker and the ticks, begun anew whenever the database was away.

A database is restarted, fails over, or is out of reach for minutes; then everything that held a connection to it is let
go of, and the same is begun again. What is no fault of the database ends the process, and `serve` starts another.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import asyncpg
import procrastinate
import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

from app.platform.capability import Tick, joined
from app.platform.db.engine import connect
from app.platform.worker import tallies
from app.platform.worker.queue import queue, relay
from app.platform.worker.work import Work
from app.settings import Settings

log = structlog.get_logger("cobid.worker")
AGAIN = 1.0
"""Seconds between two tries to reach the database."""
BEAT, PATIENCE = 5.0, 15.0
"""Seconds between two signs of life, and until one that is not taken means that the database is gone."""
STALLED = 30.0
"""Seconds without a sign of life after which a worker's jobs are given to another."""
PUT_DOWN, LET_GO = 25.0, 3.0
"""Seconds for work in hand when the worker is told to stop, and when its database is gone."""


class Lost(ConnectionError):
    """The queue's worker ended by itself: it lost its connection, and logged which."""


GONE = (
    psycopg.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    DBAPIError,
    procrastinate.exceptions.ConnectorException,
    OSError,
    TimeoutError,
)


class _Outage:
    """Since when the database is away; says so at its beginning, every minute, and when it is over."""

    def __init__(self) -> None:
        self._since = self._said = 0.0

    def goes_on(self, error: Exception) -> None:
        now = time.monotonic()
        self._since = self._since or now
        if not self._said or now - self._said >= 60:
            why = str(error).strip().partition("\n")[0][:300]
            log.warning("worker-waits-for-the-database", error=type(error).__name__, why=why)
            self._said = now

    def is_over(self) -> None:
        if self._since:
            log.warning("worker-works-again", away_seconds=round(time.monotonic() - self._since, 1))
        self._since = self._said = 0.0


async def run(settings: Settings, url: str) -> None:
    """Work until cancelled."""
    outage = _Outage()
    while True:
        try:
            await _round(settings, url, outage)
        except GONE as error:
            outage.goes_on(error)
        await asyncio.sleep(AGAIN)


async def _round(settings: Settings, url: str, outage: _Outage) -> None:
    """Work until the database goes away, which is raised. Nothing that was begun here is left behind: the loop is this
    worker's own."""
    before = asyncio.all_tasks()
    parts: set[asyncio.Task[None]] = set()
    to_close: list[Callable[[], Awaitable[object]]] = []
    patience = LET_GO
    try:
        async with asyncio.timeout(PATIENCE):
            db = await connect(url, settings)
        to_close.insert(0, db.close)
        work = Work(settings, db)
        jobs = queue(url, work)
        to_close.insert(0, jobs.close_async)
        await jobs.open_async()
        parts = {asyncio.create_task(part) for part in _parts(work, jobs)}
        outage.is_over()
        done, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
        for part in done:
            part.result()
    except asyncio.CancelledError:
        patience = PUT_DOWN
        raise
    finally:
        await _end(parts, patience)  # the queue's worker lets the jobs in hand finish meanwhile
        for close in to_close:
            await asyncio.wait({asyncio.ensure_future(close())}, timeout=LET_GO)
        await _end(asyncio.all_tasks() - before, LET_GO)


def _parts(work: Work, jobs: procrastinate.App) -> Iterator[Coroutine[Any, Any, None]]:
    yield tallies.beat(work, BEAT, PATIENCE)
    yield relay(jobs, work.db.url)
    yield _work_through(jobs)
    yield _take_over(jobs)
    for each in joined().ticks:
        yield tick(work, each)


async def _end(tasks: set[asyncio.Task[Any]], patience: float) -> None:
    """Cancel them and wait for their end. What has not ended by then is told a second time, and left."""
    for wait in (patience, LET_GO):
        running = {task for task in tasks if not task.done()}
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=wait)
    for task in tasks:
        if task.done() and not task.cancelled():
            task.exception()  # looked at, so that nobody misses it: the round's own reason is raised


async def _work_through(jobs: procrastinate.App) -> None:
    await jobs.run_worker_async(
        queues=["work"],
        concurrency=8,
        install_signal_handlers=False,
        delete_jobs="successful",
        fetch_job_polling_interval=5,
        shutdown_graceful_timeout=20,
        stalled_worker_timeout=STALLED,
    )
    raise Lost("the queue's worker lost its connection")


async def _take_over(jobs: procrastinate.App) -> None:
    """Do the jobs that a worker had in hand when it died: without this they would be 'being done' for ever."""
    while True:
        for job in await jobs.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
            log.warning("job-taken-over", job=job.id, topic=job.task_kwargs.get("topic"), task=job.task_name)
            await jobs.job_manager.retry_job(job)
        await asyncio.sleep(BEAT)


async def tick(work: Work, due: Tick) -> None:
    """Do it again and again; a round that fails is logged, and the next one tries anew."""
    while True:
        try:
            await due.run(work)
        except Exception as error:
            log.warning("tick-failed", what=due.run.__name__, exc_info=error)
        await asyncio.sleep(due.seconds)
