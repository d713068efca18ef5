"""A saved search is its organisation's own, and what it finds can be read in a feed reader and a calendar."""

import concurrent.futures
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from tests.calls.finding.test_filters_and_orders import mark, written
from tests.factories import Organisation, Person, World, ok

ATOM = "{http://www.w3.org/2005/Atom}"


def saved(person: Person, word: str = "", **fields: Any) -> dict[str, Any]:
    body = {"name": "Near us", "query": {"q": word or mark()}, **fields}
    made: dict[str, Any] = ok(person.post("/saved-searches", body), 201).json()
    return made


def read(world: World, address: str, **headers: str) -> httpx.Response:
    """As a feed reader does: without signing in."""
    path = "/v1/" + address.partition("/v1/")[2]
    return world.http.get(path, headers=headers)


@pytest.fixture
def council(world: World) -> Organisation:
    return world.organisation(kinds=("commissioner",))


def test_its_own_people_read_it_and_its_editors_write_it(world: World) -> None:
    own = world.organisation()
    boss, viewer, stranger = own.boss, world.colleague(own, "viewer"), world.stranger()
    made = saved(boss, query={"area": "Wales", "value_max": "5000", "open": True}, alert="daily")
    path = f"/saved-searches/{made['id']}"
    assert made["query"] == {"area": "Wales", "value_max": "5000", "open": True}
    assert ok(viewer.get(path)).json() == made
    assert [one["id"] for one in ok(viewer.get("/saved-searches")).json()["items"]] == [made["id"]]
    assert viewer.patch(path, {"name": "Mine"}, if_match=1).status_code == 403
    assert viewer.post("/saved-searches", {"name": "x", "query": {}}).status_code == 403
    missing = stranger.get(f"/saved-searches/{own.id}")
    for hidden in (stranger.get(path), stranger.patch(path, {"name": 7}), stranger.delete(path)):
        assert hidden.status_code == 404
        assert hidden.json()["detail"] == missing.json()["detail"]
    assert stranger.post(f"{path}/new-links").status_code == 404
    changed = ok(boss.patch(path, {"name": "Wales", "alert": "none"}, if_match=1)).json()
    assert (changed["name"], changed["alert"], changed["query"]) == ("Wales", "none", made["query"])
    assert boss.patch(path, {"name": "Late"}, if_match=1).status_code == 412
    assert boss.delete(path).status_code == 428
    assert boss.delete(path, if_match=2).status_code == 204
    assert boss.get(path).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"colour": "red"},
        {"regime": "law"},
        {"value_min": "-1"},
        {"value_min": "2", "value_max": "1"},
        {"sort": "fit"},
        {"open": "yes"},
        {"closing_after": "tomorrow"},
        {"q": "x" * 201},
        {"cpv": "abc"},
        [],
    ],
)
def test_its_query_is_checked_as_the_filters_are(world: World, query: Any) -> None:
    refused = world.stranger().post("/saved-searches", {"name": "x", "query": query})
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"].startswith("/query")


def test_a_hundred_are_enough(world: World) -> None:
    own = world.organisation()
    made = saved(own.boss)
    row = "SELECT gen_random_uuid(), organisation_id, name, query, feed_token || n, stop_token || n"
    world.sql.execute(
        "INSERT INTO saved_searches (id, organisation_id, name, query, feed_token, stop_token) "
        f"{row} FROM saved_searches, generate_series(1, 98) n WHERE id = %s",
        [made["id"]],
    )
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: own.boss.post("/saved-searches", {"name": "x", "query": {}}), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json()["type"] for answer in answers if answer.status_code == 409} == {
        "/problems/too-many-saved-searches"
    }


def test_feeds_hold_what_it_finds_and_open_nothing_else(world: World, council: Organisation) -> None:
    word = mark()
    text = "Line one\nwith, commas; and <b>tags</b> & a bell \x07"
    near = written(world, council, f"{word} Ŵyl, ‘plant’ & <b>pobl</b>", description_markdown=text.replace("\x07", ""))
    world.opportunity(council, title=word, publish=False)
    links = saved(council.boss, word)["links"]
    atom = read(world, links["atom"])
    assert atom.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(atom.content)
    [entry] = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{near}"
    assert entry.findtext(f"{ATOM}title") == f"Call {word} Ŵyl, ‘plant’ & <b>pobl</b>"
    assert "with, commas; and <b>tags</b> &" in str(entry.findtext(f"{ATOM}content"))
    assert root.find(f"{ATOM}link").attrib["href"].endswith(links["atom"].partition("/v1/")[2])  # type: ignore[union-attr]
    assert datetime.fromisoformat(str(root.findtext(f"{ATOM}updated"))) <= datetime.now(UTC)
    feed = read(world, links["json"]).json()
    assert (feed["version"], feed["title"]) == ("https://jsonfeed.org/version/1.1", "Near us")
    assert [item["id"] for item in feed["items"]] == [near]
    assert (
        read(world, links["json"], **{"If-None-Match": read(world, links["json"]).headers["etag"]}).status_code == 304
    )
    assert "Last-Modified" in atom.headers
    key = links["atom"].rpartition("/")[2].partition(".")[0]
    assert len(key) == 22
    assert world.http.get("/v1/opportunities", headers={"Authorization": f"Bearer {key}"}).status_code == 401
    assert world.http.get(f"/v1/feeds/{key}").status_code == 404
    assert world.http.get(f"/v1/feeds/{key}.xml").status_code == 404
    assert world.http.get("/v1/feeds/.atom").status_code == 404


def unfolded(content: bytes) -> list[str]:
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    return content.decode().replace("\r\n ", "").split("\r\n")


def test_a_calendar_holds_the_deadlines_to_come(world: World, council: Organisation) -> None:
    word = mark()
    closes = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    asked = closes - timedelta(days=9)
    title = f"{word} Gwasanaethau; cymorth, " + "ŵ" * 80
    id_ = written(
        world, council, title, submission_deadline=closes.isoformat(), clarification_deadline=asked.isoformat()
    )
    over = written(world, council, word)
    ok(council.boss.post(f"/opportunities/{over}/cancel"))
    lines = unfolded(read(world, saved(council.boss, word)["links"]["ical"]).content)
    assert lines[0] == "BEGIN:VCALENDAR" and lines[-2:] == ["END:VCALENDAR", ""]
    assert [line for line in lines if line.startswith("UID")] == [
        f"UID:{id_}-deadline@cobid",
        f"UID:{id_}-questions@cobid",
    ]
    assert f"DTEND:{closes:%Y%m%dT%H%M%SZ}" in lines and f"DTEND:{asked:%Y%m%dT%H%M%SZ}" in lines
    escaped = title.replace(";", "\\;").replace(",", "\\,")
    assert f"SUMMARY:Bids close: Call {escaped}" in lines


def test_new_links_end_the_old_ones(world: World) -> None:
    boss = world.stranger()
    made = saved(boss)
    renewed = ok(boss.post(f"/saved-searches/{made['id']}/new-links")).json()
    for kind in ("atom", "json", "ical"):
        assert renewed["links"][kind] != made["links"][kind]
        assert read(world, made["links"][kind]).status_code == 404
        assert read(world, renewed["links"][kind]).status_code == 200


def test_a_search_whose_filter_is_gone_finds_nothing_and_says_why(world: World, council: Organisation) -> None:
    word = mark()
    written(world, council, word)
    made = saved(council.boss, word)
    gone = json.dumps({"q": word, "colour": "red", "regime": "abolished"})
    world.sql.execute("UPDATE saved_searches SET query = %s WHERE id = %s", [gone, made["id"]])
    faults = ok(council.boss.get(f"/saved-searches/{made['id']}")).json()["faults"]
    assert {(one["pointer"], one["code"]) for one in faults} == {
        ("/query/colour", "no-such-filter"),
        ("/query/regime", "no-such-value"),
    }
    [entry] = ElementTree.fromstring(read(world, made["links"]["atom"]).content).findall(f"{ATOM}entry")
    assert "The filter 'colour' does not exist any more" in str(entry.findtext(f"{ATOM}content"))
    [item] = read(world, made["links"]["json"]).json()["items"]
    assert "'regime'" in item["content_text"]
    assert "finds nothing any more" in read(world, made["links"]["ical"]).text
    mended = ok(council.boss.patch(f"/saved-searches/{made['id']}", {"query": {"q": word}}, if_match=1)).json()
    assert mended["faults"] == []
    assert len(read(world, made["links"]["json"]).json()["items"]) == 1


def test_programs_save_searches_too(world: World) -> None:
    own = world.organisation()
    program = world.program(own, "opportunities:read", "opportunities:write")
    made = saved(program, alert="daily")
    assert made["organisation_id"] == own.id
    assert (
        world.program(own, "opportunities:read").post("/saved-searches", {"name": "x", "query": {}}).status_code == 403
    )
