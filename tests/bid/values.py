"""Small proposals as values, for tests of the declarations' rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from app.bid.budget.rules import shown
from app.bid.value import (
    BudgetLine,
    ConsortiumRules,
    Contribution,
    Expectation,
    HonestyRound,
    Lot,
    MetBy,
    Opportunity,
    Partner,
    Proposal,
    Route,
    Target,
)
from app.bid.value.honesty import reader_of
from app.bid.value.reader import Reader
from app.platform.words import codes as c

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def call(**changes: Any) -> Opportunity:
    fields: dict[str, Any] = {
        "id": "call",
        "organisation_id": "o-council",
        "buyer_name": "Riverside Council",
        "title": "Youth work",
        "ocid": None,
        "mode": c.OpportunityMode.SEALED,
        "regime": "pa2023",
        "price_detail": c.PriceDetail.TOTALS,
        "lots": (Lot("lot-1", "1", "North", 10_000_000, c.VatBasis.EXCLUDED),),
        "questions": (),
        "budget_ceiling": None,
        "ceiling_vat": c.VatBasis.EXCLUDED,
        "currency": "GBP",
        "required_sections": (),
        "required_statements": (),
        "consortium_rules": ConsortiumRules(),
        "route": Route(),
        "submission_deadline": NOW + timedelta(days=30),
        "time_zone": "Europe/London",
        "amendment": 0,
        "open_for_bids": True,
    }
    return Opportunity(**(fields | changes))


def partner(id: str, role: str = "member", status: str = "accepted", **more: Any) -> Partner:
    fields: dict[str, Any] = {
        "id": id,
        "organisation_id": f"o-{id}",
        "name": id.capitalize(),
        "role": c.PartnerRole(role),
        "status": c.PartnerStatus(status),
        "accepted_at": NOW - timedelta(days=9),
        "filed_at": NOW - timedelta(days=5),
    }
    return Partner(**(fields | more))


LEAD, YOUTH, FAMILY = partner("lead", "lead"), partner("youth"), partner("family")


def bid(**changes: Any) -> Proposal:
    """Three partners, everything open and shown, nothing declared."""
    fields: dict[str, Any] = {
        "id": "bid",
        "title": "Together",
        "status": c.ProposalStatus.DRAFT,
        "language": "en",
        "currency": "GBP",
        "revision": 1,
        "version": 1,
        "opportunity": call(),
        "lot_ids": ("lot-1",),
        "partners": (LEAD, YOUTH, FAMILY),
        "honesty_round": HonestyRound(c.RoundStatus.REVEALED, revealed_at=NOW - timedelta(days=4)),
    }
    return all_shown(Proposal(**(fields | changes)))


def gives(id: str, who: str = "youth", kind: str = "staff_time", value: int = 0, **more: Any) -> Contribution:
    fields: dict[str, Any] = {
        "id": id,
        "partner_id": who,
        "kind": c.ContributionKind(kind),
        "title": f"What {id} is",
        "value": value,
        "certainty": c.Certainty.CONFIRMED,
        "valuation_basis": "NJC pay scale 2026",
    }
    return Contribution(**(fields | more))


def hours(id: str, who: str, number: str, **more: Any) -> Contribution:
    """Hours of work whose number everybody sees."""
    return gives(id, who, quantity=Decimal(number), unit=c.Unit.HOUR, **({"shown_as": "quantity"} | more))


def expects(id: str, who: str = "family", kind: str = "staffing", **more: Any) -> Expectation:
    fields: dict[str, Any] = {
        "id": id,
        "partner_id": who,
        "kind": c.ExpectationKind(kind),
        "title": f"What {id} wants",
        "strength": c.Strength.MUST,
    }
    fields |= more
    fields["met_by"] = tuple(MetBy(c.MetByType(kind_), link) for kind_, link in fields.get("met_by", ()))
    return Expectation(**fields)


def target(type: str, value: Any) -> Target:
    kind = c.TargetType(type)
    if kind is c.TargetType.MONEY:
        return Target(kind, amount=value)
    if kind in (c.TargetType.TEXT, c.TargetType.RIGHT):
        return Target(kind, text=value)
    return Target(kind, number=Decimal(value))


def line(id: str, who: str, amount: int, **more: Any) -> BudgetLine:
    fields: dict[str, Any] = {
        "id": id,
        "partner_id": who,
        "category": "staff",
        "year": 1,
        "source": c.BudgetSource.REQUESTED,
        "amount": amount,
    }
    return BudgetLine(**(fields | more))


def all_shown(proposal: Proposal, at: datetime = NOW) -> Proposal:
    """The proposal as at the reveal: every partner's totals are shown, and the sums of the whole bid taken of all at once."""
    return shown.take(shown.show(proposal, [each.id for each in proposal.accepted], at), at)


def all_final(proposal: Proposal, at: datetime = NOW) -> Proposal:
    """The same, and every partner says that its prices are final."""
    there = all_shown(proposal, at)
    return replace(there, shown_budgets=tuple(replace(each, final=True) for each in there.shown_budgets))


def as_(proposal: Proposal, *partner_ids: str) -> Reader:
    return reader_of(proposal, frozenset(partner_ids))
