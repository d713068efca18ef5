"""Pages over HTTP: what guards them, what they keep, and that hidden and missing are one page."""

import re
import secrets

import httpx
import pytest

from app.workspace.routes import router
from tests.factories import Person, World, ok
from tests.mails import token_to
from tests.stages import ready_bid

OURS = {"Sec-Fetch-Site": "same-origin"}
POSTS = sorted(route.path for route in router.routes if "POST" in route.methods)  # type: ignore[attr-defined]


def get(world: World, path: str, person: Person | None = None) -> httpx.Response:
    headers = {"Cookie": f"cobid={person.token}"} if person else {}
    return world.http.get(path, headers=headers, follow_redirects=False)


def post(world: World, path: str, data: dict[str, str], person: Person | None = None, **headers: str) -> httpx.Response:
    given = {**OURS, **headers, **({"Cookie": f"cobid={person.token}"} if person else {})}
    return world.http.post(path, data=data, headers=given, follow_redirects=False)


def test_the_bare_address_greets_and_whoever_is_signed_in_goes_home(world: World) -> None:
    greeting = get(world, "/")
    assert greeting.status_code == 200 and "Bid together" in greeting.text and "/docs" in greeting.text
    home = get(world, "/", world.person())
    assert (home.status_code, home.headers["Location"]) == (303, "/home")


def test_pages_are_kept_nowhere_and_run_nothing(world: World) -> None:
    for path in ("/", "/open/sign-in", "/nowhere-at-all/x", "/organisations/join?token=x"):
        page = get(world, path)
        assert page.headers["Cache-Control"] == "no-store"
        if page.headers["Content-Type"].startswith("text/html"):
            policy = page.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy and "unsafe" not in policy and "script-src" not in policy
            assert page.headers.get_list("Referrer-Policy") == ["same-origin"]


@pytest.mark.parametrize("path", POSTS)
def test_a_form_of_another_site_does_nothing(world: World, path: str) -> None:
    where = re.sub(r"{\w+}", secrets.token_hex(8), path.replace("{purpose}", "sign-in").replace("{side}", "give"))
    person = world.person()
    for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        given = {"Cookie": f"cobid={person.token}", **headers}
        page = world.http.post(where, data={"email": "a@b.example"}, headers=given, follow_redirects=False)
        assert page.status_code == 403 and "another site" in page.text, (path, headers)
    assert ok(person.get("/me")).json()["id"] == person.id, "nobody was signed out"


def test_what_is_hidden_and_what_is_not_there_are_the_same_page(world: World) -> None:
    bid, stranger = world.bid(), world.stranger()
    asked = world.organisation()
    pages = [
        get(world, f"/invitations/{id_}", stranger) for id_ in (bid.invite(asked), secrets.token_hex(16), "..", "%00")
    ]
    assert {page.status_code for page in pages[:2]} == {404} and pages[2].status_code in (303, 404)
    words = {re.sub(r'action="[^"]*"|value="[^"]*"', "", page.text) for page in pages if page.status_code == 404}
    assert len(words) == 1
    assert get(world, f"/invitations/{bid.seat(asked)}", asked.boss).status_code == 200


def test_registering_keeps_where_one_was_going_in_a_cookie_that_no_script_reads(world: World) -> None:
    address = f"page-{secrets.token_hex(4)}@harbouryouth.example.org"
    fields = {"name": "Sam Adeyemi", "email": address, "password": "four plain words here"}
    refused = post(world, "/open/register", {**fields, "email": "nobody"})
    assert refused.status_code == 422 and "Sam Adeyemi" in refused.text and "plain words here" not in refused.text
    sent = post(world, "/open/register", {**fields, "next": "/invitations/open?token=abc"})
    assert sent.status_code == 200 and "Check your email" in sent.text
    kept = sent.headers["Set-Cookie"]
    assert kept.startswith("cobid-next=/invitations/open?token=abc;") and "HttpOnly" in kept and "SameSite=Lax" in kept
    confirmed = post(
        world, "/open/verify", {"token": token_to(world.sql, address)}, Cookie="cobid-next=/invitations/open?token=abc"
    )
    assert confirmed.headers["Location"] == "/open/sign-in?next=%2Finvitations%2Fopen%3Ftoken%3Dabc&done=confirmed"


def test_a_sign_in_that_ended_loses_no_typed_word(world: World) -> None:
    gone = post(
        world,
        "/organisations/new",
        {"name": "Harbour Youth", "legal_form": "cio", "kinds": "provider", "key": "k" * 20},
    )
    assert (
        gone.status_code == 401
        and 'name="kept.name" value="Harbour Youth"' in gone.text
        and "kept.key" not in gone.text
    )
    person, password = _registered(world)
    kept = dict(re.findall(r'name="(kept\.\w+)" value="([^"]*)"', gone.text))
    back = post(
        world, "/open/sign-in", {"email": person, "password": password, "kept_for": "/organisations/new", **kept}
    )
    assert back.status_code == 200 and 'name="name" value="Harbour Youth"' in back.text
    assert 'action="/organisations/new"' in back.text and "Set-Cookie" in back.headers


def test_a_change_made_meanwhile_is_shown_beside_what_was_typed(world: World) -> None:
    person = world.person("Sam")
    ok(person.patch("/me", {"name": "Samuel"}, if_match=1))
    stale = post(world, "/account", {"form": "person", "version": "1", "name": "Sammy", "language": "en"}, person)
    assert stale.status_code == 412 and "Samuel" in stale.text and 'value="Sammy"' in stale.text
    version = re.search(r'name="version" value="(\d+)"', stale.text)
    assert version
    saved = post(
        world, "/account", {"form": "person", "version": version[1], "name": "Sammy", "language": "en"}, person
    )
    assert saved.headers["Location"] == "/account?done=saved"
    assert ok(person.get("/me")).json()["name"] == "Sammy"


def _registered(world: World) -> tuple[str, str]:
    address, password = f"in-{secrets.token_hex(4)}@harbouryouth.example.org", "four plain words here"
    ok(world.http.post("/v1/people", json={"email": address, "name": "Sam", "password": password}), 201)
    ok(world.http.post("/v1/people/verify", json={"token": token_to(world.sql, address)}))
    return address, password


def test_somebody_invited_joins_an_organisation_by_the_link(world: World) -> None:
    organisation, person = world.organisation("Castle Trust"), world.person()
    token = world.invited(organisation, person, "editor")["token"]
    assert "Join Castle Trust" in ok(get(world, f"/organisations/join?token={token}")).text
    other = post(world, "/organisations/join", {"token": token}, world.person())
    assert other.status_code == 422 and "another address" in other.text
    joined = post(world, "/organisations/join", {"token": token}, person)
    assert joined.headers["Location"] == "/home?done=joined"
    assert get(world, f"/organisations/join?token={token}").status_code == 404


def test_the_styles_are_kept_for_good_under_a_name_that_changes(world: World) -> None:
    (address,) = re.findall(r'href="(/assets/app\.[0-9a-f]{12}\.css)"', get(world, "/").text)
    styles = get(world, address)
    assert "immutable" in styles.headers["Cache-Control"] and styles.headers["Content-Type"].startswith("text/css")
    assert get(world, "/assets/app.css").status_code == 404


def test_the_address_that_a_signed_bid_prints_is_a_page_for_a_browser(world: World) -> None:
    bid = ready_bid(world)
    edition = bid.agree()
    address = f"/v1/verify/{edition['sha256']}"
    led = world.http.get(address, headers={"Accept": "text/html,*/*;q=0.8"}, follow_redirects=False)
    assert (led.status_code, led.headers["Location"]) == (303, f"/check/{edition['sha256']}")
    assert world.http.get(address).json()["signed_by_all"] is True
    page = get(world, led.headers["Location"])
    code = " ".join(edition["sha256"][at : at + 4] for at in range(0, 16, 4))
    assert "signed by all who had to sign: 2" in page.text and code in page.text
    assert not any(partner.name in page.text for partner in bid.partners), "before the bids are opened nobody is named"
    unknown = get(world, f"/check/{'0' * 64}")
    assert unknown.status_code == 200 and "ever locked for signing" in unknown.text
    assert get(world, "/check/nothing").status_code == 404


def test_the_page_names_the_partners_that_agreed_to_it_once_the_bids_are_opened(world: World) -> None:
    bid = ready_bid(world)
    edition = bid.agree()
    first = bid.partners[0]
    naming = f"{bid.path}/partners/{first.id}/naming"
    ok(first.boss.put(naming, {"named_when_verified": True}, if_match=first.boss.etag(naming.removesuffix("/naming"))))
    ok(bid.submit(), 201)
    bid.pass_deadline()
    page = get(world, f"/check/{edition['sha256']}").text
    assert first.name in page and bid.partners[1].name not in page and "not named here: 1" in page
