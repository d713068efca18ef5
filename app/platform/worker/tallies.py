"""What the workers did, counted in the database; and how the queue stands, for `/metrics`, `/readyz` and `cobid doctor`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.platform.worker.work import Work

log = structlog.get_logger("cobid.worker")
MAILS_SENT, MAILS_FAILED, ALIVE = "mails_sent", "mails_failed", "worker_alive"
AWAY_AFTER = 60
"""Seconds without a sign of life after which the worker counts as away."""

_ADD = text("""
INSERT INTO tallies (name, number, last_at) VALUES (:name, 1, clock_timestamp())
ON CONFLICT (name) DO UPDATE SET number = tallies.number + 1, last_at = excluded.last_at""")

_STANDING = text("""
WITH todo AS (SELECT id, attempts, scheduled_at FROM procrastinate_jobs WHERE status = 'todo'),
due AS (SELECT id, scheduled_at FROM todo WHERE scheduled_at IS NULL OR scheduled_at <= now()),
waits_since AS (
  SELECT min(scheduled_at) AS at FROM due
  UNION ALL SELECT min(created_at) FROM outbox
  UNION ALL (SELECT e.at FROM due JOIN procrastinate_events e ON e.job_id = due.id AND e.type = 'deferred'
             WHERE due.scheduled_at IS NULL ORDER BY due.id LIMIT 1))
SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM due) AS jobs_waiting,
  (SELECT count(*) FROM todo WHERE attempts > 0 AND scheduled_at > now()) AS jobs_retrying,
  (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS jobs_failed,
  coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(at) FROM waits_since)), 0)::float8 AS oldest_job_seconds,
  coalesce((SELECT number FROM tallies WHERE name = 'mails_sent'), 0) AS mails_sent,
  coalesce((SELECT number FROM tallies WHERE name = 'mails_failed'), 0) AS mails_failed,
  (SELECT extract(epoch FROM clock_timestamp() - last_at)::float8 FROM tallies
   WHERE name = 'worker_alive') AS worker_seen_seconds""")


@dataclass(frozen=True, slots=True)
class Standing:
    """How the work beside the requests stands. `jobs_waiting` are those whose time has come, `jobs_retrying` those that failed
    and are tried again later, `jobs_failed` those that were given up."""

    jobs_waiting: int
    jobs_retrying: int
    jobs_failed: int
    oldest_job_seconds: float
    mails_sent: int
    mails_failed: int
    worker_seen_seconds: float | None
    """Since a worker last said that it lives; None where none ever did."""

    @property
    def worker(self) -> str:
        seen = self.worker_seen_seconds
        return "ok" if seen is not None and seen < AWAY_AFTER else "away"


async def standing(connection: AsyncConnection) -> Standing:
    row: Mapping[Any, Any] = (await connection.execute(_STANDING)).mappings().one()
    return Standing(**row)


async def add(work: Work, name: str) -> None:
    """Count one. What was done stays done where it cannot be counted: a mail is not sent again for it."""
    try:
        await _add(work, name)
    except Exception as error:
        log.warning("not-counted", what=name, error=type(error).__name__)


async def beat(work: Work, every: float, patience: float) -> None:
    """Say that this worker lives, until the database does not take it in time: a connection that nobody answers any more is
    noticed here first."""
    while True:
        said = asyncio.ensure_future(_add(work, ALIVE))
        done, _ = await asyncio.wait({said}, timeout=patience)
        if not done:  # not waited for any longer: to cancel it, the driver would ask the same silent database
            said.cancel()
            raise TimeoutError(f"the database took no sign of life in {patience} seconds")
        said.result()
        await asyncio.sleep(every)


async def _add(work: Work, name: str) -> None:
    async with work.db.engine.begin() as connection:
        await connection.execute(_ADD, {"name": name})
