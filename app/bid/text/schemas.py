"""Sections on the wire."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from app.bid import value as d
from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, Instant, Line, Out, Patch, _nfc
from app.platform.words.codes import LimitUnit, PartnerRole, SectionState

SectionText = Annotated[str, BeforeValidator(_nfc), StringConstraints(max_length=1_000_000)]
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
    open_to_all: bool = Field(False, description="Whether every partner's editors write in it.")
    state: SectionState = Field(examples=["drafting"])
    limit: SectionLimitOut | None = None
    counts: CountsOut
    over_limit: bool = Field(False, description="Blocks locking for signing, never typing.")
    required: bool
    characters_by_organisation: dict[Id, int] = Field(default_factory=dict, description="Who wrote how much of it.")
    version: int = Field(description="Of the settings, not of the text.")

    @classmethod
    def of(cls, section: d.Section, partners: Iterable[d.Partner]) -> "SectionOut":
        """`partners` are the proposal's."""
        limit = section.limit
        counts = CountsOut(words=section.counts.words, characters=section.counts.characters, pages=section.counts.pages)
        return cls(
            id=section.id,
            key=section.key,
            title=section.title,
            question_id=section.question_id,
            lot_id=section.lot_id,
            partner_id=section.partner_id,
            assignee_organisation_id=section.assignee_organisation_id,
            writer_organisation_id=section.assignee_organisation_id or _own(section, partners),
            open_to_all=section.open_to_all,
            state=section.state,
            limit=SectionLimitOut(unit=limit.unit, value=limit.value) if limit else None,
            counts=counts,
            over_limit=limit is not None and getattr(counts, limit.unit.value) > limit.value,
            required=section.required,
            characters_by_organisation=dict(section.characters_by_organisation),
            version=section.version,
        )


def _own(section: d.Section, partners: Iterable[d.Partner]) -> Id | None:
    for partner in partners:
        if partner.id == section.partner_id if section.partner_id else _leads(partner):
            return partner.organisation_id
    return None


def _leads(partner: d.Partner) -> bool:
    return partner.accepted and partner.role is PartnerRole.LEAD


class SectionPatch(Patch):
    """A merge patch."""

    assignee_organisation_id: IdIn | None = Field(
        None, description="Who writes it; null: the lead (or its own member)."
    )
    open_to_all: Flag = Field(False, examples=[True])
    state: SectionState = Field(SectionState.DRAFTING, examples=["in_review"])


class ContentIn(In):
    markdown: SectionText = Field(examples=["## Our approach\n\nWe meet young people **where they are**."])


class ContentOut(Out):
    """The text as it stands, after everybody's changes were merged."""

    markdown: str = Field(examples=["## Our approach\n\nWe meet young people **where they are**.\n"])
    counts: CountsOut


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
