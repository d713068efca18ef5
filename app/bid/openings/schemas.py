"""Openings and applications on the wire."""

from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, StringConstraints

from app.bid.openings.rules import GIVES_AWAY
from app.bid.openings.tables import Application, Opening
from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, Instant, Line, Markdown, Out, Patch, Text
from app.platform.words.codes import ApplicationStatus, OpeningStatus, PartnerRole

Role = Literal[PartnerRole.MEMBER, PartnerRole.SUBCONTRACTOR, PartnerRole.ASSOCIATE]
Support = Annotated[str, StringConstraints(max_length=2_000)] | list[Annotated[str, StringConstraints(max_length=200)]]
"""One text, or a list: kinds of contribution (`bid_writing`, `cash_flow_cover`, …) and other words (`mentoring`)."""
Shown = TypeVar("Shown", bound=Out)


def _from_row(out: type[Shown], row: Opening | Application, **more: Any) -> Shown:
    """`out` with the row's fields of the same names, and `more` for those that the row does not have."""
    return out(**{name: getattr(row, name) for name in out.model_fields if name not in more}, **more)


class OpeningIn(In):
    """A role that your organisation opens. `public`: listed for everybody who is signed in."""

    organisation_id: IdIn | None = None
    title: Line = Field(examples=["Youth workers for the harbour estate"])
    detail_markdown: Markdown = ""
    role: Role = PartnerRole.MEMBER
    lot_id: IdIn | None = None
    area: Text = Field("", examples=["Harbour ward"])
    offered_markdown: Markdown = Field("", examples=["About 40 hours a week, or a tenth of the budget."])
    support_offered: Support = Field(default_factory=list, examples=[["bid_writing", "cash_flow_cover"]])
    public: Flag = False
    apply_by: Instant | None = None


class OpeningPatch(Patch):
    title: Line | None = None
    detail_markdown: Markdown | None = None
    area: Text | None = None
    offered_markdown: Markdown | None = None
    support_offered: Support | None = None
    public: Flag | None = None
    apply_by: Instant | None = None


class PromisedOut(Out):
    """Support that is promised; `in_the_bid`: its partner contributes it, for all partners to see."""

    what: str
    in_the_bid: bool


class OpeningOut(Out):
    id: Id
    proposal_id: Id
    opportunity_id: Id
    partner_id: Id
    title: str
    detail_markdown: str
    role: PartnerRole
    lot_id: Id | None
    area: str
    offered_markdown: str
    support_offered: str | list[str]
    promised: list[PromisedOut]
    public: bool
    gives_away: str | None = Field(description="What a public opening lets others know about a sealed bid.")
    apply_by: Instant | None
    status: Literal["open", "closed"]
    version: int

    @classmethod
    def of(cls, opening: Opening, contributed: set[tuple[Id, str]], sealed: bool) -> "OpeningOut":
        """`contributed` holds the partner and kind of each contribution that all partners, and the reader, may see."""
        promised = opening.support_offered if isinstance(opening.support_offered, list) else []
        listed = opening.public and opening.status == OpeningStatus.OPEN
        return _from_row(
            cls,
            opening,
            promised=[
                PromisedOut(what=what, in_the_bid=(opening.partner_id, what) in contributed) for what in promised
            ],
            gives_away=GIVES_AWAY if listed and sealed else None,
        )


class PublicOpeningOut(Out):
    """What everybody reads: not who is in the bid, nor who opens the role."""

    id: Id
    proposal_id: Id
    opportunity_id: Id
    opportunity_title: str
    title: str
    detail_markdown: str
    role: PartnerRole
    lot_id: Id | None
    area: str
    offered_markdown: str
    support_offered: str | list[str]
    apply_by: Instant | None

    @classmethod
    def of(cls, opening: Opening, opportunity_title: str) -> "PublicOpeningOut":
        return _from_row(cls, opening, opportunity_title=opportunity_title)


class ApplicationIn(In):
    organisation_id: IdIn | None = None
    message_markdown: Markdown = Field("", examples=["We run the only youth club on the estate."])


class ApplicationOut(Out):
    id: Id
    opening_id: Id
    organisation_id: Id
    organisation_name: str
    message_markdown: str
    status: Literal["received", "shortlisted", "accepted", "declined", "withdrawn"]
    answer_markdown: str
    invited_partner_id: Id | None
    created_at: Instant
    version: int

    @classmethod
    def of(cls, application: Application, organisation_name: str) -> "ApplicationOut":
        return _from_row(cls, application, organisation_name=organisation_name)


class AnswerIn(In):
    """`accepted` sends an invitation; `declined` needs a reason, which the applicant reads."""

    organisation_id: IdIn | None = None
    decision: Literal[ApplicationStatus.SHORTLISTED, ApplicationStatus.ACCEPTED, ApplicationStatus.DECLINED]
    answer_markdown: Markdown = ""
