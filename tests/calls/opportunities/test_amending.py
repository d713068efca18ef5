"""A changed call changes its bids: sections follow, texts stay, what was signed for the old call no longer holds."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.platform.db.base import new_id
from app.settings import Settings
from tests.calls.notices.bringing import bring, by_operator, fresh, grant, id_of, later, read
from tests.calls.notices.ocds_samples import package
from tests.factories import Bid, World, ok, problem, soon


@pytest.fixture
def bid(world: World) -> Bid:
    return world.bid(world.organisation(), submission_deadline=soon(3600))


def amend(bid: Bid, **changes: Any) -> dict[str, Any]:
    commissioner = bid.opportunity["commissioner"]
    path = f"/opportunities/{bid.opportunity['id']}"
    answer: dict[str, Any] = ok(commissioner.boss.patch(path, changes, if_match=commissioner.boss.etag(path))).json()
    return answer


def sections(bid: Bid) -> dict[str, dict[str, Any]]:
    rows = bid.world.sql.execute(
        "SELECT json_build_object('id', id, 'key', key, 'title', title, 'required', required, 'partner_id', partner_id,"
        " 'limit', limit_value, 'version', version) FROM sections WHERE proposal_id = %s ORDER BY position",
        [bid.id],
    ).fetchall()
    return {row[0]["key"]: row[0] for row in rows}


def events(bid: Bid) -> list[dict[str, Any]]:
    rows = bid.world.sql.execute(
        "SELECT json_build_object('type', type, 'payload', payload, 'revision', revision) FROM events"
        " WHERE stream_id = %s ORDER BY seq",
        [bid.id],
    ).fetchall()
    return [row[0] for row in rows]


def test_changed_questions_and_limits_reach_every_bid_and_keep_its_text(bid: Bid) -> None:
    before, questions = sections(bid), bid.opportunity["questions"]
    new = {"key": "q3", "prompt_markdown": "## What is *new*?"}
    answer = amend(bid, questions=[{**questions[0], "limit": {"unit": "words", "value": 250}}, new])
    assert answer["amendment"] == 1
    after = sections(bid)
    assert after["q1"]["limit"] == 250
    assert after["q1"]["id"] == before["q1"]["id"]
    assert after["q3"]["title"] == "What is new?"
    # No longer asked: it is there with its text, and nobody has to fill it.
    assert after["q2"]["id"] == before["q2"]["id"]
    assert (before["q2"]["required"], after["q2"]["required"]) == (True, False)
    untouched = set(before) - {"q1", "q2"}
    assert {key: after[key]["version"] for key in untouched} == {key: before[key]["version"] for key in untouched}
    told = events(bid)[-1]
    assert told["type"] == "call_amended"
    assert told["revision"] is not None
    assert told["payload"]["sections"] == {
        "added": ["q3"],
        "changed": [before["q1"]["id"]],
        "no_longer_asked": [before["q2"]["id"]],
    }


def test_a_later_deadline_alone_is_told_and_voids_nothing(bid: Bid) -> None:
    before = sections(bid)
    answer = amend(bid, submission_deadline=soon(7200))
    assert answer["amendments"][0]["voids_editions"] is False
    assert sections(bid) == before
    assert events(bid)[-1]["payload"]["fields"] == ["submission_deadline"]
    (row,) = bid.world.sql.execute(
        "SELECT o.amendment, p.answers_amendment FROM opportunities o JOIN proposals p ON p.opportunity_id = o.id"
        " WHERE p.id = %s",
        [bid.id],
    ).fetchall()
    assert row == (0, 0)


def test_a_draft_answers_the_amended_call_and_its_partners_see_that_it_changed(bid: Bid) -> None:
    revision = bid.read()["revision"]
    amend(bid, title="Another title", description_markdown="More of it")
    assert bid.read()["revision"] == revision + 1
    answers = bid.world.sql.execute("SELECT answers_amendment FROM proposals WHERE id = %s", [bid.id]).fetchall()
    assert answers == [(1,)]


def test_every_member_answers_a_new_question_that_is_asked_of_each(bid: Bid) -> None:
    amend(
        bid, questions=[*bid.opportunity["questions"], {"key": "each", "prompt_markdown": "You?", "per_member": True}]
    )
    found = bid.world.sql.execute(
        "SELECT partner_id::text FROM sections WHERE proposal_id = %s AND key = 'each'", [bid.id]
    ).fetchall()
    assert {row[0] for row in found} == set(bid.partner_ids)


def test_cancelling_is_told_to_every_bid(bid: Bid) -> None:
    commissioner = bid.opportunity["commissioner"]
    ok(commissioner.boss.post(f"/opportunities/{bid.opportunity['id']}/cancel", {"reason": "No money."}))
    told = events(bid)[-1]
    assert (told["type"], told["payload"]) == ("call_cancelled", {"reason": "No money."})


def test_bids_that_start_while_the_call_is_amended_all_have_its_questions(world: World) -> None:
    """A bid starts before the amendment and is changed by it, or after it with the new questions: never between."""
    opportunity = world.opportunity()
    leads = [world.organisation() for _ in range(8)]
    commissioner = opportunity["commissioner"]
    path = f"/opportunities/{opportunity['id']}"

    def start(number: int) -> str:
        body = {"opportunity_id": opportunity["id"], "title": "Race"}
        return str(ok(leads[number].boss.post("/proposals", body), 201).json()["id"])

    def change(_: int) -> str:
        questions = [*opportunity["questions"], {"key": "new", "prompt_markdown": "New?"}]
        ok(commissioner.boss.patch(path, {"questions": questions}, if_match=commissioner.boss.etag(path)))
        return ""

    with ThreadPoolExecutor(9) as pool:
        first = [pool.submit(start, number) for number in range(4)]
        amended = pool.submit(change, 0)
        rest = [pool.submit(start, number) for number in range(4, 8)]
        amended.result()
        started = [one.result() for one in (*first, *rest)]
    for proposal_id in started:
        keys = world.sql.execute("SELECT key FROM sections WHERE proposal_id = %s", [proposal_id]).fetchall()
        assert ("new",) in keys
        answers = world.sql.execute("SELECT answers_amendment FROM proposals WHERE id = %s", [proposal_id]).fetchall()
        assert answers == [(1,)]


def test_the_owner_of_an_opportunity_cannot_bid_for_it_and_an_importer_can(world: World) -> None:
    charity, notice = world.organisation(), fresh()
    bring(charity.boss, package(notice))
    found = read(charity.boss, notice["ocid"], world)
    made = charity.boss.post("/proposals", {"opportunity_id": found["id"], "title": "Ours"})
    ok(made, 201)


def test_an_imported_update_amends_the_bids_for_it(world: World, database: str, settings: Settings) -> None:
    charity, notice = world.organisation(), fresh()
    by_operator(database, settings, notice)
    found = read(charity.boss, notice["ocid"], world)
    made = ok(charity.boss.post("/proposals", {"opportunity_id": found["id"], "title": "Ours"}), 201).json()
    by_operator(database, settings, later(notice, title="Changed"))
    over = later(notice, status="cancelled", description="It was cancelled for want of money.")
    by_operator(database, settings, over)
    assert read(charity.boss, notice["ocid"], world)["description_markdown"] == "It was cancelled for want of money."
    told = world.sql.execute(
        "SELECT payload FROM events WHERE stream_id = %s AND type = 'call_amended'", [made["id"]]
    ).fetchall()
    assert [row[0]["fields"] for row in told] == [["title"]]
    ended = world.sql.execute(
        "SELECT payload FROM events WHERE stream_id = %s AND type = 'call_ended'", [made["id"]]
    ).fetchall()
    assert ended == [({"status": "cancelled"},)]


def test_after_bids_were_opened_here_no_deadline_moves(world: World, database: str, settings: Settings) -> None:
    """The owner takes bids here, one stands when the deadline passes: neither a patch nor a notice reopens the call."""
    notice = fresh()
    buyer = world.organisation(kinds=("commissioner",))
    world.sql.execute("UPDATE organisations SET verification_level = 'operator' WHERE id = %s", [buyer.id])
    bring(buyer.boss, package(notice))
    grant(database, settings, id_of(notice["ocid"], world), buyer.id)
    found = read(buyer.boss, notice["ocid"], world)
    path = f"/opportunities/{found['id']}"
    ok(buyer.boss.patch(path, {"submission_route": {"kind": "here"}}, if_match=found["version"]))
    lead = world.organisation()
    made = ok(lead.boss.post("/proposals", {"opportunity_id": found["id"], "title": "Ours"}), 201).json()
    submitted(world, made["id"], found["id"])
    world.sql.execute(
        "UPDATE opportunities SET submission_deadline = now() - interval '1 minute' WHERE id = %s", [found["id"]]
    )
    closed = read(buyer.boss, notice["ocid"], world)
    assert closed["status"] == "closed"
    refused = buyer.boss.patch(path, {"submission_deadline": "2099-12-01T12:00:00Z"}, if_match=closed["version"])
    problem(refused, 409, "bids-opened")
    bring(buyer.boss, package(later(notice, tenderPeriod={"endDate": "2099-12-01T12:00:00Z"})))
    still = read(buyer.boss, notice["ocid"], world)
    assert (still["status"], still["submission_deadline"]) == ("closed", closed["submission_deadline"])


def submitted(world: World, proposal_id: str, opportunity_id: str) -> None:
    """A submission that stands, as signing and submitting would have left it."""
    edition_id = new_id()
    world.sql.execute(
        "INSERT INTO editions (id, proposal_id, number, sha256, document, annex, status)"
        " VALUES (%s, %s, 1, 'x', '', '', 'agreed')",
        [edition_id, proposal_id],
    )
    world.sql.execute(
        "INSERT INTO submissions (id, proposal_id, opportunity_id, edition_id, partner_id, submitted_at)"
        " SELECT %s, %s, %s, %s, id, now() FROM partners WHERE proposal_id = %s",
        [new_id(), proposal_id, opportunity_id, edition_id, proposal_id],
    )
