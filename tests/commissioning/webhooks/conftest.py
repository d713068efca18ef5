"""A service that lets webhooks reach receivers of this machine, and a worker of its own that sends them."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from app.platform.worker import running
from app.settings import Settings
from tests.conftest import free_port, serving
from tests.factories import World
from tests.http import client
from tests.receivers import Receiver, receiver


@pytest.fixture(scope="module")
def receivers() -> Iterator[list[Receiver]]:
    """Three, whose ports the operator lets through."""
    with receiver() as one, receiver() as two, receiver() as three:
        yield [one, two, three]


@pytest.fixture(scope="module")
def letting_through(settings: Settings, receivers: list[Receiver]) -> Settings:
    allowed = ",".join(f"127.0.0.1:{each.port}" for each in receivers)
    return settings.model_copy(update={"port": free_port(), "outbound_allow": allowed, "webhook_retries": "0,0,0,0"})


@pytest.fixture(scope="module")
def webhook_server(letting_through: Settings, database: str) -> Iterator[str]:
    with serving(letting_through, database) as url:
        yield url


@pytest.fixture
def there(receivers: list[Receiver]) -> Receiver:
    """A receiver that has got nothing yet."""
    for each in receivers:
        each.got.clear()
        each.answer = lambda _: 204
    return receivers[0]


@pytest.fixture
def world(webhook_server: str, sql: psycopg.Connection) -> Iterator[World]:
    with client(webhook_server) as http:
        yield World(http, sql, webhook_server)


@contextmanager
def working(settings: Settings, database: str) -> Iterator[None]:
    """A worker, until the end of the block."""
    loop = asyncio.new_event_loop()
    task = loop.create_task(running.run(settings, database))

    def work() -> None:
        try:
            loop.run_until_complete(task)
        except asyncio.CancelledError:
            pass

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join(30)


@pytest.fixture(scope="module")
def worker(letting_through: Settings, database: str) -> Iterator[None]:
    """It begins with nothing to do: what tests before left would keep it busy for minutes."""
    with psycopg.connect(database) as sql:
        sql.execute("DELETE FROM outbox")
        sql.execute("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
    with working(letting_through, database):
        yield
