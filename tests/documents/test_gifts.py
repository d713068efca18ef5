"""Help beside the price: from the contributions alone, and what the price pays for is no gift."""

import io
import re
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from app.bid.value import Contribution, Proposal
from app.documents import bid, docx, html, markdown, odt, pdf
from app.documents.gifts import gifts
from app.documents.price_workbook import price_workbook
from app.platform.words import codes as c
from tests.documents import reading_back as read
from tests.documents import samples as s

PAYERS = {"c-1": "price", "c-2": "partner", "c-3": "other", "c-4": "partner", "c-6": None, "c-7": "price"}
GAPS = re.compile("[\\s\u200b\u00ad]+")


def paid(given: Contribution) -> Contribution:
    payer = PAYERS.get(given.id)
    return replace(given, funded_by=c.FundedBy(payer) if payer else None)


def document(**changes: Any) -> dict[str, Any]:
    value: Proposal = s.proposal()
    value = replace(value, contributions=tuple(map(paid, value.contributions)), **changes)
    return dict(s.document(value))


def amounts(row: tuple[Any, ...]) -> list[str]:
    return [cell["amount"] for cell in row]


def test_sums_are_by_partner_and_payer_and_leave_out_what_the_price_pays_for() -> None:
    found = gifts(document())
    assert found.kinds == ("other_funding", "in_kind", "in_kind_other")
    assert {partner: amounts(own) for partner, own in found.by_partner} == {
        s.LEAD: ["0", "40000.00", "0"],
        s.YOUTH: ["0", "0", "9360.00"],
        s.FAMILY: ["30000.00", "0", "0"],
    }
    assert amounts(found.total) == ["30000.00", "40000.00", "9360.00"]
    assert found.by_quantity == 2, "what the price pays for is not counted among them"


def test_a_document_from_before_anybody_could_say_who_pays_says_that_nobody_said() -> None:
    old = document()
    for given in old["contributions"]:
        del given["funded_by"]
    assert gifts(old).kinds == ("other_funding", "in_kind_not_said")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_who_pays_is_printed_and_lines_in_kind_are_not(language: str) -> None:
    lines = tuple(
        replace(
            each, source=c.BudgetSource.IN_KIND, amount=7_654_300, description="A line in kind", visible_to=others(each)
        )
        if at == 0
        else each
        for at, each in enumerate(s.proposal().budget_lines)
    )
    value = document(
        budget_lines=lines, opportunity=replace(s.proposal().opportunity, price_detail=c.PriceDetail.LINES)
    )
    assert value["budget"]["total"]["in_kind"]["amount"] == "85903.00", "the lines are there"
    composed = bid.compose(value, s.standing(value), language=language)
    formats = {
        "pdf": read.of_pdf(pdf.render(composed).data), "docx": read.of_docx(docx.render(composed)),
        "odt": read.of_odt(odt.render(composed)), "html": read.of_html(html.render(composed)),
        "md": read.of_markdown(markdown.render(composed)),
    }  # fmt: skip
    payers = ["The price", "The partner itself", "Somebody else", "Not said"]
    if language == "cy":
        payers = ["Y pris", "Y partner ei hun", "Rhywun arall", "Heb ei ddweud"]
    for format, text in formats.items():
        text = GAPS.sub("", text)
        assert [words for words in [*payers, "£40,000"] if GAPS.sub("", words) not in text] == [], format
        assert "76,543" not in text and "85,903" not in text and GAPS.sub("", "A line in kind") not in text, format
    book = openpyxl.load_workbook(io.BytesIO(price_workbook(value, language) or b""))
    cells = [cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row]
    assert 40_000 in cells and 9_360 in cells and 76_543 not in cells and "A line in kind" not in cells


def others(line: Any) -> tuple[str, ...]:
    return tuple(p.id for p in s.proposal().partners if p.id != line.partner_id)
