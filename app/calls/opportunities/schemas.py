"""Opportunities on the wire."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, WithJsonSchema

from app.calls.opportunities.links import web_addresses
from app.platform.access.ids import Id
from app.platform.access.money import parse_quantity
from app.platform.web.wire import (
    Flag,
    IdIn,
    In,
    Instant,
    Line,
    Markdown,
    MoneyIn,
    MoneyOut,
    Name,
    Out,
    Patch,
    Quantity,
    Reference,
    Text,
    ViewerCanOut,
)
from app.platform.words.codes import (
    BroughtBy,
    Collaboration,
    LegalForm,
    LimitUnit,
    OpportunityMode,
    OpportunityStatus,
    PriceDetail,
    Regime,
    RouteKind,
    SeveralBids,
    StandardSection,
    StatementKey,
    VatBasis,
)


def _web_address(value: str) -> str:
    if next(web_addresses(value), None) != value:
        raise ValueError("This is a web address that begins with https:// or http://.")
    return value


def _percent(value: str) -> str:
    if parse_quantity(value) > 100:
        raise ValueError("A share of the money is at most 100 per cent.")
    return value


Key = Annotated[Line, StringConstraints(max_length=200)]
WebAddress = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_web_address)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$", max_length=35)]
Cpv = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,8}(-[0-9])?$")]
Percent = Annotated[
    str,
    AfterValidator(_percent),
    WithJsonSchema({"type": "string", "pattern": r"^(0|[1-9][0-9]{0,2})(\.[0-9]{1,4})?$", "examples": ["30"]}),
]
Count = Annotated[int, Field(strict=True, ge=1, le=1000)]


class LotIn(In):
    """A part that can be bid for on its own. `id` may be sent back as it was read; the `key` says which lot it is."""

    id: IdIn | None = None
    key: Key = Field(examples=["north"])
    title: Line = Field(examples=["North of the county"])
    ceiling: MoneyIn | None = None
    vat: VatBasis = VatBasis.UNKNOWN


class LimitIO(In):
    unit: LimitUnit = Field(examples=["words"])
    value: int = Field(strict=True, ge=1, le=1_000_000, examples=[500])


class QuestionIn(In):
    """A question of the call. `per_member`: each accepted lead and member answers it for itself."""

    id: IdIn | None = None
    key: Key = Field(examples=["reach"])
    prompt_markdown: Annotated[Markdown, StringConstraints(min_length=1)] = Field(
        examples=["How will you reach young people who do not come to clubs?"]
    )
    guidance_markdown: Markdown = ""
    limit: LimitIO | None = None
    weight: Quantity | None = None
    lot_key: Key | None = None
    lot_id: IdIn | None = None
    required: Flag = True
    per_member: Flag = False


class ConsortiumRulesIO(In):
    """Rules for groups. Beyond the first four, those that readiness can compute; say all others in the description."""

    collaboration: Collaboration = Collaboration.ALLOWED
    min_partners: Count | None = None
    max_partners: Count | None = None
    several_bids: SeveralBids = SeveralBids.DECLARED
    min_small_partners: Count | None = None
    max_subcontractors: Annotated[int, Field(strict=True, ge=0, le=1000)] | None = None
    lead_legal_forms: list[LegalForm] | None = Field(None, max_length=20)
    min_small_share: Percent | None = Field(
        None, description="Per cent of what a bid asks for that its micro and small partners together get, at least."
    )
    max_lead_share: Percent | None = Field(
        None, description="Per cent of what a bid asks for that its lead gets, at most."
    )


class RouteIn(In):
    """How bids are made: `here`, or `elsewhere` with an address or instructions."""

    kind: RouteKind = RouteKind.HERE
    url: WebAddress | None = Field(None, examples=["https://portal.example/advert/1"])
    instructions: Text = ""


class ConsortiumRulesPatch(Patch):
    collaboration: Collaboration | None = None
    min_partners: Count | None = None
    max_partners: Count | None = None
    several_bids: SeveralBids | None = None
    min_small_partners: Count | None = None
    max_subcontractors: Annotated[int, Field(strict=True, ge=0, le=1000)] | None = None
    lead_legal_forms: list[LegalForm] | None = Field(None, max_length=20)
    min_small_share: Percent | None = None
    max_lead_share: Percent | None = None


class RoutePatch(Patch):
    kind: RouteKind | None = None
    url: WebAddress | None = None
    instructions: Text | None = None


class OpportunityIn(In):
    """A call. All but its title has a default; it is a draft until it is published."""

    organisation_id: IdIn | None = None
    title: Name = Field(examples=["Family hubs 2027"])
    description_markdown: Markdown = ""
    lots: list[LotIn] = Field(
        default_factory=list,
        max_length=500,
        examples=[[{"key": "north", "title": "North", "ceiling": {"amount": "250000.00", "currency": "GBP"}}]],
    )
    questions: list[QuestionIn] = Field(
        default_factory=list,
        max_length=500,
        examples=[
            [
                {
                    "key": "reach",
                    "prompt_markdown": "How will you reach young people who do not come to clubs?",
                    "limit": {"unit": "words", "value": 500},
                }
            ]
        ],
    )
    budget_ceiling: MoneyIn | None = None
    budget_ceiling_vat: VatBasis = VatBasis.UNKNOWN
    mode: OpportunityMode = OpportunityMode.SEALED
    regime: Regime = Regime.OTHER
    price_detail: PriceDetail = PriceDetail.TOTALS
    required_sections: list[StandardSection] = Field(default_factory=list, max_length=50)
    required_statements: list[StatementKey] = Field(default_factory=list, max_length=50)
    clarification_deadline: Instant | None = None
    submission_deadline: Instant | None = Field(None, examples=["2027-03-01T12:00:00Z"])
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "Europe/London"
    consortium_rules: ConsortiumRulesIO = Field(default_factory=ConsortiumRulesIO)
    submission_route: RouteIn = Field(default_factory=RouteIn)
    languages: list[Language] = Field(default_factory=lambda: ["en"], min_length=1, max_length=20)
    areas: list[Line] = Field(default_factory=list, max_length=200)
    cpv: list[Cpv] = Field(default_factory=list, max_length=200)
    vcse: Flag | None = None
    procurement_reference: Reference | None = None
    facilitator_ids: list[IdIn] = Field(default_factory=list, max_length=20)


class OpportunityPatch(Patch):
    """A merge patch: a list replaces the whole list (lots and questions keep their ids by their `key`)."""

    title: Name | None = Field(None, examples=["Family hubs 2027 to 2030"])
    description_markdown: Markdown | None = None
    lots: list[LotIn] | None = Field(None, max_length=500)
    questions: list[QuestionIn] | None = Field(None, max_length=500)
    budget_ceiling: MoneyIn | None = None
    budget_ceiling_vat: VatBasis | None = None
    mode: OpportunityMode | None = None
    regime: Regime | None = None
    price_detail: PriceDetail | None = None
    required_sections: list[StandardSection] | None = Field(None, max_length=50)
    required_statements: list[StatementKey] | None = Field(None, max_length=50)
    clarification_deadline: Instant | None = None
    submission_deadline: Instant | None = None
    time_zone: Annotated[str, StringConstraints(max_length=64)] | None = None
    consortium_rules: ConsortiumRulesPatch | None = None
    submission_route: RoutePatch | None = None
    languages: list[Language] | None = Field(None, min_length=1, max_length=20)
    areas: list[Line] | None = Field(None, max_length=200)
    cpv: list[Cpv] | None = Field(None, max_length=200)
    vcse: Flag | None = None
    procurement_reference: Reference | None = None
    facilitator_ids: list[IdIn] | None = Field(None, max_length=20)


class TypedIn(In):
    """A call that stands on a web page. `opportunity_id`: one that was typed before and is typed again, corrected."""

    organisation_id: IdIn | None = None
    opportunity_id: IdIn | None = None
    title: Name = Field(examples=["Small grants for youth clubs"])
    funder: Name = Field(examples=["Aber Council"])
    url: WebAddress = Field(examples=["https://www.aber.example/grants/youth-2027"])
    submission_deadline: Instant | None = Field(None, examples=["2027-03-01T12:00:00Z"])
    time_zone: Annotated[str, StringConstraints(max_length=64)] = "Europe/London"
    lots: list[LotIn] = Field(default_factory=list, max_length=500)
    regime: Regime = Regime.OTHER


class CancelIn(In):
    reason: Text = Field("", examples=["The budget was withdrawn."])


class IdentifierOut(Out):
    scheme: str
    id: str


class BuyerOut(Out):
    """Who asks for bids, as they name themselves or as the notice names them."""

    name: str = Field(examples=["Aber Council"])
    identifiers: list[IdentifierOut] = []


class LotOut(Out):
    id: Id
    key: str
    title: str
    ceiling: MoneyOut | None
    vat: VatBasis


class LimitOut(Out):
    unit: LimitUnit
    value: int


class QuestionOut(Out):
    id: Id
    key: str
    prompt_markdown: str
    guidance_markdown: str
    limit: LimitOut | None
    weight: str | None = Field(examples=["20"])
    lot_key: str | None
    lot_id: Id | None
    required: bool
    per_member: bool


class RouteOut(Out):
    """`here`: bids are submitted in this service. Otherwise they are not: `url` and `instructions` say where."""

    kind: RouteKind
    url: str | None
    instructions: str


class OpportunityShortOut(Out):
    """An opportunity as it stands in a list."""

    id: Id
    version: int
    organisation_id: Id | None
    buyer: BuyerOut
    title: str
    status: OpportunityStatus
    open_for_bids: bool
    mode: OpportunityMode
    sealed_until: Instant | None
    regime: Regime
    currency: str
    budget_ceiling: MoneyOut | None
    budget_ceiling_vat: VatBasis
    lots: list[LotOut]
    clarification_deadline: Instant | None
    submission_deadline: Instant | None
    submission_deadline_local: str | None = Field(examples=["2027-03-01T12:00:00+00:00"])
    time_zone: str
    submission_route: RouteOut
    languages: list[str]
    areas: list[str]
    cpv: list[str]
    vcse: bool | None
    procurement_reference: str | None
    ocid: str | None
    published_at: Instant | None


class AmendmentOut(Out):
    """A numbered change after publication: each changed field with what it was and what it became."""

    number: int
    at: Instant
    changes: dict[str, Any]
    voids_editions: bool


class BroughtByOut(Out):
    """Whom the call follows, and when it last spoke. `claim_id` is what it shows while only organisations brought it."""

    kind: BroughtBy
    at: Instant | None
    claim_id: Id | None


class DifferenceOut(Out):
    """A member of the call in which a claim differs: what the call says now, and what the claim says."""

    pointer: str = Field(examples=["/submission_deadline"])
    now: Any
    theirs: Any


class NoticeClaimOut(Out):
    """Another organisation brought a different notice; `own` is your own. Of another's only the day is told."""

    id: Id
    received_at: str = Field(examples=["2027-01-05"])
    own: bool
    differences: list[DifferenceOut]


class OpportunityOut(OpportunityShortOut):
    """The whole opportunity. `source` is there for what was imported: what else the notice says, and its releases."""

    description_markdown: str
    questions: list[QuestionOut]
    price_detail: PriceDetail
    required_sections: list[str]
    required_statements: list[str]
    consortium_rules: dict[str, Any]
    facilitator_ids: list[Id]
    cancelled_at: Instant | None
    amendment: int
    amendments: list[AmendmentOut]
    brought_by: BroughtByOut
    typed: bool
    claims: list[NoticeClaimOut]
    source: dict[str, Any] | None
    viewer: ViewerCanOut
