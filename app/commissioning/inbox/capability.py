"""What the commissioner's inbox declares to the rest of the service."""

from app.commissioning.inbox import routes
from app.platform.access.standing import OPENED, TWO_SIDES_OF_A_CALL
from app.platform.capability import Capability, Event, Parameter, Task

_UNDECIDED = """(s.outcome IS NULL OR EXISTS (
  SELECT FROM proposals p JOIN LATERAL unnest(p.lot_ids) AS lot (id) ON true WHERE p.id = s.proposal_id
    AND NOT s.outcome -> 'results' @> jsonb_build_array(jsonb_build_object('lot_id', lot.id))))"""

capability = Capability(
    name="inbox",
    routers=[routes.router],
    parameters={
        "tenderer_id": Parameter(
            "SELECT 1 FROM submissions s JOIN edition_schedules c ON c.edition_id = s.edition_id "
            "WHERE s.id = $2::uuid AND c.partner_id = $1::uuid"
        ),
    },
    events={
        "submission_acknowledged": Event("/submissions", urgent=True),
        "submission_decided": Event("/submissions", urgent=True),
    },
    tasks=[
        Task(
            ("submission-to-acknowledge", "outcome-to-give"),
            f"""SELECT CASE WHEN s.status = 'submitted' THEN 'submission-to-acknowledge' ELSE 'outcome-to-give' END, o.id,
         o.organisation_id, o.title, coalesce(s.tenderers -> 0 ->> 'name', ''), NULL::timestamptz, '/v1/submissions/' || s.id
       FROM opportunities o JOIN member m ON m.organisation_id = o.organisation_id AND 'editor' = ANY(m.roles)
       JOIN submissions s ON s.opportunity_id = o.id
       WHERE o.status <> 'cancelled' AND {OPENED} AND NOT ({TWO_SIDES_OF_A_CALL})
         AND (s.status = 'submitted' OR s.status IN ('acknowledged', 'decided') AND {_UNDECIDED}
           AND o.submission_deadline < clock_timestamp())""",
            of_call=True,
        ),
    ],
)
