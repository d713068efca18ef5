"""Whether the subscriber's own people can read what a message is about: asked when it is made, and before each try."""

from app.people.notifications.telling import reading
from app.platform.access.standing import OF_A_MEMBER, OPENED, TWO_SIDES_OF_A_CALL

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
