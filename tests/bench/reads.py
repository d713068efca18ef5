"""`python -m tests.bench.reads`: the whole proposal, editions, 304 and list pages, against what PostgreSQL can hand out.

F1: a bare ASGI application with asyncpg that hands out JSON which one query builds (the proposal with all its parts).
F2: the same application handing out a stored rendering. F3: the same list query, bare. Rounds are interleaved and the
median counts; an answer that is not 200 (or 304 where asked for) ends the run.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg

from app.bid.proposal import queries as lists
from app.demo import bench_data
from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from tests.bench.floor import Floor
from tests.bench.http import Client, rate
from tests.conftest import free_port
from tests.factories import World

CLIENTS, ROUNDS, SECONDS = 16, 3, 3.0
PARTS = ("partners", "contributions", "expectations", "budget_lines", "outcomes", "sections")
WHOLE = (
    "SELECT (to_jsonb(p) || jsonb_build_object("
    + ", ".join(
        f"'{part}', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]') FROM {part} t WHERE t.proposal_id = p.id)"
        for part in PARTS
    )
    + "))::text FROM proposals p WHERE p.id = $1"
)


class Reading(Floor):
    """`/whole/<id>` F1, `/stored/<id>` F2, `/list/<organisation>` F3."""

    async def answer(self, path: str, body: bytes) -> str:
        _, what, key = path.split("/")
        async with self.pool.acquire() as connection:
            if what == "whole":
                return str(await connection.fetchval(WHOLE, key))
            if what == "stored":
                return str(await connection.fetchval("SELECT body FROM stored WHERE id = $1", key))
            rows = await connection.fetch(lists.PAGE, [key], None, None, None, 101, None)
            return '{"items":[' + ",".join(row["item"] for row in rows[:100]) + "]}"


def floor_app() -> Floor:
    return Reading(10)


@contextmanager
def process(*command: str, **environment: str) -> Iterator[None]:
    started = subprocess.Popen([sys.executable, *command], env={**os.environ, **environment}, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        started.terminate()
        started.wait(40)


def wait(url: str) -> float:
    began = time.perf_counter()
    while time.perf_counter() - began < 60:
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return time.perf_counter() - began
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise SystemExit(f"{url} did not answer")


def print_table(rows: list[tuple[str, float, str, float, float | None]]) -> None:
    """what, rate, floor, its rate, goal (None: none is set)"""
    print(f"{'what':<34} {'rate/s':>9} {'floor':>6} {'rate/s':>9} {'ratio':>7} {'goal':>6}")
    for what, own, floor, floor_rate, goal in rows:
        ratio = own / floor_rate
        wanted = "" if goal is None else f"{goal:>6.2f}" + ("" if ratio >= goal else "  missed")
        print(f"{what:<34} {own:>9.0f} {floor:>6} {floor_rate:>9.0f} {ratio:>7.2f} {wanted}")


async def measure(
    steps: dict[str, Callable[[Client], Awaitable[None]]], ports: dict[str, int], token: str
) -> dict[str, float]:
    """Median rate of each step over interleaved rounds."""
    rates: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            clients = [await Client("127.0.0.1", ports[name], token).open() for _ in range(CLIENTS)]
            done, took = await rate([lambda c=c, s=step: s(c) for c in clients], SECONDS)
            rates[name].append(done / took)
            for client in clients:
                client.close()
    return {name: statistics.median(values) for name, values in rates.items()}


def getting(path: str, status: int = 200, **headers: str) -> Callable[[Client], Awaitable[None]]:
    sent = [(name.replace("_", "-"), value) for name, value in headers.items()]

    async def step(client: Client) -> None:
        answered, _, _ = await client.send("GET", path, headers=sent)
        if answered != status:
            raise SystemExit(f"{path}: {answered}")

    return step


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cobid-bench-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "postgres") as url:
            migrate(url)
            bench_data.fill(url, 2_000)
            run(url, folder)


def run(url: str, folder: str) -> None:
    port, floor_port = free_port(), free_port()
    settings = {"DATABASE_URL": url, "DATA_DIR": folder, "PORT": str(port), "LOG_LEVEL": "error", "WORKER": "false"}
    bare = ["-m", "uvicorn", "--factory", "tests.bench.reads:floor_app", "--port", str(floor_port), "--no-access-log"]
    with process("-m", "app.cli", "serve", **settings), process(*bare, BENCH_URL=url):
        base = f"http://127.0.0.1:{port}"
        wait(f"{base}/readyz")
        with psycopg.connect(url, autocommit=True) as sql, httpx.Client(base_url=base, timeout=60) as http:
            world = World(http, sql, base)
            person = world.person()
            proposal, organisation = _join_a_proposal(sql, person.id)
            edition = _edition(sql, proposal, person.get(f"/proposals/{proposal}").content)
            whole = person.get(f"/proposals/{proposal}")
            size, tag = len(whole.content), whole.headers["ETag"]
            sql.execute("CREATE TABLE stored (id uuid PRIMARY KEY, body text)")
            sql.execute("INSERT INTO stored VALUES (%s, %s)", [proposal, whole.text])
            wait(f"http://127.0.0.1:{floor_port}/stored/{proposal}")
            steps = {
                "F1": getting(f"/whole/{proposal}"),
                "whole": getting(f"/v1/proposals/{proposal}"),
                "304": getting(f"/v1/proposals/{proposal}", 304, If_None_Match=tag),
                "F2": getting(f"/stored/{proposal}"),
                "edition": getting(edition),
                "F3": getting(f"/list/{organisation}"),
                "list": getting("/v1/proposals?limit=100"),
            }
            ports = {name: floor_port if name.startswith("F") else port for name in steps}
            rates = asyncio.run(measure(steps, ports, person.token))
    print(f"A whole proposal of {size} bytes, {CLIENTS} connections, medians of {ROUNDS} interleaved rounds.")
    print_table(
        [
            ("whole proposal, kept in memory", rates["whole"], "F1", rates["F1"], None),
            ("If-None-Match hit", rates["304"], "F1", rates["F1"], 1.5),
            ("edition, immutable bytes", rates["edition"], "F2", rates["F2"], 0.50),
            ("list page of 100", rates["list"], "F3", rates["F3"], 0.55),
        ]
    )
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        with process("-m", "app.cli", "serve", **settings):
            wait(f"http://127.0.0.1:{port}/readyz")
            taken.append(time.perf_counter() - began)
    print(f"start to ready on an existing database: {statistics.median(taken):.1f} s, median of {ROUNDS} (goal 2.7 s)")


def _join_a_proposal(sql: "psycopg.Connection[Any]", person_id: str) -> tuple[str, str]:
    """The person becomes editor of an organisation with many proposals; answers one of them, and the organisation."""
    row = sql.execute(
        "SELECT organisation_id::text, (array_agg(proposal_id::text))[1] FROM partners GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
    ).fetchone()
    assert row is not None
    sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{admin,editor}')",
        [row[0], person_id],
    )
    sql.execute(
        "INSERT INTO partners (id, proposal_id, organisation_id, role, status) "
        "SELECT gen_random_uuid(), p.id, %s, 'member', 'accepted' FROM proposals p WHERE NOT EXISTS ("
        "SELECT FROM partners x WHERE x.proposal_id = p.id AND x.organisation_id = %s) LIMIT 200",
        [row[0], row[0]],
    )
    return row[1], row[0]


def _edition(sql: "psycopg.Connection[Any]", proposal: str, content: bytes) -> str:
    """A withdrawn edition of the same size, so that reading it is reading immutable bytes."""
    sql.execute(
        "INSERT INTO editions (id, proposal_id, number, sha256, document, annex, status) "
        "VALUES (gen_random_uuid(), %s, 1, %s, %s, '', 'withdrawn')",
        [proposal, "0" * 64, json.dumps(json.loads(content)).encode()],
    )
    return f"/v1/proposals/{proposal}/editions/1/document.json"


if __name__ == "__main__":
    main()
