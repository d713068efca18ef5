"""Sections over HTTP: settings and text."""

import hashlib
from typing import Annotated, Literal

from fastapi import Header, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid import value as d
from app.bid.text import ahead, complexity, content, history, queries, section_log, service
from app.bid.text.rendered import Content, seq_of
from app.bid.text.schemas import ContentIn, ContentOut, SectionOut, SectionPatch, SectionTextOut
from app.bid.text.section_log import Author, SectionText
from app.bid.text.tables import Section
from app.platform.access.ids import Id
from app.platform.access.rules import Standing
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import digest, reply, reply_bytes, reply_list

router = Router(tags=["sections"])

Include = Annotated[Literal["content"] | None, Query(description="`content`: with the text of each section.")]
ONE = "/proposals/{proposal_id}/sections/{section_id}"


def in_proposal(proposal: d.Proposal, standing: Standing) -> list[SectionOut]:
    asked = d.Asked(proposal.opportunity.questions, proposal.lot_ids, proposal.partners, proposal.language)
    return [SectionOut.of(section, asked, standing) for section in proposal.sections]


async def _reply(here: Context, row: Section) -> Response:
    beside = await queries.beside(here.session, [row.id])
    asked = await service.asked(here.session, here.proposal_id)
    out = SectionOut.of(service.as_value(row), asked, here.standing, beside[row.id])
    # Counts, shares and the lead change without the settings' version, so the ETag covers them too.
    return reply(here.request, out, variant=digest(out))


@router.get(
    "/proposals/{proposal_id}/sections", response_model=paging.page_of(SectionOut), summary="The bid's sections"
)
async def list_sections(
    here: Here,
    proposal_id: Id,
    include: Include = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """In the order of the bid: who writes each and until when, its state, its limit, its counts, open comments and last
    edit; with `include=content` its text too."""
    rows = await service.page(here.session, here.proposal_id, limit + 1, paging.after_id(cursor))
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    asked = await service.asked(here.session, here.proposal_id)
    beside = await queries.beside(here.session, [row.id for row in page])
    items = [SectionOut.of(service.as_value(row), asked, here.standing, beside[row.id]) for row in page]
    if include == "content":
        now = await section_log.read_all(here.session, here.proposal_id)
        await here.close()
        items = [await _with_text(item, now.get(item.id, SectionText(0, ()))) for item in items]
    return reply_list(here.request, items, next_cursor)


async def _with_text(item: SectionOut, now: SectionText) -> SectionOut:
    found = await content.rendered(item.id, now)
    text = SectionTextOut(**ContentOut.of(found).model_dump(), etag=found.etag)
    return item.model_copy(update={"content": text})


@router.get(ONE, response_model=SectionOut, summary="One section")
async def get_section(here: Here, proposal_id: Id, section_id: Id) -> Response:
    """Its settings and counts; the text is at `…/content`."""
    return await _reply(here, await service.find(here.session, here.proposal_id, here.path["section_id"]))


@router.patch(ONE, response_model=SectionOut, summary="Say who writes a section, and how far it is")
async def update_section(here: Here, proposal_id: Id, section_id: Id, body: SectionPatch) -> Response:
    """By an editor of the organisation that writes it, or of the lead (or of the member whose section it is)."""
    row = await service.find(here.session, here.proposal_id, here.path["section_id"], lock=True)
    side = await service.manager(here.session, row, here.standing)
    changes = await service.checked(here.session, row, side, body.sent())
    here.match(row.version)
    here.check_state()
    await service.change(here.act(side), row, changes)
    return await _reply(here, row)


def _strict(prefer: str) -> bool:
    """Whether `handling=strict` is preferred.

    By RFC 7240 there can be several preferences, each with parameters and quotes.
    """
    preferences = (each.split(";")[0] for each in prefer.lower().split(","))
    return any("".join(each.split()).replace('"', "") == "handling=strict" for each in preferences)


def _reply_content(here: Context, found: Content) -> Response:
    return reply_bytes(here.request, ContentOut.of(found).model_dump_json().encode(), tag=found.etag)


@router.get(f"{ONE}/content", response_model=ContentOut, summary="A section's text")
async def get_section_content(here: Here, proposal_id: Id, section_id: Id) -> Response:
    """As Markdown, as it stands now. Its ETag is the text's own: send it in If-Match when you put the text back."""
    now = await section_log.read(here.session, here.path["section_id"])
    await here.close()
    return _reply_content(here, await content.rendered(here.path["section_id"], now))


@router.put(
    f"{ONE}/content",
    response_model=ContentOut,
    summary="Put a section's text",
    edge=Options(late=True),
)
async def put_section_content(
    here: Here,
    proposal_id: Id,
    section_id: Id,
    body: ContentIn,
    prefer: Annotated[
        str,
        Header(
            alias="Prefer",
            description="`handling=strict` refuses instead of merging. Empty: merge.",
            examples=["handling=strict"],
        ),
    ] = "",
) -> Response:
    """The change from the text that If-Match names to this one is merged into what others have written since.

    No keystroke of theirs is thrown away, and the same text sent again from the same base changes nothing more. With `Prefer: handling=strict` a text that is not the newest is 412 instead,
    as is one that was overtaken more than seven days ago; the problem holds the text as it is now.
    """
    section_id, most = here.path["section_id"], complexity.most_of(here.settings)
    async with here.db.sessions() as session:
        by = Author.by(here.person, await service.writer_of(session, here.proposal_id, section_id, here.standing))
    wanted = await content.parsed(body.markdown, most)
    read_until = seq_of(section_id, here.request.headers.get("if-match"))
    strict = _strict(prefer)
    given = hashlib.sha256(body.markdown.encode()).digest()

    async def look(session: AsyncSession, now: SectionText) -> ahead.Work:
        base = await content.base_of(session, section_id, now, read_until, strict)
        here.check_state()
        again = await history.was_put(session, section_id, base.seq, given, by)
        change = ahead.nothing if again else content.changing(base, wanted, most)
        return await ahead.work(session, section_id, now, by, change, brings=len(body.markdown))

    change = await ahead.hold(here, section_id, look)
    # Judged again under the lock: the proposal may have been frozen, or the section assigned to others, meanwhile.
    side = await service.writer_of(here.session, here.proposal_id, section_id, here.standing)
    here.check_state()
    await content.put(here.act(side), section_id, change, read_until, given)
    response = _reply_content(here, change.content)
    if strict:
        response.headers["Preference-Applied"] = "handling=strict"
    return response
