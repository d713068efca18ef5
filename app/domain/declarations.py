"""What one contribution or expectation must be like to stand, whoever makes it and whatever the others say.

Every rule answers with all faults at once, each with a JSON Pointer into the declaration, so that a form or a
batch can show them together. What others may see of it stands in `sight.py`, what changed in `differences.py`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from app.domain.codes import Certainty, ContributionKind, ExpectationKind, TargetType
from app.domain.errors import Fault
from app.domain.ids import Id
from app.domain.money import format_amount
from app.domain.proposal import Contribution, Expectation, Target

MOST_MONEY = 10**12
"""The most that one declaration can be worth, in minor units (£10bn): beyond it a digit was typed twice."""
MOST_QUANTITY = Decimal(10**7)
LONGEST_TITLE = 300
LONGEST_TEXT = 4000

EARLIEST = date(2000, 1, 1)
BEFORE_THE_DEADLINE = timedelta(days=2 * 366)
"""Work on a bid (bid writing, a pilot, cover for cash flow) can come before its contract, but not by more than this."""
AFTER_THE_DEADLINE = timedelta(days=25 * 366)

MONEY_KINDS = frozenset({ContributionKind.CASH, ContributionKind.MATCH_FUNDING})

_T = TargetType
_WORDS = frozenset({_T.TEXT, _T.RIGHT})
TARGETS: Mapping[ExpectationKind, frozenset[TargetType]] = {
    ExpectationKind.FUNDING_SHARE: frozenset({_T.PERCENT, _T.MONEY, _T.TEXT}),
    ExpectationKind.FULL_COST_RECOVERY: frozenset({_T.PERCENT, _T.MONEY}) | _WORDS,
    ExpectationKind.PAYMENT_TERMS: frozenset({_T.DAYS}) | _WORDS,
    ExpectationKind.DECISION_VOICE: frozenset({_T.VOTES, _T.PERCENT, _T.COUNT}) | _WORDS,
    ExpectationKind.DELIVERY_ROLE: frozenset({_T.PERCENT, _T.MONEY, _T.HOURS, _T.DAYS, _T.COUNT}) | _WORDS,
    ExpectationKind.CREDIT: frozenset({_T.COUNT}) | _WORDS,
    ExpectationKind.REFERRALS: frozenset({_T.COUNT, _T.PERCENT}) | _WORDS,
    ExpectationKind.CAPACITY_BUILDING: frozenset({_T.HOURS, _T.DAYS, _T.COUNT, _T.MONEY}) | _WORDS,
    ExpectationKind.DATA_ACCESS: frozenset({_T.DAYS, _T.COUNT}) | _WORDS,
    ExpectationKind.INTELLECTUAL_PROPERTY: frozenset({_T.PERCENT}) | _WORDS,
    ExpectationKind.STAFFING: frozenset({_T.HOURS, _T.DAYS, _T.COUNT, _T.MONEY}) | _WORDS,
    ExpectationKind.EXCLUSIVITY: frozenset({_T.DAYS}) | _WORDS,
    ExpectationKind.INFORMATION: frozenset({_T.DAYS, _T.HOURS, _T.COUNT}) | _WORDS,
    ExpectationKind.QUALITY_STANDARD: frozenset({_T.PERCENT, _T.COUNT, _T.DAYS}) | _WORDS,
    ExpectationKind.USER_INFLUENCE: frozenset({_T.VOTES, _T.PERCENT, _T.COUNT, _T.HOURS}) | _WORDS,
    ExpectationKind.INDEPENDENCE: _WORDS,
    ExpectationKind.EXIT: frozenset({_T.DAYS, _T.MONEY}) | _WORDS,
    ExpectationKind.LEGACY_ASSETS: frozenset({_T.COUNT, _T.PERCENT, _T.MONEY}) | _WORDS,
    ExpectationKind.RISK_CAP: frozenset({_T.PERCENT, _T.MONEY}) | _WORDS,
    ExpectationKind.OTHER: frozenset(TargetType),
}
"""Which forms of target each kind of expectation can take: money is not asked for in days, nor votes in pounds."""

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
        *_measure(contribution),
        *_words_of(contribution),
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
    """Quantity × unit value in minor units, exactly; None where either is missing or no whole penny comes out."""
    if contribution.quantity is None or contribution.unit_value is None:
        return None
    exact = contribution.quantity * contribution.unit_value
    return int(exact) if exact == exact.to_integral_value() else None


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
    for pointer, amount in (("/value", contribution.value), ("/unit_value", contribution.unit_value)):
        if amount is not None and not 0 <= amount <= MOST_MONEY:
            yield Fault(pointer, "out-of-bounds", f"An amount lies between 0 and {format_amount(MOST_MONEY)}.")
    if contribution.quantity is None or contribution.unit_value is None:
        return
    exact = contribution.quantity * contribution.unit_value
    if exact != contribution.value:
        whole = product(contribution)
        no_pence = "does not come to whole pence, so leave one of them out"
        comes_to = f"comes to {format_amount(whole)}" if whole is not None else no_pence
        yield Fault(
            "/value",
            "not-the-product",
            f"The value must be exactly quantity × unit value, which {comes_to}; {format_amount(contribution.value)} "
            "was given.",
        )


def _measure(contribution: Contribution) -> Faults:
    quantity = contribution.quantity
    if quantity is None:
        return
    if not 0 < quantity <= MOST_QUANTITY:
        yield Fault("/quantity", "out-of-bounds", f"A quantity is more than 0 and at most {MOST_QUANTITY}.")


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
    allowed = TARGETS[kind]
    if target.type not in allowed:
        names = ", ".join(sorted(t.value for t in allowed))
        yield Fault("/target/type", "target-type", f"{kind.value} is measured as one of: {names}.")
        return
    if target.type is TargetType.MONEY:
        if target.amount is None or not 0 < target.amount <= MOST_MONEY:
            yield Fault("/target/value", "out-of-bounds", "The amount is more than 0 and has at most ten digits.")
    elif target.type in (TargetType.TEXT, TargetType.RIGHT):
        if not (target.text or "").strip():
            yield Fault("/target/value", "required", "Say in words what would meet it.")
        elif len(target.text or "") > LONGEST_TEXT:
            yield Fault("/target/value", "too-long", f"Keep it within {LONGEST_TEXT} characters.")
    else:
        yield from _number(kind, target)


def _number(kind: ExpectationKind, target: Target) -> Faults:
    number = target.number
    if number is None or number < 0 or number > MOST_QUANTITY:
        yield Fault("/target/value", "out-of-bounds", f"A number between 0 and {MOST_QUANTITY} is expected.")
    elif number == 0 and kind is not ExpectationKind.PAYMENT_TERMS:
        yield Fault("/target/value", "out-of-bounds", "A target of nothing would always be met.")
    elif target.type is TargetType.PERCENT and number > 100:
        yield Fault("/target/value", "over-the-whole", "A share is at most 100 per cent.")
    elif target.type is TargetType.VOTES and number != number.to_integral_value():
        yield Fault("/target/value", "not-whole", "Votes come in whole numbers.")
    elif target.type is TargetType.DAYS and number > 3660:
        yield Fault("/target/value", "out-of-bounds", "Ten years are the most days that a target can name.")
