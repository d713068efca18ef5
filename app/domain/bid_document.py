"""The bid document: the frozen value that is hashed, signed, exported and submitted.

Four pure functions, from a `Proposal` to plain JSON values (strings, integers, booleans, null, lists, dicts):

* `build_document` - **the bid as the commissioner gets it**. Its RFC 8785 form is `document.json`, the bytes that
  are signed. Nothing for the partners alone, no unit value, no private line enters it (rules 1 and 2 of the domain).
* `build_annex` - what the partners share and keep among themselves.
* `build_schedule` - one partner's private lines, with a random salt so that its hash cannot be guessed from
  likely prices.
* `schedule_partner_ids` - whose schedules an edition needs.

Order of making an edition: schedules, annex, their hashes, then the document that holds those hashes. Canonical
bytes and SHA-256 are `app/documents/canonical.py`, since this package imports the standard library only.

Shape of the document (`schema` changes when a field changes its meaning; fields may be added):

    {"schema": "cobid.bid-document/1",
     "proposal": {"id", "title", "language", "currency"},
     "edition": {"number": 3, "frozen_at": "2026-11-23T17:00:00Z"} | null        (null: a live preview)
     "opportunity": {"id", "title", "buyer", "ocid", "regime", "price_detail", "amendment", "route",
                     "submission_deadline", "time_zone"},
     "lots": [{"id", "key", "title"}],                                            (those bid for)
     "partners": [{"id", "organisation_id", "name", "role", "main_contractor_id", "relied_on_for", "legal_form",
                   "size_band", "identifiers": [{"scheme", "id"}], "verification": {"level", "by", "at"},
                   "founding_aims", "aims_statement_markdown",
                   "authority": {"full_name", "role_title", "at", "document_id"} | null}],
     "structure": {"template", "contracting_partner_ids", "paid_partner_ids", "submitting_partner_ids", "liability",
                   "decision_rule", "weights": {partner id: "0.5"}, "quorum", "reserved_matters", "vehicle",
                   "payment_days", "payment_in_arrears", "flow_down", "exit_terms_markdown", "terms_markdown",
                   "custom_markdown", "lead_replacement_markdown", "escalation_markdown", "data_holder_ids"},
     "contributions": [{"id", "partner_id", "kind", "title", "quantity", "unit", "value": Money | null,
                        "in_kind", "starts", "ends", "certainty", "condition", "valuation_basis", "lot_id",
                        "document_ids"}],
     "expectations": [{"id", "partner_id", "kind", "title", "strength", "of_partner_id", "target"}],
     "sections": [{"id", "key", "title", "question": {"key", "prompt_markdown", "weight"} | null, "lot_id",
                   "partner_id", "limit": {"unit", "value"} | null, "counts": {"words", "characters", "pages"},
                   "content": ProseMirror JSON (TipTap's names)}],                (those with text, in order)
     "outcomes": [{"id", "framework", "outcome", "indicator", "unit", "baseline", "target", "target_date", "method",
                   "partner_ids", "lot_id"}],
     "budget": {"by_partner": [{"partner_id", "years": [{"year", "requested", "other_funding", "in_kind"}],
                                "requested", "other_funding", "in_kind"}],
                "by_year": [{"year", ...}], "by_lot": [{"lot_id", ...}],
                "total": {"requested", "vat", "other_funding", "in_kind"},
                "lines": [{"id", "partner_id", "category", "year", "lot_id", "source", "description", "amount",
                           "vat_treatment", "vat_amount"}]} | null,
     "exit_plan": {"plan_markdown", "what_remains_markdown", "funding_after_markdown"},
     "assets": [...], "knowledge_terms": [...],
     "statements": [{"partner_id", "key", "answer", "detail_markdown", "document_id"}],
     "confidentiality_claims": [{"partner_id", "pointer", "reason", "until", "basis"}],
     "fairness_checks": [...]                                                     (those that every partner opened)
     "attachments": [{"id", "partner_id", "name", "media_type", "bytes", "sha256"}],
     "annex_sha256": "…" | null, "schedule_sha256": {partner id: "…"}}

Money is `{"amount": "12.00", "currency": "GBP"}` and net; quantities are decimal strings; dates ISO 8601.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from app.domain.codes import Audience, BudgetSource, PartnerRole, PriceDetail
from app.domain.ids import Id
from app.domain.money import format_amount, format_quantity
from app.domain.proposal import (
    BudgetLine,
    Contribution,
    Expectation,
    Partner,
    Proposal,
    Section,
    Structure,
    Target,
)

DOCUMENT_SCHEMA = "cobid.bid-document/1"
ANNEX_SCHEMA = "cobid.bid-annex/1"
SCHEDULE_SCHEMA = "cobid.private-schedule/1"

Json = dict[str, Any]
_Declaration = TypeVar("_Declaration", Contribution, Expectation)

_ROLE_ORDER = (PartnerRole.LEAD, PartnerRole.MEMBER, PartnerRole.SUBCONTRACTOR, PartnerRole.ASSOCIATE)


def build_document(
    proposal: Proposal,
    *,
    annex_sha256: str | None,
    schedule_hashes: Mapping[Id, str],
    edition: int | None = None,
    frozen_at: datetime | None = None,
    attachments: Sequence[Mapping[str, Any]] = (),
    confidentiality_claims: Sequence[Mapping[str, Any]] = (),
    opened_checks: Sequence[Mapping[str, Any]] = (),
) -> Json:
    """What the commissioner gets. `attachments`, claims and opened checks come as JSON values, already fit for it.

    Declarations that are not revealed yet stay out for every reader (rule 5), so a live preview says nothing early.
    """
    partners = _in_order(proposal.accepted)
    return {
        "schema": DOCUMENT_SCHEMA,
        "proposal": {
            "id": proposal.id,
            "title": proposal.title,
            "language": proposal.language,
            "currency": proposal.currency,
        },
        "edition": None if edition is None else {"number": edition, "frozen_at": _instant(frozen_at)},
        "opportunity": _opportunity(proposal),
        "lots": [
            {"id": lot.id, "key": lot.key, "title": lot.title}
            for lot in proposal.opportunity.lots
            if lot.id in proposal.lot_ids
        ],
        "partners": [_partner(partner, proposal.lead) for partner in partners],
        "structure": _structure(proposal.structure),
        "contributions": [_contribution(c, proposal.currency) for c in _declared(proposal, proposal.contributions)],
        "expectations": [
            _expectation(e, proposal.currency)
            for e in _declared(proposal, proposal.expectations)
            if e.audience is Audience.COMMISSIONER and e.waived_reason is None
        ],
        "sections": [_section(s, proposal) for s in sorted(proposal.sections, key=_position) if has_text(s.content)],
        "outcomes": _outcomes(proposal),
        "budget": _budget(proposal),
        "exit_plan": {
            "plan_markdown": proposal.exit_plan.plan_markdown,
            "what_remains_markdown": proposal.exit_plan.what_remains_markdown,
            "funding_after_markdown": proposal.exit_plan.funding_after_markdown,
        },
        "assets": [
            {
                "id": a.id,
                "name": a.name,
                "intellectual_property": a.intellectual_property,
                "owner_now": a.owner_now,
                "owner_during": a.owner_during,
                "owner_after": a.owner_after,
                "in_return": a.in_return,
            }
            for a in proposal.assets
        ],
        "knowledge_terms": [
            {
                "id": k.id,
                "from_partner_id": k.from_partner_id,
                "to_partner_id": k.to_partner_id,
                "subject": k.subject,
                "how": k.how,
            }
            for k in proposal.knowledge_terms
        ],
        "statements": [
            {
                "partner_id": s.partner_id,
                "key": s.key.value,
                "answer": s.answer,
                "detail_markdown": s.detail_markdown,
                "document_id": s.document_id,
            }
            for partner in partners
            for s in sorted(proposal.statements, key=lambda s: s.key.value)
            if s.partner_id == partner.id
        ],
        "confidentiality_claims": [dict(claim) for claim in confidentiality_claims],
        "fairness_checks": [dict(check) for check in opened_checks],
        "attachments": [dict(attachment) for attachment in attachments],
        "annex_sha256": annex_sha256,
        "schedule_sha256": dict(schedule_hashes),
    }


def build_annex(
    proposal: Proposal,
    *,
    reconciliation: Mapping[Id, Mapping[str, Any]] | None = None,
    findings: Sequence[Mapping[str, Any]] = (),
    difficulties: Sequence[Mapping[str, Any]] = (),
) -> Json:
    """What all partners share and the commissioner does not get.

    `reconciliation` gives for an expectation's id `{state, detail}` as every partner may see it; `findings` are the
    fairness checks as everybody sees them, with their answers; `difficulties` the outcomes of those raised to all.

        {"schema", "proposal_id", "expectations": [{as in the document, "audience", "met_by", "waived_reason",
         "accepted_by", "state", "detail"}], "decisions": [{"id", "title", "matter", "rule", "options", "status",
         "chosen", "votes": [{"partner_id", "option", "reason"}], "excluded_partner_ids"}],
         "acknowledgements": [{"partner_id", "as_of_revision"}], "fairness_checks": [...], "difficulties": [...]}
    """
    states = reconciliation or {}
    return {
        "schema": ANNEX_SCHEMA,
        "proposal_id": proposal.id,
        "expectations": [
            _expectation(e, proposal.currency)
            | {
                "audience": e.audience.value,
                "met_by": [{"type": link.type.value, "id": link.id} for link in e.met_by],
                "waived_reason": e.waived_reason,
                "accepted_by": list(e.accepted_by),
                "state": states.get(e.id, {}).get("state"),
                "detail": states.get(e.id, {}).get("detail"),
            }
            for e in _declared(proposal, proposal.expectations)
        ],
        "decisions": [
            {
                "id": d.id,
                "title": d.title,
                "matter": d.matter.value,
                "rule": d.rule.value if d.rule else None,
                "options": list(d.options),
                "status": d.status.value,
                "chosen": d.chosen,
                "votes": [{"partner_id": v.partner_id, "option": v.option, "reason": v.reason} for v in d.votes],
                "excluded_partner_ids": list(d.excluded_partner_ids),
            }
            for d in proposal.decisions
        ],
        "acknowledgements": [
            {"partner_id": a.partner_id, "as_of_revision": a.as_of_revision} for a in proposal.acknowledgements
        ],
        "fairness_checks": [dict(finding) for finding in findings],
        "difficulties": [dict(difficulty) for difficulty in difficulties],
    }


def build_schedule(proposal: Proposal, partner_id: Id, salt: str) -> Json:
    """One partner's private lines: its unit values and every budget line, as it alone (and whom it names) may read.

    `salt` is at least 32 random hexadecimal digits, made for this edition and kept with it.
    """
    if len(salt) < 32:
        raise ValueError("the salt of a private schedule has at least 32 hexadecimal digits")
    currency = proposal.currency
    return {
        "schema": SCHEDULE_SCHEMA,
        "proposal_id": proposal.id,
        "partner_id": partner_id,
        "salt": salt,
        "contributions": [
            {
                "id": c.id,
                "kind": c.kind.value,
                "title": c.title,
                "quantity": _quantity(c.quantity),
                "unit": c.unit.value if c.unit else None,
                "unit_value": _money(c.unit_value, currency),
                "value": _money(c.value, currency),
            }
            for c in proposal.contributions
            if c.partner_id == partner_id
        ],
        "budget_lines": [_line(line, currency) for line in proposal.budget_lines if line.partner_id == partner_id],
    }


def schedule_partner_ids(proposal: Proposal) -> list[Id]:
    """Every accepted partner, also one without lines: whether it has any is its own affair."""
    return [partner.id for partner in _in_order(proposal.accepted)]


def has_text(content: Mapping[str, Any] | None) -> bool:
    """Whether a ProseMirror document holds any text; a part without content does not appear in the bid."""
    if not content:
        return False
    text = content.get("text")
    if isinstance(text, str) and text.strip():
        return True
    children = content.get("content")
    return isinstance(children, list | tuple) and any(has_text(child) for child in children)


def disclosed_amounts(contribution: Contribution) -> tuple[Decimal | None, int | None]:
    """`(quantity, value)` as anybody but the owner may read them: never both, since one divides to the unit value.

    Money is known by its value, everything else by its quantity where it has one: '12 days' says what a partner
    gives without giving away its day rate.
    """
    if contribution.in_money or contribution.quantity is None:
        return None, contribution.value
    return contribution.quantity, None


def _in_order(partners: Iterable[Partner]) -> list[Partner]:
    return sorted(partners, key=lambda p: (_ROLE_ORDER.index(p.role), p.id))


def _declared(proposal: Proposal, declarations: Iterable[_Declaration]) -> list[_Declaration]:
    """Those revealed, of accepted partners, in the partners' order."""
    if not proposal.revealed:
        return []
    rank = {partner.id: index for index, partner in enumerate(_in_order(proposal.accepted))}
    shown = [d for d in declarations if d.revealed and d.partner_id in rank]
    return sorted(shown, key=lambda d: (rank[d.partner_id], d.id))


def _opportunity(proposal: Proposal) -> Json:
    call = proposal.opportunity
    return {
        "id": call.id,
        "title": call.title,
        "buyer": call.buyer_name,
        "ocid": call.ocid,
        "regime": call.regime,
        "price_detail": call.price_detail.value,
        "amendment": proposal.answers_amendment,
        "route": call.route.value,
        "submission_deadline": _instant(call.submission_deadline),
        "time_zone": call.time_zone,
    }


def _partner(partner: Partner, lead: Partner | None) -> Json:
    authority = partner.authority
    if authority and (lead is None or authority.for_lead_partner_id != lead.id):
        authority = None
    return {
        "id": partner.id,
        "organisation_id": partner.organisation_id,
        "name": partner.name,
        "role": partner.role.value,
        "main_contractor_id": partner.main_contractor_id,
        "relied_on_for": partner.relied_on_for,
        "legal_form": partner.legal_form.value,
        "size_band": partner.size_band.value if partner.size_band else None,
        "identifiers": [{"scheme": i.scheme, "id": i.id} for i in partner.identifiers],
        "verification": {
            "level": partner.verification.level.value,
            "by": partner.verification.by,
            "at": _instant(partner.verification.at),
        },
        "founding_aims": partner.founding_aims,
        "aims_statement_markdown": partner.aims_statement_markdown,
        "authority": None
        if authority is None
        else {
            "full_name": authority.full_name,
            "role_title": authority.role_title,
            "at": _instant(authority.at),
            "document_id": authority.document_id,
        },
    }


def _structure(structure: Structure) -> Json:
    vehicle = structure.vehicle
    return {
        "template": structure.template.value if structure.template else None,
        "contracting_partner_ids": list(structure.contracting),
        "paid_partner_ids": list(structure.paid),
        "submitting_partner_ids": list(structure.submitting),
        "liability": structure.liability.value if structure.liability else None,
        "decision_rule": structure.decision_rule.value if structure.decision_rule else None,
        "weights": {partner_id: format_quantity(weight) for partner_id, weight in structure.weights.items()},
        "quorum": structure.quorum,
        "reserved_matters": [matter.value for matter in structure.reserved_matters],
        "vehicle": vehicle
        and {"name": vehicle.name, "status": vehicle.status.value, "owner_partner_ids": list(vehicle.owners)},
        "payment_days": structure.payment_days,
        "payment_in_arrears": structure.payment_in_arrears,
        "flow_down": structure.flow_down,
        "exit_terms_markdown": structure.exit_terms_markdown,
        "terms_markdown": structure.terms_markdown,
        "custom_markdown": structure.custom_markdown,
        "lead_replacement_markdown": structure.lead_replacement_markdown,
        "escalation_markdown": structure.escalation_markdown,
        "data_holder_ids": list(structure.data_holder_ids),
    }


def _contribution(contribution: Contribution, currency: str) -> Json:
    quantity, value = disclosed_amounts(contribution)
    return {
        "id": contribution.id,
        "partner_id": contribution.partner_id,
        "kind": contribution.kind.value,
        "title": contribution.title,
        "quantity": _quantity(quantity),
        "unit": contribution.unit.value if contribution.unit and quantity is not None else None,
        "value": _money(value, currency),
        "in_kind": not contribution.in_money,
        "starts": contribution.starts.isoformat() if contribution.starts else None,
        "ends": contribution.ends.isoformat() if contribution.ends else None,
        "certainty": contribution.certainty.value,
        "condition": contribution.condition,
        # The basis of a value that is not shown would give the value away ("£27 an hour, Real Living Wage plus …").
        "valuation_basis": contribution.valuation_basis if value is not None else "",
        "lot_id": contribution.lot_id,
        "document_ids": list(contribution.document_ids),
    }


def _expectation(expectation: Expectation, currency: str) -> Json:
    return {
        "id": expectation.id,
        "partner_id": expectation.partner_id,
        "kind": expectation.kind.value,
        "title": expectation.title,
        "strength": expectation.strength.value,
        "of_partner_id": expectation.of_partner_id,
        "target": _target(expectation.target, currency),
    }


def _target(target: Target | None, currency: str) -> Json | None:
    if target is None:
        return None
    if target.amount is not None:
        value: object = _money(target.amount, currency)
    else:
        value = _quantity(target.number) if target.number is not None else target.text
    return {"type": target.type.value, "value": value}


def _position(section: Section) -> tuple[int, Id]:
    return section.position, section.id


def _section(section: Section, proposal: Proposal) -> Json:
    question = next((q for q in proposal.opportunity.questions if q.id == section.question_id), None)
    return {
        "id": section.id,
        "key": section.key,
        "title": section.title,
        "question": question
        and {
            "key": question.key,
            "prompt_markdown": question.prompt_markdown,
            "weight": _quantity(question.weight),
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


def _outcomes(proposal: Proposal) -> list[Json]:
    return [
        {
            "id": o.id,
            "framework": o.framework,
            "outcome": o.outcome,
            "indicator": o.indicator,
            "unit": o.unit,
            "baseline": _quantity(o.baseline),
            "target": _quantity(o.target),
            "target_date": o.target_date.isoformat() if o.target_date else None,
            "method": o.method,
            "partner_ids": [p for p in o.partner_ids if p in {partner.id for partner in proposal.accepted}],
            "lot_id": o.lot_id,
        }
        for o in proposal.outcomes
        if o.audience is Audience.COMMISSIONER
    ]


def _budget(proposal: Proposal) -> Json | None:
    """Totals by partner and year; single lines only where the call asks for lines and their owner opened them to all.

    What is in kind stands in a column of its own and is never added into money.
    """
    partners = _in_order(proposal.accepted)
    ids = {partner.id for partner in partners}
    lines = [line for line in proposal.budget_lines if line.partner_id in ids]
    if not lines:
        return None
    currency = proposal.currency
    years = sorted({line.year for line in lines})
    lots = [lot.id for lot in proposal.opportunity.lots if any(line.lot_id == lot.id for line in lines)]
    in_lines = proposal.opportunity.price_detail is PriceDetail.LINES
    return {
        "by_partner": [
            {
                "partner_id": partner.id,
                "years": [
                    {"year": year} | _sums([line for line in own if line.year == year], currency)
                    for year in years
                    if any(line.year == year for line in own)
                ],
            }
            | _sums(own, currency)
            for partner in partners
            if (own := [line for line in lines if line.partner_id == partner.id])
        ],
        "by_year": [{"year": year} | _sums([line for line in lines if line.year == year], currency) for year in years],
        "by_lot": [
            {"lot_id": lot_id} | _sums([line for line in lines if line.lot_id == lot_id], currency) for lot_id in lots
        ],
        "total": _sums(lines, currency)
        | {"vat": _money(sum(line.vat_amount for line in lines if line.source is BudgetSource.REQUESTED), currency)},
        "lines": [
            _line(line, currency) for line in lines if in_lines and ids - {line.partner_id} <= set(line.visible_to)
        ],
    }


def _sums(lines: Sequence[BudgetLine], currency: str) -> Json:
    def of(*sources: BudgetSource) -> Json | None:
        return _money(sum(line.amount for line in lines if line.source in sources), currency)

    return {
        "requested": of(BudgetSource.REQUESTED),
        "other_funding": of(BudgetSource.MATCH, BudgetSource.INCOME),
        "in_kind": of(BudgetSource.IN_KIND),
    }


def _line(line: BudgetLine, currency: str) -> Json:
    return {
        "id": line.id,
        "partner_id": line.partner_id,
        "category": line.category,
        "year": line.year,
        "lot_id": line.lot_id,
        "source": line.source.value,
        "description": line.description,
        "amount": _money(line.amount, currency),
        "vat_treatment": line.vat_treatment.value,
        "vat_amount": _money(line.vat_amount, currency),
    }


def _money(minor: int | None, currency: str) -> Json | None:
    return None if minor is None else {"amount": format_amount(minor), "currency": currency}


def _quantity(value: Decimal | None) -> str | None:
    return None if value is None else format_quantity(value)


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat().replace("+00:00", "Z")
