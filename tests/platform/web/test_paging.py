"""The directory page by page: each page begins where the one before it ended."""

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


def test_every_list_of_the_api_takes_a_limit_and_a_cursor(world: World) -> None:
    document = world.openapi
    schemas, found = document["components"]["schemas"], 0
    for path, methods in document["paths"].items():
        answer = methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        named = answer.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
        if {"items", "next_cursor"} <= set(schemas.get(named, {}).get("properties", {})):
            parameters = {parameter["name"] for parameter in methods["get"]["parameters"]}
            assert {"limit", "cursor"} <= parameters, path
            found += 1
    assert found > 50


def test_short_lists_are_read_page_by_page_each_item_once(world: World) -> None:
    bid = world.bid(world.organisation(), world.organisation())
    boss, lead = bid.lead.boss, bid.lead.organisation
    world.colleague(lead, "editor")
    ok(boss.post(f"/organisations/{lead.id}/members", {"email": "new@cobid.test", "roles": ["viewer"]}), 201)
    ok(boss.post(f"{bid.path}/decisions", {"title": "A logo?", "matter": "other"}), 201)
    decision = ok(boss.post(f"{bid.path}/decisions", {"title": "A name?", "matter": "other"}), 201).json()["id"]
    for member in (lead, *bid.members):
        ok(member.boss.post(f"{bid.path}/decisions/{decision}/votes", {"option": "for"}))
    for path, least in (
        (f"{bid.path}/partners", 3),
        (f"{bid.path}/partners/{bid.seat(lead)}/statements", 7),
        (f"{bid.path}/fairness-checks", 7),
        (f"{bid.path}/decisions/{decision}/votes", 3),
        (f"/organisations/{lead.id}/members", 3),
        (f"/opportunities/{bid.opportunity['id']}/outcome-frameworks", 1),
        ("/outcome-frameworks", 1),
        ("/me/tasks", 2),
        ("/sessions", 1),
    ):
        whole = ok(boss.get(path)).json()["items"]
        assert len(whole) >= least, path
        pages, cursor = [], ""
        while cursor is not None:
            page = ok(boss.get(f"{path}?limit=1" + (f"&cursor={cursor}" if cursor else ""))).json()
            assert len(page["items"]) == 1, path
            pages, cursor = pages + page["items"], page["next_cursor"]
        assert pages == whole, path
