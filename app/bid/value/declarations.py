"""A partner's own declarations: what it gives and expects, its money, and that it has read what the others declared."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from app.platform.access.ids import Id
from app.platform.words.codes import (
    Audience,
    BudgetSource,
    Certainty,
    ContributionKind,
    ExpectationKind,
    FundedBy,
    MetByType,
    RoundStatus,
    Strength,
    TargetType,
    Unit,
    VatTreatment,
)


@dataclass(frozen=True, slots=True)
class HonestyRound:
    status: RoundStatus = RoundStatus.OPEN
    cut_off: datetime | None = None
    revealed_at: datetime | None = None
    deadline: datetime | None = None
    """The call's deadline as it was known when the second partner accepted, or the first that came after."""
    told_at: datetime | None = None
    """When the partners were told of a deadline that came, or became earlier, after that."""


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
    funded_by: FundedBy | None = None
    """Who pays for it; None where nobody said."""
    shown_as: str = "value"
    """What the other partners see, `value` or `quantity`: never both, since dividing them gives the rate (rule 1)."""
    revealed: bool = True
    version: int = 1
    hidden_changes: int = 0
    """How many versions changed nothing that the others see. The others read `version` minus this."""

    @property
    def in_money(self) -> bool:
        return self.kind in (ContributionKind.CASH, ContributionKind.MATCH_FUNDING)


@dataclass(frozen=True, slots=True)
class Target:
    """What would meet an expectation. `number` holds per cent, days, hours, count and votes, `amount` money, `text` the rest."""

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
    """It was made or raised to `must` after the reveal, so it blocks only once the other partners accept it (rule 7)."""
    revealed: bool = True
    version: int = 1
    hidden_changes: int = 0


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """`amount` is net. Only the owner of the line opens it to other partners, whom `visible_to` names."""

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
    """What the line truly costs its owner with overheads, or None where the owner did not say."""
    revealed: bool = True
    version: int = 0
    hidden_changes: int = 0
    """How many versions changed only what the owner alone sees: to whom the line is open, and its full cost."""
    shown_version: int | None = None
    """`said` as it was when its owner last showed its totals; None for a line that came since."""

    @property
    def said(self) -> int:
        """Its version without the hidden changes: it moves when something changes that the line says."""
        return self.version - self.hidden_changes


@dataclass(frozen=True, slots=True)
class BudgetSum:
    """What one partner's lines in one year, source and lot come to, net, and the VAT on them."""

    year: int
    source: BudgetSource
    lot_id: Id | None
    amount: int
    vat_amount: int


@dataclass(frozen=True, slots=True)
class ShownBudget:
    """What the others know of one partner's budget: its sums as it last showed them.

    `taken` are its sums at the last time when those of the whole bid were taken of all partners at once. `final` says
    that its prices are final, which holds its lines still.
    """

    partner_id: Id
    shown_at: datetime
    sums: tuple[BudgetSum, ...] = ()
    taken: tuple[BudgetSum, ...] = ()
    lines: int = 0
    """How many lines it had when it last showed its totals."""
    final: bool = False


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    organisation_id: Id
    partner_id: Id
    as_of_revision: int
    outdated_by: tuple[Id, ...] = ()
    """Partners whose declarations changed after that revision in a way that all partners see."""
