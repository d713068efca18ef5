"""Webhooks over HTTP: who keeps them, what is refused, and what their secrets are."""

from typing import Any

import pytest

from app.commissioning.webhooks import service
from app.commissioning.webhooks.rules import MessageType
from tests.callers import Organisation, Person, ok, problem, soon
from tests.factories import World
from tests.racing import together
from tests.receivers import Receiver

TYPES = [each.value for each in MessageType]


def subscribe(who: Person, organisation: Organisation, url: str, *types: str, **fields: Any) -> dict[str, Any]:
    body = {"organisation_id": organisation.id, "url": url, "event_types": list(types or TYPES), **fields}
    made: dict[str, Any] = ok(who.post("/webhooks", body), 201).json()
    return made


def test_an_admin_makes_reads_changes_and_removes_one(world: World, there: Receiver) -> None:
    ours = world.organisation()
    made = subscribe(ours.boss, ours, there.url, "partner.left", "partner.joined", "partner.left", description="CRM")
    assert made["event_types"] == ["partner.joined", "partner.left"]
    assert (made["status"], made["disabled_because"], made["client_id"]) == ("enabled", None, None)
    secret = made.pop("secret")
    assert secret.startswith("whsec_") and len(secret) == 6 + 44
    path = f"/webhooks/{made['id']}"
    assert ok(ours.boss.get(path)).json() == made
    assert ok(ours.boss.get("/webhooks")).json()["items"] == [made]
    changed = ok(ours.boss.patch(path, {"description": "Register"}, if_match=1)).json()
    assert (changed["description"], changed["version"]) == ("Register", 2)
    problem(ours.boss.patch(path, {"description": "Late"}, if_match=1), 412)
    problem(ours.boss.patch(path, {"description": "Late"}), 428)
    problem(ours.boss.delete(path, if_match=1), 412)
    ok(ours.boss.delete(path, if_match=2), 204)
    problem(ours.boss.get(path), 404)
    events = world.sql.execute(
        "SELECT type FROM events WHERE stream_id = %s AND type LIKE 'webhook%%' ORDER BY seq", [ours.id]
    ).fetchall()
    assert [type_ for (type_,) in events] == ["webhook_added", "webhook_changed", "webhook_removed"]


def test_nobody_else_sees_it_and_a_colleague_who_is_no_admin_may_not_keep_it(world: World, there: Receiver) -> None:
    ours = world.organisation()
    webhook = subscribe(ours.boss, ours, there.url)
    editor = world.colleague(ours, "editor", "signatory", "viewer")
    ping = ok(ours.boss.post(f"/webhooks/{webhook['id']}/ping"), 202).json()
    calls = [
        ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/rotate"), ("POST", "/ping"), ("POST", "/enable"),
        ("POST", "/redeliver"), ("GET", "/deliveries"), ("GET", f"/deliveries/{ping['id']}"),
        ("POST", f"/deliveries/{ping['id']}/redeliver"),
    ]  # fmt: skip
    for method, path in calls:
        problem(world.stranger().request(method, f"/webhooks/{webhook['id']}{path}", json={}), 404)
        problem(editor.request(method, f"/webhooks/{webhook['id']}{path}", json={}), 403)
        problem(
            world.program(ours, "submissions:read").request(method, f"/webhooks/{webhook['id']}{path}", json={}), 403
        )
    body = {"organisation_id": ours.id, "url": there.url, "event_types": TYPES}
    for who in (editor, world.stranger(), world.program(world.organisation(), "webhooks:write")):
        problem(who.post("/webhooks", body), 403)
        assert ok(who.get("/webhooks")).json()["items"] == []
        assert ok(who.get(f"/webhooks?organisation_id={ours.id}")).json()["items"] == []


def test_a_delivery_of_another_webhook_is_not_found(world: World, there: Receiver) -> None:
    ours, theirs = world.organisation(), world.organisation()
    mine, other = subscribe(ours.boss, ours, there.url), subscribe(theirs.boss, theirs, there.url)
    ping = ok(theirs.boss.post(f"/webhooks/{other['id']}/ping"), 202).json()
    problem(ours.boss.get(f"/webhooks/{mine['id']}/deliveries/{ping['id']}"), 404)
    problem(ours.boss.post(f"/webhooks/{mine['id']}/deliveries/{ping['id']}/redeliver"), 404)


def test_a_program_with_the_scope_keeps_its_organisations(world: World, there: Receiver) -> None:
    ours = world.organisation()
    program = world.program(ours, "webhooks:write")
    made = subscribe(program, ours, there.url, "ping")
    assert made["client_id"] and ok(ours.boss.get(f"/webhooks/{made['id']}")).json()["client_id"] == made["client_id"]
    ok(program.post(f"/webhooks/{made['id']}/rotate"), 200)
    ok(program.delete(f"/webhooks/{made['id']}", if_match=2), 204)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://hooks.example.org/in", "url-not-https"),
        ("ftp://hooks.example.org/in", "url-not-https"),
        ("https://me:word@hooks.example.org/in", "url-not-https"),
        ("https://127.0.0.1/in", "inside-address"),
        ("https://[::ffff:10.0.0.1]/in", "inside-address"),
        ("https://2130706433/in", "inside-address"),
        ("https://localhost:5432/", "inside-address"),
        ("https://169.254.169.254/latest/meta-data", "inside-address"),
    ],
)
def test_an_address_that_is_not_called_is_refused(world: World, there: Receiver, url: str, code: str) -> None:
    ours = world.organisation()
    body = {"organisation_id": ours.id, "url": url, "event_types": ["ping"]}
    said = problem(ours.boss.post("/webhooks", body), 422)
    assert (said["errors"][0]["pointer"], said["errors"][0]["code"]) == ("/url", code)
    made = subscribe(ours.boss, ours, there.url, "ping")
    said = problem(ours.boss.patch(f"/webhooks/{made['id']}", {"url": url}, if_match=1), 422)
    assert said["errors"][0]["code"] == code


@pytest.mark.parametrize("types", [["bid.won"], ["ping", "x" * 60], []])
def test_a_type_that_no_message_has_is_refused(world: World, there: Receiver, types: list[str]) -> None:
    ours = world.organisation()
    said = problem(
        ours.boss.post("/webhooks", {"organisation_id": ours.id, "url": there.url, "event_types": types}), 422
    )
    if types:
        assert said["errors"][-1]["code"] == "unknown-event-type"


def test_the_secret_is_shown_once_also_to_a_retry_and_lies_hidden(world: World, there: Receiver) -> None:
    ours = world.organisation()
    body = {"organisation_id": ours.id, "url": there.url, "event_types": ["ping"]}
    key = {"headers": {"Idempotency-Key": f"k-{ours.id}"}}
    first = ok(ours.boss.post("/webhooks", body, **key), 201)
    again = ok(ours.boss.post("/webhooks", body, **key), 201).json()
    assert first.headers["cache-control"] == "no-store" and "secret" not in again
    made = first.json()
    assert again["id"] == made["id"] and "secret" not in ok(ours.boss.get(f"/webhooks/{made['id']}")).json()
    (row,) = world.sql.execute("SELECT to_jsonb(w)::text FROM webhooks w WHERE id = %s", [made["id"]]).fetchone() or ()
    assert made["secret"][6:30] not in row
    kept = world.sql.execute(
        "SELECT count(*) FROM kept_answers WHERE position(%s IN encode(body, 'escape')) > 0", [made["secret"]]
    )
    assert kept.fetchone() == (0,)


def test_an_organisation_has_so_many_at_most_also_of_those_made_at_the_same_moment(
    world: World, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST", 5)
    ours = world.organisation()
    body = {"organisation_id": ours.id, "url": there.url, "event_types": ["ping"]}
    answers = together(*[lambda: ours.boss.post("/webhooks", body)] * 12)
    assert sorted(each.status_code for each in answers) == [201] * 5 + [409] * 7
    problem(ours.boss.post("/webhooks", body), 409, "too-many-webhooks")


def test_what_is_enabled_is_not_enabled_again(world: World, there: Receiver) -> None:
    ours = world.organisation()
    made = subscribe(ours.boss, ours, there.url, "ping")
    problem(ours.boss.post(f"/webhooks/{made['id']}/enable"), 409, "already-enabled")


def test_sending_again_needs_an_instant(world: World, there: Receiver) -> None:
    ours = world.organisation()
    made = subscribe(ours.boss, ours, there.url, "ping")
    problem(ours.boss.post(f"/webhooks/{made['id']}/redeliver"), 422)
    assert ok(ours.boss.post(f"/webhooks/{made['id']}/redeliver", {"since": soon(0)}), 202).json() == {"deliveries": 0}


def test_every_type_is_documented_with_a_schema_and_an_example_that_fits_it(world: World) -> None:
    from jsonschema import Draft202012Validator

    messages = world.openapi["webhooks"]
    assert set(messages) == set(TYPES)
    for type_, path in messages.items():
        media = path["post"]["requestBody"]["content"]["application/json"]
        Draft202012Validator(media["schema"]).validate(media["example"])
        assert media["example"]["type"] == type_
