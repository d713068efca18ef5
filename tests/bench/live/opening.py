"""How long a section of 100,000 updates takes to open, and what an open one weighs."""

import asyncio
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import asyncpg
import psycopg
from pycrdt import Doc, XmlElement, XmlFragment, XmlText

from app.bid.text.live.compaction import Compactor, compact
from app.bid.text.live.document import LiveDocument
from app.bid.text.live.lifespan import nothing_to_reset, plain_ids
from app.bid.text.live.limits import Limits
from app.bid.text.live.room import Room
from app.bid.text.live.update_log import UpdateLog
from app.platform.db.embedded import embedded
from app.platform.db.engine import asyncpg_arguments
from app.platform.db.migrate import migrate
from tests import ROOT
from tests.bid.text.live.bids import bid

UPDATES, TAIL, ROUNDS = 100_000, 199, 31
"""A snapshot is made every 200 rows: the tail is as long as it gets while nobody types for ten seconds."""


def typed(number: int, seed: int = 4) -> list[bytes]:
    """A section as people write it: some forty characters in a row somewhere, sometimes a word taken back."""
    dice = random.Random(seed)
    changes: list[bytes] = []
    doc: Doc[XmlFragment] = Doc(client_id=7)
    fragment = doc.get("default", type=XmlFragment)
    doc.observe(lambda event: changes.append(event.update))
    texts: list[XmlText] = []
    lengths: list[int] = []
    while len(changes) < number:
        if not texts or (len(texts) < 60 and dice.random() < 0.05):
            paragraph, text = XmlElement("paragraph"), XmlText("")
            fragment.children.insert(dice.randrange(len(texts) + 1), paragraph)
            paragraph.children.append(text)
            texts.append(text)
            lengths.append(0)
        which = dice.randrange(len(texts))
        at = dice.randrange(lengths[which] + 1)
        for letter in dice.choices("abcdefghij ", k=dice.randrange(10, 70)):
            texts[which].insert(at, letter)
            at += 1
            lengths[which] += 1
        for _ in range(min(at, dice.choice([0, 0, 3, 8]))):
            at -= 1
            lengths[which] -= 1
            del texts[which][at : at + 1]
    return changes[:number]


def opening() -> tuple[float, float]:
    """Seconds to open the room (from the database to greeting), and to load its snapshot alone."""
    changes = typed(UPDATES)
    with tempfile.TemporaryDirectory(prefix="cobid-bench-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        with embedded(Path(folder) / "postgres") as url:
            migrate(url)
            return asyncio.run(_measure(url, changes))


async def _measure(url: str, changes: list[bytes]) -> tuple[float, float]:
    snapshot, shape = compact(changes[:-TAIL])
    with psycopg.connect(url, autocommit=True) as sql:
        section_id = bid(sql).section_id
    pool = await asyncpg.create_pool(**asyncpg_arguments(url), init=plain_ids, reset=nothing_to_reset)
    log = UpdateLog(pool)
    await log.load(section_id)
    await pool.execute(
        "INSERT INTO section_updates (section_id, seq, update) "
        "SELECT $1::text::uuid, * FROM unnest($2::bigint[], $3::bytea[])",
        section_id,
        list(range(1, len(changes) + 1)),
        changes,
    )
    await pool.execute("UPDATE section_heads SET last_seq = $1 WHERE section_id = $2", len(changes), section_id)
    await log.store_snapshot(section_id, len(changes) - TAIL, snapshot, shape)
    await pool.execute("VACUUM ANALYZE")
    whole, alone = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        doc: Doc[XmlFragment] = Doc()
        doc.apply_update(snapshot)
        alone.append(time.perf_counter() - started)
        room = _room(section_id, log)
        started = time.perf_counter()
        assert await room.open()
        room.state_vector()
        whole.append(time.perf_counter() - started)
        room._tail = 0
        await room.end()
    await pool.close()
    return statistics.median(whole), statistics.median(alone)


def _room(section_id: str, log: UpdateLog) -> Room:
    return Room(
        section_id,
        log,
        Compactor(),
        max_bytes=4_000_000,
        most=Limits().parts,
        on_change=lambda room, rows: None,
        publish_cursors=lambda section, states: None,
    )


def memory_of_a_section() -> float:
    """Megabytes for each of many open sections, in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.live.opening"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _weigh() -> float:
    import psutil

    snapshot, shape = compact(typed(UPDATES))
    process = psutil.Process()
    kept: list[Any] = [LiveDocument([snapshot], shape) for _ in range(3)]
    before = process.memory_info().rss
    kept += [LiveDocument([snapshot], shape) for _ in range(40)]
    return (process.memory_info().rss - before) / 40 / 1e6


if __name__ == "__main__":
    print(_weigh())
