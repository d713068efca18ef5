"""What the commissioner asks for."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.platform.access.ids import Id
from app.platform.words.codes import (
    Collaboration,
    LimitUnit,
    OpportunityMode,
    PriceDetail,
    RouteKind,
    SeveralBids,
    StatementKey,
    VatBasis,
)


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
