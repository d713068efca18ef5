"""From the mail to a partner's seat by pages alone, without scripts, on a phone."""

import secrets

import psycopg
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.looking import Looked
from tests.factories import World, ok
from tests.mails import token_to

PASSWORD = "four plain words here"


def invited_by_mail(world: World, address: str) -> str:
    """A bid whose lead has invited this address; the link's token."""
    council = world.organisation("Seaborough Council", kinds=("commissioner",))
    bid = world.bid(
        lead=world.organisation("Northfield Trust"), opportunity=world.opportunity(council, title="Youth work")
    )
    words = {
        "message_markdown": "Dear Sam,\n\nwe would **love** to have you.\n\n- two evenings a week\n- from April",
        "proposed_work_markdown": "Outreach on the estate.",
        "indicative_amount": {"amount": "12000.00", "currency": "GBP"},
    }
    ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": address, "role": "member", **words}), 201)
    return token_to(world.sql, address)


def confirmed(page: Page, sql: psycopg.Connection, address: str) -> None:
    """Opens the link of the mail that came, confirms, and signs in."""
    page.goto(f"/open/verify?token={token_to(sql, address)}")
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("status")).to_contain_text("confirmed")
    signed_in(page, address)


def signed_in(page: Page, address: str, password: str = PASSWORD) -> None:
    page.get_by_label("Email address").fill(address)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_from_the_mail_to_a_place_in_the_bid_without_scripts(world: World, new_page: NewPage, look: Looked) -> None:
    address = f"sam-{secrets.token_hex(4)}@harbouryouth.example.org"
    token = invited_by_mail(world, address)
    page = new_page(PHONE)
    page.goto(f"/invitations/open?token={token}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Joint bid")
    for shown in ("Northfield Trust", "Seaborough Council", "£12,000", "love", "Outreach on the estate"):
        expect(page.get_by_role("main")).to_contain_text(shown)
    expect(page.locator("strong", has_text="love")).to_be_visible()
    look.at(page, "invitation-signed-out")

    page.get_by_role("link", name="Register and answer").click()
    page.get_by_label("Your full name").fill("Sam Adeyemi")
    page.get_by_label("Email address").fill(address)
    page.get_by_label("New password").fill(PASSWORD)
    look.at(page, "register")
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your email")
    look.at(page, "register-sent")

    confirmed(page, world.sql, address)
    expect(page).to_have_url(f"{world.url}/invitations/open?token={token}")
    look.at(page, "invitation-without-organisation")
    page.get_by_role("link", name="Add my organisation").click()
    page.get_by_label("Name of the organisation").fill("Harbour Youth")
    page.get_by_label("What kind of organisation it is").select_option(
        label="Charitable incorporated organisation (CIO)"
    )
    look.at(page, "organisation-new")
    page.get_by_role("button", name="Add the organisation").click()
    expect(page.get_by_role("status")).to_contain_text("added")
    expect(page.get_by_role("radio", name="Harbour Youth")).to_be_checked()
    look.at(page, "invitation-to-accept")
    page.get_by_role("button", name="Accept the invitation").click()
    expect(page.get_by_role("status")).to_contain_text("You have accepted")
    expect(page.get_by_role("main")).to_contain_text("Joint bid")
    look.at(page, "home-with-a-bid")


def test_declining_needs_no_account_and_thanks(world: World, new_page: NewPage, look: Looked) -> None:
    address = f"no-{secrets.token_hex(4)}@castle.example.org"
    page = new_page(PHONE)
    page.goto(f"/invitations/open?token={invited_by_mail(world, address)}")
    page.get_by_text("I want to decline").click()
    page.get_by_label("Your reason").fill("We have no time this year.")
    look.at(page, "invitation-declining")
    page.get_by_role("button", name="Decline the invitation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You have declined")
    look.at(page, "invitation-declined")
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This invitation does not work any more")
    look.at(page, "invitation-gone")


def test_what_was_typed_wrongly_is_said_on_top_and_kept(world: World, new_page: NewPage, look: Looked) -> None:
    page = new_page()
    page.goto("/open/register")
    page.get_by_label("Your full name").fill("Sam Adeyemi")
    page.get_by_label("Email address").fill("nobody")
    page.get_by_label("New password").fill("short")
    page.get_by_role("button", name="Register").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Register – Cobid")
    expect(page.get_by_label("Your full name")).to_have_value("Sam Adeyemi")
    expect(page.get_by_label("Email address")).to_have_value("nobody")
    summary.get_by_role("link").first.click()
    expect(page.get_by_label("Email address")).to_be_focused()
    look.at(page, "register-refused")
    page.goto("/open/sign-in?next=/account")
    signed_in(page, "nobody@castle.example.org")
    expect(page.get_by_role("alert")).to_contain_text("Check both.")
    expect(page.get_by_label("Email address")).to_have_value("nobody@castle.example.org")
    look.at(page, "sign-in-refused")


def test_a_forgotten_password_is_asked_for_by_pages(world: World, new_page: NewPage, look: Looked) -> None:
    person, page = world.person(), new_page(PHONE)
    page.goto("/open/sign-in")
    look.at(page, "sign-in")
    page.get_by_role("link", name="I forgot my password").click()
    look.at(page, "forgotten")
    page.get_by_label("Email address").fill(person.email)
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("main")).to_contain_text(person.email)
    look.at(page, "forgotten-sent")
    page.goto("/open/reset?token=abc")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("alert")).to_contain_text("copy the whole link")
    look.at(page, "reset-refused")
