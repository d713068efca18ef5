"""What files declare."""

from app.bid.files import queries, routes
from app.platform.capability import Capability, Event, Parameter, Task

capability = Capability(
    name="files",
    routers=[routes.router],
    parameters={
        "document_id": Parameter(
            "SELECT a.partner_id::text FROM attachments a WHERE a.id = $1::uuid AND a.proposal_id = $2::uuid "
            f"AND a.deleted_at IS NULL AND {queries.readable('a', '$3::uuid[]')}"
        ),
    },
    events={
        "document_attached": Event(),
        "document_changed": Event(),
        "document_anonymised": Event(),
        "document_deleted": Event(),
    },
    tasks=[
        Task(
            ("file-to-anonymise",),
            f"""SELECT 'file-to-anonymise', s.proposal_id, s.organisation_id, s.proposal_title, a.name, s.sign_by,
         '/documents/' || a.id FROM seat s JOIN attachments a ON a.partner_id = s.id
       WHERE s.status = 'accepted' AND s.edits AND s.proposal_status = 'draft' AND NOT s.late
         AND {queries.IDENTIFIES} AND {queries.IN_THE_BID}""",
        ),
    ],
)
