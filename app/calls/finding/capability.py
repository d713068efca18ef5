"""What finding declares."""

from app.calls.finding import routes
from app.platform.capability import Capability

capability = Capability(name="finding", routers=[routes.router])
