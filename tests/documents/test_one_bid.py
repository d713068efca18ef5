"""One bid in every format: whatever a call's amendments did to it, what is signed is what can be read, and nothing else."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.bid.document.rules import build_document
from app.bid.text.rules.call_sections import PlannedSection, SectionNow, compare, plan
from app.bid.value import Counts, Limit, Proposal, Question, Section
from app.documents import answers, bid, docx, html, markdown, odt, pdf
from app.documents.canonical import canonical
from app.platform.words import codes as c
from tests.documents import reading_back as read
from tests.documents import samples as s
from tests.rounds import examples

MARK = re.compile(r"MARKER\d+")
MEMBERS = (s.YOUTH, s.FAMILY)
QUESTIONS = [
    Question(f"question-{at}", f"asked{at}", f"Question {at}?", "", Limit(c.LimitUnit.WORDS, 1), None, lot, True, each)
    for at, (lot, each) in enumerate(
        ((None, False), (None, True), (s.LOT_A, False), (s.LOT_B, True), (s.LOT_A, True), (None, False))
    )
]

amendments = st.lists(
    st.one_of(
        st.tuples(st.just("asks"), st.sets(st.integers(0, 5)).map(sorted)),
        st.tuples(st.just("turns"), st.integers(0, 5)),
        st.tuples(st.just("leaves"), st.sampled_from(MEMBERS)),
        st.tuples(st.just("changes role"), st.sampled_from(MEMBERS)),
    ),
    min_size=1,
    max_size=5,
)


def changed(value: Proposal, kind: str, what: Any) -> Proposal:
    """The bid after an amendment of its call, or a change among its partners."""
    questions = value.opportunity.questions
    if kind == "asks":
        questions = tuple(QUESTIONS[at] for at in what)
    elif kind == "turns":
        questions = tuple(replace(q, per_member=q.per_member != (q.id == f"question-{what}")) for q in questions)
    elif kind == "leaves":
        value = with_partner(value, what, status=c.PartnerStatus.WITHDRAWN)
    else:
        value = with_partner(value, what, role=c.PartnerRole.SUBCONTRACTOR)
    return followed(replace(value, opportunity=replace(value.opportunity, questions=questions)))


def with_partner(value: Proposal, partner_id: str, **fields: Any) -> Proposal:
    return replace(value, partners=tuple(replace(p, **fields) if p.id == partner_id else p for p in value.partners))


def followed(value: Proposal) -> Proposal:
    """The bid with its sections as the call wants them now; each new one is written at once, and none is emptied."""
    wanted = planned(value)
    changes = compare([now(section) for section in value.sections], wanted)
    limits = dict(changes.changed)
    kept = [
        replace(each, lot_id=limits[each.id].lot_id, limit=limits[each.id].limit) if each.id in limits else each
        for each in value.sections
    ]
    added = [written(each, len(kept) + at) for at, each in enumerate(changes.added)]
    return replace(value, sections=(*kept, *added))


def planned(value: Proposal) -> tuple[PlannedSection, ...]:
    return plan(value.opportunity.questions, (), value.lot_ids, [p.id for p in value.partners if p.in_core])


def now(section: Section) -> SectionNow:
    names = ("id", "key", "title", "position", "required", "question_id", "lot_id", "partner_id", "limit")
    return SectionNow(*(getattr(section, name) for name in names))


def written(wanted: PlannedSection, at: int) -> Section:
    text = {"type": "text", "text": f"MARKER{at} stands here"}
    return Section(
        f"s{at:03}", wanted.key, wanted.title, c.SectionState.DONE, wanted.required, wanted.position, wanted.question_id,
        wanted.lot_id, wanted.partner_id, limit=wanted.limit, counts=Counts(3, 20, 1),
        content={"type": "doc", "content": [{"type": "paragraph", "content": [text]}]},
    )  # fmt: skip


def started() -> Proposal:
    whole = s.bare()
    call = replace(whole.opportunity, questions=tuple(QUESTIONS[:5]))
    return followed(replace(whole, opportunity=call, sections=(), lot_ids=(s.LOT_A,)))


def marks(text: str | bytes) -> set[str]:
    return set(MARK.findall(text.decode() if isinstance(text, bytes) else text))


def everywhere(value: Proposal) -> dict[str, set[str]]:
    """The texts that stand in each format."""
    document = build_document(value, annex_sha256=None, schedule_hashes={})
    composed = bid.compose(document, s.standing(document))
    return {
        "json": marks(canonical(document)),
        "html": marks(html.render(composed)),
        "md": marks(markdown.render(composed)),
        "docx": marks(read.of_docx(docx.render(composed))),
        "odt": marks(read.of_odt(odt.render(composed))),
        "answers.json": marks(answers.as_json(document)),
        "answers.csv": marks(answers.as_csv(document)),
        "answers.txt": marks(answers.as_txt(document)),
    }


def asked(value: Proposal) -> set[str]:
    """The texts of the sections that the call's plan has."""
    wanted = {(each.question_id or each.key, each.partner_id) for each in planned(value)}
    return {
        mark
        for each in value.sections
        if (each.question_id or each.key, each.partner_id) in wanted
        for mark in marks(json.dumps(each.content))
    }


@examples(30)
@given(amendments)
def test_after_any_amendments_what_is_asked_stands_in_every_format_and_nothing_else_does(
    steps: list[tuple[str, Any]],
) -> None:
    value = started()
    for kind, what in steps:
        value = changed(value, kind, what)
    expected = asked(value)
    assert everywhere(value) == dict.fromkeys(everywhere(value), expected)


@pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed: PDF text not read back")
def test_a_withdrawn_answer_is_not_in_the_pdf_either() -> None:
    value = changed(started(), "asks", [0, 1])
    document = build_document(value, annex_sha256=None, schedule_hashes={})
    found = marks(read.of_pdf(pdf.render(bid.compose(document, s.standing(document))).data))
    assert found == asked(value) == marks(canonical(document))
    assert len(found) < len(value.sections)


def test_a_claim_of_confidentiality_on_a_withdrawn_answer_leaves_the_bid_with_it() -> None:
    value = started()
    first = next(each for each in value.sections if each.question_id == "question-0")
    claim = replace(s.proposal().confidentiality_claims[0], pointer=f"/sections/{first.id}")
    value = replace(value, confidentiality_claims=(claim,))
    claims = [
        build_document(v, annex_sha256=None, schedule_hashes={})["confidentiality_claims"]
        for v in (value, changed(value, "asks", [1]))
    ]
    assert [len(each) for each in claims] == [1, 0]
