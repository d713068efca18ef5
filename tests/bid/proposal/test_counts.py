"""How much waits, in numbers: for the header of every page, and beside each bid of the list."""

from typing import Any

from app.settings import Settings
from tests.bids import Bid
from tests.callers import Person, ok, soon
from tests.factories import World
from tests.people.notifications.test_notifications import news, tell_all
from tests.stages import bid as made_bid
from tests.statements import how_many


def me(person: Person) -> dict[str, Any]:
    return dict(ok(person.get("/me")).json())


def item(person: Person, bid: Bid) -> dict[str, Any]:
    (found,) = [each for each in ok(person.get("/proposals")).json()["items"] if each["id"] == bid.id]
    return dict(found)


def tasks(person: Person) -> list[dict[str, Any]]:
    return list(ok(person.get("/me/tasks?limit=200")).json()["items"])


def test_a_person_reads_how_much_waits_and_how_much_is_new(world: World, settings: Settings, database: str) -> None:
    council = world.organisation("Council", ("commissioner",))
    assert (me(council.boss)["tasks"], me(council.boss)["unread"]) == (0, 0)
    ok(council.boss.post("/opportunities", {"title": "Youth work"}), 201)
    assert me(council.boss)["tasks"] == 1

    bid = made_bid(world, "Acorn", "Harbour")
    before = me(bid.partners[1].boss)
    assert before["tasks"] == len(tasks(bid.partners[1].boss)) > 1
    ok(bid.post(bid.lead.boss, "/decisions", {"title": "A logo?", "matter": "other"}), 201)
    tell_all(world, settings, database, bid)
    now = me(bid.partners[1].boss)
    assert now["tasks"] == before["tasks"] + 1
    assert now["unread"] == len(news(bid.partners[1].boss, unread="true")) > 0
    ok(bid.partners[1].boss.post("/me/notifications/read"))
    assert me(bid.partners[1].boss)["unread"] == 0


def test_its_etag_follows_what_waits_and_still_serves_to_change_a_name(world: World) -> None:
    council = world.organisation("Council", ("commissioner",)).boss
    tag = council.etag("/me")
    assert council.get("/me", headers={"If-None-Match": tag}).status_code == 304
    ok(council.post("/opportunities", {"title": "Youth work"}), 201)
    assert council.get("/me", headers={"If-None-Match": tag}).status_code == 200
    assert ok(council.patch("/me", {"name": "Mari"}, if_match=tag)).json()["tasks"] == 1


def test_the_list_of_bids_says_what_waits_in_each(world: World) -> None:
    asked = world.opportunity(
        lots=[], questions=[], required_statements=["insurance"], submission_deadline=soon(86_400)
    )
    bid = Bid.started(world, asked, world.organisation("Acorn"), "Hubs together")
    bid.join(world.organisation("Harbour"))
    bid.revealed()
    other = made_bid(world)
    other.join(bid.partners[1].organisation)
    member = bid.partners[1]
    assert item(member.boss, other)["blockers_mine"] > 0
    seat, blockers = member.id, ok(bid.get(member.boss, "/readiness")).json()["blockers"]
    mine = item(member.boss, bid)["blockers_mine"]
    assert 0 < mine == sum(seat in blocker["may"] for blocker in blockers) < len(blockers)
    bid.state()
    assert item(member.boss, bid)["blockers_mine"] == mine - 1

    facilitator = bid.facilitated()
    assert item(facilitator.boss, bid)["blockers_mine"] == 0


def test_who_is_invited_is_told_of_nothing_inside(world: World) -> None:
    bid = made_bid(world, "Acorn", "Harbour")
    invited = world.organisation("Third")
    bid.invite(invited)
    assert item(invited.boss, bid)["blockers_mine"] == 0


def test_a_longer_list_takes_as_many_statements(world: World) -> None:
    member = world.organisation("Harbour")
    made_bid(world).join(member)
    calls = (lambda: ok(member.boss.get("/proposals")), lambda: ok(member.boss.get("/me")))
    few = [how_many(call) for call in calls]
    for _ in range(3):
        made_bid(world).join(member)
    assert [how_many(call) for call in calls] == few
