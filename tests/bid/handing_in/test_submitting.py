"""Handing in, replacing, taking back and recording what went elsewhere, through HTTP."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.factories import Bid, World, ok, problem
from tests.stages import ready_bid


@pytest.fixture
def bid(world: World) -> Bid:
    return ready_bid(world)


def test_an_agreed_bid_is_submitted_and_the_receipt_names_the_signed_bytes(bid: Bid) -> None:
    edition = bid.agree()
    answer = ok(bid.submit(), 201)
    made = answer.json()
    assert (made["receipt"]["sha256"], made["receipt"]["edition"]) == (edition["sha256"], 1)
    assert datetime.fromisoformat(made["receipt"]["submitted_at"]) <= datetime.now(UTC)
    assert (bid.status(), bid.events("submission_made")) == ("submitted", 1)
    assert ok(bid.lead.boss.get(answer.headers["location"])).json() == made
    assert ok(bid.partners[1].boss.get(f"{bid.path}/submissions")).json()["items"] == [made]


def test_any_partner_that_the_structure_names_may_submit_not_the_lead_alone(bid: Bid) -> None:
    bid.agree()
    ok(bid.submit(index=1), 201)


def test_a_partner_whom_the_structure_does_not_name_may_not(world: World) -> None:
    bid = ready_bid(world)
    world.sql.execute(
        "UPDATE structures"
        " SET facts = facts || jsonb_build_object('submitting_partner_ids', jsonb_build_array(%s::text))"
        " WHERE proposal_id = %s",
        [bid.partner_ids[0], bid.id],
    )
    bid.agree()
    problem(bid.submit(index=1), 403)
    ok(bid.submit(), 201)


@pytest.mark.parametrize("person", ["editor", "viewer"])
def test_only_a_signatory_submits(world: World, person: str) -> None:
    bid = ready_bid(world)
    bid.agree()
    problem(world.colleague(bid.partners[0].organisation, person).post(f"{bid.path}/submissions"), 403)


def test_what_not_all_have_signed_cannot_go_in(bid: Bid) -> None:
    problem(bid.submit(), 409, "not-agreed")
    edition = bid.freeze()
    ok(bid.signing(0, edition["sha256"]), 201)
    problem(bid.submit(), 409, "not-agreed")


def test_the_same_version_goes_in_once(bid: Bid) -> None:
    bid.agree()
    ok(bid.submit(), 201)
    problem(bid.submit(), 409, "already-submitted")
    problem(bid.submit(index=1), 409, "already-submitted")


def test_a_new_version_replaces_what_was_submitted_and_both_stay_on_record(bid: Bid) -> None:
    bid.agree()
    first = ok(bid.submit(), 201).json()
    ok(bid.withdraw())
    assert bid.status() == "draft"
    assert ok(bid.lead.boss.get(f"{bid.path}/submissions/{first['id']}")).json()["status"] == "submitted"
    edition = bid.agree()
    second = ok(bid.submit(), 201).json()
    assert (edition["number"], second["receipt"]["edition"]) == (2, 2)
    listed = [(one["id"], one["status"]) for one in ok(bid.lead.boss.get(f"{bid.path}/submissions")).json()["items"]]
    assert listed == [(first["id"], "replaced"), (second["id"], "submitted")]


def test_a_submission_is_taken_back_before_the_deadline_and_the_version_stays_agreed(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    path = f"{bid.path}/submissions/{made['id']}/withdraw"
    taken = ok(bid.partners[1].boss.post(path)).json()
    assert (taken["status"], bid.status()) == ("withdrawn", "agreed")
    assert taken["withdrawn_at"]
    problem(bid.lead.boss.post(path), 409, "submission-not-standing")
    ok(bid.submit(), 201)


def test_after_the_deadline_what_was_submitted_stands_and_nothing_can_change(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    bid.pass_deadline()
    problem(bid.submit(), 409, "deadline-passed")
    problem(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"), 409, "deadline-passed")
    problem(bid.withdraw(), 409, "deadline-passed")
    assert ok(bid.lead.boss.get(f"{bid.path}/submissions")).json()["items"][0]["status"] == "submitted"


def test_the_list_finds_a_bid_under_the_status_that_it_shows(bid: Bid) -> None:
    def found(status: str) -> list[str]:
        return [one["status"] for one in ok(bid.lead.boss.get("/proposals", params={"status": status})).json()["items"]]

    bid.agree()
    ok(bid.submit(), 201)
    assert (found("submitted"), found("closed")) == (["submitted"], [])
    bid.pass_deadline()
    assert (found("submitted"), found("closed")) == ([], ["closed"])


def test_a_draft_with_an_older_submission_is_closed_by_the_deadline_and_the_older_one_counts(bid: Bid) -> None:
    bid.agree()
    made = ok(bid.submit(), 201).json()
    ok(bid.withdraw())
    bid.pass_deadline()
    problem(bid.lead.boss.post(f"{bid.path}/editions"), 409, "deadline-passed")
    feed = ok(bid.council.boss.get(f"/submissions?opportunity_id={bid.opportunity_id}")).json()["items"]
    assert [(one["id"], one["edition"], one["status"]) for one in feed] == [(made["id"], 1, "submitted")]


def test_a_bid_that_was_agreed_but_never_submitted_misses_the_deadline_with_its_date_in_the_refusal(bid: Bid) -> None:
    bid.agree()
    bid.set_deadline(datetime(2026, 7, 1, 11, 0, tzinfo=UTC))
    assert "Wednesday 1 July 2026, 12:00 BST" in problem(bid.submit(), 409, "deadline-passed")["detail"]


def test_a_cancelled_call_takes_no_bids(bid: Bid) -> None:
    bid.agree()
    bid.world.sql.execute("UPDATE opportunities SET status = 'cancelled' WHERE id = %s", [bid.opportunity_id])
    problem(bid.submit(), 409, "call-closed")


def test_a_version_that_answers_an_older_call_cannot_go_in(bid: Bid) -> None:
    bid.agree()
    bid.world.sql.execute("UPDATE opportunities SET amendment = 1 WHERE id = %s", [bid.opportunity_id])
    problem(bid.submit(), 409, "call-amended")


@pytest.mark.parametrize("route", ["elsewhere", "unknown"])
def test_a_bid_for_a_portal_elsewhere_gets_no_receipt_but_a_record(world: World, route: str) -> None:
    bid = ready_bid(world, route=route)
    problem(bid.submit(), 409, "submit-elsewhere")
    edition = bid.agree()
    assert "https://portal.example/bids" in problem(bid.submit(), 409, "submit-elsewhere")["detail"]
    lodged = {
        "organisation_id": bid.partners[0].organisation.id,
        "portal_reference": "DN-721534",
        "lodged_at": (datetime.now(UTC) - timedelta(minutes=5)).isoformat(),
    }
    answer = ok(bid.lead.boss.post(f"{bid.path}/lodgements", lodged), 201)
    made = answer.json()
    assert (made["sha256"], made["edition"], made["portal_reference"]) == (edition["sha256"], 1, "DN-721534")
    assert ok(bid.partners[1].boss.get(answer.headers["location"])).json() == made
    assert ok(bid.lead.boss.get(f"{bid.path}/lodgements")).json()["items"] == [made]
    early = lodged | {"lodged_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    problem(bid.lead.boss.post(f"{bid.path}/lodgements", early), 422)
    bid.pass_deadline()
    receipt = ok(attach(bid, "receipt.txt"), 201).json()["id"]
    problem(attach(bid, "more.txt", in_bid="true"), 409, "deadline-passed")
    late = ok(bid.lead.boss.post(f"{bid.path}/lodgements", lodged | {"document_id": receipt}), 201).json()
    assert late["document_id"] == receipt
    assert ok(bid.partners[1].boss.get(f"{bid.path}/documents/{receipt}")).text == "Received with thanks"
    spare = ok(attach(bid, "twice.txt"), 201).json()["id"]
    ok(bid.lead.boss.delete(f"{bid.path}/documents/{spare}", if_match=1), 204)
    problem(bid.lead.boss.delete(f"{bid.path}/documents/{receipt}", if_match=1), 409, "document-in-use")


def attach(bid: Bid, name: str, **fields: str) -> httpx.Response:
    return bid.lead.boss.request(
        "POST", f"{bid.path}/documents", files={"file": (name, b"Received with thanks", "text/plain")}, data=fields
    )


def test_after_the_deadline_nothing_is_attached_to_a_bid_that_is_submitted_here(bid: Bid) -> None:
    bid.agree()
    bid.pass_deadline()
    problem(attach(bid, "late.txt"), 409, "deadline-passed")


def last_task(bid: Bid) -> dict[str, Any] | None:
    """What its lead is asked to do with the agreed bid."""
    tasks = ok(bid.lead.boss.get("/me/tasks")).json()["items"]
    codes = ("bid-to-submit", "bid-to-lodge", "place-to-find")
    return next((task for task in tasks if task["proposal_id"] == bid.id and task["code"] in codes), None)


@pytest.mark.parametrize(
    ("route", "url", "code", "words"),
    [
        ("here", None, "bid-to-submit", "Submit it before the deadline"),
        ("elsewhere", "https://portal.example/1", "bid-to-lodge", "own portal (https://portal.example/1) before"),
        ("elsewhere", None, "bid-to-lodge", "own portal before the deadline, then record here"),
        ("unknown", None, "place-to-find", "The notice does not say where bids go"),
        ("unknown", "https://notice.example/1", "place-to-find", "The notice (https://notice.example/1) does not say"),
    ],
)
def test_the_last_task_of_a_bid_is_to_put_it_in_where_it_goes(
    world: World, route: str, url: str | None, code: str, words: str
) -> None:
    bid = ready_bid(world, route=route)
    bid.world.sql.execute(
        "UPDATE opportunities SET submission_route = %s WHERE id = %s",
        [json.dumps({"kind": route, "url": url}), bid.opportunity_id],
    )
    assert last_task(bid) is None
    bid.agree()
    task = last_task(bid)
    assert task
    assert (task["code"], words in task["detail"]) == (code, True)
    assert task["pointer"].endswith("/submissions" if route == "here" else "/lodgements")
    if route == "here":
        ok(bid.submit(), 201)
    else:
        assert (words in problem(bid.submit(), 409, "submit-elsewhere")["detail"]) is (code == "place-to-find")
        lodged = {"portal_reference": "DN-721534", "lodged_at": datetime.now(UTC).isoformat()}
        ok(bid.lead.boss.post(f"{bid.path}/lodgements", lodged), 201)
    assert last_task(bid) is None


def test_a_bid_that_is_submitted_here_is_not_lodged_elsewhere(bid: Bid) -> None:
    bid.agree()
    lodged = {"portal_reference": "X", "lodged_at": datetime.now(UTC).isoformat()}
    problem(bid.lead.boss.post(f"{bid.path}/lodgements", lodged), 409, "submit-here")


def test_the_same_key_submits_once_and_gives_the_first_receipt_again(bid: Bid) -> None:
    bid.agree()
    body, headers = {"organisation_id": bid.partners[0].organisation.id}, {"Idempotency-Key": "hand-in"}
    first = ok(bid.lead.boss.post(f"{bid.path}/submissions", body, headers=headers), 201)
    again = ok(bid.lead.boss.post(f"{bid.path}/submissions", body, headers=headers), 201)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert bid.events("submission_made") == 1


def test_another_bids_submission_is_not_found_here(world: World, bid: Bid) -> None:
    other = ready_bid(world)
    other.agree()
    made = ok(other.submit(), 201).json()
    problem(bid.lead.boss.get(f"{bid.path}/submissions/{made['id']}"), 404)
    problem(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"), 404)
