"""Readers of the feed that wait: woken by what they may see, holding nothing meanwhile, ended with their server."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.conftest import free_port
from tests.factories import Bid, Person, World, ok, problem
from tests.servers import start, wait_until_ready
from tests.stages import ready_bid

WAITERS = 200
SETTLED = 1.5
"""Seconds after which whoever was asked to wait does so."""
QUERIES = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%%until_xact%%' AND query_start > %s AND pid <> pg_backend_pid()"
BUSY = "SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'cobid%' AND state <> 'idle'"


def agreed(world: World, mode: str = "open", **options: Any) -> Bid:
    bid = ready_bid(world, mode=mode, **options)
    bid.agree()
    return bid


def cursor_of(person: Person) -> str:
    return str(ok(person.get("/submissions")).json()["next_cursor"])


def while_waiting(
    url: str, person: Person, meanwhile: Callable[[], Any], readers: int = 1, seconds: int = 45, **headers: str
) -> list[httpx.Response]:
    """What readers got who waited while that happened. None is answered before."""
    query: dict[str, Any] = {"changed_after_cursor": cursor_of(person)} | ({} if headers else {"wait": seconds})
    limits = httpx.Limits(max_connections=None)

    async def one(http: httpx.AsyncClient) -> httpx.Response:
        sent = {"Authorization": f"Bearer {person.token}", **headers}
        return await http.get("/v1/submissions", params=query, headers=sent)

    async def all_of_them() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=url, timeout=120, limits=limits) as http:
            asked: list[Awaitable[httpx.Response]] = [asyncio.create_task(one(http)) for _ in range(readers)]
            done, _ = await asyncio.wait(asked, timeout=SETTLED)  # type: ignore[type-var]
            assert not done
            await asyncio.to_thread(meanwhile)
            return await asyncio.gather(*asked)

    return asyncio.run(all_of_them())


def ids(answer: httpx.Response) -> list[str]:
    return [item["id"] for item in ok(answer).json()["items"]]


def test_hundreds_wait_for_one_submission_and_hold_nothing(world: World) -> None:
    bid = agreed(world)
    made: dict[str, Any] = {}

    def meanwhile() -> None:
        row = world.sql.execute("SELECT clock_timestamp()").fetchone()
        assert row
        time.sleep(SETTLED)
        assert world.sql.execute(QUERIES, [row[0]]).fetchone() == (0,), "nobody asks again and again"
        assert world.sql.execute(BUSY).fetchone() == (0,)
        made.update(ok(bid.submit(), 201).json())

    answers = while_waiting(world.url, bid.council.boss, meanwhile, WAITERS)
    assert [ids(answer) for answer in answers] == [[made["id"]]] * WAITERS
    after = {answer.json()["next_cursor"] for answer in answers}
    assert all(ids(bid.council.boss.get(f"/submissions?changed_after_cursor={each}")) == [] for each in list(after)[:5])


def test_what_an_older_transaction_holds_back_wakes_them_when_that_has_ended(world: World, database: str) -> None:
    bid = agreed(world)

    def meanwhile() -> None:
        with psycopg.connect(database) as older:
            older.execute("SELECT pg_current_xact_id()")
            ok(bid.submit(), 201)
            time.sleep(0.5)
            assert ids(bid.council.boss.get("/submissions")) == []

    [answer] = while_waiting(world.url, bid.council.boss, meanwhile)
    assert len(ids(answer)) == 1


def test_a_sealed_call_wakes_them_when_the_clock_opens_it_and_not_before(world: World) -> None:
    bid = agreed(world, mode="sealed")
    made: dict[str, Any] = {}
    opens: list[datetime] = []

    def meanwhile() -> None:
        made.update(ok(bid.submit(), 201).json())
        opens.append(datetime.now(UTC) + timedelta(seconds=2))
        bid.set_deadline(opens[0])

    [answer] = while_waiting(world.url, bid.council.boss, meanwhile)
    assert ids(answer) == [made["id"]] and datetime.now(UTC) >= opens[0]


def test_nothing_new_is_an_empty_page_with_a_cursor_to_go_on_from(world: World) -> None:
    bid = agreed(world)
    council = bid.council.boss
    first = ok(council.get(f"/submissions?wait=1&changed_after_cursor={cursor_of(council)}"))
    assert ids(first) == [] and "Preference-Applied" not in first.headers
    made = ok(bid.submit(), 201).json()
    assert ids(council.get(f"/submissions?changed_after_cursor={first.json()['next_cursor']}")) == [made["id"]]


def test_what_is_there_already_is_answered_at_once(world: World) -> None:
    bid = agreed(world)
    made = ok(bid.submit(), 201).json()
    assert ids(bid.council.boss.get("/submissions?wait=60")) == [made["id"]]


@pytest.mark.parametrize(
    ("sent", "applied"),
    [
        ("wait=1", "wait=1"),
        ("respond-async, wait = 1; foo", "wait=1"),
        ("wait=1, wait=60", "wait=1"),
        ("wait=soon", None),
        ("wait=-1", None),
        ("wait=0", "wait=0"),
    ],
)
def test_the_header_prefer_says_the_same(world: World, sent: str, applied: str | None) -> None:
    answer = ok(world.stranger().get("/submissions", headers={"Prefer": sent}))
    assert answer.headers.get("Preference-Applied") == applied


def test_a_preference_of_more_than_a_minute_is_a_minute(world: World) -> None:
    bid = agreed(world)
    [answer] = while_waiting(world.url, bid.council.boss, bid.submit, Prefer="wait=3600")
    assert len(ids(answer)) == 1 and answer.headers["Preference-Applied"] == "wait=60"


@pytest.mark.parametrize("wait", ["61", "-1", "soon", "1.5"])
def test_a_wait_that_cannot_be_is_refused(world: World, wait: str) -> None:
    problem(world.stranger().get(f"/submissions?wait={wait}"), 422)


def test_whose_right_ends_while_it_waits_gets_nothing(world: World) -> None:
    bid = agreed(world)
    colleague = world.colleague(bid.council, "viewer")

    def meanwhile() -> None:
        world.sql.execute("DELETE FROM sessions WHERE person_id = %s", [colleague.id])
        ok(bid.submit(), 201)

    [answer] = while_waiting(world.url, colleague, meanwhile)
    problem(answer, 401)


def test_whose_organisation_let_it_go_gets_nothing(world: World) -> None:
    bid = agreed(world)
    colleague = world.colleague(bid.council, "viewer")

    def meanwhile() -> None:
        world.sql.execute("DELETE FROM memberships WHERE person_id = %s", [colleague.id])
        ok(bid.submit(), 201)

    [answer] = while_waiting(world.url, colleague, meanwhile)
    assert ids(answer) == []


@contextmanager
def another_server(folder: Path, database: str) -> Iterator[tuple[str, Callable[[], None]]]:
    """One of the same service, in a process of its own, and what tells it to stop."""
    port = free_port()
    process = start(folder, port, DATABASE_URL=database, WORKER="false", PROCESSES="1")
    try:
        wait_until_ready(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", lambda: process.send_signal(signal.SIGTERM)
    finally:
        process.terminate()
        assert process.wait(20) == 128 + signal.SIGTERM, "ended by the signal, once all were answered"


def test_a_server_that_stops_answers_those_who_wait(world: World, database: str, tmp_path: Path) -> None:
    bid = agreed(world)
    with another_server(tmp_path, database) as (url, stop):
        answers = while_waiting(url, bid.council.boss, stop, 20)
    assert [ids(answer) for answer in answers] == [[]] * 20
    made = ok(bid.submit(), 201).json()
    assert ids(bid.council.boss.get(f"/submissions?changed_after_cursor={answers[0].json()['next_cursor']}")) == [
        made["id"]
    ]


def test_they_are_woken_by_what_another_process_wrote_and_after_the_database_cut_them_off(
    world: World, database: str, tmp_path: Path
) -> None:
    bid = agreed(world)

    def meanwhile() -> None:
        cut = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' OR query = 'SELECT 1'"
        row = world.sql.execute(cut).fetchone()
        assert row and row[0] > 0
        ok(bid.submit(), 201)

    with another_server(tmp_path, database) as (url, _):
        [answer] = while_waiting(url, bid.council.boss, meanwhile)
    assert len(ids(answer)) == 1
