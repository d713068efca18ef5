"""Reads what writing one partner's budget needs, and no more: the call's bounds, the partners, that partner's lines, and
what each partner last showed.

The whole proposal (`records/whole_proposal.py`) holds thousands of lines and declarations that a write never looks at.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records import whole_proposal
from app.bid.records.terms import LIMITS_AS_JSON
from app.bid.value import BudgetLine, Proposal
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.access.terms import LATE

VISIBLE_LINE = """SELECT 1 FROM budget_lines l JOIN proposals p ON p.id = l.proposal_id
    WHERE l.id = $1::uuid AND l.proposal_id = $2 AND (l.partner_id = ANY($3) OR (
      l.revealed AND p.round_status <> 'open' AND l.visible_to && $3
      AND EXISTS (SELECT FROM partners o WHERE o.id = l.partner_id AND o.status = 'accepted')
      AND EXISTS (SELECT FROM partners r WHERE r.id = ANY($3) AND r.id = ANY(l.visible_to) AND r.status = 'accepted')
      AND NOT EXISTS (SELECT FROM partners r WHERE r.id = ANY($3) AND r.status = 'accepted'
                      AND r.filed_at IS NULL AND r.must_file)))"""
"""For the guard: one's own line, or one that its owner opened to the reader, once both have filed and all is revealed."""

_STATEMENT = text(f"""
SELECT jsonb_build_object(
  'proposal', to_jsonb(p) - ARRAY['own_terms', 'portal_questions'],
  'late', {LATE},
  'stands', EXISTS (SELECT FROM submissions s WHERE s.proposal_id = p.id
                    AND s.status IN ('submitted', 'acknowledged', 'decided')),
  'opportunity', {LIMITS_AS_JSON},
  'partners', (
    SELECT coalesce(jsonb_agg(to_jsonb(t) || '{{"email": null, "organisation_name": null}}' ORDER BY t.id), '[]')
    FROM partners t WHERE t.proposal_id = p.id),
  'budget_lines', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]') FROM budget_lines t
    WHERE t.proposal_id = p.id AND t.partner_id = coalesce(
      CAST(:partner_id AS uuid), (SELECT l.partner_id FROM budget_lines l WHERE l.id = CAST(:line_id AS uuid)))),
  'shown_budgets', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.partner_id), '[]') FROM shown_budgets t
    WHERE t.proposal_id = p.id)
)::text
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id""")


async def load(
    session: AsyncSession, proposal_id: Id, *, partner_id: Id | None = None, line_id: Id | None = None
) -> Proposal:
    """The proposal with the lines of `partner_id`, or of the owner of `line_id`, and with no other lines in it."""
    given = {"proposal_id": proposal_id, "partner_id": partner_id, "line_id": line_id}
    content = (await session.execute(_STATEMENT, given)).scalar_one_or_none()
    if content is None:
        raise NotFound
    whole: defaultdict[str, Any] = defaultdict(list)
    whole.update(json.loads(content, parse_float=Decimal))
    return whole_proposal.read(whole)


async def load_line(session: AsyncSession, proposal_id: Id, line_id: Id) -> tuple[Proposal, BudgetLine]:
    """The proposal with the lines of this line's owner, and the line. Raises NotFound where there is none."""
    proposal = await load(session, proposal_id, line_id=line_id)
    for line in proposal.budget_lines:
        if line.id == line_id:
            return proposal, line
    raise NotFound


_LAST_CHANGE = text(
    """
    WITH sight AS (SELECT max(CASE
        WHEN ended_at IS NOT NULL THEN ended_at
        WHEN must_file AND filed_at IS NULL THEN accepted_at
        ELSE 'infinity' END) AS until
      FROM partners WHERE id = ANY(CAST(:seats AS uuid[])))
    SELECT max(at) FROM events, sight WHERE stream_id = :proposal_id
      AND (revision IS NOT NULL AND at <= coalesce(until, 'infinity') OR only_for && CAST(:seats AS uuid[]))
    """
)
"""Of the others, somebody who left sees what there was until then, and who has yet to file what there was on joining."""


async def last_change(session: AsyncSession, proposal_id: Id, seats: Iterable[Id | None]) -> datetime:
    """When something that this reader can see last changed: a workbook's date depends on nothing hidden."""
    given = {"proposal_id": proposal_id, "seats": [seat for seat in seats if seat]}
    at: datetime | None = (await session.execute(_LAST_CHANGE, given)).scalar_one()
    return (at or datetime(2026, 1, 1, tzinfo=UTC)).replace(microsecond=0)
