"""What accounts declare."""

from app.people.accounts import reactions, routes
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability

capability = Capability(
    name="accounts",
    parameters={
        "session_id": JUDGED_BY_THE_ROUTE,
    },
    routers=[routes.router],
    topics=["mail", "password_reset_asked"],
    handlers={"password_reset_asked": [reactions.send_reset_link]},
)
