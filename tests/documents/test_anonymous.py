"""Answers without names: however a partner is written, in every piece of an answer, the same letter for the same one."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.documents.anonymous import without_names
from app.platform.richtext.counting import count, lines
from app.platform.richtext.markdown import parse

HARBOUR, MIND, COUNCIL, YOUTH = "Harbour Youth Trust Ltd", "Mind", "The Young People’s Council & Care CIO", "青年中心"


def section(content: dict[str, Any], **fields: Any) -> dict[str, Any]:
    counts = {"words": 0, "characters": 0, "pages": 0}
    return {"title": "Q", "question": {"key": "q"}, "partner_id": None, "content": content, "counts": counts, **fields}


def document(*sections: dict[str, Any]) -> dict[str, Any]:
    partners = [
        {"id": str(n), "name": name, "identifiers": [{"scheme": "GB-CHC", "id": f"108946{n}"}]}
        for n, name in enumerate((HARBOUR, MIND, COUNCIL, YOUTH))
    ]
    return {"proposal": {"language": "en"}, "partners": partners, "sections": list(sections)}


def shown(markdown: str, **fields: Any) -> str:
    made = without_names(document(section(parse(markdown), **fields)), answers_only=True)
    return "\n".join(lines(made["sections"][0]["content"]))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Harbour Youth Trust Ltd leads.", "Partner A leads."),
        ("HARBOUR  YOUTH\ntrust leads.", "Partner A leads."),
        ("The Harbour Youth Trust leads.", "Partner A leads."),
        ("**Har**bour *Youth* ~~Trust~~ leads.", "Partner A leads."),
        ("Harbour\\\nYouth Trust leads.", "Partner A leads."),
        (
            "HYT, H.Y.T and HYTs lead, HYT's staff too.",
            "Partner A, Partner A and Partner A lead, Partner A's staff too.",
        ),
        ("Harbour Youth Trust (HYT) leads.", "Partner A leads."),
        ("Harbour Youth Trust (“Harbour”) leads. Harbour is safe.", "Partner A leads. Partner A is safe."),
        ("Charity 1089460 leads.", "Charity Partner A leads."),
        ("Write to info@harbouryouthtrust.org.uk or hyt.org.", "Write to Partner A or Partner A"),
        ("The young people's council and care helps; so does YPCC.", "Partner C helps; so does Partner C."),
        ("Mind helps, MIND too; keep it in mind.", "Partner B helps, Partner B too; keep it in mind."),
        ("Remind Harbourside Youth Trustees of the NHS.", "Remind Harbourside Youth Trustees of the NHS."),
        ("我们青年中心的人", "我们Partner D的人"),
        ("`Harbour Youth Trust`", "Partner A"),
        ("Soft\u00adly: Harbour Yo\u00aduth Trust.", "Softly: Partner A."),
    ],
)
def test_however_a_partner_is_written_it_becomes_its_letter(written: str, expected: str) -> None:
    assert " ".join(shown(written).split()) == expected


def test_a_link_to_a_partners_pages_loses_its_address_and_another_keeps_it() -> None:
    made = str(without_names(document(section(parse(
        "[us](https://www.harbouryouthtrust.org/a) [law](https://www.legislation.gov.uk/)"
    ))), answers_only=True)["sections"])  # fmt: skip
    assert "harbour" not in made and "legislation.gov.uk" in made


def test_counts_are_of_what_is_shown() -> None:
    made = without_names(document(section(parse("HYT and Harbour Youth Trust"))), answers_only=True)["sections"][0]
    assert made["counts"]["words"] == count(made["content"]).words == 5


def test_a_members_own_answer_is_headed_by_its_letter_and_standard_parts_are_left_alone_in_print() -> None:
    own = section(parse("Mind"), partner_id="1", title="About HYT")
    standard = section(parse("Mind"), question=None)
    made = without_names(document(own, standard), answers_only=True)["sections"]
    assert (made[0]["partner"], made[0]["title"]) == ("Partner B", "About Partner A") and made[1] == standard
    pasted = without_names(document(own, standard), answers_only=False)["sections"]
    assert list(lines(pasted[1]["content"])) == ["Partner B"]


def test_a_partner_is_known_by_its_short_name_too() -> None:
    value = document(section(parse("Tidewater leads; see www.tidewater.org")))
    value["partners"][0]["short_name"] = "Tidewater"
    made = without_names(value, answers_only=True)["sections"][0]["content"]
    assert list(lines(made)) == ["Partner A leads; see Partner A"]


def test_two_partners_with_one_short_form_are_both_named_by_letter() -> None:
    value = document(section(parse("HYT leads.")))
    value["partners"][1]["name"] = "Hill Young Theatre"
    made = without_names(value, answers_only=True)["sections"][0]["content"]
    assert list(lines(made)) == ["Partner A / Partner B leads."]


pieces = st.sampled_from(["Harbour", "Youth", "Trust", "Harbour Youth Trust", "HYT", " ", "  ", "Mind", "(", ")", ", ", "x", "\n", "the ", "’s ", "."])  # fmt: skip
marks = st.lists(st.sampled_from([{"type": "bold"}, {"type": "italic"}, {"type": "underline"}]), max_size=2, unique_by=str)  # fmt: skip


@given(st.lists(st.tuples(pieces, marks), min_size=1, max_size=14))
def test_no_whole_name_is_left_however_its_marks_cut_it(runs: list[tuple[str, list[dict[str, str]]]]) -> None:
    inline = [
        {"type": "hardBreak"} if words == "\n" else {"type": "text", "text": words, "marks": own} for words, own in runs
    ]
    content = {"type": "doc", "content": [{"type": "paragraph", "content": inline}]}
    made = without_names(document(section(content)), answers_only=True)["sections"][0]
    text = " ".join(lines(made["content"]))
    assert not re.search(r"(?<!\w)(harbour\s+youth\s+trust|HYT)(?!\w)", text, re.IGNORECASE | re.ASCII)
    assert not re.search(r"(?<!\w)Mind(?!\w)", text)
    for word in ("x", "."):
        assert text.count(word) == "".join(words for words, _ in runs).count(word)
    assert all(node["type"] != "text" or node["text"] for node in made["content"]["content"][0]["content"])
    assert content["content"][0]["content"] == inline  # the document that was signed is not touched


@pytest.mark.timeout(20)
@pytest.mark.parametrize("nasty", ["a", "a.", "a-", "a@", " ", "(", "(A", "the ", "Harbour ", "Harbour Youth Trust (", "http://a"])  # fmt: skip
def test_a_text_made_to_be_slow_is_not(nasty: str) -> None:
    text = "Harbour" + nasty * (300_000 // len(nasty))
    content = {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": text}]}]}
    without_names(document(section(content)), answers_only=True)
