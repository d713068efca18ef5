"""Declarations under pressure: many at once on one version, two who file at the same moment, retries, odd bytes."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from app.platform.db import event_log
from app.platform.db.engine import connect
from app.settings import Settings
from tests.bid.declarations.test_items import CASH, WISH, Pair
from tests.factories import Organisation, World, ok, problem
from tests.platform.web.test_edges import findings
from tests.rounds import races


def test_fifty_writes_at_once_on_one_version_are_one_success_and_no_lost_update(world: World) -> None:
    pair = Pair(world)
    made = pair.gives(pair.member, CASH)

    def change(number: int) -> int:
        return pair.member.boss.patch(pair.at(made), {"title": f"Number {number}"}, if_match=1).status_code

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(change, range(50)))
    assert sorted(answers) == [200] + [412] * 49
    assert ok(pair.member.boss.get(pair.at(made))).json()["version"] == 2


def test_partners_who_change_their_own_at_the_same_time_are_all_written_into_one_chain(
    world: World, sql: psycopg.Connection, database: str, settings: Settings
) -> None:
    pair = Pair(world)
    rounds = len(races(10))

    def change_often(who: Organisation, kind: str, body: dict[str, Any]) -> None:
        person = who.boss
        made = ok(person.post(f"{pair.bid.path}/{kind}", body), 201).json()
        for version in range(1, rounds + 1):
            answer = ok(person.patch(pair.at(made, kind), {"title": f"Number {version}"}, if_match=version)).json()
            assert answer["version"] == version + 1

    with ThreadPoolExecutor(4) as pool:
        running = [
            pool.submit(change_often, who, kind, body)
            for who in (pair.lead, pair.member)
            for kind, body in (("contributions", CASH), ("expectations", WISH))
        ]
        for each in running:
            each.result()
    types = [row[0] for row in sql.execute("SELECT type FROM events WHERE stream_id = %s", [pair.bid.id])]
    assert [types.count(f"{kind}_changed") for kind in ("contribution", "expectation")] == [2 * rounds, 2 * rounds]
    queued = sql.execute(
        "SELECT count(*) FROM events e WHERE stream_id = %s AND NOT EXISTS (SELECT FROM outbox o "
        "WHERE o.payload ->> 'event_id' = e.id::text)",
        [pair.bid.id],
    ).fetchone()
    assert queued == (0,)
    assert [broken for broken in findings(database, settings) if broken.stream_id == pair.bid.id] == []


def test_events_recorded_at_the_same_time_make_one_chain(
    world: World, sql: psycopg.Connection, database: str, settings: Settings
) -> None:
    """Even by whoever forgot to lock the proposal: the statement itself moves the log's head."""
    pair = Pair(world)
    before = sql.execute("SELECT event_seq, revision FROM proposals WHERE id = %s", [pair.bid.id]).fetchone()
    assert before is not None

    async def record_often() -> list[int | None]:
        db = await connect(database, settings)

        async def one(number: int) -> int | None:
            async with db.sessions.begin() as session:
                await event_log.now(session)
                return await event_log.record(
                    session, "proposal", pair.bid.id, "contribution_changed", actor=None, payload={"number": number}
                )

        try:
            return await asyncio.gather(*(one(number) for number in range(20)))
        finally:
            await db.close()

    revisions = asyncio.run(record_often())
    assert sorted(revision or 0 for revision in revisions) == [before[1] + 1 + n for n in range(20)]
    after = sql.execute("SELECT event_seq, revision FROM proposals WHERE id = %s", [pair.bid.id]).fetchone()
    assert after == (before[0] + 20, before[1] + 20)
    assert [broken for broken in findings(database, settings) if broken.stream_id == pair.bid.id] == []


def test_two_who_file_at_the_same_moment_open_everything_once(world: World) -> None:
    for _ in races(4):
        pair = Pair(world, opened=False)
        people = [who.boss for who in (pair.lead, pair.member)]
        with ThreadPoolExecutor(2) as pool:
            path = f"{pair.bid.path}/honesty-round/file"
            answers = [each.result().status_code for each in [pool.submit(person.post, path) for person in people]]
        assert answers == [200, 200]
        events = ok(pair.lead.boss.get(f"{pair.bid.path}/events", params={"limit": 200})).json()["items"]
        assert [event["type"] for event in events].count("declarations_revealed") == 1


def test_the_same_post_twice_with_one_key_is_one_contribution(world: World) -> None:
    pair = Pair(world)
    headers = {"Idempotency-Key": "the-same-key"}
    first = ok(pair.member.boss.post(f"{pair.bid.path}/contributions", CASH, headers=headers), 201)
    again = ok(pair.member.boss.post(f"{pair.bid.path}/contributions", CASH, headers=headers), 201)
    assert first.json() == again.json() and again.headers["Idempotency-Replayed"] == "true"
    assert len(ok(pair.member.boss.get(f"{pair.bid.path}/contributions")).json()["items"]) == 1


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800"], ids=["NUL", "lone surrogate"])
@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [("contributions", CASH, "condition"), ("contributions", CASH, "title"), ("expectations", WISH, "title")],
)
def test_text_that_cannot_be_kept_is_refused(
    world: World, kind: str, body: dict[str, Any], field: str, odd: str
) -> None:
    pair = Pair(world)
    changed = {**body, **({"certainty": "conditional"} if kind == "contributions" else {}), field: odd}
    escaped = json.dumps(changed).encode()
    headers = {"Content-Type": "application/json"}
    refused = pair.member.boss.request("POST", f"{pair.bid.path}/{kind}", content=escaped, headers=headers)
    assert refused.status_code in (400, 422), refused.text


def test_odd_links_and_targets_are_refused(world: World) -> None:
    pair = Pair(world)
    made = pair.expects(pair.member, WISH)
    at = pair.at(made, "expectations")
    for body in ({"type": "contribution"}, [{"type": "contribution"}], [[]], [{"type": "x", "id": "y"}], "text", None):
        problem(pair.member.boss.put(f"{at}/met-by", body, if_match=1), 422)
    long = [{"type": "structure", "id": pair.bid.id}] * 5000
    assert pair.member.boss.put(f"{at}/met-by", long, if_match=1).status_code in (200, 422)
    words = {"kind": "credit", "title": "Named", "strength": "must", "target": {"type": "text", "value": "a\x00"}}
    assert pair.member.boss.post(f"{pair.bid.path}/expectations", words).status_code in (400, 422)


def test_welsh_comes_back_as_it_went_in(world: World) -> None:
    pair = Pair(world)
    given = {**CASH, "title": "Ŵyneb i waered: gŵyl â thŷ, ŷd a llïan", "condition": ""}
    assert pair.gives(pair.member, given)["title"] == given["title"]
