"""What a commissioner sees and does, through HTTP: the feed, the seal, the bytes, receipt and outcome."""

import hashlib
import io
import itertools
import threading
import time
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from app.platform.db.base import new_id
from app.platform.web.paging import encode
from tests.factories import Bid, Person, World, ok, problem
from tests.rows import insert
from tests.stages import ready_bid
from tests.waiting import wait_until


def feed(person: Person, cursor: str | None = None, **filters: str) -> tuple[list[dict[str, Any]], str]:
    """One page, and where to go on."""
    query = {**filters, **({"changed_after_cursor": cursor} if cursor else {})}
    body = ok(person.get("/submissions", params=query)).json()
    assert body["next_cursor"]
    return body["items"], body["next_cursor"]


def submitted(world: World, **options: Any) -> tuple[Bid, dict[str, Any]]:
    bid = ready_bid(world, **options)
    bid.agree()
    return bid, ok(bid.submit(), 201).json()


def bag_info(bid: Bid) -> str:
    """What the partners' own pack says that it holds."""
    with zipfile.ZipFile(io.BytesIO(ok(bid.lead.boss.get(f"{bid.path}/pack.zip")).content)) as bag:
        return next(bag.read(name) for name in bag.namelist() if name.endswith("bag-info.txt")).decode()


def test_a_sealed_bid_shows_nothing_before_the_deadline_and_everything_after(world: World) -> None:
    bid, made = submitted(world)
    council = bid.council.boss
    items, cursor = feed(council)
    assert items == []
    problem(council.get(f"/submissions/{made['id']}"), 404)
    problem(council.get(f"/submissions/{made['id']}/document.json"), 404)
    problem(council.post(f"/submissions/{made['id']}/outcome", {"results": []}), 404)
    bid.pass_deadline()
    [item], later = feed(council, cursor)
    assert item["id"] == made["id"]
    assert [(t["name"], t["role"]) for t in item["tenderers"]] == [
        (bid.partners[0].name, "lead"),
        (bid.partners[1].name, "member"),
    ]
    assert feed(council, later)[0] == []
    assert ok(council.get(f"/submissions/{made['id']}")).json()["sha256"] == made["receipt"]["sha256"]


def test_a_sealed_bid_that_was_replaced_or_taken_back_is_never_shown(world: World) -> None:
    bid, first = submitted(world)
    ok(bid.withdraw())
    bid.agree()
    second = ok(bid.submit(), 201).json()
    other, gone = submitted(world, council=bid.council)
    ok(other.lead.boss.post(f"{other.path}/submissions/{gone['id']}/withdraw"))
    bid.pass_deadline()
    other.pass_deadline()
    items, _ = feed(bid.council.boss)
    assert [item["id"] for item in items] == [second["id"]]
    for hidden in (first, gone):
        problem(bid.council.boss.get(f"/submissions/{hidden['id']}"), 404)


def test_an_open_call_shows_each_change_once(world: World) -> None:
    bid, made = submitted(world, mode="open")
    council = bid.council.boss
    [item], cursor = feed(council)
    assert (item["id"], item["status"]) == (made["id"], "submitted")
    assert feed(council, cursor)[0] == []
    ok(bid.lead.boss.post(f"{bid.path}/submissions/{made['id']}/withdraw"))
    [item], cursor = feed(council, cursor)
    assert (item["id"], item["status"]) == (made["id"], "withdrawn")
    assert feed(council, cursor)[0] == []


@pytest.mark.parametrize("how", ["replaced", "withdrawn"])
def test_of_an_open_call_what_no_longer_stands_is_listed_and_its_content_is_the_partners_again(
    world: World, how: str
) -> None:
    bid, made = submitted(world, mode="open", price_detail="lines")
    council, path = bid.council.boss, f"/submissions/{made['id']}"
    if how == "withdrawn":
        ok(bid.lead.boss.post(f"{bid.path}{path}/withdraw"))
    else:
        ok(bid.withdraw())
        bid.agree()
        ok(bid.submit(), 201)
    [item] = [each for each in feed(council)[0] if each["id"] == made["id"]]
    read = ok(council.get(path)).json()
    assert item["status"] == read["status"] == how and item.items() <= read.items()
    for content in ("document.json", "document.html", "pack.zip", f"schedules/{bid.partner_ids[0]}"):
        problem(council.get(f"{path}/{content}"), 404)
    problem(council.post(f"{path}/acknowledge"), 409, "submission-not-standing")
    problem(world.stranger().get(path), 404)


def test_a_version_taken_back_for_a_new_one_stays_signed_for_the_submission_that_stands(world: World) -> None:
    bid, made = submitted(world)
    sha256 = made["receipt"]["sha256"]
    ok(bid.withdraw())
    ok(bid.lead.boss.patch(bid.path, {"title": "Second thoughts"}, if_match=bid.lead.boss.etag(bid.path)))
    http = bid.council.boss.http
    before = ok(http.get(f"/v1/verify/{sha256}")).json()
    assert (before["status"], before["signatures"]) == ("withdrawn", 0), "sealed: that it was handed in is not told"
    bid.pass_deadline()
    html = ok(bid.council.boss.get(f"/submissions/{made['id']}/document.html")).text
    assert "Its signatures no longer count" not in html and "Version 1, withdrawn" not in html
    assert all(f"Signatory of {partner.name}" in html for partner in bid.partners)
    assert ok(bid.council.boss.get(f"/submissions/{made['id']}")).json()["title"] == "Together"
    told = ok(http.get(f"/v1/verify/{sha256}")).json()
    assert (told["status"], told["signed_by_all"], told["signatures"]) == ("agreed", True, 2)
    assert "Cobid-Status: agreed" in bag_info(bid)


def test_the_pack_of_a_draft_written_anew_is_the_draft(world: World) -> None:
    bid, _ = submitted(world)
    ok(bid.withdraw())
    assert "Cobid-Edition" not in bag_info(bid)


def test_the_commissioner_hashes_the_bytes_and_finds_what_was_signed(world: World) -> None:
    bid, made = submitted(world)
    bid.pass_deadline()
    answer = ok(bid.council.boss.get(f"/submissions/{made['id']}/document.json"))
    assert hashlib.sha256(answer.content).hexdigest() == made["receipt"]["sha256"]
    assert answer.content == ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).content


def test_the_partners_annex_and_drafts_are_never_the_commissioners(world: World) -> None:
    bid, _ = submitted(world)
    bid.pass_deadline()
    for path in (
        "",
        "/editions/1",
        "/editions/1/annex.json",
        "/editions/1/document.json",
        "/readiness",
        "/submissions",
    ):
        problem(bid.council.boss.get(f"{bid.path}{path}"), 404)


@pytest.mark.parametrize(("detail", "status"), [("lines", 200), ("totals", 404)])
def test_price_lines_go_to_the_commissioner_only_where_the_call_asks_for_them(
    world: World, detail: str, status: int
) -> None:
    bid, made = submitted(world, price_detail=detail)
    bid.pass_deadline()
    answer = bid.council.boss.get(f"/submissions/{made['id']}/schedules/{bid.partner_ids[1]}")
    assert answer.status_code == status
    problem(bid.council.boss.get(f"/submissions/{made['id']}/schedules/{new_id()}"), 404)


def test_receipt_is_confirmed_once_and_the_partners_see_it(world: World) -> None:
    bid, made = submitted(world)
    bid.pass_deadline()
    first = bid.council.boss.request("POST", f"/submissions/{made['id']}/acknowledge")
    assert ok(first).json()["status"] == "acknowledged"
    problem(bid.council.boss.post(f"/submissions/{made['id']}/acknowledge"), 409, "already-acknowledged")
    assert ok(bid.lead.boss.get(f"{bid.path}/submissions/{made['id']}")).json()["acknowledged_at"]


def test_an_outcome_with_scores_and_feedback_decides_the_bid(world: World) -> None:
    bid, made = submitted(world)
    question = insert(world, "questions", opportunity_id=bid.opportunity_id, key="q1", prompt_markdown="How?")
    bid.pass_deadline()
    score = {"question_id": question, "score": "4", "max": "5", "explanation_markdown": "Convincing."}
    body = {
        "results": [{"lot_id": bid.lot_id, "outcome": "awarded", "scores": [score]}],
        "feedback_markdown": "Thank you.",
    }
    decided = ok(bid.council.boss.post(f"/submissions/{made['id']}/outcome", body)).json()
    assert decided["status"] == "decided"
    told = [{"lot_id": bid.lot_id, "outcome": "awarded", "scores": [score | {"question_key": "q1"}]}]
    assert decided["outcome"]["results"] == told
    assert (bid.status(), bid.events("submission_decided")) == ("decided", 1)
    seen = ok(bid.partners[1].boss.get(f"{bid.path}/submissions/{made['id']}")).json()["outcome"]
    assert (seen["results"], seen["feedback_markdown"]) == (told, "Thank you.")
    ended = {"results": [{"lot_id": bid.lot_id, "outcome": "terminated"}]}
    again = ok(bid.council.boss.post(f"/submissions/{made['id']}/outcome", ended)).json()
    assert [one["outcome"] for one in again["outcome"]["results"]] == ["terminated"]
    assert again["outcome"]["feedback_markdown"] == "Thank you.", "what was said before stands until it is said anew"
    beyond = {"results": [{"lot_id": bid.lot_id, "outcome": "awarded", "scores": [{**score, "score": "5.1"}]}]}
    refused = problem(bid.council.boss.post(f"/submissions/{made['id']}/outcome", beyond), 422)
    assert [fault["pointer"] for fault in refused["errors"]] == ["/results/0/scores/0/max"]


def test_an_outcome_before_the_deadline_is_too_early(world: World) -> None:
    bid, made = submitted(world, mode="open")
    body = {"results": [{"lot_id": bid.lot_id, "outcome": "not_awarded"}]}
    problem(bid.council.boss.post(f"/submissions/{made['id']}/outcome", body), 409, "deadline-not-passed")


def test_an_outcome_for_another_lot_or_question_is_refused_with_its_pointer(world: World) -> None:
    bid, made = submitted(world)
    bid.pass_deadline()
    path = f"/submissions/{made['id']}/outcome"
    stray = insert(world, "lots", opportunity_id=bid.opportunity_id, key="2", title="South")
    result = {"lot_id": stray, "outcome": "awarded"}
    errors = problem(bid.council.boss.post(path, {"results": [result]}), 422)["errors"]
    assert errors[0]["pointer"] == "/results/0/lot_id"
    own = {"lot_id": bid.lot_id, "outcome": "awarded"}
    assert problem(bid.council.boss.post(path, {"results": [own, own]}), 422)["errors"][0]["code"] == "named-twice"
    wrong = own | {"scores": [{"question_id": new_id(), "score": "1", "max": "5"}]}
    errors = problem(bid.council.boss.post(path, {"results": [wrong]}), 422)["errors"]
    assert errors[0]["pointer"] == "/results/0/scores/0/question_id"
    assert bid.status() == "submitted"


def test_another_council_finds_nothing(world: World) -> None:
    bid, made = submitted(world)
    bid.pass_deadline()
    other = world.organisation("Other Council", ("commissioner",)).boss
    assert feed(other)[0] == []
    problem(other.get(f"/submissions/{made['id']}"), 404)
    problem(other.request("POST", f"/submissions/{made['id']}/outcome", content=b"{"), 404)
    viewer = world.colleague(bid.council, "viewer")
    ok(viewer.get(f"/submissions/{made['id']}"))
    problem(viewer.post(f"/submissions/{made['id']}/acknowledge"), 403)


def test_a_partner_that_leaves_after_the_deadline_is_noted_for_the_commissioner(world: World) -> None:
    bid, _ = submitted(world)
    bid.pass_deadline()
    _, cursor = feed(bid.council.boss)
    leaving = {"organisation_id": bid.partners[1].organisation.id, "reason": "We have to close."}
    ok(bid.partners[1].boss.post(f"{bid.path}/partners/{bid.partner_ids[1]}/withdraw", leaving))
    [item], _ = feed(bid.council.boss, cursor)
    assert [notice["kind"] for notice in item["notices"]] == ["partner_left"]
    assert item["status"] == "submitted"


NOWHERE = "00000000-0000-0000-0000-000000000000"


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "////",
        encode(1),
        encode(1, 2, 3, 4, 5, "x"),
        encode("a", 1, 2, 3, 4, NOWHERE),
        encode(2**62, 0, -1, -1, -1, NOWHERE),
        encode(0, 2**60, -1, -1, -1, NOWHERE),
        encode(0, 0, -5, -1, -1, NOWHERE),
        encode(0, 0, -1, -1, -1, "z" * 36),
    ],
)
def test_a_cursor_that_the_feed_did_not_give_is_refused(world: World, cursor: str) -> None:
    problem(world.stranger().get("/submissions", params={"changed_after_cursor": cursor}), 422)


def test_a_filter_that_is_not_known_is_refused(world: World) -> None:
    person = world.stranger()
    problem(person.get("/submissions?colour=red"), 422)
    problem(person.get("/submissions?status=lost"), 422)
    problem(person.get("/submissions?limit=0"), 422)


def test_none_is_skipped_and_each_comes_once_while_writers_run(world: World, database: str) -> None:
    """Eight writers hold transactions open for different times; a reader that pages on sees every one, once.

    Its pages are mostly larger than what there is, so that it begins a new pass while transactions are under way.
    """
    template = ready_bid(world, mode="open")
    template.agree()
    made = ok(template.submit(), 201).json()
    council = template.council.boss
    written: list[str] = [made["id"]]
    lock = threading.Lock()

    def write(seed: int) -> None:
        with psycopg.connect(database) as connection:
            for turn in range(25):
                ids = [new_id() for _ in range(1 + (seed + turn) % 3)]
                for one in ids:
                    connection.execute(
                        "INSERT INTO submissions"
                        " (id, proposal_id, opportunity_id, edition_id, partner_id, submitted_at)"
                        " SELECT %s, proposal_id, opportunity_id, edition_id, partner_id, now() FROM submissions"
                        " WHERE id = %s",
                        [one, made["id"]],
                    )
                    time.sleep(((seed * 7 + turn * 3) % 11) / 200)
                connection.commit()
                with lock:
                    written.extend(ids)

    writers = [threading.Thread(target=write, args=(seed,)) for seed in range(8)]
    seen: list[str] = []
    for writer in writers:
        writer.start()
    cursor: str | None = None
    until = time.monotonic() + 30
    for turn in itertools.count():
        if time.monotonic() > until:
            break
        alive = any(writer.is_alive() for writer in writers)
        items, cursor = feed(council, cursor, limit="3" if turn % 7 == 0 else "200")
        seen += [item["id"] for item in items]
        if not alive and not items and len(seen) >= len(written):
            break
    for writer in writers:
        writer.join()
    assert len(seen) == len(set(seen))
    assert set(seen) == set(written)


def test_bids_that_a_deadline_opens_come_though_they_were_written_long_before(world: World) -> None:
    sealed, made = submitted(world, deadline=timedelta(seconds=60))
    council = sealed.council
    shown, open_made = submitted(world, council=council, mode="open")
    [item], cursor = feed(council.boss)
    assert item["id"] == open_made["id"]
    sealed.set_deadline(datetime.now(UTC) + timedelta(milliseconds=300))
    assert feed(council.boss, cursor)[0] == []
    wait_until(lambda: feed(council.boss, cursor)[0])
    [item], cursor = feed(council.boss, cursor)
    assert item["id"] == made["id"]
    assert feed(council.boss, cursor)[0] == []
    assert shown.council is council


def test_somebody_on_both_sides_reads_no_bids_until_both_organisations_have_recorded_it(world: World) -> None:
    bid, made = submitted(world)
    bid.pass_deadline()
    both = world.colleague(bid.council, "editor")
    world.sql.execute(
        "INSERT INTO memberships (organisation_id, person_id, roles) VALUES (%s, %s, %s)",
        [bid.partners[1].organisation.id, both.id, ["viewer"]],
    )
    assert feed(both)[0] == []
    problem(both.get(f"/submissions/{made['id']}"), 403)
    for organisation in (bid.council, bid.partners[1].organisation):
        record = {"person_id": both.id, "opportunity_id": bid.opportunity_id, "how": "Stays out of the assessment."}
        ok(organisation.boss.post(f"/organisations/{organisation.id}/two-sides", record), 201)
    assert [item["id"] for item in feed(both)[0]] == [made["id"]]
    assert [item["id"] for item in feed(bid.council.boss)[0]] == [made["id"]]


def test_a_portal_pulls_confirms_and_decides_with_its_own_token(world: World) -> None:
    bid, made = submitted(world)
    bid.pass_deadline()
    council = bid.council

    def portal(*scopes: str) -> Person:
        body = {"name": "Portal", "scopes": list(scopes)}
        client = ok(council.boss.post(f"/organisations/{council.id}/clients", body), 201).json()
        form = {"grant_type": "client_credentials", **{k: client[k] for k in ("client_id", "client_secret")}}
        token = ok(world.http.post("/oauth/token", data=form)).json()["access_token"]
        return Person(world.http, "", "", token)

    reader, writer = portal("submissions:read"), portal("submissions:read", "submissions:write")
    assert [item["id"] for item in feed(reader)[0]] == [made["id"]]
    ok(reader.get(f"/submissions/{made['id']}/document.json"))
    problem(reader.post(f"/submissions/{made['id']}/acknowledge"), 403, "insufficient-scope")
    ok(writer.post(f"/submissions/{made['id']}/acknowledge", {"reference": "RC-17"}))
    outcome = {"results": [{"lot_id": bid.lot_id, "outcome": "not_awarded"}], "feedback_markdown": "Close."}
    assert ok(writer.post(f"/submissions/{made['id']}/outcome", outcome)).json()["status"] == "decided"
    assert bid.status() == "decided"
    problem(writer.get(bid.path), 404)


def test_the_proposal_stays_hidden_from_a_portal_that_may_read_proposals(world: World) -> None:
    bid, _ = submitted(world)
    council = bid.council
    body = {"name": "Portal", "scopes": ["proposals:read"]}
    client = ok(council.boss.post(f"/organisations/{council.id}/clients", body), 201).json()
    form = {"grant_type": "client_credentials", **{k: client[k] for k in ("client_id", "client_secret")}}
    token = ok(world.http.post("/oauth/token", data=form)).json()["access_token"]
    problem(Person(world.http, "", "", token).get(bid.path), 404)
