"""Whether the subscriber's own people can read what a message is about: asked when it is made, and before each try."""

from collections.abc import Mapping
from typing import Any

from app.commissioning.webhooks.rules import Side
from app.people.notifications.telling import reading
from app.platform.access.ids import Id
from app.platform.access.standing import OF_A_MEMBER, OPENED, TWO_SIDES_OF_A_CALL
from app.platform.db.reads import Reads

TRUSTED = """(w.client_id IS NULL OR EXISTS (
  SELECT FROM clients c WHERE c.id = w.client_id AND c.revoked_at IS NULL AND 'webhooks:write' = ANY(c.scopes)))"""
"""SQL: whether whoever made the subscription `w` may still."""


def reads_as_seat(proposal: str) -> str:
    """SQL: somebody of the organisation of `w` reads the events of this bid."""
    return f"EXISTS (SELECT {reading(proposal)} AND m.organisation_id = w.organisation_id)"


def reads_as_buyer(submission: str) -> str:
    """SQL: somebody of the organisation of `w`, which owns the call, sees this submission."""
    return f"""EXISTS (
      SELECT FROM submissions s JOIN opportunities o ON o.id = s.opportunity_id
      JOIN memberships m ON m.organisation_id = o.organisation_id
      CROSS JOIN LATERAL ({OF_A_MEMBER} SELECT {TWO_SIDES_OF_A_CALL} AS two) sides
      WHERE s.id = {submission} AND o.organisation_id = w.organisation_id AND NOT sides.two
        AND (o.mode <> 'sealed' OR s.status NOT IN ('replaced', 'withdrawn')) AND {OPENED})"""


def owns(opportunity: str) -> str:
    """SQL: the organisation of `w` owns this call."""
    return f"EXISTS (SELECT FROM opportunities o WHERE o.id = {opportunity} AND o.organisation_id = w.organisation_id)"


READABLE = f"""CASE d.side
  WHEN 'seat' THEN {reads_as_seat("d.lane_id")}
  WHEN 'buyer' THEN {reads_as_buyer("(d.data ->> 'submission_id')::uuid")}
  WHEN 'call' THEN {owns("d.lane_id")}
  ELSE d.side = 'self' END"""
"""SQL: whether the message `d` of the subscription `w` may be sent now."""

_JUDGED = {
    side: f"SELECT 1 FROM webhooks w WHERE w.id = $1::uuid AND {readable}"
    for side, readable in {
        Side.SEAT.value: reads_as_seat("$2::uuid"),
        Side.BUYER.value: reads_as_buyer("$2::uuid"),
        Side.CALL.value: owns("$2::uuid"),
    }.items()
}


async def readable(reads: Reads, webhook_id: Id, side: str, lane_id: Id, data: Mapping[str, Any]) -> bool:
    """Whether it may be sent now: the same, on the read pool, whose statements are planned once."""
    if side == Side.SELF:
        return True
    about = data["submission_id"] if side == Side.BUYER else lane_id
    return await reads.first(_JUDGED[side], webhook_id, about) is not None
