"""What the commissioner's inbox declares to the rest of the service."""

from app.commissioning.inbox import routes
from app.platform.capability import Capability, Event, Parameter

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
)
