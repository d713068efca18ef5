"""What is signed, and when a message is tried again."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest

from app.commissioning.webhooks.rules import (
    MessageType,
    Said,
    Side,
    body,
    failure,
    next_wait,
    retry_after_of,
    secret_of,
    signatures,
    type_of,
)

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    """The example of the reference libraries: https://github.com/standard-webhooks/standard-webhooks."""
    secret, content = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    signed = signatures([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, content)
    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_each_secret_that_holds_signs_once() -> None:
    secrets = [secret_of(b"a" * 32), secret_of(b"b" * 32)]
    signed = signatures(secrets, "msg_1", 5, b"{}")
    for key, one in zip((b"a" * 32, b"b" * 32), signed.split(" "), strict=True):
        digest = hmac.new(key, b"msg_1.5.{}", hashlib.sha256).digest()
        assert one == "v1," + base64.b64encode(digest).decode()


def test_a_message_is_the_same_bytes_at_every_try() -> None:
    data = {"proposal_id": "x", "revision": 3}
    content = body("edition.agreed", NOW, data)
    assert content == body("edition.agreed", NOW.astimezone(), data)
    assert (
        content
        == b'{"type":"edition.agreed","timestamp":"2026-11-28T12:00:00Z","data":{"proposal_id":"x","revision":3}}'
    )


def test_waits_follow_the_schedule_with_some_chance_and_end() -> None:
    schedule = (5, 300)
    for tries, seconds in ((1, 5), (2, 300)):
        waits = [next_wait(schedule, tries, None) for _ in range(200)]
        found = [wait.total_seconds() for wait in waits if wait]
        assert len(found) == 200 and 0.9 * seconds <= min(found) < max(found) <= 1.1 * seconds
    assert next_wait(schedule, 3, None) is None
    assert next_wait(schedule, 3, timedelta(hours=1)) is None, "a receiver cannot have itself tried for ever"
    assert next_wait(schedule, 1, timedelta(hours=1)) == timedelta(hours=1)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (500, "120", None),
        (429, None, None),
        (429, "soon", None),
        (429, "-5", None),
        (429, "999999999999999999999", 86_400),
        (503, "Sat, 28 Nov 2026 12:01:00 GMT", 60),
        (503, "Sat, 28 Nov 2026 11:01:00 GMT", 0),
        (503, "Sat, 28 Nov 2099 11:01:00 GMT", 86_400),
    ],
)
def test_a_receiver_says_when_to_come_back(status: int, header: str | None, seconds: int | None) -> None:
    found = retry_after_of(status, header, NOW)
    assert found == (None if seconds is None else timedelta(seconds=seconds))


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_received(status: int) -> None:
    assert failure(status) is None


@pytest.mark.parametrize("status", [100, 199, 300, 301, 307, 400, 404, 410, 429, 500, 503])
def test_nothing_else_is(status: int) -> None:
    assert str(status) in str(failure(status))


@pytest.mark.parametrize(
    ("side", "sealed", "type_"),
    [
        (Side.SEAT, True, "replaced"),
        (Side.SEAT, False, "replaced"),
        (Side.BUYER, False, "replaced"),
        (Side.BUYER, True, "received"),
    ],
)
def test_the_buyer_in_a_sealed_call_never_learns_that_a_bid_was_replaced(side: Side, sealed: bool, type_: str) -> None:
    said = Said(MessageType.SUBMISSION_RECEIVED, side)
    assert type_of(said, {"replaces": "x"}, sealed).value == f"submission.{type_}"
    assert type_of(said, {"replaces": None}, sealed) is MessageType.SUBMISSION_RECEIVED
