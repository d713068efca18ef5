"""300 MB in and out again: the service holds no file in memory, however large the pack is."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import psutil
import pytest

from app.settings import Settings
from tests.bid.files.test_attachments import PDF
from tests.conftest import free_port
from tests.factories import World, ok
from tests.servers import start, wait_until_ready
from tests.stages import ready_bid

FILES, EACH = 6, 49_900_000
MOST = 64_000_000
"""Bytes that the process may grow by while it streams."""


@contextmanager
def growth(process: psutil.Process) -> Iterator[list[int]]:
    """The largest growth of the resident memory meanwhile, as the list's one entry."""
    before, found, done = process.memory_info().rss, [0], threading.Event()

    def watch() -> None:
        while not done.is_set():
            found[0] = max(found[0], process.memory_info().rss - before)
            time.sleep(0.01)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


@pytest.fixture
def service(settings: Settings, database: str) -> Iterator[tuple[str, psutil.Process]]:
    port = free_port()
    process = start(settings.data_dir, port, DATABASE_URL=database, WORKER="false")
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(60)


def test_three_hundred_megabytes_are_taken_in_and_packed_in_little_memory(
    world: World, service: tuple[str, psutil.Process]
) -> None:
    base, process = service
    bid = ready_bid(world)
    headers = {"Authorization": f"Bearer {bid.lead.boss.token}"}
    with httpx.Client(headers=headers, timeout=120) as client:

        def attach(content: bytes, name: str) -> None:
            ok(
                client.post(f"{base}{bid.path}/documents", files={"file": (name, content)}, data={"in_bid": "true"}),
                201,
            )

        attach(PDF, "small.pdf")
        ok(client.get(f"{base}{bid.path}/pack.zip"))  # what is loaded once is loaded now
        large = PDF + bytes(EACH - len(PDF))
        with growth(process) as taking:
            for number in range(FILES):
                attach(large, f"evidence {number}.pdf")
        size = 0
        with growth(process) as packing, client.stream("GET", f"{base}{bid.path}/pack.zip") as answer:
            assert answer.status_code == 200
            for piece in answer.iter_bytes():
                size += len(piece)
    assert size > FILES * EACH
    assert taking[0] <= MOST and packing[0] <= MOST, (taking, packing)
    print(f"taken in with {taking[0] / 1e6:.0f} MB, packed with {packing[0] / 1e6:.0f} MB")
