"""The structure on the wire: the facts, and what follows from them."""

from typing import Annotated

from pydantic import Field

from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, Line, Markdown, Out, Quantity, Whole
from app.platform.words.codes import DecisionRule, Liability, Matter, StructureTemplate, VehicleStatus

Ids = Annotated[list[IdIn], Field(max_length=200)]


class VehicleIn(In):
    name: Line | None = Field(None, examples=["Riverside Together CIC"])
    status: VehicleStatus = VehicleStatus.TO_BE_FORMED
    owners: Ids | None = Field(None, description="Partner ids; the lead and the members unless told.")


class StructureIn(In):
    """All of it at once. With a template, what is null or empty is filled in from it; `custom` fills in nothing."""

    template: StructureTemplate | None = Field(None, examples=["lead_provider"])
    contracting_partner_ids: Ids | None = Field(None, examples=[["019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"]])
    paid_partner_ids: Ids | None = Field(None, description="Whom the commissioner pays.")
    submitting_partner_ids: Ids | None = Field(None, description="Who may submit; all who must sign unless told.")
    also_signing_partner_ids: Ids | None = Field(None, description="Subcontractors and associates who sign as well.")
    liability: Liability | None = Field(None, examples=["contractor"])
    decision_rule: DecisionRule | None = Field(None, examples=["majority"])
    weights: dict[IdIn, Quantity] | None = Field(None, description="Votes by partner id, for `weighted`.")
    quorum: Whole | None = Field(None, ge=1, le=1000, description="How many must vote for a decision to count.")
    reserved_matters: list[Matter] | None = Field(None, max_length=20, description="Where each partner has a veto.")
    vehicle: VehicleIn | None = Field(None, description="A new body that contracts.")
    flow_down: Flag | None = Field(None, description="Duties and money pass on to partners who do not contract.")
    payment_days: Whole | None = Field(None, ge=0, le=3660, description="Days within which partners are paid on.")
    payment_in_arrears: Flag | None = None
    data_holder_partner_ids: Ids | None = None
    exit_terms_markdown: Markdown | None = Field(None, examples=["Three months' notice in writing."])
    terms_markdown: Markdown | None = Field(None, examples=["Each partner is paid within 30 days."])
    custom_markdown: Markdown | None = None
    lead_replacement_markdown: Markdown | None = None
    escalation_markdown: Markdown | None = None
    organisation_id: IdIn | None = Field(None, description="Who proposes it, where you could act for several.")


class VehicleOut(Out):
    name: str
    status: VehicleStatus
    owners: list[Id]


class DutyOut(Out):
    """`partner_id` null: the new body. `to`: commissioner, vehicle, or partner (`to_partner_id`)."""

    partner_id: Id | None
    to: str
    to_partner_id: Id | None
    extent: str = Field(examples=["whole", "own_part", "shared"])
    sentence: str


class LeadReplacementOut(Out):
    called_by: list[Id]
    voters: list[Id]
    without_veto: Id | None
    authorities_lapse: list[Id]
    sentence: str


class DerivedOut(Out):
    """What follows from the facts alone. Lists hold partner ids."""

    must_sign: list[Id]
    may_submit: list[Id]
    assessed: list[Id]
    liable_to: list[DutyOut]
    lead_replacement: LeadReplacementOut
    subject_to_incorporation: bool
    signing_words: str


class ProblemInStructureOut(Out):
    pointer: str
    code: str
    detail: str


class StructureOut(Out):
    id: Id = Field(description="The proposal's id; link an expectation to it.")
    template: StructureTemplate | None
    contracting_partner_ids: list[Id]
    paid_partner_ids: list[Id]
    submitting_partner_ids: list[Id]
    also_signing_partner_ids: list[Id]
    liability: Liability | None
    decision_rule: DecisionRule | None
    weights: dict[Id, str] = Field(description="Decimal strings by partner id.")
    quorum: int | None
    reserved_matters: list[Matter]
    vehicle: VehicleOut | None
    flow_down: bool
    payment_days: int | None
    payment_in_arrears: bool | None
    data_holder_partner_ids: list[Id]
    exit_terms_markdown: str
    terms_markdown: str
    custom_markdown: str
    lead_replacement_markdown: str
    escalation_markdown: str
    derived: DerivedOut
    problems: list[ProblemInStructureOut] = Field(description="What is missing or at odds before it can be signed.")
    version: int
