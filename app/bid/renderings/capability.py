"""What renderings declare."""

from app.bid.renderings import checking, routes, template_routes
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Parameter

capability = Capability(
    name="renderings",
    routers=[routes.router, template_routes.router, checking.router],
    parameters={
        "digest": JUDGED_BY_THE_ROUTE,
        "edition": JUDGED_BY_THE_ROUTE,
        "format": JUDGED_BY_THE_ROUTE,
        "shape": JUDGED_BY_THE_ROUTE,
        "file_id": Parameter(
            "SELECT 1 FROM attachments a JOIN submissions s ON s.proposal_id = a.proposal_id "
            "WHERE a.id = $1::uuid AND s.id = $2::uuid AND a.in_bid"
        ),
    },
)
