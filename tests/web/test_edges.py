"""Only the edges commit; the log tells who tampered."""

import ast
import asyncio
from pathlib import Path

import psycopg

from app.db import event_log
from app.db.engine import connect
from app.settings import Settings
from tests.factories import World

APP = Path(__file__).parents[2] / "app"
MAY_COMMIT = {"web/running.py", "live/room.py"}
"""A room hands typing to the group commit of `live/log.py`; whatever else runs beside requests uses `begin()`."""


def test_nothing_but_the_edge_commits_a_request() -> None:
    found = set()
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
                found.add(str(path.relative_to(APP)))
    assert found <= MAY_COMMIT


def findings(database: str, settings: Settings) -> list[event_log.Broken]:
    async def check() -> list[event_log.Broken]:
        db = await connect(database, settings)
        try:
            async with db.sessions() as session:
                return [broken async for broken in event_log.verify(session)]
        finally:
            await db.close()

    return asyncio.run(check())


def test_a_changed_row_of_the_log_is_named(
    world: World, sql: psycopg.Connection, database: str, settings: Settings
) -> None:
    bid = world.bid(world.organisation())

    def mine() -> list[event_log.Broken]:
        return [broken for broken in findings(database, settings) if broken.stream_id == bid.id]

    assert mine() == []
    row = sql.execute(
        "SELECT id, payload::text FROM events WHERE stream_id = %s AND type = 'partner_invited'", [bid.id]
    ).fetchone()
    assert row is not None
    sql.execute("""UPDATE events SET payload = payload || '{"role": "lead"}' WHERE id = %s""", [row[0]])
    assert [(broken.seq, broken.why) for broken in mine()] == [(2, "its content was changed after it was written")]
    sql.execute("UPDATE events SET payload = %s::jsonb WHERE id = %s", [row[1], row[0]])
    assert mine() == []


def test_a_deleted_row_of_the_log_is_noticed(
    world: World, sql: psycopg.Connection, database: str, settings: Settings
) -> None:
    bid = world.bid(world.organisation())
    sql.execute("DELETE FROM events WHERE stream_id = %s AND seq = 2", [bid.id])
    gap = [broken for broken in findings(database, settings) if broken.stream_id == bid.id]
    assert gap and gap[0].seq == 3 and "row 2 is missing" in gap[0].why
    other = world.bid()
    sql.execute("DELETE FROM events WHERE stream_id = %s", [other.id])
    cut = [broken for broken in findings(database, settings) if broken.stream_id == other.id]
    assert cut and "newest row" in cut[0].why


def test_a_redacted_payload_leaves_the_chain_whole(
    world: World, sql: psycopg.Connection, database: str, settings: Settings
) -> None:
    bid = world.bid()
    sql.execute("UPDATE events SET payload = NULL, redacted_at = now() WHERE stream_id = %s", [bid.id])
    assert [broken for broken in findings(database, settings) if broken.stream_id == bid.id] == []
