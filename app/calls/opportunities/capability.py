"""What opportunities declare."""

from app.calls.opportunities import routes
from app.platform.capability import Capability, Event

capability = Capability(
    name="opportunities",
    routers=[routes.router],
    events={
        "opportunity_written": Event(),
        "opportunity_changed": Event(),
        "opportunity_published": Event(),
        "opportunity_amended": Event(),
        "opportunity_cancelled": Event(),
    },
)
