"""What writing one partner's budget needs, and no more: the call's bounds, the partners, and that partner's lines.

The whole proposal (`picture.py`) holds thousands of lines and declarations that a write never looks at.
"""

import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records import whole_proposal as picture
from app.bid.value import Proposal
from app.calls.opportunities.stored import LIMITS_AS_JSON
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id

_STATEMENT = text(f"""
SELECT jsonb_build_object(
  'proposal', to_jsonb(p),
  'late', coalesce(o.submission_deadline < clock_timestamp(), false),
  'stands', EXISTS (SELECT FROM submissions s WHERE s.proposal_id = p.id
                    AND s.status IN ('submitted', 'acknowledged', 'decided')),
  'opportunity', {LIMITS_AS_JSON},
  'partners', (
    SELECT coalesce(jsonb_agg(to_jsonb(t) || '{{"email": null, "organisation_name": null}}' ORDER BY t.id), '[]')
    FROM partners t WHERE t.proposal_id = p.id),
  'budget_lines', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.id), '[]') FROM budget_lines t
    WHERE t.proposal_id = p.id AND t.partner_id = coalesce(
      CAST(:partner_id AS uuid), (SELECT l.partner_id FROM budget_lines l WHERE l.id = CAST(:line_id AS uuid))))
)::text
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id""")


async def load(
    session: AsyncSession, proposal_id: Id, *, partner_id: Id | None = None, line_id: Id | None = None
) -> Proposal:
    """The proposal with the lines of `partner_id` alone, or of whoever owns `line_id`; nothing else hangs on it."""
    given = {"proposal_id": proposal_id, "partner_id": partner_id, "line_id": line_id}
    content = (await session.execute(_STATEMENT, given)).scalar_one_or_none()
    if content is None:
        raise NotFound
    whole: defaultdict[str, Any] = defaultdict(list)
    whole.update(json.loads(content, parse_float=Decimal))
    return picture.read(whole)
