"""When the structure, the decision rule, an own line or a decision denies an expectation: it is `contradicted`."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from app.bid.declarations.rules.reconciliation import wording
from app.bid.declarations.rules.reconciliation.view import View
from app.bid.value import Expectation, Target
from app.platform.words.codes import (
    BudgetSource,
    DecisionRule,
    DecisionStatus,
    ExpectationKind,
    Liability,
    MetByType,
    PartnerRole,
    TargetType,
)

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Denial:
    code: str
    detail: str
    gap: Target | None = None


def denied(expectation: Expectation, view: View) -> Denial | None:
    """The first thing that denies it, or None. A waived expectation is not asked."""
    for rule in (_decided_against, _BY_KIND.get(expectation.kind)):
        if rule is not None and (denial := rule(expectation, view)):
            return denial
    return None


def _decided_against(expectation: Expectation, view: View) -> Denial | None:
    linked = [
        view.decisions[link.id]
        for link in view.links[expectation.id]
        if link.type is MetByType.DECISION and link.id is not None
    ]
    lost = [d for d in linked if d.status is DecisionStatus.FAILED]
    if not lost or len(lost) < len(view.links[expectation.id]):
        return None
    return Denial(
        "decided-against",
        f"The partners voted down '{lost[0].title}', which was to meet it. {view.name(expectation.partner_id)} brings "
        "another motion, links something else or changes the expectation.",
    )


def _payment(expectation: Expectation, view: View) -> Denial | None:
    structure, target, name = view.structure, expectation.target, view.name(expectation.partner_id)
    partner = view.partners[expectation.partner_id]
    reached = partner.id in structure.paid or structure.flow_down or structure.vehicle is not None
    if structure.paid and not reached and partner.role is not PartnerRole.ASSOCIATE:
        return Denial(
            "payment-terms-denied",
            f"{name} expects to be paid, but as the structure stands no money comes to it: it is not paid itself and "
            "nothing flows down. The partners agree how it is paid.",
        )
    days = wording.payment_days(structure)
    wanted = _number(target, TargetType.DAYS)
    if wanted is not None and days is not None and days > wanted:
        within = wording.figure(Target(TargetType.DAYS, wanted), view.currency)
        return Denial(
            "payment-terms-denied",
            f"{name} expects to be paid within {within}, and the structure pays within "
            f"{days} days. The partners agree shorter terms or cover for the time between, or {name} changes or "
            "waives it.",
            Target(TargetType.DAYS, number=days - wanted),
        )
    if structure.payment_in_arrears and wording.says(expectation, wording.ADVANCE):
        return Denial(
            "payment-terms-denied",
            f"{name} expects to be paid in advance, and the structure pays in arrears. The partners agree other terms "
            f"or cover for the time between, or {name} changes or waives it.",
        )
    return None


def voice(expectation: Expectation, view: View) -> tuple[Decimal, Decimal] | None:
    """`(own votes, all votes)` of the expectation's partner under the decision rule; None while there is no rule."""
    rule = view.structure.decision_rule
    voters = {p.id: p for p in view.voters()}
    mine = expectation.partner_id
    if rule is None:
        return None
    if rule is DecisionRule.WEIGHTED:
        weights = {i: w for i, w in view.structure.weights.items() if i in voters}
        return weights.get(mine, Decimal(0)), sum(weights.values(), Decimal(0))
    if rule is DecisionRule.LEAD_DECIDES:
        lead = mine in voters and voters[mine].role is PartnerRole.LEAD
        return Decimal(int(lead)), Decimal(1)
    return Decimal(int(mine in voters)), Decimal(len(voters))


def _voice(expectation: Expectation, view: View) -> Denial | None:
    counted = voice(expectation, view)
    rule, target, name = view.structure.decision_rule, expectation.target, view.name(expectation.partner_id)
    if counted is None or rule is None:
        return None
    own, whole = counted
    change = f"The partners agree another rule or reserve the matter, or {name} changes or waives it."
    if wording.says(expectation, wording.VETO):
        if own and (rule in (DecisionRule.CONSENSUS, DecisionRule.CONSENT) or view.structure.reserved_matters):
            return None
        return Denial("voice-denied", f"{name} expects a veto, and under '{_said(rule)}' nobody has one. {change}")
    votes, share = _number(target, TargetType.VOTES, TargetType.COUNT), _number(target, TargetType.PERCENT)
    if votes is not None and own < votes:
        wants = wording.figure(Target(TargetType.VOTES, votes), view.currency)
        has = wording.figure(Target(TargetType.VOTES, own), view.currency)
        gap = Target(target.type if target else TargetType.VOTES, number=votes - own)
        return Denial("voice-denied", f"{name} expects {wants}, and under '{_said(rule)}' it has {has}. {change}", gap)
    if share is not None and (own * HUNDRED < share * whole or not whole):
        part = own * HUNDRED / whole if whole else Decimal(0)
        wants = wording.figure(Target(TargetType.PERCENT, share), view.currency)
        has = wording.figure(Target(TargetType.PERCENT, part.quantize(wording.CENT)), view.currency)
        return Denial(
            "voice-denied",
            f"{name} expects {wants} of the say, and under '{_said(rule)}' it has {has}. {change}",
            Target(TargetType.PERCENT, number=wording.rounded_up(share - part)),
        )
    if votes is not None or share is not None or own:
        return None
    if rule is not DecisionRule.LEAD_DECIDES:
        return Denial("voice-denied", f"{name} expects a say, and under '{_said(rule)}' it has no vote. {change}")
    if not view.structure.reserved_matters:
        return Denial("voice-denied", f"{name} expects a say, and the lead decides everything. {change}")
    return None


def _risk(expectation: Expectation, view: View) -> Denial | None:
    structure, name = view.structure, view.name(expectation.partner_id)
    if structure.liability is Liability.JOINT_AND_SEVERAL and expectation.partner_id in structure.contracting:
        return Denial(
            "risk-cap-denied",
            f"{name} expects its risk to be limited, and the structure makes every contracting partner liable for the "
            f"whole contract. The partners agree another liability, or {name} does not contract itself.",
        )
    return None


def _data(expectation: Expectation, view: View) -> Denial | None:
    holders = [i for i in view.structure.data_holder_ids if i in view.here]
    if holders and expectation.partner_id not in holders and wording.claims(expectation, wording.HOLD):
        names = wording.listed([view.name(i) for i in holders])
        return Denial(
            "data-holder-denied",
            f"{view.name(expectation.partner_id)} expects to hold the data, and the structure says that {names} does. "
            "The partners agree who holds what.",
        )
    return None


def _full_cost(expectation: Expectation, view: View) -> Denial | None:
    """Judged on the partner's own lines, so for nobody but itself."""
    if expectation.partner_id not in view.own:
        return None
    target = expectation.target
    share = _number(target, TargetType.PERCENT) or HUNDRED
    linked = {link.id for link in view.links[expectation.id] if link.type is MetByType.BUDGET_LINE}
    short = sorted(
        (
            line
            for line in view.lines.values()
            if line.partner_id == expectation.partner_id
            and line.source is BudgetSource.REQUESTED
            and (not linked or line.id in linked)
            and line.full_cost is not None
            and line.amount * HUNDRED < line.full_cost * share
        ),
        key=lambda line: line.id,
    )
    if not short:
        return None
    costs = sum(line.full_cost or 0 for line in short)
    asked = sum(line.amount for line in short)
    missing = -(-(costs * share - asked * HUNDRED) // HUNDRED)
    lines = f"the line '{short[0].category}' asks" if len(short) == 1 else f"{len(short)} of your lines ask"
    return Denial(
        "cost-recovery-short",
        f"You expect your full costs, and {lines} for {wording.money(int(missing), view.currency)} less. Raise it, say "
        "who pays the rest, or waive. Only you see this.",
        Target(TargetType.MONEY, amount=int(missing)),
    )


def _number(target: Target | None, *types: TargetType) -> Decimal | None:
    return target.number if target is not None and target.type in types else None


def _said(rule: DecisionRule) -> str:
    return {
        DecisionRule.CONSENSUS: "all agree",
        DecisionRule.CONSENT: "nobody objects",
        DecisionRule.MAJORITY: "majority, one organisation one vote",
        DecisionRule.WEIGHTED: "weighted votes",
        DecisionRule.LEAD_DECIDES: "the lead decides",
    }[rule]


_BY_KIND: dict[ExpectationKind, Callable[[Expectation, View], Denial | None]] = {
    ExpectationKind.PAYMENT_TERMS: _payment,
    ExpectationKind.DECISION_VOICE: _voice,
    ExpectationKind.RISK_CAP: _risk,
    ExpectationKind.DATA_ACCESS: _data,
    ExpectationKind.FULL_COST_RECOVERY: _full_cost,
}
