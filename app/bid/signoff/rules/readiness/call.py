"""Blockers that come from the call: what changed in it, whether it still takes bids, and its rules for groups."""

from collections.abc import Iterator, Sequence
from fractions import Fraction

from app.bid.budget.rules.figures import alone, figures
from app.bid.signoff.rules.readiness.situation import Blocker, Situation, ids
from app.platform.access.lifecycle import deadline_has_passed
from app.platform.words.codes import BlockerCode, Collaboration, PartnerRole, SizeBand

_WRONG_NOTICE = (
    "The deadline of the notice that this bid follows has passed. Compare it with the published notice: if that says a later "
    "one, an editor of the lead or of a member imports it, and the partners decide to follow it (POST …/follow-notice)."
)


def call_amended(situation: Situation) -> Iterator[Blocker]:
    proposal = situation.proposal
    if proposal.answers_amendment < proposal.opportunity.amendment:
        yield Blocker(
            BlockerCode.CALL_AMENDED,
            f"{_changed(situation)}, and the signed version answers the call as it was before. A signatory withdraws that version; the "
            "partners look at the changed questions and limits, and lock the bid for signing again.",
            "/edition",
            may=ids(*situation.proposal.accepted),
        )


def _changed(situation: Situation) -> str:
    if situation.proposal.own_since is not None:
        return "The partners decided to follow another notice of the call"
    return f"The commissioner changed the call (amendment {situation.proposal.opportunity.amendment})"


def call_closed(situation: Situation) -> Iterator[Blocker]:
    call = situation.proposal.opportunity
    if deadline_has_passed(call.submission_deadline, situation.now):
        yield Blocker(
            BlockerCode.CALL_CLOSED,
            _WRONG_NOTICE
            if situation.proposal.own_since is not None
            else "The deadline has passed, so this bid can no longer go in. Nothing is left to do here; ask the "
            "commissioner if you think that the deadline is wrong.",
            "/opportunity/submission_deadline",
            may=ids(*situation.proposal.core) if situation.proposal.own_since is not None else (),
        )
    elif not call.open_for_bids:
        yield Blocker(
            BlockerCode.CALL_CLOSED,
            f"{call.buyer_name or 'The commissioner'} takes no bids for this opportunity: it is closed, cancelled, "
            "awarded or not open yet. Ask the commissioner.",
            "/opportunity/status",
        )
    elif (lots := situation.proposal.lot_ids) and not {lot.id for lot in call.lots} & set(lots):
        yield Blocker(
            BlockerCode.CALL_CLOSED,
            f"{call.buyer_name or 'The commissioner'} has ended every lot that this bid is for, and takes bids for others "
            "only. Start a new bid for one of those, or ask the commissioner.",
            "/lot_ids",
        )


def _broken(situation: Situation, name: str, detail: str) -> Blocker:
    """The lead and the members can invite others, put roles to the vote, or both."""
    at, may = f"/opportunity/consortium_rules/{name}", ids(*situation.proposal.core)
    return Blocker(f"rule-{name}", detail, at, may=may)


def consortium_rules(situation: Situation) -> Iterator[Blocker]:
    """`rule-<name>` for each rule on numbers and forms of partners that the group breaks; `min_partners` counts lead and
    members."""
    proposal = situation.proposal
    rules = proposal.opportunity.consortium_rules
    lead = proposal.lead.name if proposal.lead else "The lead"
    count = len(proposal.core)
    if rules.collaboration is Collaboration.REQUIRED and count < 2:
        yield _broken(
            situation, "collaboration", f"This call takes joint bids only. {lead} invites at least one more member."
        )
    if rules.collaboration is Collaboration.FORBIDDEN and count > 1:
        yield _broken(
            situation,
            "collaboration",
            f"This call takes no joint bids: one organisation bids, others may be subcontractors. You are {count}; the "
            "partners change roles by a decision.",
        )
    if rules.min_partners is not None and count < rules.min_partners:
        yield _broken(
            situation,
            "min_partners",
            f"The call asks for at least {rules.min_partners} partners (lead and members); you are {count}. "
            f"{lead} invites {rules.min_partners - count} more.",
        )
    if rules.max_partners is not None and count > rules.max_partners:
        yield _broken(
            situation,
            "max_partners",
            f"The call allows at most {rules.max_partners} partners (lead and members); you are {count}. The partners "
            "change a role, or one leaves.",
        )
    yield from _further_rules(situation)


def _further_rules(situation: Situation) -> Iterator[Blocker]:
    """The call's further rules that can be computed. People judge what the call says in words only."""
    proposal = situation.proposal
    extra = proposal.opportunity.consortium_rules.extra
    small = sum(partner.size_band in (SizeBand.MICRO, SizeBand.SMALL) for partner in proposal.core)
    wanted = extra.get("min_small_partners")
    if isinstance(wanted, int) and small < wanted:
        yield _broken(
            situation, "min_small_partners", f"The call asks for {wanted} small or micro partners; you have {small}."
        )
    subcontractors = sum(partner.role is PartnerRole.SUBCONTRACTOR for partner in proposal.accepted)
    allowed = extra.get("max_subcontractors")
    if isinstance(allowed, int) and not isinstance(allowed, bool) and subcontractors > allowed:
        yield _broken(
            situation,
            "max_subcontractors",
            f"The call allows {allowed} subcontractors; you have {subcontractors}. Change a role.",
        )
    forms = extra.get("lead_legal_forms")
    lead = proposal.lead
    if isinstance(forms, Sequence) and not isinstance(forms, str) and lead is not None and lead.legal_form not in forms:
        yield _broken(
            situation,
            "lead_legal_forms",
            f"The call says what kind of organisation may lead, and {lead.name} is another.",
        )


def shares_of_money(situation: Situation) -> Iterator[Blocker]:
    """The call's rules on who gets how much of the money, judged by what every partner last showed, so that all read the
    same; by its lines as they are for a lead that is alone."""
    proposal = situation.proposal
    extra = proposal.opportunity.consortium_rules.extra
    asked = figures(proposal, alone(proposal) & situation.reader.partner_ids).requested_by
    total = sum(asked.values())
    if not total:
        return
    least, most = (
        Fraction(str(extra[name])) if extra.get(name) else None for name in ("min_small_share", "max_lead_share")
    )
    small = sum(asked.get(p.id, 0) for p in proposal.accepted if p.size_band in (SizeBand.MICRO, SizeBand.SMALL))
    if least is not None and small * 100 < least * total:
        yield _broken(
            situation,
            "min_small_share",
            f"The call asks that small and micro partners together get at least {extra['min_small_share']} per cent of the "
            "money, by the totals that the partners last showed. The partners look again at who does what.",
        )
    lead = proposal.lead
    if most is not None and lead is not None and asked.get(lead.id, 0) * 100 > most * total:
        yield _broken(
            situation,
            "max_lead_share",
            f"The call allows the lead at most {extra['max_lead_share']} per cent of the money, and {lead.name} asks for "
            "more, by the totals that the partners last showed. The partners look again at who does what.",
        )
