"""Decisions whose closing time has come, closed by the worker."""

import asyncio

from structlog.testing import capture_logs

from app.bid.decisions.reactions import close_due
from app.platform.db.engine import connect
from app.platform.worker.work import Work
from app.settings import Settings
from tests.factories import Bid, World, ok, soon
from tests.stages import bid


def opened(made: Bid) -> str:
    body = {"title": "T", "closes_at": soon(60), "carries": {"method": "PUT", "path": "/exit-plan", "body": {}}}
    found: str = ok(made.post(made.lead.boss, "/decisions", body), 201).json()["id"]
    return found


def status(made: Bid, decision_id: str) -> str:
    (found,) = made.world.sql.execute("SELECT status FROM decisions WHERE id = %s", [decision_id]).fetchone() or ("",)
    return str(found)


def test_a_decision_that_cannot_be_closed_keeps_no_other_open_and_fills_no_log(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    broken, sound = opened(made), opened(made)
    world.sql.execute("UPDATE decisions SET carries = %s WHERE id = %s", ['{"method": "PUT"}', broken])
    for decision_id in (broken, sound):
        made.time_is_up(decision_id)

    async def close_twice() -> None:
        db = await connect(database, settings)
        try:
            for _ in range(2):
                await close_due(Work(settings, db))
        finally:
            await db.close()

    with capture_logs() as logs:
        asyncio.run(close_twice())
    assert (status(made, broken), status(made, sound)) == ("open", "failed")
    (entry,) = [entry for entry in logs if entry["event"] == "decision-not-closed" and entry["id"] == broken]
    assert isinstance(entry["exc_info"], KeyError)
    world.sql.execute("UPDATE decisions SET status = 'failed' WHERE id = %s", [broken])
