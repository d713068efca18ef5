"""Words of the sector find each other."""

from pathlib import Path

import pytest

from app.calls.finding.synonyms import joined, load, wanted

GROUPS = joined([["CVS", "infrastructure"], ["looked after children", "~in care"], ["CVS", "voluntary action"]])


def test_a_word_is_searched_for_with_what_means_the_same() -> None:
    found = wanted("cvs grants", GROUPS)
    assert found.all == "((cvs:*) | (infrastructure) | (voluntary <-> action)) & ((grants:*))"
    assert found.literal


def test_groups_with_a_common_member_do_not_become_one() -> None:
    assert "voluntary" not in wanted("infrastructure", GROUPS).all


def test_a_phrase_of_little_words_is_understood_and_not_searched_for() -> None:
    found = wanted("young people in care", GROUPS)
    assert found.all.endswith("((looked <-> after <-> children))")
    assert not found.literal


def test_the_longest_phrase_counts() -> None:
    groups = joined([["care", "help"], ["care leavers", "leaving care"]])
    assert wanted("care leavers", groups).all == "((care:* & leavers:*) | (leaving <-> care))"


@pytest.mark.parametrize("words", ['"cvs grants"', "cvs -grants", "cvs or grants"])
def test_with_operators_only_what_was_typed_counts(words: str) -> None:
    assert wanted(words, GROUPS).all == ""
    assert wanted(words, GROUPS).literal


def test_words_without_letters_are_no_search() -> None:
    assert wanted("& | ! ' (", GROUPS).all == ""


def test_an_operators_file_is_added_to_what_is_built_in(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('groups = [["CVS", "Anytown Together"]]', "utf-8")
    assert "(anytown <-> together)" in wanted("cvs", load(str(own))).all
    assert "(infrastructure)" in wanted("cvs", load(str(own))).all
    assert "anytown" not in wanted("cvs", load()).all


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("CVS", "infrastructure"),
        ("infrastructure", "cvs"),
        ("looked after", "children <-> in <-> care"),
        ("in care", "looked <-> after <-> children"),
        ("NEET", "not <-> in <-> education <-> employment"),
    ],
)
def test_what_is_built_in_knows_the_sector(words: str, finds: str) -> None:
    assert f"({finds}" in wanted(words, load()).all
