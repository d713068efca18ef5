"""Blockers about the partners: who leads, who has answered, filed, read and stated, and what they still disagree about."""

from collections.abc import Iterator

from app.bid.decisions import rules as decisions
from app.bid.facilitation import rules as difficulties
from app.bid.signoff.rules.readiness.situation import Blocker, Situation, ids, listed
from app.bid.statements import rules as statements
from app.bid.structure import rules as structure
from app.bid.value.honesty import has_filed
from app.platform.access.ids import Id
from app.platform.words.codes import BlockerCode, PartnerRole, PartnerStatus
from app.platform.words.vocabularies import label


def no_lead(situation: Situation) -> Iterator[Blocker]:
    if situation.proposal.lead is None:
        yield Blocker(
            BlockerCode.NO_LEAD,
            "No partner leads this bid. Any member's editor calls a decision that names the new lead.",
            "/partners",
            may=ids(*situation.proposal.core),
        )


def authority_missing(situation: Situation) -> Iterator[Blocker]:
    """Each accepted member has to give the present lead its written authority."""
    lead = situation.proposal.lead
    if lead is None:
        return
    for partner in situation.proposal.core:
        if partner.role is not PartnerRole.MEMBER:
            continue
        given = partner.authority
        if given is None or given.for_lead_partner_id != lead.id:
            lapsed = f"{partner.name} gave its authority to an earlier lead." if given else ""
            yield Blocker(
                BlockerCode.AUTHORITY_MISSING,
                f"{lapsed} An admin or signatory of {partner.name} gives {lead.name} written authority to act for it.".strip(),
                f"/partners/{partner.id}/authority",
                partner.organisation_id,
                ids(partner),
            )


def invitation_unanswered(situation: Situation) -> Iterator[Blocker]:
    lead = situation.proposal.lead
    for partner in situation.proposal.partners:
        if partner.status is PartnerStatus.INVITED:
            yield Blocker(
                BlockerCode.INVITATION_UNANSWERED,
                f"{partner.name or 'An invited organisation'} has not answered its invitation. It accepts or declines, "
                f"or {lead.name if lead else 'an editor'} cancels it.",
                f"/partners/{partner.id}",
                partner.organisation_id,
                ids(partner, lead) if lead else ids(partner, *situation.proposal.core),
            )
        elif partner.status is PartnerStatus.TO_CONFIRM:
            yield Blocker(
                BlockerCode.INVITATION_UNANSWERED,
                f"{partner.name} accepted with a link that was mailed to somebody else. An admin or signatory of "
                f"{lead.name if lead else 'any member'} confirms that it was meant, or says no.",
                f"/partners/{partner.id}",
                lead.organisation_id if lead else None,
            )


def joined_later_and_not_filed(situation: Situation) -> Iterator[Blocker]:
    """A partner that joins after the reveal files before it sees, even where the others skipped the round."""
    for partner in situation.proposal.accepted:
        if not has_filed(partner):
            yield Blocker(
                BlockerCode.HONESTY_ROUND_OPEN,
                f"{partner.name} has not filed what it gives and expects. An admin or signatory of "
                f"{partner.name} files it.",
                f"/partners/{partner.id}",
                partner.organisation_id,
                ids(partner),
            )


def acknowledgements(situation: Situation) -> Iterator[Blocker]:
    """Each partner that must sign has to confirm that it read what the others declare now."""
    proposal = situation.proposal
    latest: dict[Id, tuple[int, tuple[Id, ...]]] = {}
    for given in proposal.acknowledgements:
        if given.as_of_revision >= latest.get(given.partner_id, (-1, ()))[0]:
            latest[given.partner_id] = (given.as_of_revision, given.outdated_by)
    names = {partner.id: partner.name for partner in proposal.partners}
    must_sign = structure.derive(proposal.structure, proposal.partners).must_sign
    for partner in proposal.accepted:
        if partner.id not in must_sign:
            continue
        revision, outdated_by = latest.get(partner.id, (None, ()))
        if revision is None:
            yield Blocker(
                BlockerCode.ACKNOWLEDGEMENT_MISSING,
                f"{partner.name} has not confirmed that it read what the others expect and contribute. Its admin or "
                "signatory reads it and confirms.",
                "/acknowledgements",
                partner.organisation_id,
                ids(partner),
            )
        elif changed := [names.get(p, "a partner that has left") for p in outdated_by if p != partner.id]:
            yield Blocker(
                BlockerCode.ACKNOWLEDGEMENT_OUTDATED,
                f"{partner.name} confirmed what it had read at revision {revision}; since then {listed(changed)} "
                f"changed what it gives or expects. An admin or signatory of {partner.name} reads it again and confirms.",
                "/acknowledgements",
                partner.organisation_id,
                ids(partner),
            )


def statement_missing(situation: Situation) -> Iterator[Blocker]:
    """Lead, members and partners whom a condition of participation rests on give each statement that the call requires."""
    for partner, key in statements.missing(situation.proposal):
        yield Blocker(
            BlockerCode.STATEMENT_MISSING,
            f"The call asks every partner for the statement '{label('statement', key.value)}'. An editor of "
            f"{partner.name} gives it.",
            f"/partners/{partner.id}/statements/{key.value}",
            partner.organisation_id,
            ids(partner),
        )


def difficulty_open(situation: Situation) -> Iterator[Blocker]:
    """Blocking difficulties that have not lapsed. All confidential ones together give one fixed blocker (rule 6)."""
    for found in difficulties.blockers(situation.proposal.difficulties, situation.now):
        yield Blocker(
            found.code,
            found.detail,
            found.difficulty_id and f"/difficulties/{found.difficulty_id}",
            may=ids(*situation.proposal.accepted) if found.difficulty_id else (),
        )


def decision_open(situation: Situation) -> Iterator[Blocker]:
    """Open motions on what the edition contains, if they can still pass: a motion that is lost holds up nothing."""
    proposal = situation.proposal
    for decision in proposal.decisions:
        if not decisions.still_blocks(decision, proposal.structure, proposal.partners):
            continue
        proposer = proposal.partner(decision.proposer_partner_id) if decision.proposer_partner_id else None
        closer = f"{proposer.name} or the facilitator" if proposer else "Its proposer or the facilitator"
        yield Blocker(
            BlockerCode.DECISION_OPEN,
            f"'{decision.title}' is not decided yet, and the signed version would contain its outcome. Those who have "
            f"not voted do so; then {closer} closes it, or it closes at its time.",
            f"/decisions/{decision.id}",
            proposer.organisation_id if proposer else None,
            ids(*decisions.outstanding(decision, proposal.accepted)) or ids(proposer),
        )
