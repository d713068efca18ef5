"""One bid by its pages, without scripts: everyone says first, everyone sees, it fits together; partners come and go."""

import secrets

from playwright.sync_api import Page, expect

from tests.bids import Bid
from tests.browser.conftest import PHONE, NewPage
from tests.browser.looking import Looked
from tests.factories import Person, World, ok
from tests.mails import token_to


def signed_in_as(page: Page, person: Person, url: str) -> Page:
    page.context.add_cookies([{"name": "cobid", "value": person.token, "url": url}])
    return page


def give(page: Page, bid: Bid, kind: str, title: str, value: str, basis: str = "") -> None:
    page.goto(f"/bids/{bid.id}/say")
    page.get_by_role("link", name="Add something we give").click()
    page.get_by_role("link", name=kind, exact=True).click()
    page.get_by_label("What is it?").fill(title)
    page.get_by_label("Worth in pounds").fill(value)
    if basis:
        page.get_by_label("Where does that value come from?").fill(basis)
    page.get_by_role("button", name="Save").click()


def expect_of_all(page: Page, bid: Bid, kind: str, title: str) -> None:
    page.goto(f"/bids/{bid.id}/say")
    page.get_by_role("link", name="Add something we expect").click()
    page.get_by_role("link", name=kind, exact=True).click()
    page.get_by_label("What do you expect?").fill(title)
    page.get_by_role("button", name="Save").click()


def file(page: Page, bid: Bid) -> None:
    page.goto(f"/bids/{bid.id}/say")
    page.get_by_role("link", name="Go on to filing").click()
    page.get_by_role("button", name="File it").click()


def test_everyone_says_first_and_then_everyone_sees(world: World, new_page: NewPage, look: Looked) -> None:
    bid = world.bid(world.organisation("Harbour Youth"), lead=world.organisation("Northfield Trust"))
    lead = signed_in_as(new_page(), bid.lead.boss, world.url)
    small = signed_in_as(new_page(PHONE), bid.partners[1].boss, world.url)

    small.goto("/home")
    look.at(small, "home-with-tasks")
    small.get_by_role("link", name="Say what your organisation gives").click()
    expect(small).to_have_url(f"{world.url}/bids/{bid.id}/say")
    look.at(small, "say-empty")
    small.get_by_role("link", name="Add something we give").click()
    look.at(small, "say-kinds")
    small.get_by_role("link", name="Premises", exact=True).click()
    small.get_by_label("What is it?").fill("Our chapel, two evenings a week")
    small.get_by_label("Worth in pounds").fill("£4,160")
    small.get_by_role("button", name="Save").click()
    expect(small.get_by_role("alert")).to_be_focused()
    expect(small.get_by_label("What is it?")).to_have_value("Our chapel, two evenings a week")
    look.at(small, "say-give-refused")
    small.get_by_label("Where does that value come from?").fill("Our hire charges")
    small.get_by_role("button", name="Save").click()
    expect(small.get_by_role("status")).to_have_text("Saved.")
    expect(small.get_by_role("main")).to_contain_text("£4,160")
    small.get_by_role("link", name="Add something we expect").click()
    small.get_by_role("link", name="Payment terms", exact=True).click()
    small.get_by_label("What do you expect?").fill("Paid within 21 days of our invoice")
    small.get_by_role("radio", name="Must").check()
    small.get_by_label("What would meet it?").select_option("days")
    small.get_by_label("How much?").fill("21")
    look.at(small, "say-expect")
    small.get_by_role("button", name="Save").click()
    look.at(small, "say-with-things")

    # The lead's page knows nothing of it, in whatever words: neither before the small one files, nor after.
    give(lead, bid, "Cash", "Our reserve", "5,000")
    for stage in ("said", "filed"):
        for page in ("", "/say", "/together", "/partners", f"/partners/{bid.partners[1].id}", "/say/file"):
            lead.goto(f"/bids/{bid.id}{page}")
            for hidden in ("Our chapel", "4,160", "Paid within 21 days"):
                expect(lead.locator("body")).not_to_contain_text(hidden)
        if stage == "said":
            small.get_by_role("link", name="Go on to filing").click()
            look.at(small, "say-file")
            small.get_by_role("button", name="File it").click()
            expect(small.get_by_role("status")).to_contain_text("Filed.")
    look.at(small, "say-filed")
    small.goto(f"/bids/{bid.id}/together")
    expect(small.get_by_role("main")).to_contain_text("opens when everyone has said")
    look.at(small, "together-waiting")

    file(lead, bid)
    small.goto(f"/bids/{bid.id}/say")
    expect(small.get_by_role("heading", level=1)).to_have_text("Everyone sees")
    expect(small.get_by_role("main")).to_contain_text("Our reserve")
    look.at(small, "everyone-sees")

    small.goto(f"/bids/{bid.id}/together")
    look.at(small, "together")
    small.get_by_role("link", name="Say what meets this").click()
    small.get_by_role("checkbox", name="Our reserve").check()
    look.at(small, "together-link")
    small.get_by_role("button", name="Save").click()
    expect(small.get_by_role("table")).to_contain_text("Our reserve")
    small.get_by_role("button", name="We have read this").click()
    expect(small.get_by_role("status")).to_contain_text("you have read it")
    small.goto(f"/bids/{bid.id}")
    look.at(small, "overview")


def test_a_change_that_crossed_another_is_shown_beside_it(world: World, new_page: NewPage, look: Looked) -> None:
    bid = world.bid(world.organisation("Harbour Youth"))
    boss = bid.partners[1].boss
    page = signed_in_as(new_page(), boss, world.url)
    give(page, bid, "Equipment", "A van", "900", "What it cost")
    page.get_by_role("link", name="Change A van").click()
    other = signed_in_as(new_page(), boss, world.url)
    other.goto(page.url)
    other.get_by_label("What is it?").fill("A red van")
    other.get_by_role("button", name="Save").click()
    page.get_by_label("What is it?").fill("A blue van")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="This was changed meanwhile")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("A red van")
    expect(page.get_by_label("What is it?")).to_have_value("A blue van")
    look.at(page, "say-give-stale")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("main")).to_contain_text("A blue van")
    page.get_by_role("link", name="Remove A blue van").click()
    look.at(page, "say-remove")
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_role("main")).not_to_contain_text("A blue van")


def test_partners_are_invited_give_authority_and_leave_by_pages(world: World, new_page: NewPage, look: Looked) -> None:
    bid = world.bid(world.organisation("Harbour Youth"), lead=world.organisation("Northfield Trust"))
    lead = signed_in_as(new_page(PHONE), bid.lead.boss, world.url)
    lead.goto(f"/bids/{bid.id}/partners")
    lead.get_by_role("link", name="Invite a partner").click()
    lead.get_by_label("Email address").fill("nobody")
    lead.get_by_label("Your message").fill("Dear Castle, will you join us?")
    lead.get_by_role("button", name="Send the invitation").click()
    expect(lead.get_by_label("Your message")).to_have_value("Dear Castle, will you join us?")
    look.at(lead, "invite-refused")
    address = f"castle-{secrets.token_hex(4)}@castle.example.org"
    lead.get_by_label("Email address").fill(address)
    lead.get_by_role("button", name="Send the invitation").click()
    expect(lead.get_by_role("status")).to_contain_text("on its way")
    look.at(lead, "partners")
    asked = ok(world.http.get(f"/v1/invitations/{token_to(world.sql, address)}")).json()
    assert asked["message_markdown"] == "Dear Castle, will you join us?"
    lead.goto(f"/bids/{bid.id}/partners/{asked['partner_id']}")
    lead.get_by_text("Take back the invitation").first.click()
    lead.get_by_label("Reason").fill("It was the wrong address.")
    look.at(lead, "partner-invited")
    lead.get_by_role("button", name="Take back the invitation").click()
    expect(lead.get_by_role("status")).to_contain_text("taken back")

    small = signed_in_as(new_page(), bid.partners[1].boss, world.url)
    small.goto("/home")
    small.get_by_role("link", name="written authority").click()
    small.get_by_label("Your office").fill("Chair of trustees")
    look.at(small, "partner-own")
    small.get_by_role("button", name="Give authority").click()
    expect(small.get_by_role("main")).to_contain_text("Chair of trustees")
    small.get_by_text("Leave the bid").first.click()
    small.get_by_label("Reason").fill("Our trustees decided otherwise.")
    small.get_by_role("button", name="Leave the bid").click()
    expect(small.get_by_role("status")).to_contain_text("You have left the bid.")
