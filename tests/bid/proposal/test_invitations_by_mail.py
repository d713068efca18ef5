"""An invitation by mail: what the mail says, one for each address, sent again, found without the mail, and told to the lead."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from app.settings import Settings
from tests.bids import Bid
from tests.factories import Person, World, ok, problem, soon
from tests.mails import Mailbox, receiving, token_to


def address() -> str:
    return f"{uuid.uuid4().hex}@small.example"


def invite(bid: Bid, to: str, **more: object) -> dict[str, str]:
    found: dict[str, str] = ok(bid.lead.boss.post(f"{bid.path}/partners", {"email": to, **more}), 201).json()
    return found


def seen(bid: Bid, who: Person, partner_id: str) -> dict[str, str]:
    """The same in the list, by itself and in the whole."""
    listed = next(p for p in ok(who.get(f"{bid.path}/partners")).json()["items"] if p["id"] == partner_id)
    whole = next(p for p in bid.read(who)["partners"] if p["id"] == partner_id)
    assert listed == whole == ok(who.get(f"{bid.path}/partners/{partner_id}")).json()
    return listed  # type: ignore[no-any-return]


def test_the_mail_says_who_asks_whom_for_what_and_by_when(world: World, settings: Settings, database: str) -> None:
    bid, to = world.bid(), address()
    with receiving(settings, database) as box:
        work = "Outreach on **two** evenings.\n\n- at the hub\n- in the park"
        invite(
            bid,
            to,
            proposed_work_markdown=work,
            message_markdown="Dear Sam, we would love to have you: https://evil.example/x",
        )
        text = box.wait_for(to)
        (subject, _), *_ = box.to(to)
    call = bid.read()["opportunity"]
    assert subject == f"{bid.lead.organisation.name} invites you to a joint bid"
    for said in (
        f"{bid.lead.boss.name} of {bid.lead.organisation.name} invites your organisation",
        f"The bid: {bid.read()['title']}",
        f"The call: {call['title']}, from {call['buyer_name']}",
        "Your part: Member",
        "The bid must be in by: ",
        "Please answer by: ",
        "• at the hub",
        "Dear Sam, we would love to have you",
    ):
        assert said in text, text
    assert "https://evil.example" not in text and text.count("https://") + text.count("http://") == 1


def test_the_usual_time_to_reply_never_lies_after_the_deadline(world: World) -> None:
    bid = world.bid()
    bid.set_deadline(datetime.fromisoformat(soon(5 * 86_400)))
    made = invite(bid, address())
    assert datetime.fromisoformat(made["reply_by"]) <= datetime.fromisoformat(
        bid.read()["opportunity"]["submission_deadline"]
    )


def test_one_address_has_one_open_invitation_however_it_is_written(world: World) -> None:
    bid, to = world.bid(), address()
    made = invite(bid, to)
    problem(bid.lead.boss.post(f"{bid.path}/partners", {"email": to.upper()}), 409, "invited-already")
    ok(bid.lead.boss.post(f"{bid.path}/partners/{made['id']}/remove", {"reason": "A typing error."}))
    assert invite(bid, to)["id"] != made["id"]
    others = address()

    def one(_: int) -> int:
        return bid.lead.boss.post(f"{bid.path}/partners", {"email": others}).status_code

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(one, range(8))) == [201] + [409] * 7


def test_it_is_sent_again_once_a_day_and_the_new_link_is_the_one_that_works(world: World) -> None:
    bid, to = world.bid(world.organisation()), address()
    made = invite(bid, to)
    path, first = f"{bid.path}/partners/{made['id']}/send-again", token_to(world.sql, to)
    assert ok(bid.lead.boss.post(path)).json()["status"] == "invited"
    second = token_to(world.sql, to)
    assert first != second
    problem(world.http.get(f"/v1/invitations/{first}"), 404)
    ok(world.http.get(f"/v1/invitations/{second}"))
    problem(bid.lead.boss.post(path), 429, "sent-today")
    problem(world.stranger().post(path), 404)
    ok(world.http.post(f"/v1{bid.path.removeprefix('/v1')}/partners/{made['id']}/decline", json={"token": second}))
    problem(bid.lead.boss.post(path), 409, "invitation-answered")


def test_the_lead_and_whoever_invited_see_the_address_and_nobody_else(world: World) -> None:
    member, other = world.organisation("Member"), world.organisation("Other")
    bid, to, theirs = world.bid(member, other), address(), address()
    mine = invite(bid, to)
    of_member = ok(member.boss.post(f"{bid.path}/partners", {"email": theirs}), 201).json()
    assert (mine["email"], of_member["email"]) == (to, theirs)
    assert seen(bid, bid.lead.boss, mine["id"])["email"] == to
    assert seen(bid, bid.lead.boss, of_member["id"])["email"] == theirs
    assert seen(bid, member.boss, of_member["id"])["email"] == theirs
    for who, partner_id in ((member, mine["id"]), (other, mine["id"]), (other, of_member["id"])):
        assert seen(bid, who.boss, partner_id)["email"] is None
        assert to not in ok(who.boss.get(bid.path)).text
    helper = bid.facilitated()
    assert seen(bid, helper.boss, mine["id"])["email"] is None


def test_who_owns_the_address_finds_the_invitation_without_the_mail_and_accepts(world: World) -> None:
    bid, charity = world.bid(), world.organisation("Harbour Youth")
    made = invite(bid, charity.boss.email.upper())
    (found,) = ok(charity.boss.get("/me/invitations")).json()["items"]
    assert (found["proposal_id"], found["partner_id"]) == (bid.id, made["id"])
    tasks = ok(charity.boss.get("/me/tasks")).json()["items"]
    assert [(task["code"], task["proposal_id"], task["organisation_id"]) for task in tasks] == [
        ("invitation-to-answer", bid.id, None)
    ]
    path = f"{bid.path}/partners/{made['id']}"
    problem(world.stranger().post(f"{path}/accept", {}), 404)
    ok(charity.boss.post(f"{path}/accept", {"organisation_id": charity.id}))
    assert ok(charity.boss.get("/me/invitations")).json()["items"] == []
    assert bid.read(charity.boss)["viewer"]["partner_id"] == made["id"]


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_an_address_that_nobody_confirmed_finds_nothing(world: World, answer: str) -> None:
    bid, person = world.bid(), world.organisation().boss
    world.sql.execute("UPDATE people SET verified_at = NULL WHERE email = %s", [person.email])
    made = invite(bid, person.email)
    assert ok(person.get("/me/invitations")).json()["items"] == []
    assert not ok(person.get("/me/tasks")).json()["items"]
    problem(person.post(f"{bid.path}/partners/{made['id']}/{answer}", {}), 404)


def test_the_lead_is_mailed_at_once_who_came_for_which_address(world: World, settings: Settings, database: str) -> None:
    bid, came = world.bid(), world.organisation("Harbour Youth")
    to = came.boss.email
    made = invite(bid, to)
    with receiving(settings, database) as box:
        told: Mailbox = box
        ok(came.boss.post(f"{bid.path}/partners/{made['id']}/accept", {"token": token_to(world.sql, to)}))
        told.wait_for(bid.lead.boss.email)
        (subject, text), *_ = [mail for mail in told.to(bid.lead.boss.email) if "accepted your invitation" in mail[0]]
    assert subject == "Harbour Youth accepted your invitation"
    assert to.split("@")[0] in text and f"/bids/{bid.id}/partners" in text
