"""Saved searches on the wire."""

from typing import Any

from pydantic import Field

from app.calls.finding.schemas import Amount, CpvStart, SearchWords
from app.platform.access.ids import Id
from app.platform.web.wire import LEFT_OUT, Flag, IdIn, In, Instant, Line, Out, Patch
from app.platform.words.codes import Alert, Collaboration, OpportunityStatus, Regime


class QueryIO(In):
    """The filters of `GET /v1/opportunities`. What is left out is not asked for."""

    q: SearchWords | None = Field(None, examples=["young carers"])
    area: SearchWords | None = Field(None, examples=["East of England"])
    cpv: CpvStart | None = Field(None, examples=["85"])
    status: OpportunityStatus | None = Field(None, examples=["published"])
    vcse: Flag | None = None
    closing_after: Instant | None = None
    value_min: Amount | None = Field(None, examples=["5000.00"])
    value_max: Amount | None = Field(None, examples=["250000.00"])
    regime: Regime | None = None
    collaboration: Collaboration | None = None
    open: Flag | None = None


class SavedSearchIn(In):
    organisation_id: IdIn | None = None
    name: Line = Field(examples=["Young carers near us"])
    query: QueryIO
    alert: Alert = Alert.NONE


class SavedSearchPatch(Patch):
    name: Line = Field(LEFT_OUT, examples=["Young carers in the east"])
    query: QueryIO = LEFT_OUT
    alert: Alert = LEFT_OUT


class SearchFaultOut(Out):
    """A filter that the service does not know (any more), and what to do."""

    pointer: str = Field(examples=["/query/regime"])
    code: str = Field(examples=["no-such-filter"])
    detail: str


class SavedSearchOut(Out):
    id: Id
    version: int
    organisation_id: Id
    name: str
    query: dict[str, Any]
    alert: Alert
    faults: list[SearchFaultOut]
    links: dict[str, str] = Field(
        examples=[
            {
                "atom": "https://bids.example.org/v1/feeds/uV3oH0m2cJ1xA7kQ9sT4dw.atom",
                "json": "https://bids.example.org/v1/feeds/uV3oH0m2cJ1xA7kQ9sT4dw.json",
                "ical": "https://bids.example.org/v1/feeds/uV3oH0m2cJ1xA7kQ9sT4dw.ics",
            }
        ]
    )
    created_at: Instant
