"""Declarations as others than their owner may read them, in the order of the partners."""

from collections.abc import Iterable
from typing import TypeVar

from app.bid.declarations.rules.rate_privacy import shown_amounts
from app.bid.document.rules.values import Json, money, quantity
from app.bid.value import BudgetLine, Contribution, Expectation, Partner, Proposal, Target
from app.platform.words.codes import PartnerRole

_Declaration = TypeVar("_Declaration", Contribution, Expectation)
_ROLE_ORDER = (PartnerRole.LEAD, PartnerRole.MEMBER, PartnerRole.SUBCONTRACTOR, PartnerRole.ASSOCIATE)


def in_order(partners: Iterable[Partner]) -> list[Partner]:
    return sorted(partners, key=lambda p: (_ROLE_ORDER.index(p.role), p.id))


def declared(proposal: Proposal, declarations: Iterable[_Declaration]) -> list[_Declaration]:
    """The revealed declarations of accepted partners, in the partners' order."""
    if not proposal.revealed:
        return []
    rank = {partner.id: index for index, partner in enumerate(in_order(proposal.accepted))}
    shown = [d for d in declarations if d.revealed and d.partner_id in rank]
    return sorted(shown, key=lambda d: (rank[d.partner_id], d.id))


def contribution(contribution: Contribution, currency: str) -> Json:
    seen, value = shown_amounts(contribution)
    return {
        "id": contribution.id,
        "partner_id": contribution.partner_id,
        "kind": contribution.kind.value,
        "title": contribution.title,
        "quantity": quantity(seen),
        "unit": contribution.unit.value if contribution.unit and seen is not None else None,
        "value": money(value, currency),
        "in_kind": not contribution.in_money,
        "funded_by": contribution.funded_by.value if contribution.funded_by else None,
        "starts": contribution.starts.isoformat() if contribution.starts else None,
        "ends": contribution.ends.isoformat() if contribution.ends else None,
        "certainty": contribution.certainty.value,
        "condition": contribution.condition,
        # The basis of a value that is not shown would give the value away ("£27 an hour, Real Living Wage plus …").
        "valuation_basis": contribution.valuation_basis if value is not None else "",
        "lot_id": contribution.lot_id,
        "document_ids": list(contribution.document_ids),
    }


def expectation(expectation: Expectation, currency: str) -> Json:
    return {
        "id": expectation.id,
        "partner_id": expectation.partner_id,
        "kind": expectation.kind.value,
        "title": expectation.title,
        "strength": expectation.strength.value,
        "of_partner_id": expectation.of_partner_id,
        "target": target(expectation.target, currency),
    }


def target(target: Target | None, currency: str) -> Json | None:
    if target is None:
        return None
    if target.amount is not None:
        value: object = money(target.amount, currency)
    else:
        value = quantity(target.number) if target.number is not None else target.text
    return {"type": target.type.value, "value": value}


def line(line: BudgetLine, currency: str) -> Json:
    return {
        "id": line.id,
        "partner_id": line.partner_id,
        "category": line.category,
        "year": line.year,
        "lot_id": line.lot_id,
        "source": line.source.value,
        "description": line.description,
        "amount": money(line.amount, currency),
        "vat_treatment": line.vat_treatment.value,
        "vat_amount": money(line.vat_amount, currency),
    }
