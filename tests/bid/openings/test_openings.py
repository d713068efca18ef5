"""Roles opened to small organisations: listed by choice, applied for, answered with reasons, joined by invitation."""

from typing import Any

from tests.factories import Bid, Partner, World, ok, problem, soon
from tests.stages import bid


def opened(made: Bid, by: Partner | None = None, **fields: Any) -> dict[str, Any]:
    body = {"title": "Youth workers", "support_offered": ["bid_writing", "mentoring"], "public": True, **fields}
    answer: dict[str, Any] = ok(made.post((by or made.lead).boss, "/openings", body), 201).json()
    return answer


def apply(made: Bid, opening: dict[str, Any], world: World) -> tuple[Any, Any]:
    applicant = world.organisation("Corner Club")
    path = f"/openings/{opening['id']}/applications"
    return applicant, ok(made.post(applicant.boss, path, {"message_markdown": "We know the estate."}), 201)


def test_an_opening_leads_from_application_to_partner(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    opening = opened(made, role="subcontractor")
    applicant, application = apply(made, opening, world)
    assert ok(applicant.boss.get(application.headers["Location"])).json()["status"] == "received"
    problem(made.get(applicant.boss, f"/openings/{opening['id']}"), 404)
    items = ok(made.get(made.partners[1].boss, f"/openings/{opening['id']}/applications")).json()["items"]
    assert [item["organisation_name"] for item in items] == ["Corner Club"]
    answer = f"/openings/{opening['id']}/applications/{items[0]['id']}/answer"
    problem(made.post(made.partners[1].boss, answer, {"decision": "accepted"}), 403)
    ok(made.post(made.lead.boss, answer, {"decision": "shortlisted"}))
    accepted = ok(made.post(made.lead.boss, answer, {"decision": "accepted", "answer_markdown": "Welcome"})).json()
    partners = ok(made.get(made.lead.boss, "/partners")).json()["items"]
    invited = next(item for item in partners if item["id"] == accepted["invited_partner_id"])
    assert (invited["status"], invited["role"], invited["organisation_id"]) == (
        "invited",
        "subcontractor",
        applicant.id,
    )
    assert [i["proposal_id"] for i in ok(applicant.boss.get("/me/invitations")).json()["items"]] == [made.id]
    problem(made.post(made.lead.boss, answer, {"decision": "declined", "answer_markdown": "x"}), 409)


def test_declining_needs_a_reason_that_the_applicant_reads(world: World) -> None:
    made = bid(world)
    opening = opened(made)
    applicant, application = apply(made, opening, world)
    answer = f"/openings/{opening['id']}/applications/{application.json()['id']}/answer"
    problem(made.post(made.lead.boss, answer, {"decision": "declined"}), 422)
    ok(made.post(made.lead.boss, answer, {"decision": "declined", "answer_markdown": "We need a minibus licence."}))
    read = ok(applicant.boss.get(application.headers["Location"])).json()
    assert (read["status"], read["answer_markdown"]) == ("declined", "We need a minibus licence.")


def test_a_public_opening_is_listed_and_says_nothing_of_who_is_in_the_bid(world: World) -> None:
    made = bid(world, "Lead with a name", "Youth")
    area = f"Ward {made.id[-6:]}"
    opening = opened(made, area=area)
    assert opening["gives_away"] and "sealed" in opening["gives_away"]
    hidden = opened(made, area=area, public=False)
    assert hidden["gives_away"] is None
    stranger = world.stranger()
    listed = ok(stranger.get("/openings", params={"area": area}))
    assert [item["id"] for item in listed.json()["items"]] == [opening["id"]]
    for secret in (made.lead.id, made.lead.name, made.lead.organisation.id):
        assert secret not in listed.text
    ok(stranger.get(f"/openings/{opening['id']}"))
    problem(stranger.get(f"/openings/{hidden['id']}"), 404)
    problem(made.post(stranger, f"/openings/{hidden['id']}/applications", {"message_markdown": "x"}), 404)
    broken = stranger.request("POST", f"{made.path}/openings/{hidden['id']}/applications", content=b"{")
    problem(broken, 404, "not-found")
    closed = ok(made.post(made.lead.boss, f"/openings/{opening['id']}/close")).json()
    assert closed["status"] == "closed"
    problem(stranger.get(f"/openings/{opening['id']}"), 404)
    problem(made.post(stranger, f"/openings/{opening['id']}/applications", {"message_markdown": "x"}), 404)


def test_the_buyer_of_a_sealed_call_is_not_shown_openings_for_it_and_cannot_apply(world: World) -> None:
    made = bid(world)
    opening = opened(made)
    council = world.person()
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) "
        "SELECT organisation_id, %s, '{admin,editor}' FROM opportunities WHERE id = %s",
        [council.id, made.opportunity_id],
    )
    listed = ok(council.get("/openings", params={"opportunity_id": made.opportunity_id})).json()["items"]
    assert listed == []
    path = f"/openings/{opening['id']}/applications"
    problem(made.post(council, path, {"message_markdown": "x"}), 409, "commissioner-cannot-bid")


def test_one_can_apply_without_a_word(world: World) -> None:
    made = bid(world, "Lead")
    path = f"/openings/{opened(made)['id']}/applications"
    assert ok(made.post(world.organisation().boss, path), 201).json()["message_markdown"] == ""


def test_nobody_applies_twice_or_for_a_bid_that_they_are_in(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    opening = opened(made)
    applicant, application = apply(made, opening, world)
    path, body = f"/openings/{opening['id']}/applications", {"message_markdown": "Again"}
    problem(made.post(applicant.boss, path, body), 409, "applied-already")
    problem(made.post(made.partners[1].boss, path, body), 409, "applied-already")
    viewer = world.colleague(world.organisation(), "viewer")
    problem(made.post(viewer, path, body), 403)
    assert ok(applicant.boss.post(f"{application.headers['Location']}/withdraw")).json()["status"] == "withdrawn"
    problem(applicant.boss.post(f"{application.headers['Location']}/withdraw"), 409, "application-answered")
    problem(world.stranger().post(f"{application.headers['Location']}/withdraw"), 404)


def test_support_that_was_promised_shows_whether_it_is_in_the_bid(world: World) -> None:
    made = bid(world)
    opening = opened(made)
    assert opening["promised"] == [
        {"what": "bid_writing", "in_the_bid": False},
        {"what": "mentoring", "in_the_bid": False},
    ]
    body = {
        "kind": "bid_writing",
        "title": "We write it",
        "certainty": "confirmed",
        "value": {"amount": "500.00", "currency": "GBP"},
        "valuation_basis": "Day rates of our own pay scale",
    }
    contribution = ok(made.post(made.lead.boss, "/contributions", body), 201).json()
    world.sql.execute("UPDATE contributions SET revealed = true WHERE id = %s", [contribution["id"]])
    (item,) = ok(made.get(made.lead.boss, "/openings")).json()["items"]
    assert [each["in_the_bid"] for each in item["promised"]] == [True, False]
    as_text = opened(made, support_offered="We lend you our minibus.")
    assert as_text["support_offered"] == "We lend you our minibus."


def test_a_refusal_says_who_may_not_before_what_is_wrong_and_that_before_the_state_of_the_bid(world: World) -> None:
    made = bid(world, "Lead", "Youth")
    opening = opened(made)
    path = f"/openings/{opening['id']}"
    _, application = apply(made, opening, world)
    answer = f"{path}/applications/{application.json()['id']}/answer"
    made.forced("in_sign_off")
    viewer = world.colleague(world.organisation(), "viewer")
    problem(made.post(viewer, f"{path}/applications"), 403)
    problem(made.post(world.organisation().boss, f"{path}/applications"), 409, "opening-closed")
    problem(made.post(made.lead.boss, "/openings", {"title": "Drivers", "lot_id": made.lead.id}), 422)
    problem(made.post(made.lead.boss, "/openings", {"title": "Drivers"}), 409, "in-sign-off")
    problem(made.partners[1].boss.patch(made.path + path, {"title": None}), 403)
    problem(made.lead.boss.patch(made.path + path, {"title": None}), 422)
    problem(made.lead.boss.patch(made.path + path, {"title": "Drivers"}), 428)
    problem(made.lead.boss.patch(made.path + path, {"title": "Drivers"}, if_match=9), 412)
    problem(made.lead.boss.patch(made.path + path, {"title": "Drivers"}, if_match=1), 409, "in-sign-off")
    problem(made.post(made.lead.boss, answer, {"decision": "declined"}), 422)
    problem(made.post(made.lead.boss, answer, {"decision": "shortlisted"}), 409, "in-sign-off")


def test_a_public_opening_is_nobodys_to_read_once_its_time_or_its_bid_is_over(world: World) -> None:
    stranger = world.stranger()

    def seen(opening: dict[str, Any], made: Bid) -> set[str]:
        listed = ok(stranger.get("/openings", params={"opportunity_id": made.opportunity_id})).json()["items"]
        read = stranger.get(f"/openings/{opening['id']}").status_code
        applied = made.post(stranger, f"/openings/{opening['id']}/applications").status_code
        return {f"listed {opening['id'] in [item['id'] for item in listed]}", f"read {read}", f"applied {applied}"}

    hidden = {"listed False", "read 404", "applied 404"}
    made = bid(world)
    opening = opened(made, apply_by=soon(3600))
    for status in ("submitted", "closed", "decided", "dissolved"):
        made.forced(status)
        assert seen(opening, made) == hidden, status
    made.forced("draft")
    past = "UPDATE openings SET apply_by = now() - interval '1 second' WHERE id = %s"
    world.sql.execute(past, [opening["id"]])
    assert seen(opening, made) == hidden
    world.sql.execute(past.replace("- interval", "+ interval"), [opening["id"]])
    assert seen(opening, made) == {"listed True", "read 200", "applied 201"}
    late = "UPDATE opportunities SET submission_deadline = now() - interval '1 second' WHERE id = %s"
    world.sql.execute(late, [made.opportunity_id])
    assert seen(opening, made) == hidden
    assert ok(made.get(made.lead.boss, f"/openings/{opening['id']}")).json()["public"] is True
