"""People find imported calls by the words, part words, places and numbers that they know."""

import secrets
import unicodedata
from typing import Any

import pytest

from tests.calls.notices.ocds_samples import CONTRACTS_FINDER, a_release, package
from tests.factories import Person, World, ok

JSON = {"Content-Type": "application/json"}


def brought(person: Person, **tender: Any) -> str:
    """The ocid of a new notice."""
    notice = {**a_release(CONTRACTS_FINDER, **tender), "ocid": f"ocds-test00-{secrets.token_hex(8)}"}
    ok(person.request("POST", "/opportunities/import", content=package(notice), headers=JSON))
    return str(notice["ocid"])


def found(person: Person, **filters: str) -> list[str]:
    listed = ok(person.get("/opportunities", params={"limit": "200", **filters})).json()["items"]
    return [item["ocid"] for item in listed]


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("Gofalwyr ifanc", True),
        ("gofal", True),
        ("GOFALW ifa", True),
        ("Môn", True),
        (unicodedata.normalize("NFD", "ynys môn"), True),
        ("running", True),
        ("carers groups", True),
        ("in", True),
        ("fanc", False),
        ("gofalwyr oedolion", False),
        ("gofal -ifanc", False),
        ('"ifanc gofalwyr"', False),
        ("gofal & | ! ' (", True),
    ],
)
def test_words_and_their_beginnings_find_a_call_in_either_language(world: World, words: str, finds: bool) -> None:
    person, mark = world.stranger(), f"sebra{secrets.token_hex(6)}"
    ocid = brought(person, title=f"Gofalwyr ifanc Ynys Môn {mark}", description="Running groups for young carers")
    assert found(person, q=f"{mark} {words}") == ([ocid] if finds else [])


def test_an_ocid_finds_its_call(world: World) -> None:
    person = world.stranger()
    ocid = brought(person)
    assert found(person, q=ocid) == [ocid]
    assert found(person, q=f" {ocid} ", status="published") == [ocid]
    assert found(person, q=ocid, status="awarded") == []


@pytest.mark.parametrize(
    ("address", "area", "finds"),
    [
        ({"region": "England"}, "South West", True),
        ({"region": "UK"}, "UKL", True),
        ({"countryName": "United Kingdom"}, "Wales", True),
        ({"region": "UKK12"}, "England", True),
        ({"region": "Wales"}, "England", False),
    ],
)
def test_a_call_for_the_whole_country_is_found_from_each_of_its_parts(
    world: World, address: dict[str, str], area: str, finds: bool
) -> None:
    person = world.stranger()
    ocid = brought(person, items=[{"id": "1", "deliveryAddresses": [address]}])
    assert found(person, q=ocid, area=area) == ([ocid] if finds else [])
