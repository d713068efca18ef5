"""Jobs of bids: what happened elsewhere and the partners of a bid have to know."""

from typing import Any

from sqlalchemy import text

from app.platform.db import event_log
from app.platform.db.act import Act
from app.platform.worker.work import Work

_SEATS = text("""
SELECT p.id::text AS proposal_id, pa.id::text AS partner_id FROM partners pa JOIN proposals p ON p.id = pa.proposal_id
WHERE pa.organisation_id = :organisation_id AND pa.status = 'accepted'
  AND p.status IN ('draft', 'in_sign_off', 'agreed', 'submitted') ORDER BY p.id""")
_LOCKED = text("SELECT 1 FROM proposals WHERE id = :proposal_id FOR NO KEY UPDATE")


async def tell_partners_of_lapse(work: Work, payload: dict[str, Any]) -> None:
    """Record in each living bid of an organisation that it is not verified any more, and what it changed."""
    async with work.db.sessions() as reading:
        seats = (await reading.execute(_SEATS, {"organisation_id": payload["organisation_id"]})).all()
    for seat in seats:
        async with work.db.sessions.begin() as session:
            await session.execute(_LOCKED, {"proposal_id": seat.proposal_id})
            if await event_log.was_recorded(session, seat.proposal_id, "partner_unverified", payload["cause"]):
                continue
            told = {name: payload[name] for name in ("level", "changed", "cause")}
            act = Act(session, None, "proposal", seat.proposal_id, for_organisation=payload["organisation_id"])
            await act.record("partner_unverified", partner_id=seat.partner_id, **told)
