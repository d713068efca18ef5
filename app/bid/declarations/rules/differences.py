"""What changed between two versions of a declaration: field, before, after, in the words and forms of the wire.

After the reveal every change shows to all as a difference. What the others never see (`sight.hidden_fields`) is
in no difference of theirs, and where nothing else changed there is none to show at all: no event, no revision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.bid.declarations.rules.rate_privacy import hidden_fields
from app.bid.value import Contribution, Expectation, Target
from app.platform.access.money import format_amount, format_quantity

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` is None where the declaration is new, `after` where it was deleted."""

    field: str
    before: Any
    after: Any


def money_wire(minor: int | None, currency: str) -> Wire | None:
    return None if minor is None else {"amount": format_amount(minor), "currency": currency}


def target_wire(target: Target | None, currency: str) -> Wire | None:
    """`{type, value}`: Money for money, words for text and rights, else a decimal string."""
    if target is None:
        return None
    value: Any = target.text
    if target.amount is not None:
        value = money_wire(target.amount, currency)
    elif target.number is not None:
        value = format_quantity(target.number)
    return {"type": target.type.value, "value": value}


def contribution_fields(contribution: Contribution, currency: str) -> Wire:
    """Everything that its owner reads of it."""
    return {
        "kind": contribution.kind.value,
        "title": contribution.title,
        "quantity": None if contribution.quantity is None else format_quantity(contribution.quantity),
        "unit": contribution.unit.value if contribution.unit else None,
        "unit_value": money_wire(contribution.unit_value, currency),
        "value": money_wire(contribution.value, currency),
        "period": {
            "start": contribution.starts.isoformat() if contribution.starts else None,
            "end": contribution.ends.isoformat() if contribution.ends else None,
        },
        "certainty": contribution.certainty.value,
        "condition": contribution.condition,
        "valuation_basis": contribution.valuation_basis,
        "lot_id": contribution.lot_id,
        "document_ids": sorted(contribution.document_ids),
        "funded_by": contribution.funded_by.value if contribution.funded_by else None,
        "shown_as": contribution.shown_as,
    }


def contribution_for_others(contribution: Contribution, currency: str) -> Wire:
    """What the other partners read of it: the same fields, null where they are the owner's own."""
    return _seen(contribution, contribution_fields(contribution, currency)) or {}


def _seen(contribution: Contribution | None, fields: Wire | None) -> Wire | None:
    if contribution is None or fields is None:
        return None
    hidden = hidden_fields(contribution)
    return {name: _HIDDEN.get(name) if name in hidden else value for name, value in fields.items()}


_HIDDEN = {"valuation_basis": ""}
"""What stands in the place of something hidden, where it is not null."""


def expectation_fields(expectation: Expectation, currency: str) -> Wire:
    return {
        "kind": expectation.kind.value,
        "title": expectation.title,
        "strength": expectation.strength.value,
        "of_partner_id": expectation.of_partner_id,
        "target": target_wire(expectation.target, currency),
        "audience": expectation.audience.value,
        "waived_reason": expectation.waived_reason,
    }


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> tuple[Difference, ...]:
    """Field by field; a new or deleted declaration differs in every field that says something."""
    old, new = before or {}, after or {}
    return tuple(
        Difference(name, old.get(name), new.get(name))
        for name in dict.fromkeys([*old, *new])
        if old.get(name) != new.get(name)
    )


def contribution_differences(
    before: Contribution | None, after: Contribution | None, currency: str
) -> tuple[tuple[Difference, ...], tuple[Difference, ...]]:
    """All that changed, for the owner; and what changed for the others, empty where only hidden figures did."""
    was, now = (contribution_fields(one, currency) if one else None for one in (before, after))
    return differences(was, now), differences(_seen(before, was), _seen(after, now))
