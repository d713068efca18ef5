"""Notices from elsewhere over HTTP."""

import asyncio
import hashlib
from datetime import UTC

from fastapi import Response

from app.calls.notices import importing, record
from app.calls.notices.schemas import ImportedOut, NoticeHistoryOut, RecordPackageOut
from app.platform.access.errors import NotFound
from app.platform.access.ids import Id
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.etag import tag
from app.platform.web.replies import reply, reply_bytes

router = Router(tags=["opportunities"])
LINES = ("application/jsonl", "application/x-ndjson")
PACKAGE = Options(body="raw", limit="import_limit", media=("application/json", *LINES))


@router.post(
    "/opportunities/import",
    response_model=ImportedOut,
    summary="Import OCDS notices",
    edge=PACKAGE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "An OCDS release, release package or record package; or JSON Lines, each line one of these. "
            "It may be packed with gzip (Content-Encoding: gzip); the limit counts what is unpacked.",
            "content": {
                "application/json": {
                    "schema": {"type": "object"},
                    "example": {"releases": [{"ocid": "ocds-h6vhtk-000001", "id": "1", "tender": {"title": "Hubs"}}]},
                },
                **{media: {"schema": {"type": "string"}} for media in LINES},
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
    lines = here.request.headers["content-type"].partition(";")[0].strip().lower() in LINES
    result = await importing.import_package(here.session, by, here.content, lines)
    return reply(here.request, ImportedOut.model_validate(result, from_attributes=True))


@router.get(
    "/opportunities/{opportunity_id}/record.json",
    response_model=RecordPackageOut,
    summary="A notice as it was published",
)
async def get_opportunity_record(here: Here, opportunity_id: Id) -> Response:
    """An OCDS record package of one record: the releases kept, to the character, oldest first, and what they compile to.

    It holds what the call follows, and what your own organisations brought. `compiledRelease` is made of the first alone.
    404 for a call that came by no notice.
    """
    found = await _kept(here)
    published = max(one.received_at for one in found)
    newest = f"{published.astimezone(UTC).date().isoformat()}T00:00:00Z"
    return _reply(here, await asyncio.to_thread(record.package, found[0].release.ocid, found, newest))


@router.get(
    "/opportunities/{opportunity_id}/history", response_model=NoticeHistoryOut, summary="What each notice changed"
)
async def get_opportunity_history(here: Here, opportunity_id: Id) -> Response:
    """Release by release, oldest first: each value that it changed, by its JSON Pointer into the compiled release.

    Of what another organisation brought, `received_at` is a date. 404 for a call that came by no notice.
    """
    return _reply(here, await asyncio.to_thread(record.history, await _kept(here)))


async def _kept(here: Context) -> list[record.Kept]:
    own = [membership.organisation_id for membership in here.person.memberships]
    found = await record.kept(here.db.reads, here.path["opportunity_id"], own)
    if not any(one.followed for one in found):
        raise NotFound
    return found


def _reply(here: Context, text: str) -> Response:
    content = text.encode("utf-8", "replace")
    return reply_bytes(here.request, content, tag=tag(0, hashlib.sha256(content).hexdigest()[:16]))
