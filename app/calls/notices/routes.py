"""Notices from elsewhere over HTTP."""

from fastapi import Response

from app.calls.notices import importing
from app.calls.opportunities.schemas import ImportedOut
from app.platform.access.ids import Id
from app.platform.web.context import Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply

router = Router(tags=["opportunities"])
PACKAGE = Options(body="raw", limit="import_limit", media=("application/json",))


@router.post(
    "/opportunities/import",
    response_model=ImportedOut,
    summary="Import OCDS notices",
    edge=PACKAGE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "An OCDS release, release package or record package.",
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"releases": [{"ocid": "ocds-h6vhtk-000001", "id": "1", "tender": {"title": "Hubs"}}]},
                }
            },
        }
    },
)
async def import_opportunities(here: Here, organisation_id: Id | None = None) -> Response:
    """Each process (`ocid`) ends in exactly one of imported, updated, unchanged and skipped; a repeat changes nothing.

    Nobody owns what it imports. Where the call follows somebody else, what you send is kept as your claim: shown to
    everybody with its differences, without your name, and followed by nobody until a bid's partners decide to. It counts
    as unchanged and is named in `claims`. A release that is dated ahead of the clock is skipped.
    """
    by = await importing.source_of(here.session, here.settings, here.person, organisation_id)
    result = await importing.import_package(here.session, by, here.content)
    return reply(here.request, ImportedOut.model_validate(result, from_attributes=True))
