"""Whom the commissioner writes to about a bid, until when its offer holds, and what its partners are called and found by."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest

from tests.bids import Bid
from tests.documents import reading_back as read
from tests.factories import World, ok, problem
from tests.stages import ready_bid

CONTACT = {"name": "Ama Boateng", "role": "Bids manager", "email": "ama@lead.example", "telephone": "01632 960 123"}
UNTIL = "2031-03-09"
READ: dict[str, Callable[[bytes], str]] = {
    "pdf": read.of_pdf, "docx": read.of_docx, "odt": read.of_odt, "html": read.of_html, "md": read.of_markdown,
}  # fmt: skip
LAID_OUT = re.compile("[\\s\u200b\u00ad]+")


def written(bid: Bid, **fields: object) -> dict[str, object]:
    boss = bid.lead.boss
    whole: dict[str, object] = ok(boss.patch(bid.path, fields, if_match=boss.etag(bid.path))).json()
    return whole


def named(bid: Bid, index: int, **fields: object) -> None:
    boss, path = bid.partners[index].boss, f"/organisations/{bid.partners[index].organisation.id}"
    ok(boss.patch(path, fields, if_match=boss.etag(path)))


def test_contact_and_offer_stand_in_every_format_and_in_the_signed_version_for_ever(world: World) -> None:
    bid = ready_bid(world)
    written(bid, contact=CONTACT, offer_valid_until=UNTIL)
    named(bid, 0, short_name="Tidewater", registered_address="12 Quay Street, Northport NP1 2AB")
    signed = bid.freeze()
    named(bid, 0, short_name="Afterwards", registered_address="Elsewhere 9")
    boss, version = bid.lead.boss, f"{bid.path}/editions/{signed['number']}"
    frozen = json.loads(ok(boss.get(f"{version}/document.json")).content)
    assert frozen["proposal"]["contact"] == CONTACT and frozen["proposal"]["offer_valid_until"] == UNTIL
    assert [(p["short_name"], p["registered_address"]) for p in frozen["partners"]] == [
        ("Tidewater", "12 Quay Street, Northport NP1 2AB"), (None, None)
    ]  # fmt: skip
    wanted = [*CONTACT.values(), "9 March 2031", "Tidewater", "12 Quay Street, Northport NP1 2AB"]
    for format, text_of in READ.items():
        text = LAID_OUT.sub("", text_of(ok(boss.get(f"{version}/document.{format}")).content))
        missing = [words for words in wanted if LAID_OUT.sub("", words) not in text]
        assert not missing, format
        assert "Afterwards" not in text and "Elsewhere" not in text, format
    now = json.loads(ok(bid.partners[1].boss.get(f"{bid.path}/document.json")).content)
    assert now["partners"][0]["short_name"] == "Afterwards"
    etag = boss.etag(bid.path)
    problem(boss.patch(bid.path, {"offer_valid_until": None}, if_match=etag), 409, "in-sign-off")


def test_a_patch_of_the_contact_keeps_what_it_leaves_out_and_null_names_nobody(world: World) -> None:
    bid = world.bid(world.organisation("Member One"))
    written(bid, contact=CONTACT)
    changed = written(bid, contact={"telephone": "+44 (0)1632 960124 ext. 5", "role": None})
    assert changed["contact"] == CONTACT | {"telephone": "+44 (0)1632 960124 ext. 5", "role": None}
    assert written(bid, title="Another title")["contact"] == changed["contact"]
    assert written(bid, contact=None, offer_valid_until=UNTIL)["contact"] is None
    (event,) = ok(bid.lead.boss.get(f"{bid.path}/events?type=proposal_changed&order=newest&limit=1")).json()["items"]
    assert event["payload"] == {"changed": {"offer_valid_until": [None, UNTIL]}, "contact_changed": True}
    payloads = ok(bid.lead.boss.get(f"{bid.path}/events?type=proposal_changed")).text
    assert "Boateng" not in payloads and "lead.example" not in payloads


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"contact": {"role": "Bids manager"}}, {"/contact/name", "/contact/email"}),
        ({"contact": {"name": "A\u200bma", "email": "ama@lead.example"}}, {"/contact/name"}),
        ({"contact": {"name": "see www.example.org", "email": "ama@lead.example"}}, {"/contact/name"}),
        ({"contact": CONTACT | {"role": "x" * 121}}, {"/contact/role"}),
        ({"contact": CONTACT | {"email": "nobody"}}, {"/contact/email"}),
        ({"contact": CONTACT | {"telephone": "0163\u202e2 960"}}, {"/contact/telephone"}),
        ({"contact": CONTACT | {"telephone": "ring me"}}, {"/contact/telephone"}),
        ({"contact": CONTACT | {"fax": "1"}}, {"/contact/fax"}),
        ({"offer_valid_until": "2031-02-30"}, {"/offer_valid_until"}),
        ({"offer_valid_until": 20310309}, {"/offer_valid_until"}),
        ({"offer_valid_until": date(2020, 1, 1).isoformat()}, {"/offer_valid_until"}),
    ],
)
def test_what_nobody_could_write_to_or_rely_on_is_refused(
    world: World, body: dict[str, object], pointers: set[str]
) -> None:
    bid = world.bid()
    found = problem(bid.lead.boss.patch(bid.path, body), 422)
    assert {fault["pointer"] for fault in found["errors"]} == pointers


def test_the_offer_may_end_on_the_day_on_which_bids_are_due(world: World) -> None:
    bid = world.bid()
    due = bid.opportunity["submission_deadline"][:10]
    assert written(bid, offer_valid_until=due)["offer_valid_until"] == due


def test_who_is_not_in_the_bid_reads_no_contact_and_may_not_name_one(world: World) -> None:
    bid, asked = world.bid(), world.organisation("Asked")
    bid.invite(asked)
    written(bid, contact=CONTACT, offer_valid_until=UNTIL)
    before = asked.boss.etag(bid.path)
    assert "contact" not in bid.read(asked.boss) and "offer_valid_until" not in bid.read(asked.boss)
    written(bid, contact=None)
    assert asked.boss.etag(bid.path) == before
    problem(asked.boss.patch(bid.path, {"contact": CONTACT}, if_match=before), 404, "not-found")
    viewer = world.colleague(bid.lead.organisation, "viewer")
    problem(viewer.patch(bid.path, {"contact": CONTACT}, if_match=viewer.etag(bid.path)), 403, "not-allowed")


def test_a_short_name_shows_to_the_bids_readers_and_looks_like_no_other_partner(world: World) -> None:
    other = world.organisation("Tidewater Trust")
    bid = world.bid(other, world.organisation("Hill Advice"))
    before = other.boss.etag(bid.path)
    named(bid, 2, short_name="Tidewater Trust")
    assert other.boss.etag(bid.path) != before
    partners = bid.read(other.boss)["partners"]
    assert [partner["short_name"] for partner in partners] == [None, None, "Tidewater Trust"]
    alike = {partner["id"]: partner["look_alike"]["partner_ids"] for partner in partners if partner["look_alike"]}
    assert alike == {bid.partner_ids[1]: [bid.partner_ids[2]], bid.partner_ids[2]: [bid.partner_ids[1]]}
