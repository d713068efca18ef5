"""Comments and suggestions over HTTP."""

from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import Field, StringConstraints, model_validator

from app.bid.text import comments, content, service, settling
from app.bid.text.schemas import AnchorIO
from app.bid.text.tables import Comment
from app.platform.access.errors import Forbidden, Invalid, NotFound
from app.platform.access.ids import Id
from app.platform.access.rules import Relation, Side
from app.platform.web import paging
from app.platform.web.context import Context, Here
from app.platform.web.edge import Router
from app.platform.web.replies import reply, reply_list
from app.platform.web.wire import Flag, IdIn, In, Instant, Markdown, Out, Patch

router = Router(tags=["comments"])
ALL = "/proposals/{proposal_id}/sections/{section_id}/comments"
ONE = ALL + "/{comment_id}"
INSIDE = (Relation.PARTNER, Relation.FACILITATOR)


Words = Annotated[str, StringConstraints(min_length=1, max_length=comments.LONGEST_QUOTATION, pattern=r"^[^\r\n]+$")]
People = Annotated[list[IdIn], Field(max_length=50)]


class CommentIn(In):
    """A comment; with `replacement` a suggestion for the words that it quotes; with `thread_id` an answer."""

    organisation_id: IdIn | None = None
    body_markdown: Markdown = Field("", examples=["Can we name the schools?"])
    quote: Words | None = Field(None, description="Words of the text that it is about.", examples=["three schools"])
    occurrence: Annotated[int, Field(ge=1, le=1000, strict=True)] = Field(1, description="Which time they occur.")
    anchor: AnchorIO | None = Field(None, description="From an editor, instead of `quote`: Yjs relative positions.")
    replacement: Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\r\n]*$")] | None = Field(
        None, description="What should stand there instead; empty to delete it.", examples=["four schools"]
    )
    thread_id: IdIn | None = None
    mentions: People = Field(default_factory=list, description="Persons of this bid, who are told.")

    @model_validator(mode="after")
    def _says_something(self) -> "CommentIn":
        if not self.body_markdown.strip() and self.replacement is None:
            raise ValueError("A comment says something in body_markdown; a suggestion has a replacement.")
        if self.replacement is not None and self.quote is None and self.anchor is None:
            raise ValueError("A suggestion says with quote (or anchor) which words it would replace.")
        if self.thread_id is not None and (self.replacement is not None or self.quote or self.anchor):
            raise ValueError("An answer belongs to its thread: it has no quote, anchor or replacement of its own.")
        return self


class CommentPatch(Patch):
    """A merge patch: its author rewords it; anybody who may comment resolves and reopens."""

    body_markdown: Markdown = ""
    mentions: People = Field(default_factory=list)
    resolved: Flag = Field(False, examples=[True])


class CommentOut(Out):
    id: Id
    section_id: Id
    thread_id: Id | None = Field(None, description="The first comment of its thread, for an answer.")
    kind: Literal["comment", "suggestion"]
    person_id: Id | None
    person_name: str | None = Field(None, examples=["Ann Hughes"])
    organisation_id: Id
    organisation_name: str | None = Field(None, examples=["Riverside Youth"])
    body_markdown: str
    quotation: str | None = Field(None, description="The words that it was about, also after they were deleted.")
    anchor: AnchorIO | None = None
    words_now: str | None = Field(None, description="What stands there now; null where it was deleted.")
    replacement: str | None = None
    outcome: Literal["accepted", "declined"] | None = None
    mentions: list[Id]
    resolved: bool
    resolved_at: Instant | None = None
    resolved_by: Id | None = None
    created_at: Instant
    version: int


def _out(row: Comment, now: dict[Id, str | None], names: dict[Id, str]) -> CommentOut:
    return CommentOut(
        id=row.id,
        section_id=row.section_id,
        thread_id=row.thread_id,
        kind="suggestion" if row.replacement is not None else "comment",
        person_id=row.person_id,
        person_name=names.get(row.person_id or ""),
        organisation_id=row.organisation_id,
        organisation_name=names.get(row.organisation_id),
        body_markdown=row.body_markdown,
        quotation=row.quotation,
        anchor=AnchorIO(**row.anchor) if row.anchor else None,
        words_now=now.get(row.id),
        replacement=row.replacement,
        outcome=row.outcome,
        mentions=row.mentions,
        resolved=row.resolved_at is not None,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
        created_at=row.created_at,
        version=row.version,
    )


async def _one(here: Context, row: Comment, status: int = 200) -> Response:
    now = await comments.places(here.session, row.section_id, [row])
    location = f"/v1{ONE}".format(**{**here.path, "comment_id": row.id}) if status == 201 else None
    names = await comments.names(here.session, [row])
    return reply(here.request, _out(row, now, names), status=status, location=location)


def _side(here: Context, organisation_id: Id | None) -> tuple[Side, Id]:
    side = here.side(organisation_id, relation=INSIDE)
    if side.organisation_id is None:
        raise Forbidden
    return side, side.organisation_id


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
    after = paging.after_id(cursor)
    rows = await comments.page(here.session, here.path["section_id"], limit + 1, after, resolved)
    page, next_cursor = paging.cut(rows, limit, lambda row: (row.id,))
    now = await comments.places(here.session, here.path["section_id"], page)
    names = await comments.names(here.session, page)
    return reply_list(here.request, [_out(row, now, names) for row in page], next_cursor)


@router.post(ALL, status_code=201, response_model=CommentOut, summary="Comment on a section, or suggest other words")
async def create_comment(here: Here, proposal_id: Id, section_id: Id, body: CommentIn) -> Response:
    """By any partner or the facilitator, also while the bid is locked for signing. It stays with its words."""
    here.check_state()
    _, organisation_id = _side(here, body.organisation_id)
    section = await service.find(here.session, here.proposal_id, here.path["section_id"])
    given = body.anchor.model_dump() if body.anchor else None
    at = await comments.point(here.session, section.id, body.quote, body.occurrence, given)
    row = Comment(
        proposal_id=section.proposal_id,
        section_id=section.id,
        thread_id=body.thread_id,
        body_markdown=body.body_markdown,
        quotation=at.quotation if at else None,
        anchor=at.anchor if at else None,
        replacement=body.replacement,
        mentions=body.mentions,
    )
    if body.thread_id is not None:
        await _check_thread(here, section.id, body.thread_id)
    return await _one(here, await comments.add(here.session, here.person, organisation_id, row), 201)


async def _check_thread(here: Context, section_id: Id, thread_id: Id) -> None:
    try:
        await comments.find(here.session, section_id, thread_id)
    except NotFound:
        raise Invalid.at("/thread_id", "unknown-thread", "This section has no such comment to answer.") from None


@router.get(ONE, response_model=CommentOut, summary="One comment")
async def get_comment(here: Here, proposal_id: Id, section_id: Id, comment_id: Id) -> Response:
    """With what stands now where its words were."""
    return await _one(here, await comments.find(here.session, here.path["section_id"], here.path["comment_id"]))


@router.patch(ONE, response_model=CommentOut, summary="Reword, resolve or reopen a comment")
async def update_comment(here: Here, proposal_id: Id, section_id: Id, comment_id: Id, body: CommentPatch) -> Response:
    """Its author rewords it; any partner or the facilitator resolves and reopens."""
    row = await comments.find(here.session, here.path["section_id"], here.path["comment_id"], lock=True)
    sent = body.sent()
    if ("body_markdown" in sent or "mentions" in sent) and row.person_id != here.person.person_id:
        raise Forbidden("Only its author may reword a comment. Answer it instead.")
    here.match(row.version)
    here.check_state()
    organisation_id = here.side_of_any().organisation_id or row.organisation_id
    if "body_markdown" in sent or "mentions" in sent:
        words = sent.get("body_markdown", row.body_markdown)
        await comments.reword(here.session, here.person, row, words, sent.get("mentions"))
    if "resolved" in sent:
        await comments.resolve(here.session, here.person, organisation_id, row, bool(sent["resolved"]))
    return await _one(here, row)


@router.post(ONE + "/accept", response_model=CommentOut, summary="Take a suggestion into the text")
async def accept_suggestion(here: Here, proposal_id: Id, section_id: Id, comment_id: Id) -> Response:
    """By the organisation that writes the section. It is then an edit by the suggestion's author."""
    return await _answer(here, accepted=True)


@router.post(ONE + "/decline", response_model=CommentOut, summary="Decline a suggestion")
async def decline_suggestion(here: Here, proposal_id: Id, section_id: Id, comment_id: Id) -> Response:
    """By the organisation that writes the section. The suggestion stays on record."""
    return await _answer(here, accepted=False)


async def _answer(here: Context, accepted: bool) -> Response:
    section = await service.find(here.session, here.proposal_id, here.path["section_id"])
    by = await service.writer(here.session, section, here.standing, here.person)
    here.check_state()
    row = await comments.find(here.session, section.id, here.path["comment_id"], lock=True)
    update = await comments.answer(here.session, here.person, by.organisation_id, row, accepted)
    author = service.Writer(row.person_id, row.organisation_id)
    if await content.add(here.session, section.id, update, author):
        await settling.settle(here.session, here.proposal_id, section.id)
    return await _one(here, row)
