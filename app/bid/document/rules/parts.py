"""The parts of the bid document that are facts of the proposal: call, partners, structure, text, outcomes."""

from collections.abc import Sequence

from app.bid.document.rules.values import Json, instant, quantity
from app.bid.outcomes.rules import delivered_by, for_commissioner
from app.bid.structure.rules import derive
from app.bid.value import Partner, Proposal, Section
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity


def opportunity(proposal: Proposal) -> Json:
    call = proposal.opportunity
    return {
        "id": call.id,
        "title": call.title,
        "buyer": call.buyer_name,
        "ocid": call.ocid,
        "procurement_reference": call.procurement_reference,
        "regime": call.regime,
        "price_detail": call.price_detail.value,
        "amendment": proposal.answers_amendment - proposal.amendment_shift,
        "route": call.route.kind.value,
        "submission_deadline": instant(call.submission_deadline),
        "time_zone": call.time_zone,
    }


def heading(proposal: Proposal) -> Json:
    contact, until = proposal.contact, proposal.offer_valid_until
    return {
        "id": proposal.id,
        "title": proposal.title,
        "language": proposal.language,
        "currency": proposal.currency,
        "contact": contact
        and {"name": contact.name, "role": contact.role, "email": contact.email, "telephone": contact.telephone},
        "offer_valid_until": until.isoformat() if until else None,
    }


def partner(partner: Partner, lead: Partner | None, lot_ids: Sequence[Id]) -> Json:
    authority = partner.authority
    if authority and (lead is None or authority.for_lead_partner_id != lead.id):
        authority = None
    return {
        "id": partner.id,
        "organisation_id": partner.organisation_id,
        "name": partner.name,
        "short_name": partner.short_name,
        "role": partner.role.value,
        "main_contractor_id": partner.main_contractor_id,
        "relied_on_for": partner.relied_on_for,
        "legal_form": partner.legal_form.value,
        "size_band": partner.size_band.value if partner.size_band else None,
        "identifiers": [{"scheme": i.scheme, "id": i.id} for i in partner.identifiers],
        "registered_address": partner.registered_address,
        "verification": {
            "level": partner.verification.level.value,
            "by": partner.verification.by,
            "at": instant(partner.verification.at),
        },
        "proposed_work_markdown": partner.proposed_work_markdown,
        "lot_ids": [lot_id for lot_id in lot_ids if lot_id in partner.lot_ids],
        "areas": list(partner.areas),
        "people_reached": partner.people_reached,
        "founding_aims": partner.founding_aims,
        "aims_statement_markdown": partner.aims_statement_markdown,
        "authority": None
        if authority is None
        else {
            "full_name": authority.full_name,
            "role_title": authority.role_title,
            "at": instant(authority.at),
            "document_id": authority.document_id,
        },
    }


def structure(proposal: Proposal) -> Json:
    facts = proposal.structure
    derived = derive(facts, proposal.partners)
    vehicle = facts.vehicle
    return {
        "template": facts.template.value if facts.template else None,
        "contracting_partner_ids": list(facts.contracting),
        "paid_partner_ids": list(facts.paid),
        "submitting_partner_ids": list(facts.submitting),
        "liability": facts.liability.value if facts.liability else None,
        "decision_rule": facts.decision_rule.value if facts.decision_rule else None,
        "weights": {partner_id: format_quantity(weight) for partner_id, weight in facts.weights.items()},
        "quorum": facts.quorum,
        "reserved_matters": [matter.value for matter in facts.reserved_matters],
        "vehicle": vehicle
        and {"name": vehicle.name, "status": vehicle.status.value, "owner_partner_ids": list(vehicle.owners)},
        "payment_days": facts.payment_days,
        "payment_in_arrears": facts.payment_in_arrears,
        "flow_down": facts.flow_down,
        "exit_terms_markdown": facts.exit_terms_markdown,
        "terms_markdown": facts.terms_markdown,
        "custom_markdown": facts.custom_markdown,
        "lead_replacement_markdown": facts.lead_replacement_markdown,
        "escalation_markdown": facts.escalation_markdown,
        "data_holder_ids": list(facts.data_holder_ids),
        "must_sign": list(derived.must_sign),
        "may_submit": list(derived.may_submit),
        "liable_to": [
            {"partner_id": duty.partner_id, "to": duty.to, "to_partner_id": duty.to_partner_id, "extent": duty.extent}
            for duty in derived.liable_to
        ],
    }


def position(section: Section) -> tuple[int, Id]:
    return section.position, section.id


def section(section: Section, proposal: Proposal) -> Json:
    question = next((q for q in proposal.opportunity.questions if q.id == section.question_id), None)
    return {
        "id": section.id,
        "key": section.key,
        "title": section.title,
        "question": question
        and {
            "key": question.key,
            "prompt_markdown": question.prompt_markdown,
            "weight": quantity(question.weight),
        },
        "lot_id": section.lot_id,
        "partner_id": section.partner_id,
        "limit": section.limit and {"unit": section.limit.unit.value, "value": section.limit.value},
        "counts": {
            "words": section.counts.words,
            "characters": section.counts.characters,
            "pages": section.counts.pages,
        },
        "content": section.content,
    }


def outcomes(proposal: Proposal) -> list[Json]:
    """Those for the commissioner, each with the partners that have said themselves that they deliver it."""
    return [
        {
            "id": o.id,
            "framework": o.framework,
            "outcome": o.outcome,
            "indicator": o.indicator,
            "unit": o.unit,
            "baseline": quantity(o.baseline),
            "target": quantity(o.target),
            "target_date": o.target_date.isoformat() if o.target_date else None,
            "method": o.method,
            "partner_ids": list(delivered_by(o, proposal)),
            "lot_id": o.lot_id,
        }
        for o in for_commissioner(proposal)
    ]
