"""Money and statements in the browser, without scripts: a small charity's own lines, its prices, what it states."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.looking import Looked
from tests.browser.test_one_bid import signed_in_as
from tests.factories import World


def test_a_small_charity_prices_its_part_and_states_for_itself(world: World, new_page: NewPage, look: Looked) -> None:
    bid = world.bid(
        world.organisation("Harbour Youth"),
        lead=world.organisation("Northfield Trust"),
        required_statements=["insurance"],
    ).revealed()
    small = signed_in_as(new_page(PHONE), bid.partners[1].boss, world.url)
    small.goto(f"/bids/{bid.id}")
    small.get_by_role("link", name="Money", exact=True).click()
    look.at(small, "budget-empty")
    small.get_by_label("What is it for?").fill("Youth worker, 18.5 hours a week")
    small.get_by_label("Amount without VAT").fill("about twelve")
    small.get_by_role("button", name="Add the line").click()
    expect(small.get_by_role("alert")).to_be_focused()
    look.at(small, "budget-refused")
    small.get_by_label("Amount without VAT").fill("£12,480")
    small.get_by_role("button", name="Add the line").click()
    expect(small.get_by_role("status")).to_contain_text("line is added")
    small.get_by_role("link", name="Youth worker, 18.5 hours a week").click()
    look.at(small, "budget-line")
    small.get_by_label("Amount without VAT").fill("13,000")
    small.get_by_role("button", name="Save").click()
    expect(small.get_by_role("main")).to_contain_text("£13,000")
    small.get_by_role("button", name="Our prices are final").click()
    expect(small.get_by_role("status")).to_contain_text("Your prices are final")
    look.at(small, "budget-final")
    small.get_by_role("link", name="Statements").click()
    look.at(small, "statements")
    small.get_by_role("group", name="Your answer").first.get_by_label("Yes").check()
    small.get_by_role("button", name="Insurance").click()
    expect(small.get_by_role("status")).to_have_text("Saved.")

    lead = signed_in_as(new_page(), bid.lead.boss, world.url)
    lead.goto(f"/bids/{bid.id}/budget")
    expect(lead.get_by_role("main")).to_contain_text("£13,000")
    look.at(lead, "budget-of-others")
