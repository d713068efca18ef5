"""What becomes of decisions by the clock alone: those whose closing time has come are counted and carried out."""

import structlog
from sqlalchemy import select, text

from app.bid.decisions import queries as q
from app.bid.decisions.service import settle
from app.bid.decisions.tables import Decision
from app.bid.records.tables import Proposal
from app.platform.access.ids import Id
from app.platform.words.codes import DecisionStatus
from app.platform.worker.work import Work

log = structlog.get_logger("cobid.governance")
AT_ONCE = 100

_DUE = text("""
SELECT d.id::text, d.proposal_id::text FROM decisions d JOIN proposals p ON p.id = d.proposal_id
WHERE d.status = 'open' AND d.closes_at <= clock_timestamp() AND p.status <> 'dissolved'
ORDER BY d.closes_at LIMIT :at_once""")


async def close_due(work: Work) -> None:
    """Each in a transaction of its own, so that one that fails holds up no other."""
    async with work.db.sessions() as session:
        due = (await session.execute(_DUE, {"at_once": AT_ONCE})).all()
    for decision_id, proposal_id in due:
        try:
            await close_one(work, decision_id, proposal_id)
        except Exception as error:
            log.error("decision-not-closed", decision_id=decision_id, error=type(error).__name__)


async def close_one(work: Work, decision_id: Id, proposal_id: Id) -> bool:
    """Whether it was closed here: under the proposal's lock somebody may have been first."""
    async with work.db.sessions.begin() as session:
        await session.execute(select(Proposal.id).where(Proposal.id == proposal_id).with_for_update(key_share=True))
        motions = await q.load(session, proposal_id, decision_id=decision_id)
        row = await session.get(Decision, decision_id)
        if (
            row is None
            or row.status != DecisionStatus.OPEN.value
            or row.closes_at is None
            or row.closes_at > motions.now
        ):
            return False
        await settle(session, None, proposal_id, motions, None)
        return True
