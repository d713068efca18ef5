"""What clients declare."""

from app.people.clients import routes, routes_oauth
from app.platform.capability import Capability, Event, Parameter

capability = Capability(
    name="clients",
    routers=[routes.router, routes_oauth.router],
    parameters={
        "client_id": Parameter(
            "SELECT 1 FROM clients c WHERE c.id = $1::uuid AND c.organisation_id = $2::uuid AND c.revoked_at IS NULL"
        ),
        "secret_id": Parameter(
            "SELECT 1 FROM client_secrets s JOIN clients c ON c.id = s.client_id "
            "WHERE s.id = $1::uuid AND c.organisation_id = $2::uuid AND c.revoked_at IS NULL"
        ),
    },
    events={
        "client_created": Event(),
        "client_changed": Event(),
        "client_revoked": Event(),
        "client_secret_added": Event(),
        "client_secret_removed": Event(),
    },
)
