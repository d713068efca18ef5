"""One joint proposal as a value: everything the domain's rules read, nothing they could change.

`db/queries/picture.py` loads it in one query; reconciliation, structure, budget, governance, fairness,
readiness and the bid document are pure functions of it. Amounts are minor units of `currency`; quantities,
shares and weights are exact decimals; instants are aware UTC datetimes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from app.domain.codes import (
    AddressedTo,
    Audience,
    BudgetSource,
    Certainty,
    Collaboration,
    ContributionKind,
    DecisionRule,
    DecisionStatus,
    EditionStatus,
    ExpectationKind,
    LegalForm,
    Liability,
    LimitUnit,
    Matter,
    MetByType,
    OpportunityMode,
    PartnerRole,
    PartnerStatus,
    PriceDetail,
    ProposalStatus,
    RoundStatus,
    RouteKind,
    SectionState,
    SeveralBids,
    SizeBand,
    StatementKey,
    Strength,
    StructureTemplate,
    TargetType,
    Unit,
    VatBasis,
    VatTreatment,
    VehicleStatus,
    VerificationLevel,
)
from app.domain.ids import Id


@dataclass(frozen=True, slots=True)
class Limit:
    unit: LimitUnit
    value: int


@dataclass(frozen=True, slots=True)
class Lot:
    id: Id
    key: str
    title: str
    ceiling: int | None
    vat: VatBasis


@dataclass(frozen=True, slots=True)
class Question:
    id: Id
    key: str
    prompt_markdown: str
    guidance_markdown: str
    limit: Limit | None
    weight: Decimal | None
    lot_id: Id | None
    required: bool
    per_member: bool


@dataclass(frozen=True, slots=True)
class ConsortiumRules:
    """`extra` holds rules of the call beyond these, as its owner wrote them (`rule-<name>` blockers)."""

    collaboration: Collaboration = Collaboration.ALLOWED
    min_partners: int | None = None
    max_partners: int | None = None
    several_bids: SeveralBids = SeveralBids.DECLARED
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Opportunity:
    id: Id
    organisation_id: Id | None
    buyer_name: str
    title: str
    ocid: str | None
    mode: OpportunityMode
    regime: str
    price_detail: PriceDetail
    lots: tuple[Lot, ...]
    questions: tuple[Question, ...]
    budget_ceiling: int | None
    ceiling_vat: VatBasis
    currency: str
    required_sections: tuple[str, ...]
    required_statements: tuple[StatementKey, ...]
    consortium_rules: ConsortiumRules
    route: RouteKind
    submission_deadline: datetime | None
    time_zone: str
    amendment: int
    open_for_bids: bool


@dataclass(frozen=True, slots=True)
class Identifier:
    scheme: str
    id: str


@dataclass(frozen=True, slots=True)
class Verification:
    level: VerificationLevel = VerificationLevel.NONE
    by: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """A member's written authority for the present lead to act; it lapses when the lead changes."""

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
    main_contractor_id: Id | None = None
    relied_on_for: str | None = None
    proposed_work_markdown: str = ""
    aims_statement_markdown: str = ""
    serves_aims: bool | None = None
    """The partner's own answer to whether the bid serves its founding aims; None where it did not say."""
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
    """Agreed to be named by the public check of a version that it signed."""
    waiting: bool = False
    """In another bid for the same lot, and not let in by the partners of both yet (rule 3)."""
    filed_at: datetime | None = None
    must_file: bool = True
    skip_agreed_at: datetime | None = None
    version: int = 0

    @property
    def accepted(self) -> bool:
        return self.status is PartnerStatus.ACCEPTED

    @property
    def in_core(self) -> bool:
        """An accepted lead or member: those who decide, sign and are counted by `min_partners`."""
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
    """Facts, not a label: `template` only says where they started from. Ids are partner ids."""

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
    """Days within which those who are paid pay the other partners on."""
    payment_in_arrears: bool | None = None
    flow_down: bool = False
    """Whether the duties and the payment of the contract flow down by agreement to partners who do not contract."""
    lead_replacement_markdown: str = ""
    escalation_markdown: str = ""
    data_holder_ids: tuple[Id, ...] = ()
    also_signing: tuple[Id, ...] = ()
    """Subcontractors and associates whom the partners want to sign as well."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Contribution:
    id: Id
    partner_id: Id
    kind: ContributionKind
    title: str
    value: int
    certainty: Certainty
    quantity: Decimal | None = None
    unit: Unit | None = None
    unit_value: int | None = None
    starts: date | None = None
    ends: date | None = None
    condition: str = ""
    valuation_basis: str = ""
    lot_id: Id | None = None
    document_ids: tuple[Id, ...] = ()
    shown_as: str = "value"
    """Which the other partners see, `value` or `quantity`: never both, since one divides by the other (rule 1)."""
    revealed: bool = True
    version: int = 1
    hidden_changes: int = 0
    """How many versions changed nothing that the others see; they are told `version` less that."""

    @property
    def in_money(self) -> bool:
        return self.kind in (ContributionKind.CASH, ContributionKind.MATCH_FUNDING)


@dataclass(frozen=True, slots=True)
class Target:
    """What would meet an expectation: `number` for per cent, days, hours, count and votes; `amount` for money; `text` else."""

    type: TargetType
    number: Decimal | None = None
    amount: int | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class MetBy:
    type: MetByType
    id: Id


@dataclass(frozen=True, slots=True)
class Expectation:
    id: Id
    partner_id: Id
    kind: ExpectationKind
    title: str
    strength: Strength
    of_partner_id: Id | None = None
    target: Target | None = None
    audience: Audience = Audience.PARTNERS
    met_by: tuple[MetBy, ...] = ()
    waived_reason: str | None = None
    accepted_by: tuple[Id, ...] = ()
    must_after_reveal: bool = False
    """Made or raised to `must` after the reveal: blocks only once the other partners have accepted it (rule 7)."""
    revealed: bool = True
    version: int = 1
    hidden_changes: int = 0


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """Net `amount`, with its VAT. Opened by its owner alone to the partners in `visible_to`."""

    id: Id
    partner_id: Id
    category: str
    year: int
    source: BudgetSource
    amount: int
    lot_id: Id | None = None
    description: str = ""
    vat_treatment: VatTreatment = VatTreatment.OUTSIDE_SCOPE
    vat_amount: int = 0
    visible_to: tuple[Id, ...] = ()
    full_cost: int | None = None
    """What the line truly costs its owner with overheads; None where the owner did not say."""
    revealed: bool = True
    version: int = 0
    hidden_changes: int = 0
    """Changes that only the owner can tell: to whom the line is open, and its full cost."""


@dataclass(frozen=True, slots=True)
class Outcome:
    id: Id
    framework: str
    outcome: str
    indicator: str = ""
    unit: str = ""
    baseline: Decimal | None = None
    target: Decimal | None = None
    target_date: date | None = None
    method: str = ""
    partner_ids: tuple[Id, ...] = ()
    confirmed_by: tuple[Id, ...] = ()
    audience: Audience = Audience.COMMISSIONER
    question_id: Id | None = None
    lot_id: Id | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Counts:
    words: int = 0
    characters: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the bid text; `content` is ProseMirror JSON (TipTap's names) where it was loaded."""

    id: Id
    key: str
    title: str
    state: SectionState
    required: bool
    position: int = 0
    question_id: Id | None = None
    lot_id: Id | None = None
    partner_id: Id | None = None
    assignee_organisation_id: Id | None = None
    limit: Limit | None = None
    counts: Counts = Counts()
    content: Mapping[str, object] | None = None
    characters_by_organisation: Mapping[Id, int] = field(default_factory=dict)
    open_to_all: bool = False
    version: int = 0
    """Of the settings."""


@dataclass(frozen=True, slots=True)
class Statement:
    partner_id: Id
    key: StatementKey
    answer: str
    detail_markdown: str = ""
    document_id: Id | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ConfidentialityClaim:
    """What a partner asks the authority to withhold; `pointer` is a JSON Pointer into `document.json`."""

    id: Id
    partner_id: Id
    pointer: str
    reason: str
    basis: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    organisation_id: Id
    partner_id: Id
    as_of_revision: int
    outdated_by: tuple[Id, ...] = ()
    """Partners whose declarations changed, for all to see, after that revision."""


@dataclass(frozen=True, slots=True)
class Vote:
    partner_id: Id
    option: str
    reason: str = ""
    cast_by_partner_id: Id | None = None
    """The partner that cast it as a proxy, on the written authority of `partner_id`."""


@dataclass(frozen=True, slots=True)
class Decision:
    id: Id
    title: str
    matter: Matter
    options: tuple[str, ...]
    status: DecisionStatus
    proposer_partner_id: Id | None
    closes_at: datetime | None
    rule: DecisionRule | None
    votes: tuple[Vote, ...] = ()
    chosen: str | None = None
    excluded_partner_ids: tuple[Id, ...] = ()
    """Partners who declared a conflict of interest in it."""
    touches: tuple[Matter, ...] = ()
    """Matters besides its own that what it carries reaches (a structure that also changes the rule)."""
    concerned_partner_ids: tuple[Id, ...] = ()
    """Whom it is about: to be removed, whose role changes, who would become the lead, whose lines change."""
    opened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Difficulty:
    id: Id
    addressed_to: AddressedTo
    blocking: bool
    open: bool
    blocking_since: datetime | None
    """When it was raised or last renewed by a step; blocks for five days from then."""


@dataclass(frozen=True, slots=True)
class Comment:
    section_id: Id
    organisation_id: Id


@dataclass(frozen=True, slots=True)
class ExitPlan:
    """What remains, who takes it over, and how it is paid for when the money ends."""

    plan_markdown: str = ""
    what_remains_markdown: str = ""
    funding_after_markdown: str = ""


@dataclass(frozen=True, slots=True)
class Asset:
    """One asset or piece of intellectual property: who owns it now, while the contract runs, after it (partner ids)."""

    id: Id
    name: str
    intellectual_property: bool
    owner_now: Id | None
    owner_during: Id | None
    owner_after: Id | None
    in_return: str = ""


@dataclass(frozen=True, slots=True)
class KnowledgeTerm:
    """What `to_partner_id` learns from `from_partner_id`, and how."""

    id: Id
    from_partner_id: Id
    to_partner_id: Id
    subject: str
    how: str = ""


@dataclass(frozen=True, slots=True)
class HonestyRound:
    status: RoundStatus = RoundStatus.OPEN
    cut_off: datetime | None = None
    revealed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EditionInForce:
    """The version that is open for signing or agreed, in short; `signed` names a partner once for each signature.

    After the deadline it is the one that was submitted: it counts, whatever was begun since, with all its signatures.
    """

    number: int
    sha256: str
    status: EditionStatus
    created_at: datetime
    agreed_at: datetime | None = None
    must_sign: tuple[Id, ...] = ()
    signed: tuple[Id, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """The whole aggregate. Collections hold every status; rules filter what counts."""

    id: Id
    title: str
    status: ProposalStatus
    language: str
    currency: str
    revision: int
    version: int
    opportunity: Opportunity
    lot_ids: tuple[Id, ...] = ()
    answers_amendment: int = 0
    partners: tuple[Partner, ...] = ()
    structure: Structure = Structure()
    honesty_round: HonestyRound = HonestyRound()
    contributions: tuple[Contribution, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    budget_lines: tuple[BudgetLine, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    confidentiality_claims: tuple[ConfidentialityClaim, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    comments: tuple[Comment, ...] = ()
    exit_plan: ExitPlan = ExitPlan()
    assets: tuple[Asset, ...] = ()
    knowledge_terms: tuple[KnowledgeTerm, ...] = ()
    edition: EditionInForce | None = None

    def partner(self, partner_id: Id) -> Partner | None:
        return next((partner for partner in self.partners if partner.id == partner_id), None)

    @property
    def accepted(self) -> tuple[Partner, ...]:
        return tuple(partner for partner in self.partners if partner.accepted)

    @property
    def core(self) -> tuple[Partner, ...]:
        return tuple(partner for partner in self.partners if partner.in_core)

    @property
    def lead(self) -> Partner | None:
        return next((p for p in self.accepted if p.role is PartnerRole.LEAD), None)

    @property
    def revealed(self) -> bool:
        return self.honesty_round.status is not RoundStatus.OPEN
