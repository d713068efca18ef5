"""The pages of a bid that is hard to print, read back from its PDF: none nearly empty, no table of money torn, no word broken
without a hyphen, nothing beyond the margins."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest

from app.documents import bid, pdf
from app.documents.blocks import Composed, strings_of
from app.documents.standing import Standing
from tests.documents import reading_back as read
from tests.documents import samples
from tests.documents import seven_partners as seven

pytestmark = pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed")

HEAD, FOOT = 62, 784
"""Points from the top: what stands above and beneath is the running head and foot."""
MARGIN = 65.2
LONGEST = 24
"""A word of more letters is an address or a fingerprint, which may be parted anywhere."""


@dataclass(frozen=True)
class Word:
    text: str
    left: float
    top: float
    right: float
    bottom: float


def words_of(data: bytes) -> list[list[Word]]:
    """Each page's words with their places, between the running heads and feet."""
    made = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=data, capture_output=True, check=True, timeout=60)
    root = ElementTree.fromstring(re.sub(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", b"", made.stdout))
    space = "{http://www.w3.org/1999/xhtml}"
    return [
        [
            word
            for each in page.iter(f"{space}word")
            if HEAD < (word := Word(each.text or "", *(float(each.get(k, "0")) for k in ("xMin", "yMin", "xMax", "yMax")))).top < FOOT
        ]
        for page in root.iter(f"{space}page")
    ]  # fmt: skip


@cache
def hard(kind: str) -> tuple[Composed, bytes, list[list[Word]]]:
    composed = _composed(kind)
    data = pdf.render(composed).data
    return composed, data, words_of(data)


def _composed(kind: str) -> Composed:
    if kind == "draft":
        return bid.compose(seven.document(edition=None), Standing())
    if kind in samples.STRUCTURES:
        made = samples.document(samples.proposal(kind))
        return bid.compose(made, samples.standing(made))
    made = seven.document()
    return bid.compose(made, seven.standing(made), language="cy" if kind == "welsh" else None)


KINDS = ("signed", "draft", "welsh", *samples.STRUCTURES)


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_but_the_last_is_less_than_a_third_full(kind: str) -> None:
    _, _, pages = hard(kind)
    full = [(max(word.bottom for word in page) - HEAD) / (FOOT - HEAD) for page in pages]
    assert [number + 1 for number, part in enumerate(full[:-1]) if part < 1 / 3] == []


@pytest.mark.parametrize("kind", KINDS)
def test_tables_of_money_stand_on_one_page(kind: str) -> None:
    composed, _, pages = hard(kind)
    texts = ["".join(word.text for word in page) for page in pages]
    tables = [b for b in composed.body if b["type"] == "dataTable" and b["total"]]
    assert len(tables) >= (2 if kind in ("signed", "welsh") else 1)
    for table in tables:
        cells = [*(c["label"] for c in table["columns"]), *(cell for row in table["rows"] for cell in row)]
        wanted = ["".join(part.split()) for part in (table["caption"], *cells)]
        assert any(all(part in text for part in wanted) for text in texts), table["caption"]


def test_four_years_of_prices_are_one_table() -> None:
    composed, _, _ = hard("signed")
    assert [b["caption"] for b in composed.body if b["type"] == "dataTable"].count("Price by partner and year") == 1


@pytest.mark.parametrize("kind", KINDS)
def test_no_word_is_broken_without_a_hyphen_and_no_name_with_one(kind: str) -> None:
    composed, _, pages = hard(kind)
    known = {bare(word) for word in _source(composed)}
    found = {bare(word.text) for page in pages for word in page if not word.text.endswith("…")}
    broken = {word for word in found if len(word) <= LONGEST and word not in known and any(map(str.isalpha, word))}
    parts_of_long = {word for word in broken if any(word in each for each in known if len(each) > LONGEST)}
    parts_of_long |= {word for word in broken if composed.draft and word in composed.draft}  # written across the page
    assert sorted(broken - parts_of_long) == []


def bare(word: str) -> str:
    """Without the signs around it: a sign after bold words is a run of its own."""
    return word.strip(".,;:()'\"“”‘’?!")


def _source(composed: Composed) -> Iterator[str]:
    """Every word that was given to the typesetter. Contents are headings, and drawings hold their own words."""
    strings = [*strings_of(composed.body), composed.title, composed.contents_title, *_inside(dict(composed.cover))]
    strings += [composed.draft or ""] + [
        word for b in composed.body if b["type"] == "facts" for row in b["rows"] for word in row
    ]
    for b in composed.body:
        if b["type"] == "figure":
            strings += ElementTree.fromstring(b["svg"]).itertext()
    for string in strings:
        yield from string.split()
        yield from re.findall(r"[^\s-]+-?", string)


def _inside(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _inside(each)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_stands_beyond_the_margins(kind: str) -> None:
    _, _, pages = hard(kind)
    beyond = [
        (number + 1, word.text)
        for number, page in enumerate(pages)
        for word in page
        if word.left < MARGIN - 1 or word.right > 595.3 - MARGIN + 1
    ]
    assert beyond == []


def test_figures_in_a_column_end_beneath_one_another_and_all_have_pence_or_none_has() -> None:
    composed, _, pages = hard("signed")
    (table,) = [b for b in composed.body if b["type"] == "dataTable" and b["caption"] == "Price by partner and year"]
    years = "Year1Year2Year3Year4Total"
    (page,) = [page for page in pages if years in "".join(word.text for word in page)]
    figures = [word for word in page if re.fullmatch(r"£[\d,]+\.\d\d", word.text)]
    assert Counter(round(word.right) for word in figures).most_common(1)[0][1] >= len(table["rows"])
    cells = [cell for row in table["rows"] for cell in row[1:] if cell != "–"]
    assert len({"." in cell for cell in cells}) == 1


def test_joint_contracting_is_drawn_with_one_bracket_under_all_who_contract() -> None:
    composed, _, _ = hard("joint_contracting")
    drawing = next(b for b in composed.body if b["type"] == "figure")
    assert "side by side; beneath all of them" in drawing["alt"]
    one, _, _ = hard("lead_provider")
    assert "side by side" not in next(b for b in one.body if b["type"] == "figure")["alt"]


def test_a_question_for_each_member_stands_once_with_the_members_under_it() -> None:
    composed, _, _ = hard("signed")
    heads = [
        ("".join(run["text"] for run in b["content"]), b["level"]) for b in composed.body if b["type"] == "heading"
    ]
    question = seven.QUESTIONS[2]
    assert [level for text, level in heads if text.startswith(question)] == [2]
    at = heads.index((question, 2))
    assert heads[at + 1 : at + 7] == [(name, 3) for name in seven.NAMES[:6]]


def test_each_statement_stands_once_with_who_answered_what() -> None:
    composed, _, _ = hard("signed")
    (table,) = [b for b in composed.body if b["type"] == "dataTable" and b["caption"] == "Each partner's answers"]
    assert len(table["rows"]) == 7
    answers = {row[0]: row[2] for row in table["rows"]}
    assert answers["Non-collusion"] in ("Yes: all partners",)
    conflicts = next(answer for answer in answers.values() if "No:" in answer)
    assert conflicts.splitlines()[-1] == f"No: {seven.NAMES[3]}"


def test_the_timeline_holds_dated_work_by_partner_and_no_halls_or_money() -> None:
    composed, _, _ = hard("signed")
    (table,) = [b for b in composed.body if b["type"] == "dataTable" and b["caption"] == "The timeline in dates"]
    whose = [row[0] for row in table["rows"] if row[0] in seven.NAMES]
    assert whose == sorted(whose, key=seven.NAMES.index) and len(whose) > 3
    assert not any("hall" in row[1] or "reserves" in row[1] for row in table["rows"])
