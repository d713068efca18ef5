"""What the fairness checks declare to the rest of the service."""

from app.bid.fairness import routes
from app.platform.capability import Capability, Event, Parameter

capability = Capability(
    name="fairness",
    routers=[routes.router],
    parameters={
        "code": Parameter(f"SELECT 1 WHERE $1 IN ({routes.CODES})", uuid=False),
    },
    events={
        "fairness_check_opened": Event(),
        "fairness_check_kept": Event(),
        "fairness_check_answered": Event(),
    },
)
