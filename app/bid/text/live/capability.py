"""What live editing declares."""

from app.bid.text.live import routes
from app.platform.capability import Capability

capability = Capability(
    name="text/live",
    routers=[routes.router],
)
