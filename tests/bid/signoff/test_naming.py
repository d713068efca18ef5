"""Who signed is named by the public check where a partner itself agreed to it, and never before bids are opened."""

from datetime import timedelta
from typing import Any

import pytest

from tests.factories import Bid, Person, World, ok, problem
from tests.stages import ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world, 3, mode="open")


def naming(bid: Bid, index: int) -> str:
    return f"{bid.path}/partners/{bid.partner_ids[index]}/naming"


def name(bid: Bid, index: int, wish: bool = True, person: Person | None = None) -> Any:
    path = f"{bid.path}/partners/{bid.partner_ids[index]}"
    boss = bid.partners[index].boss
    return (person or boss).put(f"{path}/naming", {"named_when_verified": wish}, if_match=boss.etag(path))


def verify(bid: Bid, edition: dict[str, Any]) -> dict[str, Any]:
    answer: dict[str, Any] = ok(bid.world.http.get(f"/v1/verify/{edition['sha256']}")).json()
    return answer


def named(bid: Bid, edition: dict[str, Any]) -> tuple[list[str], int]:
    answer = verify(bid, edition)
    return [each["organisation"] for each in answer["signed_by"]], answer["signed_by_others"]


def test_nobody_is_named_unless_it_said_so(bid: Bid) -> None:
    edition = bid.agree()
    answer = verify(bid, edition)
    assert answer["signed_by_all"] and answer["signed_by"] == [] and answer["signed_by_others"] == 3
    text = str(answer)
    assert not any(partner.name in text or partner.organisation.id in text for partner in bid.partners)


def test_who_agreed_is_named_with_the_time_of_its_signature_and_the_others_are_counted(bid: Bid) -> None:
    assert ok(name(bid, 1)).json()["named_when_verified"] is True
    edition = bid.agree()
    answer = verify(bid, edition)
    assert [each["organisation"] for each in answer["signed_by"]] == ["Partner B"] and answer["signed_by_others"] == 2
    signed = ok(bid.lead.boss.get(f"{bid.path}/editions/1/sign-offs")).json()["items"]
    mine = next(each for each in signed if each["partner_id"] == bid.partner_ids[1])
    assert answer["signed_by"][0]["signed_at"] == mine["at"]
    assert mine["full_name"] not in str(answer) and "Chair" not in str(answer)


def test_it_can_be_taken_back_after_all_have_signed_and_the_partners_read_both_in_the_log(bid: Bid) -> None:
    edition = bid.agree()
    ok(name(bid, 0))
    assert named(bid, edition) == (["Partner A"], 2)
    ok(name(bid, 0, False))
    ok(name(bid, 0, False))
    assert named(bid, edition) == ([], 3)
    assert bid.events("naming_changed") == 2
    log = ok(bid.partners[2].boss.get(f"{bid.path}/events?limit=200")).json()["items"]
    told = [each["payload"] for each in log if each["type"] == "naming_changed"]
    assert [each["named_when_verified"] for each in told] == [True, False]


def test_it_can_be_said_after_the_deadline_too(bid: Bid) -> None:
    edition = bid.agree()
    bid.pass_deadline()
    ok(name(bid, 2))
    assert named(bid, edition) == (["Partner C"], 2)


def test_of_a_sealed_call_nobody_is_named_before_the_bids_are_opened(world: World) -> None:
    bid = ready_bid(world, 2)
    agreed = [ok(name(bid, index)) for index in range(2)]
    edition = bid.agree()
    assert len(agreed) == 2 and named(bid, edition) == ([], 2)
    ok(bid.submit(), 201)
    assert named(bid, edition) == ([], 2)
    bid.pass_deadline()
    assert named(bid, edition) == (["Partner A", "Partner B"], 0)


def test_a_sealed_call_without_a_deadline_names_nobody_until_it_was_opened(world: World) -> None:
    bid = ready_bid(world, 2)
    ok(name(bid, 0))
    edition = bid.agree()
    call = [bid.opportunity_id]
    world.sql.execute("UPDATE opportunities SET submission_deadline = NULL WHERE id = %s", call)
    assert named(bid, edition) == ([], 2)
    world.sql.execute("UPDATE opportunities SET opened_at = now() WHERE id = %s", call)
    assert named(bid, edition) == (["Partner A"], 1)


def test_a_withdrawn_version_names_nobody(bid: Bid) -> None:
    ok(name(bid, 0))
    edition = bid.agree()
    ok(bid.withdraw())
    answer = verify(bid, edition)
    assert answer["status"] == "withdrawn" and answer["signed_by"] == [] and answer["signed_by_others"] == 0
    again = bid.freeze()
    ok(bid.signing(0, again["sha256"], 2), 201)
    assert named(bid, again) == (["Partner A"], 0)


def test_a_partner_that_left_is_counted_and_not_named(bid: Bid) -> None:
    ok(name(bid, 2))
    edition = bid.agree()
    ok(bid.submit(), 201)
    assert named(bid, edition) == (["Partner C"], 2)
    body = {"organisation_id": bid.partners[2].organisation.id, "reason": "We cannot take it on."}
    ok(bid.partners[2].boss.post(f"{bid.path}/partners/{bid.partner_ids[2]}/withdraw", body))
    assert named(bid, edition) == ([], 3)


def test_one_signature_of_two_names_nobody_yet_and_the_second_gives_the_time(bid: Bid) -> None:
    bid.world.sql.execute(
        "UPDATE organisations SET signatures_required = 2 WHERE id = %s", [bid.partners[1].organisation.id]
    )
    second = bid.world.colleague(bid.partners[1].organisation, "signatory")
    ok(name(bid, 1))
    edition = bid.freeze()
    ok(bid.signing(1, edition["sha256"]), 201)
    assert named(bid, edition) == ([], 0)
    ok(bid.signing(1, edition["sha256"], person=second), 201)
    signed = ok(bid.lead.boss.get(f"{bid.path}/editions/1/sign-offs")).json()["items"]
    assert verify(bid, edition)["signed_by"][0]["signed_at"] == max(each["at"] for each in signed)


def test_a_name_that_changed_after_signing_is_told_as_it_was_signed(bid: Bid) -> None:
    ok(name(bid, 0))
    edition = bid.agree()
    bid.world.sql.execute(
        "UPDATE organisations SET name = 'Another name' WHERE id = %s", [bid.partners[0].organisation.id]
    )
    assert named(bid, edition) == (["Partner A"], 2)


def test_only_the_partner_itself_by_who_can_bind_it_may_say_it(bid: Bid) -> None:
    ok(name(bid, 1, person=bid.world.colleague(bid.partners[1].organisation, "admin")))
    for role in ("editor", "viewer"):
        problem(name(bid, 1, person=bid.world.colleague(bid.partners[1].organisation, role)), 403)
    problem(name(bid, 1, person=bid.lead.boss), 403)
    problem(name(bid, 1, person=bid.world.stranger()), 404)
    body = {"named_when_verified": True}
    boss = bid.partners[1].boss
    problem(boss.put(naming(bid, 1), body), 428)
    problem(boss.put(naming(bid, 1), body, if_match=99), 412)
    problem(boss.put(naming(bid, 1), {"named_when_verified": "yes"}, if_match=1), 422)
    problem(boss.put(naming(bid, 1), {}, if_match=1), 422)
    assert ok(bid.lead.boss.get(f"{bid.path}/partners/{bid.partner_ids[1]}")).json()["named_when_verified"] is True


def test_a_bid_whose_deadline_is_far_away_names_at_once_where_the_call_is_open(world: World) -> None:
    bid = ready_bid(world, 2, mode="open", deadline=timedelta(days=300))
    ok(name(bid, 1))
    edition = bid.freeze()
    ok(bid.signing(1, edition["sha256"]), 201)
    assert named(bid, edition) == (["Partner B"], 0)
