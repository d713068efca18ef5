"""The templates of a structure: the facts that each fills in, and how far a fact may differ before it is `custom`.

Their source is the field's table of structures (who contracts, who is paid, who is liable, who decides). 'Hub and spoke'
is left out on purpose: the term has two opposite meanings, which only the facts can tell apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.bid.value import Partner, Structure, Vehicle
from app.platform.access.ids import Id
from app.platform.words.codes import DecisionRule, Liability, PartnerRole, StructureTemplate, VehicleStatus

Choose = Callable[[Sequence[Partner]], tuple[Id, ...]]


def _lead(partners: Sequence[Partner]) -> tuple[Id, ...]:
    return tuple(p.id for p in partners if p.accepted and p.role is PartnerRole.LEAD)


def _core(partners: Sequence[Partner]) -> tuple[Id, ...]:
    return tuple(p.id for p in partners if p.in_core)


def _nobody(_partners: Sequence[Partner]) -> tuple[Id, ...]:
    return ()


_ANY_RULE = frozenset(DecisionRule)


@dataclass(frozen=True, slots=True)
class Template:
    """The facts that a template fills in, and the liabilities and decision rules that still count as this template.

    `says` is the sentence shown next to it. `contracting` and `paid` choose the partners. Where `vehicle` is true, a new
    body owned by the lead and the members contracts and is paid instead.
    """

    says: str
    contracting: Choose
    paid: Choose
    liability: Liability | None
    decision_rule: DecisionRule
    rules: frozenset[DecisionRule] = _ANY_RULE
    liabilities: frozenset[Liability] = frozenset()
    flow_down: bool = False
    vehicle: bool = False


TEMPLATES: Mapping[StructureTemplate, Template] = {
    StructureTemplate.MANAGING_AGENT: Template(
        says="One partner contracts, manages and delivers nothing itself; the others answer to it. Its board decides, "
        "with an advisory group.",
        contracting=_lead,
        paid=_lead,
        liability=Liability.CONTRACTOR,
        decision_rule=DecisionRule.LEAD_DECIDES,
        flow_down=True,
    ),
    StructureTemplate.LEAD_PROVIDER: Template(
        says="The lead contracts, is paid, delivers a part itself and passes duties and money on by agreement. It "
        "decides under the consortium agreement.",
        contracting=_lead,
        paid=_lead,
        liability=Liability.CONTRACTOR,
        decision_rule=DecisionRule.LEAD_DECIDES,
        flow_down=True,
    ),
    StructureTemplate.PRIME_AND_SUBCONTRACTORS: Template(
        says="The prime contracts, is paid and decides; the others are its subcontractors.",
        contracting=_lead,
        paid=_lead,
        liability=Liability.CONTRACTOR,
        decision_rule=DecisionRule.LEAD_DECIDES,
        rules=frozenset({DecisionRule.LEAD_DECIDES}),
        flow_down=True,
    ),
    StructureTemplate.SPECIAL_PURPOSE_VEHICLE: Template(
        says="A new body, owned by the members, contracts and is paid. What it owes stays with it; it has no record or "
        "reserves of its own, so a commissioner may ask its owners for guarantees.",
        contracting=_nobody,
        paid=_nobody,
        liability=Liability.VEHICLE,
        decision_rule=DecisionRule.MAJORITY,
        flow_down=True,
        vehicle=True,
    ),
    StructureTemplate.JOINT_CONTRACTING: Template(
        says="Every member contracts, and each is paid (or a nominee for all); usually each is liable for the whole.",
        contracting=_core,
        paid=_core,
        liability=Liability.JOINT_AND_SEVERAL,
        liabilities=frozenset({Liability.JOINT_AND_SEVERAL, Liability.SEVERAL}),
        decision_rule=DecisionRule.CONSENSUS,
    ),
    StructureTemplate.ALLIANCE: Template(
        says="One agreement with the commissioner inside it; risk and reward are shared, each has an equal say and the "
        "leadership team is unanimous. The commissioner joins when the contract is awarded.",
        contracting=_core,
        paid=_core,
        liability=Liability.SHARED,
        decision_rule=DecisionRule.CONSENSUS,
        rules=frozenset({DecisionRule.CONSENSUS, DecisionRule.CONSENT}),
    ),
    StructureTemplate.FEDERATION: Template(
        says="The members stand together; nobody contracts until a bid is formed, so before signing it must be said "
        "who does.",
        contracting=_nobody,
        paid=_nobody,
        liability=None,
        decision_rule=DecisionRule.MAJORITY,
    ),
    StructureTemplate.ACCOUNTABLE_BODY: Template(
        says="For a grant: the accountable body signs for the money, is paid and answers for it; a memorandum says how "
        "the partners decide.",
        contracting=_lead,
        paid=_lead,
        liability=Liability.CONTRACTOR,
        decision_rule=DecisionRule.MAJORITY,
        flow_down=True,
    ),
}


def fill(given: Structure, partners: Iterable[Partner], said: frozenset[str] = frozenset()) -> Structure:
    """The structure with its template's facts where `given` leaves them null or empty, and the template that it still is.

    `said` names the fields that were given as empty or false (`flow_down: false`, `vehicle.owners: []`), so that they
    stay so. With `custom`, or without a template, only what the facts imply is filled in: that money flows down from a
    paid partner that contracts to a paid one that does not.
    """
    everyone = tuple(partners)
    template = TEMPLATES.get(given.template) if given.template else None
    if template is None:
        if given.flow_down or "flow_down" in said:
            return given
        return replace(given, flow_down=_flows(given))
    owners = _core(everyone)
    vehicle = given.vehicle
    if template.vehicle and vehicle is None:
        vehicle = Vehicle(name="", status=VehicleStatus.TO_BE_FORMED, owners=owners)
    elif template.vehicle and vehicle is not None and not vehicle.owners and "vehicle.owners" not in said:
        vehicle = replace(vehicle, owners=owners)
    filled = replace(
        given,
        contracting=given.contracting or template.contracting(everyone),
        paid=given.paid or template.paid(everyone),
        liability=given.liability or template.liability,
        decision_rule=given.decision_rule or template.decision_rule,
        flow_down=given.flow_down or ("flow_down" not in said and template.flow_down),
        vehicle=vehicle,
    )
    return replace(filled, template=label(filled, everyone))


def label(structure: Structure, partners: Iterable[Partner]) -> StructureTemplate | None:
    """The template that the facts still match, `custom` where they differ from it, or None where nobody chose one."""
    chosen = structure.template
    template = TEMPLATES.get(chosen) if chosen else None
    if template is None:
        return chosen
    everyone = tuple(partners)
    same = (
        set(structure.contracting) == set(template.contracting(everyone))
        and set(structure.paid) <= set(template.paid(everyone))
        and bool(structure.paid) == bool(template.paid(everyone))
        and (structure.liability is template.liability or structure.liability in template.liabilities)
        and structure.decision_rule in template.rules
        and (structure.vehicle is not None) == template.vehicle
    )
    return chosen if same else StructureTemplate.CUSTOM


def _flows(structure: Structure) -> bool:
    contracting = set(structure.contracting)
    return bool(contracting & set(structure.paid)) and bool(set(structure.paid) - contracting)
