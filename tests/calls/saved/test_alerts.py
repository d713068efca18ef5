"""One mail tells what is new, once, as somebody with little time would read it."""

from typing import Any

import pytest

from app.calls.saved import alerts
from app.platform.worker.mail import compose
from app.settings import Settings
from tests.calls.finding.test_filters_and_orders import mark, written
from tests.calls.notices.bringing import JSON, bring, fresh
from tests.calls.notices.ocds_samples import package
from tests.calls.saved.test_saved_searches import saved
from tests.factories import Organisation, Person, World, ok
from tests.people.notifications.test_notifications import work


@pytest.fixture
def council(world: World) -> Organisation:
    return world.organisation("Aber Council", kinds=("commissioner",))


def mails(world: World, settings: Settings, database: str, to: Person) -> list[dict[str, Any]]:
    """What the clock brings this person now, as the outbox has it."""
    work(settings, database, alerts.send_due)
    rows = world.sql.execute(
        "DELETE FROM outbox WHERE topic = 'mail' AND payload->>'to' = %s RETURNING payload", [to.email]
    ).fetchall()
    return [row[0] for row in rows if row[0]["template"] == "digest"]


def text_of(mail: dict[str, Any]) -> str:
    return str(mail["values"]["text"])


def test_what_is_new_comes_once_and_nothing_that_was_there(
    world: World, settings: Settings, database: str, council: Organisation
) -> None:
    word, boss = mark(), world.stranger()
    written(world, council, f"{word} old")
    search = saved(boss, word, alert="at_once", name="Carers near us")
    assert mails(world, settings, database, boss) == []
    written(world, council, f"{word} second", budget_ceiling={"amount": "250000.00"})
    bring(world.stranger(), package(fresh(title=f"{word} third. See www.evil.example/x")))
    world.opportunity(council, title=f"{word} draft", publish=False)
    [mail] = mails(world, settings, database, boss)
    said = text_of(mail)
    assert said.startswith(f"Hello {boss.name}")
    assert "New for your search 'Carers near us':" in said
    assert f"Call {word} second\n  Aber Council\n  Closes " in said
    assert "Worth up to £250,000" in said
    assert f"{word} old" not in said and f"{word} draft" not in said and "www.evil" not in said
    assert " and 1 more" in mail["values"]["subject"]
    assert mails(world, settings, database, boss) == []
    message = compose(settings, mail)
    assert message["List-Unsubscribe"].strip("<>") in said.splitlines()
    assert search["alert"] == "at_once"


def test_several_searches_of_one_person_come_in_one_mail(
    world: World, settings: Settings, database: str, council: Organisation
) -> None:
    one, other, boss = mark(), mark(), world.stranger()
    saved(boss, one, alert="at_once", name="First"), saved(boss, other, alert="at_once", name="Second")
    quiet = saved(boss, one, alert="none", name="Third")
    written(world, council, one), written(world, council, other)
    [mail] = mails(world, settings, database, boss)
    assert "'First'" in text_of(mail) and "'Second'" in text_of(mail) and quiet["name"] not in text_of(mail)


def test_a_daily_one_comes_once_a_day(world: World, settings: Settings, database: str, council: Organisation) -> None:
    word, boss = mark(), world.stranger()
    made = saved(boss, word, alert="daily")
    written(world, council, word)
    assert mails(world, settings, database, boss) == []
    yesterday = "UPDATE saved_searches SET looked_at = looked_at - interval '1 day' WHERE id = %s"
    world.sql.execute(yesterday, [made["id"]])
    now = world.sql.execute("SELECT extract(hour FROM clock_timestamp() AT TIME ZONE 'Europe/London') >= 7").fetchone()
    assert len(mails(world, settings, database, boss)) == (1 if now and now[0] else 0)


def test_a_planned_call_is_followed_until_it_opens_whatever_the_filters_say(
    world: World, settings: Settings, database: str
) -> None:
    word, boss, bringer = mark(), world.stranger(), world.stranger()
    saved(boss, word, alert="at_once", query={"q": word, "status": "planned"})
    planned = fresh(title=f"{word} refuge", status="planned")
    planned["tag"] = ["planning"]
    ok(bringer.request("POST", "/opportunities/import", content=package(planned), headers=JSON))
    [mail] = mails(world, settings, database, boss)
    assert "Planned: no bid can be made yet." in text_of(mail)
    tender = fresh(title=f"{word} refuge")
    opened = {**tender, "ocid": planned["ocid"], "id": "opened", "date": "2026-10-01T00:00:00Z", "tag": ["tender"]}
    ok(bringer.request("POST", "/opportunities/import", content=package(opened), headers=JSON))
    [mail] = mails(world, settings, database, boss)
    assert "Planned before, and open for bids now" in text_of(mail)
    assert mails(world, settings, database, boss) == []


def test_no_link_is_mailed_that_an_organisation_brought(world: World, settings: Settings, database: str) -> None:
    word, boss = mark(), world.stranger()
    saved(boss, word, alert="at_once")
    release = fresh(title=word, submissionMethodDetails="https://phishing.example/apply")
    ok(world.stranger().request("POST", "/opportunities/import", content=package(release), headers=JSON))
    [mail] = mails(world, settings, database, boss)
    assert "phishing" not in text_of(mail) and "notices.example" not in text_of(mail)


def test_the_link_stops_the_mails_by_a_post_alone(
    world: World, settings: Settings, database: str, council: Organisation
) -> None:
    word, boss = mark(), world.stranger()
    made = saved(boss, word, alert="at_once")
    written(world, council, word)
    [mail] = mails(world, settings, database, boss)
    path = "/saved-searches/stop" + mail["values"]["unsubscribe"].partition("/saved-searches/stop")[2]
    ok(world.http.get(path))
    assert ok(boss.get(f"/saved-searches/{made['id']}")).json()["alert"] == "at_once"
    ok(world.http.post(path, data={"List-Unsubscribe": "One-Click"}))
    assert ok(boss.get(f"/saved-searches/{made['id']}")).json()["alert"] == "none"
    assert ok(world.http.post("/saved-searches/stop?token=nobody.s")).text == ok(world.http.post(path)).text
    written(world, council, word)
    assert mails(world, settings, database, boss) == []


def test_once_who_saved_it_has_left_an_admin_is_mailed(
    world: World, settings: Settings, database: str, council: Organisation
) -> None:
    word, own = mark(), world.organisation()
    leaver = world.colleague(own, "editor")
    saved(leaver, word, alert="at_once")
    ok(own.boss.delete(f"/organisations/{own.id}/members/{leaver.id}", if_match=1), 204)
    written(world, council, word)
    work(settings, database, alerts.send_due)
    sent = "SELECT payload->>'to' FROM outbox WHERE topic = 'mail' AND payload->'values'->>'text' LIKE %s"
    assert world.sql.execute(sent, [f"%{word}%"]).fetchall() == [(own.boss.email,)]


def test_a_search_whose_filter_is_gone_says_so_in_one_mail(world: World, settings: Settings, database: str) -> None:
    word, boss = mark(), world.stranger()
    made = saved(boss, word, alert="at_once", name="Grants")
    world.sql.execute("UPDATE saved_searches SET query = '{\"colour\": 1}' WHERE id = %s", [made["id"]])
    written(world, world.organisation(kinds=("commissioner",)), word)
    [mail] = mails(world, settings, database, boss)
    assert mail["values"]["subject"] == "Your saved search 'Grants' finds nothing any more"
    assert "The filter 'colour' does not exist any more." in text_of(mail)
    assert mails(world, settings, database, boss) == []


def test_mails_come_in_the_readers_language(
    world: World, settings: Settings, database: str, council: Organisation
) -> None:
    word, boss = mark(), world.stranger()
    world.sql.execute("UPDATE people SET language = 'cy' WHERE id = %s", [boss.id])
    saved(boss, word, alert="at_once")
    written(world, council, word)
    [mail] = mails(world, settings, database, boss)
    assert mail["values"]["subject"].startswith("Galwad newydd: ")
