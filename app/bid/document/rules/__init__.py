"""The bid document: the frozen value that is hashed, signed, exported and submitted.

These are pure functions from a `Proposal` to plain JSON values (strings, integers, booleans, null, lists, dicts):

* `build_document` makes **the bid as the commissioner gets it**. Its RFC 8785 form is `document.json`, the bytes that
  are signed. It contains nothing that is for the partners alone, no unit value and no private line (rules 1 and 2 of
  the domain).
* `build_annex` makes what the partners share and keep among themselves.
* `build_schedule` makes one partner's private lines, with a random salt, so that nobody guesses its hash from likely
  prices.
* `schedule_partner_ids` names the partners whose schedules an edition needs.

An edition is made in this order: schedules, annex, their hashes, then the document that holds those hashes. Canonical
bytes and SHA-256 are in `app/documents/canonical.py`, since rules import the standard library only.

The document has this shape (`schema` changes when a field changes its meaning; fields may be added):

    {"schema": "cobid.bid-document/1",
     "proposal": {"id", "title", "language", "currency", "contact": {"name", "role", "email", "telephone"} | null,
                  "offer_valid_until"},
     "edition": {"number": 3, "frozen_at": "2026-11-23T17:00:00Z"} | null        (null: a live preview)
     "opportunity": {"id", "title", "buyer", "ocid", "procurement_reference", "regime", "price_detail", "amendment",
                     "route", "submission_deadline", "time_zone"},
     "lots": [{"id", "key", "title"}],                                            (those bid for)
      "partners": [{"id", "organisation_id", "name", "short_name", "role", "main_contractor_id", "relied_on_for",
                    "legal_form", "size_band", "identifiers": [{"scheme", "id"}], "registered_address",
                    "verification": {"level", "by", "at"}, "proposed_work_markdown", "lot_ids", "areas" (in words),
                    "people_reached", "founding_aims", "aims_statement_markdown",
                   "authority": {"full_name", "role_title", "at", "document_id"} | null}],
     "structure": {"template", "contracting_partner_ids", "paid_partner_ids", "submitting_partner_ids", "liability",
                   "decision_rule", "weights": {partner id: "0.5"}, "quorum", "reserved_matters", "vehicle",
                   "payment_days", "payment_in_arrears", "flow_down", "exit_terms_markdown", "terms_markdown",
                   "custom_markdown", "lead_replacement_markdown", "escalation_markdown", "data_holder_ids",
                   "must_sign": [partner id], "may_submit": [partner id],
                   "liable_to": [{"partner_id" | null: the vehicle, "to", "to_partner_id", "extent"}]},
     "contributions": [{"id", "partner_id", "kind", "title", "quantity", "unit", "value": Money | null,
                        "in_kind", "funded_by", "starts", "ends", "certainty", "condition", "valuation_basis", "lot_id",
                        "document_ids"}],
     "expectations": [{"id", "partner_id", "kind", "title", "strength", "of_partner_id", "target"}],
     "sections": [{"id", "key", "title", "question": {"key", "prompt_markdown", "weight"} | null, "lot_id",
                   "partner_id", "limit": {"unit", "value"} | null, "counts": {"words", "characters", "pages"},
                   "content": ProseMirror JSON (TipTap's names)}],                (those asked for, with text)
     "outcomes": [{"id", "framework", "outcome", "indicator", "unit", "baseline", "target", "target_date", "method",
                   "partner_ids", "lot_id"}],
     "budget": {"by_partner": [{"partner_id", "years": [{"year", "requested", "other_funding", "in_kind"}],
                                "requested", "other_funding", "in_kind"}],
                "by_year": [{"year", ...}], "by_lot": [{"lot_id" (null: not of one lot), ...}],
                "lot_shares": [{"lot_id", "partner_id", "requested"}]     (of lots whose every line is open to all)
                "total": {"requested", "vat" (null: none was entered), "other_funding", "in_kind"},
                "lines": [{"id", "partner_id", "category", "year", "lot_id", "source", "description", "amount",
                           "vat_treatment", "vat_amount"}]} | null,
                (`in_kind` is what the lines say: help in kind is printed from the contributions alone;
                in a draft also "shown_at" in "by_partner", and "taken_at" of "by_lot" and "vat")
     "exit_plan": {"plan_markdown", "what_remains_markdown", "funding_after_markdown"},
     "assets": [...], "knowledge_terms": [...],
     "statements": [{"partner_id", "key", "answer", "detail_markdown", "document_id"}],
     "confidentiality_claims": [{"id", "partner_id", "pointer", "reason", "until", "basis"}],
     "fairness_checks": [...]                                                     (those that every partner opened)
     "attachments": [{"id", "partner_id", "name", "media_type", "bytes", "sha256"}],
     "annex_sha256": "…" | null, "schedule_sha256": {partner id: "…"}}

Money is `{"amount": "12.00", "currency": "GBP"}` and net; quantities are decimal strings; dates ISO 8601.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.bid.document.rules.annex import (
    ANNEX_SCHEMA,
    SCHEDULE_SCHEMA,
    build_annex,
    build_schedule,
    schedule_partner_ids,
)
from app.bid.document.rules.budget import budget
from app.bid.document.rules.declarations import contribution, declared, expectation, in_order
from app.bid.document.rules.parts import heading, opportunity, outcomes, partner, position, section, structure
from app.bid.document.rules.values import Json, has_text, instant
from app.bid.statements.rules import claims_for_commissioner
from app.bid.value import Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import Audience

__all__ = [
    "ANNEX_SCHEMA", "DOCUMENT_SCHEMA", "SCHEDULE_SCHEMA", "Json", "build_annex", "build_document", "build_schedule",
    "has_text", "schedule_partner_ids",
]  # fmt: skip

DOCUMENT_SCHEMA = "cobid.bid-document/1"


def build_document(
    proposal: Proposal,
    *,
    annex_sha256: str | None,
    schedule_hashes: Mapping[Id, str],
    edition: int | None = None,
    frozen_at: datetime | None = None,
    attachments: Sequence[Mapping[str, Any]] = (),
    opened_checks: Sequence[Mapping[str, Any]] = (),
) -> Json:
    """What the commissioner gets. `attachments` and `opened_checks` are JSON values that the commissioner may read.

    Declarations that are not revealed yet are left out for every reader (rule 5), so no preview shows them early.
    """
    partners = in_order(proposal.accepted)
    return {
        "schema": DOCUMENT_SCHEMA,
        "proposal": heading(proposal),
        "edition": None if edition is None else {"number": edition, "frozen_at": instant(frozen_at)},
        "opportunity": opportunity(proposal),
        "lots": [
            {"id": lot.id, "key": lot.key, "title": lot.title}
            for lot in proposal.opportunity.lots
            if lot.id in proposal.lot_ids
        ],
        "partners": [partner(p, proposal.lead, proposal.lot_ids) for p in partners],
        "structure": structure(proposal),
        "contributions": [contribution(c, proposal.currency) for c in declared(proposal, proposal.contributions)],
        "expectations": [
            expectation(e, proposal.currency)
            for e in declared(proposal, proposal.expectations)
            if e.audience is Audience.COMMISSIONER and e.waived_reason is None
        ],
        "sections": [
            section(s, proposal) for s in sorted(proposal.asked_sections, key=position) if has_text(s.content)
        ],
        "outcomes": outcomes(proposal),
        "budget": budget(proposal, draft=edition is None),
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
            for p in partners
            for s in sorted(proposal.statements, key=lambda s: s.key.value)
            if s.partner_id == p.id
        ],
        "confidentiality_claims": [
            {
                "id": c.id,
                "partner_id": c.partner_id,
                "pointer": c.pointer,
                "reason": c.reason,
                "basis": c.basis,
                "until": c.until.isoformat() if c.until else None,
            }
            for c in claims_for_commissioner(proposal)
        ],
        "fairness_checks": [dict(check) for check in opened_checks],
        "attachments": [dict(attachment) for attachment in attachments],
        "annex_sha256": annex_sha256,
        "schedule_sha256": dict(schedule_hashes),
    }
