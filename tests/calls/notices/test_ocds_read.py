"""An OCDS file becomes raw releases by process, each kept as the very characters it came in."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from app.calls.notices.ocds_read import (
    MAX_RELEASES,
    NotOpenContracting,
    TooLarge,
    Unreadable,
    read_package,
    release_from,
)
from tests.calls.notices.ocds_samples import CONTRACTS_FINDER, FIND_A_TENDER, a_release, an_update, package, records

OCID = FIND_A_TENDER["ocid"]


def test_a_release_package_holds_processes_with_their_releases() -> None:
    found = read_package(package(FIND_A_TENDER, CONTRACTS_FINDER, an_update(title="New")))
    assert [len(releases) for releases in found.processes.values()] == [2, 1]
    assert found.skipped == []


def test_a_single_release_is_taken() -> None:
    found = read_package(b"\xef\xbb\xbf \n" + json.dumps(FIND_A_TENDER).encode() + b"\n")
    assert list(found.processes) == [OCID]
    assert found.processes[OCID][0].release_id == "000001-2099"


def test_a_release_is_kept_character_by_character() -> None:
    raw = (
        '{ "ocid":"ocds-x-1",\t"id" : "1", "tender": {"value": {"amount": 1e9999, "x": 1.10}, "t": "\\u0000\\ud800"} }'
    )
    found = read_package(('{"a": [1, {"releases": []}], "releases" : [ ' + raw + ' ], "z": 2}').encode())
    (release,) = found.processes["ocds-x-1"]
    assert release.raw == raw
    assert release_from("ocds-x-1", release.raw) == release


def test_repeated_pages_bring_nothing_new_however_they_are_spaced() -> None:
    again = json.loads(json.dumps(FIND_A_TENDER, sort_keys=True))
    assert len(read_package(package(FIND_A_TENDER, again)).processes[OCID]) == 1
    spaced = json.dumps({"releases": [FIND_A_TENDER]}, indent=3).encode()
    one, two = read_package(package(FIND_A_TENDER)), read_package(spaced)
    assert one.processes[OCID][0].sha256 == two.processes[OCID][0].sha256


def test_a_record_gives_its_releases_and_a_linked_one_its_compiled_release() -> None:
    link = {"url": "https://example.org/1", "date": "2026-01-01T00:00:00Z", "tag": ["tender"]}
    compiled = {**CONTRACTS_FINDER, "tag": ["compiled"]}
    versioned = {
        "ocid": "ocds-v-1",
        "tender": {"id": "1", "title": [{"releaseDate": "a", "value": "Old"}, {"releaseDate": "b", "value": "New"}]},
    }
    found = read_package(
        records(
            {"ocid": OCID, "releases": [FIND_A_TENDER, an_update()], "compiledRelease": {"ocid": OCID, "tender": {}}},
            {"ocid": CONTRACTS_FINDER["ocid"], "releases": [link], "compiledRelease": compiled},
            {"ocid": "ocds-v-1", "releases": [link], "versionedRelease": versioned},
            {"ocid": "ocds-l-1", "releases": [link]},
            "no record",
        )
    )
    assert [len(releases) for releases in found.processes.values()] == [2, 1, 1]
    assert found.processes["ocds-v-1"][0].data["tender"]["title"] == "New"
    assert [(one.ocid, "link" in one.reason) for one in found.skipped] == [("ocds-l-1", True), (None, False)]


def test_a_record_that_links_to_some_of_its_releases_gives_its_compiled_release_too() -> None:
    link = {"url": "https://example.org/1", "date": "2026-01-01T00:00:00Z", "tag": ["tender"]}
    compiled = {**FIND_A_TENDER, "tag": ["compiled"]}
    found = read_package(records({"ocid": OCID, "releases": [link, an_update()], "compiledRelease": compiled}))
    assert [release.tags for release in found.processes[OCID]] == [("tenderUpdate",), ("compiled",)]
    assert found.skipped == []


def test_a_versioned_release_is_as_new_as_its_newest_version() -> None:
    def version(day: int, tag: str, value: Any) -> dict[str, Any]:
        return {"releaseID": tag, "releaseDate": f"2026-01-0{day}T00:00:00Z", "releaseTag": [tag], "value": value}

    tender = {
        "id": "1",
        "title": [version(1, "tender", "Old"), version(3, "tenderUpdate", "New")],
        "lots": [{"id": "1", "title": [version(2, "tenderUpdate", "North")]}],
        "value": {"amount": [version(1, "tender", 5), version(3, "tenderUpdate", None)]},
    }
    found = read_package(records({"ocid": OCID, "versionedRelease": {"ocid": OCID, "tender": tender}}))
    (release,) = found.processes[OCID]
    assert release.data["tender"] == {
        "id": "1",
        "title": "New",
        "lots": [{"id": "1", "title": "North"}],
        "value": {"amount": None},
    }
    assert (release.date, release.tags) == (datetime(2026, 1, 3, tzinfo=UTC), ("tender", "tenderUpdate"))
    assert release_from(OCID, release.raw) == release


def test_a_release_without_an_ocid_has_that_of_its_record() -> None:
    nameless = {**FIND_A_TENDER, "ocid": None}
    assert list(read_package(records({"ocid": OCID, "releases": [nameless]})).processes) == [OCID]


def test_a_lone_record_is_taken() -> None:
    found = read_package(json.dumps({"ocid": OCID, "releases": [FIND_A_TENDER]}).encode())
    assert list(found.processes) == [OCID]


@pytest.mark.parametrize("bad", [None, "", "  ", 7, [], {"a": 1}, "x" * 201, "ocds\u0000x", "a\nb"])
def test_without_a_usable_ocid_a_release_is_skipped_and_the_others_go_in(bad: object) -> None:
    found = read_package(package({**FIND_A_TENDER, "ocid": bad}, CONTRACTS_FINDER))
    assert list(found.processes) == [CONTRACTS_FINDER["ocid"]]
    assert [one.ocid for one in found.skipped] == [None]
    assert "ocid" in found.skipped[0].reason


def test_a_release_that_says_nothing_is_skipped_by_name() -> None:
    found = read_package(package({"ocid": "ocds-e-1", "id": "1", "tag": ["tender"]}, 5, "x", None))
    assert [one.ocid for one in found.skipped] == ["ocds-e-1", None, None, None]
    assert found.processes == {}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"nonsense",
        b'{"releases": [}',
        b'{"releases": [{"ocid": "a", "tender": {"x": NaN}}]}',
        b'{"releases": [{"ocid": "a", "tender": {"x": -Infinity}}]}',
        b'{"releases": []} more',
        b'\xff\xfe{"releases": []}',
        b"[" * 100_000,
        b'{"releases": ' + b'[{"a":' * 50_000,
    ],
)
def test_what_is_not_json_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_package(content)
    assert str(refused.value).startswith("The file is")


@pytest.mark.parametrize("content", [b"[]", b"5", b'"x"', b"{}", b'{"releases": {}}', b'{"hello": 1}', b"null"])
def test_what_is_no_open_contracting_is_refused(content: bytes) -> None:
    with pytest.raises(NotOpenContracting):
        read_package(content)


@pytest.mark.parametrize("name", ["releases", "records"])
def test_a_file_of_endless_tiny_releases_is_refused_before_it_fills_the_memory(name: str) -> None:
    def of(number: int) -> bytes:
        return f'{{"{name}": [{",".join(["{}"] * number)}]}}'.encode()

    assert len(read_package(of(MAX_RELEASES)).skipped) == MAX_RELEASES
    with pytest.raises(TooLarge, match="more than 50,000 releases"):
        read_package(of(MAX_RELEASES + 1))


def test_an_empty_package_is_a_package() -> None:
    assert read_package(b'{"releases": [ ]}').processes == {}
    assert read_package(b'{"records": []}').processes == {}


def test_numbers_of_any_size_are_read() -> None:
    huge = "9" * 6000
    found = read_package(
        b'{"releases": [{"ocid": "a", "tender": {"a": 1e9999, "b": -1E+99999999999999999999, "c": '
        + huge.encode()
        + b"}}]}"
    )
    tender = found.processes["a"][0].data["tender"]
    assert str(tender["a"]) == "1E+9999"
    assert str(tender["c"]) == huge


def test_ids_of_releases_may_be_missing_or_numbers() -> None:
    found = read_package(package({**a_release(), "id": 7}, {**a_release(title="x"), "id": None}))
    first, second = found.processes[OCID]
    assert first.release_id == "7"
    assert second.release_id == second.sha256.hex()
