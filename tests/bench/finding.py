"""`python -m tests.bench.finding`: searches and the order by fit against their bare SQL, their growth, and what they find.

The floor is the same statement, run by asyncpg behind a bare ASGI application that hands out what it answers. Among 10,000
and 100,000 calls, every fifth is about young people, so that many match. Rounds are interleaved, medians count, and any answer
but 200 ends the run. What is found is judged by `searches.toml` where the real notices are there (REAL_NOTICES names their
folder): nDCG@10 over its searches.
"""

import asyncio
import gzip
import json
import math
import os
import statistics
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import psycopg

from app.calls.opportunities.queries import SHORT
from app.platform.db.embedded import embedded
from app.platform.db.migrate import migrate
from tests.bench.floor import Floor
from tests.bench.reads import getting, measure, print_table, process, wait
from tests.calls.notices.ocds_samples import SHARED
from tests.conftest import free_port
from tests.factories import Organisation, World, ok

SIZES = (10_000, 100_000)
SEARCH_GOAL, FIT_GOAL, GROWTH_GOAL, FOUND_GOAL = 0.5, 0.35, 2.0, 0.8
SEARCHES: Mapping[str, Mapping[str, int]] = tomllib.loads((Path(__file__).parent / "searches.toml").read_text("utf-8"))[
    "searches"
]
REAL = Path(os.environ.get("REAL_NOTICES") or SHARED / "ocds")

FILL = """
INSERT INTO opportunities (id, title, description_markdown, status, buyer_name, submission_deadline, published_at, areas,
  area_keys, vcse, budget_ceiling)
SELECT gen_random_uuid(), (ARRAY['Young people support', 'Family hubs', 'Refuge', 'Highway works', 'Servers'])[n %% 5 + 1]
    || ' ' || n, 'We seek a provider for services. ' || repeat((ARRAY['youth mentoring in schools ', 'early help ',
    'safe places ', 'road surfacing ', 'network support '])[n %% 5 + 1], 20) || 'word' || n %% 1000,
  'published', 'Council ' || n %% 300, now() + (n %% 200 - 60) * interval '1 day', now() - n %% 400 * interval '1 day',
  ARRAY['UKI'], ARRAY['uki', '=uki'], n %% 7 = 0, n %% 1000 * 100000 FROM generate_series(1, %s) n"""


class Finding(Floor):
    """`/<name>`: the statement of that name, with its parameters, from the table that the bench fills."""

    async def answer(self, path: str, body: bytes) -> str:
        async with self.pool.acquire() as connection:
            statement, given = self.statements[path[1:]]
            rows = await connection.fetch(statement, *given)
            return '{"items":[' + ",".join(row["item"] for row in rows) + "]}"

    @property
    def statements(self) -> dict[str, tuple[str, list[Any]]]:
        found: dict[str, tuple[str, list[Any]]] = json.loads(Path(os.environ["BENCH_STATEMENTS"]).read_text("utf-8"))
        return found


ITEM = f"{SHORT}::text AS item"
WORDS = "to_tsquery('english', 'youth:*')"
SEARCH = f"""WITH page AS (SELECT id FROM opportunities WHERE status <> 'draft' AND search @@ {WORDS} ORDER BY id LIMIT 51)
SELECT {ITEM} FROM page JOIN opportunities o ON o.id = page.id ORDER BY o.id"""
_OPEN = "status = 'published' AND coalesce(submission_deadline, 'infinity') >= now()"
_FIRST = "ORDER BY coalesce(submission_deadline, 'infinity'), id LIMIT 400"
FIT = f"""WITH looked_at AS (
  (SELECT id FROM opportunities WHERE {_OPEN} AND search @@ {WORDS} AND area_keys && ARRAY['uki'] {_FIRST})
  UNION (SELECT id FROM opportunities WHERE {_OPEN} AND search @@ {WORDS} AND search @@ to_tsquery('english', 'youth') {_FIRST})
  UNION (SELECT id FROM opportunities WHERE {_OPEN} AND search @@ {WORDS} {_FIRST})
  UNION (SELECT id FROM opportunities WHERE NOT ({_OPEN}) AND search @@ {WORDS}
    ORDER BY coalesce(published_at, 'infinity') DESC, id DESC LIMIT 400)
), page AS (
  SELECT o.id, CASE WHEN area_keys && ARRAY['uki'] THEN 5 ELSE 0 END + CASE WHEN vcse THEN 2 ELSE 0 END
    + CASE WHEN budget_ceiling < 10000000 THEN 3 ELSE 0 END + ts_rank(search, {WORDS}) AS weight
  FROM looked_at JOIN opportunities o ON o.id = looked_at.id ORDER BY ({_OPEN}) DESC, weight DESC, submission_deadline LIMIT 51
) SELECT {ITEM} FROM page JOIN opportunities o ON o.id = page.id ORDER BY page.weight DESC"""


def floor_app() -> Floor:
    return Finding(10)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="cobid-bench-") as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "postgres") as url:
            migrate(url)
            statements = Path(folder) / "statements.json"
            statements.write_text(
                json.dumps({"": ["SELECT '{}' AS item", []], "search": [SEARCH, []], "fit": [FIT, []]})
            )
            run(url, folder, statements)


def run(url: str, folder: str, statements: Path) -> None:
    port, floor_port = free_port(), free_port()
    settings = {"DATABASE_URL": url, "DATA_DIR": folder, "PORT": str(port), "LOG_LEVEL": "error", "WORKER": "false"}
    bare = ["-m", "uvicorn", "--factory", "tests.bench.finding:floor_app", "--port", str(floor_port), "--no-access-log"]
    given = {"BENCH_URL": url, "BENCH_STATEMENTS": str(statements)}
    with process("-m", "app.cli", "serve", **settings), process(*bare, **given):
        base = f"http://127.0.0.1:{port}"
        wait(f"{base}/healthz")
        wait(f"http://127.0.0.1:{floor_port}/")
        with psycopg.connect(url, autocommit=True) as sql, httpx.Client(base_url=base, timeout=60) as http:
            world = World(http, sql, base)
            judge(world)
            income = {"annual_income": {"amount": "100000.00"}}
            own = world.organisation(areas=["London"], services=["youth work"], **income)
            rates = [at_size(sql, size, own, port, floor_port) for size in SIZES]
    small, large = rates
    print(f"\nAmong {SIZES[1]:,} calls, of which every fifth matches; pages of 50; medians of interleaved rounds.")
    print_table(
        [
            ("search of many matches", large["search"], "SQL", large["bare search"], SEARCH_GOAL),
            ("order by fit, many matches", large["fit"], "SQL", large["bare fit"], FIT_GOAL),
        ]
    )
    for what in ("search", "fit"):
        growth = small[what] / large[what]
        verdict = "" if growth <= GROWTH_GOAL else "   NOT REACHED"
        print(f"{what}: {growth:.2f} times its time among {SIZES[0]:,} (goal <= {GROWTH_GOAL:g}){verdict}")


def at_size(
    sql: "psycopg.Connection[Any]", size: int, own: Organisation, port: int, floor_port: int
) -> dict[str, float]:
    """The rates among so many calls."""
    row = sql.execute("SELECT count(*) FROM opportunities").fetchone()
    sql.execute(FILL, [size - (row[0] if row else 0)])
    sql.execute("VACUUM ANALYZE opportunities")
    steps = {
        "bare search": getting("/search"),
        "search": getting("/v1/opportunities?q=youth"),
        "bare fit": getting("/fit"),
        "fit": getting(f"/v1/opportunities?q=youth&sort=fit&fit_for={own.id}"),
    }
    ports = {name: floor_port if name.startswith("bare") else port for name in steps}
    return asyncio.run(measure(steps, ports, own.boss.token))


def judge(world: World) -> None:
    """Print how good the answers to the judged searches are, and which are not."""
    if not REAL.is_dir():
        print("The real notices are not there (REAL_NOTICES), so what is found is not judged.")
        return
    reader = world.organisation().boss
    for path in sorted(REAL.rglob("*.json")):
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        content = gzip.compress(path.read_bytes())
        ok(reader.request("POST", "/opportunities/import", content=content, headers=headers))
    scores = {}
    for words, wanted in SEARCHES.items():
        answer = ok(reader.get(f"/opportunities?{urlencode({'q': words, 'sort': 'fit', 'limit': 10})}")).json()
        scores[words] = ndcg([one["ocid"] for one in answer["items"]], wanted)
    mean = statistics.mean(scores.values())
    verdict = "" if mean >= FOUND_GOAL else "   NOT REACHED"
    print(f"nDCG@10 of {len(scores)} searches over real notices: {mean:.3f} (goal >= {FOUND_GOAL}){verdict}")
    for words, score in scores.items():
        if score < 0.7:
            print(f"  {score:.2f} {words}")


def ndcg(found: Sequence[str], wanted: Mapping[str, int]) -> float:
    """How near the first ten come to the best order."""
    grades = [next((grade for part, grade in wanted.items() if part in ocid), 0) for ocid in found[:10]]
    return _gain(grades) / _gain(sorted(wanted.values(), reverse=True)[:10])


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


if __name__ == "__main__":
    main()
