"""What happens to a version when a partner leaves, the lead is replaced, the call changes or the bid is dissolved."""

import pytest

from tests.factories import World, ok, problem
from tests.signoff.bids import Bid, ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world, 3)


def leave(bid: Bid, index: int) -> None:
    body = {"organisation_id": bid.partners[index].id, "reason": "We cannot take it on."}
    ok(bid.partners[index].boss.post(f"{bid.path}/partners/{bid.partner_ids[index]}/withdraw", body))


def decide(bid: Bid, method: str, path: str, body: dict[str, object]) -> None:
    """Open the motion that the route opens, have everybody vote for it, and close it."""
    opened = ok(bid.lead.request(method, f"{bid.path}{path}", json=body), 202).json()
    decision = f"{bid.path}/decisions/{opened['id']}"
    for organisation in bid.partners:
        ok(organisation.boss.post(f"{decision}/votes", {"organisation_id": organisation.id, "option": "for"}))
    closed = ok(bid.lead.post(f"{decision}/close")).json()
    assert closed["carried"]["status"] in ("done", "carried", 200, "200"), closed


def test_a_partner_who_leaves_during_signing_takes_the_version_down(bid: Bid) -> None:
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    leave(bid, 2)
    read = ok(bid.lead.get(f"{bid.path}/editions/1")).json()
    assert (read["status"], bid.status(), read["fallen_partner_ids"]) == ("withdrawn", "draft", [bid.partner_ids[0]])
    assert "left the bid" in read["withdrawn_because"]
    problem(bid.signing(1, edition["sha256"]), 409, "edition-withdrawn")


def test_a_partner_who_leaves_an_agreed_bid_takes_the_version_down(bid: Bid) -> None:
    bid.agree()
    leave(bid, 2)
    assert bid.status() == "draft"
    problem(bid.submit(), 409, "not-agreed")


def test_a_partner_who_leaves_a_submitted_bid_leaves_the_submission_standing_and_marked(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    leave(bid, 2)
    assert bid.status() == "submitted"
    read = ok(bid.lead.get(f"{bid.path}/submissions/{made['id']}")).json()
    assert (read["status"], [notice["kind"] for notice in read["notices"]]) == ("submitted", ["partner_left"])


def test_a_changed_call_voids_what_is_being_signed_and_marks_what_was_submitted(world: World) -> None:
    first = ready_bid(world)
    second = ready_bid(world, council=first.council, opportunity_id=first.opportunity_id)
    edition = first.freeze()
    second.agree()
    made = ok(second.submit(), 201).json()
    path = f"/opportunities/{first.opportunity_id}"
    council = first.council.boss
    ok(council.patch(path, {"description_markdown": "Now for two boroughs."}, if_match=council.etag(path)))
    problem(first.signing(0, edition["sha256"]), 409, "call-amended")
    assert "call-amended" in [b["code"] for b in ok(first.lead.get(f"{first.path}/readiness")).json()["blockers"]]
    marked = ok(second.lead.get(f"{second.path}/submissions/{made['id']}")).json()
    assert (marked["status"], [notice["kind"] for notice in marked["notices"]]) == ("submitted", ["call_amended"])
    ok(first.withdraw())
    assert first.freeze()["answers_amendment"] == 1
    ok(second.withdraw())
    assert second.agree()["answers_amendment"] == 1
    ok(second.submit(), 201)


def test_a_later_deadline_alone_voids_nothing(bid: Bid) -> None:
    edition = bid.freeze()
    path, council = f"/opportunities/{bid.opportunity_id}", bid.council.boss
    later = {"submission_deadline": "2999-01-01T12:00:00Z"}
    ok(council.patch(path, later, if_match=council.etag(path)))
    for index in range(3):
        ok(bid.signing(index, edition["sha256"]), 201)
    ok(bid.submit(), 201)


def test_dissolving_an_agreed_bid_withdraws_its_version_for_good(bid: Bid) -> None:
    edition = bid.agree()
    decide(bid, "POST", "/dissolve", {"reason": "No money."})
    assert bid.status() == "dissolved"
    read = ok(bid.lead.get(f"{bid.path}/editions/1")).json()
    assert read["status"] == "withdrawn"
    problem(bid.signing(0, edition["sha256"]), 409, "proposal-dissolved")
    problem(bid.submit(), 409, "proposal-dissolved")
    assert ok(bid.lead.get(f"{bid.path}/editions/1/document.json")).content


def test_a_submitted_bid_cannot_be_dissolved_before_it_is_taken_back(bid: Bid) -> None:
    bid.agree()
    ok(bid.submit(), 201)
    answer = bid.lead.post(f"{bid.path}/dissolve", {"reason": "No money."})
    assert answer.status_code in (202, 409)
    assert bid.status() == "submitted"
