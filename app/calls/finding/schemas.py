"""Found calls on the wire."""

from enum import StrEnum
from typing import Annotated

from fastapi import Query
from pydantic import Field, StringConstraints

from app.calls.opportunities.schemas import OpportunityShortOut
from app.platform.access.money import AMOUNT
from app.platform.web.wire import Out

AMOUNT_PATTERN = f"^{AMOUNT.pattern}$"
Amount = Annotated[str, StringConstraints(pattern=AMOUNT_PATTERN)]
CpvStart = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,8}(-[0-9])?$")]
SearchWords = Annotated[str, StringConstraints(max_length=200)]
AmountQuery = Annotated[str | None, Query(pattern=AMOUNT_PATTERN, examples=["25000.00"])]


class Sort(StrEnum):
    """The order of a list of calls."""

    ID = "id"
    CLOSING = "closing"
    NEWEST = "newest"
    FIT = "fit"


class FitPointOut(Out):
    """One thing that speaks for joining a call, or against it."""

    code: str = Field(examples=["in-your-area"])
    detail: str = Field(examples=["It is for a place that you work in."])


class FitOut(Out):
    """What speaks for this organisation's joining, and what against it. Only its own people are told."""

    reasons: list[FitPointOut]
    against: list[FitPointOut]


class FoundOpportunityOut(OpportunityShortOut):
    """An opportunity as it stands in a list. `fit` is there where the list is in that order."""

    fit: FitOut | None = None


class OpportunityListOut(Out):
    items: list[FoundOpportunityOut]
    next_cursor: str | None
