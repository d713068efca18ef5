"""The facts of a structure as JSON: how they are stored, sent, and compared for the event log."""

from typing import Any

from app.bid.value import Structure
from app.platform.access.money import format_quantity


def facts_of(structure: Structure) -> dict[str, Any]:
    """The facts as they are stored and sent; `app.bid.records.whole_proposal.structure` reads them back."""
    vehicle = structure.vehicle
    return {
        "template": structure.template.value if structure.template else None,
        "contracting_partner_ids": list(structure.contracting),
        "paid_partner_ids": list(structure.paid),
        "submitting_partner_ids": list(structure.submitting),
        "also_signing_partner_ids": list(structure.also_signing),
        "liability": structure.liability.value if structure.liability else None,
        "decision_rule": structure.decision_rule.value if structure.decision_rule else None,
        "weights": {partner_id: format_quantity(weight) for partner_id, weight in structure.weights.items()},
        "quorum": structure.quorum,
        "reserved_matters": [matter.value for matter in structure.reserved_matters],
        "vehicle": {"name": vehicle.name, "status": vehicle.status.value, "owners": list(vehicle.owners)}
        if vehicle
        else None,
        "flow_down": structure.flow_down,
        "payment_days": structure.payment_days,
        "payment_in_arrears": structure.payment_in_arrears,
        "data_holder_partner_ids": list(structure.data_holder_ids),
        "exit_terms_markdown": structure.exit_terms_markdown,
        "terms_markdown": structure.terms_markdown,
        "custom_markdown": structure.custom_markdown,
        "lead_replacement_markdown": structure.lead_replacement_markdown,
        "escalation_markdown": structure.escalation_markdown,
    }
