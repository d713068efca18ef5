"""What areas declare."""

from app.calls.areas import routes
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability

capability = Capability(
    name="areas",
    routers=[routes.router],
    parameters={"area_code": JUDGED_BY_THE_ROUTE},
)
