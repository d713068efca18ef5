"""Sections, their texts and versions, and comments on the wire."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from app.bid import value as d
from app.bid.text import queries
from app.bid.text.comments import LONGEST_QUOTATION
from app.bid.text.rendered import Content
from app.bid.text.rules.starters import starter
from app.bid.text.rules.writing import Assignment, writing_side
from app.bid.text.tables import Comment, SectionVersion
from app.platform.access.ids import Id
from app.platform.access.permissions import PERMISSIONS
from app.platform.access.rules import Standing
from app.platform.web.wire import Day, Flag, IdIn, In, Instant, Line, Markdown, Out, Patch, _nfc
from app.platform.words.codes import LimitUnit, PartnerRole, SectionState

SectionMarkdown = Annotated[str, BeforeValidator(_nfc), StringConstraints(max_length=1_000_000)]
"""A whole section as CommonMark with tables; raw HTML is literal text."""


class CountsOut(Out):
    """Words are runs of non-space in the text without Markdown's marks; characters are code points after NFC; a page
    is 500 words."""

    words: int = Field(examples=[412])
    characters: int = Field(examples=[2604])
    pages: int = Field(examples=[1])


class SectionLimitOut(Out):
    unit: LimitUnit = Field(examples=["words"])
    value: int = Field(examples=[500])


class SectionOut(Out):
    """A section without its text."""

    id: Id = Field(examples=["019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"])
    key: str = Field(examples=["q1"])
    title: str = Field(examples=["How will you reach young people?"])
    question_id: Id | None = None
    lot_id: Id | None = None
    partner_id: Id | None = Field(None, description="The member that answers it for itself, where each must.")
    assignee_organisation_id: Id | None = None
    writer_organisation_id: Id | None = Field(
        None, description="Who writes it now: its assignee, else its own member, else the lead."
    )
    assignee_person_id: Id | None = Field(
        None, description="The person of that organisation who writes it, where it named one."
    )
    due_on: Day | None = Field(None, description="Until when it is to be written.")
    can_write: bool = Field(False, description="Whether you can write in it now.")
    open_to_all: bool = Field(False, description="Whether every partner's editors write in it.")
    state: SectionState = Field(examples=["drafting"])
    limit: SectionLimitOut | None = None
    counts: CountsOut
    over_limit: bool = Field(False, description="Blocks locking for signing, never typing.")
    required: bool
    in_bid: bool = Field(
        True,
        description="Whether the call asks for it. False: its text stays here as the partners' notes, and is in no "
        "document, count or check.",
    )
    starter_markdown: str = Field(
        "",
        description="A table that this standard part can begin with. It is not its text: put it there, and fill it in.",
        examples=["| Milestone | By when |\n| --- | --- |\n|   |   |"],
    )
    characters_by_organisation: dict[Id, int] = Field(default_factory=dict, description="Who wrote how much of it.")
    version: int = Field(description="Of the settings, not of the text.")
    comments_open: int | None = Field(
        None, description="Threads that nobody has resolved; null where sections stand inside the whole proposal."
    )
    edited: "EditedOut | None" = Field(
        None,
        description="Who last wrote in it; null where nobody has, and where sections stand inside the whole proposal.",
    )
    content: "SectionTextOut | None" = Field(
        None, description="The text as it stands, where the list was asked for with `include=content`."
    )

    @classmethod
    def of(
        cls, section: d.Section, asked: d.Asked, standing: Standing, beside: queries.Beside | None = None
    ) -> "SectionOut":
        """`standing` is the reader's. Without `beside`, what is told beside a section is left out."""
        own = _own_organisation(section, asked.partners)
        assignment = Assignment(section.assignee_organisation_id, own, section.open_to_all)
        limit, in_bid = section.limit, asked.includes(section)
        counts = CountsOut(words=section.counts.words, characters=section.counts.characters, pages=section.counts.pages)
        return cls(
            id=section.id,
            key=section.key,
            title=section.title,
            question_id=section.question_id,
            lot_id=section.lot_id,
            partner_id=section.partner_id,
            assignee_organisation_id=section.assignee_organisation_id,
            writer_organisation_id=assignment.writer_organisation_id,
            assignee_person_id=section.assignee_person_id,
            due_on=section.due_on,
            can_write=can_write(assignment, standing),
            open_to_all=section.open_to_all,
            state=section.state,
            limit=SectionLimitOut(unit=limit.unit, value=limit.value) if limit else None,
            counts=counts,
            over_limit=in_bid and limit is not None and getattr(counts, limit.unit.value) > limit.value,
            required=in_bid and section.required,
            starter_markdown="" if section.question_id else starter(section.key, asked.language),
            in_bid=in_bid,
            characters_by_organisation=dict(section.characters_by_organisation),
            version=section.version,
            comments_open=beside.comments_open if beside else None,
            edited=EditedOut(at=beside.edited_at, name=beside.edited_by) if beside and beside.edited_at else None,
        )


def can_write(assignment: Assignment, standing: Standing) -> bool:
    """Whether a reader can write in a section now."""
    rule = PERMISSIONS["put_section_content"]
    return rule.allows(standing) and rule.open_now(standing) and writing_side(assignment, standing) is not None


class EditedOut(Out):
    """When somebody last wrote in a section, and who: null for a program, and for somebody who is erased."""

    at: Instant
    name: str | None = Field(examples=["Ana Price"])


def _own_organisation(section: d.Section, partners: Iterable[d.Partner]) -> Id | None:
    """The organisation of the partner that the section belongs to, else the lead's."""
    for partner in partners:
        if partner.id == section.partner_id if section.partner_id else _is_lead(partner):
            return partner.organisation_id
    return None


def _is_lead(partner: d.Partner) -> bool:
    return partner.accepted and partner.role is PartnerRole.LEAD


class SectionPatch(Patch):
    """A merge patch."""

    assignee_organisation_id: IdIn | None = Field(
        None, description="Who writes it; null: the lead (or its own member)."
    )
    assignee_person_id: IdIn | None = Field(
        None, description="An editor of your own organisation, while it writes the section. Falls away with it."
    )
    due_on: Day | None = Field(None, description="Until when it is to be written.")
    open_to_all: Flag = Field(False, examples=[True])
    state: SectionState = Field(SectionState.DRAFTING, examples=["in_review"])


class ContentIn(In):
    markdown: SectionMarkdown = Field(examples=["## Our approach\n\nWe meet young people **where they are**."])


class ContentOut(Out):
    """The text as it stands, after everybody's changes were merged."""

    markdown: str = Field(examples=["## Our approach\n\nWe meet young people **where they are**.\n"])
    counts: CountsOut

    @classmethod
    def of(cls, found: Content) -> "ContentOut":
        return cls(markdown=found.markdown, counts=CountsOut.model_validate(found.counts))


class SectionTextOut(ContentOut):
    etag: str = Field(
        description="The text's own: send it in If-Match when you put the text back.", examples=['"7.3f2a"']
    )


class AuthorOut(Out):
    organisation_id: Id | None
    person_id: Id | None


class VersionOut(Out):
    """A version of a section's text. `number` counts up within the section."""

    number: int = Field(examples=[3])
    kind: Literal["automatic", "named", "put", "restored"]
    name: str | None = Field(None, examples=["Sent to the board"])
    at: Instant
    kept_by: AuthorOut | None = None
    restored_from: int | None = None
    organisation_ids: list[Id] = Field(description="Whose people changed the text since the version before.")
    counts: CountsOut

    @classmethod
    def of(cls, row: SectionVersion) -> "VersionOut":
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


class WrittenRun(Out):
    """A piece of the text that one person wrote. Pieces with one `line` stand in one paragraph, or in one line of it."""

    line: int
    text: str
    organisation_id: Id | None
    person_id: Id | None


class SpanOut(Out):
    kind: Literal["same", "added", "removed"]
    markdown: str


class DifferencesOut(Out):
    against: int = Field(description="The version that it is compared with.")
    spans: list[SpanOut]
    markdown: str = Field(description="For reading: what went is struck through, what came is bold.")


class VersionWithText(VersionOut):
    markdown: str
    written: list[WrittenRun] = Field(description="Who wrote which piece, in the order of the text.")
    differences: DifferencesOut | None = None


class VersionIn(In):
    name: Line = Field(examples=["Sent to the board"])


class RestoreIn(In):
    number: Annotated[int, Field(ge=1, lt=2**31, strict=True)] = Field(examples=[3])


class AnchorIO(BaseModel):
    """Two Yjs relative positions, as `Y.relativePositionToJSON` gives them."""

    model_config = ConfigDict(extra="forbid")
    start: dict[str, Any]
    end: dict[str, Any]


Quotation = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_QUOTATION, pattern=r"^[^\r\n]+$")]
PersonIds = Annotated[list[IdIn], Field(max_length=50)]


class CommentIn(In):
    """A comment; with `replacement` a suggestion for the words that it quotes; with `thread_id` an answer."""

    organisation_id: IdIn | None = None
    body_markdown: Markdown = Field("", examples=["Can we name the schools?"])
    quote: Quotation | None = Field(None, description="Words of the text that it is about.", examples=["three schools"])
    occurrence: Annotated[int, Field(ge=1, le=1000, strict=True)] = Field(1, description="Which time they occur.")
    anchor: AnchorIO | None = Field(None, description="From an editor, instead of `quote`: Yjs relative positions.")
    replacement: Annotated[str, StringConstraints(max_length=20_000, pattern=r"^[^\r\n]*$")] | None = Field(
        None, description="What should stand there instead; empty to delete it.", examples=["four schools"]
    )
    thread_id: IdIn | None = None
    mentions: PersonIds = Field(default_factory=list, description="Persons of this bid, who are told.")

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
    mentions: PersonIds = Field(default_factory=list)
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

    @classmethod
    def of(cls, row: Comment, words_now: str | None, names: dict[Id, str]) -> "CommentOut":
        """`names` are those of people and organisations by their ids."""
        return cls(
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
            words_now=words_now,
            replacement=row.replacement,
            outcome=row.outcome,
            mentions=row.mentions,
            resolved=row.resolved_at is not None,
            resolved_at=row.resolved_at,
            resolved_by=row.resolved_by,
            created_at=row.created_at,
            version=row.version,
        )
