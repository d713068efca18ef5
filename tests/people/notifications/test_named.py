"""News names the bid, its call and who did it, to whoever may still read the bid and to nobody else."""

from typing import Any

from app.settings import Settings
from tests.callers import Person, ok
from tests.factories import World
from tests.people.notifications.test_notifications import tell_all
from tests.stages import bid
from tests.statements import how_many


def news(who: Person, kind: str) -> list[dict[str, Any]]:
    found = [each for each in ok(who.get("/me/notifications")).json()["items"] if each["kind"] == kind]
    for each in found:
        assert ok(who.get(f"/me/notifications/{each['id']}")).json() == each
    return found


def test_two_of_a_kind_are_told_apart(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Acorn", "Harbour")
    for name in ("Third", "Fourth"):
        made.join(world.organisation(name))
    tell_all(world, settings, database, made)
    whole = made.read()
    found = news(made.lead.boss, "invitation_accepted")
    names = {partner["name"] for partner in whole["partners"][2:]}
    assert names <= {each["organisation_name"] for each in found}
    for each in found:
        assert each["title"] == whole["title"] and each["opportunity_title"] == whole["opportunity"]["title"]
        assert each["detail"] == f"{each['label']} ({each['organisation_name']})"


def test_who_may_read_the_bid_no_more_is_told_the_kind_alone(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Acorn", "Harbour", "Third")
    ok(made.post(made.lead.boss, "/decisions", {"title": "A logo?", "matter": "other"}), 201)
    tell_all(world, settings, database, made)
    leaver = made.partners[2]
    assert news(leaver.boss, "decision_opened")[0]["title"] == made.read()["title"]
    ok(made.post(leaver.boss, f"/partners/{leaver.id}/withdraw", {"reason": "No time."}))
    (told,) = news(leaver.boss, "decision_opened")
    assert told["title"] is told["opportunity_title"] is told["organisation_name"] is None
    assert told["detail"] == told["label"]


def test_what_only_some_may_know_names_nobody(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Acorn", "Harbour")
    facilitator = made.facilitated()
    body = {"title": "Trust", "detail_markdown": "Not said.", "addressed_to": "facilitator", "blocking": False}
    ok(made.post(made.partners[1].boss, "/difficulties", body), 201)
    tell_all(world, settings, database, made)
    (told,) = news(facilitator.boss, "difficulty_raised")
    assert told["organisation_name"] is None and told["title"]
    assert news(made.lead.boss, "difficulty_raised") == []


def test_more_news_take_as_many_statements(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Acorn", "Harbour")
    for title in ("One?", "Two?", "Three?"):
        ok(made.post(made.lead.boss, "/decisions", {"title": title, "matter": "other"}), 201)
    tell_all(world, settings, database, made)
    who = made.partners[1].boss
    few, many = (how_many(lambda n=n: ok(who.get(f"/me/notifications?limit={n}"))) for n in (1, 50))
    assert few == many
