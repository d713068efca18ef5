"""People are told what happened, as they chose, and a mail gives nothing away."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from app.bid.decisions.reactions import close_due
from app.bid.facilitation.reactions import remind
from app.people.notifications import reactions
from app.platform.db.engine import connect
from app.platform.worker.mail import compose
from app.platform.worker.work import Work
from app.settings import Settings
from tests.factories import Bid, Person, World, ok, problem, soon
from tests.stages import bid

T = TypeVar("T")


def work(settings: Settings, url: str, what: Callable[[Work], Awaitable[T]]) -> T:
    """Run a piece of the worker on the real database."""

    async def run() -> T:
        db = await connect(url, settings)
        try:
            return await what(Work(settings, db))
        finally:
            await db.close()

    return asyncio.run(run())


def tell_all(world: World, settings: Settings, url: str, made: Bid) -> None:
    """What the relay and the queue do with the bid's events."""
    rows = world.sql.execute(
        "DELETE FROM outbox WHERE topic = 'event' AND payload->>'stream_id' = %s RETURNING payload", [made.id]
    ).fetchall()

    async def run(job: Work) -> None:
        for (payload,) in rows:
            await reactions.tell(job, payload)
            await reactions.tell(job, payload)

    work(settings, url, run)
    mail_now(world, settings, url)


def mail_now(world: World, settings: Settings, url: str) -> None:
    """What the relay and the queue do with the mails that do not wait for a digest; each is asked for twice."""
    rows = world.sql.execute("DELETE FROM outbox WHERE topic = 'news' RETURNING payload").fetchall()

    async def run(job: Work) -> None:
        for (payload,) in rows:
            await reactions.mail_now(job, payload)
            await reactions.mail_now(job, payload)

    work(settings, url, run)


def news(who: Person, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = ok(who.get("/me/notifications", params=query)).json()["items"]
    return items


def all_read(world: World, settings: Settings, url: str, made: Bid) -> None:
    """Notifies everybody of what has happened so far, and marks it as read."""
    tell_all(world, settings, url, made)
    for who in (*made.partners, *([made.facilitator] if made.facilitator else [])):
        ok(who.boss.post("/me/notifications/read"))


def test_of_a_budget_all_who_see_declarations_hear_when_totals_are_shown_and_of_no_change_before(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    lead, youth, family = made.partners
    helper = made.facilitated()
    late = world.organisation("Late")
    made.join(late)
    all_read(world, settings, database, made)
    line = {"category": "staff", "amount": {"amount": "617.31", "currency": "GBP"}}
    ok(made.post(youth.boss, "/budget-lines", line), 201)
    tell_all(world, settings, database, made)
    assert [news(who.boss, unread=True) for who in made.partners] == [[], [], [], []]
    made.show(youth)
    tell_all(world, settings, database, made)
    for who in (lead, family, helper):
        assert [(each["kind"], each["path"]) for each in news(who.boss, unread=True)] == [
            ("totals_shown", f"{made.path}/budget")
        ]
    assert news(youth.boss, unread=True) == news(late.boss, unread=True) == []


def test_everybody_but_who_did_it_is_told_once_and_reads_where_to_look(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    helper = made.facilitated()
    all_read(world, settings, database, made)
    opened = ok(made.post(made.lead.boss, "/decisions", {"title": "Secret motion"}), 201).json()
    tell_all(world, settings, database, made)
    assert news(made.lead.boss, unread=True) == []
    for who in (made.partners[1].boss, helper.boss):
        (item,) = news(who, unread=True)
        assert (item["kind"], item["label"]) == ("decision_opened", "Decision opened")
        assert ok(who.get(item["path"])).json()["id"] == opened["id"]
        assert "Secret motion" not in str(item)
        assert ok(who.get(f"/me/notifications/{item['id']}")).json() == item
        problem(made.lead.boss.get(f"/me/notifications/{item['id']}"), 404)
    assert ok(made.partners[1].boss.post("/me/notifications/read")).json() == {"marked": 1}
    assert news(made.partners[1].boss, unread=True) == []


def test_whoever_leaves_is_told_of_in_plain_words(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    leaver = made.partners[2]
    ok(made.post(leaver.boss, f"/partners/{leaver.id}/withdraw", {"reason": "We have no time."}))
    tell_all(world, settings, database, made)
    (item,) = news(made.lead.boss)
    assert (item["kind"], item["label"]) == ("partner_withdrew", "Partner left") and item["explanation"]


def test_who_stands_on_two_sides_is_told_nothing_of_either(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Lead", "Youth")
    rival = bid(world, "Rival", call=made.opportunity)
    both, plain = (world.colleague(made.partners[1].organisation, "viewer") for _ in range(2))
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{viewer}')",
        [rival.lead.organisation.id, both.id],
    )
    for of in (made, rival):
        ok(of.post(of.lead.boss, "/decisions", {"title": "Secret motion"}), 201)
        tell_all(world, settings, database, of)
    assert (news(both), len(news(plain))) == ([], 1)


def test_what_is_confided_is_told_to_the_facilitator_alone(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Lead", "Youth", "Family")
    helper = made.facilitated()
    all_read(world, settings, database, made)
    body = {"title": "Canary", "addressed_to": "facilitator"}
    ok(made.post(made.partners[1].boss, "/difficulties", body), 201)
    tell_all(world, settings, database, made)
    assert [item["kind"] for item in news(helper.boss, unread=True)] == ["difficulty_raised"]
    assert news(made.lead.boss, unread=True) == news(made.partners[2].boss, unread=True) == []


def mails_to(world: World, person: Person) -> list[dict[str, Any]]:
    rows = world.sql.execute(
        "SELECT payload FROM outbox WHERE topic = 'mail' AND payload->>'to' = %s ORDER BY id", [person.email]
    ).fetchall()
    return [row[0] for row in rows]


def test_a_mail_names_the_bid_and_what_happened_and_one_click_stops_it(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead of the secret bid", "Youth", rule="majority")
    youth = made.partners[1].boss
    path = "/me/notification-choices"
    problem(youth.patch(path, {"mail": "at_once"}), 428)
    assert ok(youth.get(path)).json() == {"mail": "daily", "digest_hour": 7, "version": 1}
    ok(youth.patch(path, {"mail": "at_once"}, if_match=1))
    ok(made.post(made.lead.boss, "/decisions", {"title": "Secret motion"}), 201)
    tell_all(world, settings, database, made)
    (mail,) = mails_to(world, youth)
    message = compose(settings, mail)
    body = message.get_content()
    assert message["Subject"] == "Decision opened: Together"
    assert "- Vote on 'Secret motion' in 'Together'." in body.partition("What happened:")[0]
    assert "- Decision opened (Lead of the secret bid), " in body.partition("What happened:")[2]
    assert made.id not in body
    links = [each for each in body.splitlines() if "http" in each]
    assert links and all(each.startswith("http") and " " not in each for each in links)
    unsubscribe = message["List-Unsubscribe"].strip("<>")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    where = unsubscribe.removeprefix(settings.base_url)
    page = world.http.get(where)
    assert page.status_code == 200 and "<button>" in page.text
    assert ok(youth.get(path)).json()["mail"] == "at_once"
    posted = world.http.post(where, data={"List-Unsubscribe": "One-Click"})
    assert posted.status_code == 200
    assert ok(youth.get(path)).json()["mail"] == "none"
    unknown = world.http.post("/unsubscribe?token=" + "x" * 32, data={"List-Unsubscribe": "One-Click"})
    assert (unknown.status_code, unknown.text) == (200, posted.text)
    ok(made.post(made.lead.boss, "/decisions", {"title": "Another"}), 201)
    tell_all(world, settings, database, made)
    assert len(mails_to(world, youth)) == 1
    assert len(news(youth)) == 2


def test_the_link_in_the_mail_leads_to_a_page_that_says_what_happened_and_what_waits(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    youth = made.partners[1].boss
    ok(youth.patch("/me/notification-choices", {"mail": "at_once"}, if_match=1))
    ok(made.post(made.lead.boss, "/decisions", {"title": "Who <b>chairs</b>"}), 201)
    tell_all(world, settings, database, made)
    (mail,) = mails_to(world, youth)
    assert f"\n{settings.base_url}/news\n" in compose(settings, mail).get_content()
    signing_in = world.http.get("/news", follow_redirects=False)
    assert (signing_in.status_code, signing_in.headers["Location"]) == (303, "/open/sign-in?next=%2Fnews")
    headers = {"Cookie": f"cobid={youth.token}", "Sec-Fetch-Site": "same-origin"}
    shown = ok(world.http.get("/news", headers=headers)).text
    assert (
        "<b>Decision opened</b> – <a href=" in shown and ">Together</a>" in shown and "Somebody put a motion" in shown
    )
    assert (
        "Vote on &#39;Who &lt;b&gt;chairs&lt;/b&gt;&#39; in &#39;Together&#39;."
        in ok(world.http.get("/home", headers=headers)).text
    )
    ids = shown.split('name="ids" value="')[1].split('"')[0]
    marked = world.http.post("/news", data={"ids": ids}, headers=headers, follow_redirects=False)
    assert (marked.status_code, marked.headers["Location"]) == (303, "/news?done=read")
    assert news(youth, unread=True) == []
    assert "Nothing that you have not read." in ok(world.http.get("/news", headers=headers)).text


def test_a_digest_goes_out_once_a_day_with_what_is_not_read(world: World, settings: Settings, database: str) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    youth = made.partners[1].boss
    ok(youth.patch("/me/notification-choices", {"digest_hour": 0}, if_match=1))
    for title in ("One", "Two"):
        ok(made.post(made.lead.boss, "/decisions", {"title": title}), 201)
    tell_all(world, settings, database, made)
    assert mails_to(world, youth) == []
    work(settings, database, reactions.send_digests)
    (mail,) = mails_to(world, youth)
    assert mail["values"]["subject"] == "Decision opened: Together"
    assert "- Decision opened (Lead) x 2, " in mail["values"]["text"]
    ok(made.post(made.lead.boss, "/decisions", {"title": "Three"}), 201)
    tell_all(world, settings, database, made)
    work(settings, database, reactions.send_digests)
    assert len(mails_to(world, youth)) == 1


def test_a_decision_closes_by_itself_at_its_closing_time_and_not_before(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    body = {
        "title": "T",
        "closes_at": soon(60),
        "carries": {"method": "PUT", "path": "/exit-plan", "body": {"plan_markdown": "P"}},
    }
    opened = ok(made.post(made.lead.boss, "/decisions", body), 201).json()
    later = ok(made.post(made.lead.boss, "/decisions", {"title": "Later"}), 201).json()
    for partner in made.partners:
        ok(made.post(partner.boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 201)
    work(settings, database, close_due)
    assert ok(made.get(made.lead.boss, f"/decisions/{opened['id']}")).json()["status"] == "open"
    made.time_is_up(opened["id"])
    work(settings, database, close_due)
    closed = ok(made.get(made.lead.boss, f"/decisions/{opened['id']}")).json()
    assert (closed["status"], closed["carried"]["status"]) == ("passed", "done")
    assert ok(made.get(made.lead.boss, "/exit-plan")).json()["plan_markdown"] == "P"
    assert ok(made.get(made.lead.boss, f"/decisions/{later['id']}")).json()["status"] == "open"


def test_who_took_on_a_step_is_reminded_once_when_its_day_is_past(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth")
    helper = made.facilitated()
    body = {"title": "Canary", "addressed_to": "facilitator"}
    raised = ok(made.post(made.partners[1].boss, "/difficulties", body), 201).json()
    step = {"note_markdown": "I call them", "owner_organisation_id": helper.organisation.id, "due_on": "2026-01-01"}
    ok(made.post(helper.boss, f"/difficulties/{raised['id']}/steps", step), 201)
    for _ in range(2):
        work(settings, database, remind)
    assert [item["kind"] for item in news(helper.boss)] == ["difficulty_step_overdue"]
    assert news(made.lead.boss) == news(made.partners[1].boss) == []
