"""The messages in the OpenAPI document: its `webhooks` section, one entry for each type with its schema and an example."""

from typing import Any

from app.commissioning.webhooks.rules import SAID, MessageType

_ID = "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a1{}"
_WORDS = {
    "organisation_id": "Yours: the organisation that this webhook is of.",
    "opportunity_id": "The call.",
    "proposal_id": "The bid.",
    "submission_id": "The bid as it was handed in.",
    "replaces": "The submission that this one replaces.",
    "partner_id": "The partner that it is about.",
    "sign_off_id": "The signature.",
    "edition": "The number of the signed version.",
    "revision": "The revision of the bid that this made; partners and facilitators alone get it.",
    "version": "The version of the call or submission when this was written; read it again for the newest.",
    "webhook_id": "This webhook.",
}
_SUMMARIES = {
    MessageType.OPPORTUNITY_PUBLISHED: "A call of yours was published",
    MessageType.OPPORTUNITY_AMENDED: "A call changed: yours, or that of a bid that you are in",
    MessageType.OPPORTUNITY_CANCELLED: "A call was cancelled: yours, or that of a bid that you are in",
    MessageType.OPPORTUNITY_OPENED: "The bids for a sealed call of yours can be read",
    MessageType.SUBMISSION_RECEIVED: "A bid was handed in: to you, where it is not sealed any more, or one that you are in",
    MessageType.SUBMISSION_REPLACED: "A bid was handed in again, in the place of one before",
    MessageType.SUBMISSION_WITHDRAWN: "A bid was taken back",
    MessageType.SUBMISSION_ACKNOWLEDGED: "The commissioner confirmed receipt",
    MessageType.SUBMISSION_DECIDED: "The commissioner said what became of a bid",
    MessageType.EDITION_OPENED: "A version of a bid that you are in was locked for signing",
    MessageType.EDITION_AGREED: "Everybody who must has signed a version",
    MessageType.EDITION_WITHDRAWN: "A version was withdrawn, and its signatures with it",
    MessageType.SIGN_OFF_GIVEN: "A partner signed a version",
    MessageType.PARTNER_JOINED: "A partner accepted its invitation",
    MessageType.PARTNER_LEFT: "A partner left, or was removed",
    MessageType.PING: "You asked for it, to try the receiver",
}
_SHARED = {
    MessageType.OPPORTUNITY_OPENED: ("opportunity_id", "version"),
    MessageType.PING: ("webhook_id",),
    MessageType.SUBMISSION_REPLACED: ("opportunity_id", "proposal_id", "submission_id", "replaces"),
}
_SOMETIMES = ("revision", "version")


def section() -> dict[str, Any]:
    """The value of the document's `webhooks`."""
    return {type_.value: {"post": _operation(type_)} for type_ in MessageType}


def _operation(type_: MessageType) -> dict[str, Any]:
    always, sometimes = _members(type_)
    numbers = ("edition", "revision", "version")
    data = {
        "type": "object",
        "required": ["organisation_id", *always],
        "properties": {
            name: {
                **({"type": "integer"} if name in numbers else {"type": "string", "format": "uuid"}),
                "description": _WORDS[name],
            }
            for name in ("organisation_id", *always, *sometimes)
        },
    }
    shown = ("organisation_id", *always, *sometimes[:1])
    ids = {name: 3 if name in numbers else _ID.format(place) for place, name in enumerate(shown)}
    body = {
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"type": "string", "const": type_.value},
            "timestamp": {"type": "string", "format": "date-time", "description": "When it happened."},
            "data": data,
        },
    }
    example = {"type": type_.value, "timestamp": "2027-01-29T12:00:00.000000Z", "data": ids}
    return {
        "operationId": "message_" + type_.value.replace(".", "_"),
        "summary": _SUMMARIES[type_],
        "tags": ["webhooks"],
        "security": [],
        "parameters": [
            _header(
                "webhook-id", "The same at every try of this message: ignore one that you have.", "msg_" + _ID.format(9)
            ),
            _header(
                "webhook-timestamp",
                "Seconds since 1970, of this try. Refuse what is older than five minutes.",
                "1801224000",
            ),
            _header(
                "webhook-signature",
                "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`, with the bytes that the secret's base64 stands "
                "for. Several are separated by spaces: one that fits is enough.",
                "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
            ),
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body, "example": example}}},
        "responses": {
            "2XX": {"description": "Received. Any other answer, and none within 20 seconds, is tried again."},
            "410": {"description": "Send nothing more: the webhook is disabled."},
        },
    }


def _members(type_: MessageType) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Which ids a message of this type always holds, and which only for some who get it."""
    if type_ in _SHARED:
        own = _SHARED[type_]
        return own, _SOMETIMES if type_ is MessageType.SUBMISSION_REPLACED else ()
    said = [(event, each) for event, listed in SAID.items() for each in listed if each.type is type_]
    ids = dict.fromkeys(name for _, each in said for name in each.ids)
    of_a_bid = all(not event.startswith("opportunity_") for event, _ in said)
    never = () if of_a_bid or type_ is MessageType.OPPORTUNITY_PUBLISHED else ("proposal_id",)
    always = ("opportunity_id", *(("proposal_id",) if of_a_bid else ()), *ids)
    return always, (*never, *_SOMETIMES)


def _header(name: str, words: str, example: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": True,
        "description": words,
        "schema": {"type": "string", "examples": [example]},
    }
