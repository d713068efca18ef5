"""What renderings declare to the rest of the service."""

from app.bid.renderings import reactions
from app.bid.renderings.routes import drafts, editions, packs, public_check, submissions, template
from app.platform.capability import JUDGED_BY_THE_ROUTE, Capability, Parameter

capability = Capability(
    name="renderings",
    routers=[
        drafts.router,
        editions.router,
        submissions.router,
        packs.router,
        template.router,
        public_check.router,
    ],
    handlers={"edition_to_render": [reactions.render_agreed]},
    parameters={
        "digest": JUDGED_BY_THE_ROUTE,
        "format": JUDGED_BY_THE_ROUTE,
        "shape": JUDGED_BY_THE_ROUTE,
        "file_id": Parameter(
            "SELECT 1 FROM attachments a JOIN submissions s ON s.proposal_id = a.proposal_id "
            "WHERE a.id = $1::uuid AND s.id = $2::uuid AND a.in_bid"
        ),
    },
)
