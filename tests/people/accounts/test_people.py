"""Registration, confirmation, sign-in, passwords: through HTTP, with real mails over a real SMTP receiver."""

import asyncio
import re
import time
from collections.abc import Iterator

import pytest

from app.people.accounts import passwords, service
from app.platform.access.standing import token_hash
from app.platform.db.base import new_id
from app.platform.db.engine import Database, connect
from app.platform.worker import mail
from app.settings import Settings
from tests.factories import World, ok, problem
from tests.mails import Mailbox, receiving

PASSWORD = "four plain words here"


@pytest.fixture(scope="module")
def mailbox(settings: Settings, database: str) -> Iterator[Mailbox]:
    """The receiver, and a worker that sends to it."""
    with receiving(settings, database) as box:
        yield box


def _link_token(text: str) -> str:
    lines = [line for line in text.splitlines() if "token=" in line]
    assert len(lines) == 1 and re.fullmatch(r"http://\S+\?token=[\w-]{43}", lines[0].strip())
    return lines[0].strip().partition("token=")[2]


def test_a_person_registers_confirms_and_signs_in(world: World, mailbox: Mailbox) -> None:
    address = f"sam-{time.time_ns()}@harbouryouth.example.org"
    body = {"email": address, "name": "Sam Adeyemi", "password": PASSWORD}
    first = ok(world.http.post("/v1/people", json=body), 201)
    signing_in = {"email": address, "password": PASSWORD}
    problem(world.http.post("/v1/sessions", json=signing_in), 403, "email-unverified")
    problem(world.http.post("/v1/sessions", json={**signing_in, "password": "wrong"}), 401, "wrong-credentials")
    token = _link_token(mailbox.wait_for(address))
    assert token in ok(world.http.get(f"/open/verify?token={token}")).text
    problem(world.http.post("/v1/sessions", json=signing_in), 403, "email-unverified")
    ok(world.http.post("/v1/people/verify", json={"token": token}))
    problem(world.http.post("/v1/people/verify", json={"token": token}), 422, "token-not-valid")
    made = ok(world.http.post("/v1/sessions", json=signing_in), 201)
    assert "HttpOnly" in made.headers["Set-Cookie"] and made.headers["Cache-Control"] == "no-store"
    me = world.http.get("/v1/me", headers={"Authorization": f"Bearer {made.json()['token']}"})
    assert ok(me).json()["email"] == address
    again = ok(world.http.post("/v1/people", json={**body, "name": "Another"}), 201)
    assert again.json() == first.json()
    assert "account already" in mailbox.wait_for(address, already=1)


def test_a_mail_that_could_not_be_sent_is_sent_later(world: World, mailbox: Mailbox) -> None:
    mailbox.refusals = 2
    address = f"late-{time.time_ns()}@harbouryouth.example.org"
    body = {"email": address, "name": "Late", "password": PASSWORD}
    ok(world.http.post("/v1/people", json=body), 201)
    assert _link_token(mailbox.wait_for(address, 60))


def test_a_forgotten_password_is_set_anew_and_ends_other_sign_ins(world: World, mailbox: Mailbox) -> None:
    person = world.person("Fay")
    known = ok(world.http.post("/v1/people/password-reset", json={"email": person.email}), 202)
    unknown = ok(world.http.post("/v1/people/password-reset", json={"email": "nobody@nowhere.example.org"}), 202)
    assert known.json() == unknown.json()
    token = _link_token(mailbox.wait_for(person.email))
    complete = "/v1/people/password-reset/complete"
    refused = problem(world.http.post(complete, json={"token": token, "password": "password"}), 422)
    assert refused["errors"][0]["code"] == "password-too-common"
    ok(world.http.post(complete, json={"token": token, "password": "an entirely new one"}))
    problem(person.get("/me"), 401, "not-signed-in")
    signing_in = {"email": person.email, "password": "an entirely new one"}
    ok(world.http.post("/v1/sessions", json=signing_in), 201)


def test_common_and_short_passwords_are_refused(world: World) -> None:
    for password, code in (("short", "password-too-short"), ("qwertyuiop", "password-too-common")):
        body = {"email": "x@harbouryouth.example.org", "name": "X", "password": password}
        found = problem(world.http.post("/v1/people", json=body), 422)
        assert found["errors"][0]["code"] == code


def test_ten_wrong_tries_lock_the_account_for_a_while(world: World) -> None:
    address = f"locked-{time.time_ns()}@harbouryouth.example.org"
    answers = [
        world.http.post("/v1/sessions", json={"email": address, "password": "no"}).status_code for _ in range(11)
    ]
    assert answers == [401] * 10 + [429]
    refused = world.http.post("/v1/sessions", json={"email": address, "password": "no"})
    assert int(refused.headers["Retry-After"]) > 0


def test_sign_out_ends_the_sign_in_at_once(world: World) -> None:
    person = world.person()
    ok(person.delete("/sessions/current"), 204)
    problem(person.get("/me"), 401, "not-signed-in")


def test_a_cookie_from_another_site_changes_nothing(world: World) -> None:
    person = world.person()
    cookie = {"Cookie": f"cobid={person.token}"}
    assert world.http.get("/v1/me", headers=cookie).status_code == 200
    body = {"name": "N", "kinds": ["provider"], "legal_form": "charity"}
    away = {**cookie, "Origin": "https://evil.example"}
    problem(world.http.post("/v1/organisations", json=body, headers=away), 403, "cross-site-request")
    problem(world.http.post("/v1/organisations", json=body, headers=cookie), 403, "cross-site-request")
    ok(world.http.post("/v1/organisations", json=body, headers={**cookie, "Origin": world.url}), 201)


def test_a_colleague_joins_by_the_mail_that_was_sent_to_them(world: World, mailbox: Mailbox) -> None:
    organisation, colleague = world.organisation("Harbour Youth"), world.person()
    path = f"/organisations/{organisation.id}/members"
    ok(organisation.boss.post(path, {"email": colleague.email, "roles": ["editor"]}), 201)
    token = _link_token(mailbox.wait_for(colleague.email))
    problem(world.person().post("/member-invitations/accept", {"token": token}), 422, "member-invitation-not-valid")
    joined = ok(colleague.post("/member-invitations/accept", {"token": token})).json()
    assert joined["roles"] == ["editor"] and joined["person_id"] == colleague.id
    problem(colleague.post("/member-invitations/accept", {"token": token}), 422, "member-invitation-not-valid")


def test_an_invitation_that_nobody_answered_has_an_address_and_can_be_called_back(
    world: World, mailbox: Mailbox
) -> None:
    organisation, colleague = world.organisation(), world.person()
    boss, path = organisation.boss, f"/organisations/{organisation.id}"
    made = ok(boss.post(f"{path}/members", {"email": colleague.email, "roles": ["editor"]}), 201)
    where = made.headers["Location"]
    read = ok(boss.get(where)).json()
    assert (read["email"], read["roles"], where.rsplit("/", 1)[1]) == (colleague.email, ["editor"], read["id"])
    assert [one["id"] for one in ok(boss.get(f"{path}/member-invitations")).json()["items"]] == [read["id"]]
    listed = ok(boss.get(f"{path}/members")).json()["items"]
    assert [one["invitation_id"] for one in listed] == [None, read["id"]]
    again = ok(boss.post(f"{path}/members", {"email": colleague.email, "roles": ["viewer"]}), 201)
    assert again.headers["Location"] == where
    problem(boss.delete(where), 428)
    problem(boss.delete(where, if_match=read["version"]), 412)
    problem(world.colleague(organisation, "editor").delete(where, if_match=boss.etag(where)), 403)
    problem(world.stranger().delete(where, if_match='"1"'), 404)
    page = {
        "url": "/organisations/join",
        "params": {"token": _link_token(mailbox.wait_for(colleague.email, already=1))},
    }
    assert f"<h1>Join {organisation.name}</h1>" in ok(world.http.get(**page)).text
    asked = ok(world.http.get(f"/v1/member-invitations/{page['params']['token']}"))
    assert asked.headers["Cache-Control"] == "no-store"
    assert (asked.json()["organisation_name"], asked.json()["roles"]) == (organisation.name, ["viewer"])
    ok(boss.delete(where, if_match=boss.etag(where)), 204)
    assert world.http.get(**page).status_code == 404
    problem(world.http.get(f"/v1/member-invitations/{page['params']['token']}"), 404, "not-found")
    problem(boss.get(where), 404)
    assert ok(boss.get(f"{path}/member-invitations")).json()["items"] == []
    token = _link_token(mailbox.wait_for(colleague.email, already=1))
    problem(colleague.post("/member-invitations/accept", {"token": token}), 422, "member-invitation-not-valid")


def test_a_person_takes_all_that_is_held_and_is_erased(world: World) -> None:
    organisation = world.organisation()
    boss, colleague = organisation.boss, world.colleague(organisation, "editor")
    held = ok(colleague.get("/me/export"))
    assert held.json()["person"]["email"] == colleague.email and held.headers["Cache-Control"] == "no-store"
    problem(boss.delete("/me", if_match=boss.etag("/me")), 409, "still-only-admin")
    erased = ok(colleague.delete("/me", if_match=colleague.etag("/me"))).json()
    assert erased["signatures_kept"] == 0 and "17(3)" in erased["why"]
    problem(colleague.get("/me"), 401)
    row = world.sql.execute("SELECT email, name, password_hash FROM people WHERE id = %s", [colleague.id]).fetchone()
    assert row == (None, "Erased person", None)
    members = ok(boss.get(f"/organisations/{organisation.id}/members")).json()["items"]
    assert [member["person_id"] for member in members] == [boss.id]


def test_a_mail_confirms_its_own_registration_and_nobody_elses(world: World, mailbox: Mailbox) -> None:
    """Somebody who registers an address that is not theirs never gets their password into its account."""
    address = f"mine-{time.time_ns()}@harbouryouth.example.org"
    ok(world.http.post("/v1/people", json={"email": address, "name": "Mine", "password": PASSWORD}), 201)
    mine = _link_token(mailbox.wait_for(address))
    ok(world.http.post("/v1/people", json={"email": address, "name": "Not", "password": "somebody else's words"}), 201)
    others = _link_token(mailbox.wait_for(address, already=1))
    ok(world.http.post("/v1/people/verify", json={"token": mine}))
    problem(world.http.post("/v1/people/verify", json={"token": others}), 422, "token-not-valid")
    signing_in = {"email": address, "password": "somebody else's words"}
    problem(world.http.post("/v1/sessions", json=signing_in), 401, "wrong-credentials")
    made = ok(world.http.post("/v1/sessions", json={"email": address, "password": PASSWORD}), 201).json()
    me = world.http.get("/v1/me", headers={"Authorization": f"Bearer {made['token']}"}).json()
    assert me["name"] == "Mine"


def test_a_new_password_ends_the_links_of_older_mails(world: World, mailbox: Mailbox) -> None:
    person = world.person()
    tokens = []
    for already in (0, 1):
        ok(world.http.post("/v1/people/password-reset", json={"email": person.email}), 202)
        tokens.append(_link_token(mailbox.wait_for(person.email, already=already)))
    complete = "/v1/people/password-reset/complete"
    ok(world.http.post(complete, json={"token": tokens[1], "password": "an entirely new one"}))
    refused = world.http.post(complete, json={"token": tokens[0], "password": "and yet another one"})
    problem(refused, 422, "token-not-valid")


class _Watched(passwords.Passwords):
    """Notes how many connections are out while it hashes."""

    db: Database
    held: list[int]

    async def hash(self, password: str) -> str:
        self.held.append(self.db.engine.pool.checkedout())  # type: ignore[attr-defined]
        return await super().hash(password)


def test_no_connection_is_held_while_a_password_is_hashed(world: World, settings: Settings, database: str) -> None:
    person, token = world.person(), "t" * 43
    world.sql.execute(
        "INSERT INTO mail_tokens (id, purpose, token_hash, person_id, expires_at)"
        " VALUES (%s, 'reset', %s, %s, now() + interval '1 hour')",
        [new_id(), token_hash(token), person.id],
    )
    given = service.Registration(f"held-{time.time_ns()}@harbouryouth.example.org", "Held", PASSWORD, "en")

    async def run() -> list[int]:
        watched = _Watched(settings)
        watched.db, watched.held = await connect(database, settings), []
        process = service.Process(settings, watched.db, watched)
        try:
            async with watched.db.sessions.begin() as session:
                await service.register(session, process, given, "192.0.2.1")
            async with watched.db.sessions.begin() as session:
                await service.reset(session, process, token, "an entirely new one")
        finally:
            await watched.db.close()
        return watched.held

    assert asyncio.run(run()) == [0, 0]
    signing_in = {"email": person.email, "password": "an entirely new one"}
    ok(world.http.post("/v1/sessions", json=signing_in), 201)


@pytest.mark.parametrize("wish, subject", [("cy-GB, en;q=0.5", "Cadarnhewch"), ("fr", "please confirm")])
def test_whoever_names_no_language_is_written_to_as_the_browser_asks(
    world: World, mailbox: Mailbox, wish: str, subject: str
) -> None:
    address = f"iaith-{time.time_ns()}@harbouryouth.example.org"
    body = {"email": address, "name": "Siân", "password": PASSWORD}
    ok(world.http.post("/v1/people", json=body, headers={"Accept-Language": wish}), 201)
    assert subject.lower() in mailbox.wait_for(address).lower()


@pytest.mark.parametrize("tag, subject", [("cy-GB", "Cadarnhewch"), ("en-GB", "please confirm"), ("CY", "Cadarnhewch")])
def test_a_language_with_its_country_is_that_language(world: World, mailbox: Mailbox, tag: str, subject: str) -> None:
    address = f"iaith-{time.time_ns()}@harbouryouth.example.org"
    ok(
        world.http.post("/v1/people", json={"email": address, "name": "Siân", "password": PASSWORD, "language": tag}),
        201,
    )
    assert subject.lower() in mailbox.wait_for(address).lower()
    boss = world.stranger()
    changed = ok(boss.patch("/me", {"language": tag}, if_match=ok(boss.get("/me")).json()["version"])).json()
    assert changed["language"] == tag[:2].lower()
    problem(boss.patch("/me", {"language": "fr-CA"}, if_match=changed["version"]), 422)


def test_a_mail_in_a_file_shows_its_link_as_it_is(settings: Settings) -> None:
    payload = {"template": "verify", "to": "a@b.example", "values": {"name": "Siân", "token": "t" * 43}}
    lines = mail.compose(settings, payload).as_bytes().decode().splitlines()
    assert f"{settings.base_url}/open/verify?token={'t' * 43}" in lines and "Hello Siân," in lines


@pytest.mark.parametrize("address", ["sam@cobid.test", "Sam@Harbour.EXAMPLE"])
def test_addresses_for_trying_things_out_are_taken(world: World, address: str) -> None:
    ok(world.http.post("/v1/people", json={"email": address, "name": "Sam", "password": PASSWORD}), 201)


def test_a_password_is_the_same_however_its_letters_are_composed(world: World, mailbox: Mailbox) -> None:
    address = f"caf-{time.time_ns()}@harbouryouth.example.org"
    composed, apart = "caf\u00e9 au lait pour deux", "cafe\u0301 au lait pour deux"
    ok(world.http.post("/v1/people", json={"email": address, "name": "Zoé", "password": apart}), 201)
    ok(world.http.post("/v1/people/verify", json={"token": _link_token(mailbox.wait_for(address))}))
    ok(world.http.post("/v1/sessions", json={"email": address, "password": composed}), 201)


def test_the_page_refuses_a_password_that_no_sign_in_would_take(world: World, mailbox: Mailbox) -> None:
    person = world.person()
    ok(world.http.post("/v1/people/password-reset", json={"email": person.email}), 202)
    form = {"token": _link_token(mailbox.wait_for(person.email)), "password": "long " * 50}
    refused = world.http.post("/open/reset", data=form, headers={"Sec-Fetch-Site": "same-origin"})
    assert refused.status_code == 422 and "at most 200" in refused.text


def test_null_is_no_name_and_no_language(world: World) -> None:
    person = world.person()
    for name in ("name", "language"):
        found = problem(person.patch("/me", {name: None}, if_match=person.etag("/me")), 422)
        assert found["errors"][0]["pointer"] == f"/{name}"


def test_the_export_holds_what_a_person_did_and_no_secret(world: World) -> None:
    bid = world.bid(world.organisation())
    person = bid.lead.boss
    decision = ok(person.post(f"{bid.path}/decisions", {"title": "A logo?", "matter": "other"}), 201).json()
    ok(person.post(f"{bid.path}/decisions/{decision['id']}/votes", {"option": "for", "reason": "It is ours."}))
    ok(
        bid.lead.boss.post(
            f"/organisations/{bid.lead.organisation.id}/clients", {"name": "x", "scopes": ["proposals:read"]}
        ),
        201,
    )
    held = ok(person.get("/me/export")).json()
    assert [vote["reason"] for vote in held["votes"]] == ["It is ours."]
    assert [row["title"] for row in held["decisions"]] == ["A logo?"]
    assert "count" not in held["decisions"][0], "how the others voted is not this person's"
    assert not held.keys() & {"sign_offs", "section_updates", "mail_tokens", "live_tokens"}
    assert not [name for kind in held.values() for row in kind for name in row if "token" in name or "hash" in name]


def test_erasure_reaches_invitations_to_the_address(world: World) -> None:
    person, organisation = world.person(), world.organisation()
    bid = world.bid(lead=organisation)
    invited = {"email": person.email, "roles": ["editor"]}
    ok(organisation.boss.post(f"/organisations/{organisation.id}/members", invited), 201)
    ok(organisation.boss.post(f"{bid.path}/partners", {"email": person.email, "role": "member"}), 201)
    held = ok(person.get("/me/export")).json()
    assert len(held["member_invitations"]) == len(held["partner_invitations"]) == 1
    ok(person.delete("/me", if_match=person.etag("/me")))
    for table in ("member_invitations", "partners"):
        count = world.sql.execute(f"SELECT count(*) FROM {table} WHERE email = %s", [person.email]).fetchone()
        assert count == (0,)
    assert len(ok(organisation.boss.get(f"{bid.path}/partners")).json()["items"]) == 2


def test_a_cookie_is_judged_in_the_order_of_everything_else(world: World) -> None:
    """Nobody is 401 and what is hidden is 404, before it matters where the request came from."""
    bid, away = world.bid(), {"Origin": "https://evil.example"}
    lead, stranger = bid.lead.boss, world.stranger()
    contribution = {"kind": "cash", "title": "x", "certainty": "confirmed", "value": {"amount": "1", "currency": "GBP"}}
    made = ok(lead.post(f"{bid.path}/contributions", contribution), 201)
    for method, path in (("POST", f"{bid.path}/contributions"), ("PATCH", made.headers["Location"])):
        for cookie, status in (("cobid_s_nobody", 401), (stranger.token, 404), (lead.token, 403)):
            headers = {"Cookie": f"cobid={cookie}", "If-Match": '"1"', **away}
            problem(world.http.request(method, path, json={"title": "y"}, headers=headers), status)
    assert ok(lead.get(made.headers["Location"])).json()["title"] == "x"


def test_a_page_that_holds_a_token_is_kept_nowhere(world: World) -> None:
    assert world.http.get("/open/reset?token=abc").headers["Cache-Control"] == "no-store"
