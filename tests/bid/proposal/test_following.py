"""What a bid is held to while only organisations have brought its notice, and how its partners follow another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.settings import Settings
from tests.bids import Bid
from tests.calls.notices.bringing import anew, bring, by_operator, fresh, grant, later, read
from tests.calls.notices.ocds_samples import package
from tests.calls.notices.test_claims import FORGED, council
from tests.factories import Organisation, World, ok, problem, soon

CASH = {
    "kind": "cash",
    "title": "Our money",
    "value": {"amount": "1000.00", "currency": "GBP"},
    "certainty": "confirmed",
}
Operator = Callable[..., dict[str, Any]]


@pytest.fixture
def operator(database: str, settings: Settings) -> Operator:
    return lambda *releases: by_operator(database, settings, *releases)


def period(seconds: float) -> dict[str, Any]:
    return {"tenderPeriod": {"endDate": soon(seconds)}, "enquiryPeriod": {}}


DAY = 86_400.0


def started(world: World, notice: dict[str, Any], lead: Organisation | None = None, *members: Organisation) -> Bid:
    """A bid whose lead brought the notice of its call."""
    lead = lead or world.organisation("Larger Lead")
    bring(lead.boss, package(notice))
    made = Bid.started(world, read(lead.boss, notice["ocid"], world), lead, "Together")
    for member in members:
        made.join(member)
    return made


def claim_of(bid: Bid, notice: dict[str, Any], by: Organisation | None = None) -> str:
    """The id of the claim that one makes by bringing this notice."""
    boss = (by or bid.lead.organisation).boss
    bring(boss, package(notice))
    call = ok(boss.get(f"/opportunities/{bid.opportunity_id}")).json()
    mine = [claim["id"] for claim in call["claims"] if claim["own"]]
    return mine[0] if mine else str(call["brought_by"]["claim_id"])


def follow(bid: Bid, claim_id: str, **fields: Any) -> Any:
    return bid.post(bid.lead.boss, "/follow-notice", {"claim_id": claim_id, **fields})


def held_to(bid: Bid) -> dict[str, Any]:
    return {**bid.read()["opportunity"], "follows": bid.read()["follows"]}


# What it begins with.


def test_a_bid_begins_with_what_its_own_lead_brought_whoever_imported_first(world: World) -> None:
    notice, lead = fresh(**period(30 * DAY)), world.organisation("Larger Lead")
    forged = anew(
        notice, title="FORGED", submissionMethodDetails="https://evil.example/", status="cancelled", **period(60)
    )
    bring(world.stranger(), package(forged))
    assert bring(lead.boss, package(notice))["claims"]
    call = read(lead.boss, notice["ocid"], world)
    assert (call["title"], call["status"]) == ("FORGED", "cancelled")
    bid = Bid.started(world, call, lead, "Together")
    held = held_to(bid)
    assert (held["title"], held["submission_route"]) == ("Young carers", "elsewhere")
    assert datetime.fromisoformat(held["submission_deadline"]) > datetime.now(UTC) + timedelta(days=29)
    assert held["follows"]["claim_id"] == next(claim["id"] for claim in call["claims"] if claim["own"])
    listed = ok(lead.boss.get("/proposals")).json()["items"][0]
    assert listed["submission_deadline"] == held["submission_deadline"]
    problem(world.stranger().post("/proposals", {"opportunity_id": call["id"], "title": "x"}), 409, "call-closed")


def test_otherwise_it_begins_with_what_the_call_shows_and_keeps_that(world: World) -> None:
    notice, importer, lead = fresh(**period(30 * DAY)), world.organisation(), world.organisation()
    bring(importer.boss, package(notice))
    bid = Bid.started(world, read(lead.boss, notice["ocid"], world), lead, "Together")
    before = held_to(bid)
    for forged in FORGED.values():
        bring(importer.boss, package(anew(notice, **forged)))
    assert read(lead.boss, notice["ocid"], world)["budget_ceiling"] == {"amount": "1.00", "currency": "GBP"}
    assert held_to(bid) == before
    ok(bid.post(lead.boss, "/contributions", CASH), 201)


def test_a_bid_for_a_call_that_all_trust_keeps_nothing_of_its_own(world: World, operator: Operator) -> None:
    notice = fresh(**period(30 * DAY))
    operator(notice)
    lead = world.organisation()
    bid = Bid.started(world, read(lead.boss, notice["ocid"], world), lead, "Together")
    assert bid.read()["follows"] is None and world.bid().read()["follows"] is None


def test_what_the_partners_do_goes_by_the_bids_own_deadline_and_route(world: World) -> None:
    """The call as it is shown has passed; the bid's own has not."""
    notice, importer = fresh(**period(30 * DAY)), world.organisation()
    bring(importer.boss, package(notice))
    lead, member = world.organisation("Larger Lead"), world.organisation("Youth Charity")
    bid = Bid.started(world, read(lead.boss, notice["ocid"], world), lead, "Together")
    bid.join(member)
    bring(importer.boss, package(anew(notice, submissionMethodDetails="https://evil.example/", **period(-DAY))))
    assert read(lead.boss, notice["ocid"], world)["status"] == "closed"
    bid.revealed().ready().agree()
    tasks = [task for task in ok(lead.boss.get("/me/tasks")).json()["items"] if task["code"] == "bid-to-lodge"]
    assert tasks and "https://portal.example/advert?id=1" in str(tasks) and "evil" not in str(tasks)
    refused = problem(bid.submit(), 409, "submit-elsewhere")
    assert "portal.example" in refused["detail"] and "evil" not in refused["detail"]
    body = {"portal_reference": "REF", "lodged_at": datetime.now(UTC).isoformat()}
    ok(bid.post(lead.boss, "/lodgements", body), 201)


# What a partner's import can and cannot do.


def test_a_full_stop_in_the_title_voids_no_signed_version(world: World) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member).revealed().ready()
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    for importer in (member, bid.lead.organisation, world.organisation()):
        bring(importer.boss, package(anew(notice, title="Young carers.")))
    assert "call-amended" not in str(ok(bid.get(member.boss, "/readiness")).json())
    ok(bid.signing(1, edition["sha256"]), 201)
    assert bid.status() == "agreed" and bid.events("call_amended") == 0


def test_a_partner_cannot_force_the_round_open_by_an_import(world: World) -> None:
    """It brings a deadline two days ahead, looks, and brings the old one again: nobody's declarations open."""
    notice, rival, victim = fresh(**period(30 * DAY)), world.organisation("Rival"), world.organisation("Victim")
    bid = started(world, notice, None, rival, victim)
    ok(bid.post(victim.boss, "/contributions", CASH), 201)
    bid.file(bid.partners[1])
    world.sql.execute("UPDATE partners SET accepted_at = now() - interval '4 days' WHERE proposal_id = %s", [bid.id])
    world.sql.execute(
        "UPDATE opportunities SET imported_by_organisation_id = %s WHERE id = %s", [rival.id, bid.opportunity_id]
    )  # even where the call as it is shown follows the rival
    world.sql.execute(
        "UPDATE ocds_releases SET organisation_id = %s WHERE opportunity_id = %s", [rival.id, bid.opportunity_id]
    )
    for ahead in (2 * DAY, 30 * DAY):
        bring(rival.boss, package(anew(notice, **period(ahead))))
        assert ok(bid.get(rival.boss, "/honesty-round")).json()["status"] == "open"
        assert ok(bid.get(rival.boss, "/contributions")).json()["items"] == []


def test_a_lead_cannot_open_the_round_with_a_cut_off_that_it_set_while_alone(world: World) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice)
    etag = bid.lead.boss.etag(f"{bid.path}/honesty-round")
    ok(bid.lead.boss.put(f"{bid.path}/honesty-round", {"cut_off": soon(0.5)}, if_match=etag), 200)
    bid.join(member)
    ok(bid.post(member.boss, "/contributions", CASH), 201)
    world.sql.execute("SELECT pg_sleep(0.6)")
    seen = ok(bid.get(bid.lead.boss, "/honesty-round")).json()
    assert seen["status"] == "open" and datetime.fromisoformat(seen["cut_off"]) > datetime.now(UTC) + timedelta(
        hours=71
    )
    assert ok(bid.get(bid.lead.boss, "/contributions")).json()["items"] == []


# Following another notice.


def test_while_alone_the_lead_follows_another_notice_at_once(world: World) -> None:
    notice = fresh(**period(30 * DAY))
    bid = started(world, notice)
    later_one = anew(notice, title="Young carers, corrected", **period(40 * DAY))
    claim_id = claim_of(bid, later_one)
    assert held_to(bid)["title"] == "Young carers", "its own import alone changes nothing"
    followed = ok(follow(bid, claim_id), 200).json()
    assert followed["follows"]["claim_id"] == claim_id and followed["opportunity"]["title"] == "Young carers, corrected"
    assert datetime.fromisoformat(followed["opportunity"]["submission_deadline"]) > datetime.now(UTC) + timedelta(
        days=39
    )
    assert bid.events("notice_followed") == 1
    problem(follow(bid, claim_id), 409, "nothing-to-follow")


def test_with_others_it_is_a_decision_and_never_the_leads_alone(world: World) -> None:
    one, two = world.organisation("One"), world.organisation("Two")
    notice = fresh(**period(30 * DAY))
    bid = started(world, notice)
    bid.structure(decision_rule="lead_decides")
    bid.join(one)
    bid.join(two)
    claim_id = claim_of(bid, anew(notice, **period(3 * DAY)), one)
    opened = ok(follow(bid, claim_id), 202).json()
    assert (opened["matter"], opened["carries"]["path"]) == ("other", "/follow-notice")
    assert datetime.fromisoformat(opened["closes_at"]) > datetime.now(UTC) + timedelta(days=6)
    for partner, option in zip(bid.partners, ("for", "against", "against"), strict=True):
        ok(bid.post(partner.boss, f"/decisions/{opened['id']}/votes", {"option": option}), 201)
    assert ok(bid.post(bid.lead.boss, f"/decisions/{opened['id']}/close")).json()["status"] == "failed"
    assert datetime.fromisoformat(held_to(bid)["submission_deadline"]) > datetime.now(UTC) + timedelta(days=29)
    again = ok(follow(bid, claim_id), 202).json()
    assert bid.all_vote_for(again["id"])["carried"] == {"status": "done", "problem": None}
    assert datetime.fromisoformat(held_to(bid)["submission_deadline"]) < datetime.now(UTC) + timedelta(days=4)
    # The round goes on by the deadline that all knew when it began.
    latest = ok(bid.get(one.boss, "/honesty-round")).json()["opens_at_latest"]
    assert latest is None and bid.read()["honesty_round"]["status"] == "open"


def test_what_it_follows_voids_a_version_and_changes_its_lots_where_the_notice_does(world: World) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member).revealed().ready()
    edition = bid.freeze()
    two_lots = anew(notice, lots=[*notice["tender"]["lots"], {"id": "2", "title": "South"}], title="Wider")
    opened = ok(follow(bid, claim_of(bid, two_lots)), 202).json()
    bid.all_vote_for(opened["id"])
    problem(bid.signing(0, edition["sha256"]), 409, "call-amended")
    blockers = {
        blocker["code"]: blocker["detail"] for blocker in ok(bid.get(member.boss, "/readiness")).json()["blockers"]
    }
    assert "partners decided to follow another notice" in blockers["call-amended"]
    ok(bid.withdraw())
    bid.acknowledge()
    again = bid.freeze()
    ok(bid.signing(0, again["sha256"], again["number"]), 201)
    document = ok(bid.get(member.boss, f"/editions/{again['number']}/document.json")).json()
    call = ok(member.boss.get(f"/opportunities/{bid.opportunity_id}")).json()
    assert (document["opportunity"]["title"], document["opportunity"]["amendment"]) == ("Wider", call["amendment"])


def test_a_draft_answers_the_notice_that_it_follows_from_then_on(world: World) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member).revealed().ready()
    bid.all_vote_for(ok(follow(bid, claim_of(bid, anew(notice, title="Wider"))), 202).json()["id"])
    assert "call-amended" not in str(ok(bid.get(member.boss, "/readiness")).json())
    edition = bid.ready().freeze()
    ok(bid.signing(0, edition["sha256"]), 201)


def test_the_wrong_deadline_can_be_corrected_after_it_has_passed_and_nothing_else_done(world: World) -> None:
    notice, member = fresh(**period(1.5)), world.organisation("Youth Charity")
    bid = started(world, notice)
    bid.join(member)
    before = ok(bid.post(bid.lead.boss, "/decisions", {"title": "Blue or green", "closes_at": soon(3600)}), 201).json()
    world.sql.execute("SELECT pg_sleep(1.6)")
    problem(bid.post(member.boss, "/contributions", CASH), 409, "deadline-passed")
    problem(bid.post(bid.lead.boss, "/decisions", {"title": "Another motion"}), 409, "deadline-passed")
    problem(bid.post(member.boss, f"/decisions/{before['id']}/votes", {"option": "for"}), 409, "deadline-passed")
    problem(bid.post(member.boss, f"/decisions/{before['id']}/conflicts", {"detail": "x"}), 409, "deadline-passed")
    claim_id = claim_of(bid, anew(notice, **period(20 * DAY)))
    opened = ok(follow(bid, claim_id), 202).json()
    asked = [task["code"] for task in ok(member.boss.get("/me/tasks")).json()["items"] if task["proposal_id"] == bid.id]
    assert "decision-to-vote-on" in asked
    bid.all_vote_for(opened["id"])
    assert bid.read()["opportunity"]["submission_deadline"]
    ok(bid.post(member.boss, "/contributions", CASH), 201)


def test_a_real_deadline_is_corrected_by_nobody(world: World, operator: Operator) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member)
    claim_id = claim_of(bid, anew(notice, **period(40 * DAY)), member)
    operator(anew(notice, **period(-5)))
    problem(follow(bid, claim_id), 409, "deadline-passed")
    problem(bid.post(member.boss, "/contributions", CASH), 409, "deadline-passed")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"claim_id": None},
        {"claim_id": "x"},
        {"claim_id": 7},
        {"claim_id": "01900000-0000-7000-8000-000000000000"},
        {"claim_id": "01900000-0000-7000-8000-000000000000", "deadline": "2099-01-01T00:00:00Z"},
    ],
)
def test_what_is_no_claim_on_this_call_is_422(world: World, body: dict[str, Any]) -> None:
    bid = started(world, fresh(**period(30 * DAY)))
    problem(bid.post(bid.lead.boss, "/follow-notice", body), 422)


def test_a_claim_on_another_call_is_none_on_this_one(world: World) -> None:
    bid, other = started(world, fresh(**period(30 * DAY))), started(world, fresh(**period(30 * DAY)))
    refused = problem(follow(bid, other.read()["follows"]["claim_id"]), 422)
    assert refused["errors"][0] == {**refused["errors"][0], "pointer": "/claim_id", "code": "unknown-claim"}


def test_who_may_not_see_it_gets_404_and_who_may_not_do_it_403(world: World) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    helper = world.organisation("Sub")
    bid = started(world, notice, None, member)
    bid.join(helper, "associate")
    claim_id = claim_of(bid, anew(notice, title="Another"))
    body = {"claim_id": claim_id}
    problem(bid.post(world.stranger(), "/follow-notice", body), 404)
    invited = world.organisation()
    bid.invite(invited)
    problem(bid.post(invited.boss, "/follow-notice", body), 404)
    problem(bid.post(world.colleague(member, "viewer"), "/follow-notice", body), 403)
    problem(bid.post(helper.boss, "/follow-notice", body), 403)
    ok(bid.post(member.boss, "/follow-notice", body), 202)


def test_a_motion_that_came_too_late_says_so_at_the_close(world: World, operator: Operator) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member)
    opened = ok(follow(bid, claim_of(bid, anew(notice, title="Another"))), 202).json()
    operator(anew(notice, title="From the register"))
    closed = bid.all_vote_for(opened["id"])
    assert closed["carried"]["status"] == "refused"
    assert closed["carried"]["problem"]["type"] == "/problems/nothing-to-follow"
    assert held_to(bid)["title"] == "From the register"


# What all trust.


def test_what_the_operator_brings_holds_for_every_bid_at_once_and_amends(world: World, operator: Operator) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member).revealed().ready()
    edition = bid.freeze()
    operator(anew(notice, title="As it is published", **period(35 * DAY)))
    held = held_to(bid)
    assert (held["title"], held["follows"]) == ("As it is published", None)
    assert bid.events("call_amended") == 1
    problem(bid.signing(0, edition["sha256"]), 409, "call-amended")
    ok(bid.withdraw())
    bid.acknowledge()
    edition = bid.freeze()
    for index in range(2):
        ok(bid.signing(index, edition["sha256"], edition["number"]), 201)
    # Later the same source speaks again, and only the deadline moves.
    operator({**anew(notice, title="As it is published", **period(36 * DAY)), "date": "2026-09-03T00:00:00Z"})
    assert bid.status() == "agreed" and bid.events("call_amended") == 2
    operator({**anew(notice, title="Changed again", **period(36 * DAY)), "date": "2026-09-04T00:00:00Z"})
    assert "call-amended" in str(ok(bid.get(member.boss, "/readiness")).json())


def test_what_says_the_same_as_the_bid_holds_voids_nothing(world: World, operator: Operator) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member).revealed().ready()
    bid.agree()
    operator(notice)
    assert bid.read()["follows"] is None and bid.events("call_amended") == 0
    assert "call-amended" not in str(ok(bid.get(member.boss, "/readiness")).json())


def test_a_call_that_its_published_notice_ends_is_over_for_every_bid(world: World, operator: Operator) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member).revealed()
    operator(anew(notice, status="cancelled"))
    assert bid.events("call_ended") == 1 and bid.events("call_amended") == 0
    assert "call-closed" in str(ok(bid.get(member.boss, "/readiness")).json())


def test_an_earlier_deadline_that_all_trust_moves_the_round_to_a_day_after_all_were_told(
    world: World, operator: Operator
) -> None:
    notice, member = fresh(**period(30 * DAY)), world.organisation("Youth Charity")
    bid = started(world, notice, None, member)
    world.sql.execute("UPDATE partners SET accepted_at = now() - interval '4 days' WHERE proposal_id = %s", [bid.id])
    ok(bid.post(member.boss, "/contributions", CASH), 201)
    operator(anew(notice, **period(2 * DAY)))
    seen = ok(bid.get(bid.lead.boss, "/honesty-round")).json()
    ahead = datetime.fromisoformat(seen["opens_at_latest"]) - datetime.now(UTC)
    assert seen["status"] == "open" and timedelta(hours=23) < ahead <= timedelta(hours=24)
    assert ok(bid.get(bid.lead.boss, "/contributions")).json()["items"] == []
    world.sql.execute("UPDATE proposals SET round_told_at = now() - interval '25 hours' WHERE id = %s", [bid.id])
    assert [item["title"] for item in ok(bid.get(bid.lead.boss, "/contributions")).json()["items"]] == ["Our money"]


def test_the_owners_own_word_is_followed_by_bids_that_kept_another(
    world: World, database: str, settings: Settings
) -> None:
    notice, member, owner = fresh(**period(30 * DAY)), world.organisation("Youth Charity"), council(world)
    bid = started(world, notice, None, member)
    bring(bid.lead.boss, package(anew(notice, title="What the lead brought later")))
    grant(database, settings, bid.opportunity_id, owner.id)
    assert held_to(bid)["title"] == "Young carers", "a grant alone says nothing of the call"
    call = ok(owner.boss.get(f"/opportunities/{bid.opportunity_id}")).json()
    path = f"/opportunities/{bid.opportunity_id}"
    ok(
        owner.boss.patch(
            path, {"title": "The council's own", "submission_route": {"kind": "here"}}, if_match=call["version"]
        )
    )
    held = held_to(bid)
    assert (held["title"], held["submission_route"], held["follows"]) == ("The council's own", "here", None)
    bid.revealed().ready().agree()
    ok(bid.submit(), 201)


def test_an_update_alone_from_a_partner_is_followed_with_what_the_bid_had(world: World) -> None:
    notice = fresh(**period(30 * DAY))
    bid = started(world, notice)
    stranger = world.organisation()
    bring(stranger.boss, package(later(notice, title="Only the title")))
    (claim,) = ok(bid.lead.boss.get(f"/opportunities/{bid.opportunity_id}")).json()["claims"]
    assert claim["own"] is False
    followed = ok(follow(bid, claim["id"]), 200).json()["opportunity"]
    assert (followed["title"], followed["buyer_name"]) == ("Only the title", "Aber Council")


def test_a_lot_that_only_ones_own_notice_has_hides_no_second_bid(world: World) -> None:
    notice, rival = fresh(**period(30 * DAY)), world.organisation("In two bids")
    started(world, notice, None, rival)
    forged = anew(notice, lots=[{"id": "nobody else's", "title": "Made up"}])
    bring(rival.boss, package(forged))
    call = read(rival.boss, notice["ocid"], world)
    problem(rival.boss.post("/proposals", {"opportunity_id": call["id"], "title": "x"}), 409, "other-bid-undeclared")
