"""What a person may know of what happened, in a mail as in the service: only of bids that it may still read."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.platform.access.ids import Id
from app.platform.access.standing import INSIDER, TWO_SIDES_OF_A_BID
from app.platform.access.terms import BUYER, DEADLINE, TIME_ZONE, TITLE
from app.platform.capability import joined

ZONE = "Europe/London"
"""For what belongs to no bid, so to no call with a time zone of its own."""

NEWS = f"""
WITH actor AS (SELECT CAST(:person_id AS uuid) AS person_id), member AS (
  SELECT m.organisation_id, m.roles FROM memberships m WHERE m.person_id = CAST(:person_id AS uuid)
)
SELECT n.id::text, n.kind, n.at, n.proposal_id::text, p.title, {TITLE} AS call, {BUYER} AS buyer, {DEADLINE} AS deadline,
  coalesce({TIME_ZONE}, '{ZONE}') AS zone, coalesce(seat.acts, false) AS acts,
  n.proposal_id IS NULL OR coalesce(seat.sits, false) AND NOT {TWO_SIDES_OF_A_BID} AS readable,
  CASE WHEN e.only_for = '{{}}' THEN done_for.name END AS organisation,
  CASE WHEN e.owner_partner_id IS NULL AND e.redacted_at IS NULL THEN e.payload END AS payload
FROM notifications n LEFT JOIN proposals p ON p.id = n.proposal_id LEFT JOIN opportunities o ON o.id = p.opportunity_id
LEFT JOIN events e ON e.id = n.event_id LEFT JOIN organisations done_for ON done_for.id = e.organisation_id
LEFT JOIN LATERAL (
  SELECT true AS sits, bool_or(m.roles && ARRAY['admin', 'editor', 'signatory']) AS acts FROM member m
  WHERE EXISTS (SELECT FROM partners pa WHERE pa.proposal_id = p.id AND pa.organisation_id = m.organisation_id
      AND pa.status = 'accepted' AND NOT pa.waiting)
    OR EXISTS (SELECT FROM facilitators f WHERE f.proposal_id = p.id AND f.organisation_id = m.organisation_id
      AND f.status = 'active' AND NOT {INSIDER})
    OR n.kind = ANY(:outside) AND m.organisation_id::text = e.payload ->> 'organisation_id'
  HAVING count(*) > 0
) seat ON true
WHERE n.person_id = CAST(:person_id AS uuid)"""
"""SQL: a person's notifications, each with what may be said of it where it is `readable`; `:outside` is `to_outsiders()`."""

_THESE = text(f"{NEWS} AND n.id = ANY(CAST(:ids AS uuid[]))")


def to_outsiders() -> list[str]:
    """The kinds of events of which somebody is told who is not in the bid: the organisation that they name."""
    return [kind for kind, event in joined().events.items() if event.outside]


async def of(session: AsyncSession, person_id: Id, ids: Sequence[Id]) -> dict[Id, Row[Any]]:
    """By id, those of these notifications of which the person may still know more than that they were told."""
    given = {"person_id": person_id, "ids": list(ids), "outside": to_outsiders()}
    rows = await session.execute(_THESE, given)
    return {row.id: row for row in rows if row.readable}
