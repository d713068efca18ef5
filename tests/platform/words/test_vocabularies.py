"""Every code that the contract names has a plain label and a sentence."""

import ast
import inspect
import re
from collections.abc import Iterator
from enum import StrEnum

import pytest

from app.bid.statements.rules import BASES
from app.platform.access.errors import NotFound
from app.platform.words import codes
from app.platform.words.catalogue import ENGLISH
from app.platform.words.vocabularies import VOCABULARIES, Entry, label, vocabulary
from app.platform.words.vocabularies import entry as words_for
from tests import ROOT

ENUMERATIONS = [
    member
    for _, member in inspect.getmembers(codes, inspect.isclass)
    if issubclass(member, StrEnum) and member is not StrEnum
]
WITHOUT_WORDS = {"ApplicationStatus", "FacilitatorStatus", "OpeningStatus"}
"""The contract has no vocabulary for these: their codes are in the schemas of what has them."""


@pytest.mark.parametrize(
    "enumeration",
    [each for each in ENUMERATIONS if each.__name__ not in WITHOUT_WORDS],
    ids=lambda enumeration: enumeration.__name__,
)
def test_every_code_of_an_enumeration_has_its_words(enumeration: type[StrEnum]) -> None:
    wanted = {str(member) for member in enumeration}
    assert any(wanted <= {entry.code for entry in entries} for entries in VOCABULARIES.values()), enumeration.__name__


@pytest.mark.parametrize("name", sorted(set(VOCABULARIES) - {"identifier_scheme"}))
def test_the_catalogue_has_words_for_the_codes_of_the_contract_and_no_others(name: str) -> None:
    assert sorted(ENGLISH.below(name)) == sorted(entry.code for entry in VOCABULARIES[name])


def test_a_claim_may_rest_on_the_grounds_that_have_words() -> None:
    assert [entry.code for entry in VOCABULARIES["confidentiality_basis"]] == list(BASES)
    assert all(ENGLISH(f"confidentiality_basis.{code}.ground") for code in BASES)


def test_a_free_code_is_its_own_label() -> None:
    assert words_for("blocker", "rule-youth") == Entry("rule-youth", "rule-youth", "")
    assert words_for("blocker", "no-lead").label == label("blocker", "no-lead") == "No lead"


@pytest.mark.parametrize("name", sorted(VOCABULARIES))
def test_words_are_short_labels_and_whole_sentences(name: str) -> None:
    codes_seen = [entry.code for entry in VOCABULARIES[name]]
    assert len(codes_seen) == len(set(codes_seen))
    for entry in VOCABULARIES[name]:
        assert 1 <= len(entry.label) <= 70, entry
        assert entry.label[0].isupper(), entry
        assert entry.explanation[-1] in ".?", entry
        assert len(entry.explanation) <= 400, entry


def test_nobody_has_to_know_our_jargon() -> None:
    assert label("term", "freeze") == "Lock for signing"
    assert label("term", "edition") == "Signed version"
    assert label("term", "honesty_round") == "Everyone says first, then everyone sees"
    for name, entries in VOCABULARIES.items():
        for entry in entries:
            assert not {"freeze", "edition", "reveal", "aggregate"} & set(entry.explanation.lower().split()), (
                name,
                entry,
            )


def test_a_vocabulary_that_does_not_exist_is_not_found() -> None:
    with pytest.raises(NotFound):
        vocabulary("nonsense")


def logged_types() -> Iterator[str]:
    """The types of events that are written out in calls which write to the log."""
    for file in (ROOT / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not re.search(
                r"(^|[._])(record|log|tell_bids)$", ast.unparse(node.func)
            ):
                continue
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "_" in argument.value:
                    yield argument.value


def test_everything_that_is_logged_has_its_words() -> None:
    found = set(logged_types())
    assert "call_amended" in found
    known = {entry.code for entry in VOCABULARIES["event"]}
    assert found <= known, f"give them words in app/platform/words/catalogue/en/events.toml: {sorted(found - known)}"
