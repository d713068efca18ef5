"""The pages that people see: one place that lists every call, readable without scripts and without the internet."""

import html
import re
import secrets

from tests.factories import World, ok
from tests.mails import token_to


def test_docs_list_every_call_with_its_example_and_load_nothing(world: World) -> None:
    page = ok(world.http.get("/docs"))
    document = world.openapi
    calls = [call for methods in document["paths"].values() for call in methods.values()]
    assert len(calls) > 200
    for call in calls:
        assert page.text.count(f'<details id="{call["operationId"]}">') == 1
        assert html.escape(call["summary"]) in page.text
    assert "A youth worker, two days a week" in page.text, "examples are shown"
    assert not re.search(r"<(script|link|img|iframe)|src=|url\(", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert '<html lang="en-GB">' in page.text and page.text.count("<h1>") == 1
    groups = re.findall(r'<a href="#([\w-]+)">', page.text)
    assert len(groups) > 20 and all(page.text.count(f'<h2 id="{group}">') == 1 for group in groups)


def test_the_bare_address_leads_there(world: World) -> None:
    found = world.http.get("/", follow_redirects=False)
    assert found.status_code == 307 and found.headers["Location"] == "/docs"


def test_the_page_of_a_problem_names_the_status_that_is_answered(world: World) -> None:
    refused = world.http.put("/v1/people", json={})
    assert refused.status_code == 405 and refused.json()["type"] == "/problems/method-not-allowed"
    assert "HTTP status 405." in world.http.get("/problems/method-not-allowed").text
    assert "HTTP status 500." in world.http.get("/problems/server-error").text
    assert "HTTP status 412." in world.http.get("/problems/stale-version").text


def test_somebody_invited_without_an_account_can_register_on_a_page(world: World) -> None:
    page = ok(world.http.get("/open/register"))
    assert all(f'name="{name}"' in page.text for name in ("name", "email", "password"))
    address = f"page-{secrets.token_hex(4)}@harbouryouth.example.org"
    fields = {"name": "Sam Adeyemi", "email": address, "password": "four plain words here"}
    refused = world.http.post("/open/register", data={**fields, "email": "nobody"})
    assert refused.status_code == 422 and "your mail address" in refused.text
    assert ok(world.http.post("/open/register", data=fields)).text.count("A mail is on its way")
    known = world.sql.execute("SELECT name, verified_at FROM people WHERE email = %s", [address]).fetchone()
    assert known == ("Sam Adeyemi", None)


def test_the_invitation_page_shows_times_in_the_commissioners_zone_and_what_to_do(world: World) -> None:
    bid = world.bid(submission_deadline="2999-07-01T11:00:00Z")
    address = f"asked-{secrets.token_hex(4)}@castle.example.org"
    ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": address, "role": "member"}), 201)
    page = ok(world.http.get("/invitations/open", params={"token": token_to(world.sql, address)})).text
    assert "Monday 1 July 2999, 12:00 BST" in page
    assert 'href="/open/register"' in page and bid.lead.name in page


def test_a_page_that_refuses_says_where_to_go_on_and_nothing_for_programs(world: World) -> None:
    headers, fields = {"Sec-Fetch-Site": "same-origin"}, {"email": "nobody@test.example", "password": "wrong words"}
    page = world.http.post("/open/sign-in", data=fields, headers=headers)
    assert page.status_code == 422 and "ask for a new one." in page.text and "POST /v1" not in page.text
    for way in ("sign-in", "forgotten", "register"):
        assert f'href="/open/{way}"' in page.text
        assert ok(world.http.get(f"/open/{way}")).text.count("<form") == 1
