"""What notifications declare."""

from app.people.notifications import pages, reactions, routes, telling
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Tick

capability = Capability(
    name="notifications",
    topics=["mail", telling.NEWS],
    parameters={
        "notification_id": JUDGED_BY_THE_ROUTE,
    },
    routers=[routes.router, pages.router],
    handlers={
        "event": [reactions.tell],
        telling.NEWS: [reactions.mail_now],
        "identifier_yielded": [reactions.tell_of_yielded_identifier],
    },
    ticks=[Tick(300.0, reactions.send_digests)],
)
