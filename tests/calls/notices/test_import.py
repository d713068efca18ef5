"""Notices come in once, whoever brings them, and follow what is published."""

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.calls.notices import importing
from app.calls.opportunities.schemas import OpportunityOut
from app.settings import Settings
from tests.calls.notices.bringing import JSON, as_operator, bring, by_operator, counts, fresh, later, read
from tests.calls.notices.ocds_samples import CONTRACTS_FINDER, FIND_A_TENDER, SHARED, package, records
from tests.factories import World, ok, problem


def test_a_notice_comes_in_and_a_second_import_changes_nothing(world: World) -> None:
    charity, notice = world.organisation(), fresh()
    content = package(notice)
    assert bring(charity.boss, content) == counts(imported=1)
    first = read(charity.boss, notice["ocid"], world)
    assert bring(charity.boss, content) == counts(unchanged=1)
    assert bring(world.stranger(), json.dumps(notice).encode()) == counts(unchanged=1)
    assert read(charity.boss, notice["ocid"], world) == first
    assert OpportunityOut.model_validate(first)
    assert first["organisation_id"] is None
    assert first["buyer"] == {
        "name": "Aber Council",
        "identifiers": [{"scheme": "GB-PPON", "id": "PXYZ-1234-BCDG"}],
    }
    assert (first["status"], first["open_for_bids"], first["regime"]) == ("published", True, "pa2023")
    assert first["budget_ceiling"] == {"amount": "100000.00", "currency": "GBP"}
    assert first["budget_ceiling_vat"] == "excluded"
    assert [lot["key"] for lot in first["lots"]] == ["1"]
    assert first["submission_deadline"] == "2099-09-10T13:00:00Z"
    assert first["submission_route"]["kind"] == "elsewhere"
    assert first["submission_route"]["url"] == "https://portal.example/advert?id=1"
    assert [release["id"] for release in first["source"]["releases"]] == ["000001-2099"]
    assert first["source"]["criteria"][0]["weight"] == "60 %"


def test_texts_come_through_as_they_are(world: World) -> None:
    notice = fresh(CONTRACTS_FINDER)
    bring(world.stranger(), package(notice))
    found = read(world.stranger(), notice["ocid"], world)
    assert found["title"] == notice["tender"]["title"]
    assert found["description_markdown"] == notice["tender"]["description"]


def test_the_raw_releases_are_kept_to_the_character(world: World) -> None:
    ocid = f"ocds-test00-{secrets.token_hex(8)}"
    raw = '{ "ocid":"OCID", "id":"1", "buyerID": 5, "tender" : {"title":"\\u00e9\\u0000", "value":{"amount":1e9999}}}'
    raw = raw.replace("OCID", ocid)
    bring(world.stranger(), ('{"releases":[' + raw + "]}").encode())
    kept = world.sql.execute(
        "SELECT r.raw FROM ocds_releases r JOIN opportunities o ON o.id = r.opportunity_id WHERE o.ocid = %s", [ocid]
    ).fetchall()
    assert kept == [(raw,)]
    found = read(world.stranger(), ocid, world)
    assert (found["title"], found["budget_ceiling"]) == ("é\ufffd", None)
    assert found["source"]["doubts"]


def test_updates_are_merged_with_what_was_there_and_counted(world: World) -> None:
    person, notice = world.stranger(), fresh()
    bring(person, package(notice))
    update = later(notice, title="Young carers, amended", tenderPeriod={"endDate": "2099-10-01T12:00:00+01:00"})
    assert bring(person, package(update)) == counts(updated=1)
    assert bring(person, package(notice, update)) == counts(unchanged=1)
    found = read(person, notice["ocid"], world)
    assert found["title"] == "Young carers, amended"
    assert found["description_markdown"] == notice["tender"]["description"]
    assert found["submission_deadline"] == "2099-10-01T11:00:00Z"
    assert found["amendment"] == 1
    assert set(found["amendments"][0]["changes"]) == {"title", "submission_deadline"}
    assert len(found["source"]["releases"]) == 2


def test_the_order_in_which_releases_arrive_does_not_matter(world: World) -> None:
    person, notice = world.stranger(), fresh()
    update = later(notice, title="Newer")
    bring(person, package(update))
    bring(person, package(notice))
    found = read(person, notice["ocid"], world)
    assert (found["title"], found["published_at"]) == ("Newer", "2026-08-10T09:32:47Z")


def test_a_notice_may_move_its_deadline_to_earlier_since_bids_are_made_elsewhere(world: World) -> None:
    person, notice = world.stranger(), fresh()
    bring(person, package(notice))
    bring(person, package(later(notice, tenderPeriod={"endDate": "2099-01-01T12:00:00Z"})))
    assert read(person, notice["ocid"], world)["submission_deadline"] == "2099-01-01T12:00:00Z"


def test_what_has_closed_is_shown_as_closed_and_a_later_end_opens_it_again(world: World) -> None:
    person, notice = world.stranger(), fresh(tenderPeriod={"endDate": "2025-01-01T12:00:00Z"}, enquiryPeriod={})
    bring(person, package(notice))
    closed = read(person, notice["ocid"], world)
    assert (closed["status"], closed["open_for_bids"]) == ("closed", False)
    bring(person, package(later(notice, tenderPeriod={"endDate": "2099-01-01T12:00:00Z"})))
    again = read(person, notice["ocid"], world)
    assert (again["status"], again["open_for_bids"]) == ("published", True)


@pytest.mark.parametrize(
    ("tag", "status", "shown"),
    [("planning", "planned", "planned"), ("award", "complete", "awarded"), ("tender", "cancelled", "cancelled")],
)
def test_awards_and_early_notices_are_kept_and_never_offered(world: World, tag: str, status: str, shown: str) -> None:
    notice = fresh(status=status)
    notice["tag"] = [tag]
    notice["awards"] = [{"id": "1", "status": "active"}] if tag == "award" else []
    bring(world.stranger(), package(notice))
    found = read(world.stranger(), notice["ocid"], world)
    assert (found["status"], found["open_for_bids"]) == (shown, False)


def test_every_process_ends_in_exactly_one_count(world: World) -> None:
    person = world.stranger()
    known, changed, new = fresh(), fresh(), fresh(CONTRACTS_FINDER)
    bring(person, package(known, changed))
    nameless = {**fresh(), "ocid": ""}
    empty = {"ocid": "ocds-test00-empty", "id": "1"}
    half = {"ocid": new["ocid"], "id": "nothing"}
    answer = bring(person, package(known, later(changed, title="x"), new, new, half, nameless, empty, "no release"))
    assert (answer["imported"], answer["updated"], answer["unchanged"]) == (1, 1, 1)
    assert [one["ocid"] for one in answer["skipped"]] == ["ocds-test00-empty", None, None]
    assert all(one["reason"].endswith(".") for one in answer["skipped"])


def test_a_record_package_and_a_single_release_go_in(world: World) -> None:
    one, two = fresh(), fresh()
    answer = bring(world.stranger(), records({"ocid": one["ocid"], "releases": [one, later(one, title="Later")]}))
    assert answer == counts(imported=1)
    assert read(world.stranger(), one["ocid"], world)["title"] == "Later"
    assert bring(world.stranger(), json.dumps(two).encode()) == counts(imported=1)


def test_an_imported_notice_without_owner_is_changed_by_nobody(world: World) -> None:
    importer, notice = world.organisation(kinds=("commissioner",)), fresh()
    bring(importer.boss, package(notice))
    found = read(importer.boss, notice["ocid"], world)
    problem(importer.boss.patch(f"/opportunities/{found['id']}", {"title": "x"}, if_match=found["version"]), 403)
    problem(importer.boss.post(f"/opportunities/{found['id']}/cancel"), 403)


def test_the_same_file_from_many_at_once_counts_each_process_once(world: World) -> None:
    notices = [fresh() for _ in range(5)]
    people = [world.stranger() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda person: bring(person, package(*notices)), people))
    assert sum(answer["imported"] for answer in answers) == 5
    assert sum(answer["unchanged"] for answer in answers) == 25
    assert all(answer["claims"] == [] for answer in answers), "all say the same"
    for notice in notices:
        assert len(read(people[0], notice["ocid"], world)["source"]["releases"]) == 1


def test_a_retry_with_its_key_gives_the_first_answer(world: World) -> None:
    person, content = world.stranger(), package(fresh())
    headers = {**JSON, "Idempotency-Key": secrets.token_hex(8)}
    first = ok(person.request("POST", "/opportunities/import", content=content, headers=headers))
    again = ok(person.request("POST", "/opportunities/import", content=content, headers=headers))
    assert again.json() == first.json() == counts(imported=1)
    other = person.request("POST", "/opportunities/import", content=package(fresh()), headers=headers)
    problem(other, 422)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 200_000, 400),
        (b'{"releases": ' + b'[{"a":' * 50_000, 400),
        (b"\xff\xfe", 400),
        (b'{"releases": [{"ocid": "x", "tender": {"a": NaN}}]}', 400),
        (b"[]", 422),
        (b'{"hello": 1}', 422),
        (b'{"releases": 5}', 422),
        (b'{"releases": [' + b"null," * 60_000 + b"null]}", 422),
    ],
)
def test_what_is_no_ocds_file_is_refused(world: World, content: bytes, status: int) -> None:
    response = world.stranger().request("POST", "/opportunities/import", content=content, headers=JSON)
    problem(response, status)


def test_another_kind_of_file_or_importer_is_refused(world: World) -> None:
    person, content = world.stranger(), package(fresh())
    plain = {"Content-Type": "text/plain"}
    problem(person.request("POST", "/opportunities/import", content=content, headers=plain), 415)
    foreign = person.request(
        "POST",
        "/opportunities/import",
        content=content,
        headers=JSON,
        params={"organisation_id": world.organisation().id},
    )
    problem(foreign, 403)
    unknown = person.request("POST", "/opportunities/import", content=content, headers=JSON, params={"mode": "x"})
    problem(unknown, 422)
    problem(world.person().request("POST", "/opportunities/import", content=content, headers=JSON), 403)


def test_strange_releases_stop_nobody_elses(world: World) -> None:
    deep: Any = {}
    for _ in range(600):
        deep = {"x": deep}
    strange = [
        fresh(title=None, description=["x"], value="much", tenderPeriod=7, lots=[None, {"id": {}}], items="x"),
        fresh(title="a\u0000b", description="\ud800"),
        {**fresh(), "tender": "not an object"},
        fresh(strange=deep),
        fresh(value={"amount": 10**400}),
        fresh(
            items=[{"id": "1", "deliveryLocation": {"description": "Where the river bends. " * 2000}}],
            classification={"scheme": "CPV", "id": "8" * 9000},
            lots=[{"id": "L" * 5000, "title": "T" * 50_000}, {"id": "L" * 5001}],
            submissionMethodDetails="https://portal.example/" + "x" * 20_000,
            tenderPeriod={"endDate": "0001-01-01T00:00:00Z"},
        ),
        {**fresh(), "id": "R" * 9000, "tag": ["tender"] * 500, "buyer": {"name": "B" * 20_000}},
    ]
    good = fresh()
    answer = bring(world.stranger(), package(*strange, good))
    assert answer["imported"] + len(answer["skipped"]) == 8
    for one in strange[5:]:
        assert OpportunityOut.model_validate(read(world.stranger(), one["ocid"], world))
    assert read(world.stranger(), good["ocid"], world)["title"] == "Young carers"
    assert read(world.stranger(), strange[1]["ocid"], world)["title"] == "a\ufffdb"


def test_ten_megabytes_go_in(world: World) -> None:
    mark = secrets.token_hex(4)
    notices = []
    while sum(len(one) for one in notices) < 10_000_000:
        notices.append(
            json.dumps({**FIND_A_TENDER, "ocid": f"ocds-big{mark}-{len(notices)}"}).replace("Support", "Support " * 900)
        )
    content = ('{"releases": [' + ",".join(notices) + "]}").encode()
    person = world.stranger()
    assert bring(person, content) == counts(imported=len(notices))
    assert bring(person, content) == counts(unchanged=len(notices))


@pytest.mark.skipif(not (SHARED / "ocds").exists(), reason="the real notices are not on this machine")
def test_the_real_notices_go_in_once(world: World) -> None:
    person = world.stranger()
    files = sorted(Path(SHARED / "ocds").rglob("*.json"))
    first = [bring(person, file.read_bytes()) for file in files]
    assert sum(answer["imported"] + answer["updated"] + answer["unchanged"] for answer in first) == 47
    assert all(answer["skipped"] == [] for answer in first)
    for file in files:
        again = bring(person, file.read_bytes())
        assert (again["imported"], again["updated"]) == (0, 0)


def test_the_operator_imports_a_file_by_the_same_rules(world: World, database: str, settings: Settings) -> None:
    notice = fresh()
    assert by_operator(database, settings, notice) == counts(imported=1)
    assert by_operator(database, settings, notice) == counts(unchanged=1)
    assert read(world.stranger(), notice["ocid"], world)["brought_by"]["kind"] == "operator"
    with pytest.raises(importing.NotReadable):
        as_operator(database, settings, lambda session: importing.from_file(session, b"{"))
