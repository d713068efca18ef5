"""The fixed words: each that a document asks for is there, and what each language does with money, lists and dates."""

import ast
import re
from collections.abc import Iterable
from enum import StrEnum

import pytest

from app.bid.statements.rules import BASES
from app.documents.words import Words, tag
from app.platform.words import codes as c
from app.platform.words.catalogue import CATALOGUES, ENGLISH, placeholders
from tests.platform.words import usage


def named() -> list[tuple[str, set[str | None]]]:
    """Each key that stands in a call, with the names of the values that it is given (None for `**values`)."""
    found = [
        (call.args[0].value, {value.arg for value in call.keywords})
        for call in usage.calls("w", "words")
        if call.args and isinstance(call.args[0], ast.Constant)
    ]
    assert len(found) > 100
    return found


def test_every_key_that_the_code_names_exists_and_is_given_its_values() -> None:
    """Keys that are put together at run time are covered by the renderings of the samples."""
    for key, values in named():
        text = ENGLISH.texts[key if key in ENGLISH.texts else f"document.{key}"]
        # Without values the words are a pattern that whoever prints them fills in.
        assert not values or None in values or values == placeholders(text), key


@pytest.mark.parametrize("language", CATALOGUES)
@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("partner_role", c.PartnerRole), ("structure_template", c.StructureTemplate), ("legal_form", c.LegalForm), ("size_band", c.SizeBand), ("strength", c.Strength),
        ("verification_level", c.VerificationLevel), ("certainty", c.Certainty), ("contribution_kind", c.ContributionKind),
        ("budget_source", c.BudgetSource), ("matter", c.Matter), ("statement", c.StatementKey), ("check_state", c.CheckState),
        ("standard_section", c.StandardSection), ("fairness_check", c.FairnessCode), ("decision_status", c.DecisionStatus),
        ("expectation_state", c.ExpectationState), ("difficulty_outcome", c.DifficultyOutcome), ("confidentiality_basis", BASES),
    ],
)  # fmt: skip
def test_every_code_that_a_document_prints_has_words(group: str, codes: Iterable[str], language: str) -> None:
    own = usage.places(language)
    for code in codes:
        assert Words.of("en").label(group, code)
        key = f"{group}.{code}.label"
        assert (f"document.{key}" if f"document.{key}" in ENGLISH.texts else key) in own


@pytest.mark.parametrize("language", CATALOGUES)
@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("structure.template", c.StructureTemplate), ("structure.liability", c.Liability), ("governance.rule", c.DecisionRule),
        ("agreement.liability", c.Liability), ("agreement.rule", c.DecisionRule), ("agreement.roles", c.PartnerRole),
    ],
)  # fmt: skip
def test_every_code_that_a_document_writes_out_has_a_sentence(group: str, codes: type[StrEnum], language: str) -> None:
    assert {f"document.{group}.{code}" for code in codes} <= usage.places(language).keys()


def test_a_document_has_its_own_words_where_it_says_a_code_otherwise_than_the_service() -> None:
    words = Words.of("en")
    assert (words.code("certainty", "confirmed"), ENGLISH("certainty.confirmed.label")) == ("Confirmed", "Confirmed")
    assert (words.code("legal_form", "charity"), ENGLISH("legal_form.charity.label")) == (
        "Charity",
        "Registered charity",
    )
    for key in ENGLISH.texts:
        if key.startswith("document.") and (shared := key.removeprefix("document.")) in ENGLISH.texts:
            assert ENGLISH(key) != ENGLISH(shared), f"{key} says the same as {shared}: one is enough"


def test_money_has_pence_in_a_whole_column_or_in_none() -> None:
    words = Words.of("en")
    pounds = [{"amount": "1200.00", "currency": "GBP"}, {"amount": "3.50", "currency": "GBP"}, None]
    assert words.amounts(pounds) == ["£1,200.00", "£3.50", "–"]
    assert words.amounts(pounds[:1]) == ["£1,200"]


def test_welsh_joins_by_the_sound_that_follows() -> None:
    assert Words.of("cy").listed(["afal", "oren"]) == "afal ac oren"
    assert Words.of("cy").listed(["afal", "banana"]) == "afal a banana"
    assert Words.of("en").listed(["one", "two", "three"]) == "one, two and three"


def test_dates_are_written_out_and_deadlines_name_their_zone() -> None:
    assert Words.of("en").day("2026-03-01") == "1 March 2026"
    assert Words.of("cy").day("2026-03-01") == "1 Mawrth 2026"
    assert Words.of("en").moment("2026-07-01T11:00:00Z") == "1 July 2026, 12:00 (BST)"
    assert Words.of("en").moment("2026-07-01T11:00:00Z", "No/Where") == "1 July 2026, 12:00 (BST)"


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_language_has_a_tag_with_a_country_which_dates_and_office_files_need(language: str) -> None:
    assert re.fullmatch(r"[a-z]{2,3}-[A-Z]{2}", tag(language))


def test_an_unknown_language_reads_english() -> None:
    assert Words.of("fr-FR").language == "en"
    assert Words.of("cy-GB").language == "cy"


def test_what_is_no_code_is_left_as_it_was_written() -> None:
    words = Words.of("en")
    assert words.code("answer", "Yes, well-known to all") == "Yes, well-known to all"
    assert words.code("answer", "Yes") == "Yes" and words.code("answer", "no") == "No"
    assert words.code("role", "some_new-role") == "some new role"


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_questions_of_the_statements_are_those_that_partners_were_asked(language: str) -> None:
    own = usage.places(language)
    for key in c.StatementKey:
        asked, shown = ENGLISH(f"statement.{key}.question"), Words.of("en")(f"statement.{key}.question")
        assert asked.startswith(shown)
        assert (f"statement.{key}.question" if asked == shown else f"document.statement.{key}.question") in own
