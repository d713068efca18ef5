"""Secrets that overlap, tokens asked about (RFC 7662) and ended (RFC 7009), and the metadata (RFC 8414), over HTTP."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.factories import Organisation, World, ok, problem
from tests.people.clients.test_clients import client, token
from tests.racing import together

NOBODY = "019ab0e2-7c1f-7d3c-b3f5-0c5e3f0d1a11"


def path_of(made: dict[str, Any]) -> str:
    return f"/organisations/{made['organisation_id']}/clients/{made['client_id']}"


def access(world: World, made: dict[str, Any]) -> str:
    return str(ok(token(world, made)).json()["access_token"])


def ask(world: World, made: dict[str, Any], about: str, what: str = "introspect", **form: str) -> httpx.Response:
    auth = (made["client_id"], made["client_secret"])
    return world.http.post(f"/oauth/{what}", data={"token": about, **form}, auth=auth)


def works(world: World, bearer: str) -> bool:
    return world.http.get("/v1/submissions", headers={"Authorization": f"Bearer {bearer}"}).status_code == 200


def another_secret(council: Organisation, made: dict[str, Any], hours: int = 24) -> dict[str, Any]:
    answer = council.boss.post(f"{path_of(made)}/secrets", {"expires_old_after_hours": hours})
    return {**made, **ok(answer, 201).json()}


def test_a_token_is_told_to_its_own_organisation(world: World) -> None:
    council = world.organisation()
    made = client(council, "submissions:read", "opportunities:read")
    bearer = access(world, made)
    answer = ok(ask(world, client(council), bearer), 200)
    told = answer.json()
    issuer = ok(world.http.get("/.well-known/oauth-authorization-server")).json()["issuer"]
    assert (told["active"], told["client_id"], told["sub"]) == (True, made["client_id"], council.id)
    assert (told["scope"], told["token_type"], told["iss"]) == (
        "opportunities:read submissions:read", "Bearer", issuer,
    )  # fmt: skip
    assert told["exp"] - told["iat"] == 3600 and abs(told["iat"] - datetime.now(UTC).timestamp()) < 60
    assert answer.headers["cache-control"] == "no-store"


def test_of_any_other_token_nothing_is_told_but_that(world: World) -> None:
    council = world.organisation()
    asking, made = client(council), client(council)
    person, foreign = council.boss.token, access(world, client(world.organisation()))
    ended, late = access(world, made), access(world, made)
    ok(ask(world, made, ended, "revoke"))
    world.sql.execute(
        "UPDATE access_tokens SET expires_at = clock_timestamp() WHERE token_hash = sha256(convert_to(%s, 'UTF8'))",
        [late],
    )
    of_revoked = client(council)
    gone = access(world, of_revoked)
    ok(council.boss.delete(path_of(of_revoked), if_match=council.boss.etag(path_of(of_revoked))), 204)
    for about in (person, foreign, ended, late, gone, "cobid_c_made-up", "ä", "x" * 5000):
        assert ok(ask(world, asking, about)).content == b'{"active":false}', about


def test_a_client_ends_its_own_token_and_no_other(world: World) -> None:
    council = world.organisation()
    made, neighbour = client(council), client(council)
    own, others = access(world, made), access(world, neighbour)
    for about in (own, others, own, "cobid_c_made-up", council.boss.token):
        answer = ok(ask(world, made, about, "revoke", token_type_hint="access_token"), 200)
        assert answer.content == b""
    assert not works(world, own) and works(world, others)
    ok(council.boss.get("/me"))


@pytest.mark.parametrize("what", ["introspect", "revoke"])
def test_who_asks_must_be_a_client(world: World, what: str) -> None:
    made = client(world.organisation())
    bearer = access(world, made)
    for wrong in ({"client_secret": "wrong"}, {"client_id": NOBODY}):
        answer = ask(world, {**made, **wrong}, bearer, what)
        assert problem(answer, 401, "oauth-invalid-client")["error"] == "invalid_client"
        assert answer.headers["www-authenticate"].startswith("Basic ")
    problem(world.http.post(f"/oauth/{what}", data={"token": bearer}), 401)
    assert problem(ask(world, made, "", what), 400)["error"] == "invalid_request"
    assert works(world, bearer)


def test_the_metadata_names_endpoints_that_answer(world: World) -> None:
    made = client(world.organisation())
    told = ok(world.http.get("/.well-known/oauth-authorization-server")).json()
    assert told["grant_types_supported"] == ["client_credentials"]
    assert "submissions:read" in told["scopes_supported"]
    auth = (made["client_id"], made["client_secret"])
    paths = {name: told[name].removeprefix(told["issuer"]) for name in told if name.endswith("_endpoint")}
    got = ok(world.http.post(paths["token_endpoint"], data={"grant_type": "client_credentials"}, auth=auth)).json()
    form = {"token": got["access_token"]}
    assert ok(world.http.post(paths["introspection_endpoint"], data=form, auth=auth)).json()["active"]
    ok(world.http.post(paths["revocation_endpoint"], data=form, auth=auth))
    assert not works(world, got["access_token"])


def test_two_secrets_work_until_the_older_one_ends(world: World) -> None:
    council = world.organisation()
    first = client(council)
    second = another_secret(council, first)
    assert works(world, access(world, first)) and works(world, access(world, second))
    old, new = ok(council.boss.get(path_of(first))).json()["secrets"]
    assert (new["id"], new["expires_at"]) == (second["id"], None)
    hours = (datetime.fromisoformat(old["expires_at"]) - datetime.now(UTC)).total_seconds() / 3600
    assert 23.9 < hours <= 24
    problem(council.boss.post(f"{path_of(first)}/secrets"), 409, "two-secrets")
    world.sql.execute("UPDATE client_secrets SET expires_at = clock_timestamp() WHERE id = %s", [old["id"]])
    problem(token(world, first), 401, "oauth-invalid-client")
    assert [one["id"] for one in ok(council.boss.get(path_of(first))).json()["secrets"]] == [second["id"]]
    another_secret(council, first)


def test_a_secret_that_is_taken_away_takes_its_tokens_along(world: World) -> None:
    council = world.organisation()
    first = client(council)
    by_first = access(world, first)
    second = another_secret(council, first)
    by_second = access(world, second)
    old, _ = ok(council.boss.get(path_of(first))).json()["secrets"]
    gone = f"{path_of(first)}/secrets/{old['id']}"
    problem(council.boss.delete(gone), 428)
    problem(council.boss.delete(gone, if_match=1), 412)
    ok(council.boss.delete(gone, if_match=council.boss.etag(path_of(first))), 204)
    assert not works(world, by_first) and works(world, by_second)
    problem(token(world, first), 401)
    problem(council.boss.delete(gone, if_match=council.boss.etag(path_of(first))), 404)


def test_many_at_once_make_one_second_secret(world: World) -> None:
    council = world.organisation()
    made = client(council)
    answers = together(*[lambda: council.boss.post(f"{path_of(made)}/secrets")] * 8)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


def test_secrets_are_the_admins_and_of_that_client(world: World) -> None:
    council = world.organisation()
    made, neighbour = client(council), client(council)
    secret = ok(council.boss.get(path_of(made))).json()["secrets"][0]["id"]
    path = f"{path_of(made)}/secrets"
    editor = world.colleague(council, "editor")
    for who, status in ((editor, 403), (world.stranger(), 404)):
        problem(who.post(path), status)
        problem(who.delete(f"{path}/{secret}"), status)
        problem(who.patch(path_of(made), {"name": "Mine"}, if_match=1), status)
    problem(council.boss.delete(f"{path_of(neighbour)}/secrets/{secret}", if_match=1), 404)
    problem(council.boss.delete(f"{path}/{NOBODY}", if_match=1), 404)
    problem(council.boss.post(path, {"expires_old_after_hours": -1}), 422)
    ok(token(world, made))


def test_narrower_scopes_end_the_tokens_that_reach_further(world: World) -> None:
    council = world.organisation()
    made = client(council, "submissions:read", "opportunities:read")
    wide = access(world, made)
    narrow = ok(token(world, made, scope="submissions:read")).json()["access_token"]
    problem(council.boss.patch(path_of(made), {"scopes": ["submissions:read"]}), 428)
    change = {"scopes": ["submissions:read"], "name": "Feed"}
    after = ok(council.boss.patch(path_of(made), change, if_match=council.boss.etag(path_of(made)))).json()
    assert (after["name"], after["scopes"], after["version"]) == ("Feed", ["submissions:read"], 2)
    problem(council.boss.patch(path_of(made), change, if_match=1), 412)
    assert works(world, narrow) and not works(world, wide)
    problem(token(world, made, scope="opportunities:read"), 400)
