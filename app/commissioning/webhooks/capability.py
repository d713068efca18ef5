"""What webhooks declare to the rest of the service."""

from app.commissioning.webhooks import reactions, routes, sending
from app.commissioning.webhooks.rules import SAID
from app.platform.capability import Capability, Event, Parameter, Tick

capability = Capability(
    name="webhooks",
    topics=["mail"],
    routers=[routes.router],
    parameters={
        "delivery_id": Parameter(
            "SELECT 1 FROM webhook_deliveries d WHERE d.id = $1::uuid AND d.webhook_id = $2::uuid"
        ),
    },
    events={
        "webhook_added": Event(),
        "webhook_changed": Event(),
        "webhook_removed": Event(),
        "webhook_disabled": Event(),
    },
    handlers={"event": [reactions.make_messages]},
    only_types={reactions.make_messages: SAID},
    ticks=[
        Tick(1.0, sending.send),
        Tick(5.0, reactions.open_calls),
        Tick(3600.0, reactions.forget_old_messages),
    ],
)
