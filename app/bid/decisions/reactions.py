"""What happens to decisions by the clock alone: one whose closing time has come is counted and carried out."""

from sqlalchemy import select, text

from app.bid.decisions import queries, service
from app.bid.decisions.tables import Decision
from app.bid.records.tables import Proposal
from app.people.notifications import telling
from app.platform.access.ids import Id
from app.platform.access.standing import OF_A_MEMBER, TWO_SIDES_OF_A_BID
from app.platform.db.act import Act
from app.platform.words.codes import DecisionStatus
from app.platform.worker.due import Due
from app.platform.worker.work import Work

MOST = 100
"""Decisions closed in one go; the others wait for the next tick."""
DUE = Due("decision-not-closed")

_DUE = text("""
SELECT d.id::text FROM decisions d JOIN proposals p ON p.id = d.proposal_id
WHERE d.status = 'open' AND d.closes_at <= clock_timestamp() AND p.status <> 'dissolved'
  AND NOT d.id = ANY(CAST(:put_off AS uuid[]))
ORDER BY d.closes_at LIMIT :most""")


async def close_due(work: Work) -> None:
    """Close each decision that is due in a transaction of its own."""
    async with work.db.sessions() as session:
        due = list((await session.execute(_DUE, {"put_off": DUE.put_off(), "most": MOST})).scalars())

    async def close(decision_id: Id) -> None:
        await close_one(work, decision_id)

    await DUE.each(due, close)


async def close_one(work: Work, decision_id: Id) -> bool:
    """Close a decision. False where somebody else has closed it before this transaction got the proposal's lock."""
    async with work.db.sessions.begin() as session:
        proposal_id = (
            await session.execute(
                select(Proposal.id)
                .join(Decision, Decision.proposal_id == Proposal.id)
                .where(Decision.id == decision_id)
                .with_for_update(key_share=True, of=Proposal)
            )
        ).scalar_one()
        decisions = await queries.load(session, proposal_id, decision_id=decision_id)
        decision = decisions.only.decision
        if decision.status is not DecisionStatus.OPEN or not decision.closes_at or decision.closes_at > decisions.now:
            return False
        await service.close(Act(session, None, "proposal", proposal_id), decisions)
        return True


_CLOSING = text(f"""
SELECT d.id::text, d.proposal_id::text, array_agg(DISTINCT m.person_id::text) AS people
FROM decisions d JOIN proposals p ON p.id = d.proposal_id JOIN opportunities o ON o.id = p.opportunity_id
JOIN partners s ON s.proposal_id = p.id AND s.status = 'accepted' AND NOT s.waiting AND s.role IN ('lead', 'member')
JOIN memberships m ON m.organisation_id = s.organisation_id AND m.roles && ARRAY['admin', 'signatory']
CROSS JOIN LATERAL (
  {OF_A_MEMBER} SELECT {TWO_SIDES_OF_A_BID} AS two) sides
WHERE d.status = 'open' AND d.closes_at > clock_timestamp() AND d.closes_at < clock_timestamp() + interval '1 day'
  AND p.status <> 'dissolved' AND NOT sides.two AND NOT s.id = ANY(d.excluded_partner_ids)
  AND NOT EXISTS (SELECT FROM votes v WHERE v.decision_id = d.id AND v.partner_id = s.id)
  AND NOT EXISTS (SELECT FROM notifications n WHERE n.person_id = m.person_id AND n.event_id = d.id)
GROUP BY d.id, d.proposal_id ORDER BY d.id LIMIT :most""")


async def remind_of_closing(work: Work) -> None:
    """Tell whoever has not voted, once, that a decision closes within a day: perhaps before the next digest."""
    async with work.db.sessions.begin() as session:
        for decision_id, proposal_id, people in (await session.execute(_CLOSING, {"most": MOST})).all():
            path = f"/v1/proposals/{proposal_id}/decisions/{decision_id}"
            await telling.tell(session, people, "decision_closing", proposal_id, path, decision_id)
