"""What clients declare."""

from app.people.clients import routes
from app.platform.capability import Capability, Event, Parameter

capability = Capability(
    name="clients",
    routers=[routes.router],
    parameters={
        "client_id": Parameter(
            "SELECT 1 FROM clients c WHERE c.id = $1::uuid AND c.organisation_id = $2::uuid AND c.revoked_at IS NULL"
        ),
    },
    events={
        "client_created": Event(),
        "client_revoked": Event(),
    },
)
