"""What the text declares."""

from app.bid.text import routes, routes_comments, routes_history
from app.bid.text.schemas import SectionOut
from app.platform.capability import Capability, Event, Parameter, Part

capability = Capability(
    name="text",
    routers=[routes.router, routes_history.router, routes_comments.router],
    parameters={
        "section_id": Parameter("SELECT 1 FROM sections WHERE id = $1::uuid AND proposal_id = $2"),
        "comment_id": Parameter("SELECT 1 FROM comments WHERE id = $1::uuid AND proposal_id = $2"),
        "version_number": Parameter(
            "SELECT 1 FROM section_versions v JOIN sections s ON s.id = v.section_id "
            "WHERE s.proposal_id = $2 AND v.number::text = $1",
            uuid=False,
        ),
    },
    parts={"sections": Part(routes.in_proposal, list[SectionOut])},
    events={
        "section_written": Event(),
        "section_changed": Event(),
        "comment_made": Event("/sections/{section_id}/comments/{comment_id}", mentions=True),
        "comment_changed": Event("/sections/{section_id}/comments/{comment_id}", mentions=True),
        "suggestion_made": Event("/sections/{section_id}/comments/{comment_id}", mentions=True),
        "suggestion_accepted": Event(),
        "suggestion_declined": Event(),
        "comment_resolved": Event(),
        "comment_reopened": Event(),
    },
)
