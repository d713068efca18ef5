"""The history of a section over HTTP."""

from typing import Annotated

from fastapi import Query, Response

from app.bid.text import content, history, section_log, service, settling
from app.bid.text.schemas import (
    AuthorOut,
    ContentOut,
    CountsOut,
    DifferencesOut,
    RestoreIn,
    SpanOut,
    VersionIn,
    VersionOut,
    VersionWithText,
    WrittenRun,
)
from app.bid.text.tables import SectionVersion
from app.platform.access.errors import Conflict, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_bytes, reply_list

router = Router(tags=["sections"])
ONE = "/proposals/{proposal_id}/sections/{section_id}"


class NothingWritten(Conflict):
    code = "nothing-written"
    title = "There is no text yet"
    explanation = "Nobody has written in this section, so there is nothing to keep. Write something first."


def _out(row: SectionVersion) -> VersionOut:
    by = AuthorOut(organisation_id=row.organisation_id, person_id=row.person_id) if row.organisation_id else None
    return VersionOut(
        number=row.number,
        kind=row.kind,
        name=row.name,
        at=row.at,
        kept_by=by,
        restored_from=row.restored_from,
        organisation_ids=row.organisation_ids,
        counts=CountsOut(words=row.words, characters=row.characters, pages=row.pages),
    )


@router.get(f"{ONE}/history", response_model=paging.page_of(VersionOut), summary="A section's versions")
async def get_section_history(
    here: Here, proposal_id: Id, section_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The newest first: those that somebody kept by name, and those kept by themselves while people wrote."""
    rows = await history.page(here.session, here.path["section_id"], limit + 1, _before(cursor))
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.number,))
    return reply_list(here.request, [_out(row) for row in page], next_cursor)


def _before(cursor: str | None) -> int | None:
    """The version that the page before ended with."""
    key = paging.decode(cursor, 1)
    if key is None:
        return None
    if not isinstance(key[0], int) or not 0 < key[0] < 2**31:
        raise Invalid.at("/query/cursor", "bad-cursor", "This cursor is not one that the service gave.")
    return key[0]


@router.post(f"{ONE}/history", status_code=201, response_model=VersionOut, summary="Keep a version by name")
async def keep_section_version(here: Here, proposal_id: Id, section_id: Id, body: VersionIn) -> Response:
    """The text as it stands now, under a name, so that it is found again."""
    side = here.side_of_any()
    by = (side.organisation_id, here.person.person_id)
    kept = settling.Kept("named", name=body.name, by=by)
    await _settled_text(here)
    row = await settling.settle(here.session, here.proposal_id, here.path["section_id"], kept)
    if row is None:
        raise NothingWritten
    location = f"/v1{ONE}/history/{row.number}".format(**here.path)
    return reply(here.request, _out(row), status=201, location=location)


async def _settled_text(here: Here) -> None:
    if not (await section_log.read(here.session, here.path["section_id"])).updates:
        raise NothingWritten


@router.get(f"{ONE}/history/{{version_number}}", response_model=VersionWithText, summary="One version of a section")
async def get_section_version(
    here: Here,
    proposal_id: Id,
    section_id: Id,
    version_number: str,
    against: Annotated[
        int | None, Query(ge=1, lt=2**31, description="Another version, to see what changed from it.")
    ] = None,
) -> Response:
    """Its text, who wrote which piece of it, and what changed from the version before (or from `against`)."""
    row = await history.version(here.session, here.path["section_id"], int(here.path["version_number"]))
    read = await history.read(row)
    out = VersionWithText(
        **dict(_out(row)),
        markdown=read.markdown,
        written=[
            WrittenRun(line=line, text=text, organisation_id=who[0], person_id=who[1])
            for line, text, who in read.written
        ],
    )
    other = against if against is not None else row.number - 1
    if other >= 1:
        try:
            before = await history.version(here.session, here.path["section_id"], other)
        except NotFound:
            raise service.unknown_version() from None
        found, markdown = await history.differences(before.state, row.state)
        spans = [SpanOut(kind=span.kind, markdown=span.markdown) for span in found]
        out.differences = DifferencesOut(against=other, spans=spans, markdown=markdown)
    return reply(here.request, out, version=row.number, variant=str(other))


@router.post(f"{ONE}/restore", response_model=ContentOut, summary="Bring an earlier version back")
async def restore_section(here: Here, proposal_id: Id, section_id: Id, body: RestoreIn) -> Response:
    """As a new change to the text as it stands: nothing leaves the history, and what others type meanwhile survives."""
    session, section_id = here.session, here.path["section_id"]
    row = await service.find(session, here.proposal_id, section_id)
    by = await service.writer(session, row, here.standing, here.person)
    here.check_state()
    try:
        earlier = await history.version(session, section_id, body.number)
    except NotFound:
        raise service.unknown_version("/number") from None
    now = await section_log.hold(session, section_id)
    update = await content.restored(now, earlier.state)
    if update is not None:
        if not await history.is_kept(session, section_id, now.seq):  # what was typed lately is in no version yet
            await settling.settle(session, here.proposal_id, section_id, settling.Kept())
        await content.add(session, section_id, update, by)
        author = (by.organisation_id, by.person_id)
        kept = settling.Kept("restored", by=author, restored_from=earlier.number)
        await settling.settle(session, here.proposal_id, section_id, kept)
    found = await content.read(session, section_id)
    out = ContentOut(markdown=found.markdown, counts=CountsOut.model_validate(found.counts))
    return reply_bytes(here.request, out.model_dump_json().encode(), tag=found.etag)
