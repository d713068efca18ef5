"""What saved searches declare."""

from app.calls.saved import alerts, pages, routes
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Parameter, Tick

capability = Capability(
    name="saved",
    routers=[routes.router, pages.router],
    parameters={
        "saved_search_id": Parameter(
            "SELECT 1 FROM saved_searches WHERE id = $1::uuid AND organisation_id = ANY($3::uuid[])"
        ),
        "feed_file": JUDGED_BY_THE_ROUTE,
    },
    ticks=[Tick(60.0, alerts.send_due)],
)
