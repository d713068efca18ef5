"""A forwarded link lets nobody in: who comes with it waits until the lead says that it was meant, and reads no more than before."""

import uuid
from typing import Any

import pytest

from app.settings import Settings
from tests.bids import Bid
from tests.factories import Organisation, Person, World, ok, problem
from tests.mails import receiving, token_to
from tests.people.notifications.test_notifications import all_read, mails_to, news, tell_all
from tests.stages import bid

INSIDE = ("partners", "people", "events", "sections", "reconciliation", "readiness", "decisions", "outcomes", "budget",
          "contributions", "expectations", "statements", "openings", "facilitators", "documents", "honesty-round")  # fmt: skip


def address() -> str:
    return f"{uuid.uuid4().hex}@small.example"


def invite(of: Bid, to: str, **more: Any) -> str:
    return str(ok(of.post(of.lead.boss, "/partners", {"email": to, **more}), 201).json()["id"])


def come(of: Bid, who: Organisation, to: str = "") -> str:
    """Accepts with the link of a mail to somebody else; answers the partner."""
    to = to or address()
    made = invite(of, to)
    body = {"token": token_to(of.world.sql, to), "organisation_id": who.id}
    answer = ok(of.post(who.boss, f"/partners/{made}/accept", body)).json()
    assert (answer["id"], answer["status"], answer["accepted_at"]) == (made, "to_confirm", None)
    return made


def status(of: Bid, partner: str) -> tuple[str, str | None]:
    seen = ok(of.get(of.lead.boss, f"/partners/{partner}")).json()
    return seen["status"], seen["organisation_id"]


def seen_by(of: Bid, who: Person) -> dict[str, Any]:
    """What somebody reads of the bid, but for its own place in it."""
    whole = of.read(who)
    own = whole["viewer"]["partner_id"]
    partners = [each for each in whole["partners"] if each["id"] != own]
    return {**whole, "viewer": None, "partners": partners}


def codes(who: Person) -> list[tuple[str, str]]:
    return [(task["code"], task["proposal_id"]) for task in ok(who.get("/me/tasks")).json()["items"]]


def test_a_forwarded_link_lets_nobody_in_until_the_lead_confirms(world: World) -> None:
    of = bid(world, "Lead", "Member")
    invited, came = world.organisation("Invited by id"), world.organisation("Quay Advice")
    of.invite(invited)
    made = come(of, came)
    whole = of.read(came.boss)
    assert (whole["viewer"]["partner_id"], whole["version"]) == (made, 0)
    assert [seat["relation"] for seat in whole["viewer"]["seats"]] == ["to_confirm"]
    assert set(whole["viewer"]["can"]) == {"decline_invitation", *of.read(invited.boss)["viewer"]["can"]} - {
        "accept_invitation"
    }
    assert seen_by(of, came.boss) == seen_by(of, invited.boss)
    for path in INSIDE:
        answers = [of.get(who, f"/{path}").status_code for who in (came.boss, invited.boss)]
        assert answers == [404, 404], path
    assert of.get(came.boss, "/structure").json() == of.get(invited.boss, "/structure").json()
    listed = [each for each in ok(came.boss.get("/proposals")).json()["items"] if each["id"] == of.id]
    assert [(each["relation"], each["revision"], each["version"]) for each in listed] == [("to_confirm", 0, 0)]
    assert status(of, made) == ("to_confirm", came.id)
    assert ("partner-to-confirm", of.id) in codes(of.lead.boss)
    assert "confirm_partner" in of.read()["viewer"]["can"]
    assert "confirm_partner" not in of.read(of.partners[1].boss)["viewer"]["can"]
    confirmed = ok(of.post(of.lead.boss, f"/partners/{made}/confirm")).json()
    assert (confirmed["status"], confirmed["organisation_id"]) == ("accepted", came.id)
    assert confirmed["accepted_at"]
    assert "revision" in of.read(came.boss) and ok(of.get(came.boss, "/sections")).json()["items"]
    assert ("partner-to-confirm", of.id) not in codes(of.lead.boss)


def test_a_no_ends_it_and_tells_the_one_who_waited_kindly(world: World, settings: Settings, database: str) -> None:
    of, came = bid(world, "Lead", "Member"), world.organisation("Quay Advice")
    made = come(of, came)
    all_read(world, settings, database, of)
    ok(of.post(of.lead.boss, f"/partners/{made}/remove", {"reason": "A secret reason."}))
    assert status(of, made)[0] == "cancelled"
    problem(came.boss.get(of.path), 404)
    tell_all(world, settings, database, of)
    assert [each["kind"] for each in news(came.boss)] == ["place_refused"]
    [mail] = mails_to(world, came.boss)
    assert "Another organisation was meant" in mail["values"]["subject"] and "secret reason" not in str(mail)
    assert "Thank you" in mail["values"]["text"]
    assert "place_refused" not in str(news(of.lead.boss)) + str(news(of.partners[1].boss))


def test_the_lead_and_whoever_invited_are_mailed_at_once_with_the_address(
    world: World, settings: Settings, database: str
) -> None:
    of, came, to = bid(world, "Lead", "Member", "Other"), world.organisation("Quay Advice"), address()
    member = of.partners[1]
    made = ok(of.post(member.boss, "/partners", {"email": to}), 201).json()["id"]
    with receiving(settings, database) as box:
        ok(of.post(came.boss, f"/partners/{made}/accept", {"token": token_to(world.sql, to)}))
        for who in (of.lead.boss, member.boss):
            text = box.wait_for(who.email)
            assert to.split("@")[0] in text and "Quay Advice" in text and f"/bids/{of.id}/partners/{made}" in text
        assert not box.to(of.partners[2].boss.email)


def test_the_one_who_waits_is_told_at_once_that_it_takes_part(world: World, settings: Settings, database: str) -> None:
    of, came = bid(world, "Lead", "Member"), world.organisation("Quay Advice")
    made = come(of, came)
    all_read(world, settings, database, of)
    ok(of.post(of.lead.boss, f"/partners/{made}/confirm"))
    tell_all(world, settings, database, of)
    assert "You take part" in "".join(mail["values"]["text"] for mail in mails_to(world, came.boss))
    assert "place_confirmed" not in str(news(of.partners[1].boss))
    assert "partner_confirmed" in [each["kind"] for each in news(of.partners[1].boss)]


def test_who_may_confirm(world: World) -> None:
    of, came = bid(world, "Lead", "Member"), world.organisation()
    made = come(of, came)
    path = f"/partners/{made}/confirm"
    problem(of.post(world.stranger(), path), 404)
    problem(of.post(came.boss, path), 404)
    problem(of.post(of.partners[1].boss, path), 403)
    problem(of.post(world.colleague(of.lead.organisation, "editor"), path), 403)
    problem(of.post(of.lead.boss, f"/partners/{uuid.uuid4()}/confirm"), 404)
    problem(of.post(of.lead.boss, path, {"organisation_id": of.partners[1].organisation.id}), 403)
    problem(of.post(of.lead.boss, f"/partners/{of.partners[1].id}/confirm"), 409, "nothing-to-confirm")
    invited = of.invite(world.organisation())
    problem(of.post(of.lead.boss, f"/partners/{invited}/confirm"), 409, "nothing-to-confirm")
    problem(of.post(of.lead.boss, path, if_match=77), 412)
    ok(of.post(world.colleague(of.lead.organisation, "signatory"), path))
    problem(of.post(of.lead.boss, path), 409, "nothing-to-confirm")


def test_without_a_lead_any_member_confirms(world: World) -> None:
    of, came = bid(world, "Lead", "Member", "Third"), world.organisation()
    made = come(of, came)
    ok(of.post(of.lead.boss, f"/partners/{of.lead.id}/withdraw", {"reason": "No time."}))
    member = of.partners[1].boss
    assert ("partner-to-confirm", of.id) in codes(member)
    assert "confirm_partner" in of.read(member)["viewer"]["can"]
    problem(of.post(world.colleague(of.partners[1].organisation, "editor"), f"/partners/{made}/confirm"), 403)
    assert ok(of.post(member, f"/partners/{made}/confirm")).json()["status"] == "accepted"


def test_it_holds_its_seat_and_blocks_the_lead_alone(world: World) -> None:
    of, to = bid(world, "Lead", "Member"), address()
    came = world.organisation("Quay Advice", ("provider", "facilitator"))
    made = come(of, came, to)
    found = [
        b for b in ok(of.get(of.lead.boss, "/readiness")).json()["blockers"] if b["code"] == "invitation-unanswered"
    ]
    assert [(b["organisation_id"], b["pointer"].rpartition("/")[2]) for b in found] == [(of.lead.organisation.id, made)]
    assert "Quay Advice accepted with a link" in found[0]["detail"]
    problem(of.post(of.lead.boss, "/partners", {"organisation_id": came.id}), 409, "already-partner")
    problem(of.post(of.lead.boss, "/partners", {"email": to}), 409, "invited-already")
    problem(of.post(of.lead.boss, "/facilitators", {"organisation_id": came.id}), 409)
    assert of.events("honesty_round_cut_off_set") == 0 and of.read()["honesty_round"]["status"] != "open"
    again = invite(of, other := address())
    body = {"token": token_to(world.sql, other), "organisation_id": came.id}
    problem(of.post(came.boss, f"/partners/{again}/accept", body), 409, "already-partner")


def test_it_lapses_when_the_time_to_reply_is_over_and_gives_its_seat_back(world: World) -> None:
    of, came = bid(world, "Lead", "Member"), world.organisation()
    made = come(of, came)
    world.sql.execute("UPDATE partners SET reply_by = clock_timestamp() WHERE id = %s", [made])
    problem(came.boss.get(of.path), 404)
    assert status(of, made) == ("expired", came.id)
    problem(of.post(of.lead.boss, f"/partners/{made}/confirm"), 409, "nothing-to-confirm")
    assert "invitation-unanswered" not in ok(of.get(of.lead.boss, "/readiness")).text
    of.join(came)


def test_it_takes_its_yes_back(world: World) -> None:
    of, came = bid(world, "Lead", "Member"), world.organisation()
    made = come(of, came)
    problem(of.post(came.boss, f"/partners/{made}/accept"), 409, "invitation-answered")
    problem(of.post(world.colleague(came, "viewer"), f"/partners/{made}/decline"), 403)
    ok(of.post(came.boss, f"/partners/{made}/decline", {"reason": "Not for us."}))
    assert status(of, made)[0] == "declined"
    problem(of.post(of.lead.boss, f"/partners/{made}/confirm"), 409, "nothing-to-confirm")


def test_it_says_yes_again_to_a_structure_that_came_since(world: World) -> None:
    of, came = bid(world, "Lead"), world.organisation("Quay Advice")
    made = come(of, came)
    assert codes(came.boss) == [] and not ok(came.boss.get("/me/invitations")).json()["items"]
    of.structure(exit_terms_markdown="Six months' notice.")
    assert "said yes" in problem(of.post(of.lead.boss, f"/partners/{made}/confirm"), 409, "structure-changed")["detail"]
    assert codes(came.boss) == [("invitation-to-answer", of.id)]
    [found] = ok(came.boss.get("/me/invitations")).json()["items"]
    assert (found["waiting"], found["structure"]["exit_terms_markdown"]) == ("Quay Advice", "Six months' notice.")
    stale = {"structure_version": found["structure_version"] - 1}
    problem(of.post(came.boss, f"/partners/{made}/accept", stale), 409, "structure-changed")
    seen = {"structure_version": found["structure_version"]}
    assert ok(of.post(came.boss, f"/partners/{made}/accept", seen)).json()["status"] == "to_confirm"
    assert ok(of.post(of.lead.boss, f"/partners/{made}/confirm")).json()["status"] == "accepted"


def test_what_is_its_own_affair_is_told_to_it_alone(world: World, settings: Settings, database: str) -> None:
    of, came = bid(world, "Lead", "Member"), world.organisation("Quay Advice")
    rival = bid(world, "Rival", "Other", call=of.opportunity)
    made = come(of, came)
    rival.join(came)
    all_read(world, settings, database, of)
    answer = ok(of.post(of.lead.boss, f"/partners/{made}/confirm"))
    assert (answer.json()["status"], answer.json()["organisation_id"]) == ("invited", came.id)
    assert answer.json()["accepted_at"] is None
    tell_all(world, settings, database, of)
    assert [each["kind"] for each in news(came.boss)][:1] == ["place_held_up"]
    text = "".join(mail["values"].get("text", "") for mail in mails_to(world, came.boss))
    assert "Declare it to the partners of both bids first" in text
    others = [of.lead.boss, of.partners[1].boss]
    told = "".join(str(news(who)) + str(mails_to(world, who)) + of.get(who, "/events").text for who in others)
    assert "place_held_up" not in told and "other-bid" not in told and "both bids" not in told
    assert ("invitation-to-answer", of.id) in codes(came.boss)
    problem(of.post(came.boss, f"/partners/{made}/accept"), 409, "other-bid-undeclared")
    for each in (rival, of):
        body = {"statement_markdown": "We are in two bids.", "organisation_id": came.id}
        ok(each.post(came.boss, "/other-bids", body), 201)
    assert ok(of.post(came.boss, f"/partners/{made}/accept")).json()["status"] == "accepted"


def test_another_who_holds_the_link_cannot_take_its_place(world: World) -> None:
    of, came, late, to = bid(world, "Lead", "Member"), world.organisation(), world.organisation(), address()
    made = invite(of, to)
    token = token_to(world.sql, to)
    ok(of.post(came.boss, f"/partners/{made}/accept", {"token": token}))
    problem(world.http.get(f"/v1/invitations/{token}"), 404)
    problem(of.post(late.boss, f"/partners/{made}/accept", {"token": token}), 404)
    problem(world.http.post(f"{of.path}/partners/{made}/decline", json={"token": token}), 404)


@pytest.mark.parametrize("yes", [True, False])
def test_a_second_link_to_the_invited_mailbox_ends_the_waiting(
    world: World, settings: Settings, database: str, yes: bool
) -> None:
    of, came, meant = bid(world, "Lead", "Member"), world.organisation("Quay Advice"), world.organisation("Harbour")
    made = come(of, came, meant.boss.email)
    all_read(world, settings, database, of)
    ok(of.post(of.lead.boss, f"/partners/{made}/send-again"))
    token = token_to(world.sql, meant.boss.email)
    assert status(of, made) == ("to_confirm", came.id)
    assert ok(world.http.get(f"/v1/invitations/{token}")).json()["waiting"] == "Quay Advice"
    if yes:
        answer = ok(of.post(meant.boss, f"/partners/{made}/accept", {"token": token, "organisation_id": meant.id}))
        assert (answer.json()["status"], answer.json()["organisation_id"]) == ("accepted", came.id)
        assert of.get(meant.boss, "").status_code == 404
        return
    assert world.http.post(f"{of.path}/partners/{made}/decline", json={"token": token}).status_code == 200
    assert status(of, made) == ("invited", None)
    problem(came.boss.get(of.path), 404)
    tell_all(world, settings, database, of)
    assert [each["kind"] for each in news(came.boss)] == ["place_refused"]
    accepted = ok(of.post(meant.boss, f"/partners/{made}/accept", {"token": token}))
    assert (accepted.json()["status"], accepted.json()["organisation_id"]) == ("accepted", meant.id)


def test_a_link_sent_again_shows_what_is_agreed_by_now(world: World) -> None:
    of, charity = bid(world, "Lead"), world.organisation()
    made = invite(of, charity.boss.email)
    of.structure(exit_terms_markdown="Six months' notice.")
    ok(of.post(of.lead.boss, f"/partners/{made}/send-again"))
    body = {"token": token_to(world.sql, charity.boss.email)}
    assert ok(of.post(charity.boss, f"/partners/{made}/accept", body)).json()["status"] == "accepted"


def test_whoever_acts_for_several_says_for_which_a_link_is_sent_again(world: World) -> None:
    of = bid(world, "Lead", "Member", "Third")
    first, second = of.partners[1].organisation, of.partners[2].organisation
    both = world.colleague(first, "editor")
    roles = [second.id, both.id, ["editor"]]
    world.sql.execute("INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)", roles)
    path = f"/partners/{invite(of, address())}/send-again"
    assert "name-the-organisation" in str(problem(of.post(both, path), 422))
    ok(of.post(both, path, {"organisation_id": second.id}))
    row = world.sql.execute(
        "SELECT organisation_id::text FROM events WHERE stream_id = %s AND type = 'invitation_sent_again'", [of.id]
    ).fetchone()
    assert row == (second.id,)


def test_an_organisation_asked_twice_takes_one_place_and_its_own_mail_closes_the_other(world: World) -> None:
    of, charity = bid(world, "Lead", "Member"), world.organisation()
    by_id, by_mail = of.invite(charity), invite(of, charity.boss.email)
    found = ok(charity.boss.get("/me/invitations")).json()["items"]
    assert {each["partner_id"] for each in found} == {by_id, by_mail}
    body = {"token": token_to(world.sql, charity.boss.email), "organisation_id": charity.id}
    assert ok(of.post(charity.boss, f"/partners/{by_mail}/accept", body)).json()["status"] == "accepted"
    assert status(of, by_id)[0] == "cancelled"
    assert codes(charity.boss) and ("invitation-to-answer", of.id) not in codes(charity.boss)


def test_nothing_tells_whose_address_it_is_where_the_organisation_answers_by_itself(world: World) -> None:
    of, charity = bid(world, "Lead", "Member"), world.organisation()
    by_mail, by_id = invite(of, charity.boss.email), of.invite(charity)
    other = invite(of, address())
    ok(of.post(charity.boss, f"/partners/{by_id}/accept"))
    assert status(of, by_mail) == status(of, other) == ("invited", None)
    problem(of.post(charity.boss, f"/partners/{by_mail}/accept"), 409, "already-partner")
    ok(of.post(charity.boss, f"/partners/{by_mail}/decline"))


def test_a_forwarded_link_is_no_way_round_ones_own_invitation(world: World) -> None:
    of, charity, to = bid(world, "Lead", "Member"), world.organisation(), address()
    by_id, by_mail = of.invite(charity), invite(of, to)
    problem(
        of.post(charity.boss, f"/partners/{by_mail}/accept", {"token": token_to(world.sql, to)}), 409, "already-partner"
    )
    assert (status(of, by_id), status(of, by_mail)) == (("invited", charity.id), ("invited", None))


def test_who_is_removed_is_told_kindly(world: World, settings: Settings, database: str) -> None:
    of = bid(world, "Lead", "Member", "Gone", rule="majority")
    gone = of.partners[2]
    all_read(world, settings, database, of)
    body = {"reason": "A secret reason."}
    motion = ok(of.post(of.lead.boss, f"/partners/{gone.id}/remove", body), 202).json()["id"]
    of.all_vote_for(motion)
    tell_all(world, settings, database, of)
    assert [each["kind"] for each in news(gone.boss)][:1] == ["place_ended"]
    ok(gone.boss.get(news(gone.boss)[0]["path"]))
    text = "".join(mail["values"]["text"] for mail in mails_to(world, gone.boss))
    assert "Your place in the bid has ended" in text and "Thank you" in text and "secret reason" not in text
    assert "place_ended" not in str(news(of.lead.boss)) + str(mails_to(world, of.partners[1].boss))
