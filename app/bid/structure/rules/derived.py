"""What follows from the facts of a structure: who signs, who may submit, whose finances count, who is liable to whom.

Everything here is read from the facts and the present partners, never from the template's name. Lists hold partner ids in
the order of the partners, so the same facts always give the same answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.bid.value import Partner, Structure
from app.platform.access.ids import Id
from app.platform.words.codes import Liability, PartnerRole, VehicleStatus

COMMISSIONER = "commissioner"
VEHICLE = "vehicle"


@dataclass(frozen=True, slots=True)
class Duty:
    """`partner_id` (None: the vehicle) is liable `to` the commissioner, the vehicle or another partner.

    `extent` is `whole` (for everything, perhaps together with others), `own_part`, or `shared` (risk and reward pooled).
    """

    partner_id: Id | None
    to: str
    to_partner_id: Id | None
    extent: str
    sentence: str


@dataclass(frozen=True, slots=True)
class LeadReplacement:
    """How the lead is replaced: by a decision that any of `called_by` may call and in which `without_veto` has no veto.

    The partners in `authorities_lapse` gave the present lead an authority, which lapses and is asked for again.
    """

    called_by: tuple[Id, ...]
    voters: tuple[Id, ...]
    without_veto: Id | None
    authorities_lapse: tuple[Id, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Derived:
    """The answers. Those that name partners hold partner ids. `subject_to_incorporation`: a vehicle is to be formed."""

    must_sign: tuple[Id, ...]
    may_submit: tuple[Id, ...]
    assessed: tuple[Id, ...]
    liable_to: tuple[Duty, ...]
    lead_replacement: LeadReplacement
    subject_to_incorporation: bool = False
    signing_words: str = ""
    """What is added to the words of a signature, or empty."""


def derive(structure: Structure, partners: Iterable[Partner]) -> Derived:
    """The derived answers. Partners that left or never accepted appear in none of them."""
    everyone = tuple(partners)
    accepted = tuple(p for p in everyone if p.accepted)
    forming = _forming(structure)
    must_sign = _must_sign(structure, accepted)
    return Derived(
        must_sign=must_sign,
        may_submit=_may_submit(structure, accepted, must_sign),
        assessed=_assessed(structure, accepted),
        liable_to=_duties(structure, accepted),
        lead_replacement=_lead_replacement(structure, accepted),
        subject_to_incorporation=forming,
        signing_words=_signing_words(structure) if forming else "",
    )


def _forming(structure: Structure) -> bool:
    return structure.vehicle is not None and structure.vehicle.status is VehicleStatus.TO_BE_FORMED


def _those(accepted: Sequence[Partner], wanted: Iterable[Id]) -> tuple[Id, ...]:
    chosen = set(wanted)
    return tuple(p.id for p in accepted if p.id in chosen)


def _must_sign(structure: Structure, accepted: Sequence[Partner]) -> tuple[Id, ...]:
    """The lead and every member, and whoever contracts, is named to sign, or owns a vehicle to be formed.

    A body that does not exist yet cannot sign, and a person who signs for it is bound personally (Companies Act 2006
    s51). So its owners sign, each for itself.
    """
    wanted = {p.id for p in accepted if p.in_core} | set(structure.contracting) | set(structure.also_signing)
    if structure.vehicle is not None and _forming(structure):
        wanted |= set(structure.vehicle.owners)
    return _those(accepted, wanted)


def _may_submit(structure: Structure, accepted: Sequence[Partner], must_sign: tuple[Id, ...]) -> tuple[Id, ...]:
    """The partners named and still in the bid, otherwise all that must sign, otherwise all, so that it is never nobody."""
    return _those(accepted, structure.submitting) or must_sign or tuple(p.id for p in accepted)


def _contractors(structure: Structure, accepted: Sequence[Partner]) -> tuple[Id, ...]:
    return _those(accepted, structure.contracting)


def _owners(structure: Structure, accepted: Sequence[Partner]) -> tuple[Id, ...]:
    return _those(accepted, structure.vehicle.owners) if structure.vehicle else ()


def _assessed(structure: Structure, accepted: Sequence[Partner]) -> tuple[Id, ...]:
    """The partners whose finances a commissioner would look at.

    They are those that contract, the owners of a vehicle (which has no record or reserves of its own), with shared risk
    all that are paid, and those relied on to meet a condition of participation.
    """
    wanted = set(_contractors(structure, accepted)) | set(_owners(structure, accepted))
    if structure.liability is Liability.SHARED:
        wanted |= set(structure.paid)
    wanted |= {p.id for p in accepted if p.relied_on_for}
    return _those(accepted, wanted)


def _duties(structure: Structure, accepted: Sequence[Partner]) -> tuple[Duty, ...]:
    contractors = _contractors(structure, accepted)
    names = {p.id: p.name for p in accepted}
    duties = [_to_commissioner(structure, partner_id, names[partner_id], contractors) for partner_id in contractors]
    duties += _vehicle_duties(structure, accepted, names)
    if structure.liability is Liability.SHARED and not contractors and structure.vehicle is None:
        return ()
    above = _above(structure, contractors, accepted)
    contracting = set(contractors)
    for partner in accepted:
        if partner.id not in contracting and partner.role is not PartnerRole.ASSOCIATE:
            duties += _down_the_line(structure, partner, above, names)
    return tuple(duties)


def _to_commissioner(structure: Structure, partner_id: Id, name: str, contractors: tuple[Id, ...]) -> Duty:
    if structure.liability is Liability.SHARED:
        return Duty(partner_id, COMMISSIONER, None, "shared", f"{name} shares risk and reward with the commissioner.")
    if structure.liability in (Liability.SEVERAL, Liability.VEHICLE) and len(contractors) > 1:
        return Duty(partner_id, COMMISSIONER, None, "own_part", f"{name} answers to the commissioner for its own part.")
    if structure.liability is Liability.JOINT_AND_SEVERAL and len(contractors) > 1:
        sentence = f"{name} answers to the commissioner for the whole contract, also for what the others fail to do."
        return Duty(partner_id, COMMISSIONER, None, "whole", sentence)
    if structure.liability is Liability.CONTRACTOR and len(contractors) > 1:
        return Duty(partner_id, COMMISSIONER, None, "own_part", f"{name} answers to the commissioner for its contract.")
    return Duty(partner_id, COMMISSIONER, None, "whole", f"{name} answers to the commissioner for the whole contract.")


def _vehicle_duties(structure: Structure, accepted: Sequence[Partner], names: dict[Id, str]) -> list[Duty]:
    if structure.vehicle is None:
        return []
    name = structure.vehicle.name or "The new body"
    duties = [Duty(None, COMMISSIONER, None, "whole", f"{name} answers to the commissioner for the whole contract.")]
    if _forming(structure):
        duties += [
            Duty(
                owner,
                COMMISSIONER,
                None,
                "own_part",
                f"Until {name} exists, {names[owner]} answers for what it signs itself, subject to incorporation.",
            )
            for owner in _owners(structure, accepted)
            if owner not in structure.contracting
        ]
    return duties


def _above(structure: Structure, contractors: tuple[Id, ...], accepted: Sequence[Partner]) -> tuple[Id, ...]:
    """The partners to whom those that do not contract answer: the contractors, but the lead alone where it is one."""
    lead = tuple(p.id for p in accepted if p.role is PartnerRole.LEAD and p.id in contractors)
    if structure.liability in (Liability.JOINT_AND_SEVERAL, Liability.SHARED):
        return contractors
    return lead or contractors


def _down_the_line(structure: Structure, partner: Partner, above: tuple[Id, ...], names: dict[Id, str]) -> list[Duty]:
    if partner.role is PartnerRole.SUBCONTRACTOR and partner.main_contractor_id in names:
        above = (partner.main_contractor_id,)
    elif structure.vehicle is not None and not above:
        vehicle = structure.vehicle.name or "the new body"
        sentence = f"{partner.name} answers to {vehicle} for its own part, as their agreement says."
        return [Duty(partner.id, VEHICLE, None, "own_part", sentence)]
    return [
        Duty(
            partner.id,
            "partner",
            to,
            "own_part",
            f"{partner.name} answers to {names[to]} for its own part, as their agreement says.",
        )
        for to in above
        if to != partner.id
    ]


def _lead_replacement(structure: Structure, accepted: Sequence[Partner]) -> LeadReplacement:
    """The lead is replaced by a decision of lead and members in which it votes without a veto, whatever the template."""
    core = tuple(p for p in accepted if p.in_core)
    lead = next((p for p in core if p.role is PartnerRole.LEAD), None)
    others = tuple(p.id for p in core if lead is None or p.id != lead.id)
    sentence = (
        "Any member may call a decision to replace the lead. "
        + (f"{lead.name} votes in it but cannot veto it. " if lead else "There is no lead now, so it should be soon. ")
        + "Roles change at once, and the written authorities given to the old lead are asked for again."
    )
    if structure.lead_replacement_markdown:
        sentence += " The partners agreed more about it in their terms."
    return LeadReplacement(
        called_by=tuple(p.id for p in core),
        voters=tuple(p.id for p in core),
        without_veto=lead.id if lead else None,
        authorities_lapse=others if lead else (),
        sentence=sentence,
    )


def _signing_words(structure: Structure) -> str:
    name = structure.vehicle.name if structure.vehicle and structure.vehicle.name else "the new body"
    return f"We sign for ourselves, subject to incorporation of {name}."
