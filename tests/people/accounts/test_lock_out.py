"""Guesses are bounded, and nobody can use up somebody else's tries, or fill a stranger's mailbox."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from app.settings import Settings
from tests.conftest import free_port, serving
from tests.factories import World, ok, problem
from tests.http import client

PASSWORD = "four plain words here"
HASHED = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1),)).hash(PASSWORD)


@pytest.fixture(scope="module")
def behind_proxy(settings: Settings, database: str) -> Iterator[str]:
    """A server that believes a proxy on this machine, so that a test can come from many networks."""
    mine = {
        "trusted_proxies": "127.0.0.1",
        "port": free_port(),
        "sign_in_tries_of_account": 30,
        "mails_a_day_to_address": 5,
    }
    with serving(settings.model_copy(update=mine), database) as url:
        yield url


class Caller:
    """Somebody on a network; with `browser`, one that keeps cookies."""

    def __init__(self, url: str, network: str, *, browser: bool = False) -> None:
        self.http = client(url, headers={"X-Forwarded-For": network, **({"Sec-Fetch-Site": "none"} if browser else {})})
        self.browser = browser

    def sign_in(self, email: str, password: str = PASSWORD) -> httpx.Response:
        answer = self.http.post("/v1/sessions", json={"email": email, "password": password})
        if not self.browser:
            self.http.cookies.clear()
        return answer

    def reset(self, email: str) -> httpx.Response:
        return self.http.post("/v1/people/password-reset", json={"email": email})


def account(world: World) -> str:
    person = world.person()
    world.sql.execute("UPDATE people SET password_hash = %s WHERE id = %s", [HASHED, person.id])
    return person.email


def networks(first: int) -> Iterator[str]:
    return (f"198.51.{first}.{last}" for last in range(1, 250))


def test_wrong_tries_from_elsewhere_keep_nobody_out(world: World, behind_proxy: str) -> None:
    email, rival = account(world), Caller(behind_proxy, "203.0.113.1")
    home = Caller(behind_proxy, "192.0.2.7")
    answers = [rival.sign_in(email, "no").status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2
    assert rival.sign_in(email).status_code == 429, "the right password is no way round"
    ok(home.sign_in(email), 201)


def test_who_has_signed_in_from_a_network_is_kept_out_by_nobody_from_any_other(world: World, behind_proxy: str) -> None:
    email, home = account(world), Caller(behind_proxy, "192.0.2.8")
    ok(home.sign_in(email), 201)
    tried = [Caller(behind_proxy, network).sign_in(email, "no").status_code for network in list(networks(100))[:35]]
    assert tried == [401] * 30 + [429] * 5, "over all networks that never signed in to it"
    ok(home.sign_in(email), 201)
    refused = problem(Caller(behind_proxy, "192.0.2.99").sign_in(email), 429, "too-many-requests")
    assert "Wait 15 minutes" in refused["detail"]
    assert [home.sign_in(email, "no").status_code for _ in range(11)] == [401] * 10 + [429], "guessing stays bounded"


def test_a_browser_that_has_signed_in_is_counted_by_itself(world: World, behind_proxy: str) -> None:
    email, network = account(world), "192.0.2.9"
    browser = Caller(behind_proxy, network, browser=True)
    kept = ok(browser.sign_in(email), 201).headers.get_list("set-cookie")
    assert any(cookie.startswith("cobid-browser=") and "HttpOnly" in cookie for cookie in kept)
    neighbour = Caller(behind_proxy, network)
    assert [neighbour.sign_in(email, "no").status_code for _ in range(11)] == [401] * 10 + [429]
    ok(browser.sign_in(email), 201)
    browser.http.headers["X-Forwarded-For"] = "192.0.2.200"
    ok(browser.sign_in(email), 201)
    assert [browser.sign_in(email, "no").status_code for _ in range(11)] == [401] * 10 + [429]
    other = account(world)
    assert browser.sign_in(other, "no").status_code == 401, "for another account it is a browser like any"


def test_an_address_without_an_account_is_counted_alike(world: World, behind_proxy: str) -> None:
    def answers(email: str, first: int) -> list[Any]:
        seen = []
        for network in list(networks(first))[:32]:
            answer = Caller(behind_proxy, network).sign_in(email, "no")
            body = answer.json()
            seen.append((answer.status_code, body["type"], body["detail"], "set-cookie" in answer.headers))
        return seen

    nobody = f"nobody-{time.time_ns()}@nowhere.example"
    assert answers(account(world), 110) == answers(nobody, 111)


def test_all_of_an_ipv6_network_is_one(world: World, behind_proxy: str) -> None:
    email = account(world)
    tried = [Caller(behind_proxy, f"2001:db8:1:2::{n:x}").sign_in(email, "no").status_code for n in range(1, 13)]
    assert tried == [401] * 10 + [429] * 2
    assert Caller(behind_proxy, "2001:db8:1:3::1").sign_in(email, "no").status_code == 401
    assert Caller(behind_proxy, "::ffff:192.0.2.50").sign_in(email, "no").status_code == 401


def test_others_requests_for_a_new_password_keep_nobody_from_one(world: World, behind_proxy: str) -> None:
    email, home = account(world), Caller(behind_proxy, "192.0.2.10")
    ok(home.sign_in(email), 201)
    rivals = [Caller(behind_proxy, network) for network in list(networks(120))[:8]]
    assert [rival.reset(email).status_code for rival in rivals] == [202] * 5 + [429] * 3
    nobody = f"nobody-{time.time_ns()}@nowhere.example"
    assert [rival.reset(nobody).status_code for rival in rivals] == [202] * 5 + [429] * 3
    refused = problem(rivals[0].reset(email), 429, "too-many-mails")
    assert "few mails a day" in refused["detail"] and int(rivals[0].reset(email).headers["Retry-After"]) <= 3601
    assert [home.reset(email).status_code for _ in range(11)] == [202] * 10 + [429]
    world.sql.execute("UPDATE attempts SET at = at - interval '61 minutes' WHERE at < now()")
    assert [rival.reset(email).status_code for rival in rivals[:2]] == [202, 429], "then there is one an hour"


def test_who_proved_the_mailbox_signs_in_from_there(world: World, behind_proxy: str, sql: psycopg.Connection) -> None:
    email = account(world)
    for network in list(networks(130))[:31]:
        Caller(behind_proxy, network).sign_in(email, "no")
    abroad = Caller(behind_proxy, "192.0.2.11")
    assert abroad.sign_in(email).status_code == 429
    token = "r" * 30 + str(time.time_ns())[-13:]
    sql.execute(
        "INSERT INTO mail_tokens (id, purpose, token_hash, person_id, expires_at) SELECT gen_random_uuid(), 'reset',"
        " sha256(%s::bytea), id, now() + interval '1 hour' FROM people WHERE email = %s",
        [token.encode(), email],
    )
    done = {"token": token, "password": "an entirely new one"}
    ok(abroad.http.post("/v1/people/password-reset/complete", json=done))
    ok(abroad.sign_in(email, "an entirely new one"), 201)


def test_a_strangers_mailbox_is_not_filled_by_registering_it(world: World, behind_proxy: str) -> None:
    address = f"stranger-{time.time_ns()}@nowhere.example"
    body = {"email": address, "name": "Not me", "password": PASSWORD}
    answers = []
    for network in list(networks(140))[:8]:
        answers.append(Caller(behind_proxy, network).http.post("/v1/people", json=body).status_code)
    assert answers == [201] * 5 + [429] * 3
    sent = world.sql.execute("SELECT count(*) FROM outbox WHERE payload->>'to' = %s", [address]).fetchone()
    assert sent == (5,)


def test_what_is_known_of_places_is_hashed_shown_without_them_and_erased_with_the_person(
    world: World, behind_proxy: str
) -> None:
    email, home = account(world), Caller(behind_proxy, "192.0.2.12", browser=True)
    token = ok(home.sign_in(email), 201).json()["token"]
    rows = world.sql.execute(
        "SELECT place FROM sign_in_places s JOIN people p ON p.id = s.person_id WHERE p.email = %s", [email]
    ).fetchall()
    assert len(rows) == 2 and all(len(place) == 32 for (place,) in rows)
    own = {"Authorization": f"Bearer {token}"}
    held = ok(home.http.get("/v1/me/export", headers=own)).json()["sign_in_places"]
    assert [sorted(place) for place in held] == [["person_id", "seen_at"]] * 2
    etag = home.http.get("/v1/me", headers=own).headers["ETag"]
    ok(home.http.delete("/v1/me", headers={**own, "If-Match": etag}))
    assert world.sql.execute("SELECT count(*) FROM sign_in_places WHERE place = %s", [rows[0][0]]).fetchone() == (0,)
