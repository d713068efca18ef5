"""A notice's releases as they came, what they compile to, and what each of them changed; and files in other packagings."""

import gzip
import json
import secrets
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.calls.notices import ocds_merge, record
from app.calls.notices.ocds_in import notice_from
from app.calls.notices.ocds_read import RawRelease, Unreadable, read_package
from app.settings import Settings
from tests.calls.notices.bringing import anew, bring, by_operator, counts, fresh, id_of, later, read
from tests.calls.notices.ocds_samples import FIND_A_TENDER, an_update, package, records
from tests.factories import World, ok, problem
from tests.rounds import examples

DATES = ["2026-08-11T10:00:00+01:00", "2026-08-11T09:00:00Z", "2026-09-01T00:00:00Z", None]
parts: dict[str, st.SearchStrategy[Any]] = {
    "title": st.sampled_from(["Young carers", "Carers", None]),
    "tenderPeriod": st.sampled_from([None, {"endDate": "2099-10-01T12:00:00Z"}, {"endDate": None}]),
    "value": st.sampled_from([None, {"amount": 5, "currency": "GBP"}, {"amount": 7}]),
    "lots": st.sampled_from([[{"id": "1", "status": "active"}], [{"id": "2"}], [{"id": "1", "title": "One"}]]),
}


@st.composite
def updates(draw: st.DrawFn) -> dict[str, Any]:
    made = an_update(**draw(st.fixed_dictionaries({}, optional=parts)))
    made |= {"id": draw(st.sampled_from(["2", "3", "4"])), "date": draw(st.sampled_from(DATES))}
    return made


def as_package(releases: list[dict[str, Any]]) -> bytes:
    return package(*releases)


def as_record(releases: list[dict[str, Any]]) -> bytes:
    return records({"ocid": FIND_A_TENDER["ocid"], "releases": releases})


def as_lines(releases: list[dict[str, Any]]) -> bytes:
    return "\n".join(map(json.dumps, releases)).encode()


@examples(60)
@given(st.lists(updates(), min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_any_order_repetition_and_packaging_gives_the_same_call(made: list[dict[str, Any]], dice: Any) -> None:
    releases = [FIND_A_TENDER, *made]

    def taken() -> list[RawRelease]:
        again = [*releases, *dice.sample(releases, dice.randrange(len(releases)))]
        dice.shuffle(again)
        how = dice.choice([as_package, as_record, as_lines])
        (found,) = read_package(how(again), lines=how is as_lines).processes.values()
        return found

    first, second = taken(), taken()
    assert ocds_merge.merge(first) == ocds_merge.merge(second)
    assert notice_from(first) == notice_from(second)
    assert ocds_merge.steps(first) == ocds_merge.steps(second)
    assert ocds_merge.steps(first)[-1] == ocds_merge.merge(second)


def test_a_record_gives_the_releases_to_the_character_and_what_they_compile_to(
    world: World, database: str, settings: Settings
) -> None:
    ocid = f"ocds-test00-{secrets.token_hex(8)}"
    raw = '{ "ocid":"OCID", "id":"1", "date":"2026-01-01T00:00:00Z", "tender" : {"id":"t", "value":{"amount":1.10}}}'
    raw = raw.replace("OCID", ocid)
    charity = world.organisation()
    bring(charity.boss, ('{"releases":[' + raw + "]}").encode())
    update = {"ocid": ocid, "id": "2", "date": "2026-02-01T00:00:00Z", "tag": ["tenderUpdate"]}
    bring(charity.boss, package({**update, "tender": {"id": "t", "title": "Hubs"}}))
    path = f"/opportunities/{id_of(ocid, world)}"
    answer = ok(charity.boss.get(f"{path}/record.json"))
    assert raw in answer.text and '"amount":1.10' in answer.text.partition("compiledRelease")[2]
    found = answer.json()
    assert found["version"] == "1.1" and [one["id"] for one in found["records"][0]["releases"]] == ["1", "2"]
    compiled = found["records"][0]["compiledRelease"]
    assert (compiled["ocid"], compiled["tag"], compiled["tender"]["title"]) == (ocid, ["compiled"], "Hubs")
    assert ok(charity.boss.get(f"{path}/record.json"), 200).headers["ETag"] == answer.headers["ETag"]

    told = ok(charity.boss.get(f"{path}/history")).json()["items"]
    assert [one["release_id"] for one in told] == ["1", "2"]
    assert told[1]["changes"] == [{"pointer": "/tender/title", "was": None, "now": "Hubs"}]
    assert told[0]["own"] and "T" in told[0]["received_at"]
    others = ok(world.stranger().get(f"{path}/history")).json()["items"]
    assert [(one["own"], len(one["received_at"])) for one in others] == [(False, 10), (False, 10)]


def test_of_claims_everybody_reads_only_its_own(world: World, database: str, settings: Settings) -> None:
    charity, notice = world.organisation(), fresh()
    by_operator(database, settings, notice)
    claim = later(notice, title="Said by one of us")
    bring(charity.boss, package(claim))
    path = f"/opportunities/{id_of(notice['ocid'], world)}"
    mine = ok(charity.boss.get(f"{path}/history")).json()["items"]
    assert [(one["release_id"], one["own"]) for one in mine] == [(notice["id"], False), (claim["id"], True)]
    assert mine[1]["changes"] == [
        {"pointer": "/tender/title", "was": notice["tender"]["title"], "now": "Said by one of us"}
    ]
    kept = ok(charity.boss.get(f"{path}/record.json")).json()["records"][0]
    assert len(kept["releases"]) == 2 and kept["compiledRelease"]["tender"]["title"] == notice["tender"]["title"]
    for asked in ("history", "record.json"):
        other = ok(world.stranger().get(f"{path}/{asked}"))
        assert claim["id"] not in other.text and "Said by" not in other.text
    whole = anew(notice, title="All of it, by one of us")
    bring(charity.boss, package(whole))
    (last,) = (
        one for one in ok(charity.boss.get(f"{path}/history")).json()["items"] if one["release_id"] == whole["id"]
    )
    assert {"pointer": "/tender/title", "was": "Said by one of us", "now": "All of it, by one of us"} in last["changes"]


def test_a_call_written_here_came_by_no_notice(world: World) -> None:
    bid = world.bid(world.organisation())
    for asked in ("history", "record.json"):
        problem(bid.lead.boss.get(f"/opportunities/{bid.opportunity_id}/{asked}"), 404, "not-found")


def test_differences_follow_items_by_their_ids() -> None:
    was = {"lots": [{"id": "1", "title": "A"}, {"id": "2"}], "tags": ["x"], "a/b": 1}
    now = {"lots": [{"id": "2"}, {"id": "1", "title": "B"}], "tags": ["x", "y"]}
    assert list(record.differences(was, now)) == [
        {"pointer": "/lots/1/title", "was": "A", "now": "B"},
        {"pointer": "/tags", "was": ["x"], "now": ["x", "y"]},
        {"pointer": "/a~1b", "was": 1, "now": None},
    ]


def test_each_skipped_release_has_its_place() -> None:
    found = read_package(package({**FIND_A_TENDER, "ocid": ""}, FIND_A_TENDER, 5))
    assert [one.at for one in found.skipped] == ["/releases/0", "/releases/2"]
    held = read_package(records({"ocid": "ocds-e-1", "releases": [{"ocid": "ocds-e-1", "id": "1"}]}, 7))
    assert sorted(one.at for one in held.skipped) == ["/records/0/releases/0", "/records/1"]


def test_lines_are_read_one_by_one_and_a_bad_one_stops_no_other() -> None:
    other = {**FIND_A_TENDER, "ocid": "ocds-e-2", "id": "\u2028\x85"}
    lines = [
        json.dumps(FIND_A_TENDER),
        "",
        "{nonsense",
        json.dumps(other, ensure_ascii=False),
        '"x"',
        package().decode(),
    ]
    found = read_package("\r\n".join(lines).encode(), lines=True)
    assert list(found.processes) == [FIND_A_TENDER["ocid"], "ocds-e-2"]
    assert [one.at for one in found.skipped] == ["line 3", "line 5"]
    with pytest.raises(Unreadable, match="No line"):
        read_package(b"{\n{", lines=True)


def test_lines_and_packed_files_go_in_over_http(world: World, settings: Settings) -> None:
    person, one, two = world.stranger(), fresh(), fresh()
    content = as_lines([one, two]) + b"\nnonsense\n"

    def send(sent: bytes, media: str, **headers: str) -> Any:
        said = {"Content-Type": media, **{name.replace("_", "-"): value for name, value in headers.items()}}
        return person.request("POST", "/opportunities/import", content=sent, headers=said)

    answer = ok(send(content, "application/jsonl")).json()
    assert (answer["imported"], [place["at"] for place in answer["skipped"]]) == (2, ["line 3"])
    packed = gzip.compress(content[:100]) + gzip.compress(content[100:])
    answer = ok(send(packed, "application/x-ndjson", content_encoding="gzip")).json()
    assert (answer["unchanged"], len(answer["skipped"])) == (2, 1)
    assert ok(send(gzip.compress(package(one)), "application/json", content_encoding="gzip")).json() == counts(
        unchanged=1
    )
    bomb = gzip.compress(b" " * (settings.import_limit + 1))
    assert len(bomb) < settings.import_limit // 100
    problem(send(bomb, "application/json", content_encoding="gzip"), 413)
    for damaged in (packed[:-20], b"no gzip at all"):
        problem(send(damaged, "application/jsonl", content_encoding="gzip"), 400)
    problem(send(content, "application/jsonl", content_encoding="br"), 415)
    assert read(person, one["ocid"], world)["title"] == one["tender"]["title"]
