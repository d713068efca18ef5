"""Loads the whole proposal as the value that the rules read, in one statement."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as bid
from app.bid.records import terms
from app.calls.opportunities import stored as call
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import status_at
from app.platform.access.money import parse_amount
from app.platform.access.standing import LAPSED
from app.platform.access.terms import LATE
from app.platform.capability import joined
from app.platform.db.rows import value
from app.platform.words.codes import LimitUnit, ProposalStatus, RoundStatus, TargetType, VerificationLevel


def _all(table: str, alias: str = "t", order: str = "t.id", where: str = "t.proposal_id = p.id") -> str:
    return f"(SELECT coalesce(jsonb_agg(to_jsonb({alias}) ORDER BY {order}), '[]') FROM {table} {alias} WHERE {where})"


_STATEMENT = f"""
SELECT jsonb_build_object(
  'proposal', to_jsonb(p) - ARRAY['own_terms', 'portal_questions'],
  'late', {LATE},
  'stands', EXISTS (SELECT FROM submissions s WHERE s.proposal_id = p.id
                    AND s.status IN ('submitted', 'acknowledged', 'decided')),
  'opportunity', {terms.AS_JSON},
  'partners', (SELECT coalesce(jsonb_agg(coalesce(to_jsonb(g) - 'search' - 'id' - 'version' - 'created_at', '{{}}') || to_jsonb(t)
      || jsonb_build_object('email', NULL, 'organisation_name', g.name, 'identifiers', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('scheme', i.scheme, 'id', i.identifier)
                                  ORDER BY i.scheme, i.identifier), '[]')
        FROM organisation_identifiers i WHERE i.organisation_id = g.id))
      || CASE WHEN {LAPSED.replace("pa.", "t.")}
         THEN jsonb_build_object('status', 'expired', 'version', t.version + 1) ELSE '{{}}' END ORDER BY t.id), '[]')
    FROM partners t LEFT JOIN organisations g ON g.id = t.organisation_id WHERE t.proposal_id = p.id),
  'structure', (SELECT t.facts || jsonb_build_object('version', t.version) FROM structures t
                WHERE t.proposal_id = p.id),
  'contributions', {_all("contributions")},
  'expectations', {_all("expectations")},
  'budget_lines', {_all("budget_lines")},
  'shown_budgets', {_all("shown_budgets", order="t.partner_id")},
  'outcomes', {_all("outcomes")},
  'sections', {_all("sections", order="t.position, t.id")},
  'statements', {_all("statements")},
  'claims', {_all("confidentiality_claims")},
  'acknowledgements', (
    SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object('outdated_by', (
      SELECT coalesce(jsonb_agg(DISTINCT e.payload ->> 'partner_id'), '[]') FROM events e
      WHERE e.stream_id = p.id AND e.revision > t.as_of_revision AND e.type = ANY(:declaring)
        AND e.payload ->> 'partner_id' <> t.partner_id::text)) ORDER BY t.id), '[]')
    FROM (SELECT DISTINCT ON (partner_id) * FROM acknowledgements WHERE proposal_id = p.id
          ORDER BY partner_id, as_of_revision DESC, id DESC) t),
  'decisions', (
    SELECT coalesce(jsonb_agg(to_jsonb(t) || jsonb_build_object('votes', (
      SELECT coalesce(jsonb_agg(to_jsonb(v) ORDER BY v.id), '[]') FROM votes v WHERE v.decision_id = t.id))
      ORDER BY t.id), '[]') FROM decisions t WHERE t.proposal_id = p.id),
  'difficulties', {_all("difficulties")},
  'comments', (SELECT coalesce(jsonb_agg(jsonb_build_object('section_id', t.section_id,
                        'organisation_id', t.organisation_id) ORDER BY t.id), '[]') FROM comments t WHERE t.proposal_id = p.id),
  'exit_plan', (SELECT to_jsonb(t) FROM exit_plans t WHERE t.proposal_id = p.id),
  'assets', {_all("assets")},
  'knowledge_terms', {_all("knowledge_terms")},
  'edition', (
    SELECT jsonb_build_object('number', e.number, 'sha256', e.sha256,
      'status', CASE WHEN e.id = final.edition_id THEN 'agreed' ELSE e.status END, 'created_at', e.created_at,
      'agreed_at', e.agreed_at, 'must_sign', to_jsonb(e.must_sign), 'signed', (
        SELECT coalesce(jsonb_agg(s.partner_id ORDER BY s.at, s.id), '[]') FROM sign_offs s
        WHERE s.edition_id = e.id AND (e.id = final.edition_id OR s.fell_at IS NULL)))
    FROM editions e LEFT JOIN LATERAL (
      SELECT s.edition_id FROM submissions s WHERE s.proposal_id = p.id AND {LATE}
        AND s.status IN ('submitted', 'acknowledged', 'decided') LIMIT 1) final ON true
    WHERE e.proposal_id = p.id AND coalesce(e.id = final.edition_id, e.status IN ('open', 'agreed')))
)::text
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = ANY(CAST(:proposal_ids AS uuid[]))"""


def declaring() -> list[str]:
    """The types of events that change a partner's declarations in a way that all see. Their payload names `partner_id`."""
    return [type_ for type_, event in joined().events.items() if event.declares]


async def load(session: AsyncSession, proposal_id: Id) -> bid.Proposal:
    """The proposal with everything that belongs to it, in any status, but for its sections' texts (`app/bid/text`).

    An invitation whose time has run out counts as expired here, before any row says so.
    """
    found = await load_all(session, [proposal_id])
    if not found:
        raise NotFound
    return found[0]


async def load_all(session: AsyncSession, proposal_ids: Sequence[Id]) -> list[bid.Proposal]:
    """Likewise those of these proposals that there are, in one statement."""
    if not proposal_ids:
        return []
    parameters = {"proposal_ids": list(proposal_ids), "declaring": declaring()}
    found = await session.execute(text(_STATEMENT), parameters)
    return [read(json.loads(content, parse_float=Decimal)) for content in found.scalars()]


def read(whole: dict[str, Any]) -> bid.Proposal:
    """The value of what `_STATEMENT` answered, already parsed."""
    row = whole["proposal"]
    return value(
        bid.Proposal,
        row,
        status=status_at(ProposalStatus(row["status"]), whole["stands"], whole["late"]),
        opportunity=call.read(whole["opportunity"]),
        partners=tuple(_partner(each) for each in whole["partners"]),
        structure=structure(whole["structure"] or {}),
        honesty_round=bid.HonestyRound(
            status=RoundStatus(row["round_status"]),
            cut_off=_instant(row["round_cut_off"]),
            revealed_at=_instant(row["revealed_at"]),
            deadline=_instant(row["round_deadline"]),
            told_at=_instant(row["round_told_at"]),
        ),
        contributions=tuple(value(bid.Contribution, each) for each in whole["contributions"]),
        expectations=tuple(expectation(each) for each in whole["expectations"]),
        budget_lines=tuple(value(bid.BudgetLine, each) for each in whole["budget_lines"]),
        shown_budgets=tuple(value(bid.ShownBudget, each) for each in whole["shown_budgets"]),
        outcomes=tuple(value(bid.Outcome, each) for each in whole["outcomes"]),
        sections=tuple(_section(each) for each in whole["sections"]),
        statements=tuple(value(bid.Statement, each) for each in whole["statements"]),
        confidentiality_claims=tuple(value(bid.ConfidentialityClaim, each) for each in whole["claims"]),
        acknowledgements=tuple(value(bid.Acknowledgement, each) for each in whole["acknowledgements"]),
        decisions=tuple(
            value(bid.Decision, each, opened_at=_instant(each["created_at"])) for each in whole["decisions"]
        ),
        difficulties=tuple(
            value(bid.Difficulty, each, open=each["closed_at"] is None) for each in whole["difficulties"]
        ),
        comments=tuple(value(bid.Comment, each) for each in whole["comments"]),
        exit_plan=value(bid.ExitPlan, whole["exit_plan"] or {}),
        assets=tuple(value(bid.Asset, each) for each in whole["assets"]),
        knowledge_terms=tuple(value(bid.KnowledgeTerm, each) for each in whole["knowledge_terms"]),
        edition=value(bid.EditionInForce, whole["edition"]) if whole["edition"] else None,
    )


def _instant(raw: str | None) -> datetime | None:
    return datetime.fromisoformat(raw) if raw else None


def _limit(row: dict[str, Any]) -> bid.Limit | None:
    return bid.Limit(LimitUnit(row["limit_unit"]), row["limit_value"]) if row["limit_unit"] else None


def _partner(row: dict[str, Any]) -> bid.Partner:
    return value(
        bid.Partner,
        row,
        name=row["organisation_name"] or "An organisation invited by mail",
        verification=bid.Verification(
            VerificationLevel(row.get("verification_level") or "none"),
            row.get("verification_by"),
            _instant(row.get("verification_at")),
        ),
    )


def structure(facts: dict[str, Any]) -> bid.Structure:
    """The structure from its facts, which are alike on the wire and in the table."""
    names = {
        "contracting": "contracting_partner_ids",
        "paid": "paid_partner_ids",
        "submitting": "submitting_partner_ids",
    }
    renamed = {short: tuple(facts.get(long) or ()) for short, long in names.items()}
    if "also_signing_partner_ids" in facts:
        renamed["also_signing"] = tuple(facts["also_signing_partner_ids"] or ())
    if "data_holder_partner_ids" in facts:
        renamed["data_holder_ids"] = tuple(facts["data_holder_partner_ids"] or ())
    return value(bid.Structure, facts, **renamed)


def expectation(row: dict[str, Any]) -> bid.Expectation:
    return value(bid.Expectation, row, target=target(row["target"]))


def target(raw: dict[str, Any] | None) -> bid.Target | None:
    """The target from `{type, value}` as it is on the wire, where `value` is a decimal string, Money or text."""
    if raw is None:
        return None
    kind, given = TargetType(raw["type"]), raw["value"]
    if kind is TargetType.MONEY:
        return bid.Target(kind, amount=parse_amount(given["amount"]))
    if kind in (TargetType.TEXT, TargetType.RIGHT):
        return bid.Target(kind, text=given)
    return bid.Target(kind, number=Decimal(given))


def _section(row: dict[str, Any]) -> bid.Section:
    counts = bid.Counts(row["words"], row["characters"], row["pages"])
    return value(bid.Section, row, limit=_limit(row), counts=counts)
