"""What opportunities declare."""

from app.calls.opportunities import routes
from app.platform.capability import Capability, Event, Task

capability = Capability(
    name="opportunities",
    routers=[routes.router],
    events={
        "opportunity_written": Event(),
        "opportunity_typed": Event(),
        "opportunity_changed": Event(),
        "opportunity_published": Event(),
        "opportunity_amended": Event(),
        "opportunity_cancelled": Event(),
    },
    tasks=[
        Task(
            ("call-to-publish",),
            """SELECT 'call-to-publish', o.id, o.organisation_id, o.title, '', o.submission_deadline, '/v1/opportunities/' || o.id
       FROM opportunities o JOIN member m ON m.organisation_id = o.organisation_id
       WHERE o.status = 'draft' AND 'editor' = ANY(m.roles)""",
            of_call=True,
        ),
    ],
)
