"""What cannot wait is mailed at once, whatever its reader chose, once, and to nobody who may not read it any more."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from app.bid.decisions.reactions import remind_of_closing
from app.bid.proposal.reactions import remind_of_deadline
from app.people.notifications import mails, reactions
from app.platform.capability import joined
from app.platform.db.act import Act
from app.platform.words.vocabularies import VOCABULARIES
from app.platform.worker.work import Work
from app.settings import Settings
from tests.factories import Bid, Person, World, ok, soon
from tests.people.notifications.test_notifications import all_read, mail_now, mails_to, news, tell_all, work
from tests.stages import bid, ready_bid

URGENT = {
    "edition_made",
    "edition_refused",
    "edition_agreed",
    "edition_withdrawn",
    "partner_withdrew",
    "partner_removed",
    "lead_changed",
    "proposal_dissolved",
    "call_amended",
    "call_cancelled",
    "call_ended",
    "notice_followed",
    "decision_closing",
    "deadline_near",
    "honesty_round_cut_off_set",
    "submission_made",
    "submission_withdrawn",
    "submission_acknowledged",
    "submission_decided",
    "place_confirmed",
    "place_held_up",
    "place_refused",
    "place_ended",
}
IN_THE_DIGEST = {
    "portal_questions_typed",
    "lodgement_recorded",
    "structure_changed",
    "comment_made",
    "comment_changed",
    "suggestion_made",
    "opening_made",
    "application_received",
    "edition_signed",
    "declarations_revealed",
    "honesty_round_skip_proposed",
    "totals_shown",
    "facilitator_asked",
    "facilitator_objected_to",
    "facilitator_accepted",
    "facilitation_ended",
    "difficulty_raised",
    "difficulty_step_added",
    "difficulty_closed",
    "removal_certified",
    "meeting_called",
    "wording_proposed",
    "partner_invited",
    "invitation_accepted",
    "partner_to_confirm",
    "partner_confirmed",
    "invitation_declined",
    "partner_role_changed",
    "partner_unverified",
    "other_bid_declared",
    "decision_opened",
    "conflict_declared",
    "decision_closed",
}
BY_THE_CLOCK = {"decision_closing", "deadline_near"}
RECEIPT = {"submitted_at": "2026-11-28T12:00:07+00:00", "sha256": "ab" * 32, "edition": 3}
CHOICES = "/me/notification-choices"


def test_every_event_is_urgent_or_waits_for_the_digest_or_is_told_to_nobody() -> None:
    declared = joined().events
    assert {entry.code for entry in VOCABULARIES["event"]} == set(declared)
    assert {name for name, event in declared.items() if event.urgent} == URGENT
    assert {name for name, event in declared.items() if event.leads_to is not None} - URGENT == IN_THE_DIGEST


def chooses(person: Person, mail: str) -> Person:
    ok(person.patch(CHOICES, {"mail": mail}, if_match=ok(person.get(CHOICES)).json()["version"]))
    return person


def test_a_refusal_reaches_all_at_once_in_one_mail_and_the_digest_does_not_repeat_it(
    world: World, settings: Settings, database: str
) -> None:
    made = ready_bid(world)
    lead, member = made.lead.boss, made.partners[1].boss
    all_read(world, settings, database, made)
    edition = made.freeze()
    tell_all(world, settings, database, made)
    [mail] = mails_to(world, member)
    assert mail["values"]["subject"] == "Locked for signing: Together"
    todo = mail["values"]["text"].partition("What happened:")[0]
    assert "- Read version 1 of 'Together' and sign it, or say why not." in todo
    ok(made.signing(0, edition["sha256"]), 201)
    refusal = {"organisation_id": made.partners[1].organisation.id, "reason": "A secret reason."}
    ok(made.post(member, "/editions/1/refusals", refusal), 201)
    tell_all(world, settings, database, made)
    [mail] = mails_to(world, lead)
    assert "Signature refused" in mail["values"]["text"] and "Unlocked" in mail["values"]["text"]
    assert "secret reason" not in str(mail)
    ok(member.patch(CHOICES, {"digest_hour": 0}, if_match=ok(member.get(CHOICES)).json()["version"]))
    before = len(mails_to(world, member))
    work(settings, database, reactions.send_digests)
    digest = mails_to(world, member)[before:]
    assert len(digest) == 1 and "Signed" in str(digest) and "Locked for signing" not in str(digest)


def test_the_receipt_with_hash_and_time_goes_to_whoever_submitted_too(
    world: World, settings: Settings, database: str
) -> None:
    made = ready_bid(world)
    all_read(world, settings, database, made)
    edition = made.agree()
    ok(made.submit(), 201)
    tell_all(world, settings, database, made)
    for who in (made.lead.boss, made.partners[1].boss):
        [text] = [m["values"]["text"] for m in mails_to(world, who) if "Submitted" in m["values"]["text"]]
        assert f"Version 1, SHA-256 {edition['sha256']}. Keep this mail: it is the receipt." in text


def test_of_an_urgent_mail_and_the_digest_at_the_same_moment_one_tells_it(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth")
    member = made.partners[1].boss
    all_read(world, settings, database, made)

    async def both(job: Work) -> None:
        async with job.db.sessions.begin() as session:
            await Act(session, None, "proposal", made.id).record("call_amended")
        rows = world.sql.execute(
            "DELETE FROM outbox WHERE topic = 'event' AND payload->>'stream_id' = %s RETURNING payload", [made.id]
        ).fetchall()
        for (payload,) in rows:
            await reactions.tell(job, payload)

        async def digest() -> None:
            async with job.db.sessions.begin() as session:
                await mails.digest(session, member.id, settings.base_url)

        await asyncio.gather(*(reactions.mail_now(job, {"person_id": member.id}) for _ in range(3)), digest(), digest())

    work(settings, database, both)
    assert len(mails_to(world, member)) == 1


def test_who_may_not_read_the_bid_any_more_when_the_mail_is_written_gets_none(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", rule="majority")
    member = chooses(made.partners[1].boss, "daily")
    ok(member.patch(CHOICES, {"digest_hour": 0}, if_match=ok(member.get(CHOICES)).json()["version"]))
    ok(made.post(made.lead.boss, "/decisions", {"title": "A motion"}), 201)
    tell_all(world, settings, database, made)
    ok(made.post(member, f"/partners/{made.partners[1].id}/withdraw", {"reason": "We have no time."}))
    work(settings, database, reactions.send_digests)
    assert mails_to(world, member) == []


def test_who_has_not_voted_is_told_once_that_a_decision_closes_within_a_day(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth", "Family", rule="majority")
    all_read(world, settings, database, made)
    body = {"title": "Who chairs", "closes_at": soon(3600)}
    opened = ok(made.post(made.lead.boss, "/decisions", body), 201).json()
    later = {"title": "Later", "closes_at": soon(3 * 86_400)}
    ok(made.post(made.lead.boss, "/decisions", later), 201)
    ok(made.post(made.partners[2].boss, f"/decisions/{opened['id']}/votes", {"option": "for"}), 201)
    for _ in range(2):
        work(settings, database, remind_of_closing)
    mail_now(world, settings, database)
    [mail] = mails_to(world, made.partners[1].boss)
    assert mail["values"]["subject"] == "Decision about to close: Together"
    assert "- Vote on 'Who chairs' in 'Together'. By " in mail["values"]["text"]
    assert mails_to(world, made.partners[2].boss) == []
    [item] = [each for each in news(made.partners[1].boss) if each["kind"] == "decision_closing"]
    assert ok(made.partners[1].boss.get(item["path"])).json()["id"] == opened["id"]


def near(made: Bid, **before: Any) -> None:
    made.set_deadline(datetime.now(UTC) + timedelta(**before))
    made.world.sql.execute("UPDATE proposals SET created_at = now() - interval '30 days' WHERE id = %s", [made.id])


def test_three_days_and_one_day_before_the_deadline_whoever_may_act_is_told_once(
    world: World, settings: Settings, database: str
) -> None:
    made = bid(world, "Lead", "Youth")
    member, viewer = made.partners[1].boss, world.colleague(made.partners[1].organisation, "viewer")

    def told() -> int:
        for _ in range(2):
            work(settings, database, remind_of_deadline)
        mail_now(world, settings, database)
        return len([m for m in mails_to(world, member) if m["values"]["subject"] == "Deadline near: Together"])

    near(made, days=4)
    assert told() == 0
    near(made, days=2)
    assert told() == 1
    near(made, hours=20)
    assert told() == 2
    assert mails_to(world, viewer) == [] and "deadline_near" not in str(news(viewer))


def test_nobody_is_reminded_of_a_deadline_once_the_commissioner_has_the_bid(
    world: World, settings: Settings, database: str
) -> None:
    made = ready_bid(world)
    made.agree()
    ok(made.submit(), 201)
    near(made, hours=20)
    work(settings, database, remind_of_deadline)
    assert "deadline_near" not in str(news(made.lead.boss))
