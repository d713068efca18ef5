"""What handing in declares to the rest of the service."""

from app.bid.handing_in import routes
from app.platform.capability import Capability, Event, Parameter, Task

capability = Capability(
    name="handing_in",
    routers=[routes.router],
    parameters={
        "submission_id": Parameter("SELECT 1 FROM submissions WHERE id = $1::uuid AND proposal_id = $2::uuid"),
        "lodgement_id": Parameter("SELECT 1 FROM lodgements WHERE id = $1::uuid AND proposal_id = $2::uuid"),
    },
    events={
        "submission_made": Event("/submissions", urgent=True, doer_too=True),
        "submission_withdrawn": Event("/submissions", urgent=True),
        "lodgement_recorded": Event("/lodgements"),
    },
    tasks=[
        Task(
            ("bid-to-submit",),
            """SELECT 'bid-to-submit', s.proposal_id, s.organisation_id, s.proposal_title, '',
         coalesce(s.submit_by, s.submission_deadline), '/submissions'
       FROM seat s JOIN editions e ON e.proposal_id = s.proposal_id AND e.status = 'agreed'
       WHERE s.status = 'accepted' AND s.signs AND s.proposal_status = 'agreed' AND s.id = ANY(e.may_submit) AND NOT s.late
         AND s.route = 'here'""",
        ),
        Task(
            ("bid-to-lodge", "place-to-find"),
            """SELECT CASE WHEN s.route = 'unknown' THEN 'place-to-find' ELSE 'bid-to-lodge' END, s.proposal_id,
         s.organisation_id, s.proposal_title, s.portal, coalesce(s.submit_by, s.submission_deadline), '/lodgements'
       FROM seat s JOIN editions e ON e.proposal_id = s.proposal_id AND e.status = 'agreed'
       WHERE s.status = 'accepted' AND s.signs AND s.proposal_status = 'agreed' AND s.id = ANY(e.may_submit) AND NOT s.late
         AND s.route <> 'here' AND NOT EXISTS (SELECT FROM lodgements l WHERE l.edition_id = e.id)""",
        ),
    ],
)
