"""What a person's own account declares."""

from app.people.me import routes
from app.platform.capability import Capability

capability = Capability(name="me", routers=[routes.router])
