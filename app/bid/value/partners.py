"""Who bids together, and how they have agreed to work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.platform.access.ids import Id
from app.platform.words.codes import (
    DecisionRule,
    LegalForm,
    Liability,
    Matter,
    PartnerRole,
    PartnerStatus,
    SizeBand,
    StructureTemplate,
    VehicleStatus,
    VerificationLevel,
)


@dataclass(frozen=True, slots=True)
class Identifier:
    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom the commissioner writes to about the bid."""

    name: str
    email: str
    role: str | None = None
    telephone: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    level: VerificationLevel = VerificationLevel.NONE
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """A partner's written authority for the present lead to act. It lapses when the lead changes."""

    for_lead_partner_id: Id
    full_name: str
    role_title: str
    document_id: Id | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation in the proposal, with those of the organisation's facts that rules need."""

    id: Id
    organisation_id: Id | None
    name: str
    role: PartnerRole
    status: PartnerStatus
    short_name: str | None = None
    registered_address: str | None = None
    main_contractor_id: Id | None = None
    relied_on_for: str | None = None
    proposed_work_markdown: str = ""
    lot_ids: tuple[Id, ...] = ()
    """The lots that it works on, as it says itself; empty where it does not say."""
    areas: tuple[str, ...] = ()
    people_reached: str = ""
    aims_statement_markdown: str = ""
    serves_aims: bool | None = None
    """The partner's own answer to whether the bid serves its founding aims, or None where it did not say."""
    legal_form: LegalForm = LegalForm.OTHER
    size_band: SizeBand | None = None
    identifiers: tuple[Identifier, ...] = ()
    founding_aims: str = ""
    annual_income: int | None = None
    unrestricted_reserves: int | None = None
    verification: Verification = Verification()
    signatures_required: int = 1
    authority: Authority | None = None
    accepted_at: datetime | None = None
    reply_by: datetime | None = None
    ended_at: datetime | None = None
    ended_reason: str | None = None
    show_to_invited: bool = False
    named_when_verified: bool = False
    """It agreed that the public check of a version that it signed may name it."""
    waiting: bool = False
    """It is in another bid for the same lot, and the partners of both have not all let it in yet (rule 3)."""
    filed_at: datetime | None = None
    must_file: bool = True
    skip_agreed_at: datetime | None = None
    version: int = 0

    @property
    def accepted(self) -> bool:
        return self.status is PartnerStatus.ACCEPTED

    @property
    def in_core(self) -> bool:
        """Whether it is the accepted lead or an accepted member: they decide, sign and count towards `min_partners`."""
        return self.accepted and self.role in (PartnerRole.LEAD, PartnerRole.MEMBER)

    @property
    def has_legal_personality(self) -> bool:
        return self.legal_form is not LegalForm.UNINCORPORATED


@dataclass(frozen=True, slots=True)
class Vehicle:
    name: str
    status: VehicleStatus
    owners: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """How the partners work together, as facts. `template` says only which template they began with. Ids are partner ids."""

    template: StructureTemplate | None = None
    contracting: tuple[Id, ...] = ()
    paid: tuple[Id, ...] = ()
    submitting: tuple[Id, ...] = ()
    liability: Liability | None = None
    decision_rule: DecisionRule | None = None
    weights: Mapping[Id, Decimal] = field(default_factory=dict)
    quorum: int | None = None
    reserved_matters: tuple[Matter, ...] = ()
    vehicle: Vehicle | None = None
    exit_terms_markdown: str = ""
    terms_markdown: str = ""
    custom_markdown: str = ""
    payment_days: int | None = None
    """Days within which the partners that the commissioner pays pass the money on to the others."""
    payment_in_arrears: bool | None = None
    flow_down: bool = False
    """Whether the duties and the payment of the contract flow down by agreement to partners who do not contract."""
    lead_replacement_markdown: str = ""
    escalation_markdown: str = ""
    data_holder_ids: tuple[Id, ...] = ()
    also_signing: tuple[Id, ...] = ()
    """Subcontractors and associates that the partners want to sign as well."""
    version: int = 0
