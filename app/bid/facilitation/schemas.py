"""Facilitators, their notes and caseload, difficulties, and people on two sides, on the wire."""

from collections.abc import Iterable
from typing import Any, Literal

from pydantic import Field
from sqlalchemy import Row

from app.bid import value as d
from app.bid.facilitation.rules import SAFEGUARDING_SENTENCE, blocks, blocks_until
from app.bid.facilitation.tables import Difficulty, DifficultyStep, Facilitator
from app.platform.access.ids import Id
from app.platform.web.wire import LEFT_OUT, Day, Flag, IdIn, In, Instant, Line, Markdown, Out, Patch, Text
from app.platform.words.codes import AddressedTo, DifficultyOutcome, ProposalStatus


class FacilitatorIn(In):
    """`organisation_id` is the facilitator that you ask; `as_organisation_id` is yours, where several could be."""

    organisation_id: IdIn
    as_organisation_id: IdIn | None = None
    message_markdown: Markdown = ""


class FacilitatorOut(Out):
    id: Id
    organisation_id: Id
    name: str
    status: Literal["invited", "active", "objected", "ended"]
    asked_by_partner_id: Id | None
    by_decision: bool = Field(description="The partners decided to ask it: one objection does not keep it out.")
    message_markdown: str
    agreed_by: list[Id]
    objected_by: list[Id]
    started_at: Instant | None
    ended_at: Instant | None
    ended_reason: str
    handover_markdown: str
    version: int

    @classmethod
    def of(cls, facilitator: Facilitator, name: str) -> "FacilitatorOut":
        own = {field: getattr(facilitator, field) for field in cls.model_fields if field != "name"}
        return cls(name=name, **own)


class ForIn(In):
    organisation_id: IdIn | None = None


class ObjectionIn(In):
    organisation_id: IdIn | None = None
    reason: Text = Field("", examples=["It also runs services in our area."])


class EndIn(In):
    """`handover_markdown` is read by the partners and whoever facilitates next; leave out what was confided."""

    organisation_id: IdIn | None = None
    reason: Text = ""
    handover_markdown: Markdown = ""


class NoteIn(In):
    """A meeting that the facilitator calls, or a wording that it proposes."""

    kind: Literal["meeting", "wording"]
    title: Line = Field(examples=["Who writes the exit plan"])
    body_markdown: Markdown = ""
    starts_at: Instant | None = Field(None, description="When a meeting starts.")
    place: Text = Field("", examples=["By video, the link comes by mail"])
    about: Text = Field("", description="What a wording is for.", examples=["structure, exit terms"])


class NoteOut(Out):
    id: Id
    facilitator_id: Id
    kind: Literal["meeting", "wording"]
    title: str
    body_markdown: str
    starts_at: Instant | None
    place: str
    about: str
    created_at: Instant
    version: int


class EntryIn(In):
    """A note to yourselves: nobody outside the facilitator's organisation can read it."""

    text_markdown: Markdown = Field(min_length=1)


class EntryPatch(Patch):
    text_markdown: Markdown = Field(LEFT_OUT, min_length=1)


class EntryOut(Out):
    id: Id
    text_markdown: str
    created_at: Instant
    version: int


class DifficultyIn(In):
    """This is about how the partnership works. If a child or adult may be at risk, do not write it here: call 999 in an
    emergency, otherwise tell your safeguarding lead or the local authority now."""

    organisation_id: IdIn | None = None
    title: Line = Field(examples=["We were left out of two meetings"])
    detail_markdown: Markdown = ""
    addressed_to: AddressedTo = AddressedTo.ALL
    blocking: Flag = Field(False, description="Holds up signing for five days, or as long as others take steps on it.")


class StepIn(In):
    """What is done next, by whom and until when."""

    organisation_id: IdIn | None = None
    note_markdown: Markdown = Field(min_length=1, examples=["Both managers meet on Tuesday."])
    owner_organisation_id: IdIn | None = None
    due_on: Day | None = None


class StepOut(Out):
    id: Id
    organisation_id: Id
    note_markdown: str
    owner_organisation_id: Id | None
    due_on: Day | None
    at: Instant


class DifficultyCloseIn(In):
    organisation_id: IdIn | None = None
    outcome: DifficultyOutcome
    note_markdown: Markdown = ""


class DifficultyOut(Out):
    """`partner_id` raised it. `blocks_until` is null where it blocks nothing, or not any more."""

    id: Id
    partner_id: Id
    organisation_id: Id | None
    title: str
    detail_markdown: str
    addressed_to: AddressedTo
    blocking: bool
    blocks_until: Instant | None
    raised_at: Instant
    steps: list[StepOut]
    outcome: DifficultyOutcome | None
    outcome_note_markdown: str
    closed_at: Instant | None
    escalation_markdown: str = Field(description="Where the partners agreed to take what they cannot settle.")
    safeguarding: str = SAFEGUARDING_SENTENCE
    version: int

    @classmethod
    def of(cls, row: Row[Any], steps: Iterable[DifficultyStep]) -> "DifficultyOut":
        """A row of `queries.difficulties`, with the steps of its difficulty."""
        difficulty: Difficulty = row.Difficulty
        value = d.Difficulty(
            difficulty.id,
            AddressedTo(difficulty.addressed_to),
            difficulty.blocking,
            difficulty.closed_at is None,
            difficulty.blocking_since,
        )
        return cls(
            id=difficulty.id,
            partner_id=difficulty.partner_id,
            organisation_id=row.organisation_id,
            title=difficulty.title,
            detail_markdown=difficulty.detail_markdown,
            addressed_to=value.addressed_to,
            blocking=difficulty.blocking,
            blocks_until=blocks_until(value) if blocks(value, row.now) else None,
            raised_at=difficulty.created_at,
            steps=[StepOut.model_validate(step) for step in steps],
            outcome=DifficultyOutcome(difficulty.outcome) if difficulty.outcome else None,
            outcome_note_markdown=difficulty.outcome_note_markdown,
            closed_at=difficulty.closed_at,
            escalation_markdown=row.escalation_markdown,
            version=difficulty.version,
        )


class CertificateOut(Out):
    """The facilitator's word that this removal has nothing to do with any open difficulty."""

    id: Id
    partner_id: Id
    facilitator_id: Id
    at: Instant


class SilentPartnerOut(Out):
    partner_id: Id
    name: str = Field(examples=["Harbour Youth"])


class CaseOut(Out):
    """One proposal that you facilitate, and where it is stuck. Counts; nothing that the honesty round hides."""

    proposal_id: Id
    facilitator_id: Id
    title: str
    status: ProposalStatus
    submission_deadline: Instant | None
    partners: int
    invitations_unanswered: int
    invitations_overdue: int
    reveal_overdue: bool
    musts_without_answer: int = Field(
        description="Expectations marked `must`, open to all, that nothing is to meet yet."
    )
    silent_partner_ids: list[Id] = Field(description="Accepted partners that did nothing for all to see in 14 days.")
    silent_partners: list[SilentPartnerOut] = Field(description="The same with their names.")
    difficulties_open: int
    difficulties_without_step: int
    decisions_overdue: int
    needs_attention: bool

    @classmethod
    def of(cls, case: Row[Any]) -> "CaseOut":
        """A row of `caseload.page`. It needs attention where somebody is late, silent or without an answer."""
        late = (case.invitations_overdue, case.reveal_overdue, case.decisions_overdue)
        waiting = (case.musts_without_answer, case.silent_partner_ids, case.difficulties_without_step)
        return cls(**case._mapping, needs_attention=any((*late, *waiting)))


class TwoSidesIn(In):
    """A person of yours has a role on another side over an opportunity: say how your organisation handles it."""

    person_id: IdIn
    opportunity_id: IdIn
    how: Text = Field(min_length=1, examples=["She works on the other bid only and takes no part in ours."])


class TwoSidesPatch(Patch):
    how: Text = Field(LEFT_OUT, min_length=1)


class TwoSidesOut(Out):
    id: Id
    organisation_id: Id
    person_id: Id
    opportunity_id: Id
    how: str
    created_at: Instant
    version: int


class SuggestionIn(In):
    """Organisations that could bid together, and which of them would lead. `organisation_id` is the facilitator's."""

    organisation_id: IdIn | None = None
    opportunity_id: IdIn
    lead_organisation_id: IdIn
    organisation_ids: list[IdIn] = Field(min_length=1, max_length=30)
    message_markdown: Markdown = Field(
        "", examples=["You both work in Harbour ward, and this call asks for a joint bid."]
    )


class SuggestionOut(Out):
    """The organisation that is to lead starts the bid (POST /v1/proposals) and invites the others, if it wants to."""

    id: Id
    organisation_id: Id
    opportunity_id: Id
    lead_organisation_id: Id
    organisation_ids: list[Id]
    message_markdown: str
    created_at: Instant
    version: int
