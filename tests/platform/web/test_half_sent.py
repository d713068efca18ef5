"""Whoever sends a body slowly, or only in part, holds nobody up: neither a lock nor a connection waits for it."""

import concurrent.futures
import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from app.settings import Settings
from tests.conftest import free_port, serving
from tests.factories import Person, World, ok, problem
from tests.http import client
from tests.stages import ready_bid
from tests.waiting import wait_until

SECONDS = 2.0
POOL = 3
SEATS = 8
MULTIPART = "multipart/form-data; boundary=x"
FORM = b"--x\r\nContent-Disposition: form-data;"
CASH = {"kind": "cash", "title": "Our own money", "value": {"amount": "5000.00"}, "certainty": "confirmed"}


def server(settings: Settings, database: str, seconds: float) -> AbstractContextManager[str]:
    """A server that waits so long for a body, with three connections in each pool."""
    changed = {"body_seconds": seconds, "port": free_port(), "database_pool": POOL, "read_pool": POOL}
    return serving(settings.model_copy(update=changed), database)


@pytest.fixture(scope="module")
def impatient(settings: Settings, database: str) -> Iterator[str]:
    with server(settings, database, SECONDS) as url:
        yield url


@pytest.fixture(scope="module")
def patient(settings: Settings, database: str) -> Iterator[str]:
    """It waits for longer than anything here takes: who is answered meanwhile did not wait for what is half sent."""
    with server(settings, database, 600) as url:
        yield url


@pytest.fixture
def world(impatient: str, sql: psycopg.Connection) -> Iterator[World]:
    with client(impatient) as http:
        yield World(http, sql, impatient)


@pytest.fixture
def calm(patient: str, sql: psycopg.Connection) -> Iterator[World]:
    with client(patient) as http:
        yield World(http, sql, patient)


@dataclass
class HalfSent:
    """A request whose head was sent with the first byte of its body. `answer` waits for what comes back."""

    socket: socket.socket

    def send(self, content: bytes, *, gone: bool = False) -> None:
        """`gone`: the server may have refused it and gone."""
        with suppress(ConnectionError) if gone else nullcontext():
            self.socket.sendall(content)

    def is_answered(self) -> bool:
        return bool(select.select([self.socket], [], [], 0)[0])

    def answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Status, headers and problem."""
        received = b""
        while not (received.endswith(b"}") and received.count(b"\r\n\r\n") == 1):
            chunk = self.socket.recv(65536)
            assert chunk, received
            received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        return int(status.split()[1]), headers, json.loads(body)


@contextmanager
def half_sent(
    world: World,
    who: Person,
    path: str,
    *,
    method: str = "POST",
    media: str = "application/json",
    first: bytes = b"{",
    length: int = 500,
) -> Iterator[HalfSent]:
    address = urlsplit(world.url)
    head = (
        f"{method} {path if path.startswith('/v1') else '/v1' + path} HTTP/1.1",
        f"Host: {address.netloc}",
        f"Authorization: Bearer {who.token}",
        f"Content-Type: {media}",
        f"Content-Length: {length}",
    )
    with socket.create_connection((address.hostname, address.port), timeout=30) as made:
        made.sendall("\r\n".join([*head, "", ""]).encode() + first)
        yield HalfSent(made)


@pytest.mark.parametrize(
    "path, method, media",
    [
        ("/contributions", "POST", "application/json"),
        ("/documents", "POST", MULTIPART),
        ("/budget.xlsx", "PUT", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_partner_who_trickles_holds_no_other_partner_up(calm: World, path: str, method: str, media: str) -> None:
    other = calm.organisation()
    bid = calm.bid(other)
    first = FORM if media == MULTIPART else b"{"
    with half_sent(calm, other.boss, bid.path + path, method=method, media=media, first=first) as slow:
        for _ in range(4):
            ok(bid.lead.boss.post(f"{bid.path}/contributions", CASH), 201)
            slow.send(b" ")


def test_two_hundred_who_trickle_keep_no_bid_from_being_signed_and_submitted(calm: World) -> None:
    bid = ready_bid(calm)
    senders = [(seat.boss, f"{bid.path}/{what}") for seat in bid.partners for what in ("other-bids", "documents")]
    senders += [(calm.person(), "/organisations") for _ in range(6)]
    with ExitStack() as stack:
        slow = []
        for number in range(200):
            who, path = senders[number % len(senders)]
            form = path.endswith("documents")
            media, first = (MULTIPART, FORM) if form else ("application/json", b"{")
            slow.append(stack.enter_context(half_sent(calm, who, path, media=media, first=first)))
        bid.agree()
        for one in slow:
            one.send(b" ", gone=True)
        ok(bid.submit(), 201)
        wait_until(lambda: sum(one.is_answered() for one in slow) >= 200 - 4 * SEATS)
        refused = [one.answer() for one in slow if one.is_answered()]
        assert {found["type"] for _, _, found in refused} == {"/problems/too-many-half-sent"}
        assert len(refused) == 200 - 4 * SEATS


def test_so_many_half_sent_requests_of_one_person_wait_and_the_others_are_429(world: World) -> None:
    outsider, bid = world.person(), world.bid()
    with ExitStack() as stack:
        slow = [stack.enter_context(half_sent(world, outsider, "/organisations")) for _ in range(24)]
        for one in slow:
            one.send(b" ")
        ok(bid.lead.boss.post(f"{bid.path}/contributions", CASH), 201)
        ok(bid.lead.boss.get("/me"))
        problem(world.http.post("/v1/sessions", json={"email": "nobody@test.example", "password": "x" * 12}), 401)
        answers = [one.answer() for one in slow]
    assert sorted(status for status, _, _ in answers) == [408] * SEATS + [429] * (24 - SEATS)
    status, headers, found = max(answers, key=lambda answer: answer[0])
    assert (status, found["type"]) == (429, "/problems/too-many-half-sent")
    assert headers["connection"] == "close" and "retry-after" in headers
    with ExitStack() as stack:
        again = [stack.enter_context(half_sent(world, outsider, "/organisations")) for _ in range(SEATS)]
        assert {one.answer()[0] for one in again} == {408}, "the seats are free again"
    ok(outsider.post("/organisations", {"name": "Ours", "kinds": ["provider"], "legal_form": "cio"}), 201)


def test_a_burst_of_requests_that_are_whole_is_never_429(world: World) -> None:
    bid = world.bid()
    with concurrent.futures.ThreadPoolExecutor(24) as pool:
        made = list(pool.map(lambda _: bid.lead.boss.post(f"{bid.path}/contributions", CASH), range(48)))
    assert {answer.status_code for answer in made} == {201}


@pytest.mark.parametrize(
    "path, media",
    [
        ("/organisations", "application/json"),
        ("/opportunities/import", "application/json"),
        ("/verify", "application/pdf"),
    ],
)
def test_a_body_that_does_not_come_is_408_and_says_what_to_do(world: World, path: str, media: str) -> None:
    with half_sent(world, world.person(), path, media=media) as slow:
        status, headers, found = slow.answer()
    assert (status, found["type"], found["status"]) == (408, "/problems/body-too-slow", 408)
    assert "Send the request again" in found["detail"]
    assert headers["connection"] == "close" and found["request_id"] == headers["x-request-id"]
    assert "HTTP status 408." in ok(world.http.get("/problems/body-too-slow")).text


def test_what_keeps_coming_fast_enough_is_waited_for(world: World) -> None:
    """900 kB in three parts, over more than the time that a body has, and far less than what they earn."""
    bid = world.bid()
    body = json.dumps({**CASH, "condition": "", "title": "Ours"}).encode().ljust(900_000)
    with half_sent(world, bid.lead.boss, f"{bid.path}/contributions", length=len(body)) as slow:
        for part in (body[1:300_000], body[300_000:600_000], body[600_000:-1]):
            slow.send(part)
            time.sleep(SECONDS / 2.5)
        slow.send(body[-1:])
        assert slow.answer()[0] == 201


def test_who_was_removed_during_an_upload_brings_nothing_into_the_bid(world: World) -> None:
    other = world.organisation()
    bid = world.bid(other)
    form = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nOurs since 2011.\r\n--x--\r\n'
    upload = half_sent(world, other.boss, f"{bid.path}/documents", media=MULTIPART, first=form[:1], length=len(form))
    with upload as slow:
        ok(other.boss.post(f"{bid.path}/partners/{bid.seat(other)}/withdraw", {"reason": "Enough."}))
        slow.send(form[1:])
        assert slow.answer()[0] == 404
    assert ok(bid.lead.boss.get(f"{bid.path}/documents")).json()["items"] == []


def test_whose_role_was_taken_while_the_body_came_changes_nothing(world: World) -> None:
    bid = world.bid()
    editor = world.colleague(bid.lead.organisation, "editor")
    body = json.dumps(CASH).encode()
    with half_sent(world, editor, f"{bid.path}/contributions", length=len(body)) as slow:
        world.sql.execute("UPDATE memberships SET roles = '{viewer}' WHERE person_id = %s", [editor.id])
        slow.send(body[1:])
        status, _, found = slow.answer()
    assert (status, found["type"]) == (403, "/problems/not-allowed")
