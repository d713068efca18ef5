"""A call as one frozen value, which its own rules, notices from elsewhere and the bids for it all read.

`from_wire.py` makes it from what a request says, `stored.py` from the rows and back. Two values are equal when they say
the same: ids, and what the service adds to the call's own words, are not compared.
"""

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
    Regime,
    RouteKind,
    SeveralBids,
    StandardSection,
    StatementKey,
    VatBasis,
)


@dataclass(frozen=True, slots=True)
class Limit:
    unit: LimitUnit
    value: int


@dataclass(frozen=True, slots=True)
class Lot:
    """`key` names the lot within its call. `id` is empty until the lot is stored."""

    id: Id = field(compare=False)
    key: str
    title: str
    ceiling: int | None = None
    vat: VatBasis = VatBasis.UNKNOWN


@dataclass(frozen=True, slots=True)
class Question:
    """`key` names the question within its call, `lot_key` the lot that it is asked of. Ids are empty until it is stored."""

    id: Id = field(compare=False)
    key: str
    prompt_markdown: str
    guidance_markdown: str = ""
    limit: Limit | None = None
    weight: Decimal | None = None
    lot_id: Id | None = field(default=None, compare=False)
    required: bool = True
    per_member: bool = False
    lot_key: str | None = None
    number: str = ""
    """What the portal calls the box that the answer goes into, where partners typed the question."""


@dataclass(frozen=True, slots=True)
class ConsortiumRules:
    """`min_partners` counts lead and members. `extra` holds further rules by name (`rule-<name>` blockers)."""

    collaboration: Collaboration = Collaboration.ALLOWED
    min_partners: int | None = None
    max_partners: int | None = None
    several_bids: SeveralBids = SeveralBids.DECLARED
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Route:
    """How bids are made: here, or where the address and the instructions say."""

    kind: RouteKind = RouteKind.HERE
    url: str | None = None
    instructions: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """What a commissioner asks for. The defaults are those of a call written here: sealed, submitted here, no extra rules.

    Ceilings are minor units of `currency`; instants are aware UTC datetimes.
    """

    title: str
    description_markdown: str = ""
    lots: tuple[Lot, ...] = ()
    questions: tuple[Question, ...] = ()
    budget_ceiling: int | None = None
    ceiling_vat: VatBasis = VatBasis.UNKNOWN
    currency: str = "GBP"
    mode: OpportunityMode = OpportunityMode.SEALED
    regime: Regime = Regime.OTHER
    price_detail: PriceDetail = PriceDetail.TOTALS
    required_sections: tuple[StandardSection, ...] = ()
    required_statements: tuple[StatementKey, ...] = ()
    clarification_deadline: datetime | None = None
    submission_deadline: datetime | None = None
    time_zone: str = "Europe/London"
    consortium_rules: ConsortiumRules = ConsortiumRules()
    route: Route = Route()
    languages: tuple[str, ...] = ("en",)
    areas: tuple[str, ...] = ()
    cpv: tuple[str, ...] = ()
    vcse: bool | None = None
    procurement_reference: str | None = None
    """The procurement's public number, typed or from its notice."""

    id: Id = field(default="", compare=False)
    organisation_id: Id | None = field(default=None, compare=False)
    """The owner; a call that was imported may have none."""
    buyer_name: str = field(default="", compare=False)
    ocid: str | None = field(default=None, compare=False)
    amendment: int = field(default=0, compare=False)
    """The number of the last amendment that every bid has to answer."""
    open_for_bids: bool = field(default=False, compare=False)


WIRE_NAMES = {"ceiling_vat": "budget_ceiling_vat", "route": "submission_route"}
"""Fields of `Opportunity` that clients know by another name."""
