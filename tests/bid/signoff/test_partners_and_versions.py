"""What happens to a version when a partner leaves, the lead is replaced, the call changes or the bid is dissolved."""

import pytest

from tests.factories import Bid, World, ok, problem
from tests.stages import ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world, 3)


def leave(bid: Bid, index: int) -> None:
    body = {"organisation_id": bid.partners[index].organisation.id, "reason": "We cannot take it on."}
    ok(bid.partners[index].boss.post(f"{bid.path}/partners/{bid.partner_ids[index]}/withdraw", body))


def test_a_partner_who_leaves_during_signing_takes_the_version_down(bid: Bid) -> None:
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    leave(bid, 2)
    read = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert (read["status"], bid.status(), read["fallen_partner_ids"]) == ("withdrawn", "draft", [bid.partner_ids[0]])
    assert "left the bid" in read["withdrawn_because"]
    problem(bid.signing(1, edition["sha256"]), 409, "edition-withdrawn")


def test_a_partner_that_is_removed_during_signing_is_not_said_to_have_left(bid: Bid) -> None:
    bid.freeze()
    bid.decide("POST", f"/partners/{bid.partner_ids[2]}/remove", {"reason": "They fell silent."})
    read = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert read["withdrawn_because"] == f"{bid.partners[2].name} was removed from the bid."


def test_who_joins_later_reads_no_earlier_version_before_it_has_filed(bid: Bid) -> None:
    """A version holds what the others declared, and its annex all of it."""
    bid.freeze()
    ok(bid.withdraw())
    late = bid.world.organisation("Late Joiner")
    invited = ok(bid.lead.boss.post(f"{bid.path}/partners", {"organisation_id": late.id, "role": "member"}), 201).json()
    ok(late.boss.post(f"{bid.path}/partners/{invited['id']}/accept"))
    version = f"{bid.path}/editions/1"
    places = ["", "/document.json", "/annex.json", "/document.md", "/document.pdf", "/answers.json", "/sign-offs"]
    for place in places:
        problem(late.boss.get(version + place), 404, "not-found")
    assert ok(late.boss.get(f"{bid.path}/editions")).json()["items"] == []
    ok(late.boss.post(f"{bid.path}/honesty-round/file"))
    for place in places:
        ok(late.boss.get(version + place))
    assert len(ok(late.boss.get(f"{bid.path}/editions")).json()["items"]) == 1


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
    read = ok(bid.lead.boss.get(f"{bid.path}/submissions/{made['id']}")).json()
    assert (read["status"], [notice["kind"] for notice in read["notices"]]) == ("submitted", ["partner_left"])


def test_a_partner_that_is_removed_is_noted_on_the_submission_as_removed(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    bid.decide("POST", f"/partners/{bid.partner_ids[2]}/remove", {"reason": "They fell silent."})
    notices = ok(bid.lead.boss.get(f"{bid.path}/submissions/{made['id']}")).json()["notices"]
    assert [(notice["kind"], notice["name"]) for notice in notices] == [("partner_removed", bid.partners[2].name)]


def test_after_the_deadline_the_version_in_force_is_the_one_that_was_submitted(bid: Bid) -> None:
    """A newer one that not everybody signed in time came to nothing."""
    first = bid.agree()
    ok(bid.submit(), 201)
    ok(bid.withdraw())
    assert ok(bid.lead.boss.get(bid.path)).json()["edition"] is None
    second = bid.freeze()
    ok(bid.signing(0, second["sha256"], second["number"]), 201)
    assert ok(bid.lead.boss.get(bid.path)).json()["edition"]["number"] == second["number"]
    bid.pass_deadline()
    shown = ok(bid.lead.boss.get(bid.path)).json()
    assert (shown["status"], shown["edition"]["number"], shown["edition"]["sha256"]) == ("closed", 1, first["sha256"])
    assert shown["edition"]["status"] == "agreed"
    assert sorted(shown["edition"]["signed"]) == sorted(bid.partner_ids)


def test_a_changed_call_voids_what_is_being_signed_and_marks_what_was_submitted(world: World) -> None:
    first = ready_bid(world)
    second = ready_bid(world, council=first.council, call=first.opportunity)
    edition = first.freeze()
    second.agree()
    made = ok(second.submit(), 201).json()
    path = f"/opportunities/{first.opportunity_id}"
    council = first.council.boss
    ok(council.patch(path, {"description_markdown": "Now for two boroughs."}, if_match=council.etag(path)))
    problem(first.signing(0, edition["sha256"]), 409, "call-amended")
    assert "call-amended" in [b["code"] for b in ok(first.lead.boss.get(f"{first.path}/readiness")).json()["blockers"]]
    marked = ok(second.lead.boss.get(f"{second.path}/submissions/{made['id']}")).json()
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
    bid.decide("POST", "/dissolve", {"reason": "No money."})
    assert bid.status() == "dissolved"
    read = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert read["status"] == "withdrawn"
    problem(bid.signing(0, edition["sha256"]), 409, "proposal-dissolved")
    problem(bid.submit(), 409, "proposal-dissolved")
    assert ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).content


def test_a_submitted_bid_cannot_be_dissolved_before_it_is_taken_back(bid: Bid) -> None:
    bid.agree()
    ok(bid.submit(), 201)
    problem(bid.lead.boss.post(f"{bid.path}/dissolve", {"reason": "No money."}), 409, "submission-stands")
    assert bid.status() == "submitted"


def test_a_bid_being_written_anew_cannot_be_dissolved_while_the_commissioner_has_it(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    ok(bid.withdraw())
    problem(bid.lead.boss.post(f"{bid.path}/dissolve", {"reason": "No money."}), 409, "submission-stands")
    ok(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"))
    bid.decide("POST", "/dissolve", {"reason": "No money."})
    assert bid.status() == "dissolved"


def test_who_signed_and_left_is_not_handed_in_again(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    leave(bid, 2)
    ok(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"))
    read = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
    assert (read["status"], bid.status()) == ("withdrawn", "draft")
    assert read["withdrawn_because"] == f"{bid.partners[2].name} left the bid."
    problem(bid.submit(), 409, "not-agreed")


def test_a_submission_taken_back_that_nobody_left_can_be_handed_in_again(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    ok(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"))
    assert bid.status() == "agreed"
    ok(bid.submit(), 201)


@pytest.mark.parametrize("rewriting", [False, True])
def test_when_all_who_might_submit_have_left_those_who_signed_may(bid: Bid, rewriting: bool) -> None:
    bid.world.sql.execute(
        "UPDATE structures SET facts = facts || jsonb_build_object('submitting_partner_ids', jsonb_build_array(%s::text)) "
        "WHERE proposal_id = %s",
        [bid.partner_ids[0], bid.id],
    )
    bid.agree()
    problem(bid.submit(1), 403)
    made = ok(bid.submit(0), 201).json()
    if rewriting:
        ok(bid.withdraw())
    problem(bid.partners[1].boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"), 403)
    leave(bid, 0)
    read = bid.partners[1].boss
    assert "withdraw_submission" in ok(read.get(bid.path)).json()["viewer"]["can"]
    assert ok(read.post(f"{bid.path}/submissions/{made['id']}/withdraw")).json()["status"] == "withdrawn"


def test_no_authority_is_given_anew_under_the_signatures(bid: Bid) -> None:
    bid.freeze()
    member = bid.partners[1].boss
    path = f"{bid.path}/partners/{bid.partner_ids[1]}"
    before = ok(member.get(path)).json()["authority"]
    given = {"full_name": "Bea Other", "role_title": "Treasurer"}
    problem(member.post(f"{path}/authority", given), 409, "in-sign-off")
    assert ok(member.get(path)).json()["authority"] == before


def test_a_bid_can_be_dissolved_without_saying_why(bid: Bid) -> None:
    bid.decide("POST", "/dissolve", None)
    assert bid.status() == "dissolved"


def test_after_the_deadline_no_removal_is_proposed_that_nobody_could_vote_on(bid: Bid) -> None:
    bid.agree()
    ok(bid.submit(), 201)
    bid.pass_deadline()
    remove = f"{bid.path}/partners/{bid.partner_ids[2]}/remove"
    problem(bid.lead.boss.post(remove, {"reason": "They fell silent."}), 409, "deadline-passed")
    assert ok(bid.lead.boss.get(f"{bid.path}/decisions")).json()["items"] == []


def test_an_invitation_whose_time_ran_out_is_expired_and_holds_up_nobody(bid: Bid) -> None:
    asked = bid.world.organisation("Asked")
    invited = ok(
        bid.lead.boss.post(f"{bid.path}/partners", {"organisation_id": asked.id, "role": "member"}), 201
    ).json()
    seat = f"{bid.path}/partners/{invited['id']}"
    [blocker] = ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()["blockers"]
    assert blocker["code"] == "invitation-unanswered"
    tags = {path: bid.lead.boss.etag(path) for path in (bid.path, seat)}
    bid.world.sql.execute("UPDATE partners SET reply_by = clock_timestamp() WHERE id = %s", [invited["id"]])
    for path, tag in tags.items():
        assert bid.lead.boss.get(path, headers={"If-None-Match": tag}).status_code == 200
    assert ok(bid.lead.boss.get(seat)).json()["status"] == "expired"
    assert ok(bid.lead.boss.get(f"{bid.path}/readiness")).json()["ready"]
    bid.freeze()
    problem(asked.boss.post(f"{seat}/accept"), 404)
