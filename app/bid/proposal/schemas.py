"""Proposals and partners on the wire."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field, StringConstraints

from app.bid.records.tables import OtherBid
from app.platform.access.ids import Id
from app.platform.web.wire import (
    LEFT_OUT,
    Day,
    Email,
    Flag,
    IdIn,
    In,
    Instant,
    Line,
    Markdown,
    MoneyIn,
    MoneyOut,
    Name,
    Out,
    Patch,
    Reference,
    Text,
    VerificationOut,
    Whole,
)
from app.platform.words.codes import MemberRole, PartnerRole, PartnerStatus, ProposalStatus, RouteKind

Telephone = Annotated[
    str, StringConstraints(max_length=40, pattern=r"^[0-9+(][0-9 +()./-]*[0-9]( ?(ext\.?|x) ?[0-9]{1,6})?$")
]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=5_000)]


class Timetable(In):
    """The partners' own dates on the way to the deadline."""

    declare_by: Instant | None = None
    text_by: Instant | None = None
    sign_by: Instant | None = None
    submit_by: Instant | None = None


class ProposalIn(In):
    opportunity_id: IdIn
    lead_organisation_id: IdIn | None = Field(None, description="May be left out by a person of one organisation.")
    title: Name = Field(examples=["Family hubs 2027: a joint bid"])
    lot_ids: list[IdIn] | None = Field(None, max_length=200, description="All lots unless told.")
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = "en"
    timetable: Timetable | None = None


class ContactIO(In):
    """Whom the commissioner writes to about the bid. A patch keeps what it leaves out; name and mail address are needed."""

    name: Name | None = Field(None, examples=["Ama Boateng"])
    role: Reference | None = Field(None, examples=["Bids manager"])
    email: Email | None = None
    telephone: Telephone | None = None


class ProposalPatch(Patch):
    title: Name = LEFT_OUT
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")] = LEFT_OUT
    timetable: Timetable = LEFT_OUT
    contact: ContactIO | None = None
    offer_valid_until: Day | None = None


class CallInShortOut(Out):
    """The call that a bid answers, as the bid is held to it."""

    id: Id
    title: str = Field(examples=["Family hubs 2027"])
    buyer: str = Field(examples=["Northshire Council"])


class ProposalItemOut(Out):
    """A proposal in a list. Where you stand on two sides, you read no more of it until that is recorded."""

    id: Id
    opportunity_id: Id
    title: str | None = Field(description="Null while `two_sides` is true.")
    two_sides: bool = Field(False, description="POST /v1/organisations/{id}/two-sides, by an admin of each.")
    status: str
    language: str
    revision: int
    version: int
    relation: str = Field(examples=["partner"])
    lead: str | None
    submission_deadline: Instant | None
    opportunity: CallInShortOut
    next_date: Instant | None = Field(
        description="The next of the partners' own dates and the deadline that still lies ahead; null where none does."
    )
    blockers_mine: int | None = Field(
        None,
        description="How many of the blockers that you may read your organisations can do something about; null for a "
        "program.",
    )


class AuthorityOut(Out):
    """A member's written authority for the lead to act."""

    for_lead_partner_id: Id
    full_name: str
    role_title: str
    document_id: Id | None
    at: Instant


class LookAlikeOut(Out):
    """Partners of this bid whose names a reader could take for one another."""

    partner_ids: list[Id] = Field(description="The others.")
    detail: str


class PartnerOut(Out):
    id: Id
    organisation_id: Id | None
    name: str
    short_name: str | None
    email: str | None = Field(
        None,
        description="The address that was invited, for the people of the lead and of whoever invited it.",
        examples=["sam@harbouryouth.example"],
    )
    role: PartnerRole
    status: PartnerStatus
    version: int
    main_contractor_id: Id | None = None
    relied_on_for: str | None = None
    proposed_work_markdown: str = ""
    lot_ids: list[Id] = Field([], description="The lots of the bid that it works on, as it says itself.")
    areas: list[str] = Field([], description="Where it works for this bid: codes of `GET /v1/areas`, or words.")
    people_reached: str = Field("", examples=["About 400 young people a year"])
    aims_statement_markdown: str = ""
    serves_aims: bool | None = None
    authority: AuthorityOut | None = None
    verification: VerificationOut
    reply_by: Instant | None = None
    accepted_at: Instant | None = None
    ended_reason: str | None = None
    named_when_verified: bool = Field(
        False, description="Whether the public check of a version that it signed may name it (PUT …/naming)."
    )
    look_alike: LookAlikeOut | None = Field(
        None, description="Set where its name looks like that of another partner whom you see, or is the same."
    )


class PartnerIn(In):
    """Exactly one of `organisation_id` and `email`."""

    organisation_id: IdIn | None = None
    email: Email | None = Field(None, examples=["sam@harbouryouth.example"])
    role: PartnerRole = Field(PartnerRole.MEMBER, description="Anything but `lead`.", examples=["member"])
    main_contractor_id: IdIn | None = Field(None, description="For a subcontractor: whose; the lead's unless told.")
    relied_on_for: Line | None = None
    message_markdown: Markdown = ""
    proposed_work_markdown: Markdown = ""
    indicative_amount: MoneyIn | None = None
    reply_by: Instant | None = None
    as_organisation_id: IdIn | None = Field(None, description="Who invites, where you could act for several.")


class PartnerPatch(Patch):
    proposed_work_markdown: Markdown | None = Field(
        None,
        description="What you will do in this bid, in your own words. It replaces what the invitation said.",
        examples=["Two youth workers run the club in Harbour ward, five evenings a week."],
    )
    lot_ids: list[IdIn] | None = Field(None, max_length=200, description="The lots of the bid that you work on.")
    areas: list[Line] | None = Field(None, max_length=100, description="Where you work for this bid: codes or words.")
    people_reached: Line | None = Field(None, examples=["About 400 young people a year"])
    aims_statement_markdown: Markdown | None = Field(
        None, examples=["Young people on the estate run the club themselves: what we were founded for."]
    )
    serves_aims: Flag | None = None
    relied_on_for: Line | None = None
    role: PartnerRole | None = None
    main_contractor_id: IdIn | None = None
    show_to_invited: Flag | None = Field(
        None, description="Whether organisations invited later may see that you are in."
    )


class NamingIn(In):
    """Whether `GET /v1/verify/{sha256}` may name your organisation beside a version that it signed."""

    named_when_verified: Flag = Field(examples=[True])


class InvitationAnswerIn(In):
    """Accept or decline. `token` comes from the invitation mail; `organisation_id` says for whom."""

    organisation_id: IdIn | None = None
    token: Annotated[str, StringConstraints(max_length=200)] | None = None
    structure_version: Whole | None = Field(None, description="The version of the structure that you were shown.")
    reason: Text | None = None


class PartnerReasonIn(In):
    reason: Reason = Field(examples=["Our trustees decided to concentrate on our own services this year."])
    organisation_id: IdIn | None = None


class DissolveIn(In):
    reason: Reason | None = Field(None, examples=["The grant that we counted on was refused."])
    organisation_id: IdIn | None = None


class LeadIn(In):
    partner_id: IdIn
    organisation_id: IdIn | None = Field(None, description="Who proposes it, where you could act for several.")


class AuthorityIn(In):
    full_name: Line = Field(examples=["Priya Nair"])
    role_title: Line = Field(examples=["Chair of trustees"])
    document_id: IdIn | None = None


class ReminderIn(In):
    """Asks a partner to do what waits for it."""

    partner_id: IdIn = Field(description="The partner to remind.")
    organisation_id: IdIn | None = Field(None, description="Who asks, where you could act for several.")


class ReminderOut(Out):
    """The same whether anything waits or not."""

    detail: str = Field(examples=["If anything waits for them, they are mailed what it is."])


class InvitationOut(Out):
    """What an invited organisation may see before it answers."""

    proposal_id: Id
    partner_id: Id
    title: str
    opportunity_id: Id
    opportunity_title: str
    buyer_name: str
    submission_deadline: Instant | None
    time_zone: str
    submission_route: RouteKind = Field(
        description="Whether the bid goes in here, or on the commissioner's own portal."
    )
    lead: str | None
    invited_by: str | None
    role: PartnerRole
    message_markdown: str
    proposed_work_markdown: str
    indicative_amount: MoneyOut | None
    reply_by: Instant | None
    structure: dict[str, Any]
    structure_version: int
    partners: list[dict[str, Any]] = Field(description="Those who agreed to be seen by organisations not yet in.")
    undertaking: str
    waiting: str | None = Field(
        description="The organisation that accepted with this invitation's link and waits until the lead confirms it.",
        examples=["Quay Advice"],
    )


class OtherBidIn(In):
    """We are, or want to be, in another bid for the same lot. Names no bidder."""

    organisation_id: IdIn | None = None
    statement_markdown: Annotated[Markdown, StringConstraints(min_length=1)] = Field(
        examples=["We are also in another bid for this lot. Different staff write it; nothing is shared between them."]
    )


class OtherBidAnswerIn(In):
    organisation_id: IdIn | None = None
    answer_markdown: Annotated[Markdown, StringConstraints(min_length=1)] = Field(
        examples=["Noted; we go on together."]
    )


class OtherBidOut(Out):
    id: Id
    organisation_id: Id
    statement_markdown: str
    answers: list[dict[str, Any]]
    version: int

    @classmethod
    def of(cls, row: OtherBid) -> "OtherBidOut":
        return cls(
            id=row.id,
            organisation_id=row.organisation_id,
            statement_markdown=row.statement_markdown,
            answers=[{"partner_id": partner_id, **given} for partner_id, given in sorted(row.answers.items())],
            version=row.version,
        )


class BidPersonOut(Out):
    """Somebody who works on the bid, for one organisation."""

    id: Id
    name: str = Field(examples=["Ana Price"])
    organisation_id: Id
    roles: list[MemberRole] = Field(description="What this person may do for that organisation.")


class EventActorOut(Out):
    """Who did it. A program of an organisation has a name too; what happened by the clock has no actor."""

    name: str | None = Field(examples=["Ana Price"])
    organisation_name: str | None = Field(description="For which organisation.", examples=["Harbour Youth"])


class EventOut(Out):
    """One change. `revision` is null for what you alone can see; while you have yet to file it counts what you may read."""

    id: Id
    revision: int | None
    type: str
    detail: str = Field(description="What it is, in a few words for people.", examples=["Invitation accepted"])
    at: Instant
    person_id: Id | None
    client_id: Id | None
    organisation_id: Id | None
    actor: EventActorOut | None = Field(description="Who did it; null for what happened by the clock.")
    payload: dict[str, Any] | None


class TaskOut(Out):
    """Something that waits for this person, with the address that answers it."""

    code: str = Field(examples=["invitation-to-answer"])
    title: str = Field(description="Of the bid, or of the call.", examples=["Family hubs 2027"])
    detail: str = Field(examples=["Your organisation is invited to 'Family hubs 2027'. Accept or decline."])
    proposal_id: Id | None = None
    opportunity_id: Id | None = Field(None, description="The call, where it waits for its owner.")
    organisation_id: Id | None = None
    blocker: str | None = Field(
        None, description="Of the list of readiness: what it would clear.", examples=["section-empty"]
    )
    pointer: str = Field(examples=["/v1/me/invitations"])
    due_at: Instant | None = None
    due: Instant | None = Field(None, description="The same as `due_at`.")
    time_zone: str = Field("Europe/London", description="The commissioner's, to show `due_at` in.")


class CallOut(Out):
    """The opportunity that it answers, in short."""

    id: Id
    title: str
    buyer_name: str
    mode: str
    submission_deadline: Instant | None
    time_zone: str
    submission_route: str


class SeatOut(Out):
    """One of the reader's organisations, as it stands to the proposal."""

    relation: str = Field(examples=["partner"])
    organisation_id: Id | None
    partner_id: Id | None
    roles: list[str] = Field(examples=[["admin", "editor"]])


class ViewerOut(Out):
    """Who reads. `partner_id` is that of the first seat; `can` names the operations that are open just now."""

    partner_id: Id | None
    roles: list[str] = Field(examples=[["admin", "editor", "signatory"]])
    seats: list[SeatOut]
    can: list[str] = Field(examples=[["create_contribution", "file_declarations"]])


class FollowsOut(Out):
    """The notice whose terms the bid keeps, since only organisations have brought it so far. Null: it follows its call."""

    claim_id: Id | None
    since: Instant


class ProposalOut(Out):
    """The whole proposal as this reader may see it. Who is not inside gets fewer members."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=False)
    id: Id
    opportunity_id: Id
    lot_ids: list[Id]
    title: str = Field(examples=["Our bid"])
    language: str = Field(examples=["en"])
    currency: str = Field(examples=["GBP"])
    status: ProposalStatus
    version: int
    opportunity: CallOut
    follows: FollowsOut | None
    viewer: ViewerOut
    partners: list[PartnerOut]
    revision: int = LEFT_OUT
    timetable: Timetable = LEFT_OUT
    contact: ContactIO | None = LEFT_OUT
    offer_valid_until: Day | None = LEFT_OUT
