"""A bid's budget as a workbook, and what a finance officer or an attacker might do to the file."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

import openpyxl
import pytest

from app.bid.budget.rules.views import budget_view
from app.bid.budget.workbook.layout import WorkbookFacts
from app.bid.budget.workbook.reader import ReturnedSheet, read_budget_workbook
from app.bid.budget.workbook.writer import budget_workbook
from app.bid.value import BudgetLine, ConsortiumRules, HonestyRound, Lot, Opportunity, Partner, Proposal, Route
from app.bid.value.reader import Reader, ReaderKind
from app.documents.spreadsheet_guard import WorkbookRefused
from app.platform.words.codes import (
    BudgetSource,
    OpportunityMode,
    PartnerRole,
    PartnerStatus,
    PriceDetail,
    ProposalStatus,
    RoundStatus,
    VatBasis,
    VatTreatment,
)
from tests.bid.values import all_shown

ME, RIVAL = "0193-me", "0193-rival"
MADE = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
MY_SHEET = "Youth Works [North]".replace("[", " ").replace("]", " ").strip()


def line(id: str, partner: str = ME, amount: int = 100_00, **more: object) -> BudgetLine:
    fields = {"category": "staff", "year": 1, "source": BudgetSource.REQUESTED, "version": 1} | more
    return BudgetLine(id=id, partner_id=partner, amount=amount, **fields)  # type: ignore[arg-type]


LINES = (
    line("l-1", description="Two youth workers", lot_id="north", vat_treatment=VatTreatment.STANDARD, vat_amount=20_00),
    line("l-2", category="Staff", amount=33_33, year=2, source=BudgetSource.MATCH),
    line("l-3", category="rent", amount=0, source=BudgetSource.IN_KIND, year=2),
    line("l-4", category="=1+1", description="@SUM(A1)", amount=12_34, source=BudgetSource.INCOME, lot_id="south"),
    line("r-1", RIVAL, 700_00, category="secret category", lot_id="south"),
    line("r-2", RIVAL, 17_17, category="opened", year=3, visible_to=(ME,)),
)


def proposal(*lines: BudgetLine, ceiling: int | None = 900_00, vat: VatBasis = VatBasis.INCLUDED) -> Proposal:
    lots = (Lot("north", "1", "North", 500_00, VatBasis.EXCLUDED), Lot("south", "2", "South", None, VatBasis.UNKNOWN))
    call = Opportunity(
        id="call", organisation_id=None, buyer_name="Council", title="Call", ocid=None, mode=OpportunityMode.SEALED,
        regime="grant", price_detail=PriceDetail.TOTALS, lots=lots, questions=(), budget_ceiling=ceiling,
        ceiling_vat=vat, currency="GBP", required_sections=(), required_statements=(),
        consortium_rules=ConsortiumRules(), route=Route(), submission_deadline=None,
        time_zone="Europe/London", amendment=0, open_for_bids=True,
    )  # fmt: skip
    there = Proposal(
        id="bid-1", title="Early help", status=ProposalStatus.DRAFT, language="en", currency="GBP", revision=1,
        version=1, opportunity=call, lot_ids=("north", "south"),
        partners=(
            Partner(RIVAL, "o2", "Lead & Sons: 'big'", PartnerRole.LEAD, PartnerStatus.ACCEPTED),
            Partner(ME, "o1", "Youth Works [North]", PartnerRole.MEMBER, PartnerStatus.ACCEPTED),
        ),
        honesty_round=HonestyRound(RoundStatus.REVEALED), budget_lines=lines,
    )  # fmt: skip
    return all_shown(there, MADE)


def workbook(bid: Proposal, me: str = ME) -> bytes:
    view = budget_view(bid, Reader(ReaderKind.PARTNER, frozenset({me})))
    return budget_workbook(WorkbookFacts(bid, view, frozenset({me}), MADE))


def read(data: bytes, bid: Proposal | None = None) -> ReturnedSheet:
    numbers = count(1)
    [sheet] = read_budget_workbook(data, bid or proposal(*LINES), frozenset({ME}), lambda: f"new-{next(numbers)}")
    return sheet


def edited(data: bytes, change: Callable[[openpyxl.Workbook], None]) -> bytes:
    """What a spreadsheet program would save after somebody changed something."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(**cells: object) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        for cell, value in cells.items():
            book[MY_SHEET][cell] = value

    return change


def faults(data: bytes, bid: Proposal | None = None) -> list[tuple[str, str]]:
    with pytest.raises(WorkbookRefused) as caught:
        read(data, bid)
    return [(fault.pointer, fault.code) for fault in caught.value.errors]


def edited_vat(data: bytes) -> bytes:
    """VAT of the first line emptied, in the file's own XML, so that stored results stay."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts = {name: part.replace(b'<c r="H10"><v>20</v></c>', b"") for name, part in parts.items()}
    return packed(parts)


def packed(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def with_part(name: str, content: bytes = b"<x/>") -> bytes:
    return packed(parts_of(workbook(proposal(*LINES))) | {name: content})
