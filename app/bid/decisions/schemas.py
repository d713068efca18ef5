"""Decisions, votes, proxies and conflicts on the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from app.bid.decisions.queries import Decisions, Recorded
from app.bid.decisions.rules import Outcome, count, outstanding, voting_is_over
from app.platform.access.ids import Id
from app.platform.access.money import format_quantity
from app.platform.web.wire import IdIn, In, Instant, Line, Markdown, Out, Text
from app.platform.words.codes import DecisionRule, DecisionStatus, Matter


def _in_capitals(method: Any) -> Any:
    return method.upper() if isinstance(method, str) else method


def _as_text(weight: Any) -> Any:
    return format_quantity(weight) if isinstance(weight, Decimal) else weight


Weight = Annotated[str, BeforeValidator(_as_text)]
"""A number of votes, or their weight: a decimal string, made from the rules' Decimal or taken as it was stored."""


class CarriesIn(In):
    """A request on this proposal that the decision carries out when it passes."""

    method: Annotated[Literal["POST", "PUT", "PATCH", "DELETE"], BeforeValidator(_in_capitals)] = Field(
        examples=["PUT"]
    )
    path: str = Field(max_length=300, examples=["/structure"])
    body: dict[str, Any] | None = None


class DecisionIn(In):
    """A motion. `options` are `for` and `against` unless told; abstaining is always possible."""

    organisation_id: IdIn | None = None
    title: Line = Field(examples=["The exit plan as it stands in the annex"])
    detail_markdown: Markdown = ""
    matter: Matter | None = Field(None, description="`other` unless told, or what `carries` belongs to.")
    options: list[Line] | None = Field(None, min_length=2, max_length=20)
    closes_at: Instant | None = Field(
        None, description="Within 30 days. Left out: in seven days, or at the call's deadline where that is sooner."
    )
    carries: CarriesIn | None = None


class VoteIn(In):
    """`for_partner_id` names the partner for which the vote is cast as its proxy."""

    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
    option: Line = Field(examples=["for"])
    reason: Text = Field("", description="Makes an objection (consent) or a veto (reserved matters) count.")
    for_partner_id: IdIn | None = None


class VoteOut(Out):
    id: Id
    decision_id: Id
    partner_id: Id
    organisation_id: Id | None
    option: str
    reason: str
    cast_by_partner_id: Id | None
    at: Instant

    @classmethod
    def of(cls, row: dict[str, Any], decisions: Decisions) -> "VoteOut":
        partner = decisions.partner(row["partner_id"])
        return cls.model_validate({**row, "organisation_id": partner.organisation_id if partner else None})


class ConflictIn(In):
    """A partner's own declaration: from then on it has no vote in this decision."""

    organisation_id: IdIn | None = None
    detail: Text = Field(min_length=1, examples=["Our chair also chairs the organisation that it is about."])


class ConflictOut(Out):
    id: Id
    decision_id: Id
    partner_id: Id
    detail: str
    at: Instant


class RuleCountOut(Out):
    """One rule applied to the votes: `reached` of `whole`. `rule` null: none is agreed, every yes is needed."""

    rule: DecisionRule | None
    chosen: str | None
    why: str
    whole: Weight = Field(examples=["3"])
    reached: Weight = Field(examples=["2"])
    sentence: str


class CountOut(Out):
    """The count with everything needed to count again. Ids are partner ids."""

    passed: bool
    chosen: str | None
    why: str
    sentence: str
    counts: list[RuleCountOut]
    voters: list[Id]
    excluded: list[Id]
    by_option: dict[str, list[Id]]
    silent: list[Id]
    weights: dict[Id, Weight]
    quorum: int | None
    took_part: int
    reserved: list[Matter]
    vetoes: list[Id]
    yes_missing: list[Id]
    uncounted: list[Id]

    @classmethod
    def of(cls, outcome: Outcome) -> "CountOut":
        return cls.model_validate(outcome)


class CarriesOut(Out):
    method: str
    path: str
    body: dict[str, Any]


class CarriedOut(Out):
    """What came of it: `done`, or `refused` with the problem that the request would have answered."""

    status: Literal["done", "refused"]
    problem: dict[str, Any] | None = None


class DecisionOut(Out):
    """A decision. While it is open, `count` is what the outcome would be if it were closed now."""

    id: Id
    title: str
    detail_markdown: str
    matter: Matter
    touches: list[Matter]
    options: list[str]
    status: DecisionStatus
    rule: DecisionRule | None
    proposer_partner_id: Id | None
    opened_at: Instant
    closes_at: Instant | None
    closed_at: Instant | None
    voting_over: bool
    votes: list[VoteOut]
    outstanding_partner_ids: list[Id]
    concerned_partner_ids: list[Id]
    excluded_partner_ids: list[Id]
    conflicts: list[ConflictOut]
    chosen: str | None
    outcome: CountOut | None
    count: CountOut
    carries: CarriesOut | None
    carried: CarriedOut | None
    version: int

    @classmethod
    def of(cls, recorded: Recorded, decisions: Decisions) -> "DecisionOut":
        """`outcome` is the count at the close. `count` is the same, or while it is open, what the votes amount to now."""
        row, decision = recorded.row, recorded.decision
        outcome = CountOut.model_validate(row["count"]) if row["count"] else None
        is_open = decision.status is DecisionStatus.OPEN
        counted = outcome or CountOut.of(count(decision, decisions.structure, decisions.partners, decisions.now))
        if is_open:
            counted.sentence = f"If it were closed now: {counted.sentence}"
        return cls.model_validate(
            {
                **row,
                "opened_at": row["created_at"],
                "voting_over": voting_is_over(decision, decisions.now),
                "votes": [VoteOut.of(vote, decisions) for vote in row["votes"]],
                "outstanding_partner_ids": [p.id for p in outstanding(decision, decisions.partners)] if is_open else [],
                "outcome": outcome,
                "count": counted,
            }
        )


class ProxyIn(In):
    """Written authority for another partner to vote for yours: in one decision, or in all until a day."""

    organisation_id: IdIn | None = None
    partner_id: IdIn | None = None
    holder_partner_id: IdIn
    decision_id: IdIn | None = None
    until: Instant | None = None
    full_name: Line = Field(examples=["Ama Boateng"], description="Who gives the authority in writing.")
    role_title: Line = Field(examples=["Chair of trustees"])
    document_id: IdIn | None = None


class ProxyOut(Out):
    id: Id
    partner_id: Id
    holder_partner_id: Id
    decision_id: Id | None
    until: Instant | None
    full_name: str
    role_title: str
    document_id: Id | None
    revoked_at: Instant | None
    created_at: Instant
    version: int
