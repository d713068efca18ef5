"""Webhooks on the wire."""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from app.commissioning.webhooks.rules import MessageType
from app.commissioning.webhooks.service import DisabledBecause
from app.platform.web.wire import LEFT_OUT, IdIn, In, Instant, Out, Patch


class WebhookStatus(StrEnum):
    ENABLED = "enabled"
    DISABLED = "disabled"


class DeliveryStatus(StrEnum):
    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"
    GIVEN_UP = "given_up"


def _each_once(types: list[str]) -> list[str]:
    return sorted(set(types))


Url = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[\x21-\x7e]+$")]
Types = Annotated[
    list[Annotated[str, StringConstraints(max_length=60)]],
    Field(
        min_length=1,
        max_length=50,
        json_schema_extra={"items": {"type": "string", "enum": [each.value for each in MessageType]}},
    ),
    AfterValidator(_each_once),
]
Description = Annotated[str, StringConstraints(max_length=300)]


class WebhookIn(In):
    organisation_id: IdIn
    url: Url = Field(examples=["https://systems.aber.example/cobid"])
    event_types: Types = Field(examples=[["submission.received", "submission.withdrawn"]])
    description: Description = Field("", examples=["The tender desk's register"])


class WebhookPatch(Patch):
    url: Url = Field(LEFT_OUT, examples=["https://systems.aber.example/cobid"])
    event_types: Types = Field(LEFT_OUT, examples=[["submission.received"]])
    description: Description = Field(LEFT_OUT, examples=["The tender desk's register"])


class WebhookOut(Out):
    id: str
    organisation_id: str
    client_id: str | None = Field(
        description="The program that made it; null where a person did. Once that program is revoked, nothing is sent."
    )
    url: str = Field(examples=["https://systems.aber.example/cobid"])
    event_types: list[MessageType]
    description: str = Field(examples=["The tender desk's register"])
    status: WebhookStatus
    disabled_because: DisabledBecause | None = Field(
        description="`gone`: the receiver answered 410. `failing`: it took a message at no try. `client-revoked`: the program "
        "that made the webhook may no longer."
    )
    version: int
    created_at: Instant


class WebhookMadeOut(WebhookOut):
    secret: str = Field(
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwIurPD8ILPZI="],
        description="Signs the messages. Shown once, not again to a retry. Keep it where only the receiver can read it.",
    )


class AttemptOut(Out):
    at: Instant
    status: int | None = Field(description="The HTTP status that was answered; null where nothing was.", examples=[503])
    error: str | None = Field(
        description="Why it does not count as received; null where it does.", examples=["The receiver answered 503."]
    )
    duration_ms: int = Field(description="Milliseconds until the answer, or until it was given up.", examples=[180])


class DeliveryOut(Out):
    id: str = Field(description="With `msg_` before it, the header `webhook-id` of every try.")
    event_id: str | None = Field(
        description="The event that it is about; null for a ping and for what the clock opened."
    )
    type: MessageType
    data: dict[str, Any] = Field(
        description="The ids in the message.", examples=[{"organisation_id": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"}]
    )
    status: DeliveryStatus = Field(
        description="`pending`: not tried yet. `failed`: it is tried again at `next_attempt_at`. `given_up`: it is not, unless it "
        "is sent again by hand."
    )
    next_attempt_at: Instant | None
    attempts: list[AttemptOut] = Field(description="Up to fifty, the newest last.")
    created_at: Instant


class RedeliverIn(In):
    since: Instant = Field(
        description="Everything that happened from then on is sent again, also what was received.",
        examples=["2027-01-29T12:00:00Z"],
    )


class RedeliveredOut(Out):
    deliveries: int = Field(description="How many messages are sent again.", examples=[12])
