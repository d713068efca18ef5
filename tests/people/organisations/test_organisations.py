"""Organisations through HTTP: founding, the directory, identifiers, members."""

import uuid

import pytest

from tests.factories import World, ok, problem

BODY = {"name": "Copy", "kinds": ["provider"], "legal_form": "charity"}


def test_the_founder_becomes_admin_editor_and_signatory(world: World) -> None:
    organisation = world.organisation("Harbour Youth")
    me = ok(organisation.boss.get("/me")).json()
    assert me["organisations"] == [
        {"organisation_id": organisation.id, "name": "Harbour Youth", "roles": ["admin", "editor", "signatory"]}
    ]


def test_one_register_number_belongs_to_one_organisation(world: World) -> None:
    number = str(uuid.uuid4().int)[:7].replace("0", "1")
    world.organisation(identifiers=[{"scheme": "GB-CHC", "id": number}])
    other = world.person()
    body = {"name": "Copy", "kinds": ["provider"], "legal_form": "charity"}
    again = {**body, "identifiers": [{"scheme": "GB-CHC", "id": number}]}
    problem(other.post("/organisations", again), 409, "identifier-claimed")
    assert ok(other.get("/me")).json()["organisations"] == []


def test_income_and_reserves_are_for_its_own_people(world: World) -> None:
    organisation = world.organisation(annual_income={"amount": "98765.43", "currency": "GBP"}, listed=True)
    own = ok(organisation.boss.get(f"/organisations/{organisation.id}")).json()
    seen = ok(world.stranger().get(f"/organisations/{organisation.id}")).json()
    assert own["annual_income"] == {"amount": "98765.43", "currency": "GBP"}
    assert seen["annual_income"] is None and "98765" not in str(seen)


def test_a_change_needs_the_version_that_was_read(world: World) -> None:
    organisation = world.organisation()
    path = f"/organisations/{organisation.id}"
    etag = organisation.boss.etag(path)
    problem(organisation.boss.patch(path, {"name": "New"}), 428, "if-match-required")
    problem(organisation.boss.patch(path, {"name": "New"}, if_match="*"), 428)
    for wrong in ('W/"1"', "1", '"01"', '"1', '"1", "2"', '""'):
        problem(organisation.boss.patch(path, {"name": "New"}, if_match=wrong), 412, "stale-version")
    changed = ok(organisation.boss.patch(path, {"name": "New"}, if_match=etag))
    assert changed.json()["name"] == "New" and changed.headers["ETag"].startswith('"2.')
    problem(organisation.boss.patch(path, {"name": "Newer"}, if_match=etag), 412, "stale-version")
    unchanged = {"If-None-Match": changed.headers["ETag"]}
    assert organisation.boss.get(path, headers=unchanged).status_code == 304


def test_judgement_comes_in_the_order_of_the_contract(world: World) -> None:
    organisation, stranger = world.organisation(), world.stranger()
    path = f"/v1/organisations/{organisation.id}/members"
    missing = f"/v1/organisations/{uuid.uuid4()}/members"
    assert world.http.post(path, content=b"{").status_code == 401
    hidden = problem(stranger.request("POST", path, content=b"{"), 404, "not-found")
    nothing = problem(stranger.request("POST", missing, content=b"{"), 404, "not-found")
    for member in ("instance", "request_id"):
        hidden.pop(member), nothing.pop(member)
    assert hidden == nothing
    viewer = world.colleague(organisation, "viewer")
    problem(viewer.request("POST", path, content=b"{"), 403, "not-allowed")
    boss = organisation.boss
    problem(boss.request("POST", path, content=b"{", headers={"Content-Type": "text/plain"}), 415)
    problem(boss.request("POST", path, content=b"x" * 2_000_000, headers={"Content-Type": "application/json"}), 413)
    problem(boss.request("POST", path, content=b"{", headers={"Content-Type": "application/json"}), 400)
    found = problem(boss.post(path, {"email": "x", "roles": [], "extra": 1}), 422, "invalid")
    assert {fault["pointer"] for fault in found["errors"]} == {"/email", "/roles", "/extra"}
    assert problem(boss.get(path + "?nonsense=1"), 422)["errors"][0]["pointer"] == "/query/nonsense"


def test_the_last_admin_cannot_go(world: World) -> None:
    organisation = world.organisation()
    path = f"/organisations/{organisation.id}/members/{organisation.boss.id}"
    etag = organisation.boss.etag(path)
    problem(organisation.boss.delete(path, if_match=etag), 409, "last-admin")
    problem(organisation.boss.patch(path, {"roles": ["viewer"]}, if_match=etag), 409, "last-admin")
    world.colleague(organisation, "admin")
    ok(organisation.boss.patch(path, {"roles": ["viewer"]}, if_match=etag))
    problem(organisation.boss.post(f"/organisations/{organisation.id}/members", {}), 403)


def test_a_retry_with_the_same_key_has_one_effect(world: World) -> None:
    boss = world.person()
    body = {"name": "Once", "kinds": ["provider"], "legal_form": "charity"}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = ok(boss.post("/organisations", body, headers=key), 201)
    again = ok(boss.post("/organisations", body, headers=key), 201)
    assert again.json() == first.json() and again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    problem(boss.post("/organisations", {**body, "name": "Twice"}, headers=key), 422, "idempotency-key-reused")
    assert len(ok(boss.get("/me")).json()["organisations"]) == 1


def test_text_that_is_no_text_is_refused_with_its_pointer(world: World) -> None:
    boss = world.person()
    json_header = {"Content-Type": "application/json"}
    bad = b'{"name": "a\\u0000b", "kinds": ["provider"], "legal_form": "charity", "areas": ["\\ud800"]}'
    found = problem(boss.request("POST", "/organisations", content=bad, headers=json_header), 422)
    assert [fault["pointer"] for fault in found["errors"]] == ["/name", "/areas/0"]
    deep = b"[" * 5000 + b"]" * 5000
    problem(boss.request("POST", "/organisations", content=deep, headers=json_header), 400, "malformed-json")
    for content in (b'{"a": NaN}', b'{"a": 1, "a": 2}', b"\xff", b'{"a": ' + b"9" * 5000 + b"}"):
        problem(boss.request("POST", "/organisations", content=content, headers=json_header), 400)
    problem(boss.request("POST", "/organisations", content=b'{"name": 1e9999}', headers=json_header), 422)


def test_null_empties_what_may_be_empty_and_nothing_else(world: World) -> None:
    number = str(uuid.uuid4().int)[:7].replace("0", "1")
    organisation = world.organisation(
        identifiers=[{"scheme": "GB-CHC", "id": number}], areas=["North"], founding_aims="Young people", listed=True
    )
    boss, path = organisation.boss, f"/organisations/{organisation.id}"
    emptied = {"identifiers": None, "areas": None, "founding_aims": None, "size_band": None}
    changed = ok(boss.patch(path, emptied, if_match=boss.etag(path))).json()
    assert (changed["identifiers"], changed["areas"], changed["founding_aims"]) == ([], [], "")
    ok(world.person().post("/organisations", {**BODY, "identifiers": [{"scheme": "GB-CHC", "id": number}]}), 201)
    for name in ("name", "kinds", "legal_form", "listed", "signing_rule", "language"):
        found = problem(boss.patch(path, {name: None}, if_match=boss.etag(path)), 422)
        assert found["errors"][0]["pointer"] == f"/{name}"


def test_income_and_reserves_keep_the_currency_they_came_in(world: World) -> None:
    pounds, euros = {"amount": "100.00", "currency": "GBP"}, {"amount": "50.00", "currency": "EUR"}
    mixed = {**BODY, "annual_income": pounds, "unrestricted_reserves": euros}
    found = problem(world.person().post("/organisations", mixed), 422, "invalid")
    assert {fault["code"] for fault in found["errors"]} == {"two-currencies"}
    organisation = world.organisation(annual_income=pounds)
    boss, path = organisation.boss, f"/organisations/{organisation.id}"
    problem(boss.patch(path, {"unrestricted_reserves": euros}, if_match='"1"'), 422, "invalid")
    both = {"annual_income": euros, "unrestricted_reserves": euros}
    assert ok(boss.patch(path, both, if_match='"1"')).json()["annual_income"] == euros


def test_a_wrong_number_is_named_before_the_version_is_looked_at(world: World) -> None:
    organisation = world.organisation()
    path, wrong = f"/organisations/{organisation.id}", {"identifiers": [{"scheme": "GB-CHC", "id": "none"}]}
    for etag in (None, '"99"', '"1"'):
        found = problem(organisation.boss.patch(path, wrong, if_match=etag), 422, "invalid")
        assert found["errors"][0]["pointer"] == "/identifiers/0/id"


def test_who_may_not_let_somebody_go_hears_that_first(world: World) -> None:
    organisation = world.organisation()
    viewer, editor = world.colleague(organisation, "viewer"), world.colleague(organisation, "editor")
    path = f"/organisations/{organisation.id}/members/{editor.id}"
    for etag in (None, '"99"', '"1"'):
        problem(viewer.delete(path, if_match=etag), 403, "not-allowed")
    ok(editor.delete(path, if_match='"1"'), 204)


def test_the_directory_does_not_mind_capitals(world: World) -> None:
    here = str(uuid.uuid4())
    found = world.organisation(
        "Otter Trust", listed=True, areas=[f"Gwynedd {here}"], services=["Youth Work"], seeks=["A Lead"]
    )
    reader = world.stranger()
    for query in (f"area=gwynedd {here}", f"area=GWYNEDD {here}&service=youth work&seeks=a lead&kind=provider"):
        assert [item["id"] for item in ok(reader.get(f"/organisations?{query}")).json()["items"]] == [found.id]
    assert ok(reader.get("/organisations?area=gwynedd")).json()["items"] == []


HIDDEN = [
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\u00ad",
    "\ufeff",
    "\u2028",
    "\u2029",
    "\ue000",
    "\u3164",
    "\u034f",
    "\u2800",
]


@pytest.mark.parametrize("char", HIDDEN, ids=[f"U+{ord(char):04X}" for char in HIDDEN])
def test_a_name_holds_nothing_that_nobody_sees_or_that_turns_it_round(world: World, char: str) -> None:
    for name in (f"Wide{char}River", f"{char}Wide River"):
        found = problem(world.person().post("/organisations", {**BODY, "name": name}), 422, "invalid")
        assert [fault["pointer"] for fault in found["errors"]] == ["/name"]
    found = problem(world.person().post("/organisations", {**BODY, "areas": [f"No{char}rth"]}), 422, "invalid")
    assert [fault["pointer"] for fault in found["errors"]] == ["/areas/0"]


def test_names_that_stand_in_mails_hold_no_address(world: World) -> None:
    trap = "Click http://evil.example/?token=abcdefghijklmnop now"
    person = world.person()
    boss, bid = world.organisation().boss, world.bid()
    organisation = ok(boss.get("/me")).json()["organisations"][0]["organisation_id"]
    path, call = f"/organisations/{organisation}", f"/opportunities/{bid.opportunity_id}"
    register = {"email": "trap@harbour.example", "name": trap, "password": "four plain words here"}
    started = {"opportunity_id": bid.opportunity_id, "lead_organisation_id": organisation, "title": trap}
    for answer in (
        world.http.post("/v1/people", json=register),
        person.post("/organisations", {**BODY, "name": trap}),
        person.patch("/me", {"name": trap}, if_match=person.etag("/me")),
        boss.patch(path, {"name": trap}, if_match=boss.etag(path)),
        boss.post("/proposals", started),
        bid.lead.boss.patch(bid.path, {"title": trap}, if_match="*"),
        bid.council.boss.patch(call, {"title": trap}, if_match="*"),
    ):
        (fault,) = problem(answer, 422, "invalid")["errors"]
        assert fault["pointer"] in ("/name", "/title") and "http://evil.example" in fault["detail"]


def test_short_name_and_office_are_told_like_name_and_aims(world: World) -> None:
    office = "12 Quay Street, Northport NP1 2AB"
    organisation = world.organisation("Harbour Youth", short_name="Harbour", registered_address=office)
    path, boss, stranger = f"/organisations/{organisation.id}", organisation.boss, world.stranger()
    seen = ok(stranger.get(path)).json()
    assert (seen["short_name"], seen["registered_address"]) == ("Harbour", None)
    first = stranger.etag(path)
    ok(boss.patch(path, {"registered_address": "13 Quay Street"}, if_match=boss.etag(path)))
    assert stranger.etag(path) == first, "who does not see the office is not told that it moved"
    ok(boss.patch(path, {"listed": True, "short_name": "Harbour YP"}, if_match=boss.etag(path)))
    seen = ok(stranger.get(path)).json()
    assert (seen["short_name"], seen["registered_address"]) == ("Harbour YP", "13 Quay Street")
    emptied = {"short_name": None, "registered_address": None}
    assert emptied.items() <= ok(boss.patch(path, emptied, if_match=boss.etag(path))).json().items()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("short_name", "x" * 25),
        ("short_name", " "),
        ("short_name", "Har\u200bbour"),
        ("short_name", "www.harbour.org"),
        ("short_name", "Har\nbour"),
        ("registered_address", "12 Quay\u202e Street"),
        ("registered_address", "12 Quay Street\nNorthport"),
        ("registered_address", "x" * 301),
    ],
)
def test_a_short_name_or_office_that_cannot_be_printed_is_refused(world: World, field: str, value: str) -> None:
    found = problem(world.person().post("/organisations", {**BODY, field: value}), 422)
    assert [fault["pointer"] for fault in found["errors"]] == [f"/{field}"]
    organisation = world.organisation(**{field: "x" * 24})
    path = f"/organisations/{organisation.id}"
    problem(organisation.boss.patch(path, {field: value}, if_match=organisation.boss.etag(path)), 422)
