"""Pages that no journey goes through, empty and full; and the way in by keyboard alone."""

import secrets

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.looking import Looked
from tests.browser.test_coming_in import PASSWORD
from tests.browser.test_one_bid import signed_in_as
from tests.factories import World, ok
from tests.mails import token_to


def test_pages_for_anybody(world: World, new_page: NewPage, look: Looked) -> None:
    page = new_page()
    for path, name in (
        ("/", "welcome"),
        ("/help", "help"),
        ("/accessibility", "accessibility"),
        ("/bids/x", "sign-in"),
    ):
        page.goto(path)
        look.at(page, f"anybody-{name}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    organisation, person = world.organisation("Castle Trust"), world.person()
    page.goto(f"/organisations/join?token={world.invited(organisation, person, 'editor', 'signatory')['token']}")
    look.at(page, "join-signed-out")


def test_pages_of_somebody_who_has_just_come(world: World, new_page: NewPage, look: Looked) -> None:
    page = signed_in_as(new_page(PHONE), world.person("Sam"), world.url)
    for path in ("/home", "/news", "/account", "/bids/00000000-0000-7000-8000-000000000000"):
        page.goto(path)
        look.at(page, f"new-{path.split('/')[1]}")
    expect(page.get_by_role("heading", level=1)).to_have_text("We cannot find this page")


def test_an_invitation_waits_at_home_for_whoever_may_answer(world: World, new_page: NewPage, look: Looked) -> None:
    bid, asked = world.bid(lead=world.organisation("Northfield Trust")), world.organisation("Castle Trust")
    bid.invite(asked)
    page = signed_in_as(new_page(), asked.boss, world.url)
    page.goto("/home")
    look.at(page, "home-with-an-invitation")
    page.get_by_role("link", name="Joint bid").click()
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("You have accepted")
    look.at(page, "overview-just-in")


def test_the_way_in_needs_no_mouse(world: World, new_page: NewPage) -> None:
    address = f"keys-{secrets.token_hex(4)}@harbouryouth.example.org"
    ok(world.http.post("/v1/people", json={"email": address, "name": "Sam", "password": PASSWORD}), 201)
    ok(world.http.post("/v1/people/verify", json={"token": token_to(world.sql, address)}))
    page = new_page()
    page.goto("/open/sign-in")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type(address)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Sam")
