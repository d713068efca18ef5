"""One joint proposal as a value: everything that the rules read, and nothing that they could change.

`app/bid/records/whole_proposal.py` loads it in one query. Reconciliation, structure, budget, decisions, fairness,
readiness and the bid document are pure functions of it. Amounts are minor units of `currency`; quantities, shares and
weights are exact decimals; instants are aware UTC datetimes.
"""

from dataclasses import dataclass, field
from datetime import date, datetime

from app.bid.value.asked import Asked
from app.bid.value.decisions import Decision, Difficulty, EditionInForce, Vote
from app.bid.value.declarations import (
    Acknowledgement,
    BudgetLine,
    BudgetSum,
    Contribution,
    Expectation,
    HonestyRound,
    MetBy,
    ShownBudget,
    Target,
)
from app.bid.value.exit import Asset, ExitPlan, KnowledgeTerm
from app.bid.value.partners import Authority, Contact, Identifier, Partner, Structure, Vehicle, Verification
from app.bid.value.text import Comment, ConfidentialityClaim, Outcome, Section, Statement
from app.calls.opportunities.value import ConsortiumRules, Limit, Lot, Opportunity, Question, Route
from app.platform.access.ids import Id
from app.platform.richtext.counts import Counts
from app.platform.words.codes import PartnerRole, ProposalStatus, RoundStatus

__all__ = [
    "Acknowledgement",
    "Asked",
    "Asset",
    "Authority",
    "BudgetLine",
    "BudgetSum",
    "Comment",
    "ConfidentialityClaim",
    "ConsortiumRules",
    "Contact",
    "Contribution",
    "Counts",
    "Decision",
    "Difficulty",
    "EditionInForce",
    "ExitPlan",
    "Expectation",
    "HonestyRound",
    "Identifier",
    "KnowledgeTerm",
    "Limit",
    "Lot",
    "MetBy",
    "Opportunity",
    "Outcome",
    "Partner",
    "Proposal",
    "Question",
    "Route",
    "Section",
    "ShownBudget",
    "Statement",
    "Structure",
    "Target",
    "Vehicle",
    "Verification",
    "Vote",
]


@dataclass(frozen=True, slots=True)
class Proposal:
    """The whole aggregate. Collections hold items of every status; each rule picks those that count for it."""

    id: Id
    title: str
    status: ProposalStatus
    language: str
    currency: str
    revision: int
    version: int
    opportunity: Opportunity
    contact: Contact | None = None
    offer_valid_until: date | None = None
    lot_ids: tuple[Id, ...] = ()
    answers_amendment: int = 0
    amendment_shift: int = 0
    """What of the amendments' numbers is the bid's own, and not the call's."""
    own_since: datetime | None = None
    """Since when the bid keeps terms of its own; None where it follows its call."""
    own_claim_id: Id | None = None
    partners: tuple[Partner, ...] = ()
    structure: Structure = field(default_factory=Structure)
    honesty_round: HonestyRound = field(default_factory=HonestyRound)
    contributions: tuple[Contribution, ...] = ()
    expectations: tuple[Expectation, ...] = ()
    budget_lines: tuple[BudgetLine, ...] = ()
    shown_budgets: tuple[ShownBudget, ...] = ()
    """By partner; of those alone whose declarations are open to the others."""
    sums_taken_at: datetime | None = None
    """When the sums of the whole bid were last taken of all partners at once; None before the reveal, and from a partner's
    leaving to the next time."""
    outcomes: tuple[Outcome, ...] = ()
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    confidentiality_claims: tuple[ConfidentialityClaim, ...] = ()
    acknowledgements: tuple[Acknowledgement, ...] = ()
    decisions: tuple[Decision, ...] = ()
    difficulties: tuple[Difficulty, ...] = ()
    comments: tuple[Comment, ...] = ()
    exit_plan: ExitPlan = field(default_factory=ExitPlan)
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
    def asked_sections(self) -> tuple[Section, ...]:
        """The sections that are the bid: whatever is signed, printed, counted or judged is selected here."""
        asked = Asked(self.opportunity.questions, self.lot_ids, self.partners)
        return tuple(section for section in self.sections if asked.includes(section))

    @property
    def revealed(self) -> bool:
        return self.honesty_round.status is not RoundStatus.OPEN
