"""`python -m tests.bench.declarations`: a declaration's write against F7, and the CPU of a reconciliation.

F7 is the statements of the same write, as few as they can be, with fsync on, on the same PostgreSQL and as many
connections: by bare asyncpg, in one transaction that locks a row, updates another, audits and queues, behind a bare
ASGI application, as F1, F2 and F3 are. Rounds are interleaved and the median counts. Every answer must be a 200;
afterwards each contribution's version, the events and the outbox rows are counted, so that nothing counted as a write
was none.
"""

import asyncio
import json
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from tests.bench.floor import Floor
from tests.bench.http import Client, rate
from tests.bench.reads import process, wait
from tests.bid.declarations.test_reconciliation_properties import cpu_milliseconds, large
from tests.conftest import free_port
from tests.factories import World, ok

WRITERS, ROUNDS, SECONDS = 16, 3, 3.0
WRITE_GOAL, CPU_GOAL = 0.4, 50.0

LOCK = "SELECT 1 FROM floor_bids WHERE id = $1 FOR NO KEY UPDATE"
FLOOR = """
WITH changed AS (
  UPDATE floor_rows SET title = $2, version = version + 1 WHERE id = $1 RETURNING id, version
), audited AS (
  INSERT INTO floor_audit (row_id, version, payload) SELECT id, version, $3::jsonb FROM changed
)
INSERT INTO floor_queue (payload) SELECT jsonb_build_object('id', id) FROM changed"""
TABLES = """
CREATE TABLE floor_bids (id int PRIMARY KEY);
CREATE TABLE floor_rows (id int PRIMARY KEY, title text, version int NOT NULL DEFAULT 1);
CREATE TABLE floor_audit (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, row_id int, version int, payload jsonb);
CREATE TABLE floor_queue (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, payload jsonb);
INSERT INTO floor_bids SELECT generate_series(1, 64);
INSERT INTO floor_rows (id, title) SELECT n, 'x' FROM generate_series(1, 64) n"""
PAYLOAD = '{"before": "A youth worker", "after": "A youth worker, two days a week"}'
CONTRIBUTION = {
    "kind": "staff_time",
    "title": "A youth worker",
    "value": {"amount": "36504.00"},
    "certainty": "confirmed",
    "valuation_basis": "NJC pay scale 2026",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what, measured, its floor (None for an absolute goal), the goal, and whether reached."""

    what: str
    measured: float
    floor: float | None
    goal: float
    reached: bool

    def __str__(self) -> str:
        verdict = "" if self.reached else "   NOT REACHED"
        if self.floor is None:
            return f"{self.what}: {self.measured:.1f} ms (goal <= {self.goal:g} ms){verdict}"
        ratio = self.measured / self.floor
        figures = f"{self.measured:.0f}/s, floor {self.floor:.0f}/s, ratio {ratio:.2f}"
        return f"{self.what}: {figures} (goal >= {self.goal:g}){verdict}"


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """A database with fsync on and a server in a process of its own: (database URL, port)."""
    with tempfile.TemporaryDirectory(prefix="cobid-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "postgres") as url:
            migrate(url)
            port = free_port()
            settings = {"DATABASE_URL": url, "DATA_DIR": folder, "PORT": str(port), "LOG_LEVEL": "error"}
            with process("-m", "app.cli", "serve", **settings, DATABASE_POOL=str(WRITERS), WORKER="false"):
                wait(f"http://127.0.0.1:{port}/healthz")
                yield url, port


@dataclass
class Writer:
    """One partner's editor who changes one contribution of its own again and again."""

    token: str
    path: str
    id: str
    version: int = 1
    client: Client = field(init=False)

    async def write(self) -> None:
        status, headers, body = await self.client.send(
            "PATCH", self.path, {"title": f"A youth worker {self.version}"}, [("If-Match", f'"{self.version}"')]
        )
        assert status == 200, body[:500]
        self.version += 1
        assert headers[b"etag"] == f'"{self.version}"'.encode()


def prepared(port: int, sql: psycopg.Connection[Any]) -> list[tuple[str, str, str]]:
    """As many opened bids of two partners, with one contribution each: (token, path, id)."""
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
        world = World(http, sql, "")
        made = []
        for _ in range(WRITERS):
            other = world.organisation()
            bid = world.bid(other)
            for who in (bid.lead.organisation, other):
                ok(who.boss.post(f"{bid.path}/honesty-round/file"))
            id_ = ok(bid.lead.boss.post(f"{bid.path}/contributions", CONTRIBUTION), 201).json()["id"]
            made.append((bid.lead.boss.token, f"{bid.path}/contributions/{id_}", id_))
        return made


class Writing(Floor):
    """`POST /<row>` runs F7."""

    async def answer(self, path: str, body: bytes) -> str:
        row = int(path[1:])
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.fetch(LOCK, row)
            await connection.fetch(FLOOR, row, json.loads(body)["title"], PAYLOAD)
        return "{}"


def floor_app() -> Floor:
    return Writing(WRITERS)


async def _floor(port: int) -> float:
    """F7's rate."""

    async def write(client: Client, row: int) -> None:
        status, _, _ = await client.send("POST", f"/{row}", {"title": "A youth worker"})
        assert status == 200

    clients = [await Client("127.0.0.1", port, "").open() for _ in range(WRITERS)]
    found = await _rate([(lambda c=client, n=number: write(c, n)) for number, client in enumerate(clients, 1)])
    for client in clients:
        client.close()
    return found


async def _ours(port: int, writers: list[Writer]) -> float:
    for writer in writers:
        writer.client = await Client("127.0.0.1", port, writer.token).open()
    found = await _rate([writer.write for writer in writers])
    for writer in writers:
        writer.client.close()
    return found


async def _rate(steps: list[Callable[[], Awaitable[Any]]]) -> float:
    done, seconds = await rate(steps, SECONDS)
    return done / seconds


async def _writes(port: int, floor_port: int, made: list[tuple[str, str, str]]) -> tuple[float, float, dict[str, int]]:
    """Median rates of our writes and of the floor, and each contribution's version at the end."""
    writers = [Writer(token, path, id_) for token, path, id_ in made]
    await _ours(port, writers)
    ours, floor = [], []
    for _ in range(ROUNDS):
        ours.append(await _ours(port, writers))
        floor.append(await _floor(floor_port))
    return statistics.median(ours), statistics.median(floor), {writer.id: writer.version for writer in writers}


def write_row() -> Row:
    """The declaration write against its floor, with every write accounted for."""
    with served() as (url, port), psycopg.connect(url, autocommit=True) as sql:
        sql.execute(TABLES)
        made = prepared(port, sql)
        bare = ["-m", "uvicorn", "--factory", "tests.bench.declarations:floor_app", "--no-access-log"]
        floor_port = free_port()
        with process(*bare, "--timeout-keep-alive", "60", "--port", str(floor_port), BENCH_URL=url):
            wait(f"http://127.0.0.1:{floor_port}/")
            ours, floor, versions = asyncio.run(_writes(port, floor_port, made))
        for id_, version in versions.items():
            row = sql.execute("SELECT version, title FROM contributions WHERE id = %s", [id_]).fetchone()
            assert row == (version, f"A youth worker {version - 1}"), (id_, row, version)
        written = sum(versions.values()) - len(versions)
        counted = sql.execute("SELECT count(*) FROM events WHERE type = 'contribution_changed'").fetchone()
        assert counted == (written,), f"{written} writes, {counted} events"
    return Row("one declaration write under the lock against F7", ours, floor, WRITE_GOAL, ours / floor >= WRITE_GOAL)


def reconciliation_row() -> Row:
    """CPU of the reconciliation of 30 partners, 600 declarations and 2,000 lines."""
    taken = cpu_milliseconds(large(), 15)
    return Row("reconciliation, 30 partners / 600 declarations / 2,000 lines", taken, None, CPU_GOAL, taken <= CPU_GOAL)


def rows() -> list[Row]:
    return [write_row(), reconciliation_row()]


if __name__ == "__main__":
    print("\n".join(str(row) for row in rows()))
