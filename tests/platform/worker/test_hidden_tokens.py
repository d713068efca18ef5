"""A token that waits in a mail is nobody's to read in the queue; what failed for good does not stay for ever."""

import asyncio
import json
import re
import secrets
from pathlib import Path
from typing import Any

from app.platform.access.standing import token_hash
from app.platform.db.engine import connect
from app.platform.worker import mail, queue
from app.platform.worker.work import Work
from app.settings import Settings
from tests.factories import World, ok
from tests.mails import token_to


def sent(settings: Settings, database: str, payload: dict[str, Any], folder: Path) -> str:
    """The mail of this payload as a file."""
    mine = settings.model_copy(update={"data_dir": folder})

    async def run() -> None:
        db = await connect(database, mine)
        try:
            await mail.send(Work(mine, db), payload)
        finally:
            await db.close()

    asyncio.run(run())
    (path,) = (folder / "mail").glob("*.eml")
    return path.read_text("utf-8")


def test_the_queue_holds_no_token_in_clear_and_the_mail_does(
    world: World, settings: Settings, database: str, tmp_path: Path
) -> None:
    bid, address = world.bid(), f"{secrets.token_hex(8)}@small.example"
    ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": address, "role": "member"}), 201)
    row = world.sql.execute("SELECT payload FROM outbox WHERE payload->>'to' = %s", [address]).fetchone()
    assert row
    token = token_to(world.sql, address)
    known = world.sql.execute("SELECT token_hash FROM partners WHERE email = %s", [address]).fetchone()
    assert known == (token_hash(token),)
    words = re.findall(r"[\w-]{20,}", json.dumps(row[0]))
    assert token not in json.dumps(row[0]) and token_hash(token) not in [token_hash(word) for word in words]
    assert f"/invitations/open?token={token}\n" in sent(settings, database, row[0], tmp_path)


def test_a_mail_that_an_earlier_version_queued_goes_out_with_its_token(
    settings: Settings, database: str, tmp_path: Path
) -> None:
    before = {"to": "a@b.example", "template": "reset", "language": "en", "values": {"name": "Ana", "token": "t" * 43}}
    assert f"/open/reset?token={'t' * 43}\n" in sent(settings, database, before, tmp_path)


def test_a_job_that_failed_for_good_is_kept_for_a_while_and_then_forgotten(
    world: World, settings: Settings, database: str
) -> None:
    names = [f"failed-{secrets.token_hex(8)}" for _ in range(2)]
    for name, days in zip(names, (13, 15), strict=True):
        job = world.sql.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts) "
            "VALUES ('work', %s, '{}', 'failed', 17) RETURNING id",
            [name],
        ).fetchone()
        assert job
        world.sql.execute(
            "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'failed', now() - make_interval(days => %s))",
            [job[0], days],
        )

    async def tidy() -> None:
        db = await connect(database, settings)
        jobs = queue.queue(database, Work(settings, db))
        async with jobs.open_async():
            await jobs.tasks["tidy"].func(timestamp=0)
        await db.close()

    asyncio.run(tidy())
    left = world.sql.execute("SELECT task_name FROM procrastinate_jobs WHERE task_name = ANY(%s)", [names]).fetchall()
    assert left == [(names[0],)]
