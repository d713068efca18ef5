"""What a bid is held to: its call, or a copy of its own while only organisations have brought the notice.

`app/platform/access/terms.py` has the parts of it that SQL reads.
"""

import json
from datetime import datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.records.tables import Proposal
from app.calls.opportunities import stored
from app.calls.opportunities.value import Opportunity
from app.platform.access.ids import Id
from app.platform.access.terms import OPEN_FOR_BIDS
from app.platform.words.codes import OpportunityStatus


def _of_the_bid(calls: str) -> str:
    return f"""(CASE WHEN p.own_status IS NULL THEN {calls} ELSE jsonb_build_object(
    'row', (p.own_terms -> 'row') || jsonb_build_object('organisation_id', o.organisation_id),
    'lots', p.own_terms -> 'lots', 'questions', p.own_terms -> 'questions', 'open_for_bids', {OPEN_FOR_BIDS})
  END || jsonb_build_object('shift', p.amendment_shift))"""


_STATED = _of_the_bid(stored.AS_JSON)
AS_JSON = f"({_STATED} || jsonb_build_object('portal_questions', p.portal_questions -> 'items'))"
"""SQL: what `stored.read` needs of the call of the bid `p`, as the bid is held to it, with what its partners typed."""
LIMITS_AS_JSON = _of_the_bid(stored.LIMITS_AS_JSON)
_FROM = "FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id WHERE p.id = :proposal_id"


async def load(session: AsyncSession, proposal_id: Id, *, typed: bool = True) -> Opportunity:
    """The call as this bid is held to it; without the questions that its partners typed unless `typed`."""
    await session.flush()
    found = await session.execute(
        text(f"SELECT ({AS_JSON if typed else _STATED})::text {_FROM}"), {"proposal_id": proposal_id}
    )
    return stored.read(json.loads(found.scalar_one(), parse_float=Decimal))


def keep(
    proposal: Proposal, terms: Opportunity, status: OpportunityStatus, claim_id: Id | None, since: datetime
) -> None:
    """Hold the bid to a copy of its own. Its lots and questions have their ids."""
    proposal.own_terms, proposal.own_status = stored.as_stored(terms), status.value
    proposal.own_deadline = terms.submission_deadline
    proposal.own_claim_id, proposal.own_since = claim_id, since


def let_go(proposal: Proposal) -> None:
    """Hold the bid to its call from now on."""
    proposal.own_terms = proposal.own_status = proposal.own_deadline = None
    proposal.own_claim_id = proposal.own_since = None
