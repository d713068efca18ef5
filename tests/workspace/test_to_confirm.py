"""A link that was passed on, by pages: the one who came waits, the lead says yes or no, and so can whoever was mailed."""

import pytest

from tests.bids import Bid
from tests.factories import World, ok
from tests.mails import token_to
from tests.workspace.test_pages import get, post


def come(world: World) -> tuple[Bid, str, str]:
    """A bid, the address that was invited and the partner: Quay Advice came with its link, by the page."""
    bid, came = world.bid(world.organisation()), world.organisation("Quay Advice")
    to = world.organisation("Harbour").boss.email
    made = ok(bid.post(bid.lead.boss, "/partners", {"email": to}), 201).json()["id"]
    given = {"token": token_to(world.sql, to), "organisation_id": came.id, "answer": "accept"}
    done = post(world, "/invitations/open", given, came.boss)
    assert (done.status_code, done.headers["Location"]) == (303, f"/bids/{bid.id}?done=to-confirm")
    page = get(world, done.headers["Location"], came.boss)
    assert page.status_code == 200 and "looks first whether you are who was meant" in page.text
    assert "to be confirmed" in get(world, "/home", came.boss).text
    assert get(world, f"/bids/{bid.id}/partners", came.boss).status_code == 404
    return bid, to, made


@pytest.mark.parametrize(
    ("answer", "status", "said"), [("confirm", "accepted", "confirmed-partner"), ("remove", "cancelled", "refused")]
)
def test_the_lead_says_yes_or_no(world: World, answer: str, status: str, said: str) -> None:
    bid, to, made = come(world)
    where = f"/bids/{bid.id}/partners/{made}"
    page = get(world, where, bid.lead.boss).text
    assert to in page and "Yes, it was meant" in page and "No, somebody else was meant" in page
    assert "Say whether you meant it" in get(world, "/home", bid.lead.boss).text
    assert "Yes, it was meant" not in get(world, where, bid.partners[1].boss).text
    given = {"answer": answer, "version": "2", "reason": "We wrote to Harbour.", "key": "k" * 20}
    done = post(world, where, given, bid.lead.boss)
    assert (done.status_code, done.headers["Location"].rpartition("=")[2]) == (303, said)
    assert ok(bid.get(bid.lead.boss, f"/partners/{made}")).json()["status"] == status


@pytest.mark.parametrize(("answer", "status"), [("accept", "accepted"), ("decline", "invited")])
def test_whoever_was_mailed_says_it_with_a_second_link_and_no_account(world: World, answer: str, status: str) -> None:
    bid, to, made = come(world)
    again = {"answer": "again", "key": "a" * 20}
    assert post(world, f"/bids/{bid.id}/partners/{made}", again, bid.lead.boss).status_code == 303
    token = token_to(world.sql, to)
    page = get(world, f"/invitations/open?token={token}").text
    assert "Quay Advice has accepted with this invitation" in page and "Accept the invitation" not in page
    done = post(world, "/invitations/open", {"token": token, "answer": answer, "key": "b" * 20})
    assert done.status_code == (200 if answer == "accept" else 303), done.text
    assert ok(bid.get(bid.lead.boss, f"/partners/{made}")).json()["status"] == status
