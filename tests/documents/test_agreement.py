"""The joint working agreement: whole sentences, right numbers and references, blanks counted, in every structure."""

import re
from dataclasses import replace

import pytest

from app.documents import agreement
from app.documents.blocks import plain, strings_of
from app.documents.standing import Standing
from app.domain import codes as c
from app.domain.proposal import Proposal, Structure, Vehicle
from tests.documents import samples as s

EVERY = [*s.STRUCTURES.values(), Structure(), Structure(template=c.StructureTemplate.CUSTOM, custom_markdown="We take **turns**.", contracting=(s.YOUTH,)), Structure(template=c.StructureTemplate.ALLIANCE, liability=c.Liability.SHARED, contracting=(s.LEAD, s.FAMILY), decision_rule=c.DecisionRule.CONSENSUS), Structure(vehicle=Vehicle("A name", c.VehicleStatus.FORMED, ()), liability=c.Liability.VEHICLE, decision_rule=c.DecisionRule.LEAD_DECIDES)]  # fmt: skip


def composed(structure: Structure, value: Proposal | None = None) -> list[dict[str, object]]:
    document = s.document(replace(value or s.proposal(), structure=structure), edition=None)
    return list(agreement.compose(document, Standing()).body)


@pytest.mark.parametrize("structure", EVERY)
def test_every_reference_leads_to_a_clause_or_schedule_that_is_there(structure: Structure) -> None:
    body = composed(structure)
    text = " ".join(strings_of(body))
    numbers = {str(b["number"]) for b in body if b.get("number")}
    for found in re.findall(r"clause (\d+(?:\.\d+)?)", text):
        assert found in numbers
    schedules = {re.match(r"Schedule (\d)", plain(b["content"]))[1] for b in body if b["type"] == "heading" and plain(b["content"]).startswith("Schedule")}  # type: ignore[arg-type,index]  # fmt: skip
    assert set(re.findall(r"Schedule (\d)", text)) == schedules
    assert "\ue000" not in text and "{" not in text


@pytest.mark.parametrize("structure", EVERY)
def test_every_blank_is_in_the_list_up_front_with_its_clause(structure: Structure) -> None:
    body = composed(structure)
    listed = next(b for b in body if b["type"] == "dataTable" and b["caption"] == "Blanks in this draft")
    rows = {row[0]: (row[1], row[2]) for row in listed["rows"]}  # type: ignore[attr-defined]
    in_text = {}
    for b in body:
        if b["type"] == "paragraph":
            for number, what in re.findall(r"\[(\d+): ([^\]]+)\]", plain(b["content"])):  # type: ignore[arg-type]
                in_text[number] = (what, b["number"])
    assert rows == in_text
    assert list(rows) == [str(n) for n in range(1, len(rows) + 1)]


@pytest.mark.parametrize("structure", EVERY)
def test_clauses_are_sentences_numbered_without_a_gap(structure: Structure) -> None:
    clauses = [b for b in composed(structure) if b.get("role") == "clause"]
    for b in clauses:
        text = plain(b["content"])  # type: ignore[arg-type]
        assert re.search(r"[.:\]]$", text), text
        assert text[0].isupper() or text[0] in "'["
    parts: dict[str, list[int]] = {}
    for b in clauses:
        part, _, number = str(b["number"]).partition(".")
        parts.setdefault(part, []).append(int(number))
    assert all(found == list(range(1, len(found) + 1)) for found in parts.values())


def test_it_is_a_consortium_and_sends_its_reader_to_a_solicitor() -> None:
    text = " ".join(strings_of(composed(s.STRUCTURES["joint_contracting"])))
    assert "Consortium" in text and "solicitor" in text
    for found in re.finditer(r"partnership", text):
        assert text[: found.start()].endswith("makes the partners a "), "a partnership only to say that it is none"


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
