"""What document templates declare."""

from app.calls.templates import routes
from app.platform.capability import Capability, Event

capability = Capability(
    name="templates",
    routers=[routes.router],
    events={
        "document_template_changed": Event(),
    },
)
