"""A partner is reminded of what waits for it: its own people are told, and whoever asks learns nothing."""

from typing import Any

from app.bid.proposal import reminding
from app.settings import Settings
from tests.bids import Bid
from tests.callers import ok, problem
from tests.factories import World
from tests.people.notifications.test_notifications import work
from tests.stages import bid as made_bid
from tests.stages import ready_bid


def written(world: World, settings: Settings, database: str, bid: Bid) -> dict[str, str]:
    """The mails that the job writes, by address."""
    world.sql.execute("DELETE FROM outbox WHERE topic = 'mail'")
    rows = world.sql.execute(
        "DELETE FROM outbox WHERE topic = 'reminder_asked' AND payload->>'proposal_id' = %s RETURNING payload", [bid.id]
    ).fetchall()

    async def run(job: Any) -> None:
        for (payload,) in rows:
            await reminding.write(job, payload)

    work(settings, database, run)
    mails = world.sql.execute("SELECT payload->>'to', payload->'values'->>'text' FROM outbox WHERE topic = 'mail'")
    return dict(mails.fetchall())


def test_its_people_are_mailed_their_own_tasks(world: World, settings: Settings, database: str) -> None:
    bid = made_bid(world, "Acorn", "Harbour", "Third")
    lead, member = bid.lead, bid.partners[1]
    viewer = world.colleague(member.organisation, "viewer")
    events = len(ok(bid.get(lead.boss, "/events?limit=200")).json()["items"])
    before = bid.read(lead.boss)["revision"]
    ok(bid.post(lead.boss, "/reminders", {"partner_id": member.id}), 202)
    mails = written(world, settings, database, bid)
    assert set(mails) == {member.boss.email} and viewer.email not in mails
    mail = mails[member.boss.email]
    assert lead.name in mail and bid.read()["title"] in mail
    own = [task for task in ok(member.boss.get("/me/tasks?limit=200")).json()["items"] if task["proposal_id"] == bid.id]
    assert own and all(task["detail"] in mail for task in own if task["code"] != "blocker-to-clear")
    assert len(ok(bid.get(lead.boss, "/events?limit=200")).json()["items"]) == events, "no event"
    assert bid.read(lead.boss)["revision"] == before


def test_the_answer_is_the_same_where_nothing_waits(world: World, settings: Settings, database: str) -> None:
    busy, idle = made_bid(world, "Acorn", "Harbour"), ready_bid(world)
    idle.freeze()
    sha256 = ok(idle.get(idle.lead.boss, "/editions/1")).json()["sha256"]
    ok(idle.signing(1, sha256), 201)
    answers = [
        ok(bid.post(bid.lead.boss, "/reminders", {"partner_id": bid.partners[1].id}), 202) for bid in (busy, idle)
    ]
    assert answers[0].json() == answers[1].json()
    assert written(world, settings, database, busy) and not written(world, settings, database, idle)


def test_once_a_day_whoever_asks(world: World) -> None:
    bid = made_bid(world, "Acorn", "Harbour", "Third")
    body = {"partner_id": bid.partners[1].id}
    ok(bid.post(bid.lead.boss, "/reminders", body), 202)
    refused = bid.post(bid.partners[2].boss, "/reminders", body)
    problem(refused, 429, "reminded-today")
    assert 80_000 < int(refused.headers["Retry-After"]) <= 86_401
    ok(bid.post(bid.partners[2].boss, "/reminders", {"partner_id": bid.lead.id}), 202)


def test_who_may_ask_and_who_can_be_asked(world: World) -> None:
    bid = made_bid(world, "Acorn", "Harbour")
    body = {"partner_id": bid.partners[1].id}
    facilitator, viewer = bid.facilitated(), world.colleague(bid.lead.organisation, "viewer")
    invited, outsider = world.organisation("Third"), world.organisation()
    asked = bid.invite(invited)
    for person in (facilitator.boss, viewer):
        problem(bid.post(person, "/reminders", body), 403)
    problem(bid.post(outsider.boss, "/reminders", body), 404)
    other = made_bid(world)
    for partner_id in (asked, other.lead.id):
        problem(bid.post(bid.lead.boss, "/reminders", {"partner_id": partner_id}), 422)
    bid.forced("dissolved")
    problem(bid.post(bid.lead.boss, "/reminders", body), 409)


def test_what_is_confided_is_in_no_reminder(world: World, settings: Settings, database: str) -> None:
    bid = made_bid(world, "Acorn", "Harbour")
    facilitator = bid.facilitated()
    body = {"title": "Trust between us", "detail_markdown": "x", "addressed_to": "facilitator", "blocking": True}
    ok(bid.post(bid.lead.boss, "/difficulties", body), 201)
    ok(bid.post(bid.lead.boss, "/reminders", {"partner_id": bid.partners[1].id}), 202)
    mails = written(world, settings, database, bid)
    assert facilitator.boss.email not in mails
    assert all("Trust between us" not in mail and "difficult" not in mail.lower() for mail in mails.values())


def test_who_wants_no_mails_gets_none(world: World, settings: Settings, database: str) -> None:
    bid = made_bid(world, "Acorn", "Harbour")
    boss = bid.partners[1].boss
    ok(boss.patch("/me/notification-choices", {"mail": "none"}, if_match=boss.etag("/me/notification-choices")))
    ok(bid.post(bid.lead.boss, "/reminders", {"partner_id": bid.partners[1].id}), 202)
    assert boss.email not in written(world, settings, database, bid)


def test_no_money_is_mailed(world: World, settings: Settings, database: str) -> None:
    bid = made_bid(world, "Acorn", "Harbour")
    member = bid.partners[1]
    world.sql.execute(
        "UPDATE opportunities SET budget_ceiling = 1234500, ceiling_vat = 'excluded' WHERE id = %s",
        [bid.opportunity_id],
    )
    line = {"category": "rent", "amount": {"amount": "99999.00", "currency": "GBP"}}
    ok(bid.post(member.boss, "/budget-lines", {"partner_id": member.id, **line}), 201)
    (task,) = [
        task for task in ok(member.boss.get("/me/tasks?limit=200")).json()["items"] if task["blocker"] == "over-ceiling"
    ]
    assert "12345.00" in task["detail"]
    ok(bid.post(bid.lead.boss, "/reminders", {"partner_id": member.id}), 202)
    mail = written(world, settings, database, bid)[member.boss.email]
    assert "GBP" not in mail and "12345" not in mail
    assert task["detail"] not in mail
