"""What the words declare."""

from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability
from app.platform.vocabularies import routes

capability = Capability(
    name="vocabularies",
    routers=[routes.router],
    parameters={
        "name": JUDGED_BY_THE_ROUTE,
    },
)
