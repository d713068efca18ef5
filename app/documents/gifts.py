"""What is put in beside the price, summed from the contributions alone: a second list could only disagree with them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Json = Mapping[str, Any]
_KINDS: Mapping[str, Callable[[Json], bool]] = {
    "other_funding": lambda c: not c["in_kind"],
    "in_kind": lambda c: c["in_kind"] and c.get("funded_by") == "partner",
    "in_kind_other": lambda c: c["in_kind"] and c.get("funded_by") == "other",
    "in_kind_not_said": lambda c: c["in_kind"] and not c.get("funded_by"),
}


@dataclass(frozen=True, slots=True)
class Gifts:
    """By kind: the columns in which there is anything; by partner, in the document's order, its amount in each; the total."""

    kinds: tuple[str, ...]
    by_partner: tuple[tuple[str, tuple[Json, ...]], ...]
    total: tuple[Json, ...]
    by_quantity: int
    """How many state their quantity and no value, so that they are in no sum."""


def gifts(document: Json) -> Gifts:
    """What the price pays for is no gift, and in none of the sums."""
    given = [c for c in document["contributions"] if c.get("funded_by") != "price"]
    valued = [c for c in given if c["value"] and Decimal(c["value"]["amount"])]
    kinds = tuple(kind for kind, counts in _KINDS.items() if any(map(counts, valued)))
    currency = document["proposal"]["currency"]

    def sums(some: list[Json]) -> tuple[Json, ...]:
        return tuple(
            {"amount": str(sum(Decimal(c["value"]["amount"]) for c in some if _KINDS[kind](c))), "currency": currency}
            for kind in kinds
        )

    by_partner = []
    for partner in document["partners"]:
        if own := [c for c in valued if c["partner_id"] == partner["id"]]:
            by_partner.append((partner["id"], sums(own)))
    return Gifts(kinds, tuple(by_partner), sums(valued), sum(c["value"] is None for c in given))
