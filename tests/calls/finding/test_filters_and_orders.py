"""Calls are found by what they say, in the order that is asked for, page by page."""

import secrets
from typing import Any

import pytest

from tests.factories import Organisation, Person, World, ok, soon

LOTS = [
    {"key": "a", "title": "North", "ceiling": {"amount": "20000.00"}},
    {"key": "b", "title": "South", "ceiling": {"amount": "400000.00"}},
]


def mark() -> str:
    return f"zyx{secrets.token_hex(6)}"


def written(world: World, council: Organisation, word: str, **fields: Any) -> str:
    """The id of a published call with this word in its title."""
    given = {"submission_deadline": soon(30 * 86_400), **fields}
    return str(world.opportunity(council, title=f"Call {word}", **given)["id"])


def without_deadline(world: World, council: Organisation, word: str) -> str:
    """As a notice can be that names none."""
    id_ = written(world, council, word)
    world.sql.execute("UPDATE opportunities SET submission_deadline = NULL WHERE id = %s", [id_])
    return id_


def ids(person: Person, **query: Any) -> list[str]:
    return [one["id"] for one in ok(person.get("/opportunities", params=query)).json()["items"]]


def through(person: Person, **query: Any) -> list[str]:
    """All pages, one call each."""
    found: list[str] = []
    cursor = None
    while True:
        answer = ok(
            person.get("/opportunities", params={**query, "limit": 1, **({"cursor": cursor} if cursor else {})})
        )
        found += [one["id"] for one in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize(
    ("least", "most", "finds"),
    [
        ("20000.00", None, True),
        (None, "20000.00", True),
        ("20000.01", "399999.99", False),
        ("400000.00", "400000.00", True),
        ("500000.01", None, False),
        ("500000", "500000", True),
        (None, "19999.99", False),
    ],
)
def test_a_value_is_that_of_the_call_or_of_a_lot(
    world: World, least: str | None, most: str | None, finds: bool
) -> None:
    word = mark()
    id_ = written(
        world, world.organisation(kinds=("commissioner",)), word, lots=LOTS, budget_ceiling={"amount": "500000.00"}
    )
    query = {"q": word, **({"value_min": least} if least else {}), **({"value_max": most} if most else {})}
    assert ids(world.stranger(), **query) == ([id_] if finds else [])


def test_a_changed_ceiling_is_found_by_its_new_value_alone(world: World) -> None:
    council, word = world.organisation(kinds=("commissioner",)), mark()
    call = world.opportunity(council, title=word, lots=LOTS, submission_deadline=soon(30 * 86_400))
    lots = [{**LOTS[0], "ceiling": {"amount": "70000.00"}}, LOTS[1]]
    ok(council.boss.patch(f"/opportunities/{call['id']}", {"lots": lots}, if_match=call["version"]))
    assert ids(council.boss, q=word, value_min="70000", value_max="70000") == [call["id"]]
    assert ids(council.boss, q=word, value_max="69999.99") == []


def test_calls_are_found_by_their_rules_and_by_what_they_say_of_joint_bids(world: World) -> None:
    council, word = world.organisation(kinds=("commissioner",)), mark()
    grant = written(world, council, word, regime="grant", consortium_rules={"collaboration": "required"})
    contract = written(world, council, word, regime="pa2023")
    reader = world.stranger()
    assert ids(reader, q=word, regime="grant") == [grant]
    assert ids(reader, q=word, collaboration="allowed") == [contract]
    assert ids(reader, q=word, collaboration="forbidden") == []


def test_calls_of_one_organisation_are_listed_and_its_drafts_to_its_own_people_alone(world: World) -> None:
    council, other = (world.organisation(kinds=("commissioner",)) for _ in range(2))
    later = written(world, council, mark(), submission_deadline=soon(40 * 86_400))
    sooner = written(world, council, mark())
    draft = world.opportunity(council, title="Not yet", publish=False)["id"]
    written(world, other, mark())
    world.opportunity(other, title="Not theirs", publish=False)
    assert set(ids(council.boss, organisation_id=council.id)) == {later, sooner, draft}
    assert through(council.boss, organisation_id=council.id, sort="closing", status="published") == [sooner, later]
    for reader in (world.stranger(), other.boss):
        assert set(ids(reader, organisation_id=council.id)) == {later, sooner}
        assert through(reader, organisation_id=council.id, sort="closing") == [sooner, later]
    assert ids(other.boss, organisation_id="01900000-0000-7000-8000-000000000000") == []
    assert other.boss.get("/opportunities?organisation_id=mine").status_code == 422


def test_what_is_open_is_told_from_what_is_not(world: World) -> None:
    council, word = world.organisation(kinds=("commissioner",)), mark()
    running, without = written(world, council, word), without_deadline(world, council, word)
    ended = written(world, council, word)
    ok(council.boss.post(f"/opportunities/{ended}/cancel"))
    reader = world.stranger()
    assert set(ids(reader, q=word, open="true")) == {running, without}
    assert ids(reader, q=word, open="false") == [ended]


def test_orders_hold_from_page_to_page(world: World) -> None:
    council, word = world.organisation(kinds=("commissioner",)), mark()
    late, first = written(world, council, word, submission_deadline=soon(40 * 86_400)), written(world, council, word)
    never, same = without_deadline(world, council, word), written(world, council, word)
    draft = world.opportunity(council, title=word, publish=False)["id"]
    reader = world.stranger()
    closing = through(reader, q=word, sort="closing")
    assert closing[2:] == [late, never] and set(closing[:2]) == {first, same}
    assert through(reader, q=word, sort="newest") == [same, never, first, late]
    assert through(reader, q=word) == [late, first, never, same]
    assert draft not in closing
    assert through(council.boss, q=word, sort="newest")[0] == draft
    assert through(council.boss, q=word, sort="closing")[0] == draft


def test_a_cursor_of_another_order_is_refused(world: World) -> None:
    council, word = world.organisation(kinds=("commissioner",)), mark()
    written(world, council, word), written(world, council, word)
    reader = world.stranger()
    page = ok(reader.get("/opportunities", params={"q": word, "limit": 1})).json()
    refused = reader.get("/opportunities", params={"q": word, "sort": "closing", "cursor": page["next_cursor"]})
    assert refused.status_code == 422 and refused.json()["errors"][0]["code"] == "bad-cursor"


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"value_min": "10", "value_max": "9.99"}, "/query/value_max"),
        ({"value_min": "-1"}, "/query/value_min"),
        ({"sort": "nearest"}, "/query/sort"),
        ({"regime": "law"}, "/query/regime"),
        ({"colour": "red"}, "/query/colour"),
    ],
)
def test_what_is_no_filter_is_refused(world: World, query: dict[str, str], pointer: str) -> None:
    refused = world.stranger().get("/opportunities", params=query)
    assert refused.status_code == 422, refused.text
    assert refused.json()["errors"][0]["pointer"] == pointer


def test_words_of_the_sector_find_each_other(world: World) -> None:
    council, word = world.organisation(kinds=("commissioner",)), mark()
    care = written(world, council, f"{word} Children in Care sufficiency")
    plain = written(world, council, f"{word} personal care at home")
    reader = world.stranger()
    assert ids(reader, q=f"{word} looked after") == [care]
    assert set(ids(reader, q=f"{word} care")) == {care, plain}
    assert ids(reader, q=f"{word} in care") == [care]
