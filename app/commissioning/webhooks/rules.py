"""What a message says and how it is signed (Standard Webhooks 1.0), and when it is tried again."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any

PREFIX = "whsec_"
LONGEST_RETRY_AFTER = 86_400
"""Seconds."""


class MessageType(StrEnum):
    """What a message can be about."""

    OPPORTUNITY_PUBLISHED = "opportunity.published"
    OPPORTUNITY_AMENDED = "opportunity.amended"
    OPPORTUNITY_CANCELLED = "opportunity.cancelled"
    OPPORTUNITY_OPENED = "opportunity.opened"
    SUBMISSION_RECEIVED = "submission.received"
    SUBMISSION_REPLACED = "submission.replaced"
    SUBMISSION_WITHDRAWN = "submission.withdrawn"
    SUBMISSION_ACKNOWLEDGED = "submission.acknowledged"
    SUBMISSION_DECIDED = "submission.decided"
    EDITION_OPENED = "edition.opened"
    EDITION_AGREED = "edition.agreed"
    EDITION_WITHDRAWN = "edition.withdrawn"
    SIGN_OFF_GIVEN = "sign_off.given"
    PARTNER_JOINED = "partner.joined"
    PARTNER_LEFT = "partner.left"
    PING = "ping"


class Side(StrEnum):
    """As what the subscriber's organisation reads what a message is about; it is judged again before each try."""

    SEAT = "seat"
    """A partner, or the facilitator, of the bid."""
    BUYER = "buyer"
    """The owner of the call, of a bid that was handed in and may be seen."""
    CALL = "call"
    """The owner of the call, of the call itself."""
    SELF = "self"
    """Of the subscription."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an event of a log becomes for those on one side. `ids`: members of its payload that a message repeats."""

    type: MessageType
    side: Side
    ids: tuple[str, ...] = ()


_T = MessageType
SAID: Mapping[str, tuple[Said, ...]] = {
    "opportunity_published": (Said(_T.OPPORTUNITY_PUBLISHED, Side.CALL),),
    "opportunity_amended": (Said(_T.OPPORTUNITY_AMENDED, Side.CALL),),
    "opportunity_cancelled": (Said(_T.OPPORTUNITY_CANCELLED, Side.CALL),),
    "call_amended": (Said(_T.OPPORTUNITY_AMENDED, Side.SEAT),),
    "call_cancelled": (Said(_T.OPPORTUNITY_CANCELLED, Side.SEAT),),
    "edition_made": (Said(_T.EDITION_OPENED, Side.SEAT, ("edition",)),),
    "edition_signed": (Said(_T.SIGN_OFF_GIVEN, Side.SEAT, ("edition", "partner_id", "sign_off_id")),),
    "edition_agreed": (Said(_T.EDITION_AGREED, Side.SEAT, ("edition",)),),
    "edition_withdrawn": (Said(_T.EDITION_WITHDRAWN, Side.SEAT, ("edition",)),),
    "invitation_accepted": (Said(_T.PARTNER_JOINED, Side.SEAT, ("partner_id",)),),
    "partner_withdrew": (Said(_T.PARTNER_LEFT, Side.SEAT, ("partner_id",)),),
    "partner_removed": (Said(_T.PARTNER_LEFT, Side.SEAT, ("partner_id",)),),
    "submission_made": (
        Said(_T.SUBMISSION_RECEIVED, Side.SEAT, ("submission_id",)),
        Said(_T.SUBMISSION_RECEIVED, Side.BUYER, ("submission_id",)),
    ),
    "submission_withdrawn": (
        Said(_T.SUBMISSION_WITHDRAWN, Side.SEAT, ("submission_id",)),
        Said(_T.SUBMISSION_WITHDRAWN, Side.BUYER, ("submission_id",)),
    ),
    "submission_acknowledged": (
        Said(_T.SUBMISSION_ACKNOWLEDGED, Side.SEAT, ("submission_id",)),
        Said(_T.SUBMISSION_ACKNOWLEDGED, Side.BUYER, ("submission_id",)),
    ),
    "submission_decided": (
        Said(_T.SUBMISSION_DECIDED, Side.SEAT, ("submission_id",)),
        Said(_T.SUBMISSION_DECIDED, Side.BUYER, ("submission_id",)),
    ),
}
"""By the type of an event that everybody in its log may read. Whatever is not here makes no message."""


def type_of(said: Said, payload: Mapping[str, Any], sealed: bool) -> MessageType:
    """A bid that replaces one. Of a sealed call the buyer never learns that there was one before."""
    replaces = said.type is _T.SUBMISSION_RECEIVED and payload.get("replaces")
    return _T.SUBMISSION_REPLACED if replaces and not (sealed and said.side is Side.BUYER) else said.type


def body(type_: str, happened_at: datetime, data: Mapping[str, Any]) -> bytes:
    """The message's bytes, which are the same at every try."""
    said = {"type": type_, "timestamp": happened_at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": data}
    return json.dumps(said, separators=(",", ":"), ensure_ascii=False).encode()


def secret_of(content: bytes) -> str:
    return PREFIX + base64.b64encode(content).decode()


def signatures(secrets: Iterable[str], message_id: str, at: int, content: bytes) -> str:
    """The header `webhook-signature`: one for each secret that holds, separated by spaces."""
    signed = f"{message_id}.{at}.".encode() + content
    keys = (base64.b64decode(secret.removeprefix(PREFIX)) for secret in secrets)
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys)


def next_wait(schedule: Sequence[int], tries: int, retry_after: timedelta | None) -> timedelta | None:
    """How long to wait after this many tries without success; None when there is to be no other. A fifth of the wait is left
    to chance, so that what failed together does not come back together."""
    if tries > len(schedule):
        return None
    seconds = schedule[tries - 1]
    wait = timedelta(seconds=seconds * random.uniform(0.9, 1.1))  # noqa: S311 — nobody gains by guessing it
    return max(wait, retry_after) if retry_after else wait


def retry_after_of(status: int, header: str | None, now: datetime) -> timedelta | None:
    """What a 429 or a 503 asks for, in seconds or as a date; at most a day."""
    if status not in (429, 503) or not header:
        return None
    try:
        wait = int(header) if header.isascii() and header.isdigit() else _until(header, now)
    except (ValueError, OverflowError):
        return None
    return timedelta(seconds=min(max(wait, 0), LONGEST_RETRY_AFTER))


def _until(header: str, now: datetime) -> int:
    at = parsedate_to_datetime(header)
    return round(((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def failure(status: int) -> str | None:
    """Why an answer does not count as received, in a sentence; None for one that does."""
    if 200 <= status < 300:
        return None
    if status == 410:
        return "The receiver answered 410: it wants no more messages."
    if 300 <= status < 400:
        return f"The receiver answered {status}. Redirects are not followed: give the address that it leads to."
    return f"The receiver answered {status}."
