"""The verbs of the structure: agree it. A decision carries the same verb out as the lead alone does."""

from decimal import Decimal
from typing import Any

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Structure as Row
from app.bid.structure import rules
from app.bid.structure.schemas import StructureIn
from app.bid.value import Proposal, Structure, Vehicle
from app.platform.access.errors import Fault, Invalid
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity
from app.platform.access.rules import Actor
from app.platform.db import event_log
from app.platform.words.codes import PartnerStatus

PRESENT = (PartnerStatus.ACCEPTED, PartnerStatus.INVITED)


def from_wire(body: StructureIn, proposal: Proposal) -> Structure:
    """The facts that `body` states, filled in by its template; 422 where it names somebody who is no partner here."""
    faults = _strangers(body, proposal)
    if faults:
        raise Invalid(errors=faults)
    vehicle, said = None, set()
    if body.vehicle is not None:
        vehicle = Vehicle(body.vehicle.name or "", body.vehicle.status, tuple(body.vehicle.owners or ()))
        said |= {"vehicle.owners"} if body.vehicle.owners is not None else set()
    if body.flow_down is not None:
        said.add("flow_down")
    given = Structure(
        template=body.template,
        contracting=tuple(body.contracting_partner_ids or ()),
        paid=tuple(body.paid_partner_ids or ()),
        submitting=tuple(body.submitting_partner_ids or ()),
        also_signing=tuple(body.also_signing_partner_ids or ()),
        liability=body.liability,
        decision_rule=body.decision_rule,
        weights={partner_id: Decimal(weight) for partner_id, weight in sorted((body.weights or {}).items())},
        quorum=body.quorum,
        reserved_matters=tuple(dict.fromkeys(body.reserved_matters or ())),
        vehicle=vehicle,
        exit_terms_markdown=body.exit_terms_markdown or "",
        terms_markdown=body.terms_markdown or "",
        custom_markdown=body.custom_markdown or "",
        payment_days=body.payment_days,
        payment_in_arrears=body.payment_in_arrears,
        flow_down=bool(body.flow_down),
        lead_replacement_markdown=body.lead_replacement_markdown or "",
        escalation_markdown=body.escalation_markdown or "",
        data_holder_ids=tuple(body.data_holder_partner_ids or ()),
        version=proposal.structure.version,
    )
    return rules.fill(given, proposal.partners, frozenset(said))


def _strangers(body: StructureIn, proposal: Proposal) -> list[Fault]:
    here = {p.id for p in proposal.partners if p.status in PRESENT}
    lists: dict[str, Any] = {
        name: getattr(body, name)
        for name in (
            "contracting_partner_ids",
            "paid_partner_ids",
            "submitting_partner_ids",
            "also_signing_partner_ids",
            "data_holder_partner_ids",
        )
    }
    lists["vehicle/owners"] = body.vehicle.owners if body.vehicle else None
    detail = "There is no such partner in this bid."
    faults = [
        Fault(f"/{name}/{index}", "not-found", detail)
        for name, ids in lists.items()
        for index, partner_id in enumerate(ids or ())
        if partner_id not in here
    ]
    return faults + [Fault(f"/weights/{i}", "not-found", detail) for i in body.weights or {} if i not in here]


def facts_of(structure: Structure) -> dict[str, Any]:
    """The facts as they are stored and sent."""
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


async def agree(
    session: AsyncSession, actor: Actor | None, proposal: Proposal, after: Structure, organisation_id: Id | None
) -> int:
    """Put it in force, with the proposal's row locked; answers its new version. No change, no version and no event."""
    was, now = facts_of(proposal.structure), facts_of(after)
    changed = {name: {"before": was[name], "after": now[name]} for name in now if was[name] != now[name]}
    if not changed:
        return proposal.structure.version
    version = proposal.structure.version + 1
    await session.execute(
        update(Row)
        .where(Row.proposal_id == proposal.id)
        .values(facts=now, version=version)
        .execution_options(synchronize_session=False)
    )
    await event_log.record(
        session,
        "proposal",
        proposal.id,
        "structure_changed",
        actor=actor,
        organisation_id=organisation_id,
        payload={"changed": changed},
    )
    return version
