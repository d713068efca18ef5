"""OAuth2 client credentials: what RFC 6749 asks, through HTTP."""

import base64
from typing import Any

import httpx
import pytest

from tests.factories import Organisation, World, ok, problem


def client(organisation: Organisation, *scopes: str) -> dict[str, Any]:
    body = {"name": "Portal", "scopes": list(scopes or ["submissions:read"])}
    return ok(organisation.boss.post(f"/organisations/{organisation.id}/clients", body), 201).json()


def token(world: World, made: dict[str, Any], **form: str) -> httpx.Response:
    fields = {
        "grant_type": "client_credentials",
        "client_id": made["client_id"],
        "client_secret": made["client_secret"],
        **form,
    }
    return world.http.post("/oauth/token", data={k: v for k, v in fields.items() if v})


def test_a_program_trades_its_secret_for_a_token_that_opens_the_feed(world: World) -> None:
    council = world.organisation("Riverside Council", ("commissioner",))
    answer = ok(token(world, client(council)), 200)
    body = answer.json()
    assert (body["token_type"], body["scope"], body["expires_in"]) == ("Bearer", "submissions:read", 3600)
    assert answer.headers["cache-control"] == "no-store"
    feed = world.http.get("/v1/submissions", headers={"Authorization": f"Bearer {body['access_token']}"})
    assert ok(feed).json()["items"] == []


def test_the_secret_may_come_in_the_header_or_the_body_but_not_in_both(world: World) -> None:
    made = client(world.organisation())
    basic = base64.b64encode(f"{made['client_id']}:{made['client_secret']}".encode()).decode()
    headers = {"Authorization": f"Basic {basic}"}
    ok(world.http.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=headers), 200)
    both = {"grant_type": "client_credentials", "client_secret": made["client_secret"]}
    assert problem(world.http.post("/oauth/token", data=both, headers=headers), 400)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "form",
    [
        {"client_secret": "wrong"},
        {"client_id": "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"},
        {"client_id": "no-id-at-all"},
        {"client_id": "", "client_secret": ""},
        {"client_id": "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"},
    ],
)
def test_whatever_is_wrong_about_the_client_the_answer_is_the_same(world: World, form: dict[str, str]) -> None:
    answer = token(world, client(world.organisation()), **form)
    assert problem(answer, 401, "oauth-invalid-client")["error"] == "invalid_client"
    assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"scope": "submissions:write"}, "invalid_scope"),
        ({"scope": "everything"}, "invalid_scope"),
    ],
)
def test_what_is_asked_wrongly_is_named_as_the_standard_names_it(
    world: World, form: dict[str, str], error: str
) -> None:
    assert problem(token(world, client(world.organisation()), **form), 400)["error"] == error


def test_a_field_sent_twice_is_refused(world: World) -> None:
    answer = world.http.post(
        "/oauth/token",
        content="grant_type=client_credentials&grant_type=password",
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert problem(answer, 400)["error"] == "invalid_request"


def test_a_token_reaches_no_further_than_its_scope(world: World) -> None:
    made = client(world.organisation(), "submissions:read", "opportunities:read")
    narrow = ok(token(world, made, scope="opportunities:read")).json()["access_token"]
    answer = world.http.get("/v1/submissions", headers={"Authorization": f"Bearer {narrow}"})
    problem(answer, 403, "insufficient-scope")


def test_a_secret_is_shown_once_and_never_again(world: World) -> None:
    council = world.organisation()
    made = client(council)
    path = f"/organisations/{council.id}/clients"
    listed = ok(council.boss.get(path)).json()["items"]
    assert [one["client_id"] for one in listed] == [made["client_id"]]
    read = ok(council.boss.get(f"{path}/{made['client_id']}")).text
    assert "client_secret" not in listed[0]
    assert made["client_secret"] not in read


def test_a_replayed_creation_leaves_the_secret_out(world: World) -> None:
    council = world.organisation()
    path, body = f"/organisations/{council.id}/clients", {"name": "Portal", "scopes": ["submissions:read"]}
    first = ok(council.boss.post(path, body, headers={"Idempotency-Key": "one"}), 201).json()
    again = ok(council.boss.post(path, body, headers={"Idempotency-Key": "one"}), 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == {name: value for name, value in first.items() if name != "client_secret"}


def test_a_client_that_is_taken_away_loses_its_tokens_at_once(world: World) -> None:
    council = world.organisation()
    made = client(council)
    access = ok(token(world, made)).json()["access_token"]
    path = f"/organisations/{council.id}/clients/{made['client_id']}"
    problem(council.boss.delete(path), 428)
    ok(council.boss.delete(path, if_match=council.boss.etag(path)), 204)
    assert world.http.get("/v1/submissions", headers={"Authorization": f"Bearer {access}"}).status_code == 401
    problem(token(world, made), 401)
    problem(council.boss.get(path), 404)


def test_only_an_admin_makes_clients_and_nobody_else_sees_them(world: World) -> None:
    council = world.organisation()
    made = client(council)
    path, body = f"/organisations/{council.id}/clients", {"name": "Portal", "scopes": ["submissions:read"]}
    problem(world.colleague(council, "editor", "signatory").post(path, body), 403)
    problem(world.stranger().get(f"{path}/{made['client_id']}"), 404)
    other = world.organisation()
    problem(other.boss.get(f"/organisations/{other.id}/clients/{made['client_id']}"), 404)
    problem(council.boss.post(path, body | {"scopes": ["all"]}), 422)


def test_what_everybody_may_read_a_program_may_read_too(world: World) -> None:
    made = ok(token(world, client(world.organisation()))).json()
    headers = {"Authorization": f"Bearer {made['access_token']}"}
    for path in ("/v1/vocabularies", "/v1/vocabularies/legal_form"):
        assert ok(world.http.get(path, headers=headers)).json() == ok(world.http.get(path)).json()


def test_token_answers_keep_to_the_letters_of_the_standard(world: World) -> None:
    made = client(world.organisation())
    assert ok(token(world, made)).headers["pragma"] == "no-cache"
    refused = problem(token(world, made, scope='é"\\'), 400, "oauth-invalid-scope")
    assert "was not given" in refused["error_description"]
    assert all(" " <= sign <= "~" and sign not in '"\\' for sign in refused["error_description"])
