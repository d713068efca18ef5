"""An opportunity is found by its area however the notice and the searcher write it."""

import pytest

from app.calls.areas.rules import keys, wanted


def test_a_description_of_the_place_is_no_key() -> None:
    assert keys("By the river. " * 50) == frozenset()
    assert keys("  ") == frozenset()


@pytest.mark.parametrize(
    ("delivered", "searched", "found"),
    [
        ("UKI44", "UKI44", True),
        ("UKI44", "uki", True),
        ("UKI44", "London", True),
        ("UKI44", "TLI4", True),
        ("London", "UKI44", True),
        ("London", "UKI", True),
        ("UKJ4", "UKI", False),
        ("UKI44", "UKI45", False),
        ("North West", "UKD", True),
        ("north  west", "North West", True),
        ("TA12 6JL", "TA12", True),
        ("TA12 6JL", "ta12 6jl", True),
        ("TA12 6JL", "TA1", False),
        ("TA12", "TA12 6JL", True),
        ("Leeds", "Leeds", True),
        ("Leeds", "leeds", True),
        ("Leeds", "Lee", False),
        ("United Kingdom", "Leeds", False),
        ("United Kingdom", "UKL", True),
        ("UK", "Wales", True),
        ("England", "UKI44", True),
        ("England", "Yorkshire and the Humber", True),
        ("England", "Wales", False),
        ("UKI44", "England", True),
        ("North East", "england", True),
        ("Wales", "England", False),
        ("UK", "England", True),
        ("UKM50", "United Kingdom", True),
        ("England", "UK", True),
        ("Leeds", "UK", False),
    ],
)
def test_an_area_is_found_by_what_it_is_and_what_it_lies_within(delivered: str, searched: str, found: bool) -> None:
    assert bool(keys(delivered) & wanted(searched)) is found
