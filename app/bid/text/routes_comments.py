"""Comments and suggestions over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app.bid.text import ahead, comments, complexity, service
from app.bid.text.schemas import CommentIn, CommentOut, CommentPatch
from app.bid.text.section_log import SectionText
from app.bid.text.tables import Comment
from app.platform.access.errors import Forbidden
from app.platform.access.ids import Id
from app.platform.access.rules import Relation
from app.platform.db.act import Act
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Options, Router
from app.platform.web.replies import reply, reply_list

router = Router(tags=["comments"])
ALL = "/proposals/{proposal_id}/sections/{section_id}/comments"
ONE = ALL + "/{comment_id}"


async def _shown(here: Context, rows: Sequence[Comment]) -> list[CommentOut]:
    words = await comments.words_now(here.session, here.path["section_id"], rows)
    names = await comments.names(here.session, rows)
    return [CommentOut.of(row, words.get(row.id), names) for row in rows]


async def _reply(here: Context, row: Comment, status: int = 200) -> Response:
    [out] = await _shown(here, [row])
    location = f"/v1{ONE}".format(**{**here.path, "comment_id": row.id}) if status == 201 else None
    return reply(here.request, out, status=status, location=location)


@router.get(ALL, response_model=paging.page_of(CommentOut), summary="What people say about a section")
async def list_comments(
    here: Here,
    proposal_id: Id,
    section_id: Id,
    resolved: Annotated[bool | None, Query(description="Only those resolved, or only those open.")] = None,
    limit: paging.Limit = 50,
    cursor: paging.Cursor = None,
) -> Response:
    """Comments, suggestions and answers, the oldest first."""
    query = comments.of_section(here.path["section_id"], resolved)
    rows, next_cursor = await paging.rows(here.session, query, Comment.id, limit, cursor)
    return reply_list(here.request, await _shown(here, rows), next_cursor)


@router.post(ALL, status_code=201, response_model=CommentOut, summary="Comment on a section, or suggest other words")
async def create_comment(here: Here, proposal_id: Id, section_id: Id, body: CommentIn) -> Response:
    """By any partner or the facilitator, also while the bid is locked for signing. It stays with its words."""
    side = here.side(body.organisation_id, relation=(Relation.PARTNER, Relation.FACILITATOR))
    if side.organisation_id is None:
        raise Forbidden
    session = here.session
    section = await service.find(session, here.proposal_id, here.path["section_id"])
    given = body.anchor.model_dump() if body.anchor else None
    words = await comments.find_words(session, section.id, body.quote, body.occurrence, given)
    thread_id = await comments.thread_of(session, section.id, body.thread_id)
    await comments.check_mentions(session, section.proposal_id, body.mentions)
    here.check_state()
    row = Comment(
        proposal_id=section.proposal_id,
        section_id=section.id,
        thread_id=thread_id,
        organisation_id=side.organisation_id,
        person_id=here.person.person_id,
        body_markdown=body.body_markdown,
        quotation=words.quotation if words else None,
        anchor=words.anchor if words else None,
        replacement=body.replacement,
        mentions=body.mentions,
    )
    await comments.add(here.act(side), row)
    return await _reply(here, row, 201)


@router.get(ONE, response_model=CommentOut, summary="One comment")
async def get_comment(here: Here, proposal_id: Id, section_id: Id, comment_id: Id) -> Response:
    """With what stands now where its words were."""
    return await _reply(here, await comments.find(here.session, here.path["section_id"], here.path["comment_id"]))


@router.patch(ONE, response_model=CommentOut, summary="Reword, resolve or reopen a comment")
async def update_comment(here: Here, proposal_id: Id, section_id: Id, comment_id: Id, body: CommentPatch) -> Response:
    """Its author rewords it; any partner or the facilitator resolves and reopens."""
    row = await comments.find(here.session, here.path["section_id"], here.path["comment_id"], lock=True)
    sent = body.sent()
    rewords = "body_markdown" in sent or "mentions" in sent
    if rewords and row.person_id != here.person.person_id:
        raise Forbidden("Only its author may reword a comment. Answer it instead.")
    act = here.act(here.side_of_any())
    await comments.check_mentions(here.session, row.proposal_id, comments.newly_mentioned(row, sent.get("mentions")))
    here.match(row.version)
    here.check_state()
    if rewords:
        words = sent.get("body_markdown", row.body_markdown)
        await comments.reword(_for_its_organisation(act, row), row, words, sent.get("mentions"))
    if "resolved" in sent:
        await comments.resolve(act, row, bool(sent["resolved"]))
    return await _reply(here, row)


def _for_its_organisation(act: Act, row: Comment) -> Act:
    """The author rewords for the organisation for which they commented, whichever else they are of."""
    return replace(act, side=None, for_organisation=row.organisation_id)


@router.post(
    ONE + "/accept", response_model=CommentOut, summary="Take a suggestion into the text", edge=Options(late=True)
)
async def accept_suggestion(here: Here, proposal_id: Id, section_id: Id, comment_id: Id) -> Response:
    """By the organisation that writes the section. It is then an edit by the suggestion's author."""
    section_id, most = here.path["section_id"], complexity.most_of(here.settings)
    async with here.db.sessions() as session:
        await service.writer_of(session, here.proposal_id, section_id, here.standing)
        found = await comments.find(session, section_id, here.path["comment_id"])
    here.check_state()
    taking = comments.accepting(found, most)

    async def look(session: AsyncSession, now: SectionText) -> ahead.Work:
        return await ahead.work(session, section_id, now, comments.author_of(found), taking)

    change = await ahead.hold(here, section_id, look)
    act, row = await _suggestion(here)
    await comments.accept(act, row, change)
    return await _reply(here, row)


@router.post(ONE + "/decline", response_model=CommentOut, summary="Decline a suggestion")
async def decline_suggestion(here: Here, proposal_id: Id, section_id: Id, comment_id: Id) -> Response:
    """By the organisation that writes the section. The suggestion stays on record."""
    act, row = await _suggestion(here)
    await comments.decline(act, row)
    return await _reply(here, row)


async def _suggestion(here: Context) -> tuple[Act, Comment]:
    """The comment in the path, and the act of the organisation that writes its section."""
    section = await service.find(here.session, here.proposal_id, here.path["section_id"])
    row = await comments.find(here.session, section.id, here.path["comment_id"], lock=True)
    side = await service.writer(here.session, section, here.standing)
    here.check_state()
    return here.act(side), row
