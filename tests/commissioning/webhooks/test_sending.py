"""Messages from what happens to a receiver: to whom, in which order, how often, and what is never said."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from app.commissioning.webhooks import lanes, making
from app.platform.db.engine import connect
from app.settings import Settings
from tests.bids import Bid
from tests.callers import Organisation, ok
from tests.commissioning.webhooks.test_webhooks import subscribe
from tests.factories import World
from tests.receivers import Got, Receiver
from tests.stages import bid as draft
from tests.stages import ready_bid
from tests.waiting import wait_until

pytestmark = pytest.mark.usefixtures("worker")


def deliveries(world: World, of: Organisation, webhook: dict[str, Any], query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ok(of.boss.get(f"/webhooks/{webhook['id']}/deliveries{query}")).json()["items"]
    return found


def settled(world: World, of: Organisation, webhook: dict[str, Any]) -> None:
    """Waits until everything that happened up to now was sent: a ping is made after it, and the log was followed before."""
    wait_until(lambda: world.sql.execute("SELECT count(*) FROM outbox WHERE topic = 'event'").fetchone() == (0,))
    wait_until(
        lambda: (
            world.sql.execute(
                "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing') "
                "AND args ->> 'handler' = 'make_messages' AND attempts = 0"
            ).fetchone()
            == (0,)
        )
    )
    wait_until(lambda: not deliveries(world, of, webhook, "?status=pending"), 30)


def left(bid: Bid, index: int) -> None:
    partner = bid.partners[index]
    ok(partner.boss.post(f"{bid.path}/partners/{partner.id}/withdraw", {"reason": "Enough."}))


def test_partners_hear_of_their_bid_in_order_by_ids_alone(world: World, there: Receiver) -> None:
    bid = ready_bid(world)
    lead, member = bid.partners
    webhook = subscribe(lead.boss, lead.organisation, there.url)
    bid.agree()
    made = ok(bid.submit(), 201).json()
    got = there.wait_for(5)
    assert [each.type for each in got] == [
        "edition.opened",
        "sign_off.given",
        "sign_off.given",
        "edition.agreed",
        "submission.received",
    ]
    for each in got:
        assert each.signed_with(webhook["secret"]) and each.id.startswith("msg_")
        assert set(each.message) == {"type", "timestamp", "data"}
        told = each.data
        assert told["organisation_id"] == lead.organisation.id
        assert (told["proposal_id"], told["opportunity_id"]) == (bid.id, bid.opportunity_id)
        for words in ("Together", "Youth work", lead.name, member.name, "Signatory of"):
            assert words.encode() not in each.content
    revisions = [each.data["revision"] for each in got]
    assert revisions == sorted(set(revisions))
    assert got[-1].data["submission_id"] == made["id"] and got[1].data["partner_id"] == lead.id
    settled(world, lead.organisation, webhook)
    listed = deliveries(world, lead.organisation, webhook, "?status=delivered")
    assert [each["type"] for each in reversed(listed)] == [each.type for each in got]
    events = {each["id"] for each in ok(lead.boss.get(f"{bid.path}/events?limit=200")).json()["items"]}
    assert {each["event_id"] for each in listed} <= events, "each message is an event that its reader can read"


def test_the_council_hears_nothing_of_a_sealed_bid_before_its_opening(
    world: World, receivers: list[Receiver], there: Receiver
) -> None:
    at_council, at_lead = receivers[:2]
    bid = ready_bid(world)
    council = bid.council
    webhook = subscribe(council.boss, council, at_council.url)
    subscribe(bid.lead.boss, bid.lead.organisation, at_lead.url, "submission.received", "submission.replaced")
    bid.agree()
    first = ok(bid.submit(), 201).json()
    ok(bid.withdraw())
    bid.agree()
    second = ok(bid.submit(), 201).json()
    told = at_lead.wait_for(2)
    assert [(each.type, each.data["submission_id"]) for each in told] == [
        ("submission.received", first["id"]),
        ("submission.replaced", second["id"]),
    ]
    assert told[1].data["replaces"] == first["id"]
    settled(world, council, webhook)
    assert at_council.got == [] and deliveries(world, council, webhook) == []
    bid.pass_deadline()
    got = at_council.wait_for(2)
    assert {each.type for each in got} == {"opportunity.opened", "submission.received"}
    (received,) = at_council.received("submission.received")
    assert received.data["submission_id"] == second["id"] and "replaces" not in received.data
    assert first["id"].encode() not in b"".join(each.content for each in got)
    ok(council.boss.post(f"/submissions/{second['id']}/acknowledge"))
    (acknowledged,) = at_council.wait_for(1, "submission.acknowledged")
    assert acknowledged.data["version"] == 2
    settled(world, council, webhook)
    assert len(at_council.got) == 3, "the opening is said once, and nothing twice"


def test_of_a_sealed_bid_that_was_taken_back_the_council_hears_nothing_ever(world: World, there: Receiver) -> None:
    bid = ready_bid(world)
    subscribe(bid.council.boss, bid.council, there.url)
    bid.agree()
    made = ok(bid.submit(), 201).json()
    ok(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"))
    bid.pass_deadline()
    there.wait_for(1, "opportunity.opened")
    webhook = ok(bid.council.boss.get("/webhooks")).json()["items"][0]
    settled(world, bid.council, webhook)
    assert [each.type for each in there.got] == ["opportunity.opened"]


def test_in_an_open_call_the_council_hears_at_once_of_each_change(world: World, there: Receiver) -> None:
    bid = ready_bid(world, mode="open")
    subscribe(bid.council.boss, bid.council, there.url)
    bid.agree()
    ok(bid.submit(), 201)
    ok(bid.withdraw())
    bid.agree()
    second = ok(bid.submit(), 201).json()
    ok(bid.lead.boss.post(f"{bid.path}/submissions/{second['id']}/withdraw"))
    got = there.wait_for(3)
    assert [each.type for each in got] == ["submission.received", "submission.replaced", "submission.withdrawn"]
    assert all("revision" not in each.data and "partner_id" not in each.data for each in got)


def test_a_partner_that_left_gets_nothing_more_not_even_what_waited(
    world: World, receivers: list[Receiver], there: Receiver
) -> None:
    at_leaver, at_lead = receivers[:2]
    bid = draft(world, "", "", "")
    leaver, newcomer = bid.partners[2], world.organisation()
    webhook = subscribe(leaver.boss, leaver.organisation, at_leaver.url)
    subscribe(bid.lead.boss, bid.lead.organisation, at_lead.url)

    def leave_then_fail(_: Got) -> int:
        if len(at_leaver.got) == 0:
            left(bid, 2)
        return 503

    at_leaver.answer = leave_then_fail
    bid.join(newcomer)
    assert [each.type for each in at_lead.wait_for(2)] == ["partner.joined", "partner.left"]
    (only,) = wait_until(lambda: deliveries(world, leaver.organisation, webhook, "?status=given_up"))
    assert [(each["status"], bool(each["error"])) for each in only["attempts"]] == [(503, True), (None, True)]
    assert "cannot read this any more" in only["attempts"][1]["error"]
    settled(world, leaver.organisation, webhook)
    assert [each.type for each in at_leaver.got] == ["partner.joined"], "tried once, while it was a partner"
    again = ok(leaver.boss.post(f"/webhooks/{webhook['id']}/redeliver", {"since": "2020-01-01T00:00:00Z"}), 202)
    assert again.json() == {"deliveries": 1}
    settled(world, leaver.organisation, webhook)
    assert len(at_leaver.got) == 1, "nor what it asks for again"


def test_who_joined_later_hears_of_no_number_that_moved_unseen(world: World, there: Receiver) -> None:
    one, late = world.organisation(), world.organisation()
    bid = world.bid(one)
    for who in (bid.lead.organisation, one):
        ok(who.boss.post(f"{bid.path}/honesty-round/skip"))
    bid.join(late)
    subscribe(late.boss, late, there.url)
    given = {"kind": "cash", "title": "Ours", "certainty": "confirmed", "value": {"amount": "5.00"}}
    for _ in range(3):
        ok(one.boss.post(f"{bid.path}/contributions", given), 201)
    bid.join(world.organisation())
    (joined,) = there.wait_for(1, "partner.joined")
    assert joined.data["revision"] == ok(late.boss.get(bid.path)).json()["revision"] == bid.read()["revision"] - 3


def test_nobody_hears_of_what_its_people_do_not_read(world: World, receivers: list[Receiver], there: Receiver) -> None:
    """A stranger, somebody who is only invited, and an organisation whose one person stands on two sides."""
    at_others, at_lead = receivers[:2]
    bid = draft(world, "", "")
    invited, stranger, rival = world.organisation(), world.organisation(), bid.partners[1].organisation
    bid.invite(invited)
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, '{admin}')",
        [bid.council.id, rival.boss.id],
    )
    webhooks = [subscribe(each.boss, each, at_others.url) for each in (invited, stranger, rival)]
    subscribe(bid.lead.boss, bid.lead.organisation, at_lead.url)
    bid.join(world.organisation())
    at_lead.wait_for(1, "partner.joined")
    settled(world, invited, webhooks[0])
    assert at_others.got == []


def test_what_fails_is_tried_again_with_its_id_and_then_the_webhook_stops_and_its_admins_get_a_mail(
    world: World, there: Receiver, settings: Settings
) -> None:
    bid = draft(world, "", "")
    lead = bid.lead.organisation
    welsh = world.colleague(lead, "admin")
    world.sql.execute("UPDATE people SET language = 'cy' WHERE id = %s", [welsh.id])
    webhook = subscribe(lead.boss, lead, there.url)
    path = f"/webhooks/{webhook['id']}"
    there.answer = lambda _: 500
    bid.join(world.organisation())
    stopped = wait_until(lambda: (w := ok(lead.boss.get(path)).json())["status"] == "disabled" and w)
    assert stopped["disabled_because"] == "failing"
    (failed,) = deliveries(world, lead, webhook, "?status=given_up")
    assert [each["status"] for each in failed["attempts"]] == [500] * 5 and failed["next_attempt_at"] is None
    assert {each.id for each in there.got} == {f"msg_{failed['id']}"} and len(there.got) == 5
    assert len({each.content for each in there.got}) == 1
    for person, words in ((lead.boss, "did not take a message"), (welsh, "ni dderbyniodd system")):
        assert words in wait_until(lambda person=person: mail_to(settings, person.email))  # type: ignore[misc]
    there.answer = lambda _: 204
    bid.join(world.organisation())
    wait_until(lambda: len(deliveries(world, lead, webhook)) == 2)
    there.got.clear()
    ok(lead.boss.post(f"{path}/enable"))
    (waited,) = there.wait_for(1)
    assert waited.id != f"msg_{failed['id']}"
    assert ok(lead.boss.post(f"{path}/deliveries/{failed['id']}/redeliver"), 202).json()["status"] == "pending"
    assert there.wait_for(2)[1].id == f"msg_{failed['id']}"
    settled(world, lead, webhook)
    again = ok(lead.boss.post(f"{path}/redeliver", {"since": failed["created_at"]}), 202).json()
    assert again == {"deliveries": 1}, "the event itself was before its message was made"
    happened = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    ok(lead.boss.post(f"{path}/redeliver", {"since": happened}), 202)
    assert there.wait_for(4)[-2].id == f"msg_{failed['id']}", "in the order of the bid"


def mail_to(settings: Settings, address: str) -> str:
    for path in Path(settings.data_dir / "mail").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes())
        if mail["To"] == address:
            return str(mail.get_payload(decode=True).decode())  # type: ignore[union-attr]
    return ""


@pytest.mark.parametrize(
    ("answer", "words"), [(410, "no more messages"), (307, "Redirects are not followed"), (404, "404")]
)
def test_a_410_stops_the_webhook_at_once_and_a_redirect_is_a_failure(
    world: World, receivers: list[Receiver], there: Receiver, answer: int, words: str
) -> None:
    elsewhere = receivers[1]
    ours = world.organisation()
    webhook = subscribe(ours.boss, ours, there.url)
    there.answer = lambda _: (answer, {"Location": elsewhere.url})
    ping = ok(ours.boss.post(f"/webhooks/{webhook['id']}/ping"), 202).json()
    stopped = wait_until(
        lambda: (w := ok(ours.boss.get(f"/webhooks/{webhook['id']}")).json())["status"] == "disabled" and w
    )
    assert stopped["disabled_because"] == ("gone" if answer == 410 else "failing")
    read = ok(ours.boss.get(f"/webhooks/{webhook['id']}/deliveries/{ping['id']}")).json()
    assert len(read["attempts"]) == (1 if answer == 410 else 5)
    assert words in read["attempts"][0]["error"] and elsewhere.got == []
    if answer == 410:
        there.answer = lambda _: 204
        ok(ours.boss.post(f"/webhooks/{webhook['id']}/enable"))
        assert there.wait_for(1)[0].id == f"msg_{ping['id']}", "it waited"


@pytest.mark.parametrize("status", [429, 503])
def test_a_receiver_that_says_when_to_come_back_is_left_alone_until_then(
    world: World, there: Receiver, status: int
) -> None:
    ours = world.organisation()
    webhook = subscribe(ours.boss, ours, there.url)
    there.answer = lambda _: (status, {"Retry-After": "3600"})
    ok(ours.boss.post(f"/webhooks/{webhook['id']}/ping"), 202)
    (failed,) = wait_until(lambda: deliveries(world, ours, webhook, "?status=failed"))
    assert datetime.fromisoformat(failed["next_attempt_at"]) > datetime.now(UTC) + timedelta(minutes=50)
    assert len(there.got) == 1


def test_one_slow_receiver_delays_no_other(world: World, receivers: list[Receiver], there: Receiver) -> None:
    slow, quick = receivers[:2]
    theirs, ours = world.organisation(), world.organisation()
    done = threading.Event()

    def wait(_: Got) -> int:
        done.wait(60)
        return 204

    slow.answer = wait
    hooks = [subscribe(theirs.boss, theirs, slow.url) for _ in range(20)]
    for each in hooks:
        ok(theirs.boss.post(f"/webhooks/{each['id']}/ping"), 202)
    webhook = subscribe(ours.boss, ours, quick.url)
    try:
        for number in range(1, 4):
            ok(ours.boss.post(f"/webhooks/{webhook['id']}/ping"), 202)
            quick.wait_for(number)
        assert slow.got == [], "all of them are still thinking"
    finally:
        done.set()
    slow.wait_for(20)


def test_both_secrets_sign_while_one_takes_the_place_of_the_other(world: World, there: Receiver) -> None:
    ours = world.organisation()
    webhook = subscribe(ours.boss, ours, there.url)
    path = f"/webhooks/{webhook['id']}"
    secrets = [webhook["secret"], *(ok(ours.boss.post(f"{path}/rotate")).json()["secret"] for _ in range(2))]
    ok(ours.boss.post(f"{path}/ping"), 202)
    (got,) = there.wait_for(1)
    assert len(set(secrets)) == 3 == len(got.signatures) and all(got.signed_with(each) for each in secrets)
    assert not got.signed_with("whsec_" + "A" * 43 + "=")
    world.sql.execute(
        "UPDATE webhooks SET secrets = jsonb_set(secrets, '{2,until}', to_jsonb(clock_timestamp()::text)) WHERE id = %s",
        [webhook["id"]],
    )
    ok(ours.boss.post(f"{path}/ping"), 202)
    latest = there.wait_for(2)[1]
    assert [latest.signed_with(each) for each in secrets] == [False, True, True]


def test_a_program_that_was_revoked_sends_nothing_more_until_an_admin_says_so(world: World, there: Receiver) -> None:
    bid = draft(world, "", "")
    lead = bid.lead.organisation
    program = world.program(lead, "webhooks:write")
    webhook = subscribe(program, lead, there.url)
    bid.join(world.organisation())
    there.wait_for(1)
    there.answer = lambda _: (503, {"Retry-After": "1"})
    ok(program.post(f"/webhooks/{webhook['id']}/ping"), 202)
    client = f"/organisations/{lead.id}/clients/{webhook['client_id']}"
    ok(lead.boss.delete(client, if_match=lead.boss.etag(client)), 204)
    path = f"/webhooks/{webhook['id']}"
    stopped = wait_until(lambda: (w := ok(lead.boss.get(path)).json())["status"] == "disabled" and w)
    assert stopped["disabled_because"] == "client-revoked"
    there.answer = lambda _: 204
    there.got.clear()
    ok(lead.boss.post(f"{path}/enable"))
    assert there.wait_for(1)[0].type == "ping"


def test_a_call_of_ones_own_and_that_of_a_bid_are_heard_of(
    world: World, receivers: list[Receiver], there: Receiver
) -> None:
    at_council, at_lead = receivers[:2]
    call = world.opportunity(publish=False)
    council = call["commissioner"]
    subscribe(council.boss, council, at_council.url)
    ok(council.boss.post(f"/opportunities/{call['id']}/publish"))
    bid = Bid.started(world, call, world.organisation(), "Together")
    subscribe(bid.lead.boss, bid.lead.organisation, at_lead.url)
    path = f"/opportunities/{call['id']}"
    ok(council.boss.patch(path, {"description_markdown": "More of it."}, if_match=council.boss.etag(path)))
    ok(council.boss.post(f"{path}/cancel", {"reason": "No money."}))
    own = at_council.wait_for(3)
    assert [each.type for each in own] == ["opportunity.published", "opportunity.amended", "opportunity.cancelled"]
    assert all("proposal_id" not in each.data for each in own)
    told = at_lead.wait_for(2)
    assert [each.type for each in told] == ["opportunity.amended", "opportunity.cancelled"]
    assert {each.data["proposal_id"] for each in told} == {bid.id}


def test_an_event_makes_one_message_however_many_jobs_follow_the_log(
    world: World, there: Receiver, settings: Settings, database: str
) -> None:
    bid = draft(world, "", "")
    webhook = subscribe(bid.lead.boss, bid.lead.organisation, there.url)
    for _ in range(3):
        bid.join(world.organisation())

    async def follow(times: int) -> None:
        db = await connect(database, settings)

        async def once() -> None:
            async with db.sessions.begin() as session:
                await making.follow(session, bid.id)

        await asyncio.gather(*(once() for _ in range(times)))
        await db.close()

    asyncio.run(follow(16))
    settled(world, bid.lead.organisation, webhook)
    got = there.wait_for(3)
    assert len(got) == 3 == len({each.id for each in got})
    assert [each.data["revision"] for each in got] == sorted(each.data["revision"] for each in got)


def test_whoever_lost_its_lease_writes_nothing_more(
    world: World, there: Receiver, settings: Settings, database: str
) -> None:
    """As a worker that was stopped for a while, whose lane another has taken over."""
    ours = world.organisation()
    webhook = subscribe(ours.boss, ours, there.url)
    world.sql.execute("UPDATE webhooks SET status = 'disabled' WHERE id = %s", [webhook["id"]])  # the worker keeps off
    ping = ok(ours.boss.post(f"/webhooks/{webhook['id']}/ping"), 202).json()

    async def run() -> None:
        db = await connect(database, settings)
        async with db.sessions.begin() as session:
            await session.execute(
                lanes.text("UPDATE webhooks SET status = 'enabled' WHERE id = :id"), {"id": webhook["id"]}
            )
            held = [lane for lane in await lanes.claim(session, 8, 100, []) if lane.webhook_id == webhook["id"]]
            message = await lanes.go_on(session, held[0], None, (5,))
            assert message is not None
            assert await lanes.claim(session, 8, 100, []) == [], "it is in hand"
            late = lanes.Lane(held[0].webhook_id, held[0].lane_id, ping["id"])
            outcome = lanes.Outcome(message.id, 0, datetime.now(UTC), 204, None, 5)
            assert await lanes.go_on(session, late, outcome, (5,)) is None
            status = await session.execute(
                lanes.text("SELECT status FROM webhook_deliveries WHERE id = :id"), {"id": message.id}
            )
            assert status.scalar_one() == "pending"
            await session.rollback()
        await db.close()

    asyncio.run(run())
