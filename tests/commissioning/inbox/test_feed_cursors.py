"""Cursors of the feed: nobody counts by them what happens elsewhere, nobody reads by a forged one what is sealed."""

import base64
from datetime import timedelta

import pytest

from app.platform.db.base import new_id
from app.platform.web.paging import encode
from tests.factories import Bid, Person, World, ok, problem
from tests.stages import ready_bid

NOWHERE = "00000000-0000-0000-0000-000000000000"
FAR = 2**52


def cursor_of(person: Person, cursor: str | None = None) -> str:
    return str(ok(person.get("/submissions", params=asked(cursor))).json()["next_cursor"])


def asked(cursor: str | None) -> dict[str, str]:
    return {"changed_after_cursor": cursor} if cursor else {}


def ids(person: Person, cursor: str | None = None) -> list[str]:
    return [item["id"] for item in ok(person.get("/submissions", params=asked(cursor))).json()["items"]]


def submitted(world: World, mode: str = "open", **options: object) -> tuple[Bid, str]:
    bid = ready_bid(world, mode=mode, **options)  # type: ignore[arg-type]
    bid.agree()
    return bid, ok(bid.submit(), 201).json()["id"]


def newest_plain(world: World) -> int:
    row = world.sql.execute("SELECT plain_until FROM cursor_keys").fetchone()
    assert row
    return int(row[0])


def test_whoever_has_no_call_gets_the_same_cursor_whatever_happens(world: World) -> None:
    outsider, another = world.stranger(), world.stranger()
    before = cursor_of(outsider)
    world.bid(world.organisation())
    assert cursor_of(outsider) == cursor_of(outsider, before) == cursor_of(another) == before


def test_that_cursor_leaves_nothing_out_once_it_has_a_call(world: World) -> None:
    council = world.organisation("New Council", ("commissioner",))
    cursor = cursor_of(council.boss)
    _, made = submitted(world, council=council)
    assert ids(council.boss, cursor) == [made]


def test_a_cursor_says_nothing_and_is_always_as_long(world: World) -> None:
    bid, _ = submitted(world)
    council = bid.council.boss
    cursors = [cursor_of(council)]
    for _ in range(3):
        cursors.append(cursor_of(council, cursors[-1]))
    assert len(set(cursors)) == 4
    assert len({len(cursor) for cursor in cursors}) == 1
    row = world.sql.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint").fetchone()
    assert row
    for cursor in cursors:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        for number in range(row[0] - 50, row[0] + 1):
            assert number.to_bytes(8) not in raw and str(number).encode() not in raw


def test_a_cursor_works_for_its_own_organisations_alone(world: World) -> None:
    bid, _ = submitted(world)
    cursor = cursor_of(bid.council.boss)
    ok(world.colleague(bid.council, "viewer").get("/submissions", params=asked(cursor)))
    other, _ = submitted(world)
    problem(other.council.boss.get("/submissions", params=asked(cursor)), 422)


def test_a_cursor_from_before_goes_on_where_it_was(world: World) -> None:
    bid, made = submitted(world)
    newest = newest_plain(world)
    world.sql.execute("UPDATE submissions SET changed_xact = %s WHERE id = %s", [newest - 2, made])
    assert ids(bid.council.boss, encode(newest - 3, 0, -1, -1, -1, NOWHERE)) == [made]
    assert ids(bid.council.boss, encode(newest - 1, 0, -1, -1, -1, NOWHERE)) == []
    assert ids(bid.council.boss, encode(0, 0, newest, 2**50, newest - 2, made)) == []


def test_a_made_up_cursor_does_not_tell_where_the_numbers_of_the_database_stand(world: World) -> None:
    """The attack: a council's own submission, whose transaction it finds by trying numbers."""
    bid, made = submitted(world)
    row = world.sql.execute("SELECT changed_xact FROM submissions WHERE id = %s", [made]).fetchone()
    assert row
    for number in (row[0] - 1, row[0], row[0] + 1, row[0] + 1000, FAR):
        assert ids(bid.council.boss, encode(number, 0, -1, -1, -1, NOWHERE)) == [made], "since"
        assert ids(bid.council.boss, encode(0, 0, number, 0, -1, NOWHERE)) == [made], "until"
        assert ids(bid.council.boss, encode(0, 0, FAR, FAR, number, new_id())) == [made], "after"


@pytest.mark.parametrize("until", [0, 1, FAR])
def test_a_made_up_cursor_opens_no_sealed_bid(world: World, until: int) -> None:
    bid, made = submitted(world, mode="sealed", deadline=timedelta(hours=1))
    xact = newest_plain(world)
    world.sql.execute("UPDATE submissions SET changed_xact = %s WHERE id = %s", [xact - 5, made])
    for cursor in (encode(0, 0, xact, FAR, -1, NOWHERE), encode(0, until, FAR, FAR, -1, NOWHERE)):
        assert ids(bid.council.boss, cursor) == []
