"""What the text declares."""

from app.bid.text import routes, routes_comments, routes_history
from app.bid.text.schemas import SectionOut
from app.platform.capability import Capability, Event, Parameter, Part, Task

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
    tasks=[
        Task(
            ("suggestions-to-answer",),
            """SELECT 'suggestions-to-answer', s.proposal_id, s.organisation_id, s.proposal_title, x.title, s.text_by,
         '/sections/' || x.id || '/comments' FROM seat s JOIN sections x ON x.proposal_id = s.proposal_id
       WHERE s.status = 'accepted' AND s.edits AND s.proposal_status = 'draft' AND NOT s.late
         AND coalesce(x.assignee_organisation_id = s.organisation_id,
           CASE WHEN x.partner_id IS NULL THEN s.role = 'lead' ELSE x.partner_id = s.id END)
         AND EXISTS (SELECT FROM comments c WHERE c.section_id = x.id AND c.replacement IS NOT NULL AND c.outcome IS NULL
           AND c.resolved_at IS NULL AND c.person_id IS DISTINCT FROM (SELECT person_id FROM actor))""",
        ),
    ],
)
