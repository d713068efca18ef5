"""What speaks for an organisation's joining a call, and what against it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from app.platform.access.money import format_amount
from app.platform.words.codes import FitAgainst, FitReason, LegalForm, SizeBand

TIMES = 10
"""So many times its yearly income, and a contract is out of reach for an organisation alone."""
SOON_DAYS = 10
"""With so few days left, a joint bid can hardly be agreed and signed."""
UP_TO = {
    SizeBand.MICRO: 10**6,
    SizeBand.SMALL: 10**7,
    SizeBand.MEDIUM: 10**8,
    SizeBand.LARGE: 10**9,
    SizeBand.MAJOR: 10**10,
}
"""The yearly income, in minor units, that organisations of a size have at most."""
NOT_FOR_VCSE = frozenset({LegalForm.COMPANY, LegalForm.PUBLIC_BODY})

WEIGHTS: Mapping[str, int] = {
    FitReason.YOUR_SERVICES: 6,
    FitReason.IN_YOUR_AREA: 5,
    FitReason.WITHIN_YOUR_SIZE: 3,
    FitReason.LOT_WITHIN_YOUR_SIZE: 3,
    FitReason.OPEN_ROLE: 3,
    FitReason.FOR_VCSE: 2,
    FitReason.JOINT_BIDS_WELCOME: 1,
    FitAgainst.TEN_TIMES_YOUR_INCOME: -5,
    FitAgainst.OUTSIDE_YOUR_AREA: -5,
    FitAgainst.JOINT_BIDS_FORBIDDEN: -2,
    FitAgainst.TURNOVER_DEMANDED: -1,
    FitAgainst.CLOSING_SOON: -1,
}
"""How much each counts towards the order. What one searched for in the title counts for as much as one's services."""

_SUM = re.compile(r"£\s?([0-9][0-9,]*(?:\.[0-9]+)?)\s*(k|m|bn|million|thousand)?\b", re.IGNORECASE)
_TIMES = {"": 1, "k": 10**3, "thousand": 10**3, "m": 10**6, "million": 10**6, "bn": 10**9}
_TURNOVER = re.compile(
    r"(?<!staff )(?<!labour )(?<!employee )\bturnover\b(?! of (?:staff|employees|tenan))", re.IGNORECASE
)
_NEAR = 160
"""Characters before and after the word in which the sum that is meant stands."""


def size_of(annual_income: int | None, band: str | None) -> int | None:
    """What an organisation earns in a year, as far as it has said: its income, or the most for its size."""
    return annual_income if annual_income else UP_TO.get(SizeBand(band)) if band else None


@dataclass(frozen=True, slots=True)
class Turnover:
    """A yearly turnover that bidders are asked to have. `minor` is None where the text gives no sum."""

    minor: int | None


def turnover_demanded(text: str) -> Turnover | None:
    """What the text asks for; None where it does not speak of turnover, or means that of staff."""
    found = None
    for match in _TURNOVER.finditer(text):
        found = found or Turnover(None)
        before = text[max(match.start() - _NEAR, 0) : match.start()].rpartition(". ")[2]
        after = text[match.end() : match.end() + _NEAR].partition(". ")[0]
        sums = [(one.start(), one) for one in _SUM.finditer(after)]
        sums += [(len(before) - one.end(), one) for one in _SUM.finditer(before)]
        nearest = min(sums, key=lambda one: one[0], default=None)
        if nearest is not None and (minor := _minor(nearest[1][1], nearest[1][2])) is not None:
            return Turnover(minor)
    return found


def _minor(figure: str, unit: str | None) -> int | None:
    try:
        return int(Decimal(figure.replace(",", "")) * _TIMES[(unit or "").lower()] * 100)
    except InvalidOperation:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a call's fit is told from. `held` are the codes that hold by its row; sums are minor units."""

    held: frozenset[str]
    currency: str
    ceiling: int | None
    least_lot: int | None
    lots_within: int
    closes: datetime | None
    text: str


@dataclass(frozen=True, slots=True)
class Point:
    """One reason, with the figures that its sentence names."""

    code: str
    figures: dict[str, str]


def fit(call: Call, size: int | None) -> tuple[list[Point], list[Point]]:
    """The reasons for and against, the weightiest first. `size` is what the organisation earns in a year."""
    figures = {
        "sum": _money(call.ceiling, call.currency),
        "lot": _money(call.least_lot, call.currency),
        "income": _money(size, call.currency),
        "lots": str(call.lots_within),
    }
    codes: set[str] = set(call.held)
    asked = turnover_demanded(call.text)
    codes.discard(FitAgainst.TURNOVER_DEMANDED)
    if asked is not None and (asked.minor is None or size is None or asked.minor > size):
        codes.add(FitAgainst.TURNOVER_DEMANDED)
        figures["turnover"] = _money(asked.minor, call.currency)
    ordered = sorted(codes, key=lambda code: (-abs(WEIGHTS[code]), code))
    reasons = [Point(code, figures) for code in ordered if WEIGHTS[code] > 0]
    return reasons, [Point(code, figures) for code in ordered if WEIGHTS[code] < 0]


def _money(minor: int | None, currency: str) -> str:
    if minor is None:
        return ""
    amount = f"{minor // 100:,}" if minor % 100 == 0 else f"{minor // 100:,}" + format_amount(minor)[-3:]
    return f"£{amount}" if currency == "GBP" else f"{amount} {currency}"
