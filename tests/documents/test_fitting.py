"""Whatever people write finds room: nothing leaves the paper, and nothing overlaps what is next to it."""

import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.bid.value import BudgetLine, Contribution, Outcome, Partner, Proposal, Target
from app.documents import bid, figures, pdf
from app.documents.bid.reading import Reading
from app.documents.looks.template import Template
from app.documents.words import Words
from app.platform.richtext.markdown import parse
from app.platform.words import codes as c
from tests.documents import reading_back as read
from tests.documents import samples as s
from tests.documents.test_pdf import assert_valid

WORD = "Llanfairpwllgwyngyllgogerychwyrndrobwll" * 5
NAME = "The Federation of Neighbourhood Associations and Voluntary Community Organisations of the Upper and Lower Aeron Valley Ltd"
MOST = 999_999_999_999_999
"""Pence: an amount of thirteen digits before the point, the largest that is taken."""
needs_poppler = pytest.mark.skipif(not read.PDFTOTEXT, reason="pdftotext (poppler-utils) is not installed")

WRITTEN = f"""A word of two hundred letters: {WORD}.

| Activity | Responsibilities | Budget | Ceiling | Place | Checks | Languages | Date | Duties | Village | Mail | End |
|---|---|---|---|---|---|---|---|---|---|---|---|
| Implementation | safeguarding | 1,234,567.89 | £999,999,999.99 | accommodation | Safeguarding | internationalisation | \
2026-11-25 | Cyfrifoldebau | Llanfairpwll | someone@example.org | end |
| {WORD} | b | c | d | e | f | g | h | i | j | k | l |

- one
  - two
    - three
      - four
        - five
          - six
            - seven
              - eight: {WORD}

```
{"many words " * 30}
{WORD}
```
"""


def crowded(partners: int = 30, years: int = 7) -> Proposal:
    value = s.proposal()
    lead, member, *others = value.partners
    more = [
        replace(member, id=f"p-{i}", organisation_id=f"o-{i}", name=f"{i} {NAME}"[:120] if i % 2 else f"{WORD[:110]} {i}")
        for i in range(partners - 2 - len(others))
    ]  # fmt: skip
    everyone: list[Partner] = [lead, member, *others, *more]
    lines = tuple(
        BudgetLine(f"b-{i}", everyone[i % partners].id, "staff", 2027 + i // partners, c.BudgetSource.REQUESTED, MOST)
        for i in range(partners * years)
    )
    gifts = tuple(
        Contribution(
            f"c-{i}", everyone[i % partners].id, c.ContributionKind.MATCH_FUNDING, f"{NAME[:90]} {i}", MOST,
            c.Certainty.CONFIRMED, starts=date(2027, 4, 1), ends=date(2029, 3, 31),
        )
        for i in range(partners)
    )  # fmt: skip
    due = tuple(
        Outcome(f"o-{i}", "", f"Outcome {i}", "People seen", target_date=date(2029, 3, 31)) for i in range(partners)
    )
    return replace(
        value, title=f"Together for the valley: {WORD}", partners=tuple(everyone), budget_lines=lines,
        contributions=gifts, outcomes=due,
        sections=(replace(value.sections[0], content=parse(WRITTEN)), *value.sections[1:]),
        structure=replace(value.structure, custom_markdown=WRITTEN, terms_markdown=WRITTEN),
    )  # fmt: skip


def boxes(data: bytes, folder: Path) -> list[list[tuple[float, float, float, float, str]]]:
    """For each page its words: left, top, right, bottom, text."""
    (folder / "a.pdf").write_bytes(data)
    command = [str(read.PDFTOTEXT), "-bbox", str(folder / "a.pdf"), "-"]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    word = re.compile(r'<word xMin="(.+?)" yMin="(.+?)" xMax="(.+?)" yMax="(.+?)">(.*?)</word>')
    return [
        [(float(a), float(b), float(x), float(y), text) for a, b, x, y, text in word.findall(page)]
        for page in told.split("<page ")[1:]
    ]


def faults(page: list[tuple[float, float, float, float, str]], right: float) -> list[Any]:
    outside = [w for w in page if w[2] > right or w[0] < 60 or w[3] > 830 or w[1] < 15]
    found: list[Any] = [("outside", w) for w in outside]
    ordered = sorted(page)
    for i, one in enumerate(ordered):
        for other in ordered[i + 1 :]:
            if other[0] >= one[2] - 1.5:
                break
            if min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * min(one[3] - one[1], other[3] - other[1]):
                found.append(("over", one, other))
    return found


@needs_poppler
@pytest.mark.parametrize("template", [Template(), Template(size=24, minimum_size=24)], ids=["usual", "large-print"])
def test_nothing_leaves_the_line_or_lies_over_its_neighbour(template: Template, tmp_path: Path) -> None:
    document = s.document(crowded())
    composed = bid.compose(document, s.standing(document), template=template)
    made = pdf.render(composed, template=template)
    assert_valid(made.data)
    pages = boxes(made.data, tmp_path)
    assert len(pages) == made.pages > 40 and sum(map(len, pages)) > 5_000
    assert [(n, f) for n, page in enumerate(pages, 1) for f in faults(page, 595 - 65 + 2)] == []


@needs_poppler
def test_the_largest_amount_stays_whole_where_units_and_words_stand_in_its_column(tmp_path: Path) -> None:
    value = s.proposal()
    largest = Target(c.TargetType.MONEY, amount=MOST)
    gifts = tuple(
        replace(one, value=MOST, quantity=None, unit_value=None, shown_as="value") for one in value.contributions[:1]
    )
    wishes = tuple(replace(one, target=largest, audience=c.Audience.COMMISSIONER) for one in value.expectations[:1])
    value = replace(
        value, contributions=(*gifts, *value.contributions[1:]), expectations=(*wishes, *value.expectations[1:])
    )
    document = s.document(value)
    template = Template()
    made = pdf.render(bid.compose(document, s.standing(document), template=template), template=template)
    printed = [word[4] for page in boxes(made.data, tmp_path) for word in page]
    assert printed.count("£9,999,999,999,999.99") == 2


def test_drawings_of_many_rows_stay_on_one_page() -> None:
    document = s.document(crowded())
    reading = Reading(document, s.standing(document), Words.of("en"), Template())
    one_contracts = document | {"structure": document["structure"] | {"contracting_partner_ids": [s.LEAD]}}  # type: ignore[operator]
    alone = Reading(one_contracts, s.standing(document), Words.of("en"), Template())
    for drawing in (figures.money_by_partner(reading), figures.timeline(reading), figures.structure_drawing(alone)):
        assert drawing is not None
        height = re.search(r'height="(\d+)">', drawing.svg)
        assert height and 300 < int(height[1]) <= 680
    ends = [float(x) for x in re.findall(r'<text x="([\d.]+)"', str(figures.money_by_partner(reading)))]
    assert max(ends) < figures.WIDTH


@needs_poppler
def test_an_address_is_copied_as_it_was_written() -> None:
    address = f"https://example.org/{'a1b2c3d4' * 25}"
    made = pdf.render(composed(f"See {address} and <{address}>."))
    assert read.of_pdf_as_read_aloud(made.data).replace("\n", "").count(address) == 2


def composed(markdown: str) -> Any:
    document = s.document(s.with_text(s.bare(), parse(markdown)))
    return bid.compose(document, s.standing(document))


def test_many_partners_are_counted_on_the_cover_and_named_inside() -> None:
    document = s.document(crowded())
    cover = dict(bid.compose(document, s.standing(document)).cover["rows"])
    assert cover["With"] == "29 organisations"
    few = s.document()
    assert "Clwb Ieuenctid Aeron" in dict(bid.compose(few, s.standing(few)).cover["rows"])["With"]


def test_years_of_the_contract_and_frameworks_are_called_by_their_names() -> None:
    value = s.proposal()
    lines = tuple(replace(line, year=line.year - 2026) for line in value.budget_lines)
    due = replace(value.outcomes[0], framework="every_child_matters", outcome="stay_safe")
    document = s.document(replace(value, budget_lines=lines, outcomes=(due,)))
    for language, price, year, framework, outcome in (
        ("en", "for years 1 to 3 of the contract", "Year 2", "Outcomes under Every Child Matters", "Stay safe"),
        ("cy", "ar gyfer blynyddoedd 1 i 3 y contract", "Blwyddyn 2", "Every Child Matters", "Cadw'n ddiogel"),
    ):
        told = str(bid.compose(document, s.standing(document), language=language).body)
        assert price in told and f"'label': '{year}'" in told
        assert framework in told and outcome in told
        assert "every_child_matters" not in told and "stay_safe" not in told
