"""Writing by plain forms: stored, put together with what others wrote meanwhile, and never lost."""

import re

import pytest

from tests.bids import Bid
from tests.factories import World, ok
from tests.workspace.forms import fill, hidden, read, send

ASKED = {"key": "reach", "prompt_markdown": "How will you *reach* them?", "guidance_markdown": "Name the streets."}


@pytest.fixture
def bid(world: World) -> Bid:
    call = world.opportunity(questions=[{**ASKED, "limit": {"unit": "words", "value": 5}}])
    return world.bid(world.organisation("Harbour Youth"), opportunity=call)


def _page(bid: Bid, key: str = "reach") -> str:
    return f"/bids/{bid.id}/write/{bid.section(key).rpartition('/')[2]}"


def _text(bid: Bid) -> str:
    return str(ok(bid.lead.boss.get(f"{bid.section('reach')}/content")).json()["markdown"])


def test_a_section_shows_its_question_and_stores_what_is_written(world: World, bid: Bid) -> None:
    path, boss = _page(bid), bid.lead.boss
    page = ok(read(world, path, boss))
    assert "How will you <em>reach</em> them?" in page.text and "Name the streets." in page.text
    assert "0 of 5 words" in page.text
    saved = fill(world, path, boss, text="We walk *every* street, every night.")
    assert saved.headers["Location"] == f"{path}?done=text-saved"
    assert _text(bid) == "We walk *every* street, every night.\n"
    page = ok(read(world, path, boss))
    assert "6 of 5 words" in page.text and "You can go on typing" in page.text
    assert "too long" in ok(read(world, f"/bids/{bid.id}/write", boss)).text


def test_what_another_wrote_meanwhile_is_shown_and_both_are_put_together(world: World, bid: Bid) -> None:
    path, boss = _page(bid), bid.lead.boss
    fill(world, path, boss, text="First.\n\nSecond.")
    kept = hidden(read(world, path, boss), path)
    fill(world, path, boss, text="First, by a colleague.\n\nSecond.")
    mine = "First.\n\nSecond, by me."
    stale = send(world, path, {**kept, "text": mine}, boss)
    assert stale.status_code == 412 and "First, by a colleague." in stale.text and "Second, by me." in stale.text
    assert "Second, by me." not in _text(bid)
    again = hidden(stale, path)
    assert again == kept, "what was read first is what the changes are made to"
    both = send(world, path, {**again, "text": mine, "answer": "together"}, boss)
    assert both.headers["Location"].endswith("done=put-together")
    assert _text(bid) == "First, by a colleague.\n\nSecond, by me.\n"


def test_a_text_whose_sign_in_ended_comes_back_beside_the_stored_one(world: World, bid: Bid) -> None:
    path, boss = _page(bid), bid.lead.boss
    fill(world, path, boss, text="Stored.")
    gone = send(world, path, {"version": "t1-x", "text": "Typed for an hour."})
    assert gone.status_code == 401 and "Typed for an hour." in gone.text
    back = send(world, path, {"text": "Typed for an hour."}, boss)
    assert back.status_code == 428 and "Typed for an hour." in back.text and "Stored." in back.text
    assert _text(bid) == "Stored.\n"
    saved = send(world, path, {**hidden(back, path), "text": "Typed for an hour."}, boss)
    assert saved.status_code == 303 and _text(bid) == "Typed for an hour.\n"


def test_whoever_does_not_write_a_section_comments_and_suggests(world: World, bid: Bid) -> None:
    path, boss, small = _page(bid), bid.lead.boss, bid.partners[1].boss
    fill(world, path, boss, text="We walk every street.")
    page = ok(read(world, path, small))
    assert '<textarea id="text"' not in page.text and "Another partner writes this section" in page.text
    sent = send(world, path, {**hidden(read(world, path, boss), path), "text": "Ours now."}, small)
    assert sent.status_code == 403 and "Ours now." in sent.text and _text(bid) == "We walk every street.\n"
    comments = f"{path}/comments"
    wrong = fill(world, path, small, comments, words="", quote="every lane", replacement="each lane", answer="say")
    assert wrong.status_code == 422 and 'value="each lane"' in wrong.text
    said = fill(world, path, small, comments, words="", quote="every", replacement="each", answer="say")
    assert said.headers["Location"].endswith("done=said")
    taken = fill(world, path, boss, comments, answer="accept")
    assert taken.status_code == 303 and _text(bid) == "We walk each street.\n"
    fill(world, path, boss, comments, words="Which streets?", answer="say")
    page = ok(read(world, path, boss))
    assert "Which streets?" in page.text and "Taken into the text" in page.text


def test_the_lead_says_who_writes_and_how_far_it_is(world: World, bid: Bid) -> None:
    path, boss, small = _page(bid), bid.lead.boss, bid.partners[1]
    settings = f"{path}/settings"
    saved = fill(world, path, boss, settings, writer=small.organisation.id, state="in_review", open_to_all="")
    assert saved.headers["Location"].endswith("done=saved")
    section = ok(boss.get(bid.section("reach"))).json()
    assert (section["writer_organisation_id"], section["state"]) == (small.organisation.id, "in_review")
    assert fill(world, path, small.boss, text="Now we write.").status_code == 303
    stale = send(world, settings, {"version": "1", "writer": "", "state": "drafting"}, boss)
    assert stale.status_code == 412


def test_a_section_that_is_not_there_is_no_page(world: World, bid: Bid) -> None:
    other = "00000000-0000-7000-8000-000000000000"
    assert read(world, f"/bids/{bid.id}/write/{other}", bid.lead.boss).status_code == 404
    assert read(world, _page(bid), world.stranger()).status_code == 404


def test_an_earlier_version_is_read_and_brought_back(world: World, bid: Bid) -> None:
    path, boss = _page(bid), bid.lead.boss
    fill(world, path, boss, text="We walk every street.")
    fill(world, path, boss, text="We ride every street.")
    listed = ok(read(world, f"{path}/history", boss)).text
    numbers = sorted(int(found) for found in re.findall(r"/history/(\d+)", listed))
    last, first = f"{path}/history/{numbers[-1]}", f"{path}/history/{numbers[0]}"
    changed = ok(read(world, last, boss)).text
    assert re.search(r"<del>[^<]*walk", changed) and re.search(r"<ins>[^<]*ride", changed)
    assert "Bring this version back" not in ok(read(world, first, bid.partners[1].boss)).text
    refused = send(world, first, {"key": "k" * 20}, bid.partners[1].boss)
    assert refused.status_code == 403 and _text(bid) == "We ride every street.\n"
    back = fill(world, first, boss)
    assert back.headers["Location"] == f"{path}?done=restored" and _text(bid) == "We walk every street.\n"
    assert read(world, f"{path}/history/999", boss).status_code == 404
