"""The history of a section over HTTP."""

from typing import Annotated

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import ahead, complexity, content, history, service
from app.bid.text.catching_up import catch_up
from app.bid.text.history import VersionReason
from app.bid.text.schemas import (
    ContentOut,
    DifferencesOut,
    RestoreIn,
    SpanOut,
    VersionIn,
    VersionOut,
    VersionWithText,
    WrittenRun,
)
from app.bid.text.section_log import Author, SectionText
from app.platform.access.errors import Conflict
from app.platform.access.ids import Id
from app.platform.web import paging
from app.platform.web.context import Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply, reply_bytes, reply_list

router = Router(tags=["sections"])
ONE = "/proposals/{proposal_id}/sections/{section_id}"


class NothingWritten(Conflict):
    code = "nothing-written"
    title = "There is no text yet"
    explanation = "Nobody has written in this section, so there is nothing to keep. Write something first."


@router.get(f"{ONE}/history", response_model=paging.page_of(VersionOut), summary="A section's versions")
async def get_section_history(
    here: Here, proposal_id: Id, section_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """The newest first: those that somebody kept by name, and those kept by themselves while people wrote."""
    rows = await history.page(here.session, here.path["section_id"], limit + 1, _before(cursor))
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.number,))
    return reply_list(here.request, [VersionOut.of(row) for row in page], next_cursor)


def _before(cursor: str | None) -> int | None:
    """The number of the last version of the page before. Versions are listed by number, not by id as other things."""
    key = paging.decode(cursor, lambda part: paging.is_number(part, 1, 2**31))
    return key[0] if key else None


@router.post(
    f"{ONE}/history",
    status_code=201,
    response_model=VersionOut,
    summary="Keep a version by name",
    edge=Options(late=True),
)
async def keep_section_version(here: Here, proposal_id: Id, section_id: Id, body: VersionIn) -> Response:
    """The text as it stands now, under a name, so that it is found again."""
    section_id, by = here.path["section_id"], Author.by(here.person, here.side_of_any())

    async def look(session: AsyncSession, now: SectionText) -> ahead.Work:
        if not now.updates:
            raise NothingWritten
        return await ahead.work(session, section_id, now, by, ahead.nothing)

    found = await ahead.hold(here, section_id, look)
    reason = VersionReason("named", name=body.name, by=Author.of(here.act(here.side_of_any())))
    row = await catch_up(here.session, here.proposal_id, section_id, reason, ahead=found.after)
    if row is None:
        raise NothingWritten
    location = f"/v1{ONE}/history/{row.number}".format(**here.path)
    return reply(here.request, VersionOut.of(row), status=201, location=location)


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
    session, section_id = here.session, here.path["section_id"]
    row = await history.version(session, section_id, int(here.path["version_number"]))
    other = against if against is not None else row.number - 1
    before = await history.version(session, section_id, other, "/query/against") if other >= 1 else None
    await here.close()  # what follows takes a moment for a long text
    text = await history.read(row)
    out = VersionWithText(
        **dict(VersionOut.of(row)),
        markdown=text.markdown,
        written=[
            WrittenRun(line=line, text=piece, organisation_id=by.organisation_id, person_id=by.person_id)
            for line, piece, by in text.written
        ],
    )
    if before is not None:
        found, markdown = await history.differences(before.state, row.state)
        spans = [SpanOut(kind=span.kind, markdown=span.markdown) for span in found]
        out.differences = DifferencesOut(against=other, spans=spans, markdown=markdown)
    return reply(here.request, out, version=row.number, variant=str(other))


@router.post(
    f"{ONE}/restore", response_model=ContentOut, summary="Bring an earlier version back", edge=Options(late=True)
)
async def restore_section(here: Here, proposal_id: Id, section_id: Id, body: RestoreIn) -> Response:
    """As a new change to the text as it stands: nothing leaves the history, and what others type meanwhile survives."""
    section_id, most = here.path["section_id"], complexity.most_of(here.settings)
    async with here.db.sessions() as session:
        by = Author.by(here.person, await service.writer_of(session, here.proposal_id, section_id, here.standing))
        earlier = await history.version(session, section_id, body.number, "/number")
    here.check_state()

    async def look(session: AsyncSession, now: SectionText) -> ahead.Work:
        return await ahead.work(session, section_id, now, by, content.restoring(earlier.state, most), apart=True)

    change = await ahead.hold(here, section_id, look)
    side = await service.writer_of(here.session, here.proposal_id, section_id, here.standing)
    here.check_state()
    await content.restore(here.act(side), section_id, change, earlier)
    return reply_bytes(here.request, ContentOut.of(change.content).model_dump_json().encode(), tag=change.content.etag)
