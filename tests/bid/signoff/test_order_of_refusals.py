"""A request that fails for several reasons gets the first in the order of the contract: 403, 422, 428, 412, 409."""

from datetime import UTC, datetime, timedelta

from tests.factories import World, problem
from tests.stages import ready_bid

LATER = (datetime.now(UTC) + timedelta(days=400)).isoformat()


def test_another_partners_part_is_forbidden_before_its_version_is_asked_for(world: World) -> None:
    bid = ready_bid(world)
    other = f"{bid.path}/partners/{bid.partner_ids[1]}"
    problem(bid.lead.boss.patch(other, {"relied_on_for": "Premises"}), 403)
    bid.freeze()
    problem(bid.lead.boss.patch(other, {"relied_on_for": "Premises"}), 403)


def test_what_a_partner_sends_is_judged_before_the_version_and_the_version_before_the_stage(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    own = f"{bid.path}/partners/{bid.partner_ids[0]}"
    problem(bid.lead.boss.patch(own, {"main_contractor_id": bid.partner_ids[1]}), 422)
    problem(bid.lead.boss.patch(own, {"role": "member", "relied_on_for": "Premises"}), 422)
    problem(bid.lead.boss.patch(own, {"relied_on_for": "Premises"}), 428)
    problem(bid.lead.boss.patch(own, {"relied_on_for": "Premises"}, if_match=99), 412)
    etag = bid.lead.boss.etag(own)
    problem(bid.lead.boss.patch(own, {"relied_on_for": "Premises"}, if_match=etag), 409, "in-sign-off")
    member = f"{bid.path}/partners/{bid.partner_ids[1]}"
    problem(bid.lead.boss.patch(member, {"role": "associate"}), 428)
    etag = bid.lead.boss.etag(member)
    problem(bid.lead.boss.patch(member, {"role": "associate"}, if_match=etag), 409, "in-sign-off")


def test_an_invitation_that_no_bid_could_send_is_422_while_the_bid_is_locked_too(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    path, email = f"{bid.path}/partners", "sam@harbouryouth.example"
    problem(bid.lead.boss.post(path, {}), 422, "name-one-to-invite")
    for wrong in ({"role": "lead"}, {"main_contractor_id": bid.partner_ids[1]}, {"reply_by": "2020-01-01T00:00:00Z"}):
        problem(bid.lead.boss.post(path, {"email": email, **wrong}), 422)
    problem(bid.lead.boss.post(path, {"email": email}), 409, "in-sign-off")


def test_an_authority_that_names_an_unknown_document_is_422_while_the_bid_is_locked_too(world: World) -> None:
    bid = ready_bid(world)
    bid.freeze()
    path, body = f"{bid.path}/partners/{bid.partner_ids[1]}/authority", {"full_name": "Ann", "role_title": "Chair"}
    member = bid.partners[1].boss
    problem(member.post(path, body | {"document_id": bid.id}), 422)
    problem(member.post(path, body), 409, "in-sign-off")


def test_a_basis_in_the_future_is_422_after_the_deadline_too(world: World) -> None:
    bid = ready_bid(world)
    edition = bid.freeze()
    bid.pass_deadline()
    body = {"sha256": edition["sha256"], "full_name": "Ann", "role_title": "Chair"}
    wrong = {"authority_basis": {"kind": "resolution", "date": "2999-01-01"}}
    problem(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body | wrong), 422)
    right = {"authority_basis": {"kind": "constitution"}}
    problem(bid.lead.boss.post(f"{bid.path}/editions/1/sign-offs", body | right), 409, "deadline-passed")


def test_a_lodgement_in_the_future_is_422_before_there_is_anything_to_lodge(world: World) -> None:
    bid = ready_bid(world, route="elsewhere")
    path, body = f"{bid.path}/lodgements", {"portal_reference": "DN-1"}
    problem(bid.lead.boss.post(path, body | {"lodged_at": LATER}), 422)
    problem(bid.lead.boss.post(path, body | {"lodged_at": "2026-11-02T10:00:00Z", "document_id": bid.id}), 422)
    problem(bid.lead.boss.post(path, body | {"lodged_at": "2026-11-02T10:00:00Z"}), 409, "not-agreed")


def test_an_outcome_for_a_lot_that_the_bid_is_not_for_is_422_before_the_deadline_too(world: World) -> None:
    bid = ready_bid(world, mode="open")
    bid.agree()
    made = bid.submit().json()
    path = f"/submissions/{made['id']}/outcome"
    owner = bid.council.boss
    problem(owner.post(path, {"results": [{"lot_id": bid.id, "outcome": "awarded"}]}), 422, "outcome-does-not-fit")
    problem(owner.post(path, {"results": [{"outcome": "awarded"}]}), 409, "deadline-not-passed")
