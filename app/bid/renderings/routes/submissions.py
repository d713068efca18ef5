"""Submitted bids to read, over HTTP, for the commissioner."""

from typing import Any

from fastapi import Response
from starlette.responses import StreamingResponse

from app.bid.renderings import sources
from app.bid.renderings.routes.answering import FILES, Key, Language, Wanted, answer_begun, answer_made
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.db.files import files
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.filenames import disposition
from app.platform.web.replies import PRIVATE

router = Router(tags=["documents"])
ANY_FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}, "*/*": {}}}}


@router.get(
    "/submissions/{submission_id}/document.{format:rendering}", summary="A submitted bid to read", responses=FILES
)
async def get_submission_document(
    here: Here, submission_id: Id, format: str, language: Language = None, rendering: Key = None
) -> Response:
    """The bid that was handed in, with its signatures, in the format that you work in."""
    proposal_id, source = await sources.submission(here.session, here.path["submission_id"], here.settings.base_url)
    wanted = Wanted("bid", format, language, rendering)

    async def title() -> str:
        return source.title

    begun = await answer_begun(here, proposal_id, wanted, title)
    return begun or await answer_made(here, proposal_id, wanted, source)


@router.get("/submissions/{submission_id}/documents/{file_id}", summary="A file of a submitted bid", responses=ANY_FILE)
async def get_submission_file(here: Here, submission_id: Id, file_id: Id) -> Response:
    """A file that was handed in with the bid; its SHA-256 stands in the signed document."""
    _, source = await sources.submission(here.session, here.path["submission_id"], here.settings.base_url)
    file = next((f for f in source.document["attachments"] if f["id"] == here.path["file_id"]), None)
    if file is None:
        raise NotFound
    headers = {
        **PRIVATE,
        "Content-Disposition": disposition(str(file["name"])),
        "Content-Length": str(file["bytes"]),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": f'"{file["sha256"][:32]}"',
    }
    stream = files(here.settings).stream(f"files/{file['id']}")
    return StreamingResponse(stream, headers=headers, media_type=str(file["media_type"]))
