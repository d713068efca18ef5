"""What one contribution or expectation must be like to stand, whoever makes it and whatever the others say.

Every rule answers with all faults at once, each with a JSON Pointer into the declaration, so that a form or a
batch can show them together. What others may see of it stands in `sight.py`, what changed in `differences.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.bid.declarations.rules.rate_privacy import QUANTITY
from app.bid.value import Contribution, Expectation, Target
from app.platform.access.errors import Fault
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.words.codes import Certainty, ContributionKind, ExpectationKind, FundedBy, TargetType

LONGEST_TITLE = 300
LONGEST_TEXT = 4000

EARLIEST = date(2000, 1, 1)
BEFORE_THE_DEADLINE = timedelta(days=2 * 366)
"""Work on a bid (bid writing, a pilot, cover for cash flow) can come before its contract, but not by more than this."""
AFTER_THE_DEADLINE = timedelta(days=25 * 366)

MONEY_KINDS = frozenset({ContributionKind.CASH, ContributionKind.MATCH_FUNDING})

SHARES_OF_A_WHOLE = frozenset(
    {ExpectationKind.FUNDING_SHARE, ExpectationKind.DECISION_VOICE, ExpectationKind.DELIVERY_ROLE}
)
"""Kinds whose per cent are parts of what all partners share, and clash when they add up to more."""

Faults = Iterator[Fault]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What of a proposal bounds its declarations: its lots, its partners of any status, and the call's deadline."""

    lot_ids: frozenset[Id] = frozenset()
    partner_ids: frozenset[Id] = frozenset()
    deadline: datetime | None = None


def contribution_faults(contribution: Contribution, bounds: Bounds) -> tuple[Fault, ...]:
    """All that is wrong with one contribution within these bounds; empty when it stands."""
    return (
        *_title(contribution.title),
        *_worth(contribution),
        *_words_of(contribution),
        *_funding(contribution),
        *_period(contribution, bounds),
        *_lot(contribution, bounds),
    )


def expectation_faults(expectation: Expectation, bounds: Bounds) -> tuple[Fault, ...]:
    """All that is wrong with one expectation within these bounds; empty when it stands."""
    return (
        *_title(expectation.title),
        *_whom(expectation, bounds),
        *(_target(expectation.kind, expectation.target) if expectation.target else ()),
    )


def product(contribution: Contribution) -> int | None:
    """Quantity × unit value in minor units, exactly; None where either is missing or no whole penny comes out.

    In whole numbers, since a decimal would round the longest of them.
    """
    if contribution.quantity is None or contribution.unit_value is None:
        return None
    top, bottom = contribution.quantity.as_integer_ratio()
    whole, rest = divmod(top * contribution.unit_value, bottom)
    return None if rest else whole


def delivery_window(bounds: Bounds) -> tuple[date, date]:
    """The first and last day that a contribution to a bid for this call can name.

    From two years before the deadline (EARLIEST where there is none) to 25 years after it.
    """
    deadline = bounds.deadline.date() if bounds.deadline else None
    first = max(EARLIEST, deadline - BEFORE_THE_DEADLINE) if deadline else EARLIEST
    return first, (deadline or date(2075, 1, 1)) + AFTER_THE_DEADLINE


def _title(title: str) -> Faults:
    if not title.strip():
        yield Fault("/title", "required", "Give it a title that the others will understand.")
    elif len(title) > LONGEST_TITLE:
        yield Fault("/title", "too-long", f"Keep the title within {LONGEST_TITLE} characters.")


def _worth(contribution: Contribution) -> Faults:
    if contribution.in_money and contribution.shown_as == QUANTITY:
        yield Fault(
            "/shown_as",
            "money-shown-by-value",
            "Money is always shown to the others by its value, since the budget is held against it. Leave this out.",
        )
    if contribution.quantity is None or contribution.unit_value is None:
        return
    whole = product(contribution)
    if whole != contribution.value:
        no_pence = "does not come to whole pence, so leave one of them out"
        comes_to = f"comes to {format_amount(whole)}" if whole is not None else no_pence
        yield Fault(
            "/value",
            "not-the-product",
            f"The value must be exactly quantity × unit value, which {comes_to}; {format_amount(contribution.value)} "
            "was given.",
        )


def _words_of(contribution: Contribution) -> Faults:
    for pointer, text in (("/condition", contribution.condition), ("/valuation_basis", contribution.valuation_basis)):
        if len(text) > LONGEST_TEXT:
            yield Fault(pointer, "too-long", f"Keep it within {LONGEST_TEXT} characters.")
    if contribution.kind not in MONEY_KINDS and not contribution.valuation_basis.strip():
        yield Fault(
            "/valuation_basis",
            "valuation-basis-missing",
            "What is given in kind needs to say where its value comes from: a pay scale, a quote, a hire price list.",
        )
    if contribution.condition.strip() and contribution.certainty is Certainty.CONFIRMED:
        yield Fault(
            "/condition",
            "condition-on-confirmed",
            "It is marked as confirmed and has a condition. Mark it as conditional, or take the condition out.",
        )


def _funding(contribution: Contribution) -> Faults:
    if contribution.in_money and contribution.funded_by is FundedBy.PRICE:
        yield Fault(
            "/funded_by",
            "money-from-the-price",
            "Money that the price brings is not put in beside it. Say who else it comes from, or take the contribution out.",
        )


def _period(contribution: Contribution, bounds: Bounds) -> Faults:
    starts, ends = contribution.starts, contribution.ends
    if starts and ends and ends < starts:
        yield Fault("/period/end", "ends-before-it-starts", "The period ends before it starts.")
    first, last = delivery_window(bounds)
    for pointer, day in (("/period/start", starts), ("/period/end", ends)):
        if day is not None and not first <= day <= last:
            yield Fault(
                pointer,
                "outside-the-bid",
                f"For this bid, a date lies between {first.isoformat()} and {last.isoformat()}.",
            )


def _lot(contribution: Contribution, bounds: Bounds) -> Faults:
    if contribution.lot_id is not None and contribution.lot_id not in bounds.lot_ids:
        yield Fault("/lot_id", "not-found", "This bid is not for that lot.")


def _whom(expectation: Expectation, bounds: Bounds) -> Faults:
    if expectation.of_partner_id is None:
        return
    if expectation.of_partner_id not in bounds.partner_ids:
        yield Fault("/of_partner_id", "not-found", "There is no such partner in this bid.")
    elif expectation.of_partner_id == expectation.partner_id:
        yield Fault("/of_partner_id", "of-oneself", "An expectation is of the others; leave it out for all of them.")


def _target(kind: ExpectationKind, target: Target) -> Faults:
    if target.type is TargetType.PERCENT and kind in SHARES_OF_A_WHOLE and (target.number or 0) > 100:
        yield Fault("/target/value", "over-the-whole", "A share is at most 100 per cent.")
    if target.type not in (TargetType.TEXT, TargetType.RIGHT):
        return
    if not (target.text or "").strip():
        yield Fault("/target/value", "required", "Say in words what would meet it.")
    elif len(target.text or "") > LONGEST_TEXT:
        yield Fault("/target/value", "too-long", f"Keep it within {LONGEST_TEXT} characters.")
