"""The directory page by page: what one page ends with is where the next begins."""

from tests.factories import World, ok


def test_the_directory_is_read_page_by_page_each_organisation_once(world: World) -> None:
    person = world.organisation("Zebra Trust", listed=True).boss
    made = {world.organisation(f"Zebra {i}", listed=True).id for i in range(3)}
    seen: list[str] = []
    cursor: str | None = None
    while True:
        query = {"q": "Zebra", "limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = ok(person.get("/organisations", params=query)).json()
        seen += [one["id"] for one in answer["items"]]
        if (cursor := answer["next_cursor"]) is None:
            break
    assert len(seen) == len(set(seen))
    assert made <= set(seen)
