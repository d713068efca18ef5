"""The log as live editing writes it: the updates of many rooms in one transaction of a few milliseconds.

One statement does it. It locks the proposals that are still drafts FOR KEY SHARE (a freeze locks FOR UPDATE, so it
comes wholly before or wholly after), gives each section its next numbers, adds the rows and notifies the other
processes. A proposal or section that somebody else has locked is skipped, so that all others need not wait, and is then
committed separately. Requests write to the same log through `app/bid/text/section_log.py`.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import structlog

from app.bid.text.live import metrics
from app.bid.text.section_log import CHANNEL
from app.platform.access.ids import Id

_logger = structlog.get_logger(__name__)

LOST: Final = (OSError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError)
"""The database is away. A commit may have happened all the same, but adding an update twice does no harm."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person's update for one organisation."""

    update: bytes
    person_id: Id | None
    organisation_id: Id | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one section has to log, in order."""

    section_id: Id
    proposal_id: Id
    rows: Sequence[Row]


class NotADraft(Exception):
    """The proposal takes no text now: nothing was logged."""


class Unavailable(Exception):
    """The database did not answer for a while; whether something was logged is not known."""


@dataclass(slots=True)
class Loaded:
    """A section as it is logged: its snapshot with the stored shape of that, and the updates after it (`tail`)."""

    proposal_id: Id
    seq: int
    snapshot: bytes | None
    shape: bytes | None
    tail: list[bytes]

    @property
    def updates(self) -> list[bytes]:
        """What has to be applied, in order."""
        return [*([self.snapshot] if self.snapshot else []), *self.tail]


_COMMIT = """
WITH wanted AS (
    SELECT * FROM unnest($1::text[]::uuid[], $2::text[]::uuid[], $3::int[], $4::int[])
                  AS w(section_id, proposal_id, n, size)
), drafts AS MATERIALIZED (
    SELECT p.id FROM proposals p WHERE p.id = ANY($2::text[]::uuid[]) AND p.status = 'draft' ORDER BY p.id
    FOR KEY SHARE {skip}
), held AS MATERIALIZED (
    SELECT h.section_id FROM section_heads h JOIN wanted w ON w.section_id = h.section_id
    JOIN drafts d ON d.id = w.proposal_id ORDER BY h.section_id
    FOR UPDATE OF h {skip}
), bumped AS (
    UPDATE section_heads h SET last_seq = h.last_seq + w.n, bytes_since_snapshot = h.bytes_since_snapshot + w.size
    FROM wanted w JOIN held USING (section_id) WHERE h.section_id = w.section_id
    RETURNING h.section_id, h.last_seq - w.n AS base, h.last_seq AS last
), added AS (
    INSERT INTO section_updates (section_id, seq, update, organisation_id, person_id)
    SELECT u.section_id, b.base + u.place, u.update, u.organisation_id, u.person_id
    FROM unnest($5::text[]::uuid[], $6::int[], $7::bytea[], $8::text[]::uuid[], $9::text[]::uuid[])
         AS u(section_id, place, update, organisation_id, person_id)
    JOIN bumped b ON b.section_id = u.section_id
)
SELECT section_id::text, base, last, CASE WHEN $11 THEN pg_notify($10, section_id || ' ' || last) END FROM bumped
"""
_COMMIT_NOW = _COMMIT.format(skip="SKIP LOCKED")
_COMMIT_WAITING = _COMMIT.format(skip="")

_LOAD = """
SELECT h.proposal_id::text, h.last_seq, s.state, s.shape,
       ARRAY(SELECT u.update FROM section_updates u
             WHERE u.section_id = h.section_id AND u.seq > coalesce(s.seq, 0) ORDER BY u.seq)
FROM section_heads h LEFT JOIN section_snapshots s ON s.section_id = h.section_id WHERE h.section_id = $1::text::uuid
"""
_ENSURE = """
INSERT INTO section_heads (section_id, proposal_id) SELECT id, proposal_id FROM sections WHERE id = $1::text::uuid
ON CONFLICT DO NOTHING
"""
_AFTER = "SELECT seq, update FROM section_updates WHERE section_id = $1::text::uuid AND seq > $2 ORDER BY seq"
_STORE_SNAPSHOT = """
WITH kept AS (
    INSERT INTO section_snapshots (section_id, seq, state, shape) VALUES ($1::text::uuid, $2, $3, $4)
    ON CONFLICT (section_id) DO UPDATE
    SET seq = excluded.seq, state = excluded.state, shape = excluded.shape, at = clock_timestamp()
    WHERE section_snapshots.seq < excluded.seq RETURNING section_id
)
UPDATE section_heads SET bytes_since_snapshot = 0 WHERE section_id IN (SELECT section_id FROM kept)
"""


class UpdateLog:
    """Writes this process's updates, over an asyncpg pool of its own."""

    def __init__(
        self,
        pool: Any,
        *,
        announce: Callable[[Id, int], None] | None = None,
        window: float = 0.004,
        patience: float = 15.0,
    ) -> None:
        """`window`: seconds between two commits, at least. `patience`: seconds to try again while PostgreSQL is away.

        `announce` is called with section and number after each commit; without it the commit itself notifies.
        """
        self._notify = announce is None
        self._announce = announce or (lambda section_id, seq: None)
        self._pool = pool
        self._window = window
        self._patience = patience
        self._waiting: list[tuple[Batch, asyncio.Future[int]]] = []
        self._wake = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting_for_locks = asyncio.Semaphore(2)

    def start(self) -> None:
        self._spawn(self._run())

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def commit(self, batch: Batch) -> int:
        """Makes the batch durable; answers the number before its first row. Raises `NotADraft`, `Unavailable`."""
        done: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, done))
        self._wake.set()
        return await done

    async def load(self, section_id: Id) -> Loaded | None:
        """The section's log; None where there is no such section. Raises `Unavailable`."""
        row = await self._ask("fetchrow", _LOAD, section_id)
        if row is None:
            await self._ask("execute", _ENSURE, section_id)
            row = await self._ask("fetchrow", _LOAD, section_id)
        return None if row is None else Loaded(row[0], row[1], row[2], row[3], row[4])

    async def after(self, section_id: Id, seq: int) -> list[tuple[int, bytes]]:
        """The numbered updates after `seq`. Raises `Unavailable`."""
        return [(row[0], row[1]) for row in await self._ask("fetch", _AFTER, section_id, seq)]

    async def store_snapshot(self, section_id: Id, seq: int, state: bytes, shape: bytes) -> None:
        """Stores `state`, which holds everything up to `seq`, as the snapshot, unless there is a later one."""
        await self._ask("execute", _STORE_SNAPSHOT, section_id, seq, state, shape)

    def _spawn(self, work: Any) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(self) -> None:
        began = 0.0
        while True:
            await self._wake.wait()
            early = began + self._window - time.monotonic()
            if early > 0:  # a single update after a pause is committed without waiting for others
                await asyncio.sleep(early)
            began = time.monotonic()
            self._wake.clear()
            waiting, self._waiting = self._waiting, []
            await self._commit_all(waiting)

    async def _commit_all(self, waiting: list[tuple[Batch, asyncio.Future[int]]]) -> None:
        started = time.perf_counter()
        try:
            bases = await self._write(_COMMIT_NOW, [batch for batch, _ in waiting])
        except Exception as failure:
            _fail(waiting, failure)
            return
        metrics.commits.inc()
        metrics.commit_seconds.observe(time.perf_counter() - started)
        for batch, done in waiting:
            base = bases.get(batch.section_id)
            if base is None:
                self._spawn(self._commit_waiting(batch, done))
            elif not done.done():
                done.set_result(base)

    async def _commit_waiting(self, batch: Batch, done: "asyncio.Future[int]") -> None:
        """Commits for a proposal that is locked, or finds that it is no draft any more."""
        try:
            async with self._waiting_for_locks:  # each keeps a connection that the others need
                base = (await self._write(_COMMIT_WAITING, [batch])).get(batch.section_id)
        except Exception as failure:
            _fail([(batch, done)], failure)
            return
        if done.done():
            return
        if base is None:
            done.set_exception(NotADraft())
        else:
            done.set_result(base)

    async def _write(self, statement: str, batches: list[Batch]) -> dict[Id, int]:
        """Runs a commit; answers for each section that was written the number before its first row."""
        rows = [(batch.section_id, place, row) for batch in batches for place, row in enumerate(batch.rows, 1)]
        answer = await self._ask(
            "fetch",
            statement,
            [batch.section_id for batch in batches],
            [batch.proposal_id for batch in batches],
            [len(batch.rows) for batch in batches],
            [sum(len(row.update) for row in batch.rows) for batch in batches],
            [section_id for section_id, _, _ in rows],
            [place for _, place, _ in rows],
            [row.update for _, _, row in rows],
            [row.organisation_id for _, _, row in rows],
            [row.person_id for _, _, row in rows],
            CHANNEL,
            self._notify,
        )
        for row in answer:
            self._announce(row[0], row[2])
        return {row[0]: row[1] for row in answer}

    async def _ask(self, verb: str, statement: str, *arguments: Any) -> Any:
        """Asks the database, and tries again while it is away. Each statement here may run twice without harm."""
        until = time.monotonic() + self._patience
        pause = 0.05
        while True:
            try:
                return await getattr(self._pool, verb)(statement, *arguments)
            except LOST as lost:
                if time.monotonic() > until:
                    raise Unavailable(str(lost)) from lost
                _logger.warning("live_log_waits_for_database", error=str(lost) or type(lost).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 1.0)


def _fail(waiting: list[tuple[Batch, "asyncio.Future[int]"]], failure: Exception) -> None:
    for _, done in waiting:
        if not done.done():
            done.set_exception(failure)
