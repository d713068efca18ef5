"""Jobs of bids: what happened elsewhere and the partners of a bid have to know."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.proposal import tasks
from app.people.notifications import telling
from app.people.notifications.mails import Waiting
from app.platform.access.rules import Actor
from app.platform.access.standing import OF_A_MEMBER, TWO_SIDES_OF_A_BID
from app.platform.access.terms import DEADLINE, OPEN_FOR_BIDS
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


async def say_what_waits(session: AsyncSession, waiting: Waiting) -> None:
    """A person's tasks in all bids, for a mail."""
    waiting.to_do += [
        tasks.to_do(task, waiting.language)
        for task in await tasks.waiting(session, Actor(person_id=waiting.person_id), waiting.language)
    ]


_NEAR = text(f"""
SELECT p.id::text AS proposal_id, md5(p.id || ' ' || extract(epoch FROM {DEADLINE}) || ' ' || near.days)::uuid::text AS cause,
  array_agg(DISTINCT m.person_id::text) AS people
FROM proposals p JOIN opportunities o ON o.id = p.opportunity_id
JOIN (VALUES (1), (3)) AS near (days) ON {DEADLINE} > clock_timestamp()
  AND {DEADLINE} < clock_timestamp() + near.days * interval '1 day'
  AND p.created_at < {DEADLINE} - near.days * interval '1 day'
JOIN partners s ON s.proposal_id = p.id AND s.status = 'accepted' AND NOT s.waiting
JOIN memberships m ON m.organisation_id = s.organisation_id AND m.roles && ARRAY['admin', 'editor', 'signatory']
CROSS JOIN LATERAL (
  {OF_A_MEMBER} SELECT {TWO_SIDES_OF_A_BID} AS two) sides
WHERE p.status IN ('draft', 'in_sign_off', 'agreed') AND {OPEN_FOR_BIDS} AND NOT sides.two
  AND (near.days = 1 OR {DEADLINE} > clock_timestamp() + interval '1 day')
  AND NOT EXISTS (SELECT FROM submissions b WHERE b.proposal_id = p.id AND b.status IN ('submitted', 'acknowledged'))
  AND NOT EXISTS (
    SELECT FROM lodgements l JOIN editions e ON e.id = l.edition_id WHERE e.proposal_id = p.id AND e.status = 'agreed')
  AND NOT EXISTS (SELECT FROM notifications n WHERE n.person_id = m.person_id
    AND n.event_id = md5(p.id || ' ' || extract(epoch FROM {DEADLINE}) || ' ' || near.days)::uuid)
GROUP BY 1, 2 ORDER BY 1 LIMIT 200""")
"""It rests on the bid's own status alone, never on which blockers are left: those could tell what others declared."""


async def remind_of_deadline(work: Work) -> None:
    """Tell whoever may act, three days and one day before the deadline, that the bid is not handed in."""
    async with work.db.sessions.begin() as session:
        for proposal_id, cause, people in (await session.execute(_NEAR)).all():
            await telling.tell(session, people, "deadline_near", proposal_id, f"/v1/proposals/{proposal_id}", cause)
