"""The rules of one budget line: what is right, its VAT, and whether it counts.

Amounts are integer minor units of the proposal's one currency. `amount` is always net; `vat_amount` is its VAT.
"""

import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from app.bid.value import BudgetLine, Partner, Proposal
from app.bid.value.honesty import has_filed
from app.platform.access.errors import Fault
from app.platform.access.money import AMOUNT_MAX, format_amount
from app.platform.words.codes import BudgetSource, VatTreatment

MONEY_SOURCES = (BudgetSource.REQUESTED, BudgetSource.MATCH, BudgetSource.INCOME)
"""In the order in which budgets print them. What is in kind is not among them."""

VAT_PER_CENT: Mapping[str, Mapping[VatTreatment, int]] = {
    "GBP": {VatTreatment.STANDARD: 20, VatTreatment.REDUCED: 5},
}
"""Value Added Tax Act 1994 s2(1) (standard, 20 %) and s29A (reduced, 5 %). VAT in other currencies is not checked."""

CONTRACT_YEARS = range(1, 31)
"""A year counted from the start of the contract: year 1, year 2, …"""

CALENDAR_YEARS_AROUND = (-1, 30)
"""A calendar year is inside the bid from the year before the deadline to thirty years after it."""

CATEGORY_MAX, DESCRIPTION_MAX = 100, 2_000

Key = TypeVar("Key", bound=Hashable)


def vat_of(net: int, treatment: VatTreatment, currency: str) -> int | None:
    """The VAT on a net amount, with half a penny rounded up. None where the rate of this currency is not known."""
    if treatment in (VatTreatment.ZERO, VatTreatment.EXEMPT, VatTreatment.OUTSIDE_SCOPE):
        return 0
    rate = VAT_PER_CENT.get(currency, {}).get(treatment)
    return None if rate is None else (net * rate + 50) // 100


def _agrees(net: int, vat: int, treatment: VatTreatment, currency: str) -> bool:
    """Whether the VAT follows. Either neighbouring penny is right, since HMRC allows rounding down (VATREC12010)."""
    if vat_of(net, treatment, currency) is None:
        return True
    rate = VAT_PER_CENT.get(currency, {}).get(treatment, 0)
    return abs(vat * 100 - net * rate) < 100


def treatment_of(net: int, vat: int, currency: str) -> VatTreatment:
    """The treatment of a line that gives only its VAT. For a VAT that follows no rate it is `standard`, which is refused."""
    for treatment in (VatTreatment.OUTSIDE_SCOPE, VatTreatment.STANDARD, VatTreatment.REDUCED):
        if _agrees(net, vat, treatment, currency):
            return treatment
    return VatTreatment.STANDARD


def year_is_inside(year: int, proposal: Proposal) -> bool:
    """Whether this is a year of the contract (1, 2, …) or a calendar year near the bid."""
    if year in CONTRACT_YEARS:
        return True
    deadline = proposal.opportunity.submission_deadline
    if deadline is None:
        return 2000 <= year <= 2100
    before, after = CALENDAR_YEARS_AROUND
    return deadline.year + before <= year <= deadline.year + after


def line_faults(line: BudgetLine, proposal: Proposal, at: str = "") -> tuple[Fault, ...]:
    """Everything that is wrong with one line, each fault with its pointer below `at`."""
    faults: list[Fault] = []

    def wrong(field: str, code: str, detail: str) -> None:
        faults.append(Fault(f"{at}/{field}", code, detail))

    _text_faults(line, wrong)
    if not 0 <= line.amount <= AMOUNT_MAX:
        wrong("amount", "amount", "Give the net amount, zero or more, with at most 13 digits before the point.")
    if line.full_cost is not None and not line.amount <= line.full_cost <= AMOUNT_MAX:
        wrong("full_cost", "full-cost", "The full cost of a line is at least its net amount. Correct one of the two.")
    if not year_is_inside(line.year, proposal):
        wrong(
            "year", "year-outside-the-bid", f"Year {line.year} lies outside the bid. Use 1 for the first contract year."
        )
    if line.lot_id is not None and line.lot_id not in proposal.lot_ids:
        wrong("lot_id", "lot-not-in-the-bid", "This proposal does not bid for that lot. Name one of its own lots.")
    _vat_faults(line, proposal.currency, wrong)
    if line.partner_id in line.visible_to:
        wrong("visible_to", "own-partner", "Your own organisation sees its lines always. Name other partners only.")
    if len(set(line.visible_to)) != len(line.visible_to):
        wrong("visible_to", "named-twice", "Name each partner once.")
    return tuple(faults)


def _text_faults(line: BudgetLine, wrong: Callable[[str, str, str], None]) -> None:
    if not line.category.strip():
        wrong("category", "missing", "Say what the money is for, such as 'staff' or 'rent'.")
    for name, text, longest in (
        ("category", line.category, CATEGORY_MAX),
        ("description", line.description, DESCRIPTION_MAX),
    ):
        if len(text) > longest:
            wrong(name, "too-long", f"Use at most {longest} characters.")
        if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t" for c in text):
            wrong(name, "control-characters", "Take out the control characters.")


def _vat_faults(line: BudgetLine, currency: str, wrong: Callable[[str, str, str], None]) -> None:
    if not 0 <= line.vat_amount <= AMOUNT_MAX:
        wrong("vat_amount", "amount", "Give the VAT, zero or more.")
    elif not _agrees(line.amount, line.vat_amount, line.vat_treatment, currency):
        due = vat_of(line.amount, line.vat_treatment, currency) or 0
        wrong(
            "vat_amount",
            "vat-does-not-follow",
            f"VAT at '{line.vat_treatment.value}' on {format_amount(line.amount)} is {format_amount(due)}. "
            "Correct the VAT, the amount or the treatment.",
        )


def counted_lines(proposal: Proposal) -> tuple[BudgetLine, ...]:
    """The lines that count: those of accepted partners which everybody may know of."""
    accepted = {partner.id for partner in proposal.accepted}
    return tuple(line for line in proposal.budget_lines if line.revealed and line.partner_id in accepted)


def is_open(proposal: Proposal, partner: Partner) -> bool:
    """Whether the others may know of what this partner declares."""
    return proposal.revealed and has_filed(partner)


def gross(line: BudgetLine) -> int:
    return line.amount + line.vat_amount


def is_money(line: BudgetLine) -> bool:
    return line.source is not BudgetSource.IN_KIND


def summed(
    lines: Iterable[BudgetLine],
    key: Callable[[BudgetLine], Key],
    value: Callable[[BudgetLine], int] = lambda line: line.amount,
) -> dict[Key, int]:
    totals: dict[Key, int] = {}
    for line in lines:
        at = key(line)
        totals[at] = totals.get(at, 0) + value(line)
    return totals
