"""The job queue (procrastinate, on the same PostgreSQL) and the relay that feeds it from the outbox. `running` runs them.

A request writes an outbox row: one insert, no notification, so writers never queue up behind each other. The relay
moves rows to jobs in one transaction, a job for each handler of the topic; the queue then retries each by itself.
"""

import asyncio
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate import JobContext, RetryStrategy, utils
from psycopg.rows import tuple_row

from app.platform.capability import joined
from app.platform.worker import tallies
from app.platform.worker.work import Work

log = structlog.get_logger("cobid.worker")
BATCH = 200
PAUSE = 0.2
"""Seconds between looks at an empty outbox."""
RETRIES = RetryStrategy(max_attempts=17, exponential_wait=2)
"""Waits of 2, 4, 8 … seconds: a day and a half between the first try and the last."""
FAILED_KEPT_HOURS = 14 * 24
"""How long an operator can look at a job that failed for good."""
AWAITED = ("mail", "password_reset_asked")
"""Topics that a person waits for: taken and done before all else, also by a worker that comes back to a long queue."""

ONE_AT_A_TIME = ("edition_to_render",)
"""Topics whose jobs wait for each other, since each takes much memory. Those that wait leave the worker free for others."""

_TAKE = """
DELETE FROM outbox WHERE id IN (
  SELECT id FROM outbox WHERE topic = ANY(%s) ORDER BY topic <> ALL(%s), id FOR UPDATE SKIP LOCKED LIMIT %s)
RETURNING id, topic, payload"""


def queue(url: str, work: Work) -> procrastinate.App:
    """The queue's application with its one task: run a handler."""
    connector = procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4)
    jobs = procrastinate.App(connector=connector)

    @jobs.task(name="react", queue="work", retry=RETRIES, pass_context=True)
    async def react(context: JobContext, topic: str, handler: str, payload: dict[str, Any]) -> None:
        try:
            # Versions before wrote the handler's module before its name.
            await joined().handlers[topic][handler.rpartition(".")[2]](work, payload)
        except Exception as error:
            _warn(context.job, topic, handler, error)
            if topic == "mail":
                await tallies.add(work, tallies.MAILS_FAILED)
            raise
        if topic == "mail":
            await tallies.add(work, tallies.MAILS_SENT)

    @jobs.periodic(cron="17 * * * *")
    @jobs.task(name="tidy", queue="work", queueing_lock="tidy")
    async def tidy(timestamp: int) -> None:
        """Every hour: forget kept answers, spent tokens, old tries, and jobs that failed for good."""
        await forget_the_old(work)
        await jobs.job_manager.delete_old_jobs(
            FAILED_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
        )

    return jobs


def _warn(job: procrastinate.jobs.Job, topic: str, handler: str, error: Exception) -> None:
    """Say what failed and when it is tried again. A mail server's answer may name the address: that stays out of the log."""
    next_try = RETRIES.get_retry_decision(exception=error, job=job)
    wait = next_try.retry_at - utils.utcnow() if next_try and next_try.retry_at else None
    log.warning(
        f"{topic}-failed",
        handler=handler,
        job=job.id,
        attempt=job.attempts + 1,
        next_try_in=round(wait.total_seconds()) if wait else "never: it is given up",
        error=type(error).__name__,
        why=_without_addresses(str(error))[:300],
    )


def _without_addresses(words: str) -> str:
    return " ".join("…" if "@" in word else word for word in words.split())


async def relay(jobs: procrastinate.App, url: str) -> None:
    """Move outbox rows to jobs, until the database goes away."""
    async with await psycopg.AsyncConnection.connect(url, row_factory=tuple_row, connect_timeout=10) as connection:
        while True:
            if not await move(jobs, connection):
                await asyncio.sleep(PAUSE)


async def move(jobs: procrastinate.App, connection: psycopg.AsyncConnection[Any]) -> int:
    """One batch, in one transaction; answers how many rows it took.

    A row of a topic that this version does not know waits for a version that does.
    """
    known, only_types = joined().handlers, joined().only_types
    async with connection.transaction():
        rows = await (await connection.execute(_TAKE, [list(known), list(AWAITED), BATCH])).fetchall()
        for _, topic, payload in sorted(rows):
            for handler in known[topic]:
                if handler in only_types and payload.get("type") not in only_types[handler]:
                    continue
                lock = topic if topic in ONE_AT_A_TIME else None
                task = jobs.configure_task("react", connection=connection, priority=int(topic in AWAITED), lock=lock)
                await task.defer_async(topic=topic, handler=handler, payload=payload)
    return len(rows)


async def forget_the_old(work: Work) -> None:
    from sqlalchemy import text

    async with work.db.sessions.begin() as session:
        hours = f"interval '{work.settings.idempotency_hours} hours'"
        for statement in (
            f"DELETE FROM kept_answers WHERE created_at < now() - {hours}",
            "DELETE FROM attempts WHERE at < now() - interval '1 day'",
            "DELETE FROM mail_tokens WHERE expires_at < now() - interval '30 days'",
            "DELETE FROM sessions WHERE expires_at < now()",
            "DELETE FROM sign_in_places WHERE seen_at < now() - interval '400 days'",
            "DELETE FROM access_tokens WHERE expires_at < now()",
        ):
            await session.execute(text(statement))
