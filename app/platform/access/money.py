"""Money is an integer number of minor units with an ISO 4217 currency; other quantities are exact decimals.

Never a float. On the wire both are decimal strings in ASCII: an amount by `AMOUNT` (two decimals in every
answer), a quantity by `QUANTITY` (up to four decimals).
"""

import re
from dataclasses import dataclass
from decimal import Decimal

AMOUNT = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?", re.ASCII)
QUANTITY = re.compile(r"(0|[1-9][0-9]{0,12})(\.[0-9]{1,4})?", re.ASCII)
AMOUNT_MAX = 10**15 - 1
"""The most minor units that `AMOUNT` can say."""


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """`minor` units (pence) of `currency`."""

    minor: int
    currency: str = "GBP"

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError("a proposal has one currency")
        return Money(self.minor + other.minor, self.currency)


def parse_amount(text: str) -> int:
    """Minor units of a decimal string that matches `AMOUNT`; ValueError otherwise."""
    if not AMOUNT.fullmatch(text):
        raise ValueError("an amount is digits with at most two decimals, such as 12345.67")
    whole, _, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def format_amount(minor: int) -> str:
    """Two decimals always; a negative difference keeps its sign."""
    sign, minor = ("-", -minor) if minor < 0 else ("", minor)
    return f"{sign}{minor // 100}.{minor % 100:02d}"


def parse_quantity(text: str) -> Decimal:
    """An exact decimal that matches `QUANTITY`; ValueError otherwise."""
    if not QUANTITY.fullmatch(text):
        raise ValueError("a quantity is digits with at most four decimals, such as 37.5")
    return Decimal(text)


def format_quantity(value: Decimal) -> str:
    """Plain notation without trailing zeros: 37.5, 40, 0.25."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def share_out(total: int, weights: list[int]) -> list[int]:
    """Split `total` by `weights` so that the parts always add up to it (largest remainder method).

    Ties go to the earlier part. With no weight at all, everything goes to the first part.
    """
    if not weights:
        return []
    whole = sum(weights)
    if whole == 0:
        return [total] + [0] * (len(weights) - 1)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
