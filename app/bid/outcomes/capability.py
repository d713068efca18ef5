"""What outcomes declare."""

from app.bid.outcomes import routes
from app.bid.outcomes.schemas import OutcomeOut
from app.platform.capability import Capability, Event, Parameter, Part, Task

capability = Capability(
    name="outcomes",
    routers=[routes.router],
    parameters={
        "outcome_id": Parameter("SELECT 1 FROM outcomes WHERE id = $1::uuid AND proposal_id = $2"),
        "framework_key": Parameter(
            "SELECT 1 FROM outcome_frameworks WHERE key = $1 AND opportunity_id = $2", uuid=False
        ),
    },
    parts={
        "outcomes": Part(
            lambda proposal, _standing: [OutcomeOut.of(each) for each in proposal.outcomes], list[OutcomeOut]
        )
    },
    events={
        "outcome_added": Event(),
        "outcome_changed": Event(),
        "outcome_removed": Event(),
        "outcome_confirmed": Event(),
        "outcome_framework_brought_in": Event(),
    },
    tasks=[
        Task(
            ("outcome-to-confirm",),
            """SELECT 'outcome-to-confirm', s.proposal_id, s.organisation_id, s.proposal_title, x.outcome, NULL::timestamptz,
         '/outcomes/' || x.id FROM seat s JOIN outcomes x ON x.proposal_id = s.proposal_id
       WHERE s.status = 'accepted' AND s.edits AND s.proposal_status = 'draft' AND NOT s.late
         AND s.id = ANY(x.partner_ids) AND NOT s.id = ANY(x.confirmed_by)""",
        ),
    ],
)
