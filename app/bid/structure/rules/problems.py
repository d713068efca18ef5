"""What keeps a structure from being signed: facts that are missing or contradict each other.

Each is a `Fault` with the blocker code `structure-incomplete`, a pointer to the fact, and a sentence that says who does
what next.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from app.bid.value import Partner, Structure
from app.platform.access.errors import Fault
from app.platform.access.ids import Id
from app.platform.words.codes import BlockerCode, DecisionRule, Liability, PartnerRole

CODE = BlockerCode.STRUCTURE_INCOMPLETE.value


def problems(structure: Structure, partners: Iterable[Partner]) -> tuple[Fault, ...]:
    """Every gap and contradiction in a fixed order of facts; empty when the structure can be signed."""
    everyone = tuple(partners)
    accepted = {p.id: p for p in everyone if p.accepted}
    known = {p.id: p for p in everyone}
    found: list[Fault] = []
    for rule in (_who_contracts, _who_is_paid, _roles, _liability, _decisions, _vehicle, _chains):
        found += [Fault(f"/structure/{field}", CODE, detail) for field, detail in rule(structure, accepted, known)]
    found += [Fault(f"/structure/{field}", CODE, detail) for field, detail in _terms(structure)]
    return tuple(found)


Found = Iterator[tuple[str, str]]
"""Problems, each as the name of the fact and a sentence."""
Partners = dict[Id, Partner]


def _names(ids: Iterable[Id], partners: Partners) -> str:
    names = [partners[i].name for i in ids if i in partners]
    if not names:
        return "somebody who is no partner"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _gone(ids: Sequence[Id], accepted: Partners) -> tuple[Id, ...]:
    return tuple(i for i in ids if i not in accepted)


def _who_contracts(structure: Structure, accepted: Partners, known: Partners) -> Found:
    if not any(i in accepted for i in structure.contracting) and structure.vehicle is None:
        yield (
            "contracting_partner_ids",
            "Nobody contracts with the commissioner. Agree which partner (or which new body) does, and put it into the "
            "structure.",
        )
    elif gone := _gone(structure.contracting, accepted):
        yield (
            "contracting_partner_ids",
            f"The structure says that {_names(gone, known)} contracts, but it is not a partner. Agree a structure "
            "without it.",
        )


def _who_is_paid(structure: Structure, accepted: Partners, known: Partners) -> Found:
    paid = [i for i in structure.paid if i in accepted]
    if not paid and structure.vehicle is None:
        yield "paid_partner_ids", "Nobody is paid by the commissioner. Agree which partner receives the money."
        return
    if gone := _gone(structure.paid, accepted):
        yield (
            "paid_partner_ids",
            f"The structure says that {_names(gone, known)} is paid, but it is not a partner. Agree a structure "
            "without it.",
        )
    contracting = set(structure.contracting)
    stranded = [i for i in paid if i not in contracting]
    if not stranded or (structure.vehicle is None and not contracting & set(accepted)):
        return
    source = structure.vehicle is not None or bool(contracting & set(paid))
    if not structure.flow_down:
        yield (
            "paid_partner_ids",
            f"{_names(stranded, accepted)} is to be paid but does not contract, and nothing says that duties and money "
            "flow down to it. Either it contracts too, or agree that they flow down (flow_down).",
        )
    elif not source:
        yield (
            "paid_partner_ids",
            f"Money is to flow down to {_names(stranded, accepted)}, but nobody who contracts is paid, so there is "
            "nothing to pass on. Name a contracting partner as paid.",
        )


def _roles(structure: Structure, accepted: Partners, _known: Partners) -> Found:
    for i in structure.contracting:
        partner = accepted.get(i)
        if partner and partner.role is PartnerRole.ASSOCIATE:
            yield (
                "contracting_partner_ids",
                f"{partner.name} is an associate, who supports the bid and does not contract. Change its role to "
                "member, or take it out.",
            )
        elif partner and partner.role is PartnerRole.SUBCONTRACTOR:
            yield (
                "contracting_partner_ids",
                f"{partner.name} is a subcontractor, so it contracts with its main contractor and not with the "
                "commissioner. Change its role to member, or take it out.",
            )
    for i in structure.paid:
        partner = accepted.get(i)
        if partner and partner.role is PartnerRole.ASSOCIATE:
            yield (
                "paid_partner_ids",
                f"{partner.name} is an associate, who is not paid. Change its role, or take it out.",
            )
    if gone := _gone(structure.data_holder_ids, accepted):
        yield "data_holder_ids", f"{_names(gone, _known)} is to hold data but is not a partner. Name another holder."


def _liability(structure: Structure, accepted: Partners, _known: Partners) -> Found:
    if structure.liability is None:
        yield "liability", "It is not said who is liable to the commissioner, and how. Agree it."
        return
    if structure.liability is Liability.VEHICLE:
        if structure.vehicle is None:
            yield "liability", "Liability is to stay with a new body, but there is none. Name it, or say who is liable."
            return
        outside = [i for i in structure.contracting if i in accepted and i not in structure.vehicle.owners]
        if outside:
            yield (
                "liability",
                f"Liability is to stay with {structure.vehicle.name or 'the new body'}, yet "
                f"{_names(outside, accepted)} contracts itself and does not own it. Agree which of the two it is.",
            )


def _decisions(structure: Structure, accepted: Partners, known: Partners) -> Found:
    voters = [p for p in accepted.values() if p.in_core]
    if structure.decision_rule is None:
        yield "decision_rule", "It is not said how the partners decide. Agree a decision rule."
    elif structure.decision_rule is DecisionRule.LEAD_DECIDES and not any(p.role is PartnerRole.LEAD for p in voters):
        yield "decision_rule", "The lead is to decide, but there is no lead. Agree who leads, or another rule."
    elif structure.decision_rule is DecisionRule.WEIGHTED:
        yield from _weights(structure, voters, known)
    if structure.quorum is not None and structure.quorum > max(len(voters), 1):
        yield (
            "quorum",
            f"A decision needs {structure.quorum} partners, but only {len(voters)} may vote, so nothing could ever be "
            "decided. Agree a smaller quorum.",
        )


def _weights(structure: Structure, voters: Sequence[Partner], known: Partners) -> Found:
    may_vote = {p.id for p in voters}
    strangers = [i for i in structure.weights if i not in may_vote]
    counted = sum((w for i, w in structure.weights.items() if i in may_vote), Decimal(0))
    if counted <= 0:
        yield "weights", "Votes are to be weighted, but nobody has a weight. Give each lead and member its weight."
        return
    if strangers:
        yield "weights", f"{_names(strangers, known)} has a weight but no vote. Take it out of the weights."
    missing = [p.id for p in voters if p.id not in structure.weights]
    if missing:
        yield (
            "weights",
            f"Votes are to be weighted, but {_names(missing, known)} has no weight. Give it one; 0 says that it has "
            "no vote.",
        )


def _vehicle(structure: Structure, accepted: Partners, known: Partners) -> Found:
    vehicle = structure.vehicle
    if vehicle is None:
        return
    if not vehicle.name.strip():
        yield "vehicle/name", "The new body has no name. Give its name, or the name that is planned."
    if not any(i in accepted for i in vehicle.owners):
        yield "vehicle/owners", "The new body has no owners among the partners. Name those who own it."
    elif gone := _gone(vehicle.owners, accepted):
        yield (
            "vehicle/owners",
            f"{_names(gone, known)} is to own the new body but is not a partner. Agree its owners anew.",
        )


def _chains(_structure: Structure, accepted: Partners, known: Partners) -> Found:
    """A subcontractor's main contractor is in the bid, and no chain of subcontractors ends in itself."""
    for partner in accepted.values():
        main = partner.main_contractor_id
        if partner.role is not PartnerRole.SUBCONTRACTOR or main is None:
            continue
        if main not in accepted:
            yield (
                "partners",
                f"{partner.name} is a subcontractor of {_names([main], known)}, which is not a partner. Name another "
                "main contractor for it.",
            )
        elif _in_a_circle(partner.id, accepted):
            yield (
                "partners",
                f"{partner.name} is, through others, a subcontractor of itself. Name a main contractor who contracts.",
            )


def _in_a_circle(start: Id, accepted: Partners) -> bool:
    seen: set[Id] = set()
    at: Id | None = start
    while at is not None and at in accepted and accepted[at].role is PartnerRole.SUBCONTRACTOR:
        if at in seen:
            return at == start
        seen.add(at)
        at = accepted[at].main_contractor_id
    return False


def _terms(structure: Structure) -> Found:
    if not structure.exit_terms_markdown.strip():
        yield (
            "exit_terms_markdown",
            "It is not said how a partner leaves: notice, work under way, money, staff, data. Write the exit terms.",
        )
    if not (structure.terms_markdown.strip() or structure.custom_markdown.strip()):
        yield (
            "terms_markdown",
            "The terms between the partners are empty: who does what, payment, decisions, disputes. Write them, if "
            "only the heads of terms.",
        )
