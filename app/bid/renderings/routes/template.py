"""How a bid will look in print, over HTTP."""

from fastapi import Response

from app.bid.document import template
from app.calls.templates.schemas import AppliedTemplateOut
from app.platform.access.ids import Id
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply

router = Router(tags=["document templates"])


@router.get(
    "/proposals/{proposal_id}/document-template", response_model=AppliedTemplateOut, summary="How this bid will look"
)
async def get_applied_document_template(here: Here, proposal_id: Id) -> Response:
    """What its draft is printed with now, of the call's rules and the lead partner's look: for its writers to keep to.

    A version that is locked for signing keeps what held when it was locked.
    """
    return reply(here.request, AppliedTemplateOut.of(await template.applied_to(here.session, here.proposal_id)))
