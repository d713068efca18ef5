"""What notices declare."""

from app.calls.notices import routes
from app.platform.capability import Capability, Event

capability = Capability(
    name="notices",
    routers=[routes.router],
    events={
        "notices_imported": Event(),
        "opportunity_followed_notice": Event(),
        "opportunity_granted": Event(),
    },
)
