"""How far its own links take one expectation to its target: met, partly met with the gap, or unmet.

What counts, and how far:

- a confirmed contribution counts in full, a conditional one only towards 'partly met', an aspirational one not at all;
- hours are met by hours and days by days: nothing is converted. Money given in kind is never added to cash;
- a decision that passed, and agreed terms of the structure, meet what is linked to them: the partners said so together;
- a figure that the reader may not know (another's rate, hours or lines) is taken as its owner linked it, unless the
  totals that everybody knows already show that it can't be enough. Whose figure it is, sees the exact answer.
"""

from dataclasses import dataclass, field
from decimal import Decimal

from app.bid.declarations.rules.reconciliation import wording
from app.bid.declarations.rules.reconciliation.denials import voice
from app.bid.declarations.rules.reconciliation.view import Given, Link, View
from app.bid.value import BudgetLine, Expectation, Target
from app.platform.access.ids import Id
from app.platform.words.codes import (
    BudgetSource,
    Certainty,
    DecisionStatus,
    ExpectationKind,
    ExpectationState,
    MetByType,
    TargetType,
    Unit,
)

ZERO, HUNDRED = Decimal(0), Decimal(100)

_COUNTED_UNITS = frozenset({Unit.ITEM, Unit.PLACE, Unit.OTHER, None})
_DAYS_AS_WORK = frozenset(
    {ExpectationKind.CAPACITY_BUILDING, ExpectationKind.STAFFING, ExpectationKind.DELIVERY_ROLE, ExpectationKind.OTHER}
)
"""Kinds whose days are days of work, of which more is better. In the others a day is a time within which."""

_MEASURED = frozenset(
    {TargetType.PERCENT, TargetType.HOURS, TargetType.DAYS, TargetType.COUNT, TargetType.VOTES, TargetType.MONEY}
)


@dataclass(frozen=True, slots=True)
class Judged:
    state: ExpectationState
    detail: str
    gap: Target | None = None


@dataclass(slots=True)
class Tally:
    """What the links add up to, in the target's own unit (minor units for money)."""

    firm: Decimal = ZERO
    soft: Decimal = ZERO
    in_kind: Decimal = ZERO
    """Confirmed value in kind: stands beside `firm`, never added to it."""
    agreed: bool = False
    trusted: list[Id | None] = field(default_factory=list)
    """Whose figures the reader may not know; None stands for lines of the budget."""
    uncounted: bool = False
    """Something is linked that says nothing in this unit, or only under a condition."""

    @property
    def best(self) -> Decimal:
        return max(self.firm, self.in_kind)


def measured(expectation: Expectation) -> Target | None:
    """The target where it is a figure to be reached; None where it is words, a right or a time limit."""
    target = expectation.target
    if target is None or target.type not in _MEASURED or expectation.kind is ExpectationKind.RISK_CAP:
        return None
    if target.type is TargetType.DAYS and expectation.kind not in _DAYS_AS_WORK:
        return None
    return target


def wanted(target: Target) -> Decimal:
    return Decimal(target.amount or 0) if target.type is TargetType.MONEY else (target.number or ZERO)


def judge(expectation: Expectation, view: View) -> Judged:
    """The state of an expectation that nothing denies and nobody waived."""
    links = view.links[expectation.id]
    target = measured(expectation)
    if not links:
        return _unlinked(expectation, target, view)
    if target is None:
        return _by_words(expectation, links, view)
    tally = Tally()
    for link in links:
        _add(tally, expectation, target, link, view)
    return _against(tally, expectation, target, view)


def _unlinked(expectation: Expectation, target: Target | None, view: View) -> Judged:
    name = view.name(expectation.partner_id)
    if expectation.met_by:
        detail = f"What met it is no longer there. {name} links something else that meets it, or changes it."
    else:
        who = view.name(expectation.of_partner_id) if expectation.of_partner_id else "The others"
        say = "says" if expectation.of_partner_id else "say"
        detail = f"Nothing is linked to it yet. {who} {say} what can meet it, and {name} links that."
    return Judged(ExpectationState.UNMET, detail, target)


def _by_words(expectation: Expectation, links: tuple[Link, ...], view: View) -> Judged:
    """Where the target is no figure, one thing that stands is enough; the strongest one speaks."""
    said = [_stands(link, view) for link in links]
    for state in (ExpectationState.MET, ExpectationState.PARTLY_MET):
        found = [words for found_state, words in said if found_state is state]
        if found:
            return Judged(state, f"{found[0][:1].upper()}{found[0][1:]}")
    return Judged(ExpectationState.UNMET, f"{said[0][1][:1].upper()}{said[0][1][1:]}")


def _stands(link: Link, view: View) -> tuple[ExpectationState, str]:
    met, partly, unmet = ExpectationState.MET, ExpectationState.PARTLY_MET, ExpectationState.UNMET
    if link.type is MetByType.CONTRIBUTION and link.id:
        given = view.given[link.id]
        name = view.name(given.partner_id)
        if given.certainty is Certainty.CONFIRMED:
            return met, f"{name} gives '{given.title}'."
        if given.certainty is Certainty.CONDITIONAL:
            return partly, f"{name} gives '{given.title}' under a condition. It is met when {name} confirms it."
        return unmet, f"'{given.title}' is only hoped for. It counts when {name} confirms it."
    if link.type is MetByType.DECISION and link.id:
        decision = view.decisions[link.id]
        if decision.status in (DecisionStatus.PASSED, DecisionStatus.CLOSED):
            return met, f"the partners decided '{decision.title}'."
        return unmet, f"'{decision.title}' is not decided yet. Vote on it."
    if link.type is MetByType.STRUCTURE:
        if _has_terms(view):
            return met, "the agreed structure and its terms meet it."
        return unmet, "the structure says nothing yet. The partners agree it and its terms."
    if link.type is MetByType.SECTION and link.id:
        section = view.sections[link.id]
        if section.counts.words or section.counts.characters:
            return met, f"the part '{section.title}' of the bid answers it."
        return unmet, f"the part '{section.title}' of the bid is still empty. Its writer answers it there."
    if link.type is MetByType.OUTCOME and link.id:
        return met, f"the outcome '{view.outcomes[link.id].outcome}' answers it."
    return met, "lines of the budget pay for it."


def _has_terms(view: View) -> bool:
    structure = view.structure
    return bool(
        structure.decision_rule
        or structure.liability
        or structure.terms_markdown.strip()
        or structure.custom_markdown.strip()
        or structure.exit_terms_markdown.strip()
    )


def _add(tally: Tally, expectation: Expectation, target: Target, link: Link, view: View) -> None:
    if link.type is MetByType.CONTRIBUTION and link.id:
        _add_contribution(tally, expectation, target, view.given[link.id])
    elif link.type is MetByType.BUDGET_LINE:
        _add_line(tally, expectation, target, view.lines[link.id] if link.id else None, view)
    elif link.type is MetByType.STRUCTURE:
        counted = voice(expectation, view) if expectation.kind is ExpectationKind.DECISION_VOICE else None
        if counted is not None or _stands(link, view)[0] is ExpectationState.MET:
            tally.agreed = True
        else:
            tally.uncounted = True
    elif link.type is MetByType.DECISION:
        if _stands(link, view)[0] is ExpectationState.MET:
            tally.agreed = True
    elif link.type is MetByType.OUTCOME and link.id:
        _add_outcome(tally, target, link.id, view)
    else:
        tally.uncounted = tally.uncounted or _stands(link, view)[0] is not ExpectationState.UNMET


def _add_outcome(tally: Tally, target: Target, outcome_id: Id, view: View) -> None:
    outcome = view.outcomes[outcome_id]
    in_per_cent = same_unit(outcome.unit, ("%", "percent", "per cent"))
    if outcome.target is not None and (
        (target.type is TargetType.COUNT and not in_per_cent) or (target.type is TargetType.PERCENT and in_per_cent)
    ):
        tally.firm += outcome.target
    else:
        tally.uncounted = True


def same_unit(unit: str, names: tuple[str, ...]) -> bool:
    return unit.strip().casefold() in names


def _add_contribution(tally: Tally, expectation: Expectation, target: Target, given: Given) -> None:
    if given.certainty is Certainty.ASPIRATIONAL:
        return
    firm = given.certainty is Certainty.CONFIRMED
    if not counts_in(target, given, expectation.kind):
        tally.uncounted = True
        return
    amount = amount_in(target, given)
    if amount is None:
        if not given_is_known(target, given):
            if firm:
                tally.trusted.append(given.partner_id)
            else:
                tally.uncounted = True
        else:
            tally.uncounted = True
    elif not firm:
        tally.soft += amount
    elif target.type is TargetType.MONEY and not given.in_money:
        tally.in_kind += amount
    else:
        tally.firm += amount


def counts_in(target: Target, given: Given, kind: ExpectationKind) -> bool:
    """Whether a contribution is of the sort that this target counts, known figure or not."""
    if target.type is TargetType.MONEY:
        return given.in_money or kind not in (ExpectationKind.FUNDING_SHARE, ExpectationKind.FULL_COST_RECOVERY)
    return {
        TargetType.HOURS: given.unit is Unit.HOUR,
        TargetType.DAYS: given.unit is Unit.DAY,
        TargetType.COUNT: given.unit in _COUNTED_UNITS and not given.in_money,
    }.get(target.type, False)


def amount_in(target: Target, given: Given) -> Decimal | None:
    if target.type is TargetType.MONEY:
        return None if given.value is None else Decimal(given.value)
    return given.quantity


def given_is_known(target: Target, given: Given) -> bool:
    return given.value_known if target.type is TargetType.MONEY else given.quantity_known


def _add_line(tally: Tally, expectation: Expectation, target: Target, line: BudgetLine | None, view: View) -> None:
    if line is None:
        if None not in tally.trusted:
            tally.trusted.append(None)
    elif target.type is TargetType.MONEY:
        if line.source is BudgetSource.IN_KIND:
            tally.in_kind += line.amount if expectation.kind is not ExpectationKind.FUNDING_SHARE else 0
        else:
            tally.firm += line.amount
    elif target.type is TargetType.PERCENT and expectation.kind is ExpectationKind.FULL_COST_RECOVERY:
        if line.full_cost:
            tally.firm = max(tally.firm, Decimal(line.amount) * HUNDRED / line.full_cost)
        else:
            tally.agreed = True
    elif target.type is TargetType.PERCENT and line.source is BudgetSource.REQUESTED:
        if view.requested:
            tally.firm += Decimal(line.amount) * HUNDRED / view.requested
        else:
            tally.trusted.append(None)
    else:
        tally.uncounted = True


def _against(tally: Tally, expectation: Expectation, target: Target, view: View) -> Judged:
    need = wanted(target)
    if tally.agreed:
        return Judged(ExpectationState.MET, "The partners agreed it.")
    if tally.best >= need or _exactly(tally, expectation, target, view):
        return Judged(ExpectationState.MET, f"What is linked reaches {wording.figure(target, view.currency)}.")
    if tally.trusted:
        return _on_trust(tally, expectation, target, view)
    gap = _gap(target, need - tally.best)
    short = wording.figure(gap, view.currency)
    if tally.best or tally.soft or tally.uncounted:
        detail = f"What is linked leaves {short} to find."
        if tally.soft:
            detail += " More is offered under a condition and counts once it is confirmed."
        elif not tally.best:
            detail = f"What is linked cannot be counted towards {wording.figure(target, view.currency)}."
        return Judged(ExpectationState.PARTLY_MET, detail, gap)
    return Judged(ExpectationState.UNMET, f"What is linked counts for nothing yet; {short} to find.", gap)


def _exactly(tally: Tally, expectation: Expectation, target: Target, view: View) -> bool:
    """Shares are compared by their parts, so that no rounding decides: amount × 100 ≥ per cent × total."""
    if target.type is not TargetType.PERCENT or not view.requested:
        return False
    if expectation.kind is ExpectationKind.FULL_COST_RECOVERY:
        return False
    asked = sum(
        view.lines[link.id].amount
        for link in view.links[expectation.id]
        if link.type is MetByType.BUDGET_LINE and link.id and view.lines[link.id].source is BudgetSource.REQUESTED
    )
    return bool(asked) and asked * HUNDRED >= wanted(target) * view.requested


def _on_trust(tally: Tally, expectation: Expectation, target: Target, view: View) -> Judged:
    """Figures that this reader may not know count as their owner linked them, within what everybody knows."""
    name = view.name(expectation.partner_id)
    most = _most(expectation, target, view) if None in tally.trusted else None
    if most is not None and most < wanted(target):
        gap = _gap(target, wanted(target) - most)
        state = ExpectationState.PARTLY_MET if most else ExpectationState.UNMET
        return Judged(state, f"All that {name} asks for leaves {wording.figure(gap, view.currency)} to find.", gap)
    owners = sorted({view.name(i) for i in tally.trusted if i})
    if owners:
        whose = wording.listed(owners)
        told = f"How much that is, {whose} alone sees, and is told if it falls short."
        return Judged(ExpectationState.MET, f"{name} counts on what {whose} gives. {told}")
    return Judged(ExpectationState.MET, f"Lines of the budget meet it, {name} says; their amounts are not shown.")


def _most(expectation: Expectation, target: Target, view: View) -> Decimal | None:
    """The most that the partner's own lines can come to, from the totals that every partner knows; None if unknown."""
    if expectation.kind is not ExpectationKind.FUNDING_SHARE or view.requested_by is None:
        return None
    if expectation.partner_id not in view.requested_by and view.requested is None:
        return None
    asked = Decimal(view.requested_by.get(expectation.partner_id, 0))
    if target.type is TargetType.MONEY:
        return asked
    if target.type is TargetType.PERCENT and view.requested:
        return asked * HUNDRED / view.requested
    return None


def _gap(target: Target, missing: Decimal) -> Target:
    if target.type is TargetType.MONEY:
        return Target(TargetType.MONEY, amount=int(missing))
    return Target(target.type, number=wording.rounded_up(missing))
