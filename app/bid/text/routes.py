"""Sections over HTTP: settings and text."""

import hashlib
from collections.abc import Iterable
from typing import Annotated

from fastapi import Header, Response
from sqlalchemy import select, tuple_

from app.bid import value as d
from app.bid.text import content, section_log, service, settling
from app.bid.text.schemas import ContentIn, ContentOut, CountsOut, SectionOut, SectionPatch
from app.bid.text.tables import Section
from app.platform.access.ids import Id
from app.platform.access.rules import Standing
from app.platform.web import etag, paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import PRIVATE, reply, reply_bytes, reply_list

router = Router(tags=["sections"])

ONE = "/proposals/{proposal_id}/sections/{section_id}"


def in_proposal(proposal: d.Proposal, _: Standing) -> list[SectionOut]:
    return [SectionOut.of(section, proposal.partners) for section in proposal.sections]


def _variant(out: SectionOut) -> str:
    """Counts, shares and the lead move without the settings' version."""
    return hashlib.sha256(out.model_dump_json().encode()).hexdigest()[:16]


@router.get(
    "/proposals/{proposal_id}/sections", response_model=paging.page_of(SectionOut), summary="The bid's sections"
)
async def list_sections(
    here: Here, proposal_id: Id, limit: paging.Limit = 50, cursor: paging.Cursor = None
) -> Response:
    """In the order of the bid, without their texts: who writes each, its state, its limit and its counts."""
    after = paging.after_id(cursor)
    query = select(Section).where(Section.proposal_id == here.proposal_id)
    if after is not None:
        last = select(Section.position, Section.id).where(Section.id == after).scalar_subquery()
        query = query.where(tuple_(Section.position, Section.id) > last)
    rows = (await here.session.execute(query.order_by(Section.position, Section.id).limit(limit + 1))).scalars().all()
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    partners = await service.partners(here.session, here.proposal_id)
    return reply_list(here.request, [SectionOut.of(service.value(row), partners) for row in page], next_cursor)


@router.get(ONE, response_model=SectionOut, summary="One section")
async def get_section(here: Here, proposal_id: Id, section_id: Id) -> Response:
    """Its settings and counts; the text is at `…/content`."""
    row = await service.find(here.session, here.proposal_id, here.path["section_id"])
    out = SectionOut.of(service.value(row), await service.partners(here.session, here.proposal_id))
    return reply(here.request, out, variant=_variant(out))


@router.patch(ONE, response_model=SectionOut, summary="Say who writes a section, and how far it is")
async def update_section(here: Here, proposal_id: Id, section_id: Id, body: SectionPatch) -> Response:
    """By an editor of the organisation that writes it, or of the lead (or of the member whose section it is)."""
    row = await service.find(here.session, here.proposal_id, here.path["section_id"], lock=True)
    organisation_id = await service.manager(here.session, row, here.standing)
    here.match(row.version)
    here.check_state()
    await service.change(here.session, here.person, row, organisation_id, body.sent())
    out = SectionOut.of(service.value(row), await service.partners(here.session, here.proposal_id))
    return reply(here.request, out, variant=_variant(out))


def _strict(prefer: Iterable[str]) -> bool:
    """RFC 7240: several preferences in one header or in several, each with parameters, the value perhaps in quotes."""
    preferences = (each.split(";")[0] for each in ",".join(prefer).lower().split(","))
    return any("".join(each.split()).replace('"', "") == "handling=strict" for each in preferences)


def _answer(here: Context, found: content.Content) -> Response:
    if here.request.method == "GET" and etag.not_modified(here.request, found.etag):
        return Response(status_code=304, headers={**PRIVATE, "ETag": found.etag})
    counts = CountsOut.model_validate(found.counts)
    out = ContentOut(markdown=found.markdown, counts=counts)
    return reply_bytes(here.request, out.model_dump_json().encode(), tag=found.etag)


@router.get(f"{ONE}/content", response_model=ContentOut, summary="A section's text")
async def get_section_content(here: Here, proposal_id: Id, section_id: Id) -> Response:
    """As Markdown, as it stands now. Its ETag is the text's own: send it in If-Match when you put the text back."""
    return _answer(here, await content.read(here.session, here.path["section_id"]))


@router.put(
    f"{ONE}/content",
    response_model=ContentOut,
    summary="Put a section's text",
)
async def put_section_content(
    here: Here,
    proposal_id: Id,
    section_id: Id,
    body: ContentIn,
    prefer: Annotated[list[str] | None, Header(description="`handling=strict` refuses instead of merging.")] = None,
) -> Response:
    """The change from the text that If-Match names to this one is merged into what others have written since.

    No keystroke of theirs is thrown away, and the same text sent again from the same base changes nothing more. With `Prefer: handling=strict` a text that is not the newest is 412 instead,
    as is one that was overtaken more than seven days ago; the problem holds the text as it is now.
    """
    session, section_id = here.session, here.path["section_id"]
    row = await service.find(session, here.proposal_id, section_id)
    await service.writer(session, row, here.standing, here.person)
    wanted = await content.parsed(body.markdown)
    read_until = content.base_of(section_id, here.request.headers.get("if-match"))
    now = await section_log.hold(session, section_id)
    base = None
    strict = _strict(prefer or ())
    if read_until is not None and read_until <= now.seq and not (strict and read_until != now.seq):
        base = now.updates if read_until == now.seq else await content.base(session, section_id, read_until)
    if base is None:
        why = "You asked not to merge, and others wrote since." if strict else "The text that you started from is gone."
        raise content.StaleText(why, await content.read(session, section_id))
    await here.look_again(here.proposal_id)
    here.check_state()
    by = await service.writer(session, row, here.standing, here.person)
    digest = hashlib.sha256(body.markdown.encode()).digest()
    seq = read_until or 0
    again = await content.was_put(session, section_id, seq, digest, by)
    if not again and await content.put(session, section_id, now, base, wanted, by):
        kept = settling.Kept("put", by=(by.organisation_id, by.person_id), base_seq=seq, digest=digest)
        await settling.settle(session, here.proposal_id, section_id, kept)
    response = _answer(here, await content.read(session, section_id))
    if strict:
        response.headers["Preference-Applied"] = "handling=strict"
    return response
