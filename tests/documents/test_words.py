"""The fixed words: the two languages alike, and what each does with money, lists and dates."""

import ast
import re
from pathlib import Path

import pytest

import app.documents as package
from app.documents.words import CATALOGUES, FILES, Words

CODES = "app.platform.words.codes"


def test_both_languages_have_the_same_keys_and_placeholders() -> None:
    english, welsh = CATALOGUES["en"], CATALOGUES["cy"]
    assert english.keys() == welsh.keys()
    holes = re.compile(r"{(\w+)}")
    for key in english:
        assert sorted(set(holes.findall(english[key]))) == sorted(set(holes.findall(welsh[key]))), key


def test_no_key_stands_in_two_files_of_a_language() -> None:
    for language, files in FILES.items():
        assert sum(len(file) for file in files) == len(CATALOGUES[language])


def test_every_key_that_the_code_names_exists() -> None:
    """Keys that are put together at run time are covered by the renderings of the samples."""
    used = set()
    for file in Path(package.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            called = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("w", "words")
            if called and node.args and isinstance(node.args[0], ast.Constant):
                used.add(node.args[0].value)
    assert len(used) > 100
    assert used <= CATALOGUES["en"].keys()


@pytest.mark.parametrize(
    ("group", "enumeration"),
    [
        ("role", "PartnerRole"), ("legal_form", "LegalForm"), ("size_band", "SizeBand"), ("verification", "VerificationLevel"),
        ("structure.template", "StructureTemplate"), ("structure.liability", "Liability"), ("governance.rule", "DecisionRule"),
        ("certainty", "Certainty"), ("contribution", "ContributionKind"), ("strength", "Strength"), ("source", "BudgetSource"),
        ("matter", "Matter"), ("statement", "StatementKey"), ("statement_question", "StatementKey"), ("section", "StandardSection"), ("fairness", "FairnessCode"),
        ("check_state", "CheckState"), ("expectation_state", "ExpectationState"), ("difficulty", "DifficultyOutcome"),
        ("decision", "DecisionStatus"), ("agreement.liability", "Liability"), ("agreement.rule", "DecisionRule"),
        ("agreement.roles", "PartnerRole"),
    ],
)  # fmt: skip
def test_every_code_that_a_document_prints_has_words(group: str, enumeration: str) -> None:
    import app.platform.words.codes as codes

    for code in getattr(codes, enumeration):
        for catalogue in CATALOGUES.values():
            assert f"{group}.{code.value}" in catalogue


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


def test_an_unknown_language_reads_english() -> None:
    assert Words.of("fr-FR").language == "en"
    assert Words.of("cy-GB").language == "cy"


def test_what_is_no_code_is_left_as_it_was_written() -> None:
    words = Words.of("en")
    assert words.code("answer", "Yes, well-known to all") == "Yes, well-known to all"
    assert words.code("answer", "Yes") == "Yes" and words.code("answer", "no") == "No"
    assert words.code("role", "some_new-role") == "some new role"


def test_the_questions_of_the_statements_are_those_that_partners_were_asked() -> None:
    from app.bid.statements.rules import SET

    for asked in SET:
        shown = CATALOGUES["en"][f"statement_question.{asked.key.value}"]
        assert asked.question.startswith(shown)
