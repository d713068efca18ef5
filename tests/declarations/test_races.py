"""Declarations under pressure: many at once on one version, two who file at the same moment, retries, odd bytes."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.declarations.test_items import CASH, WISH, Pair
from tests.factories import Person, World, ok, problem


def own_connection(person: Person, world: World) -> Person:
    """The same person over a connection of its own, so that requests really run side by side."""
    return Person(httpx.Client(base_url=world.url, timeout=60), person.id, person.email, person.token)


def test_fifty_writes_at_once_on_one_version_are_one_success_and_no_lost_update(world: World) -> None:
    pair = Pair(world)
    made = pair.gives(pair.member, CASH)
    people = [own_connection(pair.member.boss, world) for _ in range(50)]
    with ThreadPoolExecutor(50) as pool:
        answers = list(
            pool.map(
                lambda n: people[n].patch(pair.at(made), {"title": f"Number {n}"}, if_match=1).status_code, range(50)
            )
        )
    assert sorted(answers) == [200] + [412] * 49
    assert ok(pair.member.boss.get(pair.at(made))).json()["version"] == 2


def test_two_who_file_at_the_same_moment_open_everything_once(world: World) -> None:
    for _ in range(8):
        pair = Pair(world, opened=False)
        people = [own_connection(who.boss, world) for who in (pair.lead, pair.member)]
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
