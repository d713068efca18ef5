"""Outcomes, frameworks and coverage on the wire."""

from typing import Annotated

from pydantic import Field, StringConstraints

from app.bid.outcomes.rules import Coverage, Framework
from app.bid.outcomes.tables import Outcome as Row
from app.bid.value import Outcome
from app.platform.web.wire import LEFT_OUT, Day, IdIn, In, Line, Out, Patch, Quantity, QuantityOut, Text
from app.platform.words.codes import Audience

Partners = Annotated[list[IdIn], Field(max_length=100)]
FrameworkName = Annotated[
    Text, StringConstraints(max_length=300, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""One line; empty where the outcome is in the partners' own words."""


class OutcomeIn(In):
    """What the bid promises to change. Partners that others name confirm it themselves."""

    organisation_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")
    framework: FrameworkName = Field(
        "", description="The list that it comes from; empty: your own words.", examples=["every_child_matters"]
    )
    outcome: Line = Field(examples=["Stay safe"])
    indicator: Text = Field("", examples=["Young people with a plan to stay safe"])
    unit: Text = Field("", examples=["young people"])
    baseline: Quantity | None = Field(None, examples=["20"])
    target: Quantity | None = Field(None, examples=["120"])
    target_date: Day | None = Field(None, examples=["2028-03-31"])
    method: Text = Field("", examples=["Plans counted each quarter from case records"])
    partner_ids: Partners = Field([], description="Who delivers it.")
    audience: Audience = Audience.COMMISSIONER
    question_id: IdIn | None = None
    lot_id: IdIn | None = None


class OutcomePatch(Patch):
    """A merge patch. What is promised differently has to be confirmed again by its partners."""

    framework: FrameworkName = Field(LEFT_OUT, examples=["every_child_matters"])
    outcome: Line = LEFT_OUT
    indicator: Text = LEFT_OUT
    unit: Text = LEFT_OUT
    baseline: Quantity | None = None
    target: Quantity | None = Field(None, examples=["150"])
    target_date: Day | None = None
    method: Text = LEFT_OUT
    partner_ids: Partners = LEFT_OUT
    audience: Audience = LEFT_OUT
    question_id: IdIn | None = None
    lot_id: IdIn | None = None


class ConfirmIn(In):
    partner_id: IdIn | None = Field(None, description="Your own; may be left out where only one is possible.")


class OutcomeOut(Out):
    """`confirmed_by` of `partner_ids` have said themselves that they deliver it."""

    id: str
    framework: str = Field(examples=["every_child_matters"])
    outcome: str
    indicator: str
    unit: str
    baseline: QuantityOut | None
    target: QuantityOut | None
    target_date: Day | None
    method: str
    partner_ids: list[str]
    confirmed_by: list[str]
    audience: Audience
    question_id: str | None
    lot_id: str | None
    version: int

    @classmethod
    def of(cls, outcome: Row | Outcome) -> "OutcomeOut":
        """From the row, or from the value in the whole proposal."""
        return cls.model_validate(outcome)


class OutcomesOut(Out):
    items: list[OutcomeOut]


class IndicatorOut(Out):
    title: str = Field(examples=["Young people with a plan to stay safe"])
    unit: str
    method: str


class FrameworkOutcomeOut(Out):
    key: str = Field(examples=["stay_safe"])
    title: str
    explanation: str
    indicators: list[IndicatorOut]


class FrameworkOut(Out):
    """`note` says where it comes from and whether it is in force. `opportunity_id`: a commissioner's own."""

    key: str = Field(examples=["every_child_matters"])
    title: str
    note: str
    opportunity_id: str | None = None
    outcomes: list[FrameworkOutcomeOut]

    @classmethod
    def of(cls, framework: Framework, opportunity_id: str | None = None) -> "FrameworkOut":
        made = cls.model_validate(framework)
        made.opportunity_id = opportunity_id
        return made


class CoverageOut(Out):
    """Which outcomes, with a partner that stands behind them, answer which question, lot and framework.

    What is not covered is a hint and blocks nothing.
    """

    by_question: dict[str, list[str]] = Field(examples=[{}])
    by_lot: dict[str, list[str]]
    by_framework: dict[str, dict[str, list[str]]]
    uncovered_question_ids: list[str]
    uncovered_lot_ids: list[str]
    without_deliverer: list[str]
    without_measure: list[str]

    @classmethod
    def of(cls, found: Coverage) -> "CoverageOut":
        return cls.model_validate(found)
