"""What the bid promises to change, by frameworks that are data, and how well its outcomes cover the call.

A framework is a list of outcomes, each perhaps with indicators. One is built in, and a commissioner brings in its own as
CSV. A bid may name outcomes of no known framework: they are accepted, and only left out of the coverage by framework.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from app.bid.value import Outcome, Proposal
from app.platform import csv_rows
from app.platform.access.errors import Fault, Invalid
from app.platform.access.ids import Id
from app.platform.words.codes import Audience


@dataclass(frozen=True, slots=True)
class Indicator:
    title: str
    unit: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class FrameworkOutcome:
    key: str
    title: str
    explanation: str = ""
    indicators: tuple[Indicator, ...] = ()


@dataclass(frozen=True, slots=True)
class Framework:
    """A list of outcomes. `note` says where it comes from and whether it is still in force."""

    key: str
    title: str
    note: str
    outcomes: tuple[FrameworkOutcome, ...]


EVERY_CHILD_MATTERS = Framework(
    "every_child_matters",
    "Every Child Matters",
    "England, 2004. The scheme has ended; councils and charities still use its five outcomes.",
    (
        FrameworkOutcome("be_healthy", "Be healthy"),
        FrameworkOutcome("stay_safe", "Stay safe"),
        FrameworkOutcome("enjoy_and_achieve", "Enjoy and achieve"),
        FrameworkOutcome("make_a_positive_contribution", "Make a positive contribution"),
        FrameworkOutcome("achieve_economic_well_being", "Achieve economic well-being"),
    ),
)

BUILT_IN = (EVERY_CHILD_MATTERS,)

CSV_COLUMNS = ("outcome", "explanation", "indicator", "unit", "method")
CSV_MAX_TEXT = 500


def key_of(text: str) -> str:
    """The name in lower case with `_` between words, so that 'Be healthy' and 'be-healthy' are one outcome."""
    plain = unicodedata.normalize("NFC", text).casefold()
    return re.sub(r"[\W_]+", "_", plain).strip("_")


def framework_from_csv(data: bytes, title: str) -> Framework:
    """A commissioner's own framework from a header row of `CSV_COLUMNS` (only `outcome` is needed) and a row an indicator.

    Rows with the same outcome belong together, in the order of the first of each. Raises Invalid, each fault with its row,
    for no outcome column, an unknown column, a row without an outcome, and too much of anything.
    """
    faults: list[Fault] = []
    indicators: dict[str, list[Indicator]] = {}
    found: dict[str, FrameworkOutcome] = {}
    for number, row in csv_rows.rows(data, CSV_COLUMNS, "outcome"):
        name = row.get("outcome", "")
        at = f"/rows/{number}"
        if not name or not key_of(name):
            faults.append(Fault(f"{at}/outcome", "missing", f"Row {number} names no outcome."))
            continue
        faults += [
            Fault(f"{at}/{column}", "too-long", f"Row {number}: use at most {CSV_MAX_TEXT} characters.")
            for column, text in row.items()
            if len(text) > CSV_MAX_TEXT
        ]
        key = key_of(name)
        found.setdefault(key, FrameworkOutcome(key, name, row.get("explanation", "")))
        if indicator := row.get("indicator", ""):
            indicators.setdefault(key, []).append(Indicator(indicator, row.get("unit", ""), row.get("method", "")))
    if not found and not faults:
        faults.append(Fault("/rows", "missing", "The file holds no outcome. Write one row for each."))
    if faults:
        raise Invalid("The framework could not be read. Each entry names the row.", faults)
    outcomes = tuple(
        FrameworkOutcome(each.key, each.title, each.explanation, tuple(indicators.get(each.key, ())))
        for each in found.values()
    )
    return Framework(key_of(title), title, "", outcomes)


def placed(outcome: Outcome, frameworks: Iterable[Framework] = BUILT_IN) -> tuple[Framework, FrameworkOutcome] | None:
    """The framework and outcome that a bid's outcome names by key or title, or None where it is in the bid's own words."""
    for framework in frameworks:
        if key_of(outcome.framework) in (framework.key, key_of(framework.title)):
            for each in framework.outcomes:
                if key_of(outcome.outcome) in (each.key, key_of(each.title)):
                    return framework, each
    return None


TEXT_MAX = 500
MEASURE_MAX = Decimal(10) ** 13


def outcome_faults(outcome: Outcome, proposal: Proposal, at: str = "") -> tuple[Fault, ...]:
    """Everything that is wrong with one outcome, each fault with its pointer below `at`."""
    faults: list[Fault] = []
    if not outcome.outcome.strip():
        faults.append(Fault(f"{at}/outcome", "missing", "Say it in a few words."))
    faults += [
        Fault(f"{at}/{name}", "too-long", f"Use at most {TEXT_MAX} characters.")
        for name in ("framework", "outcome", "indicator", "unit", "method")
        if len(getattr(outcome, name)) > TEXT_MAX
    ]
    faults += [
        Fault(f"{at}/{name}", "out-of-range", "Give a number, zero or more, with at most 13 digits before the point.")
        for name in ("baseline", "target")
        if (value := getattr(outcome, name)) is not None and not (value.is_finite() and 0 <= value < MEASURE_MAX)
    ]
    if outcome.lot_id is not None and outcome.lot_id not in proposal.lot_ids:
        faults.append(Fault(f"{at}/lot_id", "lot-not-in-the-bid", "This proposal does not bid for that lot."))
    if len(set(outcome.partner_ids)) != len(outcome.partner_ids):
        faults.append(Fault(f"{at}/partner_ids", "named-twice", "Name each partner once."))
    return tuple(faults)


def delivered_by(outcome: Outcome, proposal: Proposal) -> tuple[Id, ...]:
    """The partners that it names, that confirmed it themselves, and that are still in the bid."""
    accepted = {partner.id for partner in proposal.accepted}
    return tuple(p for p in outcome.partner_ids if p in outcome.confirmed_by and p in accepted)


def confirmed_after(outcome: Outcome, changed: Outcome, by: Iterable[Id]) -> tuple[Id, ...]:
    """The partners that have confirmed once `changed` replaces `outcome`: those of `by`, whose change it is, and the others
    that confirmed before, unless something is promised differently."""
    promised = ("framework", "outcome", "indicator", "unit", "baseline", "target", "target_date", "method", "lot_id")
    same = all(getattr(outcome, name) == getattr(changed, name) for name in promised)
    confirmed = set(by) | (set(outcome.confirmed_by) if same else set())
    return tuple(p for p in changed.partner_ids if p in confirmed)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Outcome ids by what they answer. What is `uncovered_…` has no outcome that a partner has confirmed."""

    by_question: Mapping[Id, tuple[Id, ...]] = field(default_factory=dict)
    by_lot: Mapping[Id, tuple[Id, ...]] = field(default_factory=dict)
    by_framework: Mapping[str, Mapping[str, tuple[Id, ...]]] = field(default_factory=dict)
    uncovered_question_ids: tuple[Id, ...] = ()
    uncovered_lot_ids: tuple[Id, ...] = ()
    without_deliverer: tuple[Id, ...] = ()
    without_measure: tuple[Id, ...] = ()
    """Outcomes without an indicator, a target and a date, so that nobody could tell later whether they came true."""


def coverage(proposal: Proposal, frameworks: Iterable[Framework] = BUILT_IN) -> Coverage:
    """How the outcomes cover the questions and lots of this bid, and each framework that it uses.

    An outcome without a lot counts for every lot. A question that asks only for facts needs no outcome, so an uncovered
    question is a hint and blocks nothing.
    """
    frameworks = tuple(frameworks)
    backed = [each for each in proposal.outcomes if delivered_by(each, proposal)]
    questions = [q for q in proposal.opportunity.questions if q.lot_id is None or q.lot_id in proposal.lot_ids]
    by_question = {q.id: tuple(o.id for o in backed if o.question_id == q.id) for q in questions}
    by_lot = {lot: tuple(o.id for o in backed if o.lot_id in (None, lot)) for lot in proposal.lot_ids}
    return Coverage(
        by_question=by_question,
        by_lot=by_lot,
        by_framework=_by_framework(backed, frameworks),
        uncovered_question_ids=tuple(q for q, found in by_question.items() if not found),
        uncovered_lot_ids=tuple(lot for lot, found in by_lot.items() if not found),
        without_deliverer=tuple(o.id for o in proposal.outcomes if not delivered_by(o, proposal)),
        without_measure=tuple(
            o.id for o in proposal.outcomes if not (o.indicator and o.target is not None and o.target_date)
        ),
    )


def _by_framework(
    outcomes: Iterable[Outcome], frameworks: tuple[Framework, ...]
) -> dict[str, Mapping[str, tuple[Id, ...]]]:
    found: dict[str, dict[str, tuple[Id, ...]]] = {}
    for outcome in outcomes:
        if place := placed(outcome, frameworks):
            framework, each = place
            rows = found.setdefault(framework.key, {row.key: () for row in framework.outcomes})
            rows[each.key] = (*rows[each.key], outcome.id)
    return dict(found)


def for_commissioner(proposal: Proposal) -> tuple[Outcome, ...]:
    """The outcomes that the commissioner gets: those whose audience it is."""
    return tuple(each for each in proposal.outcomes if each.audience is Audience.COMMISSIONER)
