"""The relay between the outbox and the queue."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import procrastinate
import psycopg

from app.platform.db.engine import connect
from app.platform.worker import queue
from app.platform.worker.work import Work
from app.settings import Settings


@asynccontextmanager
async def emptied(
    settings: Settings, database: str
) -> AsyncIterator[tuple[procrastinate.App, psycopg.AsyncConnection[Any]]]:
    """The queue, and a connection on which the outbox is empty until what is done there is rolled back."""
    db = await connect(database, settings)
    jobs = queue.queue(database, Work(settings, db))
    async with (
        jobs.open_async(),
        await psycopg.AsyncConnection.connect(database) as connection,
        connection.transaction(force_rollback=True),
    ):
        await connection.execute("DELETE FROM outbox")
        yield jobs, connection
    await db.close()


def test_a_mail_that_somebody_waits_for_goes_before_a_long_queue(settings: Settings, database: str) -> None:
    async def run() -> None:
        async with emptied(settings, database) as (jobs, connection):
            await connection.execute(
                "INSERT INTO outbox (topic, payload) SELECT 'event', '{}' FROM generate_series(1, %s)",
                [2 * queue.BATCH],
            )
            mark = '{"to": "sam@harbouryouth.example.org"}'
            await connection.execute("INSERT INTO outbox (topic, payload) VALUES ('mail', %s)", [mark])
            assert await queue.move(jobs, connection) == queue.BATCH
            left = await connection.execute("SELECT count(*) FROM outbox WHERE topic = 'mail'")
            assert await left.fetchone() == (0,)
            first = await connection.execute(
                "SELECT args ->> 'topic', args -> 'payload' ->> 'to' FROM procrastinate_jobs WHERE status = 'todo' "
                "ORDER BY priority DESC, id DESC LIMIT 1"
            )
            assert await first.fetchone() == ("mail", "sam@harbouryouth.example.org")

    asyncio.run(run())


def test_a_row_of_a_topic_that_this_version_does_not_know_waits(settings: Settings, database: str) -> None:
    async def run() -> None:
        async with emptied(settings, database) as (jobs, connection):
            await connection.execute("INSERT INTO outbox (topic, payload) VALUES ('of-a-later-version', '{}')")
            await connection.execute("INSERT INTO outbox (topic, payload) VALUES ('event', '{}')")
            assert await queue.move(jobs, connection) == 1
            left = await connection.execute("SELECT topic FROM outbox")
            assert await left.fetchall() == [("of-a-later-version",)]

    asyncio.run(run())


def test_a_job_that_an_earlier_version_queued_by_module_and_name_is_run(settings: Settings, database: str) -> None:
    async def run() -> None:
        db = await connect(database, settings)
        jobs = queue.queue(database, Work(settings, db))
        async with jobs.open_async():
            event = {"stream": "organisation", "event_id": "none"}  # which nobody is notified of
            await jobs.tasks["react"].func(
                None, topic="event", handler="app.notifications.reactions.tell", payload=event
            )
        await db.close()

    asyncio.run(run())


def test_renderings_wait_for_each_other_and_hold_nothing_else_up(settings: Settings, database: str) -> None:
    async def run() -> None:
        async with emptied(settings, database) as (jobs, connection):
            for topic in ("edition_to_render", "event", "edition_to_render"):
                await connection.execute("INSERT INTO outbox (topic, payload) VALUES (%s, '{}')", [topic])
            await queue.move(jobs, connection)
            found = await connection.execute(
                "SELECT args ->> 'topic', lock FROM procrastinate_jobs WHERE args ->> 'payload' = '{}' AND status = 'todo'"
            )
            assert set(await found.fetchall()) == {("edition_to_render", "edition_to_render"), ("event", None)}

    asyncio.run(run())


def test_a_handler_of_some_events_gets_no_job_of_the_others(settings: Settings, database: str) -> None:
    async def run() -> None:
        async with emptied(settings, database) as (jobs, connection):
            for type_ in ("edition_made", "section_changed"):
                await connection.execute(
                    "INSERT INTO outbox (topic, payload) VALUES ('event', jsonb_build_object('type', %s::text, 'mark', 'here'))",
                    [type_],
                )
            await queue.move(jobs, connection)
            found = await connection.execute(
                "SELECT args -> 'payload' ->> 'type', args ->> 'handler' FROM procrastinate_jobs "
                "WHERE args -> 'payload' ->> 'mark' = 'here'"
            )
            assert sorted(await found.fetchall()) == [
                ("edition_made", "make_messages"),
                ("edition_made", "tell"),
                ("section_changed", "tell"),
            ]

    asyncio.run(run())
