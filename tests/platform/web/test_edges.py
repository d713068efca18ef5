"""Only the edges commit; the log tells who tampered."""

import ast
import asyncio

import psycopg

from app.platform.db import event_log
from app.platform.db.engine import connect
from app.settings import Settings
from tests import ROOT
from tests.factories import World, ok

APP = ROOT / "app"
MAY_COMMIT = {"platform/web/running.py", "bid/text/live/room.py"}
"""A live room commits what people typed together; whatever else runs outside requests uses `begin()`."""


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
    sql.execute("UPDATE events SET redacted_at = now() WHERE id = %s", [row[0]])
    assert [broken.seq for broken in mine()] == [2], "what was redacted has no content"
    sql.execute("UPDATE events SET payload = %s::jsonb, redacted_at = NULL WHERE id = %s", [row[1], row[0]])
    sql.execute("UPDATE events SET stream = 'organisation' WHERE id = %s", [row[0]])
    assert [broken.seq for broken in mine()] == [2]
    sql.execute("UPDATE events SET stream = 'proposal' WHERE id = %s", [row[0]])
    assert mine() == []


def test_what_is_written_while_the_log_is_verified_is_no_finding(
    world: World, sql: psycopg.Connection, database: str, settings: Settings
) -> None:
    broken_one, living = world.bid(), world.bid()
    sql.execute("UPDATE events SET type = 'other' WHERE stream_id = %s AND seq = 1", [broken_one.id])

    async def check() -> list[event_log.Broken]:
        db = await connect(database, settings)
        try:
            async with db.sessions() as session:
                found = []
                async for broken in event_log.verify(session):
                    found.append(broken)
                    if broken.stream_id == broken_one.id:  # the rows are being read: now somebody writes
                        title = {"title": "Written meanwhile"}
                        ok(living.lead.boss.patch(living.path, title, if_match=living.lead.boss.etag(living.path)))
                return found
        finally:
            await db.close()

    found = asyncio.run(check())
    sql.execute("UPDATE events SET type = 'proposal_started' WHERE stream_id = %s AND seq = 1", [broken_one.id])
    assert [(b.stream_id, b.seq) for b in found if b.stream_id in (broken_one.id, living.id)] == [(broken_one.id, 1)]


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
