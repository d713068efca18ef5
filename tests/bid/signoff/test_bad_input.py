"""Bodies that make no sense, to every route of signing, submitting and deciding: a refusal, never an error of ours."""

import itertools
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.factories import Bid, World, ok
from tests.http import client
from tests.stages import ready_bid

VALUES: list[Any] = [
    None,
    0,
    -1,
    1e308,
    True,
    "",
    "x",
    "\u202e",
    "a" * 400,
    [],
    {},
    [[]],
    {"a": {"b": []}},
    "2026-13-45",
]
FIELDS = {
    "editions": ["organisation_id", "partner_id", "unknown"],
    "editions/1/sign-offs": ["organisation_id", "sha256", "full_name", "role_title", "authority_basis"],
    "editions/1/refusals": ["organisation_id", "reason"],
    "editions/1/withdraw": ["organisation_id", "reason"],
    "submissions": ["organisation_id", "partner_id"],
    "lodgements": ["portal_reference", "lodged_at", "document_id"],
}
WHOLE: list[bytes] = [b"", b"null", b"[]", b"1", b'"x"', b"{", b'{"a":1e9999}', b"\xff", b'{"reason":"\\u0000"}']


@pytest.fixture(scope="module")
def bid(server: str, sql: psycopg.Connection) -> Iterator[Bid]:
    with client(server) as http:
        made = ready_bid(World(http, sql, server))
        made.freeze()
        yield made


@pytest.mark.parametrize("path", FIELDS)
def test_a_body_that_makes_no_sense_is_refused(bid: Bid, path: str) -> None:
    for content in WHOLE:
        headers = {"Content-Type": "application/json"}
        answer = bid.lead.boss.request("POST", f"{bid.path}/{path}", content=content, headers=headers)
        assert answer.status_code in (400, 409, 422), (content, answer.text[:300])
    good = {"full_name": "Ann", "role_title": "Chair", "authority_basis": {"kind": "resolution"}, "sha256": "0" * 64}
    for name, value in itertools.product(FIELDS[path], VALUES):
        body = {**(good if "sign-offs" in path else {}), name: value}
        if name == "reason" and isinstance(value, str) and value:
            continue  # a reason in whatever words is a reason
        answer = bid.lead.boss.post(f"{bid.path}/{path}", body)
        assert answer.status_code in (403, 409, 422), (name, value, answer.text[:300])
    assert bid.status() == "in_sign_off"


def test_an_outcome_that_makes_no_sense_is_refused(world: World) -> None:
    bid = ready_bid(world)
    bid.agree()
    made = ok(bid.submit(), 201).json()
    bid.pass_deadline()
    path = f"/submissions/{made['id']}/outcome"
    for value in VALUES:
        for body in (
            {"results": value},
            {"results": [value]},
            {"results": [{"lot_id": value, "outcome": "lost"}]},
            {"results": [{"lot_id": bid.lot_id, "outcome": value}]},
            {"results": [{"lot_id": bid.lot_id, "outcome": "awarded", "scores": [value]}]},
            {"results": [{"outcome": "awarded", "scores": [{"question_id": bid.id, "score": value, "max": "5"}]}]},
            {"feedback_markdown": value},
        ):
            answer = bid.council.boss.post(path, body)
            assert answer.status_code == 422, (body, answer.text[:300])
    assert bid.status() == "submitted"
