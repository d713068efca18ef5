"""Workers that are killed in the middle: nothing is lost, nothing overtakes, and every signature is good."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from app.commissioning.webhooks import making
from app.platform.db.base import new_id
from app.platform.db.engine import connect
from app.settings import Settings
from tests.callers import ok
from tests.commissioning.webhooks.test_webhooks import subscribe
from tests.factories import World
from tests.receivers import Got, Receiver
from tests.rounds import races, tries
from tests.waiting import wait_until

LANES = 20


def test_workers_that_are_killed_lose_nothing_and_keep_the_order_of_each_bid(
    world: World, there: Receiver, letting_through: Settings, database: str, tmp_path: Path
) -> None:
    ours = world.organisation()
    webhook = subscribe(ours.boss, ours, there.url)
    of_each = tries(10)
    dice = random.Random(5)

    def at_random(_: Got) -> int:
        return dice.choice((204, 204, 204, 500))

    there.answer = at_random
    made = asyncio.run(fill(letting_through, database, webhook, of_each))
    environment = {
        **os.environ,
        "DATABASE_URL": database,
        "DATA_DIR": str(tmp_path),
        "OUTBOUND_ALLOW": letting_through.outbound_allow,
        "WEBHOOK_RETRIES": ",".join(["0"] * 50),
        "LOG_LEVEL": "error",
    }
    command = [sys.executable, "-m", "app.cli", "worker"]
    for round_ in races(3):
        worker = subprocess.Popen(command, env=environment)
        try:
            wait_until(lambda want=(round_ + 1) * 8: len(there.got) >= want, 60)  # type: ignore[misc]
        finally:
            worker.send_signal(signal.SIGKILL)
            worker.wait(30)
    worker = subprocess.Popen(command, env=environment)
    try:
        wait_until(lambda: len({each.id for each in there.received()}) == LANES * of_each, 120)
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(60)
    arrived: dict[str, list[str]] = defaultdict(list)
    for each in there.received():
        assert each.signed_with(webhook["secret"])
        if each.id not in arrived[each.data["proposal_id"]]:
            arrived[each.data["proposal_id"]].append(each.id)
    assert dict(arrived) == made
    assert ok(ours.boss.get(f"/webhooks/{webhook['id']}")).json()["status"] == "enabled"


async def fill(settings: Settings, database: str, webhook: dict[str, str], of_each: int) -> dict[str, list[str]]:
    """Messages that wait, of so many bids; their ids by bid, in order."""
    db = await connect(database, settings)
    made: dict[str, list[str]] = {new_id(): [] for _ in range(LANES)}
    async with db.sessions.begin() as session:
        for _ in range(of_each):
            for lane_id, ids in made.items():
                told = {"proposal_id": lane_id}
                id_ = await making.make(
                    session, webhook["id"], webhook["organisation_id"], told,
                    cause=new_id(), lane_id=lane_id, type="ping", side="self", happened_at=datetime.now(UTC),
                )  # fmt: skip
                ids.append(f"msg_{id_}")
    await db.close()
    return made
