"""The joint working agreement: whole sentences, right numbers and references, blanks counted, in every structure."""

import re
from dataclasses import replace

import pytest

from app.bid.value import Proposal, Structure, Vehicle
from app.documents import agreement
from app.documents.blocks import plain, strings_of
from app.documents.standing import Standing
from app.documents.words import Words
from app.platform.words import codes as c
from app.platform.words.catalogue import ENGLISH
from tests.documents import samples as s

EVERY = [
    *s.STRUCTURES.values(),
    Structure(),
    *(Structure(template=template, contracting=(s.LEAD,), paid=(s.LEAD,)) for template in c.StructureTemplate),
    *(Structure(liability=liability) for liability in c.Liability),
    *(Structure(decision_rule=rule, reserved_matters=tuple(c.Matter)) for rule in c.DecisionRule),
    Structure(
        template=c.StructureTemplate.CUSTOM, custom_markdown="We take **turns**.", contracting=(s.YOUTH,),
        data_holder_ids=(s.LEAD, s.YOUTH), payment_in_arrears=True, flow_down=True,
    ),
    Structure(template=c.StructureTemplate.ALLIANCE, liability=c.Liability.SHARED, contracting=(s.LEAD, s.FAMILY)),
    Structure(vehicle=Vehicle("A name", c.VehicleStatus.FORMED, ()), liability=c.Liability.VEHICLE),
]  # fmt: skip
BIDS = [s.proposal(), replace(s.bare(), partners=s.proposal().partners[1:])]
"""The whole bid, and one without lead, contributions, money, plan or assets."""
CLAUSE = {"en": r"clause (\d+(?:\.\d+)?)", "cy": r"\w*ymal (\d+(?:\.\d+)?)"}
SCHEDULE = {"en": r"Schedule (\d)", "cy": r"\wtodlen (\d)"}
WORDS = {language: Words.of(language) for language in CLAUSE}

structures = pytest.mark.parametrize("structure", EVERY)
languages = pytest.mark.parametrize("language", CLAUSE)


def composed(structure: Structure, value: Proposal | None = None, language: str = "en") -> list[dict[str, object]]:
    document = s.document(replace(value or s.proposal(), structure=structure), edition=None)
    return list(agreement.compose(document, Standing(), language=language).body)


@structures
@languages
def test_every_reference_leads_to_a_clause_or_schedule_that_is_there(structure: Structure, language: str) -> None:
    for value in BIDS:
        body = composed(structure, value, language)
        text = " ".join(strings_of(body))
        numbers = {str(b["number"]) for b in body if b.get("number")}
        found = re.findall(CLAUSE[language], text)
        assert len(found) >= 5 and set(found) <= numbers
        headings = [plain(b["content"]) for b in body if b["type"] == "heading"]  # type: ignore[arg-type]
        schedules = {match[1] for title in headings if (match := re.match(SCHEDULE[language], title))}
        assert set(re.findall(SCHEDULE[language], text)) == schedules
        assert "\ue000" not in text and "{" not in text


@structures
def test_both_languages_refer_to_the_same_clauses_in_the_same_order(structure: Structure) -> None:
    for value in BIDS:
        bodies = {language: composed(structure, value, language) for language in CLAUSE}
        shapes = {
            language: [(b["type"], b.get("number"), b.get("role")) for b in body if b["type"] != "callout"]
            for language, body in bodies.items()
        }
        assert shapes["en"] == shapes["cy"]
        referred = {
            language: [
                (b["number"], sorted(re.findall(CLAUSE[language], plain(b["content"]))))  # type: ignore[arg-type]
                for b in body
                if b.get("role") == "clause"
            ]
            for language, body in bodies.items()
        }
        assert referred["en"] == referred["cy"]


@structures
@languages
def test_every_blank_is_in_the_list_up_front_with_its_clause(structure: Structure, language: str) -> None:
    for value in BIDS:
        body = composed(structure, value, language)
        caption = WORDS[language]("agreement.blanks.table")
        listed = next(b for b in body if b["type"] == "dataTable" and b["caption"] == caption)
        rows = {row[0]: (row[1], row[2]) for row in listed["rows"]}  # type: ignore[attr-defined]
        in_text, heading = {}, ""
        for b in body:
            if b["type"] == "heading":
                heading = plain(b["content"]).partition(":")[0]  # type: ignore[arg-type]
            if b["type"] == "paragraph":
                for number, what in re.findall(r"\[(\d+): ([^\]]+)\]", plain(b["content"])):  # type: ignore[arg-type]
                    in_text[number] = (what, b.get("number") or heading)
        assert rows == in_text
        assert list(rows) == [str(n) for n in range(1, len(rows) + 1)]


@structures
@languages
def test_clauses_are_sentences_numbered_without_a_gap(structure: Structure, language: str) -> None:
    for value in BIDS:
        clauses = [b for b in composed(structure, value, language) if b.get("role") == "clause"]
        for b in clauses:
            text = plain(b["content"])  # type: ignore[arg-type]
            assert re.search(r"[.:\]]$", text), text
            assert text[0].isupper() or text[0] in "'["
            assert "  " not in text and " ." not in text and ".." not in text, text
        parts: dict[str, list[int]] = {}
        for b in clauses:
            part, _, number = str(b["number"]).partition(".")
            parts.setdefault(part, []).append(int(number))
        assert all(found == list(range(1, len(found) + 1)) for found in parts.values())


@structures
def test_no_english_is_left_in_the_welsh(structure: Structure) -> None:
    """Of our own words; what people wrote stays as it was written."""
    body = [b for b in composed(structure, language="cy") if b["type"] != "blockquote"]
    text = " ".join(strings_of(body))
    sentences = [text for key, text in ENGLISH.texts.items() if key.startswith("document.agreement.")]
    assert len(sentences) > 100
    for sentence in sentences:
        for piece in re.split(r"\{\w+\}", sentence):
            assert len(piece) < 12 or piece not in text, piece


@structures
def test_the_vehicle_is_named_wherever_it_is_spoken_of(structure: Structure) -> None:
    text = " ".join(strings_of(composed(structure)))
    assert "The Vehicle" not in text or "('the Vehicle')" in text


def test_the_welsh_says_on_its_first_page_that_it_wants_a_professional_reader() -> None:
    warning = {
        language: " ".join(strings_of(composed(Structure(), language=language)[:2])) for language in ("en", "cy")
    }
    assert "gyfieithydd" in warning["cy"] and "gyfreithiwr" in warning["cy"]
    assert "solicitor" in warning["en"] and "translat" not in warning["en"]


def test_without_a_wish_it_is_in_the_language_of_the_bid() -> None:
    document = s.document(s.proposal(language="cy"), edition=None)
    assert agreement.compose(document, Standing()).language == "cy"
    assert agreement.compose(document, Standing(), language="en").title.startswith("Joint working agreement")


def test_it_is_a_consortium_and_sends_its_reader_to_a_solicitor() -> None:
    text = " ".join(strings_of(composed(s.STRUCTURES["joint_contracting"])))
    assert "Consortium" in text and "solicitor" in text
    for found in re.finditer(r"partnership", text):
        assert text[: found.start()].endswith("makes the partners a "), "a partnership only to say that it is none"
    welsh = " ".join(strings_of(composed(s.STRUCTURES["joint_contracting"], language="cy")))
    assert "Consortiwm" in welsh
    for found in re.finditer(r"\wartneriaeth", welsh):
        assert welsh[: found.start()].endswith("gwneud y partneriaid yn ")


def test_what_the_partners_wrote_is_in_it_word_for_word() -> None:
    text = " ".join(strings_of(composed(s.STRUCTURES["lead_provider"])))
    assert "Three months' notice in writing. What a partner brought, it takes with it." in text
    assert "within 14 days" in text and "Minibus" in text


def test_an_unincorporated_group_is_warned_that_its_committee_is_bound() -> None:
    facts = [b for b in composed(s.STRUCTURES["lead_provider"]) if b["type"] == "facts"]
    row = next(row for b in facts for row in b["rows"] if row[0] == "Clwb Ieuenctid Aeron")  # type: ignore[attr-defined]
    assert "committee" in row[1] and "themselves" in row[1]


def test_nothing_private_reaches_it() -> None:
    text = " ".join(strings_of(composed(s.STRUCTURES["lead_provider"])))
    assert "Secret" not in text and "£12" not in text
