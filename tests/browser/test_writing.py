"""Writing in the browser without scripts: a section with its question, two who write at once, what the others say."""

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, NewPage
from tests.browser.looking import Looked
from tests.browser.test_one_bid import signed_in_as
from tests.factories import World


def test_a_section_is_written_by_two_and_no_word_is_lost(world: World, new_page: NewPage, look: Looked) -> None:
    question = {
        "key": "reach",
        "prompt_markdown": "How will you reach young people who do not come to clubs?",
        "guidance_markdown": "Name the streets and the times.",
        "limit": {"unit": "words", "value": 12},
    }
    bid = world.bid(
        world.organisation("Harbour Youth"), lead=world.organisation("Northfield Trust"), questions=[question]
    )
    lead = signed_in_as(new_page(), bid.lead.boss, world.url)
    small = signed_in_as(new_page(PHONE), bid.partners[1].boss, world.url)
    lead.goto(f"/bids/{bid.id}")
    lead.get_by_role("link", name="Write", exact=True).click()
    look.at(lead, "write")
    lead.get_by_role("link", name="How will you reach").click()
    look.at(lead, "write-empty")
    lead.get_by_text("Who writes it, and how far it is").click()
    lead.get_by_label("Yes, the editors of all partners").check()
    lead.get_by_role("button", name="Save").last.click()
    expect(lead.get_by_role("status")).to_have_text("Saved.")
    lead.get_by_label("The text", exact=True).fill("We walk every street at night.\n\nWe know the families.")
    lead.get_by_role("button", name="Save").first.click()
    expect(lead.get_by_role("status")).to_contain_text("The text is stored")

    small.goto(lead.url)
    text = small.get_by_label("The text", exact=True)
    text.fill("We walk every street at night.\n\nWe know the families, and they know our chapel and us.")
    lead.get_by_label("The text", exact=True).fill("We walk every street at night, in pairs.\n\nWe know the families.")
    lead.get_by_role("button", name="Save").first.click()
    small.get_by_role("button", name="Save").click()
    expect(small.get_by_role("alert")).to_be_focused()
    expect(small.get_by_role("heading", name="Somebody changed this section")).to_be_visible()
    expect(small.get_by_role("main")).to_contain_text("at night, in pairs.")
    expect(small.get_by_label("What you typed")).to_have_value(
        "We walk every street at night.\n\nWe know the families, and they know our chapel and us."
    )
    look.at(small, "write-stale")
    small.get_by_role("button", name="Put both together").click()
    expect(small.get_by_role("status")).to_contain_text("put together")
    expect(small.get_by_label("The text", exact=True)).to_have_value(
        "We walk every street at night, in pairs.\n\nWe know the families, and they know our chapel and us.\n"
    )
    expect(small.get_by_role("main")).to_contain_text("19 of 12 words")

    small.get_by_text("Comment, or suggest other words").click()
    small.get_by_label("Your comment").fill("Is it safe to say so?")
    small.get_by_label("About which words?").fill("in pairs")
    small.get_by_label("What should stand there instead?").fill("always in pairs")
    small.get_by_role("button", name="Send it").last.click()
    expect(small.get_by_role("main")).to_contain_text("always in pairs")
    look.at(small, "write-section")
    small.get_by_role("link", name="Earlier versions").click()
    look.at(small, "history")
    small.get_by_role("main").get_by_role("listitem").get_by_role("link").first.click()
    look.at(small, "history-one")
    small.go_back()
    small.go_back()
    lead.goto(small.url)
    lead.get_by_role("button", name="Take it into the text").click()
    expect(lead.get_by_label("The text", exact=True)).to_have_value(
        "We walk every street at night, always in pairs.\n\nWe know the families, and they know our chapel and us.\n"
    )
