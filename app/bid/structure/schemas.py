"""The structure on the wire: the facts, and what follows from them."""

from dataclasses import asdict
from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from app.bid.structure.rules import derive, facts_of, fill, problems
from app.bid.value import Proposal, Structure, Vehicle
from app.platform.access.errors import Fault, Invalid
from app.platform.access.ids import Id
from app.platform.web.wire import Flag, IdIn, In, Line, Markdown, Out, Quantity, Whole
from app.platform.words.codes import DecisionRule, Liability, Matter, PartnerStatus, StructureTemplate, VehicleStatus

Ids = Annotated[list[IdIn], Field(max_length=200)]
_HERE = (PartnerStatus.ACCEPTED, PartnerStatus.INVITED, PartnerStatus.TO_CONFIRM)


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

    def structure(self, proposal: Proposal) -> Structure:
        """The structure that this states, filled in by its template. Raises Invalid where it names anybody outside the bid."""
        faults = self._strangers(proposal)
        if faults:
            raise Invalid(errors=faults)
        vehicle, said = None, set()
        if self.vehicle is not None:
            vehicle = Vehicle(self.vehicle.name or "", self.vehicle.status, tuple(self.vehicle.owners or ()))
            said |= {"vehicle.owners"} if self.vehicle.owners is not None else set()
        if self.flow_down is not None:
            said.add("flow_down")
        given = Structure(
            template=self.template,
            contracting=tuple(self.contracting_partner_ids or ()),
            paid=tuple(self.paid_partner_ids or ()),
            submitting=tuple(self.submitting_partner_ids or ()),
            also_signing=tuple(self.also_signing_partner_ids or ()),
            liability=self.liability,
            decision_rule=self.decision_rule,
            weights={partner_id: Decimal(weight) for partner_id, weight in sorted((self.weights or {}).items())},
            quorum=self.quorum,
            reserved_matters=tuple(dict.fromkeys(self.reserved_matters or ())),
            vehicle=vehicle,
            exit_terms_markdown=self.exit_terms_markdown or "",
            terms_markdown=self.terms_markdown or "",
            custom_markdown=self.custom_markdown or "",
            payment_days=self.payment_days,
            payment_in_arrears=self.payment_in_arrears,
            flow_down=bool(self.flow_down),
            lead_replacement_markdown=self.lead_replacement_markdown or "",
            escalation_markdown=self.escalation_markdown or "",
            data_holder_ids=tuple(self.data_holder_partner_ids or ()),
            version=proposal.structure.version,
        )
        return fill(given, proposal.partners, frozenset(said))

    def _strangers(self, proposal: Proposal) -> list[Fault]:
        here = {p.id for p in proposal.partners if p.status in _HERE}
        lists: dict[str, Any] = {
            name: getattr(self, name)
            for name in (
                "contracting_partner_ids",
                "paid_partner_ids",
                "submitting_partner_ids",
                "also_signing_partner_ids",
                "data_holder_partner_ids",
            )
        }
        lists["vehicle/owners"] = self.vehicle.owners if self.vehicle else None
        detail = "There is no such partner in this bid."
        faults = [
            Fault(f"/{name}/{index}", "not-found", detail)
            for name, ids in lists.items()
            for index, partner_id in enumerate(ids or ())
            if partner_id not in here
        ]
        return faults + [Fault(f"/weights/{i}", "not-found", detail) for i in self.weights or {} if i not in here]


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

    @classmethod
    def of(cls, proposal: Proposal) -> "StructureOut":
        """The facts, with all that follows from them."""
        return cls.model_validate(
            {
                "id": proposal.id,
                **facts_of(proposal.structure),
                "derived": asdict(derive(proposal.structure, proposal.partners)),
                "problems": [asdict(fault) for fault in problems(proposal.structure, proposal.partners)],
                "version": proposal.structure.version,
            }
        )
