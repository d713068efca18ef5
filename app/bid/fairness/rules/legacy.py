"""Sustainability, knowledge and assets: what is left, and with whom, when the money ends."""

from collections.abc import Iterator
from fractions import Fraction

from app.bid.fairness.rules.finding import Audience, Evidence, Finding, is_said_to_be_small, per_cent, share
from app.bid.fairness.rules.money import full_cost_gap
from app.bid.fairness.rules.situation import Situation
from app.bid.value import Asset, Partner
from app.platform.access.ids import Id
from app.platform.access.money import format_amount
from app.platform.words.codes import CheckState, FairnessCode, PartnerRole, StandardSection

_EXIT = Evidence("/exit_plan", "the exit plan")


def sustainability(situation: Situation) -> Iterator[Finding]:
    """Look for an exit plan, what remains, reserves in months of income, and full costs (for their owner alone)."""
    yield from _plan(situation)
    for partner in situation.partners.values():
        if partner.role is PartnerRole.ASSOCIATE:
            continue
        yield from _reserves(situation, partner)
        yield from _full_cost(situation, partner)


def _plan(situation: Situation) -> Iterator[Finding]:
    proposal = situation.proposal
    plan = proposal.exit_plan
    written = any(
        section.key == StandardSection.EXIT_AND_SUSTAINABILITY and section.counts.words > 0
        for section in proposal.asked_sections
    )
    no_plan = not plan.plan_markdown.strip() and not written
    nothing_remains = not plan.what_remains_markdown.strip()
    if not no_plan and not nothing_remains:
        return
    if no_plan and nothing_remains:
        state, sentence = CheckState.SERIOUS, "There is no exit plan, and nobody says what remains when the money ends."
    elif no_plan:
        state, sentence = CheckState.ATTENTION, "There is no exit plan for when the money ends."
    else:
        state, sentence = CheckState.ATTENTION, "Nobody has said what remains for people when the money ends."
    yield Finding(
        FairnessCode.SUSTAINABILITY,
        state,
        sentence,
        "Any partner's editor writes in the exit plan who takes over what, what remains, and how it is paid for.",
        evidence=(_EXIT,),
    )


def _reserves(situation: Situation, partner: Partner) -> Iterator[Finding]:
    """For the partner alone, since it rests on its income and reserves."""
    if partner.unrestricted_reserves is None or not partner.annual_income:
        return
    if not any(situation.live.get(partner.id, {}).values()):
        return
    limits = situation.thresholds
    months = Fraction(partner.unrestricted_reserves * 12, partner.annual_income)
    if months >= limits.reserves_months_attention:
        return
    state = CheckState.SERIOUS if months < limits.reserves_months_serious else CheckState.ATTENTION
    sentence = f"{partner.name}'s reserves would not last long if a payment is late or the work ends early."
    yield Finding(
        FairnessCode.SUSTAINABILITY,
        state,
        sentence,
        f"Pay {partner.name} in advance, agree cash-flow cover from a larger partner, or a notice period with payment.",
        partner.id,
        f"{sentence} They would last {share(months)} months of its income.",
        private_figures={"reserves_months": share(months)},
        evidence=(Evidence(f"/partners/{partner.id}", "the partner's reserves and income"),),
        audience=Audience.OWNER_ALONE,
        after_reveal=True,
    )


def _full_cost(situation: Situation, partner: Partner) -> Iterator[Finding]:
    gap, cost = full_cost_gap(situation, partner.id)
    if gap <= 0:
        return
    part = Fraction(gap, cost)
    yield Finding(
        FairnessCode.SUSTAINABILITY,
        CheckState.SERIOUS if part > situation.thresholds.full_cost_gap_serious else CheckState.ATTENTION,
        f"{partner.name} would not recover its full costs.",
        "Put overheads into your price, or say which of your own money pays for the rest and for how long you can.",
        partner.id,
        f"Your lines leave {per_cent(part)} of your full cost ({format_amount(cost)}) uncovered.",
        private_figures={
            "uncovered_share": share(part),
            "uncovered": format_amount(gap),
            "full_cost": format_amount(cost),
        },
        evidence=(Evidence("/budget_lines", "your own lines"),),
        audience=Audience.OWNER_ALONE,
    )


def knowledge_and_assets(situation: Situation) -> Iterator[Finding]:
    """Look for unclear ownership, assets that pass from a small to a larger partner for nothing, and one-way learning."""
    if len(situation.partners) < 2:
        sentence = "There is one partner so far: this check starts with the second."
        yield Finding(FairnessCode.KNOWLEDGE_AND_ASSETS, CheckState.OK, sentence)
        return
    proposal = situation.proposal
    if not proposal.assets:
        yield Finding(
            FairnessCode.KNOWLEDGE_AND_ASSETS,
            CheckState.ATTENTION,
            "Nobody has said who owns what is brought in or made, now, during and after.",
            "Each partner lists in the asset register what it brings, and the partners agree who owns what is made.",
            evidence=(Evidence("/assets", "the asset register"),),
        )
    for asset in proposal.assets:
        yield from _asset(situation, asset)
    yield from _one_way(situation)


def _asset(situation: Situation, asset: Asset) -> Iterator[Finding]:
    evidence = (Evidence(f"/assets/{asset.id}", asset.name),)
    what = "piece of intellectual property" if asset.intellectual_property else "asset"
    owners = (asset.owner_now, asset.owner_during, asset.owner_after)
    giver = situation.partners.get(asset.owner_now) if asset.owner_now else None
    taker = situation.partners.get(asset.owner_after) if asset.owner_after else None
    if _passes_up(giver, taker) and giver is not None and taker is not None and not asset.in_return.strip():
        yield Finding(
            FairnessCode.KNOWLEDGE_AND_ASSETS,
            CheckState.SERIOUS,
            f"The {what} '{asset.name}' goes from {giver.name}, a small organisation, to {taker.name} for nothing.",
            f"Agree what {giver.name} gets for it, or a licence instead of a transfer, or that it goes back.",
            giver.id,
            evidence=evidence,
        )
    elif None in owners:
        yield Finding(
            FairnessCode.KNOWLEDGE_AND_ASSETS,
            CheckState.ATTENTION,
            f"It is not clear who owns the {what} '{asset.name}' now, during and after.",
            "The partner that entered it says who owns it in each of the three times.",
            asset.owner_now if giver is not None else None,
            evidence=evidence,
        )


def _passes_up(giver: Partner | None, taker: Partner | None) -> bool:
    """Whether something passes from an organisation that is said to be micro or small to one that is not."""
    return giver is not None and taker is not None and is_said_to_be_small(giver) and not is_said_to_be_small(taker)


def _one_way(situation: Situation) -> Iterator[Finding]:
    terms = [
        term
        for term in situation.proposal.knowledge_terms
        if term.from_partner_id in situation.partners and term.to_partner_id in situation.partners
    ]
    gives: dict[Id, set[Id]] = {}
    for term in terms:
        gives.setdefault(term.from_partner_id, set()).add(term.to_partner_id)
    receives = {term.to_partner_id for term in terms}
    for partner_id, others in gives.items():
        if partner_id in receives:
            continue
        giver = situation.partners[partner_id]
        up = any(_passes_up(giver, situation.partners[other]) for other in others)
        yield Finding(
            FairnessCode.KNOWLEDGE_AND_ASSETS,
            CheckState.SERIOUS if up else CheckState.ATTENTION,
            f"{giver.name} shares what it knows with others, and nothing is agreed that it learns from them.",
            f"Agree what {giver.name} learns in return: training, data, systems, or people working beside its own.",
            giver.id,
            evidence=(Evidence("/knowledge_terms", "the terms for sharing knowledge"),),
        )
