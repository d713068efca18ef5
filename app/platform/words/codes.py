"""Every code that the contract names, as enumerations; their plain words are in the catalogue (see `vocabularies.py`)."""

from enum import StrEnum


class OrganisationKind(StrEnum):
    PROVIDER = "provider"
    COMMISSIONER = "commissioner"
    FACILITATOR = "facilitator"


class LegalForm(StrEnum):
    CHARITY = "charity"
    CIO = "cio"
    COMPANY_LIMITED_BY_GUARANTEE = "company_limited_by_guarantee"
    CIC = "cic"
    COMMUNITY_BENEFIT_SOCIETY = "community_benefit_society"
    COOPERATIVE = "cooperative"
    UNINCORPORATED = "unincorporated"
    COMPANY = "company"
    PUBLIC_BODY = "public_body"
    OTHER = "other"


class SizeBand(StrEnum):
    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"
    MAJOR = "major"
    SUPER_MAJOR = "super_major"


class MemberRole(StrEnum):
    ADMIN = "admin"
    EDITOR = "editor"
    SIGNATORY = "signatory"
    VIEWER = "viewer"


class VerificationLevel(StrEnum):
    NONE = "none"
    REGISTER_EMAIL = "register_email"
    DOCUMENT = "document"
    SHARE_CODE = "share_code"
    OPERATOR = "operator"


class Regime(StrEnum):
    PA2023 = "pa2023"
    PA2023_WALES = "pa2023_wales"
    PSR = "psr"
    SCOTLAND = "scotland"
    BELOW_THRESHOLD = "below_threshold"
    GRANT = "grant"
    OTHER = "other"


class OpportunityMode(StrEnum):
    SEALED = "sealed"
    OPEN = "open"


class OpportunityStatus(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    PLANNED = "planned"
    AWARDED = "awarded"
    WITHDRAWN = "withdrawn"


class Alert(StrEnum):
    """How people are told what a saved search newly finds."""

    NONE = "none"
    AT_ONCE = "at_once"
    DAILY = "daily"


class FitReason(StrEnum):
    """What speaks for an organisation's joining a call."""

    IN_YOUR_AREA = "in-your-area"
    YOUR_SERVICES = "your-services"
    WITHIN_YOUR_SIZE = "within-your-size"
    LOT_WITHIN_YOUR_SIZE = "lot-within-your-size"
    FOR_VCSE = "for-vcse"
    OPEN_ROLE = "open-role"
    JOINT_BIDS_WELCOME = "joint-bids-welcome"


class FitAgainst(StrEnum):
    """What speaks against it."""

    OUTSIDE_YOUR_AREA = "outside-your-area"
    TEN_TIMES_YOUR_INCOME = "ten-times-your-income"
    TURNOVER_DEMANDED = "turnover-demanded"
    JOINT_BIDS_FORBIDDEN = "joint-bids-forbidden"
    CLOSING_SOON = "closing-soon"


class VatBasis(StrEnum):
    EXCLUDED = "excluded"
    INCLUDED = "included"
    UNKNOWN = "unknown"


class PriceDetail(StrEnum):
    TOTALS = "totals"
    LINES = "lines"


class Collaboration(StrEnum):
    REQUIRED = "required"
    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"


class SeveralBids(StrEnum):
    ALLOWED = "allowed"
    DECLARED = "declared"
    FORBIDDEN = "forbidden"


class RouteKind(StrEnum):
    HERE = "here"
    ELSEWHERE = "elsewhere"
    UNKNOWN = "unknown"


class BroughtBy(StrEnum):
    """Whom a call follows. All but `organisation` are trusted: what they say holds for every bid at once."""

    OPERATOR = "operator"
    PUBLISHER = "publisher"
    OWNER = "owner"
    ORGANISATION = "organisation"


class LimitUnit(StrEnum):
    WORDS = "words"
    CHARACTERS = "characters"
    PAGES = "pages"


class ProposalStatus(StrEnum):
    DRAFT = "draft"
    IN_SIGN_OFF = "in_sign_off"
    AGREED = "agreed"
    SUBMITTED = "submitted"
    CLOSED = "closed"
    DECIDED = "decided"
    DISSOLVED = "dissolved"


class PartnerRole(StrEnum):
    LEAD = "lead"
    MEMBER = "member"
    SUBCONTRACTOR = "subcontractor"
    ASSOCIATE = "associate"


class PartnerStatus(StrEnum):
    INVITED = "invited"
    TO_CONFIRM = "to_confirm"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REMOVED = "removed"


class ContributionKind(StrEnum):
    CASH = "cash"
    MATCH_FUNDING = "match_funding"
    STAFF_TIME = "staff_time"
    SECONDMENT = "secondment"
    VOLUNTEER_TIME = "volunteer_time"
    PREMISES = "premises"
    EQUIPMENT = "equipment"
    MATERIALS = "materials"
    PROFESSIONAL_SERVICES = "professional_services"
    EXPERTISE = "expertise"
    DATA = "data"
    REFERRAL_ROUTES = "referral_routes"
    COMMUNITY_REACH = "community_reach"
    ACCREDITATION = "accreditation"
    BID_WRITING = "bid_writing"
    MANAGEMENT = "management"
    IT = "it"
    CASH_FLOW_COVER = "cash_flow_cover"
    SOCIAL_VALUE = "social_value"
    OTHER = "other"


class Unit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    ITEM = "item"
    PLACE = "place"
    OTHER = "other"


class Certainty(StrEnum):
    CONFIRMED = "confirmed"
    CONDITIONAL = "conditional"
    ASPIRATIONAL = "aspirational"


class FundedBy(StrEnum):
    PARTNER = "partner"
    PRICE = "price"
    OTHER = "other"


class ExpectationKind(StrEnum):
    FUNDING_SHARE = "funding_share"
    FULL_COST_RECOVERY = "full_cost_recovery"
    PAYMENT_TERMS = "payment_terms"
    DECISION_VOICE = "decision_voice"
    DELIVERY_ROLE = "delivery_role"
    CREDIT = "credit"
    REFERRALS = "referrals"
    CAPACITY_BUILDING = "capacity_building"
    DATA_ACCESS = "data_access"
    INTELLECTUAL_PROPERTY = "intellectual_property"
    STAFFING = "staffing"
    EXCLUSIVITY = "exclusivity"
    INFORMATION = "information"
    QUALITY_STANDARD = "quality_standard"
    USER_INFLUENCE = "user_influence"
    INDEPENDENCE = "independence"
    EXIT = "exit"
    LEGACY_ASSETS = "legacy_assets"
    RISK_CAP = "risk_cap"
    OTHER = "other"


class Strength(StrEnum):
    MUST = "must"
    SHOULD = "should"
    COULD = "could"


class TargetType(StrEnum):
    PERCENT = "percent"
    DAYS = "days"
    HOURS = "hours"
    COUNT = "count"
    VOTES = "votes"
    MONEY = "money"
    TEXT = "text"
    RIGHT = "right"


class Audience(StrEnum):
    PARTNERS = "partners"
    COMMISSIONER = "commissioner"


class MetByType(StrEnum):
    CONTRIBUTION = "contribution"
    BUDGET_LINE = "budget_line"
    STRUCTURE = "structure"
    DECISION = "decision"
    OUTCOME = "outcome"
    SECTION = "section"


class ExpectationState(StrEnum):
    MET = "met"
    PARTLY_MET = "partly_met"
    UNMET = "unmet"
    CONTRADICTED = "contradicted"
    WAIVED = "waived"


class StructureTemplate(StrEnum):
    MANAGING_AGENT = "managing_agent"
    LEAD_PROVIDER = "lead_provider"
    PRIME_AND_SUBCONTRACTORS = "prime_and_subcontractors"
    SPECIAL_PURPOSE_VEHICLE = "special_purpose_vehicle"
    JOINT_CONTRACTING = "joint_contracting"
    ALLIANCE = "alliance"
    FEDERATION = "federation"
    ACCOUNTABLE_BODY = "accountable_body"
    CUSTOM = "custom"


class Liability(StrEnum):
    CONTRACTOR = "contractor"
    SEVERAL = "several"
    JOINT_AND_SEVERAL = "joint_and_several"
    VEHICLE = "vehicle"
    SHARED = "shared"


class DecisionRule(StrEnum):
    CONSENSUS = "consensus"
    CONSENT = "consent"
    MAJORITY = "majority"
    WEIGHTED = "weighted"
    LEAD_DECIDES = "lead_decides"


class Matter(StrEnum):
    STRUCTURE = "structure"
    DECISION_RULE = "decision_rule"
    BUDGET_SHARES = "budget_shares"
    PARTNER_ROLE = "partner_role"
    PARTNER_REMOVAL = "partner_removal"
    LEAD = "lead"
    EXIT_PLAN = "exit_plan"
    PUBLICITY = "publicity"
    SUBMISSION = "submission"
    DISSOLUTION = "dissolution"
    OTHER = "other"


class VehicleStatus(StrEnum):
    TO_BE_FORMED = "to_be_formed"
    FORMED = "formed"


class BudgetSource(StrEnum):
    REQUESTED = "requested"
    MATCH = "match"
    INCOME = "income"
    IN_KIND = "in_kind"


class VatTreatment(StrEnum):
    STANDARD = "standard"
    REDUCED = "reduced"
    ZERO = "zero"
    EXEMPT = "exempt"
    OUTSIDE_SCOPE = "outside_scope"


class CeilingState(StrEnum):
    WITHIN = "within"
    OVER = "over"
    NOT_DISCLOSED = "not_disclosed"
    """The lines that this reader may read do not settle it."""
    BASIS_UNKNOWN = "basis_unknown"
    """The call does not say whether its ceiling includes VAT, so nothing is compared."""


class StandardSection(StrEnum):
    SUMMARY = "summary"
    WHY_TOGETHER = "why_together"
    CONTRACT_EXAMPLES = "contract_examples"
    KEY_PEOPLE = "key_people"
    SHAPED_BY = "shaped_by"
    DELIVERY_PLAN = "delivery_plan"
    MILESTONES = "milestones"
    MOBILISATION = "mobilisation"
    STAFFING_AND_TUPE = "staffing_and_tupe"
    GOVERNANCE = "governance"
    RISKS = "risks"
    QUALITY = "quality"
    SAFEGUARDING = "safeguarding"
    EQUALITY = "equality"
    DATA_PROTECTION = "data_protection"
    SOCIAL_VALUE = "social_value"
    EXIT_AND_SUSTAINABILITY = "exit_and_sustainability"


class SectionState(StrEnum):
    NOT_STARTED = "not_started"
    DRAFTING = "drafting"
    IN_REVIEW = "in_review"
    DONE = "done"


class StatementKey(StrEnum):
    NON_COLLUSION = "non_collusion"
    CONFLICTS_OF_INTEREST = "conflicts_of_interest"
    EXCLUSION_GROUNDS = "exclusion_grounds"
    CONNECTED_PERSONS = "connected_persons"
    INSURANCE = "insurance"
    MODERN_SLAVERY = "modern_slavery"
    SUBSIDIES_RECEIVED = "subsidies_received"


class RoundStatus(StrEnum):
    OPEN = "open"
    REVEALED = "revealed"
    SKIPPED = "skipped"


class EditionStatus(StrEnum):
    OPEN = "open"
    AGREED = "agreed"
    WITHDRAWN = "withdrawn"


class SubmissionStatus(StrEnum):
    SUBMITTED = "submitted"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"
    ACKNOWLEDGED = "acknowledged"
    DECIDED = "decided"


class LotOutcome(StrEnum):
    AWARDED = "awarded"
    NOT_AWARDED = "not_awarded"
    EXCLUDED = "excluded"
    NOT_ASSESSED = "not_assessed"
    TERMINATED = "terminated"


class CheckState(StrEnum):
    OK = "ok"
    ATTENTION = "attention"
    SERIOUS = "serious"


class FairnessCode(StrEnum):
    FOUNDING_AIMS = "founding_aims"
    DEPENDENCY = "dependency"
    VOICE = "voice"
    SUSTAINABILITY = "sustainability"
    KNOWLEDGE_AND_ASSETS = "knowledge_and_assets"
    PAYMENT = "payment"
    LIABILITY = "liability"


class AddressedTo(StrEnum):
    ALL = "all"
    FACILITATOR = "facilitator"


class DifficultyOutcome(StrEnum):
    RESOLVED = "resolved"
    AGREED_TO_DIFFER = "agreed_to_differ"
    ESCALATED = "escalated"
    WITHDRAWN = "withdrawn"


class FacilitatorStatus(StrEnum):
    INVITED = "invited"
    ACTIVE = "active"
    OBJECTED = "objected"
    ENDED = "ended"


class OpeningStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


class ApplicationStatus(StrEnum):
    RECEIVED = "received"
    SHORTLISTED = "shortlisted"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class DecisionStatus(StrEnum):
    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    CLOSED = "closed"


class BlockerCode(StrEnum):
    """What can stand between a draft and the signed version: a closed list (`rule-<name>` comes beside it)."""

    NO_LEAD = "no-lead"
    AUTHORITY_MISSING = "authority-missing"
    INVITATION_UNANSWERED = "invitation-unanswered"
    HONESTY_ROUND_OPEN = "honesty-round-open"
    MUST_UNMET = "must-unmet"
    ACKNOWLEDGEMENT_MISSING = "acknowledgement-missing"
    ACKNOWLEDGEMENT_OUTDATED = "acknowledgement-outdated"
    SECTION_EMPTY = "section-empty"
    SECTION_OVER_LIMIT = "section-over-limit"
    OVER_CEILING = "over-ceiling"
    BUDGET_NOT_ADDING_UP = "budget-not-adding-up"
    STRUCTURE_INCOMPLETE = "structure-incomplete"
    EXIT_PLAN_MISSING = "exit-plan-missing"
    STATEMENT_MISSING = "statement-missing"
    PRICES_NOT_FINAL = "prices-not-final"
    DIFFICULTY_OPEN = "difficulty-open"
    DECISION_OPEN = "decision-open"
    CALL_AMENDED = "call-amended"
    CALL_CLOSED = "call-closed"
