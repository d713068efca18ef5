"""Whoever sends a body slowly, or only in part, holds nobody up: neither a lock nor a connection waits for it."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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

pytestmark = pytest.mark.serial  # it measures who waits for whom
SECONDS = 2.0
POOL = 3
MULTIPART = "multipart/form-data; boundary=x"
CASH = {"kind": "cash", "title": "Our own money", "value": {"amount": "5000.00"}, "certainty": "confirmed"}


@pytest.fixture(scope="module")
def impatient(settings: Settings, database: str) -> Iterator[str]:
    """A server that waits two seconds for a body, with three connections in each pool."""
    changed = {"body_seconds": SECONDS, "port": free_port(), "database_pool": POOL, "read_pool": POOL}
    with serving(settings.model_copy(update=changed), database) as url:
        yield url


@pytest.fixture
def world(impatient: str, sql: psycopg.Connection) -> Iterator[World]:
    with client(impatient) as http:
        yield World(http, sql, impatient)


@dataclass
class HalfSent:
    """A request whose head was sent with the first byte of its body. `answer` waits for what comes back."""

    socket: socket.socket

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

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


def seconds(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


@pytest.mark.parametrize(
    "path, method, media",
    [
        ("/contributions", "POST", "application/json"),
        ("/documents", "POST", MULTIPART),
        ("/budget.xlsx", "PUT", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_a_partner_who_trickles_holds_no_other_partner_up(world: World, path: str, method: str, media: str) -> None:
    other = world.organisation()
    bid = world.bid(other)
    first = b"--x\r\nContent-Disposition: form-data;" if media == MULTIPART else b"{"
    with half_sent(world, other.boss, bid.path + path, method=method, media=media, first=first) as slow:
        for _ in range(4):
            assert seconds(lambda: ok(bid.lead.boss.post(f"{bid.path}/contributions", CASH), 201)) < SECONDS / 2
            slow.send(b" ")
        assert slow.answer()[0] == 408


def test_who_trickles_in_the_last_hour_does_not_keep_the_bid_from_being_submitted(world: World) -> None:
    bid = ready_bid(world)
    bid.agree()
    with half_sent(world, bid.partners[1].boss, f"{bid.path}/other-bids") as slow:
        assert seconds(lambda: ok(bid.submit(), 201)) < SECONDS
        assert slow.answer()[0] == 408


def test_two_dozen_half_sent_requests_of_an_outsider_take_nothing_from_anybody(world: World) -> None:
    outsider, bid = world.person(), world.bid()
    with ExitStack() as stack:
        slow = [stack.enter_context(half_sent(world, outsider, "/organisations")) for _ in range(24)]
        for one in slow:
            one.send(b" ")
        taken = seconds(
            lambda: (
                ok(bid.lead.boss.post(f"{bid.path}/contributions", CASH), 201),
                ok(bid.lead.boss.get("/me")),
                problem(
                    world.http.post("/v1/sessions", json={"email": "nobody@test.example", "password": "x" * 12}), 401
                ),
            )
        )
        assert taken < SECONDS
        assert [one.answer()[0] for one in slow] == [408] * 24


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
    assert (status, found["type"], found["status"]) == (408, "/problems/request-timeout", 408)
    assert "Send the request again" in found["detail"]
    assert headers["connection"] == "close" and found["request_id"] == headers["x-request-id"]
    assert "HTTP status 408." in ok(world.http.get("/problems/request-timeout")).text


def test_what_keeps_coming_fast_enough_is_waited_for(world: World) -> None:
    """150 kB in three parts, each within the time that the part before it earned."""
    bid = world.bid()
    body = json.dumps({**CASH, "condition": "", "title": "Ours"}).encode().ljust(150_000)
    with half_sent(world, bid.lead.boss, f"{bid.path}/contributions", length=len(body)) as slow:
        for part in (body[1:50_000], body[50_000:100_000], body[100_000:-1]):
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
