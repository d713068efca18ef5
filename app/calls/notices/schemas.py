"""Notices from elsewhere on the wire: what became of an import, and what each release changed."""

from typing import Any

from pydantic import Field

from app.platform.access.ids import Id
from app.platform.web.wire import Out


class SkippedOut(Out):
    ocid: str | None
    reason: str
    at: str = Field(
        "",
        description="Where in the file: a JSON Pointer, or the line of JSON Lines.",
        examples=["/releases/412", "line 7"],
    )


class NoticeChangeOut(Out):
    """A value that a release changed: null where there was none before, or is none any more."""

    pointer: str = Field(examples=["/tender/tenderPeriod/endDate"])
    was: Any
    now: Any


class NoticeReleaseOut(Out):
    release_id: str = Field(examples=["000001-2027"])
    date: str | None = Field(
        description="When it was published, as it says itself.", examples=["2027-01-05T09:30:00+00:00"]
    )
    tags: list[str] = Field(examples=[["tenderUpdate"]])
    received_at: str = Field(description="When it came here; a date where another organisation brought it.")
    own: bool = Field(description="Whether an organisation of yours brought it.")
    changes: list[NoticeChangeOut]


class NoticeHistoryOut(Out):
    items: list[NoticeReleaseOut]


class RecordPackageOut(Out):
    """An OCDS 1.1 record package."""

    version: str = Field(examples=["1.1"])
    publishedDate: str = Field(examples=["2027-01-05T00:00:00Z"])
    records: list[dict[str, Any]]


class KeptClaimOut(Out):
    """A process that follows somebody else here: what was sent is kept, shown with its differences, and changes nothing."""

    ocid: str
    opportunity_id: Id


class ImportedOut(Out):
    """How many processes (`ocid`) came new, changed, were known already; and what could not be taken in, with why.

    A kept claim counts as unchanged.
    """

    imported: int = Field(examples=[39])
    updated: int = Field(examples=[0])
    unchanged: int = Field(examples=[0])
    skipped: list[SkippedOut] = []
    claims: list[KeptClaimOut] = []
