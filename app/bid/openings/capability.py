"""What openings declare to the rest of the service."""

from app.bid.openings import queries, routes, routes_outside
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Event, Parameter

capability = Capability(
    name="openings",
    routers=[routes.router, routes_outside.router],
    parameters={
        "opening_id": Parameter(queries.VISIBLE),
        "application_id": Parameter(
            "SELECT 1 FROM applications a JOIN openings x ON x.id = a.opening_id WHERE a.id = $1::uuid AND x.proposal_id = $2"
        ),
        "public_opening_id": JUDGED_BY_THE_ROUTE,
        "my_application_id": JUDGED_BY_THE_ROUTE,
    },
    events={
        "opening_made": Event("/openings"),
        "opening_changed": Event(),
        "opening_closed": Event(),
        "application_received": Event("/openings"),
        "application_answered": Event(),
        "application_withdrawn": Event(),
    },
)
