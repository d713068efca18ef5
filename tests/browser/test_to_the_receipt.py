"""From 'what is missing' to the receipt, in the browser and without scripts: structure, decision, lock, sign, hand in."""

import re

from playwright.sync_api import expect

from tests import stages
from tests.browser.conftest import PHONE, NewPage
from tests.browser.looking import Looked
from tests.browser.test_one_bid import signed_in_as
from tests.factories import World, ok


def test_two_charities_bring_their_bid_from_the_draft_to_the_receipt(
    world: World, new_page: NewPage, look: Looked
) -> None:
    bid = world.bid(
        world.organisation("Harbour Youth"),
        lead=world.organisation("Northfield Trust"),
        lots=[],
        questions=[{"key": "reach", "prompt_markdown": "How will you reach young people?"}],
    ).revealed()
    lead = signed_in_as(new_page(), bid.lead.boss, world.url)
    small = signed_in_as(new_page(PHONE), bid.partners[1].boss, world.url)

    lead.goto(f"/bids/{bid.id}")
    lead.get_by_role("link", name="Lock and sign").click()
    expect(lead.get_by_role("heading", name="What still stands in the way")).to_be_visible()
    look.at(lead, "sign-not-ready")
    lead.get_by_role("link", name="Nobody contracts").click()
    look.at(lead, "structure-empty")
    lead.get_by_label("Lead provider").check()
    lead.get_by_role("group", name="Who contracts").get_by_label("Northfield Trust").check()
    lead.get_by_role("group", name="Whom does the council pay?").get_by_label("Northfield Trust").check()
    lead.get_by_role("group", name="Who is liable").get_by_role("radio").first.check()
    lead.get_by_role("group", name="How do you decide?").get_by_label("Majority").check()
    lead.get_by_label("The terms between you").fill("Paid within 21 days.")
    lead.get_by_label("How a partner leaves").fill("Three months' notice.")
    lead.get_by_role("button", name="Propose it to the partners").click()
    expect(lead.get_by_role("status")).to_contain_text("A decision is open")
    for page in (lead, small):
        page.goto(f"/bids/{bid.id}/decisions")
        page.get_by_role("main").get_by_role("link").first.click()
        page.get_by_role("radio", name="For", exact=True).check()
        page.get_by_role("button", name="Vote", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("You have voted.")
    look.at(small, "decision")
    lead.reload()
    lead.get_by_role("button", name="Close it and count").click()
    expect(lead.get_by_role("status")).to_have_text("The decision is closed.")
    look.at(lead, "decision-closed")
    lead.goto(f"/bids/{bid.id}/decisions")
    look.at(lead, "decisions")
    lead.goto(f"/bids/{bid.id}/structure")
    expect(lead.get_by_role("main")).to_contain_text("Northfield Trust answers to the commissioner")
    look.at(lead, "structure")

    for section, text in (("How will you reach", "We walk every street."), ("Exit and", "The chapel goes on.")):
        lead.goto(f"/bids/{bid.id}/write")
        lead.get_by_role("main").get_by_role("link", name=section).click()
        lead.get_by_label("The text", exact=True).fill(text)
        lead.get_by_role("button", name="Save").first.click()
    small.goto(f"/bids/{bid.id}/partners/{bid.partners[1].id}")
    small.get_by_label("Your office").fill("Chair")
    small.get_by_role("button", name="Give authority").click()
    for page in (lead, small):
        page.goto(f"/bids/{bid.id}/together")
        page.get_by_role("button", name="We have read this").click()
        page.goto(f"/bids/{bid.id}/budget")
        page.get_by_role("button", name="Our prices are final").click()
        expect(page.get_by_role("status")).to_contain_text("Your prices are final")

    lead.goto(f"/bids/{bid.id}/sign")
    expect(lead.get_by_role("heading", name="Nothing is missing")).to_be_visible()
    look.at(lead, "sign-ready")
    lead.get_by_role("button", name="Lock for signing").click()
    expect(lead.get_by_role("status")).to_contain_text("Locked.")
    small.goto("/home")
    small.get_by_role("link", name="sign").first.click()
    expect(small).to_have_url(f"{world.url}/bids/{bid.id}/sign")
    look.at(small, "sign-locked")
    small.get_by_role("link", name="Go on: sign for Harbour Youth").click()
    small.get_by_label("Your office").fill("Chair of trustees")
    small.get_by_role("button", name="Sign", exact=True).click()
    expect(small.get_by_role("alert")).to_be_focused()
    expect(small.get_by_label("Your office")).to_have_value("Chair of trustees")
    look.at(small, "sign-refused-by-the-form")
    small.get_by_label("A decision of our board").check()
    small.get_by_label("Its date").fill("2026-11-02")
    small.get_by_role("button", name="Sign", exact=True).click()
    expect(small.get_by_role("status")).to_have_text("Signed. Thank you.")

    # One does not sign: all signatures fall, and both go on.
    lead.goto(f"/bids/{bid.id}/sign")
    lead.get_by_role("link", name="Go on: sign for Northfield Trust").click()
    look.at(lead, "sign-check")
    lead.get_by_role("link", name="Do not sign, and say why").click()
    expect(lead.get_by_role("main")).to_contain_text("Harbour Youth")
    look.at(lead, "sign-no")
    lead.get_by_label("What is wrong?").fill("The street names are missing.")
    lead.get_by_role("button", name="Do not sign").click()
    expect(lead.get_by_role("status")).to_contain_text("everyone can go on writing")
    lead.get_by_role("button", name="Lock for signing").click()
    for page, name in ((small, "Harbour Youth"), (lead, "Northfield Trust")):
        page.goto(f"/bids/{bid.id}/sign")
        page.get_by_role("link", name=f"Go on: sign for {name}").click()
        page.get_by_label("Your office").fill("Chair of trustees")
        page.get_by_label("Our governing document").check()
        page.get_by_role("button", name="Sign", exact=True).click()
        expect(page.get_by_role("status")).to_have_text("Signed. Thank you.")
    expect(lead.get_by_role("main")).to_contain_text("Everybody has signed.")
    look.at(lead, "sign-agreed")
    lead.get_by_role("link", name="Go on to handing in").click()
    look.at(lead, "hand-in-ready")
    lead.get_by_role("button", name="Hand in the bid").click()
    expect(lead.get_by_role("status")).to_contain_text("Handed in.")
    look.at(lead, "hand-in-receipt")
    small.goto(f"/bids/{bid.id}/hand-in")
    expect(small.get_by_role("heading", name="Receipt")).to_be_visible()
    small.get_by_role("link", name="Documents").click()
    look.at(small, "documents")
    address = small.get_by_role("link", name="PDF").first.get_attribute("href") or ""
    assert "/editions/2/" in address and small.request.get(address).body().startswith(b"%PDF")


def test_a_charity_finds_a_call_and_begins_and_a_council_answers(world: World, new_page: NewPage, look: Looked) -> None:
    call = world.opportunity(title="Lanterns for the quay", description_markdown="Light where it is **dark**.")
    lead = signed_in_as(new_page(PHONE), world.organisation("Northfield Trust").boss, world.url)
    lead.goto("/home")
    lead.get_by_role("link", name="Find a call").click()
    lead.get_by_label("Words in the call").fill("lanterns")
    lead.get_by_role("button", name="Search").click()
    look.at(lead, "calls")
    lead.get_by_role("link", name=call["title"]).click()
    look.at(lead, "call")
    lead.get_by_label("What shall the bid be called?").fill("Light for all")
    lead.get_by_role("button", name="Start the bid").click()
    expect(lead.get_by_role("status")).to_contain_text("Your bid has begun")
    look.at(lead, "overview-begun")

    bid = stages.ready_bid(world)
    bid.agree()
    ok(bid.submit(), 201)
    council = signed_in_as(new_page(), bid.council.boss, world.url)
    council.goto("/received")
    look.at(council, "received-nothing")
    bid.pass_deadline()
    council.reload()
    look.at(council, "received")
    council.get_by_role("main").get_by_role("link").first.click()
    look.at(council, "received-one")
    council.get_by_role("button", name="Confirm").click()
    expect(council.get_by_role("status")).to_contain_text("The partners are told")
    council.get_by_role("link", name="Tell the outcome").click()
    council.get_by_role("radio", name=re.compile("^Awarded")).check()
    council.get_by_label("Feedback to all partners").fill("A clear bid, in which the small can be heard.")
    look.at(council, "received-outcome")
    council.get_by_role("button", name="Send it to the partners").click()
    expect(council.get_by_role("main")).to_contain_text("A clear bid")
    small = signed_in_as(new_page(PHONE), bid.partners[1].boss, world.url)
    small.goto(f"/bids/{bid.id}/hand-in")
    expect(small.get_by_role("main")).to_contain_text("A clear bid")
    look.at(small, "hand-in-outcome")
