"""Attached files over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import select, text
from starlette.responses import StreamingResponse

from app.bid.files import queries, service
from app.bid.files.receiving import receive
from app.bid.files.rules import FileFacts, Marks, PersonalData, check_marks
from app.bid.files.schemas import DocumentOut, DocumentPatch
from app.bid.files.tables import File
from app.platform.access.errors import Fault, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.lifecycle import check_attachable
from app.platform.access.rules import Side
from app.platform.db.base import new_id
from app.platform.db.files import files
from app.platform.web import etag, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.filenames import disposition
from app.platform.web.replies import PRIVATE, gone, reply, reply_list
from app.platform.words.codes import ProposalStatus, RoundStatus

router = Router(tags=["attached files"])
DOCUMENTS = "/proposals/{proposal_id}/documents"
MULTIPART = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {"type": "string", "contentMediaType": "application/octet-stream"},
                        "organisation_id": {"type": "string", "format": "uuid"},
                        "partner_id": {"type": "string", "format": "uuid"},
                        "personal_data": {"type": "string", "enum": [kind.value for kind in PersonalData]},
                        "anonymised": {"type": "boolean"},
                        "in_bid": {"type": "boolean"},
                        "visible_to": {"type": "array", "items": {"type": "string", "format": "uuid"}},
                    },
                }
            }
        },
    }
}
OWN = Options(owned="document_id")
FILE: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}, "*/*": {}}}}


@router.post(
    DOCUMENTS,
    status_code=201,
    response_model=DocumentOut,
    summary="Attach a file",
    edge=Options(body="stream", limit="upload_body_limit", media=("multipart/form-data",)),
    openapi_extra=MULTIPART,
)
async def attach_document(here: Here, proposal_id: Id) -> Response:
    """A multipart form with the part `file`, and beside it who may read it and what personal data it holds.

    While the partners sign, files that do not go in the bid can be attached: what a signature rests on, say. Where the
    bid goes in on the council's own portal, that portal's receipt can be attached after the deadline too.
    """
    folder = here.settings.data_dir / "tmp"
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    received = await receive(here.request, here.settings.upload_limit, str(folder))
    try:
        marks, organisation_id, partner_id = _read(received.fields)
        check_marks(marks)
        file_id, store = new_id(), files(here.settings)
        await store.write(service.key_of(file_id), received.chunks())
    finally:
        received.close()
    attached = False
    try:
        if here.retry is not None:
            here.retry.content = received.fingerprint()
        await here.begin()  # only now that the bytes are safe: a slow upload keeps nobody waiting
        file = await _attach(here, here.side(organisation_id, partner_id), file_id, received.facts, marks)
        attached = True
    finally:
        if not attached:
            await store.delete(service.key_of(file_id))
    location = f"/v1/proposals/{here.proposal_id}/documents/{file.id}"
    return reply(here.request, DocumentOut.of(file), status=201, location=location)


async def _check_state(here: Context, *, in_bid: bool) -> None:
    """409 where the proposal's state leaves no room for this."""
    status, late = here.standing.status or ProposalStatus.DRAFT, here.standing.deadline_passed
    elsewhere = late and await service.lodged_elsewhere(here.session, here.proposal_id)
    check_attachable(status, late, here.facts.get("edition"), in_bid=in_bid, lodged_elsewhere=elsewhere)


async def _attach(here: Context, side: Side, file_id: Id, facts: FileFacts, marks: Marks) -> File:
    """The row of a file whose bytes are stored already."""
    await service.check_readers(here.session, here.proposal_id, marks.visible_to)
    await _check_state(here, in_bid=marks.in_bid)
    act = here.act(side)
    most, quota = here.settings.uploads_per_partner, here.settings.upload_quota_per_partner
    await service.check_room(act, facts.size, most, quota)
    return await service.attach(act, file_id, facts, marks, hidden=_is_hidden(here, side))


def _is_hidden(here: Context, side: Side) -> bool:
    """Whether the round hides this partner's files from the others: until the reveal, or until it has filed."""
    return here.facts.get("round") == RoundStatus.OPEN or side.to_file


_FLAG = TypeAdapter(bool)
_KNOWN = {"organisation_id", "partner_id", "personal_data", "anonymised", "in_bid", "visible_to"}


def _read(fields: dict[str, list[str]]) -> tuple[Marks, Id | None, Id | None]:
    """The form's text fields: what is said of the file, and the organisation and partner that are named."""
    faults = [Fault(f"/{name}", "unknown-field", "There is no such field.") for name in fields.keys() - _KNOWN]

    def one(name: str) -> str | None:
        return fields[name][-1].strip().lower() if fields.get(name) else None

    def flag(name: str) -> bool:
        try:
            return _FLAG.validate_python(one(name) or "false")
        except ValidationError:
            faults.append(Fault(f"/{name}", "not-a-flag", "Send true or false."))
            return False

    try:
        personal = PersonalData(one("personal_data") or "none")
    except ValueError:
        faults.append(Fault("/personal_data", "unknown-code", "Send none, staff or service_users."))
        personal = PersonalData.NONE
    readers = tuple(
        part.strip().lower() for value in fields.get("visible_to", ()) for part in value.split(",") if part.strip()
    )
    marks = Marks(personal, flag("anonymised"), flag("in_bid"), readers)
    if faults:
        raise Invalid(errors=faults)
    return marks, one("organisation_id"), one("partner_id")


@router.get(DOCUMENTS, response_model=paging.page_of(DocumentOut), summary="The attached files")
async def list_documents(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """Those that you may read, oldest first."""
    seats = [side.seat_id for side in here.standing.sides if side.seat_id]
    readable = text(queries.readable("attachments", "CAST(:seats AS uuid[])")).bindparams(seats=seats)
    query = select(File).where(File.proposal_id == here.proposal_id, File.deleted_at.is_(None), readable)
    rows, next_cursor = await paging.rows(here.session, query, File.id, limit, cursor)
    return reply_list(here.request, [DocumentOut.of(row) for row in rows], next_cursor)


@router.get(DOCUMENTS + "/{document_id}", summary="An attached file", responses=FILE)
async def get_attached_document(here: Here, proposal_id: Id, document_id: Id) -> Response:
    """The file itself, always to be saved and never to be shown; what is known of it with `Accept: application/json`."""
    file = await here.session.get(File, here.path["document_id"])
    if file is None:
        raise NotFound
    if "application/json" in here.request.headers.get("accept", "") and "*/*" not in here.request.headers["accept"]:
        return reply(here.request, DocumentOut.of(file))
    return _handed_out(here, file)


def _handed_out(here: Context, file: File) -> Response:
    """The bytes as they came, streamed, under headers that keep any browser from running them."""
    headers = {
        **PRIVATE,
        "Content-Disposition": disposition(file.name),
        "Content-Length": str(file.bytes),
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "ETag": f'"{file.sha256[:32]}"',
    }
    if etag.not_modified(here.request, headers["ETag"]):
        return Response(status_code=304, headers={name: headers[name] for name in ("ETag", *PRIVATE)})
    stream: AsyncIterator[bytes] = files(here.settings).stream(service.key_of(file.id))
    return StreamingResponse(stream, headers=headers, media_type=file.media_type)


@router.patch(DOCUMENTS + "/{document_id}", response_model=DocumentOut, summary="Mark an attached file anew", edge=OWN)
async def update_document(here: Here, proposal_id: Id, document_id: Id, body: DocumentPatch) -> Response:
    """Who may read it, what personal data it holds, that it identifies nobody, and whether it goes in the bid.

    Its owner alone can. What is in the bid, or comes into it, changes in a draft only.
    """
    file = await _file(here)
    side = here.side(partner_id=file.partner_id)
    before = service.marks_of(file)
    after = service.with_changes(before, body.marks())
    check_marks(after)
    await service.check_readers(here.session, here.proposal_id, set(after.visible_to) - set(before.visible_to))
    here.match(file.version)
    await _check_state(here, in_bid=before.in_bid or after.in_bid)
    await service.change(here.act(side), file, after, hidden=_is_hidden(here, side))
    return reply(here.request, DocumentOut.of(file))


@router.delete(DOCUMENTS + "/{document_id}", status_code=204, summary="Delete an attached file", edge=OWN)
async def delete_document(here: Here, proposal_id: Id, document_id: Id) -> Response:
    """Its owner alone can, while nothing names it as evidence; one that goes in the bid only in a draft."""
    file = await _file(here)
    side = here.side(partner_id=file.partner_id)
    here.match(file.version)
    await _check_state(here, in_bid=file.in_bid)
    await service.delete(here.act(side), file, hidden=_is_hidden(here, side))
    return gone()


async def _file(here: Context) -> File:
    file = await here.session.get(File, here.path["document_id"])
    if file is None or file.deleted_at is not None:
        raise NotFound
    return file
