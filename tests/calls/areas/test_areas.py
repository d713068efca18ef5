"""Areas are found by name, by either code, and by what they lie in."""

import pytest

from tests.factories import World, ok, problem


def codes(world: World, **query: str) -> list[str]:
    found = ok(world.stranger().get("/areas", params=query)).json()
    return [area["code"] for area in found["items"]]


def test_the_countries_and_the_regions_of_england_are_built_in(world: World) -> None:
    assert len(codes(world)) == 14


@pytest.mark.parametrize("wanted", ["E12000006", "e12000006", "UKH", "of england", "EAST OF ENG"])
def test_a_region_is_found_by_either_code_and_by_part_of_its_name(world: World, wanted: str) -> None:
    assert codes(world, q=wanted) == ["E12000006"]


def test_a_percent_sign_in_a_name_is_no_pattern(world: World) -> None:
    assert codes(world, q="%") == []


def test_what_lies_in_a_country_is_found_and_the_country_itself_is_not(world: World) -> None:
    assert codes(world, within="E92000001") == [f"E1200000{number}" for number in range(1, 10)]
    assert len(codes(world, within="k02000001")) == 13
    assert codes(world, within="nowhere") == []


def test_pages_follow_one_another_in_the_order_of_the_codes(world: World) -> None:
    reader = world.stranger()
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = ok(reader.get("/areas", params={"limit": 4, **cursor})).json()
        seen += [area["code"] for area in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sorted(seen) and len(seen) == 14


def test_one_area_says_what_it_lies_in_nearest_first(world: World) -> None:
    area = ok(world.stranger().get("/areas/e12000001")).json()
    assert area == {
        "code": "E12000001",
        "name": "North East",
        "kind": "region",
        "within": ["E92000001", "K02000001"],
        "nuts": "UKC",
    }


def test_an_unknown_code_and_a_cursor_that_nobody_gave_are_refused(world: World) -> None:
    reader = world.stranger()
    problem(reader.get("/areas/E99999999"), 404, "not-found")
    problem(reader.get("/areas", params={"cursor": "W3RydWVd"}), 422)


def test_whoever_is_not_signed_in_is_asked_to_sign_in(world: World) -> None:
    assert world.http.get("/v1/areas").status_code == 401
    assert world.http.get("/v1/areas/E12000001").status_code == 401
