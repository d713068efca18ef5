"""Signing, locking and submitting, raced through HTTP on a running server."""

import threading
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
import pytest

from tests.factories import Bid, Organisation, World, ok, problem
from tests.racing import together
from tests.rounds import races
from tests.rows import insert
from tests.stages import ready_bid


@pytest.fixture
def organisations(world: World) -> list[Organisation]:
    """Two partners, for all rounds."""
    return [world.organisation(f"Racer {name}") for name in "AB"]


@pytest.fixture
def council(world: World) -> Organisation:
    return world.organisation("Riverside Council", ("commissioner",))


def test_two_partners_who_sign_at_the_same_moment_always_agree_with_one_event(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    for _ in races(20):
        bid = ready_bid(world, council=council, organisations=organisations)
        sha256 = bid.freeze()["sha256"]
        answers = together(partial(bid.signing, 0, sha256), partial(bid.signing, 1, sha256))
        assert [answer.status_code for answer in answers] == [201, 201]
        assert [bid.events(t) for t in ("edition_signed", "edition_agreed")] == [2, 1]
        assert bid.status() == "agreed"


def test_two_signatories_of_one_partner_that_needs_one_never_both_count(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    second = world.colleague(organisations[0], "signatory")
    for _ in races(6):
        bid = ready_bid(world, council=council, organisations=organisations)
        sha256 = bid.freeze()["sha256"]
        answers = together(partial(bid.signing, 0, sha256), partial(bid.signing, 0, sha256, person=second))
        assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_a_write_that_races_the_lock_is_in_the_version_or_refused(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    seen = set()
    for turn in races(10):
        bid = ready_bid(world, council=council, organisations=organisations)
        words = f"Aims as of round {turn}."
        path = f"{bid.path}/partners/{bid.partner_ids[1]}"
        writer = organisations[1].boss

        write = partial(writer.patch, path, {"aims_statement_markdown": words}, if_match=writer.etag(path))
        written, frozen = together(write, partial(bid.lead.boss.post, f"{bid.path}/editions"))
        ok(frozen, 201)
        document = ok(bid.lead.boss.get(f"{bid.path}/editions/1/document.json")).json()
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
    for turn in races(10):
        bid = ready_bid(world, council=council, organisations=organisations)
        owner = organisations[1]
        given = {"kind": "cash", "title": "A grant", "value": 100_000, "certainty": "confirmed", "revealed": True}
        id_ = insert(world, "contributions", proposal_id=bid.id, partner_id=bid.partner_ids[1], **given)
        path = f"{bid.path}/contributions/{id_}"
        one = ok(owner.boss.get(path)).json()
        write = partial(owner.boss.patch, path, {"title": f"As of {turn}"}, if_match=one["version"])
        written, frozen = together(write, partial(bid.lead.boss.post, f"{bid.path}/editions"))
        if written.status_code == 200:
            problem(frozen, 409, "not-ready")
        else:
            problem(written, 409, "in-sign-off")
            document = ok(
                bid.lead.boss.get(f"{bid.path}/editions/{ok(frozen, 201).json()['number']}/document.json")
            ).json()
            assert [c["title"] for c in document["contributions"] if c["id"] == one["id"]] == [one["title"]]
            assert ok(owner.boss.get(path)).json() == one
        seen.add(written.status_code)
    assert seen <= {200, 409}


def test_two_who_lock_at_the_same_moment_make_one_version(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    for _ in races(6):
        bid = ready_bid(world, council=council, organisations=organisations)
        calls = [partial(bid.partners[i].boss.post, f"{bid.path}/editions") for i in (0, 1)]
        assert sorted(answer.status_code for answer in together(*calls)) == [201, 409]
        assert bid.events("edition_made") == 1


def test_taking_back_against_the_last_signature_ends_in_a_draft_that_nobody_signed(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    for _ in races(10):
        bid = ready_bid(world, council=council, organisations=organisations)
        sha256 = bid.freeze()["sha256"]
        ok(bid.signing(0, sha256), 201)
        signed, taken = together(partial(bid.signing, 1, sha256), partial(bid.withdraw, index=0))
        ok(taken)
        edition = ok(bid.lead.boss.get(f"{bid.path}/editions/1")).json()
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
    admin = organisations[0].boss
    for _ in races(8):
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
        ready_bid(
            world,
            council=council,
            call=first.opportunity,
            organisations=[partner.organisation for partner in first.partners],
        )
        for _ in range(11)
    ]
    for bid in bids:
        bid.agree()
    deadline = datetime.now(UTC) + timedelta(seconds=1.5)
    first.set_deadline(deadline)
    results: list[tuple[Bid, httpx.Response]] = []

    def keep_trying(index: int) -> None:
        partner = first.partners[index % 2]
        start = deadline - timedelta(seconds=0.35)
        while datetime.now(UTC) < start:
            threading.Event().wait(0.005)
        while datetime.now(UTC) < deadline + timedelta(seconds=0.4):
            for bid in bids[index % 2 :: 2]:
                answer = bid.post(partner.boss, "/submissions", {"organisation_id": partner.organisation.id})
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

    def post() -> httpx.Response:
        headers = {"Idempotency-Key": "one-hand-in"}
        return bid.post(bid.lead.boss, "/submissions", {"organisation_id": organisations[0].id}, headers=headers)

    answers = together(*[post] * 12)
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert all(answer.status_code in (201, 409) for answer in answers)
    assert bid.events("submission_made") == 1


def test_text_that_races_the_lock_is_in_the_version_or_refused(
    world: World, organisations: list[Organisation], council: Organisation
) -> None:
    codes = set()
    for turn in races(8):
        bid = ready_bid(world, council=council, organisations=organisations)
        path, words = f"{bid.section('exit_and_sustainability')}/content", f"What remains, as of round {turn}."
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
