"""Contributions, expectations, the round, reconciliation and acknowledgements on the wire."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, model_validator

from app.platform.access.ids import Id
from app.platform.access.money import parse_amount, parse_quantity
from app.platform.web.wire import Day, IdIn, In, Instant, Line, MoneyIn, MoneyOut, Out, Patch, Quantity, Text, Whole
from app.platform.words.codes import (
    Audience,
    Certainty,
    ContributionKind,
    ExpectationKind,
    ExpectationState,
    FundedBy,
    MetByType,
    RoundStatus,
    Strength,
    TargetType,
    Unit,
)

Reason = Annotated[str, StringConstraints(min_length=1, max_length=4_000, strip_whitespace=True)]
Shown = Literal["value", "quantity"]
MANY = 500
"""The most rows of one batch."""


class Period(In):
    start: Day | None = Field(None, examples=["2027-04-01"])
    end: Day | None = Field(None, examples=["2030-03-31"])


class ContributionIn(In):
    """What a partner commits to put in."""

    partner_id: IdIn | None = Field(None, description="May be left out by a person of one partner.")
    kind: ContributionKind = Field(examples=["staff_time"])
    title: Line = Field(examples=["A youth worker, two days a week"])
    quantity: Quantity | None = Field(None, examples=["208"])
    unit: Unit | None = Field(None, examples=["day"])
    unit_value: MoneyIn | None = Field(None, description="Seen by your own people only.")
    value: MoneyIn = Field(description="Exactly quantity × unit value, where both are given.")
    period: Period | None = None
    certainty: Certainty = Field(examples=["confirmed"])
    condition: Text = ""
    valuation_basis: Text = Field(
        "", description="Where the value comes from; needed for all but money.", examples=["NJC pay scale 2026, SCP 20"]
    )
    lot_id: IdIn | None = None
    document_ids: list[IdIn] = Field([], max_length=50)
    funded_by: FundedBy | None = None
    shown_as: Shown | None = Field(
        None,
        description="Which figure the other partners see. They never see both, since both give away your rate. Kinds of "
        "money are always seen by their value.",
    )


class ContributionPatch(Patch):
    kind: ContributionKind | None = None
    title: Line | None = Field(None, examples=["A youth worker, two days a week"])
    quantity: Quantity | None = None
    unit: Unit | None = None
    unit_value: MoneyIn | None = None
    value: MoneyIn | None = None
    period: Period | None = None
    certainty: Certainty | None = None
    condition: Text | None = None
    valuation_basis: Text | None = None
    lot_id: IdIn | None = None
    document_ids: list[IdIn] | None = Field(None, max_length=50)
    funded_by: FundedBy | None = None
    shown_as: Shown | None = None


class ContributionRow(ContributionPatch):
    """A row of a batch: with `id` and `version` a change, without them a new contribution."""

    id: IdIn | None = None
    version: Whole | None = None


class ContributionBatch(In):
    partner_id: IdIn | None = None
    items: list[ContributionRow] = Field(
        min_length=1,
        max_length=MANY,
        examples=[
            [
                {
                    "kind": "premises",
                    "title": "Our hall, two evenings a week",
                    "certainty": "confirmed",
                    "value": {"amount": "4160.00", "currency": "GBP"},
                    "valuation_basis": "Our hire charges of 2026",
                }
            ]
        ],
    )


class ContributionOut(Out):
    """To everybody but its owner `unit_value` and one of `quantity` and `value` are null. Where the value is, `valuation_basis`
    is empty, since it would give the value away."""

    id: Id
    partner_id: Id
    kind: ContributionKind
    title: str
    quantity: str | None
    unit: Unit | None
    unit_value: MoneyOut | None
    value: MoneyOut | None
    period: Period | None
    certainty: Certainty
    condition: str
    valuation_basis: str
    lot_id: Id | None
    document_ids: list[Id]
    funded_by: FundedBy | None
    shown_as: Shown | None
    version: int


class TargetIn(In):
    """What would meet it: a decimal string for per cent, days, hours, count, votes; Money; or words."""

    type: TargetType = Field(examples=["percent"])
    value: Any = Field(
        examples=["30"],
        json_schema_extra={
            "anyOf": [{"type": "string", "maxLength": 4000}, {"$ref": "#/components/schemas/MoneyIn"}],
        },
    )

    @model_validator(mode="after")
    def _shape(self) -> "TargetIn":
        if self.type is TargetType.MONEY:
            object.__setattr__(self, "value", MoneyIn.model_validate(self.value))
        elif not isinstance(self.value, str) or len(self.value) > 4_000 or "\x00" in self.value:
            raise ValueError('The value is text: a decimal number such as "30", or words for `text` and `right`.')
        elif self.type not in (TargetType.TEXT, TargetType.RIGHT):
            parse_quantity(self.value)
        return self

    @property
    def number(self) -> Decimal | None:
        words = (TargetType.TEXT, TargetType.RIGHT, TargetType.MONEY)
        return None if self.type in words else parse_quantity(self.value)

    @property
    def amount(self) -> int | None:
        return parse_amount(self.value.amount) if self.type is TargetType.MONEY else None


class TargetOut(Out):
    type: TargetType
    value: MoneyOut | str


class ExpectationIn(In):
    """What a partner expects of the partnership."""

    partner_id: IdIn | None = Field(None, description="May be left out by a person of one partner.")
    kind: ExpectationKind = Field(examples=["payment_terms"])
    title: Line = Field(examples=["Paid within 30 days of our invoice"])
    strength: Strength = Field(examples=["must"])
    of_partner_id: IdIn | None = Field(None, description="Of whom; null is of all the others.")
    target: TargetIn | None = Field(None, examples=[{"type": "days", "value": "30"}])
    audience: Audience = Audience.PARTNERS


class ExpectationPatch(Patch):
    kind: ExpectationKind | None = None
    title: Line | None = Field(None, examples=["Paid within 30 days of our invoice"])
    strength: Strength | None = None
    of_partner_id: IdIn | None = None
    target: TargetIn | None = None
    audience: Audience | None = None


class ExpectationRow(ExpectationPatch):
    """A row of a batch: with `id` and `version` a change, without them a new expectation."""

    id: IdIn | None = None
    version: Whole | None = None


class ExpectationBatch(In):
    partner_id: IdIn | None = None
    items: list[ExpectationRow] = Field(
        min_length=1,
        max_length=MANY,
        examples=[[{"kind": "payment_terms", "title": "Paid within 30 days", "strength": "should"}]],
    )


class LinkIn(In):
    type: MetByType
    id: Annotated[str, StringConstraints(min_length=1, max_length=60)]


class LinkOut(Out):
    """`id` is null for lines of the budget that you may not read."""

    type: MetByType
    id: Id | None


class ExpectationOut(Out):
    id: Id
    partner_id: Id
    kind: ExpectationKind
    title: str
    strength: Strength
    of_partner_id: Id | None
    target: TargetOut | None
    audience: Audience
    met_by: list[LinkOut]
    waived_reason: str | None
    accepted_by: list[Id]
    must_after_reveal: bool = Field(
        description="Made or raised to a must after everything was open: it blocks once the others accept it."
    )
    version: int


class WaiveIn(In):
    reason: Reason = Field(examples=["We can wait for the second payment after all."])


class AcceptIn(In):
    partner_id: IdIn | None = Field(None, description="For whom, where you could act for several.")


class ActingIn(In):
    organisation_id: IdIn | None = Field(None, description="For whom, where you could act for several.")


class CutOffIn(In):
    cut_off: Instant | None = Field(description="When everything opens, whoever has filed; null: only when all have.")
    organisation_id: IdIn | None = None


class RoundOut(Out):
    """`filed` holds your own partners until everything is open, then all."""

    status: RoundStatus
    cut_off: Instant | None = Field(description="As agreed.")
    opens_at_latest: Instant | None = Field(description="The cut-off; without one, 72 hours before the deadline.")
    revealed_at: Instant | None
    filed: list[Id]
    skip_agreed: list[Id] = Field(description="Partners who would do without the round; it takes all of them.")
    version: int


class AcknowledgementIn(In):
    organisation_id: IdIn | None = None
    as_of_revision: Whole | None = Field(None, ge=0, description="The revision that you read; the newest unless told.")


class AcknowledgementOut(Out):
    """`outdated_by`: the partners whose declarations changed since."""

    id: Id
    partner_id: Id
    organisation_id: Id
    as_of_revision: int
    at: Instant
    outdated: bool
    outdated_by: list[Id]


class ReconciledOut(Out):
    id: Id
    partner_id: Id
    state: ExpectationState
    met_by: list[LinkOut]
    gap: TargetOut | None = Field(description="What is missing, in the target's own unit.")
    detail: str


class ContradictionOut(Out):
    code: str = Field(examples=["funding-shares-over-whole"])
    title: str
    detail: str
    expectation_ids: list[Id]
    contribution_ids: list[Id]


class UnclaimedOut(Out):
    id: Id
    partner_id: Id
    title: str


class SumsOut(Out):
    confirmed: MoneyOut
    conditional: MoneyOut
    aspirational: MoneyOut
    total: MoneyOut


class PartnerTotalsOut(Out):
    partner_id: Id
    cash: SumsOut
    in_kind: SumsOut


class TotalsOut(Out):
    """Money and what is in kind, never added to each other. `by_quantity`: contributions whose value you do not see."""

    cash: SumsOut
    in_kind: SumsOut
    by_partner: list[PartnerTotalsOut]
    by_quantity: int


class ReconciliationOut(Out):
    expectations: list[ReconciledOut]
    contradictions: list[ContradictionOut]
    unclaimed_contributions: list[UnclaimedOut]
    totals: TotalsOut
