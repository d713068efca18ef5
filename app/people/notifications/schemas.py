"""Notifications and a person's choice of mails on the wire."""

from typing import Literal

from pydantic import Field

from app.platform.access.ids import Id
from app.platform.web.wire import LEFT_OUT, IdIn, In, Instant, Out, Patch, Whole


class NotificationOut(Out):
    """Something happened: what kind of thing, in which bid, and where to look. What it says, you read there.

    Of a bid that you can read no more, only the kind is left.
    """

    id: Id
    kind: str = Field(examples=["decision_opened"])
    label: str = Field(examples=["Decision opened"])
    explanation: str = Field(examples=["Somebody put a motion to the partners."])
    detail: str = Field(description="What happened, and by whom.", examples=["Decision opened (Harbour Youth)"])
    title: str | None = Field(None, description="The bid's title.")
    opportunity_title: str | None = Field(None, description="The title of its call.")
    organisation_name: str | None = Field(
        None, description="For whom it was done, where all partners may know that.", examples=["Harbour Youth"]
    )
    proposal_id: Id | None
    path: str = Field(examples=["/v1/proposals/019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11/decisions"])
    at: Instant
    read_at: Instant | None


class ReadIn(In):
    """Marks those named as read; without `ids`, all of them."""

    ids: list[IdIn] | None = Field(None, max_length=200)


class ReadOut(Out):
    marked: int


class ChoiceOut(Out):
    """`mail`: `at_once`, `daily` (one digest a day, from `digest_hour` on in the call's time zone), or `none`.

    What cannot wait (a version to sign, a refusal, an amended call, a deadline that is near) is mailed at once to whoever
    may act on it, whatever is chosen.
    """

    mail: Literal["at_once", "daily", "none"]
    digest_hour: int
    version: int


class ChoicePatch(Patch):
    mail: Literal["at_once", "daily", "none"] = LEFT_OUT
    digest_hour: Whole = Field(LEFT_OUT, ge=0, le=23)
