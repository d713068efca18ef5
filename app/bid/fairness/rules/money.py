"""Dependency, payment and liability: what the money and the risk do to a partner."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from app.bid.fairness.rules.finding import (
    Audience,
    Evidence,
    Finding,
    audience_of_size,
    income_at_most,
    is_small,
    per_cent,
    share,
)
from app.bid.fairness.rules.situation import Situation
from app.bid.value import Partner
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.words.codes import CheckState, FairnessCode, Liability, PartnerRole

_BUDGET = Evidence("/budget", "the totals by partner and year")
_STRUCTURE = Evidence("/structure", "the structure")
_YOURS = "nobody else is shown this."


def _graded(value: Fraction, attention: Fraction, serious: Fraction) -> CheckState:
    """At least `serious` is serious, at least `attention` is attention."""
    if value >= serious:
        return CheckState.SERIOUS
    return CheckState.ATTENTION if value >= attention else CheckState.OK


def dependency(situation: Situation) -> Iterator[Finding]:
    """Look at the best year's income from the bid against a partner's yearly income, and at the lead's share of the money."""
    for partner in situation.partners.values():
        yield from _dependency_by_band(situation, partner)
        yield from _dependency_by_income(situation, partner)
    yield from _lead_share(situation)
    if not situation.total:
        sentence = "Nobody asks for money yet, so it cannot be told who would depend on it."
        yield Finding(FairnessCode.DEPENDENCY, CheckState.OK, sentence, evidence=(_BUDGET,), after_reveal=True)


def _dependency_by_band(situation: Situation, partner: Partner) -> Iterator[Finding]:
    """What everybody may know: what the partner showed against the most that its size band allows."""
    income = income_at_most(partner)
    if income is not None and (years := situation.requested.get(partner.id)):
        found = _dependency_of(situation, partner, max(years.values()), income, at_least="at least ")
        yield replace(
            found,
            explained=f"{found.explained} This is worked out from your size band, as everybody can.",
            audience=Audience.PARTNER_AND_FACILITATOR if found.state is CheckState.OK else Audience.EVERYBODY,
        )


def _dependency_by_income(situation: Situation, partner: Partner) -> Iterator[Finding]:
    """For the partner alone: its lines as they are now against its own yearly income."""
    income = partner.annual_income
    if income is not None and (most := max(situation.live.get(partner.id, {}).values(), default=0)):
        found = _dependency_of(situation, partner, most, income)
        yield replace(found, explained=f"{found.explained} This is worked out from your own yearly income; {_YOURS}")


def _dependency_of(situation: Situation, partner: Partner, yearly: int, income: int, at_least: str = "") -> Finding:
    limits = situation.thresholds
    dependent = Fraction(yearly, income) if income else Fraction(1)
    state = _graded(dependent, limits.income_share_attention, limits.income_share_serious)
    sentence = {
        CheckState.OK: f"{partner.name} would not depend on this bid for its income.",
        CheckState.ATTENTION: f"A good part of {partner.name}'s yearly income would come from this bid.",
        CheckState.SERIOUS: f"{partner.name} would depend on this bid for much of its yearly income.",
    }[state]
    return Finding(
        FairnessCode.DEPENDENCY,
        state,
        sentence,
        ""
        if state is CheckState.OK
        else f"Agree a notice period and an exit payment for {partner.name}, spread its part over more years, or make "
        "it smaller; its trustees look at what happens when the money ends.",
        partner.id,
        f"{sentence} In its best year the bid would bring {at_least}{per_cent(dependent)} of a year's income.",
        private_figures={
            "income_share": share(dependent),
            "estimated": "yes" if at_least else "no",
            "bid_income_in_best_year": format_amount(yearly),
            "annual_income_at_most": format_amount(income),
        },
        evidence=(_BUDGET,),
        audience=Audience.OWNER_ALONE,
        after_reveal=True,
    )


def _lead_share(situation: Situation) -> Iterator[Finding]:
    lead = situation.proposal.lead
    part = situation.money_share(lead.id) if lead is not None else None
    if lead is None or part is None or len(situation.partners) < 2:
        return
    limits = situation.thresholds
    state = _graded(part, limits.lead_share_attention, limits.lead_share_serious)
    if state is CheckState.OK:
        return
    sentence = f"{lead.name}, which leads, would get most of the money."
    if state is CheckState.SERIOUS:
        sentence = f"{lead.name}, which leads, would get nearly all of the money."
    yield Finding(
        FairnessCode.DEPENDENCY,
        state,
        sentence,
        "The partners look again at who does what for which price; where the others are named to win the bid, the "
        "budget gives them the work.",
        lead.id,
        f"{sentence} Its share of what is asked for is {per_cent(part)}.",
        {"lead_share": share(part)},
        {"lead_asks_for": format_amount(situation.asked.get(lead.id, 0))},
        (_BUDGET,),
        after_reveal=True,
    )


def payment(situation: Situation) -> Iterator[Finding]:
    """Look for late payment through another partner, and for small partners paid in arrears or under their full cost."""
    yield from _late(situation)
    structure = situation.proposal.structure
    for partner in situation.partners.values():
        if not is_small(partner) or partner.role is PartnerRole.ASSOCIATE:
            continue
        if structure.paid and partner.id not in structure.paid:
            yield from _paid_through_another(situation, partner)
        gap, cost = full_cost_gap(situation, partner.id)
        if gap > 0:
            yield Finding(
                FairnessCode.PAYMENT,
                CheckState.ATTENTION,
                f"{partner.name} would be paid less than its work costs it.",
                "Put the full cost, overheads included, into your lines, or find who pays for the rest.",
                partner.id,
                f"Your price leaves {format_amount(gap)} of a full cost of {format_amount(cost)} uncovered.",
                private_figures={"uncovered": format_amount(gap), "full_cost": format_amount(cost)},
                evidence=(Evidence("/budget_lines", "your own lines"),),
                audience=Audience.OWNER_ALONE,
            )


def _late(situation: Situation) -> Iterator[Finding]:
    structure, limits = situation.proposal.structure, situation.thresholds
    days = structure.payment_days
    through_others = [p for p in situation.partners if structure.paid and p not in structure.paid]
    if days is None or not through_others:
        return
    term = limits.statutory_payment_days.get(situation.proposal.opportunity.regime)
    if term is not None and days > term:
        state, sentence = (
            CheckState.SERIOUS,
            f"Partners would be paid after {days} days, beyond the {term} days that the law of this call allows.",
        )
    elif days > limits.payment_days_attention:
        state, sentence = CheckState.ATTENTION, f"Partners would be paid after {days} days, which is long."
    else:
        return
    yield Finding(
        FairnessCode.PAYMENT,
        state,
        sentence,
        f"Agree in the structure that partners are paid within {min(term or 30, limits.payment_days_attention)} days.",
        figures={"payment_days": str(days)} | ({"statutory_days": str(term)} if term is not None else {}),
        evidence=(_STRUCTURE,),
    )


def _paid_through_another(situation: Situation, partner: Partner) -> Iterator[Finding]:
    structure = situation.proposal.structure
    if structure.payment_in_arrears:
        yield Finding(
            FairnessCode.PAYMENT,
            CheckState.SERIOUS,
            f"{partner.name}, a small organisation, would be paid in arrears and has to find the money first.",
            f"Pay {partner.name} in advance, or agree who covers its cash flow (a contribution of that kind).",
            partner.id,
            evidence=(_STRUCTURE,),
            audience=audience_of_size(partner),
        )
    elif structure.payment_days is None:
        yield Finding(
            FairnessCode.PAYMENT,
            CheckState.ATTENTION,
            f"{partner.name}, a small organisation, is paid through another partner, and nobody has said when.",
            "Agree in the structure within how many days, and whether in advance, partners are paid on.",
            partner.id,
            evidence=(_STRUCTURE,),
            audience=audience_of_size(partner),
        )


def full_cost_gap(situation: Situation, partner_id: Id) -> tuple[int, int]:
    """What the price leaves uncovered, and the full cost, over those lines of a partner that say their full cost."""
    lines = [
        line for line in situation.proposal.budget_lines if line.partner_id == partner_id and line.full_cost is not None
    ]
    cost = sum(line.full_cost or 0 for line in lines)
    return cost - sum(line.amount for line in lines), cost


def liability(situation: Situation) -> Iterator[Finding]:
    """Look at joint and several liability against reserves and income, and for bound partners without legal personality."""
    structure = situation.proposal.structure
    bound = {p for p in structure.contracting if p in situation.partners}
    joint = structure.liability is Liability.JOINT_AND_SEVERAL
    answerable = bound or {p.id for p in situation.proposal.core} if joint else bound
    if not answerable and structure.vehicle is None:
        sentence = "It is not agreed yet who contracts and who is liable, so it cannot be told what anybody risks."
        yield Finding(FairnessCode.LIABILITY, CheckState.OK, sentence, evidence=(_STRUCTURE,))
    elif joint and not situation.total:
        sentence = "Nobody asks for money yet, so it cannot be told how much each could be liable for."
        yield Finding(FairnessCode.LIABILITY, CheckState.OK, sentence, evidence=(_BUDGET,), after_reveal=True)
    for partner_id, partner in situation.partners.items():
        if partner_id not in answerable:
            continue
        if not partner.has_legal_personality:
            yield Finding(
                FairnessCode.LIABILITY,
                CheckState.SERIOUS,
                f"{partner.name} has no legal personality: if it contracts or answers jointly, the members of its "
                "committee are liable in person.",
                f"Let {partner.name} take part without contracting (a subcontractor of a partner with legal "
                "personality), or become a charitable incorporated organisation first.",
                partner.id,
                evidence=(_STRUCTURE,),
            )
        if joint:
            yield from _exposure(situation, partner)


def _exposure(situation: Situation, partner: Partner) -> Iterator[Finding]:
    """Jointly and severally liable partners can each be asked for the whole; the whole is what the bid asks for.

    Everybody may know how the whole stands to the partner's size band. How it stands to its reserves and its income is for
    the partner alone: others move what the bid asks for, and could feel for these figures by the answer.
    """
    most = income_at_most(partner)
    if most is not None and situation.total > most:
        yield _exposed(
            partner,
            CheckState.SERIOUS,
            f"{partner.name} could be asked for more than an organisation of its size has in a whole year if another "
            "partner fails.",
            f"The whole bid asks for {format_amount(situation.total)}.",
            {"whole_bid": format_amount(situation.total)},
            Audience.EVERYBODY,
        )
    yield from _exposure_of_its_own(situation.total_as_seen_by(partner.id), partner)


def _exposure_of_its_own(exposed: int, partner: Partner) -> Iterator[Finding]:
    reserves, income = partner.unrestricted_reserves, partner.annual_income
    if exposed == 0 or (reserves is not None and exposed <= reserves):
        return
    serious = income is not None and exposed > income
    figures = {"whole_bid": format_amount(exposed)}
    if income:
        figures["exposure_to_income"] = share(Fraction(exposed, income))
    if reserves:
        figures["exposure_to_reserves"] = share(Fraction(exposed, reserves))
    told = f"your reserves are {format_amount(reserves)}" if reserves is not None else "no reserves are stated"
    yield _exposed(
        partner,
        CheckState.SERIOUS if serious else CheckState.ATTENTION,
        f"{partner.name} could be asked for more than a whole year's income if another partner fails."
        if serious
        else f"{partner.name} could be asked for more than the reserves that it has stated if another partner fails.",
        f"The whole bid asks for {format_amount(exposed)}; {told}; {_YOURS}",
        figures,
        Audience.OWNER_ALONE,
    )


def _exposed(
    partner: Partner,
    state: CheckState,
    sentence: str,
    explained: str,
    figures: dict[str, str],
    audience: Audience,
) -> Finding:
    return Finding(
        FairnessCode.LIABILITY,
        state,
        sentence,
        f"Agree several liability, a cap for {partner.name}, or insurance that covers it; its trustees take advice.",
        partner.id,
        f"{sentence} {explained}",
        private_figures=figures,
        evidence=(_STRUCTURE, _BUDGET),
        audience=audience,
        after_reveal=True,
    )
