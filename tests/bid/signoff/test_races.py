"""Races through HTTP on a running server, each request on a connection of its own.

Every racer waits at a barrier, so the requests of a round leave together.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from tests.bid.signoff.bids import Bid, insert, ready_bid
from tests.factories import Organisation, Person, World, ok, problem

ROUNDS = 100


def together(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answered, all begun at the same moment."""
    barrier, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(index: int, call: Callable[[], Any]) -> None:
        barrier.wait()
        answers[index] = call()

    threads = [threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def own_connection(person: Person, url: str) -> Person:
    return Person(httpx.Client(base_url=url, timeout=60), person.id, person.email, person.token, person.name)


@pytest.fixture
def organisations(world: World) -> list[Organisation]:
    """Two partners whose people have connections of their own, for all rounds."""
    who = [world.organisation(f"Racer {name}") for name in "AB"]
    for organisation in who:
        organisation.boss = own_connection(organisation.boss, world.url)
    return who


@pytest.fixture
def council(world: World) -> Organisation:
    return world.organisation("Riverside Council", ("commissioner",))


def test_two_partners_who_sign_at_the_same_moment_always_agree_with_one_event(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    agreed = 0
    for _ in range(ROUNDS):
        bid = ready_bid(world, council=council, organisations=organisations)
        sha256 = bid.freeze()["sha256"]
        answers = together(partial(bid.signing, 0, sha256), partial(bid.signing, 1, sha256))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert [bid.events(t) for t in ("edition_signed", "edition_agreed")] == [2, 1]
        agreed += bid.status() == "agreed"
    assert agreed == ROUNDS


def test_two_signatories_of_one_partner_that_needs_one_never_both_count(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    second = own_connection(world.colleague(organisations[0], "signatory"), world.url)
    for _ in range(20):
        bid = ready_bid(world, council=council, organisations=organisations)
        sha256 = bid.freeze()["sha256"]
        answers = together(partial(bid.signing, 0, sha256), partial(bid.signing, 0, sha256, person=second))
        assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_a_write_that_races_the_lock_is_in_the_version_or_refused(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    seen = set()
    for turn in range(40):
        bid = ready_bid(world, council=council, organisations=organisations)
        words = f"Aims as of round {turn}."
        path = f"{bid.path}/partners/{bid.partner_ids[1]}"
        writer = organisations[1].boss

        write = partial(writer.patch, path, {"aims_statement_markdown": words}, if_match=1)
        written, frozen = together(write, partial(bid.lead.post, f"{bid.path}/editions"))
        ok(frozen, 201)
        document = ok(bid.lead.get(f"{bid.path}/editions/1/document.json")).json()
        [member] = [one for one in document["partners"] if one["id"] == bid.partner_ids[1]]
        if written.status_code == 200:
            assert member["aims_statement_markdown"] == words
        else:
            problem(written, 409, "in-sign-off")
            assert member["aims_statement_markdown"] == ""
            assert ok(writer.get(path)).json()["aims_statement_markdown"] == ""
        seen.add(written.status_code)
    assert seen <= {200, 409}


def test_a_change_without_a_lock_that_races_the_lock_is_refused_or_makes_it_wait(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    """A changed contribution has to be read by the others again, so a change that comes first holds up the version."""
    seen = set()
    for turn in range(40):
        bid = ready_bid(world, council=council, organisations=organisations)
        owner = organisations[1]
        given = {"kind": "cash", "title": "A grant", "value": 100_000, "certainty": "confirmed", "revealed": True}
        id_ = insert(world, "contributions", proposal_id=bid.id, partner_id=bid.partner_ids[1], **given)
        path = f"{bid.path}/contributions/{id_}"
        one = ok(owner.boss.get(path)).json()
        write = partial(owner.boss.patch, path, {"title": f"As of {turn}"}, if_match=one["version"])
        written, frozen = together(write, partial(bid.lead.post, f"{bid.path}/editions"))
        if written.status_code == 200:
            problem(frozen, 409, "not-ready")
        else:
            problem(written, 409, "in-sign-off")
            document = ok(bid.lead.get(f"{bid.path}/editions/{ok(frozen, 201).json()['number']}/document.json")).json()
            assert [c["title"] for c in document["contributions"] if c["id"] == one["id"]] == [one["title"]]
            assert ok(owner.boss.get(path)).json() == one
        seen.add(written.status_code)
    assert seen <= {200, 409}


def test_two_who_lock_at_the_same_moment_make_one_version(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    for _ in range(20):
        bid = ready_bid(world, council=council, organisations=organisations)
        calls = [partial(bid.partners[i].boss.post, f"{bid.path}/editions") for i in (0, 1)]
        assert sorted(answer.status_code for answer in together(*calls)) == [201, 409]
        assert bid.events("edition_made") == 1


def test_taking_back_against_the_last_signature_ends_in_a_draft_that_nobody_signed(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    for _ in range(50):
        bid = ready_bid(world, council=council, organisations=organisations)
        sha256 = bid.freeze()["sha256"]
        ok(bid.signing(0, sha256), 201)
        signed, taken = together(partial(bid.signing, 1, sha256), partial(bid.withdraw, index=0))
        ok(taken)
        edition = ok(bid.lead.get(f"{bid.path}/editions/1")).json()
        assert (edition["status"], bid.status(), bid.events("edition_withdrawn")) == ("withdrawn", "draft", 1)
        if signed.status_code == 201:
            assert bid.events("edition_agreed") == 1
            assert sorted(edition["fallen_partner_ids"]) == sorted(bid.partner_ids)
        else:
            problem(signed, 409, "edition-withdrawn")
            assert edition["fallen_partner_ids"] == [bid.partner_ids[0]]
        assert all(one["fell"] for one in edition["sign_offs"])


def test_a_right_lost_against_the_last_signature_never_leaves_a_version_agreed_by_a_former_signatory(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    admin = own_connection(organisations[0].boss, world.url)
    for _ in range(30):
        bid = ready_bid(world, council=council, organisations=organisations)
        signatory = world.colleague(organisations[0], "signatory")
        sha256 = bid.freeze()["sha256"]
        ok(bid.signing(0, sha256, person=signatory), 201)
        path = f"/organisations/{organisations[0].id}/members/{signatory.id}"
        signed, lost = together(
            partial(bid.signing, 1, sha256),
            partial(admin.patch, path, {"roles": ["viewer"]}, if_match=1),
        )
        ok(lost)
        if signed.status_code == 201:
            assert bid.status() == "agreed"
        else:
            problem(signed, 409, "edition-withdrawn")
            assert bid.status() == "draft"


def test_submitting_around_the_deadline_from_many_connections_lets_none_in_late_or_twice(
    world: World, council: Organisation
) -> None:
    """Twelve bids for one call, each tried by four connections from half a second before to after the deadline."""
    first = ready_bid(world, council=council)
    bids = [first] + [
        ready_bid(world, council=council, opportunity_id=first.opportunity_id, organisations=first.partners)
        for _ in range(11)
    ]
    for bid in bids:
        bid.agree()
    deadline = datetime.now(UTC) + timedelta(seconds=1.5)
    first.set_deadline(deadline)
    people = [own_connection(first.partners[i % 2].boss, world.url) for i in range(4)]
    results: list[tuple[Bid, httpx.Response]] = []

    def keep_trying(index: int) -> None:
        person, organisation = people[index], first.partners[index % 2]
        start = deadline - timedelta(seconds=0.35)
        while datetime.now(UTC) < start:
            threading.Event().wait(0.005)
        while datetime.now(UTC) < deadline + timedelta(seconds=0.4):
            for bid in bids[index % 2 :: 2]:
                answer = person.post(f"{bid.path}/submissions", {"organisation_id": organisation.id})
                results.append((bid, answer))

    together(*[partial(keep_trying, index) for index in range(4)])
    accepted: dict[str, list[datetime]] = {}
    codes = set()
    for bid, answer in results:
        if answer.status_code == 201:
            accepted.setdefault(bid.id, []).append(datetime.fromisoformat(answer.json()["receipt"]["submitted_at"]))
        else:
            codes.add(problem(answer, 409)["type"])
    assert codes <= {"/problems/deadline-passed", "/problems/already-submitted"}
    assert "/problems/deadline-passed" in codes
    assert accepted
    assert all(len(times) == 1 and times[0] <= deadline for times in accepted.values())
    for bid in bids:
        row = world.sql.execute(
            "SELECT count(*), max(submitted_at) FROM submissions WHERE proposal_id = %s", [bid.id]
        ).fetchone()
        assert row is not None
        assert row[0] == len(accepted.get(bid.id, []))
        assert row[1] is None or row[1] <= deadline


def test_the_same_key_from_many_connections_submits_once(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    bid = ready_bid(world, council=council, organisations=organisations)
    bid.agree()
    people = [own_connection(organisations[0].boss, world.url) for _ in range(12)]

    def post(person: Person) -> httpx.Response:
        headers = {"Idempotency-Key": "one-hand-in"}
        return person.post(f"{bid.path}/submissions", {"organisation_id": organisations[0].id}, headers=headers)

    answers = together(*[partial(post, person) for person in people])
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert all(answer.status_code in (201, 409) for answer in answers)
    assert bid.events("submission_made") == 1


def test_text_that_races_the_lock_is_in_the_version_or_refused(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    codes = set()
    for turn in range(25):
        bid = ready_bid(world, council=council, organisations=organisations)
        row = world.sql.execute("SELECT id::text FROM sections WHERE proposal_id = %s", [bid.id]).fetchone()
        assert row is not None
        path, words = f"{bid.path}/sections/{row[0]}/content", f"What remains, as of round {turn}."
        writer = organisations[0].boss
        etag = writer.etag(path)
        locker = organisations[1].boss
        written, frozen = together(
            partial(writer.put, path, {"markdown": words}, if_match=etag),
            partial(locker.post, f"{bid.path}/editions"),
        )
        ok(frozen, 201)
        document = ok(locker.get(f"{bid.path}/editions/1/document.json")).text
        if written.is_success:
            assert words in document
        else:
            problem(written, 409, "in-sign-off")
            assert words not in document
            assert words not in ok(writer.get(path)).text
        codes.add(written.status_code)
    assert codes <= {200, 204, 409}
